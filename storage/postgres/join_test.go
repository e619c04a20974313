package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// A host's own row and a change are committed together, or neither is.
func TestJoin(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	execute(t, dsn, "CREATE TABLE orders (name text)")
	for mode := range modes {
		execute(t, dsn, "TRUNCATE orders")
		config := config(t, dsn)
		config.ConnConfig.DefaultQueryExecMode = mode
		journal := open(t, config, postgres.Options{NoNotify: true})
		before := len(all(t, journal, storage.Head{}))
		conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
		require.NoError(t, err)
		defer conn.Close(ctx)

		// order makes a row and changes, and ends with the host's decision.
		order := func(name string, commit bool, changes ...func(ctx context.Context)) {
			tx, err := conn.Begin(ctx)
			require.NoError(t, err)
			_, err = tx.Exec(ctx, "INSERT INTO orders VALUES ($1)", name)
			require.NoError(t, err)
			joined := postgres.WithTx(ctx, tx)
			require.True(t, journal.Joined(joined))
			for _, change := range changes {
				change(joined)
			}
			if commit {
				require.NoError(t, tx.Commit(ctx))
			} else {
				require.NoError(t, tx.Rollback(ctx))
			}
		}
		writes := func(id string) func(ctx context.Context) {
			return func(ctx context.Context) { require.NoError(t, write(ctx, t, journal, client(id))) }
		}
		errNo := errors.New("no")
		refused := func(ctx context.Context) {
			err := journal.Commit(ctx, storage.Head{}, func([]storage.Commit) ([]storage.Commit, error) { return nil, errNo })
			require.ErrorIs(t, err, errNo)
		}
		spoiled := func(ctx context.Context) { require.Error(t, write(ctx, t, journal, member("nowhere", "nobody"))) }
		panics := func(ctx context.Context) {
			require.Panics(t, func() {
				_ = journal.Commit(ctx, storage.Head{}, func([]storage.Commit) ([]storage.Commit, error) { panic("a bug") })
			})
		}

		order("taken back", false, writes("taken back"))
		order("both", true, writes("both"))
		order("two changes", true, writes("first"), writes("second"))
		order("no change", true, refused, spoiled, panics)
		order("some change", true, refused, writes("some"), spoiled)

		require.False(t, journal.Joined(ctx))
		require.Equal(t, []string{"both", "two changes", "no change", "some change"}, texts(t, dsn, "SELECT name FROM orders"))
		require.Len(t, all(t, journal, storage.Head{}), before+4)
		records := load(t, journal)
		for id, is := range map[string]bool{"taken back": false, "both": true, "first": true, "second": true, "some": true} {
			require.Equal(t, is, records[client(id).Key()] != nil, id)
		}
	}
}

// What others have written since is handed over, and others wait for the host.
func TestJoin_OthersWait(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	other := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	conn, err := pgx.Connect(ctx, dsn)
	require.NoError(t, err)
	defer conn.Close(ctx)
	tx, err := conn.Begin(ctx)
	require.NoError(t, err)
	require.NoError(t, write(ctx, t, other, client("before")))

	require.NoError(t, write(postgres.WithTx(ctx, tx), t, journal, client("joined")))
	require.Len(t, all(t, journal, storage.Head{}), 1, "it does not show yet")
	outcomes := make(chan error, 2)
	go func() { outcomes <- write(ctx, t, journal, client("after")) }()
	go func() { outcomes <- write(ctx, t, other, client("after, too")) }()
	for len(texts(t, dsn, "SELECT pid::text FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")) < 2 {
		require.Empty(t, outcomes)
	}
	// The host may go on although somebody of its own process waits.
	require.NoError(t, write(postgres.WithTx(ctx, tx), t, journal, client("joined, too")))
	require.NoError(t, tx.Commit(ctx))
	require.NoError(t, <-outcomes)
	require.NoError(t, <-outcomes)
	require.Len(t, all(t, journal, storage.Head{}), 5)
}

// A transaction that sees an older state than the newest is refused by the
// server, and the change is not tried again.
func TestJoin_OldSnapshot(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	conn, err := pgx.Connect(ctx, dsn)
	require.NoError(t, err)
	defer conn.Close(ctx)
	for _, level := range []pgx.TxIsoLevel{pgx.RepeatableRead, pgx.Serializable} {
		tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: level})
		require.NoError(t, err)
		_, err = tx.Exec(ctx, "SELECT 1 FROM clientaccess.log")
		require.NoError(t, err)
		require.NoError(t, write(ctx, t, journal, client("before, at "+string(level))))
		ran := false
		err = journal.Commit(postgres.WithTx(ctx, tx), storage.Head{}, func([]storage.Commit) ([]storage.Commit, error) {
			ran = true
			return nil, nil
		})
		require.ErrorContains(t, err, "40001")
		require.False(t, ran)
		require.NoError(t, tx.Rollback(ctx))
	}
}
