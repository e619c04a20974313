package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// onlookers are who may look, and who may not, at bob of northwind in lumen.
func onlookers(w *accesstest.World) (may, mayNot []access.Call) {
	w.AddEmployee("bob", "support", "reports.view")
	w.Employee("dora") // no access
	w.User("hugo", "harbor.example")
	w.User("otto", "lumen.example")
	w.Do(access.Host(), access.CreatePartner{ID: "harbor", Name: "Harbor", Kind: relationship.Provider, SuperAdmin: "hugo"})
	w.Do(access.By("carla"), access.AddMember{Client: "lumen", User: "otto", Permissions: []string{"reports.view"}})
	return []access.Call{access.Host(), access.By("carla"), access.By("ann"), access.By("ann").At("northwind")},
		[]access.Call{access.By("dora"), access.By("hugo"), access.By("otto"), access.By("nobody"), access.By("carla").At("harbor")}
}

func TestLook_AtOneMember(t *testing.T) {
	w := accesstest.New(t)
	may, mayNot := onlookers(w)
	for _, viewer := range append(may, access.By("bob")) {
		bob, err := w.Manager.Member(viewer, "bob", "lumen")
		require.NoError(t, err, viewer)
		require.True(t, bob.Active)
		require.True(t, bob.Verified)
		require.Equal(t, access.ReasonAllowed, bob.Why)
		require.Equal(t, access.PartnerSeat, bob.Seat)
		require.Equal(t, accesstest.Start, bob.Since)
	}
	for _, viewer := range mayNot {
		for _, user := range []relationship.UserID{"bob", "nobody"} { // there or not
			_, err := w.Manager.Member(viewer, user, "lumen")
			require.ErrorIs(t, err, access.ErrNotAllowed, "%s at %s", viewer, user)
		}
	}
	_, err := w.Manager.Member(access.Call{}, "bob", "lumen")
	require.ErrorIs(t, err, access.ErrInvalid)
	_, err = w.Manager.Member(access.By("carla"), "dora", "lumen")
	require.ErrorIs(t, err, access.ErrUnknownMember)
}

// What the clock has ended is over, written down or not (REL-6, TIME-1).
func TestLook_AfterTheClock(t *testing.T) {
	w := accesstest.New(t)
	onlookers(w)
	end := w.Clock.Now().Add(time.Hour)
	w.Do(access.By("carla"), access.SetLongestMembership{Client: "lumen", Partner: "northwind", Longest: time.Hour})
	w.Do(access.By("carla"), access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: end.Add(time.Hour)})
	w.Clock.Set(end)
	bob, err := w.Manager.Member(access.By("carla"), "bob", "lumen")
	require.NoError(t, err)
	require.False(t, bob.Active)
	require.Equal(t, access.ReasonRunOut, bob.Why)
	require.Equal(t, end, bob.Until)
	require.Zero(t, bob.End)

	w.Clock.Turn(time.Hour)
	_, err = w.Manager.Member(access.By("carla"), "bob", "lumen")
	require.ErrorIs(t, err, access.ErrUnknownMember)
	for range 2 { // before it is written down, and after
		r, err := w.Manager.Relationship(access.By("carla"), "northwind", "lumen")
		require.NoError(t, err)
		require.Equal(t, relationship.Ended, r.Phase)
		require.Zero(t, r.Members)
		require.Equal(t, end.Add(time.Hour), r.Ends)
		_, err = w.Manager.Sweep(t.Context())
		require.NoError(t, err)
	}
}

func TestLook_AtOneRelationship(t *testing.T) {
	w := accesstest.New(t)
	may, mayNot := onlookers(w)
	w.Do(access.By("ann"), access.NameClient{Client: "lumen", Name: "Lumen (retainer)"})
	for _, viewer := range may {
		r, err := w.Manager.Relationship(viewer, "northwind", "lumen")
		require.NoError(t, err)
		name := "Lumen (retainer)"
		if viewer == access.By("carla") {
			name = "" // the partner's own (ADD-2)
		}
		require.Equal(t, access.RelationshipView{
			Partner: "northwind", Client: "lumen", PartnerName: "Northwind", OfficialName: "Lumen Ltd", ClientName: name,
			Phase: relationship.Active, Members: 2, Started: accesstest.Start, Activity: accesstest.Start,
		}, r)
	}
	for _, viewer := range append(mayNot, access.By("bob")) {
		for _, client := range []relationship.ClientID{"lumen", "nowhere"} { // there or not
			_, err := w.Manager.Relationship(viewer, "northwind", client)
			require.ErrorIs(t, err, access.ErrNotAllowed)
		}
	}
	_, err := w.Manager.Relationship(access.Call{}, "northwind", "lumen")
	require.ErrorIs(t, err, access.ErrInvalid)
	_, err = w.Manager.Relationship(access.By("carla"), "harbor", "lumen")
	require.ErrorIs(t, err, access.ErrNoRelationship)
}
