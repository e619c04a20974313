package access_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/storage"
)

// lossFollower is a host that follows, in a bubble of package synctest, where a
// second is over when nobody has anything left to do.
type lossFollower struct {
	cancel context.CancelFunc
	done   chan struct{}

	mu   sync.Mutex
	told []access.Losses
	err  error
}

// followLosses follows until the test ends, or until stop.
func followLosses(t *testing.T, m *access.Manager, after storage.Revision) *lossFollower {
	ctx, cancel := context.WithCancel(t.Context())
	f := &lossFollower{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(f.done)
		for losses, err := range m.Losses(ctx, access.Host(), after) {
			f.mu.Lock()
			if err != nil {
				f.err = err
			} else {
				f.told = append(f.told, losses)
			}
			f.mu.Unlock()
		}
	}()
	return f
}

// heard is what has been told since it was last asked, a second later.
func (f *lossFollower) heard() []access.Losses {
	time.Sleep(time.Second)
	synctest.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	told := f.told
	f.told = nil
	return told
}

// stop ends the following and returns its error.
func (f *lossFollower) stop() error {
	f.cancel()
	<-f.done
	return f.err
}

// lossLines are the losses of all that was told, one line each.
func lossLines(told []access.Losses) []string {
	var lines []string
	for _, losses := range told {
		for _, loss := range losses.Lost {
			lines = append(lines, loss.String())
		}
	}
	return lines
}

// onlyLosses leaves out the commits that took nothing.
func onlyLosses(told []access.Losses) []access.Losses {
	return slices.DeleteFunc(slices.Clone(told), func(l access.Losses) bool { return len(l.Lost) == 0 })
}

// lossesBehind is what was told of the commits behind a revision, up to the
// newest one.
func lossesBehind(t testing.TB, m *access.Manager, store storage.Store, after storage.Revision) []access.Losses {
	t.Helper()
	var told []access.Losses
	for after < store.Snapshot().Revision() {
		for losses, err := range m.Losses(context.Background(), access.Host(), after) {
			if err != nil {
				t.Fatalf("behind %d: %v", after, err)
			}
			told = append(told, losses)
			if after = losses.Revision; after == store.Snapshot().Revision() {
				break
			}
		}
	}
	return told
}
