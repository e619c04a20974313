package access_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

func TestLINK5_OneNotificationInTheSameStep(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	link := s.Issue(access.By("ann"), "bob")
	want := []relationship.Notification{{Kind: relationship.NotifyApproved, To: "bob", Partner: "northwind", Client: "lumen"}}
	require.Equal(t, want, s.as("carla").plan(approve(link)).Notifications, "shown beforehand")

	result := s.as("carla").allow(approve(link))
	require.Equal(t, want, result.Notifications)
	events := s.newest()
	require.Len(t, events, 1)
	require.Equal(t, result.Revision, events[0].Revision)
	require.Equal(t, want, events[0].Notifications)
}

func TestLINK5_NoneWhereNothingHappened(t *testing.T) {
	s := play(t)
	s.Employee("sara")
	s.superAdmin("sara")
	link := s.Issue(access.By("ann"), "sara")
	before := len(s.notifications(0))
	s.as("carla").deny(access.ErrSuperAdmin, approve(link))
	s.as("carla").idle(approve(s.World.Link))
	require.Len(t, s.notifications(0), before)
}

func TestLINK5_EachIsReadAtLeastOnce(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	first := s.notifications(0)
	require.Len(t, first, 1, "ann's, from the beginning of the world")
	require.EqualValues(t, "ann", first[0].To)
	s.as("carla").allow(approve(s.Issue(access.By("ann"), "bob")))
	for range 2 { // whoever did not note the revision reads them again
		more := s.notifications(first[0].Revision)
		require.Len(t, more, 1)
		require.EqualValues(t, "bob", more[0].To)
	}
	for _, call := range []access.Call{access.By("bob"), access.By("carla"), {}} {
		for _, err := range s.Manager.Notifications(t.Context(), call, 0) {
			require.ErrorIs(t, err, access.ErrNotAllowed)
		}
	}
}

func TestLINK5_RevisionAndIndexNameOneForGood(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	s.Employee("cleo")
	revision := s.as("carla").allow(access.All{direct("bob"), direct("cleo")}).Revision
	s.as("carla").allow(access.DeclineLink{Client: "lumen", Secret: s.World.Link.Secret})
	var names []string
	for _, n := range s.notifications(revision - 1) {
		names = append(names, fmt.Sprintf("%s %d.%d", n.To, n.Revision-revision, n.Index))
	}
	require.Equal(t, []string{"bob 0.0", "cleo 0.1", "ann 1.0"}, names)
}

func (s *scene) notifications(after storage.Revision) []access.LoggedNotification {
	s.t.Helper()
	var list []access.LoggedNotification
	for n, err := range s.Manager.Notifications(s.t.Context(), access.Host(), after) {
		require.NoError(s.t, err)
		list = append(list, n)
	}
	return list
}
