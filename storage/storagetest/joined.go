package storagetest

import (
	"context"
	"errors"
	"sync"

	"github.com/clientaccess/clientaccess/storage"
)

// Joined is a transaction of the host's in the database of a Shared journal.
// Changes that are made with its Context are part of it. From the first of them
// on it has the writers' turn, so it has to be ended soon: with Commit, or with
// Rollback.
type Joined struct {
	shared *Shared

	mu      sync.Mutex
	entered bool
	ended   bool
	batch   []storage.Commit
}

type joinedKey struct{}

// Begin begins a transaction.
func (s *Shared) Begin() *Joined { return &Joined{shared: s} }

// Context returns a context that carries the transaction.
func (j *Joined) Context(ctx context.Context) context.Context {
	return context.WithValue(ctx, joinedKey{}, j)
}

// Joined implements storage.Joiner.
func (p *Process) Joined(ctx context.Context) bool {
	_, is := ctx.Value(joinedKey{}).(*Joined)
	return is
}

var errEnded = errors.New("the transaction has been ended")

func (j *Joined) commit(ctx context.Context, p *Process, after storage.Head, run func([]storage.Commit) ([]storage.Commit, error)) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ended {
		return errEnded
	}
	if !j.entered {
		if err := p.enter(ctx); err != nil {
			return err
		}
		j.entered = true
	}
	var missed []storage.Commit
	err := p.read(ctx, func(s *Shared) (err error) {
		missed, err = s.behind(after)
		return err
	})
	if err != nil {
		return err
	}
	batch, err := run(append(missed, j.batch...))
	if err == nil {
		j.batch = append(j.batch, batch...)
	}
	return err
}

// Commit ends the transaction: what was changed in it is there.
func (j *Joined) Commit() error { return j.end(true) }

// Rollback ends the transaction: nothing was changed. After Commit it is
// nothing.
func (j *Joined) Rollback() { _ = j.end(false) }

func (j *Joined) end(commit bool) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.ended {
		return errEnded
	}
	j.ended = true
	if !j.entered {
		return nil
	}
	defer func() { <-j.shared.turn }()
	if !commit || len(j.batch) == 0 {
		return nil
	}
	j.shared.mu.Lock()
	defer j.shared.mu.Unlock()
	return j.shared.add(j.batch)
}
