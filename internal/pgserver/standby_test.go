package pgserver_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgserver"
)

func startStandby(t *testing.T, primary *pgserver.Server, settings pgserver.StandbySettings) *pgserver.Server {
	t.Helper()
	standby, err := primary.Standby(limited(t), settings)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, standby.Remove()) })
	return standby
}

// TestStandby_LosesWhatWasWithheld is a failover: the primary acknowledges two
// more numbers that the standby does not get, and is killed; the standby becomes
// the primary and uses the first of them again. The old one, started, has its
// own story.
func TestStandby_LosesWhatWasWithheld(t *testing.T) {
	t.Parallel()
	primary := start(t)
	execute(t, primary, "CREATE TABLE number (n int PRIMARY KEY)")
	standby := startStandby(t, primary, pgserver.StandbySettings{})

	execute(t, primary, "INSERT INTO number VALUES (1)")
	require.NoError(t, standby.CatchUp(limited(t)))
	require.Equal(t, []int{1}, numbers(t, standby))

	require.NoError(t, standby.Withhold(limited(t)))
	execute(t, primary, "INSERT INTO number VALUES (2)")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, standby.CatchUp(ctx), context.DeadlineExceeded)
	require.Equal(t, []int{1}, numbers(t, standby))

	require.NoError(t, standby.Deliver(limited(t)))
	require.NoError(t, standby.CatchUp(limited(t)))
	require.Equal(t, []int{1, 2}, numbers(t, standby))

	require.NoError(t, standby.Withhold(limited(t)))
	execute(t, primary, "INSERT INTO number VALUES (3), (4)")
	either := pgserver.Either("postgres", standby, primary)
	require.Equal(t, primary.Socket(), connect(t, either).PgConn().Conn().RemoteAddr().String())
	require.NoError(t, primary.Kill())
	require.NoError(t, standby.Promote(limited(t)))
	require.Equal(t, []int{1, 2}, numbers(t, standby))
	_, err := connect(t, either).Exec(limited(t), "INSERT INTO number VALUES (3)")
	require.NoError(t, err)
	require.Equal(t, []int{1, 2, 3}, numbers(t, standby))

	require.NoError(t, primary.Start(limited(t)))
	require.Equal(t, []int{1, 2, 3, 4}, numbers(t, primary))
	require.Equal(t, []int{1, 2, 3}, numbers(t, standby))
}

// TestStandby_Synchronous commits while the standby gets nothing: the commit
// waits until it does. The standby, promoted, waits for nobody.
func TestStandby_Synchronous(t *testing.T) {
	t.Parallel()
	primary := start(t)
	execute(t, primary, "CREATE TABLE number (n int)")
	standby := startStandby(t, primary, pgserver.StandbySettings{Synchronous: true})
	execute(t, primary, "INSERT INTO number VALUES (1)")

	require.NoError(t, standby.Withhold(limited(t)))
	conn := connect(t, primary.DSN("postgres"))
	committed := make(chan error, 1)
	go func() {
		_, err := conn.Exec(limited(t), "INSERT INTO number VALUES (2)")
		committed <- err
	}()
	other := connect(t, primary.DSN("postgres"))
	require.Eventually(t, func() bool {
		var waiting bool
		err := other.QueryRow(limited(t), "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep')").Scan(&waiting)
		return err == nil && waiting
	}, 20*time.Second, 5*time.Millisecond)
	require.Empty(t, committed)
	require.NoError(t, standby.Deliver(limited(t)))
	require.NoError(t, <-committed)

	require.NoError(t, standby.CatchUp(limited(t)))
	require.NoError(t, primary.Kill())
	require.NoError(t, standby.Promote(limited(t)))
	require.Equal(t, []int{1, 2}, numbers(t, standby))
	execute(t, standby, "INSERT INTO number VALUES (3)")
}
