package access_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
)

// Race: workers of two Managers share the work. Nobody gets what somebody else
// holds, and everything is delivered exactly once, as nobody ends in between.
func TestLINK5_RaceOfWorkers(t *testing.T) {
	s := play(t)
	other := s.another(func(*access.Options) {})
	const notifications = 60
	var (
		mu   sync.Mutex
		held = map[access.NotificationID]bool{}
		sent = map[access.NotificationID]int{}
		all  sync.WaitGroup
	)
	done := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(sent) == notifications+1
	}
	work := func(m *access.Manager, number int) {
		for turn := 0; !done(); turn++ {
			deliveries, err := m.LeaseNotifications(t.Context(), access.Host(), 3)
			if !assert.NoError(t, err) {
				return
			}
			for i, d := range deliveries {
				mu.Lock()
				assert.False(t, held[d.ID], "%s is held by two", d.ID)
				held[d.ID] = true
				mu.Unlock()
				later := (turn+i+number)%4 == 0
				mu.Lock()
				held[d.ID] = false // from the answer on
				if !later {
					sent[d.ID]++
				}
				mu.Unlock()
				if later {
					assert.NoError(t, m.DeliverLater(t.Context(), access.Host(), d, time.Time{}))
				} else {
					assert.NoError(t, m.Delivered(t.Context(), access.Host(), d))
				}
			}
		}
	}
	for i, m := range []*access.Manager{s.Manager, other, s.Manager, other} {
		all.Go(func() { work(m, i) })
	}
	for range notifications {
		s.tell()
	}
	all.Wait()
	for id, times := range sent {
		require.Equal(t, 1, times, "%s", id)
	}
	require.Empty(t, s.lease(100))
	require.Len(t, s.notes(), 1, "the position")
}

// Race: while the clock runs, leases run out in the hands of their holders.
// Still nobody gets what another lease holds.
func TestLINK5_RaceWithTheClock(t *testing.T) {
	s := play(t)
	s.restart(time.Minute, 1000)
	for range 5 {
		s.tell()
	}
	var (
		mu     sync.Mutex
		leases = map[access.NotificationID][]access.Delivery{}
		all    sync.WaitGroup
	)
	for range 4 {
		all.Go(func() {
			for range 50 {
				deliveries, err := s.Manager.LeaseNotifications(t.Context(), access.Host(), 2)
				assert.NoError(t, err)
				mu.Lock()
				for _, d := range deliveries {
					leases[d.ID] = append(leases[d.ID], d)
				}
				mu.Unlock()
				s.Clock.Turn(7 * time.Second)
			}
		})
	}
	all.Wait()
	require.Len(t, leases, 6)
	for id, list := range leases {
		require.Greater(t, len(list), 2, "%s", id)
		ends := make([]time.Time, len(list)+1)
		for _, d := range list {
			require.Zero(t, ends[d.Lease], "%s: one lease was given to two", id)
			ends[d.Lease] = d.Until
		}
		for number := 2; number < len(ends); number++ {
			began := ends[number].Add(-time.Minute)
			require.False(t, began.Before(ends[number-1]), "%s: lease %d began before the one before it ran out", id, number)
		}
	}
}
