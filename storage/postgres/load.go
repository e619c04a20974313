package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Load implements storage.Journal. It reads in one snapshot of the database,
// and holds up no writer.
func (j *Journal) Load(ctx context.Context, record func(relationship.Record) error) (storage.Head, error) {
	var head storage.Head
	var tx pgx.Tx
	conn, err := j.connection(ctx, func(conn *pgxpool.Conn) (err error) {
		tx, err = conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, j.options.sql("SELECT rev, at, chain FROM clientaccess.head")).
			Scan(&head.Revision, intoInstant{&head.At}, intoDigest{&head.Chain})
	})
	if err != nil {
		return storage.Head{}, wrap("load", err)
	}
	defer conn.Release()
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // it has only read
	var failed error                                               // of the caller's
	for _, each := range tables {
		err = each.table.load(ctx, j, tx, func(r relationship.Record) error {
			failed = record(r)
			return failed
		})
		if failed != nil && errors.Is(err, failed) {
			return storage.Head{}, failed
		}
		if err != nil {
			return storage.Head{}, wrap("load", err)
		}
	}
	return head, nil
}
