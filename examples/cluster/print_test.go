package main

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestColumns_Fit(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := printer{out: &out}
	p.columns([][]string{{"process", "revision", "Bob?"}, {"1", "1,204", yes}, {"2", "killed"}})
	require.NoError(t, p.err)
	require.Equal(t, "   process   revision   Bob?\n   1         1,204      yes\n   2         killed\n", out.String())
}

type fullDisk struct{}

var errFull = errors.New("full")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestPrinter_KeepsTheError(t *testing.T) {
	t.Parallel()
	p := printer{out: fullDisk{}}
	p.print("one")
	p.print("two")
	require.ErrorIs(t, p.err, errFull)
}

// TestCells: what a process did in the time between two of its reports, and
// nothing made up for one that has begun anew meanwhile.
func TestCells(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	first := report{At: at, Decisions: 1000, Asking: time.Millisecond}
	last := report{
		At: at.Add(2 * time.Second), Decisions: 5_001_000, Asking: 501 * time.Millisecond, Revision: 1204,
		Staleness: 3_456_789 * time.Nanosecond, Bob: yes, Dora: "no: not a member", Lost: []string{"a", "b"},
	}
	require.Equal(t, []string{"1,204", "3.5ms", "2,500,000", "100 ns", "yes", "no: not a member", "2"}, cells([]report{first, last}))
	require.Equal(t, []string{"0", "0s", "", "", "", "", "0"}, cells([]report{last, first}))
	require.Equal(t, []string{"silent"}, cells(nil))
}

func TestThousands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		require.Equal(t, want, thousands(n))
	}
}
