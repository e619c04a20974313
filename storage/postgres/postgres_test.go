package postgres_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
	"github.com/clientaccess/clientaccess/storage/postgres"
	"github.com/clientaccess/clientaccess/storage/storagetest"
)

// The suite runs in each way in which pgx can send a query, on a database whose
// collation is not that of bytes, and through pgbouncer: in two ways, in the
// short run in one, and in the full run in all of them together.
func TestJournal(t *testing.T) {
	t.Parallel()
	for i, way := range []struct {
		name    string
		mode    pgx.QueryExecMode
		sorts   pgtest.Collation
		bounced bool
		always  bool // not in the full run alone
	}{
		{"cached statements", pgx.QueryExecModeCacheStatement, pgtest.Bytes, false, true},
		{"exec, through pgbouncer, sorted as in English", pgx.QueryExecModeExec, pgtest.English, true, true},
		{"simple protocol, sorted as in English", pgx.QueryExecModeSimpleProtocol, pgtest.English, false, false},
		{"cached statements, sorted as in English", pgx.QueryExecModeCacheStatement, pgtest.English, false, false},
		{"cached descriptions", pgx.QueryExecModeCacheDescribe, pgtest.Bytes, false, false},
		{"exec", pgx.QueryExecModeExec, pgtest.Bytes, false, false},
		{"simple protocol, through pgbouncer", pgx.QueryExecModeSimpleProtocol, pgtest.Bytes, true, false},
	} {
		if !full() && (!way.always || testing.Short() && i > 0) {
			continue
		}
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			dsn := pgtest.Database(t, pgtest.Options{Collation: way.sorts})
			through, options := dsn, postgres.Options{}
			if way.bounced {
				_, through = pgtest.Bouncer(t, dsn, 20)
				options.NoNotify = true
			}
			config := config(t, through)
			config.ConnConfig.DefaultQueryExecMode = way.mode
			storagetest.RunJournal(t, engine, newSchemas(t, dsn, options).journals(config))
		})
	}
}

// migrated is a database as Migrate leaves it.
var migrated = pgtest.NewTemplate(func(ctx context.Context, dsn string) error {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return err
	}
	return postgres.Migrate(ctx, config, postgres.Options{})
})

func engine(ctx context.Context, journal storage.Journal) (storage.Store, error) {
	return memdb.Open(ctx, journal)
}

// config is how a pool connects to a database, with few connections.
func config(t testing.TB, dsn string) *pgxpool.Config {
	t.Helper()
	config, err := pgxpool.ParseConfig(dsn)
	require.NoError(t, err)
	config.MaxConns = 4
	return config
}

func open(t testing.TB, config *pgxpool.Config, options postgres.Options) *postgres.Journal {
	t.Helper()
	journal, err := postgres.Open(context.Background(), config, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, journal.Close()) })
	return journal
}

func migrate(t testing.TB, dsn string) {
	t.Helper()
	require.NoError(t, postgres.Migrate(context.Background(), config(t, dsn), postgres.Options{}))
}

// execute runs a statement beside the journal.
func execute(t testing.TB, dsn, statement string, args ...any) {
	t.Helper()
	onConnection(t, dsn, func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, statement, args...)
		return err
	})
}

// texts is the first column of what a query gives.
func texts(t testing.TB, dsn, query string, args ...any) (all []string) {
	t.Helper()
	onConnection(t, dsn, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, query, args...)
		if err == nil {
			all, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		return err
	})
	return all
}
