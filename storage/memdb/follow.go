package memdb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clientaccess/clientaccess/storage"
)

// follower keeps a store up with a journal to which others write, too.
type follower struct {
	journal storage.Shared
	ctx     context.Context
	stop    context.CancelFunc
	stopped chan struct{}
	// fresh is when the last look that told everything began.
	fresh atomic.Pointer[time.Time]

	// mu guards what follows. wanted says that somebody waits for a look that
	// begins from now on, and hurry ends the pause before it. looked is closed
	// and replaced with each look that told everything.
	mu     sync.Mutex
	wanted bool
	hurry  context.CancelFunc
	looked chan struct{}
}

func newFollower(journal storage.Shared, loaded time.Time) *follower {
	f := &follower{journal: journal, stopped: make(chan struct{}), looked: make(chan struct{})}
	f.ctx, f.stop = context.WithCancel(context.Background())
	f.fresh.Store(&loaded)
	return f
}

// close ends the following; of nobody it is nothing.
func (f *follower) close() {
	if f != nil {
		f.stop()
		<-f.stopped
	}
}

// How long the follower pauses after a look that failed: it begins with the
// least, and doubles up to the most.
const (
	leastPause = 5 * time.Millisecond
	mostPause  = 100 * time.Millisecond
)

// follow looks what others have committed, until the store is closed.
func (s *Store) follow() {
	f := s.follower
	defer close(f.stopped)
	for pause := leastPause; f.ctx.Err() == nil; {
		began := time.Now()
		if err := s.look(f.ctx); err != nil {
			f.pause(func(ctx context.Context) { sleep(ctx, pause) })
			pause = min(2*pause, mostPause)
			continue
		}
		pause = leastPause
		f.note(began)
		f.pause(func(ctx context.Context) {
			// Whatever ends the waiting: it is time to look.
			_ = f.journal.Await(ctx, s.now.Load().revision)
		})
	}
}

func sleep(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// note says that a look which began at an instant has told everything, or a
// batch that was written then.
func (f *follower) note(began time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !began.After(*f.fresh.Load()) {
		return
	}
	f.fresh.Store(&began)
	close(f.looked)
	f.looked = make(chan struct{})
}

// pause waits until there may be something to look at, or until somebody cannot
// wait.
func (f *follower) pause(wait func(context.Context)) {
	ctx, cancel := context.WithCancel(f.ctx)
	defer cancel()
	f.mu.Lock()
	wanted := f.wanted
	f.hurry = cancel
	f.mu.Unlock()
	if !wanted {
		wait(ctx)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wanted, f.hurry = false, nil
}

// want has a look begin soon, unless one that began behind an instant has told
// everything: then it returns nil, and else what is closed with the next one.
func (f *follower) want(behind time.Time) <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fresh.Load().After(behind) {
		return nil
	}
	f.wanted = true
	if f.hurry != nil {
		f.hurry()
	}
	return f.looked
}

// FreshAt implements storage.Store.
func (s *Store) FreshAt() time.Time {
	if s.follower == nil {
		return time.Time{}
	}
	return *s.follower.fresh.Load()
}

// Refresh implements storage.Store.
func (s *Store) Refresh(ctx context.Context) error {
	if s.Closed() {
		return storage.ErrClosed
	}
	if s.follower == nil {
		return ctx.Err()
	}
	for began := time.Now(); ; {
		looked := s.follower.want(began)
		if looked == nil {
			return nil
		}
		select {
		case <-looked:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.follower.stopped:
			return storage.ErrClosed
		}
	}
}

// How long a journal may say nothing before a look is given up: while it tells
// commits, and while it loads.
const (
	mostSilence        = 2 * time.Second
	mostSilenceLoading = 30 * time.Second
)

// silence bounds for how long nothing is heard: heard is to be called with
// each thing that is.
func silence(ctx context.Context, most time.Duration) (bounded context.Context, heard func(), end func()) {
	bounded, cancel := context.WithCancel(ctx)
	timer := time.AfterFunc(most, cancel)
	return bounded, func() { timer.Reset(most) }, func() { timer.Stop(); cancel() }
}

// atOnce is how many commits of others are published together at most.
const atOnce = 256

// look applies what others have committed. Where the log does not say, the
// state is loaded anew.
func (s *Store) look(ctx context.Context) (err error) {
	for range mostTries {
		err = s.catchUp(ctx)
		begin := s.beginAnew(err)
		if begin == nil {
			return err
		}
		s.writing.Lock()
		err = begin(ctx)
		s.writing.Unlock()
		if !errors.Is(err, errMoving) {
			return err
		}
	}
	return err
}

func (s *Store) catchUp(ctx context.Context) error {
	ctx, heard, end := silence(ctx, mostSilence)
	defer end()
	base := s.now.Load()
	next := base.Head()
	var commits []storage.Commit
	for commit, err := range s.journal.Changes(ctx, base.Head()) {
		if err != nil {
			return err
		}
		heard()
		if err := checkNext(next, commit); err != nil {
			return err
		}
		next = headOf(commit)
		if commits = append(commits, commit); len(commits) < atOnce {
			continue
		}
		if base, err = s.apply(base, commits); err != nil {
			return err
		}
		commits = nil
	}
	_, err := s.apply(base, commits)
	return err
}

// apply publishes what commits make of a state, and returns it.
func (s *Store) apply(base *state, commits []storage.Commit) (*state, error) {
	next, err := base.follow(commits)
	if err == nil {
		s.advance(next, commits)
	}
	return next, err
}

// checkNext refuses a commit that is not the one behind another. A journal can
// lose its newest commits while it is read.
func checkNext(before storage.Head, commit storage.Commit) error {
	chain, err := storage.Seal(before.Chain, commit)
	if err == nil && (commit.Revision != before.Revision+1 || chain != commit.Chain) {
		err = fmt.Errorf("%w: commit %d does not follow commit %d", storage.ErrCorrupt, commit.Revision, before.Revision)
	}
	return err
}
