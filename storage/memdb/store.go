package memdb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/go-memdb"

	"github.com/clientaccess/clientaccess/storage"
)

// Store is the engine: a storage.Store with everything in memory. Make one
// with New, or with Open over a journal. All methods are safe for concurrent
// use.
type Store struct {
	id  string
	now atomic.Pointer[state]
	// log is the log of a store without a journal; empty over one.
	log atomic.Pointer[history]

	// journal makes it durable, and queue is where changes wait for it; both
	// are nil without one. follower is nil where nobody else writes.
	journal  storage.Journal
	queue    *queue
	follower *follower
	// writing is held while a batch is written and when a state is loaded anew,
	// so that what was committed is published before its loss can be found. It
	// guards alone: whether nobody else had written before the last batch.
	writing sync.Mutex
	alone   bool

	// moving guards what goes with now over a journal: whoever holds it moves
	// now on. tails are the lost ones; lost counts them.
	moving sync.Mutex
	recent recent
	tails  []storage.LostTail
	lost   uint64

	// turn is the writers' queue: whoever holds its one place writes. A mutex
	// would not hear a context.
	turn chan struct{}
	// asides is guarded by turn, too.
	asides *memdb.MemDB

	// mu guards id, moved and closed.
	mu     sync.Mutex
	moved  chan struct{} // closed and replaced when now moves on
	closed bool
}

var _ storage.Store = (*Store)(nil)

// New returns an empty store. It lives as long as the process.
func New() *Store {
	records, err := memdb.NewMemDB(schema)
	asides, errAsides := memdb.NewMemDB(asideSchema)
	if err = errors.Join(err, errAsides); err != nil {
		panic(fmt.Sprintf("memdb: the schema is wrong: %v", err)) // the schema is a constant
	}
	store := &Store{id: rand.Text(), turn: make(chan struct{}, 1), asides: asides, moved: make(chan struct{})}
	// The fork keeps go-memdb from serving watches, see draft.
	store.now.Store(&state{db: records.Snapshot()})
	store.log.Store(&history{})
	return store
}

// ID implements storage.Store.
func (s *Store) ID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.id
}

// Snapshot implements storage.Store. It takes no lock.
func (s *Store) Snapshot() storage.Snapshot { return s.now.Load() }

// enter waits for the writers' turn.
func (s *Store) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", storage.ErrContended, err)
	}
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", storage.ErrContended, ctx.Err())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		<-s.turn
		return storage.ErrClosed
	}
	return nil
}

func (s *Store) leave() { <-s.turn }

// Update implements storage.Store.
func (s *Store) Update(ctx context.Context, run func(storage.Tx) error) (storage.Revision, error) {
	if s.joined(ctx) {
		return s.join(ctx, run)
	}
	if s.journal != nil {
		return s.enqueue(ctx, run)
	}
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.leave()
	base := s.now.Load()
	draft := newDraft(base)
	if err := run(draft); err != nil {
		return 0, err
	}
	next, commit, err := draft.commit(rand.Text())
	if err != nil {
		return 0, err
	}
	if next != base {
		s.log.Store(s.log.Load().with(commit))
		s.publish(next)
	}
	return next.revision, nil
}

func (s *Store) publish(next *state) {
	s.now.Store(next)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		close(s.moved)
		s.moved = make(chan struct{})
	}
}

// Wait implements storage.Store.
func (s *Store) Wait(ctx context.Context, revision storage.Revision) error {
	for {
		s.mu.Lock()
		moved, closed := s.moved, s.closed
		s.mu.Unlock()
		switch {
		case s.now.Load().revision >= revision:
			return nil
		case closed:
			return storage.ErrClosed
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close implements storage.Store. Closing twice is no error.
func (s *Store) Close() error {
	s.turn <- struct{}{}
	defer s.leave()
	if !s.markClosed() || s.journal == nil {
		return nil
	}
	s.follower.close()
	close(s.queue.stop)
	<-s.queue.stopped
	return s.journal.Close()
}

// Closed implements storage.Store.
func (s *Store) Closed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// markClosed reports whether the store was open until now.
func (s *Store) markClosed() bool {
	s.moving.Lock()
	defer s.moving.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.closed = true
	last := *s.now.Load() // another Snapshot, so that it is noticed
	s.now.Store(&last)
	close(s.moved)
	return true
}

// Aside implements storage.Store.
func (s *Store) Aside(ctx context.Context, run func(storage.Aside) error) error {
	if s.journal != nil {
		return s.journal.Aside(ctx, run)
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	fork := s.asides.Snapshot()
	txn := fork.Txn(true)
	if err := run(aside{txn}); err != nil {
		return err
	}
	txn.Commit()
	s.asides = fork
	return nil
}

// aside implements storage.Aside.
type aside struct{ txn *memdb.Txn }

func (a aside) Get(key string) ([]byte, bool) {
	found, err := a.txn.First(asideTable, byKey, []byte(key))
	if err != nil {
		panic(err) // see get
	}
	object, is := found.(note)
	return object.note, is
}

func (a aside) Put(key string, content []byte) error {
	if err := storage.CheckNoteKey(key); err != nil {
		return err
	}
	return a.txn.Insert(asideTable, note{key, append([]byte(nil), content...)})
}

func (a aside) Delete(key string) error {
	if _, found := a.Get(key); !found {
		return nil
	}
	return a.txn.Delete(asideTable, note{key: key})
}

func (a aside) Scan(prefix string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		found, err := a.txn.LowerBound(asideTable, byKey, []byte(prefix))
		if err != nil {
			panic(err) // see get
		}
		for object := found.Next(); object != nil; object = found.Next() {
			item := object.(note)
			if !strings.HasPrefix(item.key, prefix) || !yield(item.key, item.note) {
				return
			}
		}
	}
}
