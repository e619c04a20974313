package access_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// deliveryHistory is what the callers know of one notification: its leases, in
// order, and what became of the last one.
type deliveryHistory struct {
	leases    []access.Delivery
	failed    int       // leases that ran out, the newest not
	gone      bool      // acknowledged or forgotten
	givenUp   bool      // by Undeliverable
	givenBack bool      // the newest lease was
	until     time.Time // until when, if so
}

func (h *deliveryHistory) free(now time.Time) bool {
	switch {
	case len(h.leases) == 0:
		return true
	case h.givenBack:
		return !now.Before(h.until)
	}
	return !now.Before(h.leases[len(h.leases)-1].Until)
}

// tries counts those that failed by now.
func (h *deliveryHistory) tries() int {
	if len(h.leases) == 0 || h.givenBack {
		return h.failed
	}
	return h.failed + 1
}

func (h *deliveryHistory) listed(now time.Time, most int) bool {
	return !h.gone && (h.givenUp || h.free(now) && h.tries() >= most)
}

// Whatever the callers do and however long they take, each notification is
// leased to one of them at a time, in order, until it is acknowledged or
// listed.
func TestLINK5_Model(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := &scene{World: accesstest.New(r, accesstest.WithStore(&deliveryStore{Store: memdb.New()})), t: t}
		tries := rapid.IntRange(1, 3).Draw(r, "tries")
		s.restart(3*time.Second, tries)
		histories, order := map[access.NotificationID]*deliveryHistory{}, []access.NotificationID{}
		know := func(id access.NotificationID) {
			histories[id] = &deliveryHistory{}
			order = append(order, id)
		}
		know(access.NotificationID{Revision: s.Store.Snapshot().Revision()})
		// draw draws a notification that was leased, and one of its leases.
		draw := func(r *rapid.T) (*deliveryHistory, access.Delivery, bool) {
			var leased []*deliveryHistory
			for _, id := range order {
				if len(histories[id].leases) > 0 {
					leased = append(leased, histories[id])
				}
			}
			if len(leased) == 0 {
				r.Skip("nothing was leased yet")
			}
			h := rapid.SampledFrom(leased).Draw(r, "notification")
			number := rapid.IntRange(1, len(h.leases)).Draw(r, "lease")
			return h, h.leases[number-1], number == len(h.leases) && !h.gone
		}
		r.Repeat(map[string]func(*rapid.T){
			"tell": func(*rapid.T) { know(access.NotificationID{Revision: s.tell()}) },
			"turn": func(r *rapid.T) { s.Clock.Turn(time.Duration(rapid.IntRange(1, 4).Draw(r, "seconds")) * time.Second) },
			"lease": func(r *rapid.T) {
				most := rapid.IntRange(1, 4).Draw(r, "most")
				var want []access.NotificationID
				for _, id := range order {
					h := histories[id]
					if !h.gone && !h.listed(s.Clock.Now(), tries) && h.free(s.Clock.Now()) && len(want) < most {
						want = append(want, id)
					}
				}
				var got []access.NotificationID
				for _, d := range s.lease(most) {
					got = append(got, d.ID)
					h := histories[d.ID]
					h.failed = h.tries()
					h.leases, h.givenBack = append(h.leases, d), false
					require.Equal(r, h.failed+1, d.Try)
					require.Equal(r, len(h.leases), d.Lease)
				}
				require.Equal(r, want, got)
			},
			"delivered": func(r *rapid.T) {
				h, d, _ := draw(r)
				s.delivered(d)
				h.gone = true
			},
			"later": func(r *rapid.T) {
				h, d, may := draw(r)
				until := s.Clock.Now().Add(time.Duration(rapid.IntRange(-1, 5).Draw(r, "seconds")) * time.Second)
				err := s.later(d, until)
				require.Equal(r, may, err == nil)
				require.Equal(r, !may, errors.Is(err, access.ErrNotLeased))
				if may {
					h.givenBack, h.until, h.givenUp = true, until, false
				}
			},
			"undeliverable": func(r *rapid.T) {
				h, d, may := draw(r)
				err := s.undeliverable(d, "no such address")
				require.Equal(r, may, err == nil)
				require.Equal(r, !may, errors.Is(err, access.ErrNotLeased))
				h.givenUp = h.givenUp || may
			},
			"again": func(r *rapid.T) {
				id := rapid.SampledFrom(order).Draw(r, "notification")
				h := histories[id]
				listed := h.listed(s.Clock.Now(), tries)
				s.undelivered() // what ran out since is given up when somebody asks
				err := s.Manager.DeliverAgain(t.Context(), access.Host(), id)
				require.Equal(r, listed, err == nil)
				if listed {
					h.failed, h.givenBack, h.givenUp, h.until = 0, true, false, time.Time{}
				}
			},
			"": func(r *rapid.T) {
				var want, got []access.NotificationID
				for _, id := range order {
					if histories[id].listed(s.Clock.Now(), tries) {
						want = append(want, id)
					}
				}
				for _, n := range s.undelivered() {
					got = append(got, n.ID)
					require.Equal(r, histories[n.ID].tries(), n.Tries)
				}
				require.Equal(r, want, got)
			},
		})
	})
}
