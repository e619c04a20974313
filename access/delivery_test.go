package access_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// tell has the client decline ann's link: one notification to her, and
// nothing else.
func (s *scene) tell() storage.Revision {
	s.t.Helper()
	return s.as("carla").allow(access.DeclineLink{Client: "lumen", Secret: s.World.Link.Secret}).Revision
}

// restart goes on with a new Manager over the same store.
func (s *scene) restart(lease time.Duration, tries int) {
	s.t.Helper()
	s.Manager = s.another(func(o *access.Options) { o.NotificationLease, o.NotificationTries = lease, tries })
}

func (s *scene) lease(most int) []access.Delivery {
	s.t.Helper()
	deliveries, err := s.Manager.LeaseNotifications(s.t.Context(), access.Host(), most)
	require.NoError(s.t, err)
	return deliveries
}

// leaseOne leases everything, which has to be one notification.
func (s *scene) leaseOne() access.Delivery {
	s.t.Helper()
	deliveries := s.lease(100)
	require.Len(s.t, deliveries, 1)
	return deliveries[0]
}

func (s *scene) delivered(deliveries ...access.Delivery) {
	s.t.Helper()
	for _, d := range deliveries {
		require.NoError(s.t, s.Manager.Delivered(s.t.Context(), access.Host(), d))
	}
}

func (s *scene) undelivered() []access.UndeliveredNotification {
	s.t.Helper()
	list, err := s.Manager.UndeliveredNotifications(s.t.Context(), access.Host())
	require.NoError(s.t, err)
	return list
}

func (s *scene) later(d access.Delivery, until time.Time) error {
	return s.Manager.DeliverLater(s.t.Context(), access.Host(), d, until)
}

func (s *scene) undeliverable(d access.Delivery, why string) error {
	return s.Manager.Undeliverable(s.t.Context(), access.Host(), d, why)
}

func TestLINK5_ALeaseIsTheCallersUntilItRunsOut(t *testing.T) {
	s := play(t)
	first := s.leaseOne()
	require.Equal(t, access.Delivery{
		ID: first.ID,
		Notification: relationship.Notification{
			Kind: relationship.NotifyApproved, To: "ann", Partner: "northwind", Client: "lumen",
		},
		Recorded: accesstest.Start, Try: 1, Lease: 1, Until: accesstest.Start.Add(time.Minute),
	}, first)
	require.Empty(t, s.lease(100), "nobody else gets it")
	s.Clock.Turn(time.Minute - 1)
	require.Empty(t, s.lease(100))
	s.Clock.Turn(1)
	second := s.leaseOne()
	require.Equal(t, first.ID, second.ID, "the name stays")
	require.Equal(t, 2, second.Try)
	require.Empty(t, s.lease(100))
	s.delivered(second)
	s.Clock.Turn(accesstest.Day)
	require.Empty(t, s.lease(100), "it is gone")
	require.Empty(t, s.undelivered())
	require.Len(t, s.notifications(0), 1, "and stays in the log")
}

func TestLINK5_TheOldestFirstAndNoMoreThanAskedFor(t *testing.T) {
	s := play(t)
	want := []storage.Revision{s.leaseOne().ID.Revision}
	for range 5 {
		want = append(want, s.tell())
	}
	s.Clock.Turn(time.Minute)
	var got []storage.Revision
	for _, most := range []int{1, 3, 1, 100, 100} {
		for i, d := range s.lease(most) {
			require.Less(t, i, most)
			got = append(got, d.ID.Revision)
		}
	}
	require.Equal(t, want, got, "what was leased before is older, and comes first")

	for _, most := range []int{0, -1, 1001} {
		_, err := s.Manager.LeaseNotifications(t.Context(), access.Host(), most)
		require.ErrorIs(t, err, access.ErrInvalid)
	}
	require.Empty(t, s.lease(1000))
}

func TestLINK5_AcknowledgingIsAlwaysAccepted(t *testing.T) {
	for name, meanwhile := range map[string]func(s *scene, d access.Delivery){
		"at once":              func(*scene, access.Delivery) {},
		"twice":                func(s *scene, d access.Delivery) { s.delivered(d) },
		"the lease ran out":    func(s *scene, _ access.Delivery) { s.Clock.Turn(accesstest.Day) },
		"somebody else has it": func(s *scene, _ access.Delivery) { s.Clock.Turn(accesstest.Day); s.leaseOne() },
		"it was given back":    func(s *scene, d access.Delivery) { require.NoError(s.t, s.later(d, time.Time{})) },
		"it was given up":      func(s *scene, d access.Delivery) { require.NoError(s.t, s.undeliverable(d, "no such address")) },
		"it was put back": func(s *scene, d access.Delivery) {
			require.NoError(s.t, s.undeliverable(d, "no such address"))
			require.NoError(s.t, s.Manager.DeliverAgain(s.t.Context(), access.Host(), d.ID))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			d := s.leaseOne()
			meanwhile(s, d)
			s.delivered(d, d)
			s.Clock.Turn(accesstest.Day)
			require.Empty(t, s.lease(100))
			require.Empty(t, s.undelivered())
		})
	}
}

func TestLINK5_GivingBackDelaysAndDoesNotCount(t *testing.T) {
	s := play(t)
	for range 50 { // an unreachable server never makes one given up
		d := s.leaseOne()
		require.Equal(t, 1, d.Try)
		until := s.Clock.Now().Add(time.Hour)
		require.NoError(t, s.later(d, until))
		require.NoError(t, s.later(d, until), "the same again")
		s.Clock.Set(until.Add(-1))
		require.Empty(t, s.lease(100))
		s.Clock.Set(until)
	}
	d := s.leaseOne()
	require.Equal(t, 51, d.Lease)
	require.NoError(t, s.later(d, time.Time{}))
	d = s.leaseOne()
	require.NoError(t, s.later(d, s.Clock.Now().Add(-time.Hour)), "an instant that has passed is at once")
	d = s.leaseOne()
	s.Clock.Turn(time.Hour)
	require.NoError(t, s.later(d, time.Time{}), "it ran out, and nobody else has got it")
	require.Equal(t, 1, s.leaseOne().Try)
	s.Clock.Turn(time.Minute)
	require.ErrorIs(t, s.later(s.leaseOne(), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)), access.ErrInvalid)
}

func TestLINK5_OnlyTheLatestLeaseGivesBackOrUp(t *testing.T) {
	s := play(t)
	old := s.leaseOne()
	s.Clock.Turn(time.Minute)
	d := s.leaseOne()
	require.ErrorIs(t, s.later(old, time.Time{}), access.ErrNotLeased)
	require.ErrorIs(t, s.undeliverable(old, "no such address"), access.ErrNotLeased)
	require.Empty(t, s.lease(100), "the other one has it still")
	require.Empty(t, s.undelivered())

	s.delivered(d)
	require.ErrorIs(t, s.later(d, time.Time{}), access.ErrNotLeased)
	require.ErrorIs(t, s.undeliverable(d, "no such address"), access.ErrNotLeased)
	require.Empty(t, s.lease(100))
	require.Empty(t, s.undelivered())

	s.tell()
	never := access.Delivery{ID: access.NotificationID{Revision: s.tell()}}
	require.Len(t, s.lease(1), 1)
	require.ErrorIs(t, s.later(never, time.Time{}), access.ErrNotLeased)
	require.ErrorIs(t, s.undeliverable(never, "no such address"), access.ErrNotLeased)
	for _, id := range []access.NotificationID{{}, {Revision: 1, Index: -1}} {
		err := s.Manager.Delivered(t.Context(), access.Host(), access.Delivery{ID: id, Lease: 1})
		require.ErrorIs(t, err, access.ErrInvalid)
	}
}

func TestLINK5_GivenUpAfterTheTries(t *testing.T) {
	for name, options := range map[string]struct{ tries, want int }{"default": {0, 10}, "three": {3, 3}, "one": {1, 1}} {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			s.restart(time.Hour, options.tries)
			var last access.Delivery
			for try := 1; try <= options.want; try++ {
				require.Empty(t, s.undelivered())
				last = s.leaseOne()
				require.Equal(t, try, last.Try)
				require.Equal(t, s.Clock.Now().Add(time.Hour), last.Until)
				s.Clock.Turn(time.Hour)
			}
			want := []access.UndeliveredNotification{{
				ID: last.ID, Notification: last.Notification, Recorded: last.Recorded,
				Tries: options.want, GivenUp: last.Until, Why: "every lease ran out without an answer",
			}}
			s.Clock.Turn(accesstest.Day)
			require.Equal(t, want, s.undelivered(), "listed though nobody has asked for work since, and dated to the instant")
			require.Empty(t, s.lease(100))
			require.Equal(t, want, s.undelivered())

			require.NoError(t, s.later(last, time.Time{}), "the last one to hold it comes back: the server was away")
			require.Empty(t, s.undelivered())
			require.Equal(t, options.want, s.leaseOne().Try)
		})
	}
}

func TestLINK5_FewerTriesThanBefore(t *testing.T) {
	s := play(t)
	for range 2 {
		s.leaseOne()
		s.Clock.Turn(time.Minute)
	}
	require.NoError(t, s.later(s.leaseOne(), time.Time{}))
	s.restart(time.Minute, 2)
	s.Clock.Turn(time.Second)
	list := s.undelivered()
	require.Len(t, list, 1)
	require.Equal(t, 2, list[0].Tries)
	require.Equal(t, s.Clock.Now(), list[0].GivenUp)
}

func TestLINK5_GivenUpAtOnce(t *testing.T) {
	s := play(t)
	d := s.leaseOne()
	for _, why := range []string{"", strings.Repeat("x", 257), "nul\x00", "\xff"} {
		require.ErrorIs(t, s.undeliverable(d, why), access.ErrInvalid)
	}
	s.Clock.Turn(time.Second)
	why := strings.Repeat("x", 256)
	require.NoError(t, s.undeliverable(d, why))
	want := []access.UndeliveredNotification{{
		ID: d.ID, Notification: d.Notification, Recorded: d.Recorded, Tries: 1, GivenUp: s.Clock.Now(), Why: why,
	}}
	require.Equal(t, want, s.undelivered())
	s.Clock.Turn(accesstest.Day)
	require.Empty(t, s.lease(100))
	require.Equal(t, want, s.undelivered())
}

func TestLINK5_WhatWasGivenUpIsPutBackOrForgotten(t *testing.T) {
	s := play(t)
	s.tell()
	for _, d := range s.lease(100) {
		require.NoError(t, s.undeliverable(d, "no such address"))
	}
	list := s.undelivered()
	require.Len(t, list, 2)
	again := func(id access.NotificationID) error { return s.Manager.DeliverAgain(t.Context(), access.Host(), id) }
	forget := func(id access.NotificationID) error {
		return s.Manager.ForgetNotification(t.Context(), access.Host(), id)
	}

	require.NoError(t, again(list[0].ID))
	require.Equal(t, list[1:], s.undelivered())
	d := s.leaseOne()
	require.Equal(t, list[0].ID, d.ID)
	require.Equal(t, 1, d.Try, "with all its tries")
	require.Equal(t, 2, d.Lease, "and still told from the earlier lease")

	require.NoError(t, forget(list[1].ID))
	require.Empty(t, s.undelivered())
	for _, id := range []access.NotificationID{list[0].ID, list[1].ID, {}, {Revision: 99}} {
		require.ErrorIs(t, again(id), access.ErrUnknownNotification, "waiting, forgotten, unknown")
		require.ErrorIs(t, forget(id), access.ErrUnknownNotification)
	}
	s.delivered(d)
	s.Clock.Turn(accesstest.Day)
	require.Empty(t, s.lease(100))
}

func TestLINK5_OnlyTheHostDelivers(t *testing.T) {
	s := play(t)
	d := s.leaseOne()
	for _, viewer := range []access.Call{{}, access.By("ann"), access.By("carla"), access.By("ann").At("northwind"), access.By("nobody")} {
		_, errLease := s.Manager.LeaseNotifications(t.Context(), viewer, 1)
		_, errList := s.Manager.UndeliveredNotifications(t.Context(), viewer)
		for _, err := range []error{
			errLease, errList,
			s.Manager.Delivered(t.Context(), viewer, d),
			s.Manager.DeliverLater(t.Context(), viewer, d, time.Time{}),
			s.Manager.Undeliverable(t.Context(), viewer, d, "no such address"),
			s.Manager.DeliverAgain(t.Context(), viewer, d.ID),
			s.Manager.ForgetNotification(t.Context(), viewer, d.ID),
		} {
			require.ErrorIs(t, err, access.ErrNotAllowed)
			require.ErrorContains(t, err, "LINK-5")
		}
	}
	require.Empty(t, s.lease(100))
	require.Empty(t, s.undelivered())
}

func TestLINK5_DeliveringLeavesNoTraceInTheLog(t *testing.T) {
	s := play(t)
	s.tell()
	before := s.Store.Snapshot().Revision()
	deliveries := s.lease(100)
	require.NoError(t, s.later(deliveries[0], time.Time{}))
	require.NoError(t, s.undeliverable(deliveries[1], "no such address"))
	s.undelivered()
	s.delivered(deliveries...)
	require.Equal(t, before, s.Store.Snapshot().Revision())
}

func TestLINK5_SettingsAreNotNegative(t *testing.T) {
	for _, options := range []access.Options{{NotificationLease: -1}, {NotificationTries: -1}} {
		options.Catalog = crm.Catalog()
		_, err := access.Open(t.Context(), memdb.New(), options)
		require.ErrorIs(t, err, access.ErrInvalid)
	}
}
