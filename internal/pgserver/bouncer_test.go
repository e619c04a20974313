package pgserver_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgserver"
)

// TestBouncer_SharesAConnectionByTransaction has two clients in turns on the
// only connection to the server, which each has for a transaction.
func TestBouncer_SharesAConnectionByTransaction(t *testing.T) {
	t.Parallel()
	s := start(t)
	b, err := pgserver.StartBouncer(limited(t), s.DSN("postgres"), 1)
	unlessMissing(t, err)
	t.Cleanup(func() { require.NoError(t, b.Remove()) })
	require.NotZero(t, owner(t, b.Process().Pid))

	var clients [2]*pgx.Conn
	for i := range clients {
		config, err := pgx.ParseConfig(b.DSN("postgres"))
		require.NoError(t, err)
		config.DefaultQueryExecMode = pgx.QueryExecModeExec
		clients[i], err = pgx.ConnectConfig(limited(t), config)
		require.NoError(t, err)
		defer clients[i].Close(limited(t))
	}
	backends := map[int]bool{}
	for range 3 {
		for _, client := range clients {
			tx, err := client.Begin(limited(t))
			require.NoError(t, err)
			var backend int
			require.NoError(t, tx.QueryRow(limited(t), "SELECT pg_backend_pid()").Scan(&backend))
			require.NoError(t, tx.Commit(limited(t)))
			backends[backend] = true
		}
	}
	require.Len(t, backends, 1)
	require.NoError(t, b.Remove())
	require.False(t, alive(b.Process().Pid))
}
