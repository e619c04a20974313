package storage

import (
	"context"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// Past returns the state that the store had at a revision, as far as the log
// reaches back: what came behind it is taken back from a snapshot that the
// caller holds. Of somebody who was erased since, it shows no data (ORG-5).
// It is a draft that is never committed, and belongs to one goroutine; Redo
// moves it on. Errors: ErrCompacted; ErrAhead when the snapshot has no such
// revision; those of Changes.
func Past(ctx context.Context, store Store, snapshot Snapshot, revision Revision) (Tx, error) {
	if revision > snapshot.Revision() {
		return nil, ErrAhead
	}
	checkpoint, err := store.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	at, from := checkpoint.At, revision
	switch {
	case revision < checkpoint.Revision:
		return nil, ErrCompacted
	case revision > checkpoint.Revision:
		from-- // to learn its instant
	}
	before := map[relationship.Key]relationship.Record{}
	for commit, err := range store.Changes(ctx, from) {
		if err != nil {
			return nil, err
		}
		if commit.Revision > snapshot.Revision() {
			break
		}
		if commit.Revision == revision {
			at = commit.At
		} else {
			firstBefore(before, commit)
		}
	}
	draft := snapshot.Draft()
	if err := replace(draft, before); err != nil {
		return nil, err
	}
	return past{draft, revision, at}, nil
}

// firstBefore notes what the records of a commit were before the first line
// that is about them; nil for nothing.
func firstBefore(before map[relationship.Key]relationship.Record, commit Commit) {
	for _, event := range commit.Events {
		for _, line := range event.Lines {
			if _, known := before[line.Key()]; !known {
				before[line.Key()] = line.Before
			}
		}
	}
}

// TakeBack undoes what a transaction has written since its last Log.
func TakeBack(tx Tx) error {
	before := map[relationship.Key]relationship.Record{}
	for _, line := range tx.Changed() {
		before[line.Key()] = line.Before
	}
	return replace(tx, before)
}

// Redo puts into a draft what a commit left. On the state before the commit,
// that makes the state behind it; the draft's Revision and At stay as they are.
func Redo(draft Tx, commit Commit) error {
	after := map[relationship.Key]relationship.Record{}
	for _, event := range commit.Events {
		for _, line := range event.Lines {
			after[line.Key()] = line.After
		}
	}
	return replace(draft, after)
}

// replace puts records in place of what the draft has; nil for nothing. All
// are taken away first, so that no two ever have the same unique value in
// between.
func replace(draft Tx, records map[relationship.Key]relationship.Record) error {
	for key := range records {
		if _, found := draft.Get(key); !found {
			continue
		}
		if err := draft.Delete(key); err != nil {
			return err
		}
	}
	for _, record := range records {
		if record == nil {
			continue
		}
		if err := draft.Put(record); err != nil {
			return err
		}
	}
	return nil
}

// past is a state that was.
type past struct {
	Tx
	revision Revision
	at       time.Time
}

func (p past) Revision() Revision { return p.revision }
func (p past) At() time.Time      { return p.at }
