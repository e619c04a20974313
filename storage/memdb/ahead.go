package memdb

import (
	"crypto/rand"
	"sync"
	"time"

	"github.com/clientaccess/clientaccess/storage"
)

// step is what a job made of a state.
type step struct {
	before, after *state
	commit        storage.Commit // where they differ
	panicked      bool
}

// step runs a job upon a state. Where it is refused, the state stays as it was.
func (j *job) step(before *state, ahead bool) step {
	did := step{before: before, after: before}
	draft := newDraft(before)
	j.try <- try{draft, ahead}
	if !<-j.ran {
		j.state.Store(withdrawn) // it panicked: nobody waits for it
		did.panicked = true
		return did
	}
	if j.err == nil {
		if did.after, did.commit, j.err = draft.commit(rand.Text()); j.err != nil {
			did.after = before
		}
	}
	return did
}

// stepOf is the step of a job upon a state: the one that it made ahead, if that
// was upon this very state, or else it is run.
func (b *batch) stepOf(j *job, before *state) step {
	if did, is := b.ahead[j]; is && did.before == before {
		delete(b.ahead, j)
		return did
	}
	return j.step(before, false)
}

// mostAhead is how long before the turn a job may have run: what a rule says
// hangs on the clock, too.
const mostAhead = 100 * time.Millisecond

// runAhead runs the jobs of a batch, and those that come, while its turn is
// waited for. What comes of it counts where nothing else was committed until
// then, and it is not long ago; else they are run again. So it is done where the
// last turn found nothing of others, and only where there is something to wait
// for. Until the turn has come, a job may still be withdrawn: then those behind
// it are run again, if it had written something.
//
// The function that is returned ends it, and may be called more than once.
func (s *Store) runAhead(b *batch) (stop func()) {
	b.ahead = map[*job]step{}
	if s.follower == nil || !s.alone {
		return func() {}
	}
	stopping, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		b.runUntil(stopping, s.queue)
	}()
	return sync.OnceFunc(func() {
		close(stopping)
		<-stopped
		if s.now.Load() != b.base || time.Since(b.began) > mostAhead {
			clear(b.ahead)
		}
	})
}

func (b *batch) runUntil(stop <-chan struct{}, queue *queue) {
	next := b.base
	for i := 0; ; i++ {
		for i == len(b.jobs) {
			select {
			case <-stop:
				return
			case <-queue.arrived:
				b.jobs = append(b.jobs, queue.take(mostAtOnce-len(b.jobs))...)
			}
		}
		select {
		case <-stop:
			return
		default:
		}
		j := b.jobs[i]
		if !j.state.CompareAndSwap(waiting, running) {
			continue
		}
		did := j.step(next, true)
		b.ahead[j], next = did, did.after
	}
}
