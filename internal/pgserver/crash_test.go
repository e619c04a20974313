package pgserver_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// TestKill_KeepsWhatWasAcknowledged kills a server in the middle of a
// transaction, and starts it again.
func TestKill_KeepsWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	s := start(t)
	execute(t, s, "CREATE TABLE number (n int)")
	for range 2 {
		execute(t, s, "INSERT INTO number SELECT 1 + coalesce(max(n), 0) FROM number")
		tx, err := connect(t, s.DSN("postgres")).Begin(limited(t))
		require.NoError(t, err)
		_, err = tx.Exec(limited(t), "INSERT INTO number VALUES (100)")
		require.NoError(t, err)

		pids := processes(t, s)
		require.NoError(t, s.Kill())
		for _, pid := range pids {
			require.False(t, alive(pid), "process %d runs", pid)
		}
		require.Error(t, tx.Commit(limited(t)))
		require.NoError(t, s.Start(limited(t)))
	}
	require.Equal(t, []int{1, 2}, numbers(t, s))
	log, err := os.ReadFile(s.Log())
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(string(log), "was not properly shut down"))
}

// TestFreeze_NothingAnswersUntilThaw has a connection from before wait, and one
// that comes meanwhile.
func TestFreeze_NothingAnswersUntilThaw(t *testing.T) {
	t.Parallel()
	s := start(t)
	conn := connect(t, s.DSN("postgres"))
	pids := processes(t, s)
	require.NoError(t, s.Freeze())
	for _, pid := range pids {
		if alive(pid) { // the connection that asked for them is closed, or not yet
			require.Equal(t, "T", state(t, pid))
		}
	}
	answered := make(chan error, 1)
	go func() {
		_, err := conn.Exec(limited(t), "SELECT 1")
		answered <- err
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := pgx.Connect(ctx, s.DSN("postgres"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Empty(t, answered)
	require.NoError(t, s.Thaw())
	require.NoError(t, <-answered)
	execute(t, s, "SELECT 1")
}

// TestRemove_LeavesNothing removes servers that run, are stopped, killed, and
// frozen.
func TestRemove_LeavesNothing(t *testing.T) {
	t.Parallel()
	for _, happens := range []string{"nothing", "stop", "kill", "freeze"} {
		t.Run(happens, func(t *testing.T) {
			t.Parallel()
			s := start(t)
			pids := processes(t, s)
			segment := segment(t, s)
			require.True(t, segmentIsThere(t, segment))
			switch happens {
			case "stop":
				require.NoError(t, s.Stop(limited(t)))
			case "kill":
				require.NoError(t, s.Kill())
				require.True(t, segmentIsThere(t, segment))
			case "freeze":
				require.NoError(t, s.Freeze())
			}
			require.NoError(t, s.Remove())
			gone(t, filepath.Dir(s.Socket()), pids...)
			require.False(t, segmentIsThere(t, segment), "shared memory is left")
			require.NoError(t, s.Remove())
		})
	}
}
