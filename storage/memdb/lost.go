package memdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// reload publishes what the journal has now, when its log does not say how it
// came there. writing is the caller's.
func (s *Store) reload(ctx context.Context) error {
	loaded, err := s.load(ctx)
	if err != nil {
		return err
	}
	s.moving.Lock()
	defer s.moving.Unlock()
	now := s.now.Load()
	if loaded.epoch = now.epoch; loaded.revision > now.revision || now.revision == 0 {
		s.begin(loaded)
	}
	return nil
}

// mostTails is how many lost tails are kept whole until they are acknowledged.
// Each holds a whole state.
const mostTails = 8

// errMoving says that the journal moved on, or back, while it was looked at.
var errMoving = errors.New("the journal has moved while it was read")

// dropLostTail goes over to what the journal has now, and keeps what it has
// lost. writing is the caller's.
func (s *Store) dropLostTail(ctx context.Context) error {
	was := s.now.Load()
	if has, err := s.has(ctx, was.Head()); err != nil || has {
		return cmp.Or(err, errMoving) // somebody else has gone over
	}
	loaded, err := s.load(ctx)
	if err != nil {
		return err
	}
	tail, err := s.lostTail(ctx)
	if err != nil {
		return err
	}
	if tail.Complete && len(tail.Commits) == 0 {
		return errMoving // it has everything after all
	}
	if has, err := s.has(ctx, loaded.Head()); !has {
		return cmp.Or(err, errMoving)
	}
	s.moving.Lock()
	defer s.moving.Unlock()
	s.lost++
	tail.Number, tail.Found, tail.Lost = s.lost, time.Now(), was
	if len(s.tails) >= mostTails {
		tail.Lost, tail.Commits, tail.Complete, tail.Ancestor = nil, nil, false, storage.Head{}
	}
	s.tails = append(slices.Clip(s.tails), tail)
	loaded.epoch = was.epoch + 1
	s.begin(loaded)
	return nil
}

// lostTail compares what is remembered with the journal.
func (s *Store) lostTail(ctx context.Context) (storage.LostTail, error) {
	s.moving.Lock()
	remembered := s.recent
	s.moving.Unlock()
	var failed error
	// All that are there come before all that are not. What the journal itself
	// no longer remembers counts as there until it is looked at again below.
	lost := sort.Search(len(remembered.commits)+1, func(i int) bool {
		has, err := s.has(ctx, remembered.head(i))
		if err != nil && !errors.Is(err, storage.ErrCompacted) {
			failed = err
		}
		return err == nil && !has
	})
	if failed != nil {
		return storage.LostTail{}, failed
	}
	tail := storage.LostTail{Commits: slices.Clone(remembered.commits[max(lost-1, 0):])}
	if lost == 0 {
		return tail, nil
	}
	has, err := s.has(ctx, remembered.head(lost-1))
	if err != nil && !errors.Is(err, storage.ErrCompacted) {
		return tail, err
	}
	if has {
		tail.Ancestor, tail.Complete = remembered.head(lost-1), true
	}
	return tail, nil
}

// has reports whether the journal has a commit. ErrCompacted says that its log
// no longer tells.
func (s *Store) has(ctx context.Context, head storage.Head) (bool, error) {
	if head.Revision == 0 {
		return true, nil
	}
	if head.Chain == (relationship.Digest{}) {
		return false, fmt.Errorf("%w: commit %d has no hash", storage.ErrCorrupt, head.Revision)
	}
	ctx, _, end := silence(ctx, mostSilence)
	defer end()
	for _, err := range s.journal.Changes(ctx, head) {
		if errors.Is(err, storage.ErrDiverged) {
			return false, nil
		}
		return err == nil, err
	}
	return true, nil
}

// LostTails implements storage.Store.
func (s *Store) LostTails() []storage.LostTail {
	s.moving.Lock()
	defer s.moving.Unlock()
	return slices.Clone(s.tails)
}

// AcknowledgeLost implements storage.Store.
func (s *Store) AcknowledgeLost(number uint64) {
	s.moving.Lock()
	defer s.moving.Unlock()
	left := slices.DeleteFunc(slices.Clone(s.tails), func(tail storage.LostTail) bool { return tail.Number <= number })
	if len(left) == len(s.tails) {
		return
	}
	s.tails = left
	next := *s.now.Load() // another Snapshot, so that it is noticed
	s.publish(&next)
}
