package memdb

import (
	"context"
	"fmt"
	"iter"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// This file is the log of an engine without a journal.

// keep puts a commit into the log. When it erases somebody, they go out of the
// whole log (ORG-5).
func (s *state) keep(commit storage.Commit) {
	if erased := commit.Erased(); erased != nil {
		log := make([]storage.Commit, len(s.log), len(s.log)+1)
		for i, earlier := range s.log {
			log[i], _ = earlier.Without(erased...)
		}
		s.log = log
	}
	s.log = append(s.log, commit)
}

// Changes implements storage.Store.
func (s *Store) Changes(ctx context.Context, after storage.Revision) iter.Seq2[storage.Commit, error] {
	if s.journal != nil {
		return s.journal.Changes(ctx, after)
	}
	return func(yield func(storage.Commit, error) bool) {
		head := s.now.Load()
		switch {
		case after > head.revision:
			yield(storage.Commit{}, storage.ErrAhead)
			return
		case after < head.checkpoint.Revision:
			yield(storage.Commit{}, storage.ErrCompacted)
			return
		}
		for _, commit := range head.log[after-head.checkpoint.Revision:] {
			if err := ctx.Err(); err != nil {
				yield(storage.Commit{}, err)
				return
			}
			if !yield(commit, nil) {
				return
			}
		}
	}
}

// Checkpoint implements storage.Store.
func (s *Store) Checkpoint(ctx context.Context) (storage.Checkpoint, error) {
	if s.journal != nil {
		return s.journal.Checkpoint(ctx)
	}
	return s.now.Load().checkpoint, ctx.Err()
}

// Trim implements storage.Store.
func (s *Store) Trim(ctx context.Context, upto storage.Revision) error {
	if s.journal != nil {
		return s.journal.Trim(ctx, upto)
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	next := *s.now.Load()
	if upto > next.revision {
		return storage.ErrAhead
	}
	for len(next.log) > 0 && next.log[0].Revision <= upto {
		checkpoint, err := next.checkpoint.Advance(next.log[0])
		if err != nil {
			return err
		}
		next.checkpoint, next.log = checkpoint, next.log[1:]
	}
	// A copy, so that what is forgotten is free to go.
	next.log = append([]storage.Commit(nil), next.log...)
	s.now.Store(&next)
	return nil
}

// Restore implements storage.Restorer. Into a journal a dump is restored before
// the journal is opened here.
func (s *Store) Restore(ctx context.Context, whole storage.Whole) error {
	if s.journal != nil {
		return storage.ErrNotEmpty
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	if now := s.now.Load(); now.revision != 0 || now.checkpoint.Revision != 0 {
		return storage.ErrNotEmpty
	}
	next, err := restored(whole)
	if err != nil {
		return err
	}
	fork := s.asides.Snapshot()
	txn := fork.Txn(true)
	for range (aside{txn}).Scan("") {
		return storage.ErrNotEmpty
	}
	for note, err := range whole.Notes {
		if err != nil {
			return err
		}
		if err := (aside{txn}).Put(note.Key, note.Note); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	txn.Commit()
	s.asides = fork
	s.mu.Lock()
	s.id = whole.ID
	s.mu.Unlock()
	s.publish(next)
	return nil
}

// restored makes the state of records and of a log.
func restored(whole storage.Whole) (*state, error) {
	loading := newLoading()
	for record, err := range whole.Records {
		if err != nil {
			return nil, err
		}
		if key := record.Key(); key.Kind != relationship.KindMember && loading.has(key) {
			return nil, fmt.Errorf("%w: %s is there twice", storage.ErrCorrupt, key)
		}
		if err := loading.add(record); err != nil {
			return nil, err
		}
	}
	if err := loading.finish(); err != nil {
		return nil, err
	}
	checkpoint := whole.Checkpoint
	next := &state{revision: checkpoint.Revision, at: checkpoint.At, chain: checkpoint.Chain, checkpoint: checkpoint}
	loading.draft.become(next)
	var log []storage.Commit
	for commit, err := range whole.Commits {
		if err != nil {
			return nil, err
		}
		if next, err = next.follow([]storage.Commit{commit}); err != nil {
			return nil, err
		}
		log = append(log, commit)
	}
	next.log = log
	return next, nil
}
