//go:build !race

// The race detector has pools drop what they hold.

package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// A question leaves nothing behind for the collector, whatever the answer is.
func TestASK1_AQuestionAllocatesNothing(t *testing.T) {
	w := accesstest.New(t)
	w.AddEmployee("bob", "support", "reports.view")
	w.AddEmployee("dora", "support 2", "reports.view")
	w.AddEmployee("emil", "support 3", "reports.view")
	carla := access.By(accesstest.SuperAdmin)
	w.Do(carla, access.DeactivateMember{Client: accesstest.Client, User: "dora"})
	w.Do(carla, access.SetMemberEnd{Client: accesstest.Client, User: "emil", End: w.Clock.Now().Add(time.Hour)})
	w.Do(carla, access.PauseMember{Client: accesstest.Client, User: "emil", Until: w.Clock.Now().Add(time.Minute)})
	w.Do(carla, access.SetRelationshipEnd{Client: accesstest.Client, Partner: accesstest.Partner, End: w.Clock.Now().Add(3 * time.Hour)})
	w.User("nobody", "elsewhere.example")
	w.Do(access.Host(), access.CreateClient{ID: "closed", Name: "Closed", SuperAdmin: "nobody"})
	w.Do(access.Host(), access.CloseClient{Client: "closed"})
	view, unknown := w.Permission("reports.view"), w.Permission("sales.quotes.edit")
	for _, q := range []struct {
		user   relationship.UserID
		client relationship.ClientID
		reason access.Reason
		turn   time.Duration
	}{
		{user: "bob", client: accesstest.Client, reason: access.ReasonAllowed},
		{user: accesstest.SuperAdmin, client: accesstest.Client, reason: access.ReasonAllowed},
		{user: "dora", client: accesstest.Client, reason: access.ReasonDeactivated},
		{user: "nobody", client: accesstest.Client, reason: access.ReasonNotMember},
		{user: "who", client: accesstest.Client, reason: access.ReasonUnknownUser},
		{user: "bob", client: "nowhere", reason: access.ReasonUnknownClient},
		{user: "who", client: "nowhere", reason: access.ReasonUnknownClient},
		{user: "bob", client: "closed", reason: access.ReasonClientClosed},
		{user: "emil", client: accesstest.Client, reason: access.ReasonMemberPaused},
		{user: "emil", client: accesstest.Client, reason: access.ReasonAllowed, turn: 2 * time.Minute}, // one of two turns is behind
		{user: "emil", client: accesstest.Client, reason: access.ReasonRunOut, turn: time.Hour},
		{user: "bob", client: accesstest.Client, reason: access.ReasonRelationshipOver, turn: 3 * time.Hour}, // nobody has written it down
	} {
		w.Clock.Turn(q.turn)
		require.Equal(t, q.reason, w.Manager.Check(q.user, q.client, view).Reason(), "%v", q)
		name := view.Name()
		allocated := testing.AllocsPerRun(200, func() {
			w.Manager.Check(q.user, q.client, view)
			w.Manager.Check(q.user, q.client, unknown)
			w.Manager.Can(q.user, q.client, view)
			w.Manager.CheckName(q.user, q.client, name)
		})
		require.Zero(t, allocated, "%s in %s: %v", q.user, q.client, q.reason)
	}
}
