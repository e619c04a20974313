package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// letting are the two ways in which a client lets an employee in: what follows is
// the same (LINK-4, LINK-7).
var letting = map[string]func(s *scene, employee relationship.UserID) access.Change{
	"LINK-4 by a link":   func(s *scene, e relationship.UserID) access.Change { return approve(s.Issue(access.By("ann"), e)) },
	"LINK-7 without one": func(_ *scene, e relationship.UserID) access.Change { return direct(e) },
}

// both plays a story in both ways.
func both(t *testing.T, story func(t *testing.T, s *scene, let func(relationship.UserID) access.Change)) {
	t.Helper()
	for name, way := range letting {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			story(t, s, func(employee relationship.UserID) access.Change { return way(s, employee) })
		})
	}
}

func TestLINK4_OneAtomicStepMakesThePartnerAdmin(t *testing.T) {
	for name, way := range letting {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			s.secondClient()
			s.as("ann").allow(access.RemoveEmployees{Client: "lumen", All: true})
			s.Clock.Turn(61 * 24 * time.Hour) // Lumen's relationship has ended
			s.Employee("bob")
			result := s.as("carla").allow(way(s, "bob"))
			bob, _ := result.Member("lumen", "bob")
			require.Equal(t, access.MemberState{
				Role: relationship.PartnerAdmin, Set: s.Catalog.PartnerAdmin().Names(), Seat: access.PartnerSeat,
				Manager: "northwind", Template: relationship.PartnerAdminTemplate,
			}, bob.After)
			require.Equal(t, []access.Transition{{Partner: "northwind", Client: "lumen", From: relationship.Ended, To: relationship.Active}},
				result.Relationships)
			credit, err := s.Manager.Credit(access.Host(), "lumen")
			require.NoError(t, err)
			require.Equal(t, []access.CreditShare{{Partner: "northwind", Of: 1}}, credit)

			events := s.newest()
			kinds := map[relationship.Kind]int{}
			for _, line := range events[len(events)-1].Lines {
				kinds[line.Key().Kind]++
			}
			require.Equal(t, map[relationship.Kind]int{relationship.KindMember: 1, relationship.KindRelationship: 1}, kinds)
		})
	}
}

func TestLINK4_TheRelationshipStarts(t *testing.T) {
	s := play(t)
	s.secondPartner()
	link := s.Issue(access.By("olaf"), "olaf")
	require.Zero(t, s.Relationship(fabrikam, "lumen"))
	s.Clock.Turn(time.Hour)
	s.as("carla").allow(access.ApproveLink{Client: "lumen", Secret: link.Secret})
	r := s.Relationship(fabrikam, "lumen")
	require.Equal(t, relationship.Active, r.Phase)
	require.Equal(t, s.Clock.Now(), r.Started)
	require.Equal(t, 1, r.Members)
}

func TestLINK4_AnOwnUserBecomesThat(t *testing.T) {
	both(t, func(t *testing.T, s *scene, let func(relationship.UserID) access.Change) {
		s.own("bob", "mail.example", "contacts.view.all", "account.billing.view")
		s.as("carla").allow(access.SetSeat{Client: "lumen", User: "bob", Paid: true})
		s.as("ann").allow(access.AddEmployee{Employee: "bob", Kind: relationship.Contractor}) // unverified: stays own
		result := s.as("carla").allow(let("bob"))
		bob, _ := result.Member("lumen", "bob")
		require.Equal(t, relationship.PartnerAdmin, bob.After.Role)
		require.EqualValues(t, "northwind", bob.After.Manager)
		require.Equal(t, access.PartnerSeat, bob.After.Seat)
		require.Equal(t, s.Catalog.PartnerAdmin().Names(), bob.After.Set, "by DEL-1 with the super admin: exactly the set")
		require.Equal(t, s.names("account.billing.view"), bob.Revoked)
		require.Equal(t, 2, s.northwind().Members)
	})
}

func TestLINK4_ThisPartnersMemberBecomesThatByDEL1WithTheApprover(t *testing.T) {
	both(t, func(t *testing.T, s *scene, let func(relationship.UserID) access.Change) {
		s.AddEmployee("bob", "support", "reports.view", "contacts.view.own")
		s.as("carla").allow(access.ChangeMemberPermissions{Client: "lumen", User: "bob", Add: []string{"account.billing.view"}})
		s.own("olga", "lumen.example", "account.users.edit", "contacts.view.own")
		result := s.as("olga").allow(let("bob"))
		bob, _ := result.Member("lumen", "bob")
		require.Equal(t, relationship.PartnerAdmin, bob.After.Role)
		require.Equal(t, s.names("reports.view", "account.billing.view", "contacts.view.own", "account.users.edit"), bob.After.Set)
		require.Equal(t, s.names("account.users.edit"), bob.Granted)
		require.Equal(t, s.names("account.billing.view"), bob.Retained)
		require.True(t, bob.Withheld.Has("contacts.edit.all"))
		require.Equal(t, 2, s.northwind().Members)
	})
}

func TestLINK4_WhoeverDeactivatedThemTheyBecomeActive(t *testing.T) {
	for name, deactivate := range map[string]func(*scene){
		"the partner's side": does("ann", access.DeactivateEmployee{Employee: "bob", All: true}),
		"the client's side":  does("carla", access.DeactivateMember{Client: "lumen", User: "bob"}),
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, s *scene, let func(relationship.UserID) access.Change) {
				s.AddEmployee("bob", "support", "contacts.view.all")
				deactivate(s)
				s.as("carla").allow(let("bob"))
				require.Equal(t, relationship.NoSide, s.lumen("bob").Deactivated)
				require.True(t, s.can("bob", "contacts.edit.all"))
			})
		})
	}
}

func TestLINK4_ADeactivatedOwnUserBecomesActive(t *testing.T) {
	both(t, func(t *testing.T, s *scene, let func(relationship.UserID) access.Change) {
		s.own("bob", "mail.example", "contacts.view.all")
		s.as("ann").allow(access.AddEmployee{Employee: "bob", Kind: relationship.Contractor})
		s.as("carla").allow(access.DeactivateMember{Client: "lumen", User: "bob"})
		s.as("carla").allow(let("bob"))
		require.True(t, s.can("bob", "contacts.edit.all"))
	})
}

func TestLINK4_WhoHadRunOutBecomesActive(t *testing.T) {
	both(t, func(t *testing.T, s *scene, let func(relationship.UserID) access.Change) {
		s.partnerAdmin("petra")
		s.as("carla").allow(access.SetMemberEnd{Client: "lumen", User: "petra", End: s.Clock.Now().Add(time.Hour)})
		s.Clock.Turn(time.Hour)
		require.False(t, s.can("petra", "contacts.view.all"))
		s.as("carla").allow(let("petra"))
		require.True(t, s.can("petra", "contacts.view.all"))
	})
}

func TestLINK4_WhomTheClientsSideRemovedItLetsInAgain(t *testing.T) {
	both(t, func(t *testing.T, s *scene, let func(relationship.UserID) access.Change) {
		s.AddEmployee("bob", "support", "contacts.view.all")
		s.as("carla").allow(access.RemoveMember{Client: "lumen", User: "bob"})
		add := access.AddEmployees{Client: "lumen", Employees: whom("bob"), Template: "support"}
		s.as("ann").deny(access.ErrBarred, add)
		s.as("carla").allow(let("bob")) // a removal makes it a new approval
		require.Equal(t, relationship.PartnerAdmin, s.lumen("bob").Role)
		s.as("ann").allow(access.RemoveEmployee{Employee: "bob", All: true})
		s.as("ann").allow(add) // the bar is lifted
	})
}

func TestLINK4_ASuperAdminIsNotLowered(t *testing.T) {
	both(t, func(t *testing.T, s *scene, let func(relationship.UserID) access.Change) {
		s.Employee("sara")
		s.superAdmin("sara")
		refused := s.as("carla").deny(access.ErrSuperAdmin, let("sara"))
		require.EqualValues(t, "sara", refused.User)
		require.Contains(t, refused.Detail, "MIG-5", "a clear error that shows the way")
		require.Equal(t, relationship.SuperAdmin, s.lumen("sara").Role)
	})
}

func TestLINK4_AnotherPartnersMemberIsNotTaken(t *testing.T) {
	both(t, func(t *testing.T, s *scene, let func(relationship.UserID) access.Change) {
		s.letFabrikamIn()
		s.as("ann").allow(access.AddEmployee{Employee: "olaf", Kind: relationship.Contractor})
		before := s.lumen("olaf")
		require.Equal(t, "ADD-7", s.as("carla").deny(access.ErrOtherPartner, let("olaf")).Rule)
		require.Equal(t, before, s.lumen("olaf"))
	})
}

func TestLINK4_ApprovingAgainChangesNothing(t *testing.T) {
	both(t, func(t *testing.T, s *scene, let func(relationship.UserID) access.Change) {
		s.partnerAdmin("petra")
		s.as("ann").allow(access.ChangeEmployeePermissions{Client: "lumen", Employee: "petra", Remove: []string{"reports.view"}})
		again := let("petra")
		before := s.lumen("petra")
		s.as("carla").idle(again)
		require.Equal(t, before, s.lumen("petra"), "nor is their set put back")
	})
}

func TestLINK4_TheSameLinkAgain(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	link := s.Issue(access.By("ann"), "bob")
	s.as("carla").allow(approve(link))
	s.as("carla").idle(approve(link))
	s.as("sven").idle(approve(link))
	s.as("ann").allow(access.RemoveEmployee{Employee: "bob", All: true})
	s.as("carla").allow(approve(link)) // after a removal it is a new approval
	require.Equal(t, relationship.PartnerAdmin, s.lumen("bob").Role)
}
