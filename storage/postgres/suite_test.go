package postgres_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// schemas are the schemas of one database, in each of which the suite gets a
// journal. It asks some five hundred times; a schema whose journal was closed is
// emptied for the next.
type schemas struct {
	dsn     string
	beside  *pgxpool.Pool
	options postgres.Options
	made    atomic.Int64
	unused  chan string
}

func newSchemas(t *testing.T, dsn string, options postgres.Options) *schemas {
	pool, err := pgxpool.New(context.Background(), dsn)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return &schemas{dsn: dsn, beside: pool, options: options, unused: make(chan string, 1000)}
}

// journals returns what opens a new, empty journal for the suite.
func (s *schemas) journals(config *pgxpool.Config) func(t *testing.T) storage.Journal {
	return func(t *testing.T) storage.Journal {
		options := s.options
		select {
		case options.Schema = <-s.unused:
		default:
			options.Schema = fmt.Sprintf("suite %d", s.made.Add(1))
			require.NoError(t, postgres.Migrate(context.Background(), config, options))
			unbind(t, s.dsn, options.Schema)
		}
		journal := &reused{Journal: open(t, config, options)}
		journal.done = sync.OnceFunc(func() {
			assert.NoError(t, s.reset(context.Background(), options.Schema))
			s.unused <- options.Schema
		})
		return journal
	}
}

// reused is a journal whose schema is used again when it is closed.
type reused struct {
	*postgres.Journal
	done func()
}

func (j *reused) Close() error {
	err := j.Journal.Close()
	j.done()
	return err
}

// unbind takes the foreign keys away. The suite knows no rule: its members are of
// clients that nobody has made.
func unbind(t *testing.T, dsn, schema string) {
	t.Helper()
	dropped := 0
	onConnection(t, dsn, func(ctx context.Context, conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
			FROM pg_constraint WHERE contype = 'f' AND connamespace = $1::text::regnamespace`, pgx.Identifier{schema}.Sanitize())
		if err != nil {
			return err
		}
		drops, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, drop := range drops {
			if err == nil {
				_, err = conn.Exec(ctx, drop)
				dropped++
			}
		}
		return err
	})
	require.Greater(t, dropped, 10)
}

// reset empties every table, as if the store had just been made.
func (s *schemas) reset(ctx context.Context, schema string) error {
	var deletes string
	err := s.beside.QueryRow(ctx, `SELECT string_agg('DELETE FROM ' || oid::regclass, ';') FROM pg_class
		WHERE relkind = 'r' AND relname NOT IN ('migrations', 'head') AND relnamespace = $1::text::regnamespace`,
		pgx.Identifier{schema}.Sanitize()).Scan(&deletes)
	if err != nil {
		return err
	}
	_, err = s.beside.Exec(ctx, deletes+"; UPDATE "+pgx.Identifier{schema, "head"}.Sanitize()+`
		SET store = md5(random()::text), rev = 0, at = NULL, chain = decode(repeat('00', 32), 'hex'), aside = '', checkpoint_rev = 0,
		checkpoint_at = NULL, checkpoint_chain = decode(repeat('00', 32), 'hex'), checkpoint_sum = repeat('0', 64)`)
	return err
}

// onConnection does something beside the journal.
func onConnection(t testing.TB, dsn string, do func(ctx context.Context, conn *pgx.Conn) error) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if assert.NoError(t, err) {
		defer conn.Close(ctx)
		assert.NoError(t, do(ctx, conn))
	}
}
