package access_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// lossBooks are the open sessions of a host that is asked from many goroutines.
type lossBooks struct {
	mu   sync.Mutex
	open map[access.Place]bool
}

// enter opens a session, and reports whether none was open.
func (b *lossBooks) enter(place access.Place) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	was := b.open[place]
	b.open[place] = true
	return !was
}

// strike ends the session, if one is open.
func (b *lossBooks) strike(place access.Place) (ended bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	ended = b.open[place]
	delete(b.open, place)
	return ended
}

// Writers change, and sessions are opened, while the host follows. A session is
// entered first and asked about then, and never again: in the end none is open
// that may not be.
func TestASK1_RaceOfSessionsAndLosses(t *testing.T) {
	c := newCast(t)
	users := people("u0", "u1", "u2", "u3")
	for _, user := range users {
		c.own(user, crm.ReportsView)
	}
	books := &lossBooks{open: map[access.Place]bool{}}
	losses := c.Manager.Losses(t.Context(), access.Host(), c.Store.Snapshot().Revision())
	ended, done := 0, make(chan error)
	const renamed = "the last commit"
	go func() {
		for losses, err := range losses {
			for _, loss := range losses.Lost {
				if books.strike(loss.Place) {
					ended++
				}
			}
			account, _ := storage.Get[relationship.Client](c.Store.Snapshot(), relationship.ClientKey("lumen"))
			if err != nil || account.Name == renamed && losses.Revision == c.Store.Snapshot().Revision() {
				done <- err
				return
			}
		}
	}()
	var writers, hosts sync.WaitGroup
	stop := make(chan struct{})
	for _, user := range users {
		place := access.Place{Client: "lumen", User: user}
		login := func() {
			if books.enter(place) && !c.may(user, crm.ReportsView) {
				books.strike(place)
			}
		}
		writers.Go(func() {
			for range theoremSize(100, 2000) {
				login()
				c.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: user})
				c.Do(access.By("carla"), access.ReactivateMember{Client: "lumen", User: user})
			}
			c.Do(access.By("carla"), access.RemoveMember{Client: "lumen", User: user})
		})
		hosts.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				login()
			}
		})
	}
	writers.Wait()
	close(stop)
	hosts.Wait()
	c.Do(access.Host(), access.RenameClient{Client: "lumen", Name: renamed})
	require.NoError(t, <-done)
	require.Empty(t, books.open, "everybody has been removed")
	require.NotZero(t, ended)
	t.Logf("%d sessions were ended", ended)
}
