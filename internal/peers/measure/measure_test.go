package measure_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/peers/measure"
	"github.com/clientaccess/clientaccess/internal/worlds"
)

// TestMain lets the test program serve a peer, as the command does.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == measure.ServeArgument {
		if err := measure.Serve(); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

var (
	small = worlds.Size{Name: "small", Clients: 20, PerClient: 10}
	ample = measure.Limits{Time: time.Hour, Memory: 1 << 30}
)

// TestTurns: a process loads, answers on one goroutine and on two, and adds in
// every turn there is.
func TestTurns(t *testing.T) {
	t.Parallel()
	p, loading, err := measure.Start(measure.LoadArguments{Kind: "casbin-cached", Size: small, Questions: 50, WarmUp: time.Second}, ample)
	require.NoError(t, err)
	require.Positive(t, loading.Time)
	require.Positive(t, loading.Bytes)
	for _, goroutines := range []int{1, 2} {
		asked, err := p.Ask(time.Millisecond, goroutines)
		require.NoError(t, err)
		require.GreaterOrEqual(t, asked.Questions, goroutines)
		require.Positive(t, asked.Nanoseconds)
		require.Positive(t, asked.Allocations, "casbin's cache makes its keys")
	}
	for turn := range worlds.Turns {
		many, err := p.AddMany(turn)
		require.NoError(t, err)
		require.Equal(t, 1000, many.Members)
		require.Equal(t, 1, many.Calls)
		single, err := p.AddSingly(turn, time.Millisecond)
		require.NoError(t, err)
		require.Positive(t, single.Members)
		require.Equal(t, single.Members, single.Calls)
	}
	require.NoError(t, p.Close())
}

// TestSecondTimeFails: a peer's own error comes through.
func TestSecondTimeFails(t *testing.T) {
	t.Parallel()
	p, _, err := measure.Start(measure.LoadArguments{Kind: "clientaccess", Size: small, Questions: 50}, ample)
	require.NoError(t, err)
	_, err = p.AddMany(0)
	require.NoError(t, err)
	_, err = p.AddMany(0)
	require.ErrorContains(t, err, "already a member")
}

func TestUnknownPeer(t *testing.T) {
	t.Parallel()
	_, _, err := measure.Start(measure.LoadArguments{Kind: "spicedb", Size: small, Questions: 50}, ample)
	require.ErrorContains(t, err, `there is no peer "spicedb"`)
}

// TestOverruns: beyond a limit a process is ended.
func TestOverruns(t *testing.T) {
	t.Parallel()
	for want, limits := range map[string]measure.Limits{
		"more than 1ns":     {Time: 1, Memory: 1 << 30},
		"more than 0.01 GB": {Time: time.Hour, Memory: 10e6},
	} {
		_, _, err := measure.Start(measure.LoadArguments{Kind: "memdb", Size: worlds.S, Questions: 50}, limits)
		var over *measure.Overrun
		require.ErrorAs(t, err, &over)
		require.EqualError(t, over, want)
	}
}
