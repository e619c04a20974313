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

func TestLINK5_RevisionAndIndexNameOneForGood(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	s.Employee("cleo")
	revision := s.as("carla").allow(access.All{direct("bob"), direct("cleo")}).Revision
	s.as("carla").allow(access.DeclineLink{Client: "lumen", Secret: s.World.Link.Secret})
	var names []string
	for _, d := range s.lease(100)[1:] { // the first is ann's, from the beginning of the world
		require.Equal(t, fmt.Sprintf("%d.%d", d.ID.Revision, d.ID.Index), d.ID.String())
		names = append(names, fmt.Sprintf("%s %d.%d", d.To, d.ID.Revision-revision, d.ID.Index))
	}
	require.Equal(t, []string{"bob 0.0", "cleo 0.1", "ann 1.0"}, names)
}

// notifications are those in the log behind a revision.
func (s *scene) notifications(after storage.Revision) []relationship.Notification {
	s.t.Helper()
	var list []relationship.Notification
	for event, err := range s.Manager.Events(s.t.Context(), access.Host(), after) {
		require.NoError(s.t, err)
		list = append(list, event.Notifications...)
	}
	return list
}
