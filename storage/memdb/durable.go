package memdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Open returns the engine over a journal, with everything that the journal
// holds. Closing the Store closes the journal.
//
// Changes that wait at the same time are written as one batch: they run in
// turn, each upon the outcome of the one before, each with an answer of its
// own. A change is durable when Update returns.
//
// Errors: a *relationship.FieldError without a journal (New makes a store that
// needs none), and what the journal says.
func Open(ctx context.Context, journal storage.Journal) (*Store, error) {
	if journal == nil {
		return nil, fmt.Errorf("memdb: open: %w", &relationship.FieldError{Noun: "store", Field: "journal", Problem: "is missing"})
	}
	store := New()
	store.id, store.journal = journal.ID(), journal
	began := time.Now()
	if err := store.reload(ctx); err != nil {
		return nil, err
	}
	store.queue = &queue{arrived: make(chan struct{}, 1), stop: make(chan struct{}), stopped: make(chan struct{})}
	go store.write()
	if shared, is := journal.(storage.Shared); is {
		store.follower = newFollower(shared, began)
		go store.follow()
	}
	return store, nil
}

// load reads everything that the journal holds.
func (s *Store) load(ctx context.Context) (*state, error) {
	ctx, heard, end := silence(ctx, mostSilenceLoading)
	defer end()
	loading := newLoading()
	head, err := loading.load(ctx, s.journal, heard)
	if err == nil {
		err = loading.finish()
	}
	if err != nil {
		return nil, fmt.Errorf("memdb: load: %w", err)
	}
	next := &state{revision: head.Revision, at: head.At, chain: head.Chain}
	loading.draft.become(next)
	return next, nil
}

// queue is where changes wait to be written.
type queue struct {
	mu      sync.Mutex
	jobs    []*job
	arrived chan struct{} // holds a token when jobs may wait
	stop    chan struct{} // closed when the store is
	stopped chan struct{} // closed when the writer has ended
}

// job is one change that waits. Its function runs in the goroutine of its
// caller, so that a panic, and the end of a test, are the caller's own.
type job struct {
	state atomic.Int32
	try   chan try      // from the writer: run
	ran   chan bool     // to the writer: it returned, or it panicked
	done  chan struct{} // from the writer: the outcome is known

	err      error
	revision storage.Revision
	wrote    bool
}

// try is what a job runs upon. One that runs ahead of its turn waits again when
// it has run.
type try struct {
	draft *draft
	ahead bool
}

// The states of a job.
const (
	waiting = iota
	running
	withdrawn
)

// enqueue runs a change by way of the queue.
func (s *Store) enqueue(ctx context.Context, run func(storage.Tx) error) (storage.Revision, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("%w: %w", storage.ErrContended, err)
	}
	j := &job{try: make(chan try), ran: make(chan bool), done: make(chan struct{})}
	s.queue.mu.Lock()
	s.queue.jobs = append(s.queue.jobs, j)
	s.queue.mu.Unlock()
	select {
	case s.queue.arrived <- struct{}{}:
	default:
	}
	gone := ctx.Done()
	for {
		select {
		case try := <-j.try:
			j.run(try, run)
			gone = ctx.Done()
		case <-j.done:
			return j.revision, j.err
		case <-gone:
			if j.state.CompareAndSwap(waiting, withdrawn) {
				return 0, fmt.Errorf("%w: %w", storage.ErrContended, ctx.Err())
			}
			gone = nil // it is about to run, or its turn has come
		case <-s.queue.stopped:
			select {
			case <-j.done:
				return j.revision, j.err
			default:
				return 0, storage.ErrClosed
			}
		}
	}
}

func (j *job) run(try try, run func(storage.Tx) error) {
	returned := false
	defer func() { j.ran <- returned }()
	j.err = run(try.draft)
	if try.ahead {
		j.state.Store(waiting)
	}
	returned = true
}

// mostAtOnce bounds a batch, so that nobody waits for too long.
const mostAtOnce = 256

// write is the writer: it takes what waits and commits it, until the store is
// closed.
func (s *Store) write() {
	defer close(s.queue.stopped)
	for {
		select {
		case <-s.queue.arrived:
		case <-s.queue.stop:
			return
		}
		for {
			jobs := s.queue.take(mostAtOnce)
			if len(jobs) == 0 {
				break
			}
			s.commitBatch(jobs)
		}
	}
}

func (q *queue) take(most int) []*job {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.jobs), most)
	jobs := q.jobs[:n:n]
	q.jobs = q.jobs[n:]
	return jobs
}

// batch is one attempt to commit jobs.
type batch struct {
	jobs       []*job
	began      time.Time
	base, next *state
	// missed are commits of others that lie between, and commits the batch's own.
	missed, commits []storage.Commit
	ran             map[*job]bool
	// ahead is what has run before the turn came.
	ahead map[*job]step
}

// commitBatch commits jobs as one batch and tells each its outcome.
func (s *Store) commitBatch(jobs []*job) {
	s.writing.Lock()
	defer s.writing.Unlock()
	b := &batch{jobs: jobs}
	err := s.tryBatch(b)
	unconfirmed := errors.Is(err, storage.ErrUnconfirmed)
	if err == nil || unconfirmed {
		s.advance(b.next, slices.Concat(b.missed, b.commits))
		if s.follower != nil {
			s.follower.note(b.began)
		}
	}
	for _, j := range b.jobs {
		switch {
		case j.err != nil && b.ran[j]: // refused, whatever became of the others
			j.revision = 0
		case unconfirmed && j.wrote:
			j.err = err // with its revision
		case err != nil && !unconfirmed:
			j.err, j.revision = err, 0
		}
		close(j.done)
	}
}

// mostTries bounds how often a batch is written again that was found out not
// to have been written.
const mostTries = 3

// tryBatch writes a batch. When the outcome is unknown, it takes the writers'
// turn once more: nobody writes meanwhile, so what stands in the journal then
// is the truth. Where others have written more than the log still has, or the
// journal has lost what the batch stands on, it begins again on what the journal
// has now. Whoever has come while the turn was waited for is taken along.
func (s *Store) tryBatch(b *batch) (err error) {
	ctx := context.Background()
	for range mostTries {
		b.began, b.base = time.Now(), s.now.Load()
		stop := s.runAhead(b)
		err = s.journal.Commit(ctx, b.base.Head(), func(missed []storage.Commit) ([]storage.Commit, error) {
			stop()
			s.alone = len(missed) == 0
			b.jobs = append(b.jobs, s.queue.take(mostAtOnce-len(b.jobs))...)
			return b.run(missed)
		})
		stop()
		if errors.Is(err, storage.ErrUnknownOutcome) {
			written, errLook := s.isWritten(b)
			switch {
			case errors.Is(errLook, storage.ErrDiverged):
				err = errLook // not in this history
			case errLook != nil:
				return errors.Join(err, errLook)
			case written:
				return nil
			default:
				continue
			}
		}
		begin := s.beginAnew(err)
		if begin == nil {
			return err
		}
		if failed := begin(ctx); failed != nil && !errors.Is(failed, errMoving) {
			return failed
		}
		err = storage.ErrContended
	}
	return err
}

// beginAnew is how a state is found to go on from after an error; nil where that
// is not the answer to it. writing is the caller's.
func (s *Store) beginAnew(err error) func(context.Context) error {
	switch {
	case errors.Is(err, storage.ErrCompacted):
		return s.reload
	case errors.Is(err, storage.ErrDiverged):
		return s.dropLostTail
	}
	return nil
}

// isWritten looks whether the batch stands in the journal.
func (s *Store) isWritten(b *batch) (written bool, err error) {
	err = s.journal.Commit(context.Background(), b.base.Head(), func(missed []storage.Commit) ([]storage.Commit, error) {
		written = false
		for _, commit := range missed {
			written = written || len(b.commits) > 0 && commit.ID == b.commits[0].ID
		}
		return nil, nil
	})
	return written, err
}

// run runs the jobs in turn, each upon the outcome of the one before.
func (b *batch) run(missed []storage.Commit) ([]storage.Commit, error) {
	next, err := b.base.follow(missed)
	if err != nil {
		return nil, err
	}
	b.missed, b.commits, b.ran = missed, nil, make(map[*job]bool, len(b.jobs))
	for _, j := range b.jobs {
		j.wrote = false
		if j.state.CompareAndSwap(waiting, running); j.state.Load() != running {
			continue
		}
		did := b.stepOf(j, next)
		if b.ran[j] = !did.panicked; j.err != nil {
			continue
		}
		if did.after != next {
			b.commits, j.wrote = append(b.commits, did.commit), true
		}
		next, j.revision = did.after, did.after.revision
	}
	b.next = next
	return b.commits, nil
}

// follow applies commits that somebody else made.
func (s *state) follow(commits []storage.Commit) (*state, error) {
	if len(commits) == 0 {
		return s, nil
	}
	draft := newDraft(s)
	next := *s
	for _, commit := range commits {
		if commit.Revision != next.revision+1 {
			return nil, fmt.Errorf("%w: commit %d follows commit %d", storage.ErrCorrupt, commit.Revision, next.revision)
		}
		for _, event := range commit.Events {
			if err := draft.follow(event.Lines); err != nil {
				return nil, fmt.Errorf("%w: commit %d: %w", storage.ErrCorrupt, commit.Revision, err)
			}
		}
		next.revision, next.at, next.chain = commit.Revision, commit.At, commit.Chain
	}
	draft.become(&next)
	return &next, nil
}

// follow makes what an event says. The lines stand in the order of their first
// write, and say what was there last: so what has unique values goes first, in
// case it gives them to another.
func (d *draft) follow(lines []relationship.Line) error {
	for _, line := range lines {
		if line.After != nil && len(storage.UniqueValues(line.Before)) == 0 {
			continue
		}
		if err := d.Delete(line.Key()); err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
	}
	for _, line := range lines {
		if line.After == nil {
			continue
		}
		if err := d.Put(line.After); err != nil {
			return err
		}
	}
	return nil
}
