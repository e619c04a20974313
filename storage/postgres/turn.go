package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/clientaccess/clientaccess/storage"
)

// turn is the writers' turn: a transaction that holds the lock on the head.
type turn struct {
	j    *Journal
	tx   pgx.Tx
	conn *pgxpool.Conn // nil in a transaction of the host's
	head head
	// wrote is set when there is something to commit. last is what of it goes to
	// the server together with COMMIT; nil when all of it is there.
	wrote bool
	last  *script

	// using is held while the connection is used. still stops the signs of life,
	// and waits for them.
	using sync.Mutex
	still func()
}

// proof looks, in a later turn, whether what an earlier one committed is there.
// An error says that it cannot be told.
type proof func(t *turn) (written bool, err error)

const (
	// mostTries bounds how often a turn is taken anew that ended without having
	// written anything: after a deadlock, or when the connection was lost.
	mostTries = 8
	// idleLimit is how long the server lets a turn wait for a sign of life of its
	// process, so that one that is stopped or cut off does not hold up all
	// others. One that is working gives several in that time.
	idleLimit = 10 * time.Second
	// commitLimit is how long a COMMIT may take, with the wait for a synchronous
	// standby.
	commitLimit = 30 * time.Second
	// resolveLimit is for how long an outcome is looked for, beyond idleLimit: a
	// lost turn may hold the lock that long.
	resolveLimit = 10 * time.Second
	// writeLimit bounds writing a batch.
	writeLimit = 5 * time.Minute
	// fewRecords is how many lines of a batch, or new records of a kind, are not
	// worth a round trip of their own.
	fewRecords = 1000
)

// transact takes the writers' turn, runs work in it, and commits what it wrote.
// read, which may be nil, fills in what is read as soon as the turn has come.
// work may run more than once. What it returns is what tells whether a COMMIT
// that was not answered happened.
func (j *Journal) transact(ctx context.Context, read func(*script), work func(*turn) (proof, error)) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", storage.ErrContended, err)
	}
	if j.closed() {
		return storage.ErrClosed
	}
	select {
	case j.local <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", storage.ErrContended, ctx.Err())
	case <-j.done:
		return storage.ErrClosed
	}
	defer func() { <-j.local }()
	if j.closed() {
		return storage.ErrClosed
	}
	for try := 1; ; try++ {
		err := j.attempt(ctx, read, work)
		again, is := errors.AsType[*againError](err)
		if !is {
			return err
		}
		if try == mostTries {
			return again.err
		}
		if again.ran {
			ctx = context.WithoutCancel(ctx)
		}
		pause(try)
	}
}

// pause lets others go first, for longer each time.
func pause(try int) {
	time.Sleep(time.Duration(1+rand.IntN(1<<try)) * time.Millisecond)
}

// againError says that nothing was written, and that another try may succeed.
type againError struct {
	err error
	ran bool
}

func (e *againError) Error() string { return e.err.Error() }
func (e *againError) Unwrap() error { return e.err }

// again wraps an error after which nothing was written, on a connection that is
// lost or not.
func again(err error, lost, ran bool) error {
	code := codeOf(err)
	if lost || code == codeSerialization || code == codeDeadlock {
		return &againError{err, ran}
	}
	return err
}

// attempt is one try of transact.
func (j *Journal) attempt(ctx context.Context, read func(*script), work func(*turn) (proof, error)) error {
	t, err := j.begin(ctx, read)
	if err != nil {
		return err
	}
	defer t.end() // after a panic, too
	look, err := work(t)
	if err != nil || !t.wrote {
		return err
	}
	err = t.commit()
	unanswered, is := errors.AsType[*unansweredError](err)
	if !is {
		return err
	}
	t.end()
	written, err := j.resolve(look)
	switch {
	case err != nil:
		return errors.Join(err, wrap("commit", unanswered.err))
	case written:
		return nil
	}
	return &againError{wrap("commit", unanswered.err), true}
}

// begin waits for the turn, and reads. ctx ends the waiting.
func (j *Journal) begin(ctx context.Context, read func(*script)) (*turn, error) {
	const doing = "wait for the turn"
	conn, err := j.pool.Acquire(ctx)
	if err != nil {
		return nil, wrapWait(ctx, doing, err)
	}
	t := &turn{j: j, conn: conn}
	s := t.script()
	s.batch.BeginTx(pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
	s.queue(fmt.Sprintf("SET LOCAL idle_in_transaction_session_timeout = %d", j.idle.Milliseconds()))
	s.lock(&t.head)
	if read != nil {
		read(s)
	}
	results := conn.Conn().SendBatch(ctx, &s.batch)
	t.tx = results.Tx()
	err = results.Close()
	if err == nil {
		err = checkVersion(t.head.version)
	}
	if err == nil {
		t.live()
		return t, nil
	}
	lost := conn.Conn().IsClosed()
	t.end()
	err = wrapWait(ctx, doing, err)
	if errors.Is(err, storage.ErrContended) {
		return nil, err
	}
	if lost {
		j.pool.Reset() // the others are likely to be lost, too
	}
	return nil, again(err, lost, false)
}

// live gives signs of life until the turn is over: the server cannot tell from
// a process that is stopped one in which rules run, and nothing is sent.
func (t *turn) live() {
	stop, stopped := make(chan struct{}), make(chan struct{})
	t.still = sync.OnceFunc(func() {
		close(stop)
		<-stopped
	})
	go func() {
		defer close(stopped)
		beat := time.NewTicker(t.j.idle / 4)
		defer beat.Stop()
		for {
			select {
			case <-stop:
				return
			case <-beat.C:
			}
			if t.using.TryLock() {
				// What is wrong with the connection shows when it is used next.
				_, _ = t.tx.Exec(context.Background(), "SELECT 1")
				t.using.Unlock()
			}
		}
	}()
}

func (t *turn) script() *script { return &script{Options: t.j.options, few: t.j.few} }

// send runs a script.
func (t *turn) send(ctx context.Context, fill func(*script)) error {
	s := t.script()
	fill(s)
	return t.run(ctx, s)
}

func (t *turn) run(ctx context.Context, s *script) error {
	if s.empty() {
		return nil
	}
	t.using.Lock()
	defer t.using.Unlock()
	for _, part := range s.parts {
		err := t.sendBatch(ctx, &part.batch)
		if err == nil {
			_, err = t.tx.Conn().PgConn().CopyFrom(ctx, part.rows, part.statement)
		}
		if err != nil {
			return t.failed(wrap("write", err))
		}
	}
	if err := t.sendBatch(ctx, &s.batch); err != nil {
		return t.failed(wrap("write", err))
	}
	return nil
}

func (t *turn) sendBatch(ctx context.Context, batch *pgx.Batch) error {
	if batch.Len() == 0 {
		return nil
	}
	return t.tx.SendBatch(ctx, batch).Close()
}

// leave has a script sent with COMMIT.
func (t *turn) leave(s *script) { t.last = s }

// failed is an error of a turn before its COMMIT. A transaction of the host's is
// not tried again: it holds what is not ours.
func (t *turn) failed(err error) error {
	if t.conn == nil {
		return err
	}
	return again(err, t.conn.Conn().IsClosed(), true)
}

// end gives the turn away. What was not committed is rolled back.
func (t *turn) end() {
	if t.conn == nil {
		return
	}
	if t.still != nil {
		t.still()
	}
	ctx, cancel := context.WithTimeout(context.Background(), t.j.idle)
	defer cancel()
	if t.tx != nil && t.conn.Conn().PgConn().TxStatus() != 'I' {
		_ = t.tx.Rollback(ctx) // or the connection is closed, and the server does it
	}
	t.conn.Release()
	t.conn, t.tx = nil, nil
}
