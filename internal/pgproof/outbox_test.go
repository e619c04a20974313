package pgproof_test

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/clientaccess/clientaccess/storage"
)

// outbox is the feed that one writes oneself: each transaction puts a row with
// the next number of a sequence beside what it changes, and whoever follows
// reads what has a higher number than the last that was read.
type outbox struct{ pool *pgxpool.Pool }

func makeOutbox(ctx context.Context, dsn string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "CREATE TABLE counted (writer text PRIMARY KEY, n int); CREATE TABLE outbox (id bigserial PRIMARY KEY, body text)")
	return err
}

func openOutbox(ctx context.Context, dsn string) (*outbox, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.MaxConns = feedWriters
	pool, err := pgxpool.NewWithConfig(ctx, config)
	return &outbox{pool}, err
}

func (o *outbox) write(ctx context.Context, writer string, n int) error {
	return pgx.BeginFunc(ctx, o.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "INSERT INTO outbox (body) VALUES ($1)", fmt.Sprint(writer, "/", n)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "INSERT INTO counted VALUES ($1, $2) ON CONFLICT (writer) DO UPDATE SET n = excluded.n", writer, n)
		return err
	})
}

func (o *outbox) follow(ctx context.Context, done func(storage.Revision, bool) bool, see func(string, int)) error {
	last, silent := int64(0), false
	for !done(0, silent) {
		rows, _ := o.pool.Query(ctx, "SELECT id, body FROM outbox WHERE id > $1 ORDER BY id", last)
		var body string
		tag, err := pgx.ForEachRow(rows, []any{&last, &body}, func() error {
			writer, n, err := writerOf(body)
			see(writer, n)
			return err
		})
		if err != nil {
			return err
		}
		if silent = tag.RowsAffected() == 0; silent {
			time.Sleep(time.Millisecond) // between two polls
		}
	}
	return nil
}
