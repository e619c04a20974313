package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/clientaccess/clientaccess/storage"
)

// unansweredError says that COMMIT was sent, and that no answer came.
type unansweredError struct{ err error }

func (e *unansweredError) Error() string { return e.err.Error() }

// commit sends what is left, and COMMIT, in one round trip: the server carries
// out nothing behind a statement that has failed. The caller's context is not
// heard: ending it would make the server report a success that it did not wait
// for.
func (t *turn) commit() error {
	t.still()
	ctx, cancel := context.WithTimeout(context.Background(), commitLimit)
	defer cancel()
	s := t.last
	if s == nil {
		s = t.script()
	}
	conn, warned := t.conn.Conn(), false
	s.queue("COMMIT").Fn = func(results pgx.BatchResults) (err error) {
		var done pgconn.CommandTag
		warned, err = t.j.notices.during(conn.PgConn(), func() (err error) {
			done, err = results.Exec()
			return err
		})
		if err == nil && done.String() == "ROLLBACK" {
			err = pgx.ErrTxCommitRollback
		}
		return err
	}
	err := t.tx.SendBatch(ctx, &s.batch).Close()
	switch {
	case err == nil && warned:
		return errUnconfirmed()
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrTxCommitRollback):
		return fmt.Errorf("postgres: the server took the transaction back: %w", err)
	case conn.IsClosed() || codeOf(err) == codeStatementUnknown:
		return &unansweredError{err}
	}
	return again(wrap("write", err), false, true)
}

func errUnconfirmed() error {
	return fmt.Errorf("postgres: %w: the wait for a synchronous standby was given up", storage.ErrUnconfirmed)
}

// resolve finds out whether a COMMIT that was not answered happened: in a turn
// of its own, before which the lost one has to have ended. Then it commits
// something itself. A standby that confirms this has confirmed what came before.
func (j *Journal) resolve(look proof) (written bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), j.idle+resolveLimit)
	defer cancel()
	for try := 1; ; try++ {
		var seen bool
		seen, err = j.look(ctx, look)
		written = written || seen
		switch {
		case err == nil || errors.Is(err, storage.ErrUnconfirmed):
			return seen, err
		case ctx.Err() != nil, errors.Is(err, errCannotTell), errors.Is(err, ErrNewer):
			return written, unresolved(written, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(min(1<<try, 500)) * time.Millisecond):
		}
	}
}

func unresolved(written bool, err error) error {
	if written {
		return errUnconfirmed()
	}
	return fmt.Errorf("%w: %w", storage.ErrUnknownOutcome, err)
}

// errCannotTell: the trace that was looked for would be gone in either case.
var errCannotTell = errors.New("its trace is gone from the log")

func (j *Journal) look(ctx context.Context, look proof) (written bool, err error) {
	t, err := j.begin(ctx, nil)
	if err != nil {
		return false, err
	}
	defer t.end()
	written, err = look(t)
	if err != nil || !written {
		return false, err
	}
	if err = t.send(ctx, func(s *script) { s.queue("UPDATE clientaccess.head SET rev = rev") }); err == nil {
		err = t.commit()
	}
	return true, err
}
