package memdb

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// This file is the log of an engine without a journal.

// history is the log behind a checkpoint. It stands beside the states, so that
// one that is held does not hold the log as well. It is never changed: later
// ones append to the same array behind the end that this one sees.
type history struct {
	checkpoint storage.Checkpoint
	commits    []storage.Commit
}

// revision is that of the newest commit.
func (h *history) revision() storage.Revision {
	return h.checkpoint.Revision + storage.Revision(len(h.commits))
}

// with puts a commit into the log. When it erases somebody, they go out of the
// whole log (ORG-5).
func (h *history) with(commit storage.Commit) *history {
	commits := h.commits
	if erased := commit.Erased(); erased != nil {
		commits = make([]storage.Commit, len(h.commits), len(h.commits)+1)
		for i, earlier := range h.commits {
			commits[i], _ = earlier.Without(erased...)
		}
	}
	return &history{h.checkpoint, append(commits, commit)}
}

// Changes implements storage.Store.
func (s *Store) Changes(ctx context.Context, after storage.Revision) iter.Seq2[storage.Commit, error] {
	if s.journal != nil {
		return s.journal.Changes(ctx, storage.Head{Revision: after})
	}
	return func(yield func(storage.Commit, error) bool) {
		log := s.log.Load()
		switch {
		case after > log.revision():
			yield(storage.Commit{}, storage.ErrAhead)
			return
		case after < log.checkpoint.Revision:
			yield(storage.Commit{}, storage.ErrCompacted)
			return
		}
		for _, commit := range log.commits[after-log.checkpoint.Revision:] {
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
	return s.log.Load().checkpoint, ctx.Err()
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
	log := *s.log.Load()
	if upto > log.revision() {
		return storage.ErrAhead
	}
	for len(log.commits) > 0 && log.commits[0].Revision <= upto {
		checkpoint, err := log.checkpoint.Advance(log.commits[0])
		if err != nil {
			return err
		}
		log.checkpoint, log.commits = checkpoint, log.commits[1:]
	}
	// A copy, so that what is forgotten is free to go.
	log.commits = slices.Clone(log.commits)
	s.log.Store(&log)
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
	if s.now.Load().revision != 0 {
		return storage.ErrNotEmpty
	}
	next, log, err := restored(whole)
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
	s.log.Store(log)
	s.publish(next)
	return nil
}

// restored makes a state and its log of what was dumped.
func restored(whole storage.Whole) (*state, *history, error) {
	loading := newLoading()
	for record, err := range whole.Records {
		if err != nil {
			return nil, nil, err
		}
		if key := record.Key(); key.Kind != relationship.KindMember && loading.has(key) {
			return nil, nil, fmt.Errorf("%w: %s is there twice", storage.ErrCorrupt, key)
		}
		if err := loading.add(record); err != nil {
			return nil, nil, err
		}
	}
	if err := loading.finish(); err != nil {
		return nil, nil, err
	}
	checkpoint := whole.Checkpoint
	next := &state{revision: checkpoint.Revision, at: checkpoint.At, chain: checkpoint.Chain}
	loading.draft.become(next)
	log := &history{checkpoint: checkpoint}
	for commit, err := range whole.Commits {
		if err != nil {
			return nil, nil, err
		}
		if next, err = next.follow([]storage.Commit{commit}); err != nil {
			return nil, nil, err
		}
		log.commits = append(log.commits, commit)
	}
	return next, log, nil
}
