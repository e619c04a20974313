package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/clientaccess/clientaccess/storage"
)

type joinedKey struct{}

// WithTx returns a context with which a change is made in a transaction of the
// host's own, in the same database: what the host writes there and the change
// are committed together, or neither is.
//
// The host begins the transaction and ends it. From the change until then it
// has the writers' turn: nobody else changes anything meanwhile, so end it
// soon. The change is not tried again by itself. Its revision is provisional,
// and it shows when the transaction is committed. When the change is refused,
// nothing of it is left in the transaction, and the host may go on with it;
// when an error of the server is the reason, too, as it is behind a savepoint.
//
// Two goroutines do not use one transaction at the same time.
func WithTx(ctx context.Context, tx pgx.Tx) context.Context {
	return context.WithValue(ctx, joinedKey{}, tx)
}

func joined(ctx context.Context) pgx.Tx {
	tx, _ := ctx.Value(joinedKey{}).(pgx.Tx)
	return tx
}

// Joined implements storage.Joiner: whether WithTx made the context.
func (j *Journal) Joined(ctx context.Context) bool { return joined(ctx) != nil }

// commitJoined is Commit in a transaction of the host's. It does not enter the
// queue of this process: the host may have the lock in the database already,
// for which whoever is first in that queue waits.
func (j *Journal) commitJoined(
	ctx context.Context, tx pgx.Tx, after storage.Head, run func([]storage.Commit) ([]storage.Commit, error),
) (err error) {
	if j.closed() {
		return storage.ErrClosed
	}
	savepoint, err := tx.Begin(ctx)
	if err != nil {
		return wrapWait(ctx, "join the transaction", err)
	}
	written := false
	defer func() {
		if !written { // after a panic, too
			err = errors.Join(err, wrap("leave the transaction", savepoint.Rollback(context.WithoutCancel(ctx))))
		}
	}()
	t := &turn{j: j, tx: savepoint}
	s := t.script()
	s.lock(&t.head)
	behind := s.page(after.Revision)
	if err := savepoint.SendBatch(ctx, &s.batch).Close(); err != nil {
		return wrapWait(ctx, "wait for the turn", err)
	}
	if err := checkVersion(t.head.version); err != nil {
		return err
	}
	batch, err := t.commitBatch(ctx, after, behind, run)
	if err != nil || len(batch) == 0 {
		return err
	}
	if err := savepoint.Commit(context.WithoutCancel(ctx)); err != nil {
		return wrap("write", err)
	}
	written = true
	return nil
}
