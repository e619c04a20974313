package storagetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Process is the connection of one process to a Shared journal: it implements
// storage.Shared and storage.Joiner. Make one with Shared.Open for each engine.
type Process struct {
	shared *Shared

	mu     sync.Mutex
	closed bool
	cut    bool
	thawed chan struct{} // nil while nothing is frozen
}

var (
	_ storage.Shared = (*Process)(nil)
	_ storage.Joiner = (*Process)(nil)
)

// ErrCut is what every method of a Process answers that is cut off.
var ErrCut = errors.New("cut off from the journal")

// Open connects another process.
func (s *Shared) Open() *Process { return &Process{shared: s} }

// Cut cuts the process off: whatever it asks fails with ErrCut.
func (p *Process) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = true
}

// Freeze lets whatever the process asks wait, until Heal or the end of its
// context.
func (p *Process) Freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.thawed == nil {
		p.thawed = make(chan struct{})
	}
}

// Heal ends Cut and Freeze.
func (p *Process) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = false
	if p.thawed != nil {
		close(p.thawed)
		p.thawed = nil
	}
}

// reach comes before everything that is asked.
func (p *Process) reach(ctx context.Context) error {
	for {
		p.mu.Lock()
		closed, cut, thawed := p.closed, p.cut, p.thawed
		p.mu.Unlock()
		switch {
		case closed:
			return storage.ErrClosed
		case cut:
			return ErrCut
		case thawed == nil:
			return nil
		}
		select {
		case <-thawed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// enter takes the writers' turn.
func (p *Process) enter(ctx context.Context) error {
	err := p.reach(ctx)
	if err == nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	if err == nil {
		select {
		case p.shared.turn <- struct{}{}:
			if err = p.reach(ctx); err != nil {
				<-p.shared.turn
			}
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w: %w", storage.ErrContended, err)
	}
	return err
}

// read looks at the journal, as it is at one moment.
func (p *Process) read(ctx context.Context, look func(*Shared) error) error {
	if err := p.reach(ctx); err != nil {
		return err
	}
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	if p.shared.spoiled != nil {
		return p.shared.spoiled
	}
	return look(p.shared)
}

// ID implements storage.Journal.
func (p *Process) ID() string {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	return p.shared.id
}

// Load implements storage.Journal.
func (p *Process) Load(ctx context.Context, record func(relationship.Record) error) (storage.Head, error) {
	var records map[relationship.Key]relationship.Record
	var head storage.Head
	err := p.read(ctx, func(s *Shared) error {
		records, head = s.state()
		return nil
	})
	if err != nil {
		return head, err
	}
	for _, r := range records {
		if err := ctx.Err(); err != nil {
			return head, err
		}
		if err := record(r); err != nil {
			return head, err
		}
	}
	return head, nil
}

// Commit implements storage.Journal.
func (p *Process) Commit(ctx context.Context, after storage.Head, run func([]storage.Commit) ([]storage.Commit, error)) error {
	if joined, is := ctx.Value(joinedKey{}).(*Joined); is {
		return joined.commit(ctx, p, after, run)
	}
	if err := p.enter(ctx); err != nil {
		return err
	}
	defer func() { <-p.shared.turn }()
	var missed []storage.Commit
	err := p.read(context.Background(), func(s *Shared) (err error) {
		missed, err = s.behind(after)
		return err
	})
	if err != nil {
		return err
	}
	batch, err := run(missed)
	if err != nil || len(batch) == 0 {
		return err
	}
	return p.read(context.Background(), func(s *Shared) error {
		if err := s.add(batch); err != nil || !s.unconfirmed {
			return err
		}
		return storage.ErrUnconfirmed
	})
}

// Changes implements storage.Journal.
func (p *Process) Changes(ctx context.Context, after storage.Head) iter.Seq2[storage.Commit, error] {
	return func(yield func(storage.Commit, error) bool) {
		var commits []storage.Commit
		err := p.read(ctx, func(s *Shared) (err error) {
			commits, err = s.behind(after)
			return err
		})
		for _, commit := range commits {
			if err = ctx.Err(); err != nil {
				break
			}
			if !yield(commit, nil) {
				return
			}
		}
		if err != nil {
			yield(storage.Commit{}, err)
		}
	}
}

// Await implements storage.Shared.
func (p *Process) Await(ctx context.Context, behind storage.Revision) error {
	for began := time.Now(); ; {
		var moved chan struct{}
		var left time.Duration
		err := p.read(ctx, func(s *Shared) error {
			moved, left = s.moved, s.pace-time.Since(began)
			if s.hints && s.head().Revision > behind {
				left = 0
			}
			return nil
		})
		if err != nil && !errors.Is(err, ErrCut) {
			return err
		}
		if err != nil || left <= 0 {
			return nil // to look, and to find out what is the matter
		}
		timer := time.NewTimer(left)
		select {
		case <-moved: // a commit, or another pace
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// Checkpoint implements storage.Journal.
func (p *Process) Checkpoint(ctx context.Context) (point storage.Checkpoint, err error) {
	err = p.read(ctx, func(s *Shared) error {
		point = s.checkpoint
		return ctx.Err()
	})
	return point, err
}

// Trim implements storage.Journal.
func (p *Process) Trim(ctx context.Context, upto storage.Revision) error {
	if err := p.enter(ctx); err != nil {
		return err
	}
	defer func() { <-p.shared.turn }()
	return p.read(context.Background(), func(s *Shared) error { return s.trim(upto) })
}

// Restore implements storage.Journal.
func (p *Process) Restore(ctx context.Context, whole storage.Whole) error {
	if err := p.enter(ctx); err != nil {
		return err
	}
	defer func() { <-p.shared.turn }()
	return p.read(context.Background(), func(s *Shared) error { return s.restore(ctx, whole) })
}

// Aside implements storage.Journal.
func (p *Process) Aside(ctx context.Context, run func(storage.Aside) error) error {
	if err := p.enter(ctx); err != nil {
		return err
	}
	defer func() { <-p.shared.turn }()
	var notes map[string][]byte
	err := p.read(context.Background(), func(s *Shared) error {
		notes = maps.Clone(s.notes)
		return nil
	})
	if err != nil {
		return err
	}
	if err := run(sharedNotes(notes)); err != nil {
		return err
	}
	return p.read(context.Background(), func(s *Shared) error {
		s.notes = notes
		return nil
	})
}

// Close implements storage.Journal. The journal stays, for other processes.
func (p *Process) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	return nil
}

// sharedNotes implements storage.Aside.
type sharedNotes map[string][]byte

func (n sharedNotes) Get(key string) ([]byte, bool) {
	note, found := n[key]
	return note, found
}

func (n sharedNotes) Put(key string, note []byte) error {
	if err := storage.CheckNoteKey(key); err != nil {
		return err
	}
	n[key] = append([]byte(nil), note...)
	return nil
}

func (n sharedNotes) Delete(key string) error {
	delete(n, key)
	return nil
}

func (n sharedNotes) Scan(prefix string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		at := maps.Clone(n)
		for _, key := range slices.Sorted(maps.Keys(at)) {
			if strings.HasPrefix(key, prefix) && !yield(key, at[key]) {
				return
			}
		}
	}
}
