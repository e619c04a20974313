package storagetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Shared is a journal in memory to which several processes write, as they would
// to a database: each Process is the connection of one. It is for tests of what
// happens among them, and can be made to lose its newest commits (Lose). What
// it holds is gone with it. All methods are safe for concurrent use.
type Shared struct {
	id string
	// turn is the writers' queue.
	turn chan struct{}

	mu sync.Mutex
	// records are those at the checkpoint; the log leads on from there.
	records    map[relationship.Key]relationship.Record
	checkpoint storage.Checkpoint
	log        []storage.Commit
	notes      map[string][]byte
	spoiled    error // half of a dump was restored
	// moved is closed and replaced with each commit.
	moved chan struct{}
	// hints says whether Await wakes up with a commit; else it waits for pace.
	hints       bool
	pace        time.Duration
	unconfirmed bool
}

// NewShared returns an empty journal. Await wakes up with each commit, and every
// 20 milliseconds.
func NewShared() *Shared {
	return &Shared{
		id: rand.Text(), turn: make(chan struct{}, 1), moved: make(chan struct{}),
		records: map[relationship.Key]relationship.Record{}, notes: map[string][]byte{},
		hints: true, pace: 20 * time.Millisecond,
	}
}

// SetHints says whether Await wakes up with a commit, or only every pace.
func (s *Shared) SetHints(hints bool, pace time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hints, s.pace = hints, pace
	s.wake()
}

// SetUnconfirmed says whether what is committed from now on is confirmed by no
// copy: Commit writes and answers storage.ErrUnconfirmed.
func (s *Shared) SetUnconfirmed(unconfirmed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unconfirmed = unconfirmed
}

// Lose loses the newest n commits, as a database does whose standby takes over
// without them, and returns them. Their revisions are given out again. What the
// log has forgotten cannot be lost.
func (s *Shared) Lose(n int) []storage.Commit {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	s.mu.Lock()
	defer s.mu.Unlock()
	left := max(0, len(s.log)-n)
	lost := slices.Clone(s.log[left:])
	s.log = slices.Clone(s.log[:left])
	return lost
}

// Head is the newest commit.
func (s *Shared) Head() storage.Head {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head()
}

func (s *Shared) head() storage.Head {
	if len(s.log) == 0 {
		return s.checkpoint.Head
	}
	last := s.log[len(s.log)-1]
	return storage.Head{Revision: last.Revision, At: last.At, Chain: last.Chain}
}

// behind returns the commits behind one, and compares it.
func (s *Shared) behind(after storage.Head) ([]storage.Commit, error) {
	head, compared := s.head(), after.Chain != relationship.Digest{}
	switch {
	case after.Revision > head.Revision && compared:
		return nil, storage.ErrDiverged
	case after.Revision > head.Revision:
		return nil, storage.ErrAhead
	case after.Revision < s.checkpoint.Revision:
		return nil, storage.ErrCompacted
	}
	i := int(after.Revision - s.checkpoint.Revision)
	chain := s.checkpoint.Chain
	if i > 0 {
		chain = s.log[i-1].Chain
	}
	if compared && chain != after.Chain {
		return nil, storage.ErrDiverged
	}
	return slices.Clone(s.log[i:]), nil
}

// add writes a batch.
func (s *Shared) add(batch []storage.Commit) error {
	log := slices.Clone(s.log)
	next := s.head().Revision
	for _, commit := range batch {
		if next++; commit.Revision != next {
			return fmt.Errorf("commit %d where commit %d comes next", commit.Revision, next)
		}
		if erased := commit.Erased(); erased != nil {
			for i, earlier := range log {
				log[i], _ = earlier.Without(erased...)
			}
		}
		log = append(log, commit)
	}
	s.log = log
	s.wake()
	return nil
}

func (s *Shared) wake() {
	close(s.moved)
	s.moved = make(chan struct{})
}

// state returns the newest records.
func (s *Shared) state() (map[relationship.Key]relationship.Record, storage.Head) {
	records := make(map[relationship.Key]relationship.Record, len(s.records))
	maps.Copy(records, s.records)
	for _, commit := range s.log {
		redo(records, commit)
	}
	return records, s.head()
}

func redo(records map[relationship.Key]relationship.Record, commit storage.Commit) {
	for _, event := range commit.Events {
		for _, line := range event.Lines {
			if line.After == nil {
				delete(records, line.Key())
			} else {
				records[line.Key()] = line.After
			}
		}
	}
}

func (s *Shared) trim(upto storage.Revision) error {
	if upto > s.head().Revision {
		return storage.ErrAhead
	}
	for len(s.log) > 0 && s.log[0].Revision <= upto {
		checkpoint, err := s.checkpoint.Advance(s.log[0])
		if err != nil {
			return err
		}
		redo(s.records, s.log[0])
		s.checkpoint, s.log = checkpoint, s.log[1:]
	}
	return nil
}

func (s *Shared) restore(ctx context.Context, whole storage.Whole) error {
	if s.head().Revision != 0 || len(s.notes) > 0 {
		return storage.ErrNotEmpty
	}
	records, notes, log := map[relationship.Key]relationship.Record{}, map[string][]byte{}, []storage.Commit(nil)
	err := each(ctx, whole.Records, func(record relationship.Record) { records[record.Key()] = record })
	if err == nil {
		err = each(ctx, whole.Commits, func(commit storage.Commit) { log = append(log, commit) })
	}
	if err == nil {
		err = each(ctx, whole.Notes, func(note storage.Note) { notes[note.Key] = note.Note })
	}
	if err != nil {
		s.spoiled = fmt.Errorf("%w: half of a dump was restored", storage.ErrCorrupt)
		return err
	}
	s.id, s.records, s.checkpoint, s.log, s.notes = whole.ID, records, whole.Checkpoint, log, notes
	return nil
}

func each[Item any](ctx context.Context, items iter.Seq2[Item, error], take func(Item)) error {
	for item, err := range items {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		take(item)
	}
	return nil
}
