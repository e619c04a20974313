package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/storage/memdb"
)

// FuzzRoster reads anything as a roster. It must not panic. Every row is
// either taken or told with its line, and every message is one line of text
// that a terminal shows as it is. What is taken can be imported, and a second
// time nothing of it is new. The corpus is in testdata/fuzz/FuzzRoster:
//
//	go test -run '^$' -fuzz FuzzRoster -fuzztime 5m -fuzzminimizetime 10x ./examples/offboard
func FuzzRoster(f *testing.F) {
	f.Add(builtInRoster)
	f.Add([]byte(sane))
	f.Add([]byte(soundRoster))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := readRoster("roster.csv", text, today)
		if err != nil {
			readable(t, err.Error())
			return
		}
		lines := len(splitLines(string(text)))
		told := map[int]bool{}
		for _, fault := range append(r.faults, r.notes...) {
			require.GreaterOrEqual(t, fault.line, 1)
			require.LessOrEqual(t, fault.line, lines)
			readable(t, fault.String())
		}
		for _, fault := range r.faults {
			told[fault.line] = true
		}
		require.Equal(t, r.rows, len(r.entries)+len(told))
		for _, e := range r.entries {
			require.False(t, told[e.line])
			require.Empty(t, unseen(e.name+e.client))
		}
		again, _ := readRoster("roster.csv", text, today)
		require.Equal(t, r.faults, again.faults)

		store := memdb.New()
		first, err := bringInto(t, store, r)
		if err != nil {
			readable(t, err.Error())
			return
		}
		second, err := bringInto(t, store, again)
		require.NoError(t, err)
		require.Zero(t, second.imported)
		require.Equal(t, first.imported+first.unchanged, second.unchanged)
		require.Equal(t, first.refused, second.refused)
	})
}

// FuzzLeavers reads anything as a list of leavers.
func FuzzLeavers(f *testing.F) {
	f.Add(builtInLeavers)
	f.Fuzz(func(t *testing.T, text []byte) {
		leavers, faults, err := readLeavers("leavers.txt", text)
		if err != nil {
			readable(t, err.Error())
			return
		}
		lines, last := len(splitLines(string(text))), 0
		for _, l := range leavers {
			require.Greater(t, l.line, last)
			last = l.line
			_, problem := address(l.email)
			require.Empty(t, problem)
		}
		require.LessOrEqual(t, last, lines)
		for _, fault := range faults {
			readable(t, fault.String())
		}
	})
}
