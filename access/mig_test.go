package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// withSara has sara, super admin of Lumen, who works for Northwind and has
// Client Access Manager access.
func withSara(t *testing.T, domain string) *scene {
	t.Helper()
	s := play(t)
	s.superEmployee("sara", domain)
	return s
}

// colleagues is the change of MIG-2.
func colleagues(users ...relationship.UserID) access.ChangeSuperAdmins {
	change := access.ChangeSuperAdmins{Client: "lumen"}
	for _, user := range users {
		change.Employees = append(change.Employees, access.SuperAdminChoice{Employee: user})
	}
	return change
}

// moves are the three ways from super admin to partner admin, for sara.
var moves = map[string]func(s *scene, keepBilling bool) (player, access.Change){
	"MIG-1": func(s *scene, keep bool) (player, access.Change) {
		return s.as("sara"), access.BecomePartnerAdmin{Client: "lumen", KeepBilling: keep}
	},
	"MIG-2": func(s *scene, keep bool) (player, access.Change) {
		return s.as("ann"), access.ChangeSuperAdmins{
			Client: "lumen", Employees: []access.SuperAdminChoice{{Employee: "sara", KeepBilling: keep}},
		}
	},
	"MIG-5": func(s *scene, keep bool) (player, access.Change) {
		return s.as("carla"), access.ChangeToPartnerAdmin{Client: "lumen", User: "sara", Partner: "northwind", KeepBilling: keep}
	},
}

// eachMove plays a story for each of the three ways.
func eachMove(t *testing.T, story func(t *testing.T, s *scene, move func(keepBilling bool) (player, access.Change))) {
	t.Helper()
	for name, way := range moves {
		t.Run(name, func(t *testing.T) {
			s := withSara(t, "northwind.example")
			story(t, s, func(keep bool) (player, access.Change) { return way(s, keep) })
		})
	}
}

func TestMIG4_TheResultIsAPartnerAdminLikeOthers(t *testing.T) {
	eachMove(t, func(t *testing.T, s *scene, move func(bool) (player, access.Change)) {
		sara, change := move(false)
		members := s.northwind().Members
		result := sara.allow(change)
		require.Len(t, s.newest(), 1)
		moved, _ := result.Member("lumen", "sara")
		require.Equal(t, access.MemberState{
			Role: relationship.PartnerAdmin, Set: s.Catalog.PartnerAdmin().Names(), Seat: access.PartnerSeat,
			Manager: "northwind", Template: relationship.PartnerAdminTemplate,
		}, moved.After)
		require.Equal(t, members+1, s.northwind().Members, "credit")
		require.True(t, moved.Granted.IsEmpty(), "never more than before")
		require.Equal(t, s.Catalog.All().Minus(s.Catalog.PartnerAdmin()).Names(), moved.Revoked)
		for permission := range s.Catalog.Marked(permset.Billing).All() {
			require.False(t, s.Manager.Can("sara", "lumen", permission), permission)
		}
	})
}

func TestMIG4_BillingIsKeptOnlyIfChosen(t *testing.T) {
	eachMove(t, func(t *testing.T, s *scene, move func(bool) (player, access.Change)) {
		s.superEmployee("bob", "northwind.example")
		sara, change := move(true)
		moved, _ := sara.allow(change).Member("lumen", "sara")
		billing := s.Catalog.Marked(permset.Billing)
		require.Equal(t, s.Catalog.PartnerAdmin().Union(billing).Names(), moved.After.Set)
		require.True(t, moved.Granted.IsEmpty())
		for permission := range billing.All() {
			require.True(t, s.Manager.Can("sara", "lumen", permission), permission)
		}
		for _, never := range append(neverManaged, "account.close") {
			require.False(t, s.can("sara", never), never)
		}
		result := s.AddEmployee("cleo", "bills", "account.billing.view")
		require.Len(t, result.Members, 1)
		s.as("sara").allow(access.ChangeEmployeePermissions{Client: "lumen", Employee: "cleo", Add: []string{"account.billing.view"}})
		require.False(t, s.can("cleo", "account.billing.view"), "kept, not handed on")
	})
}

func TestMIG2_TheChoiceIsMadeForEach(t *testing.T) {
	s := withSara(t, "northwind.example")
	s.superEmployee("bob", "northwind.example")
	s.as("ann").allow(access.ChangeSuperAdmins{Client: "lumen", Employees: []access.SuperAdminChoice{
		{Employee: "sara", KeepBilling: true}, {Employee: "bob"},
	}})
	require.True(t, s.can("sara", "account.billing.edit"))
	require.False(t, s.can("bob", "account.billing.edit"))
}

func TestMIG1_StartsTheRelationshipAndLinks(t *testing.T) {
	s := play(t)
	s.secondPartner()
	s.own("bob", "fabrikam.example")
	s.as("olaf").allow(access.AddEmployee{Employee: "bob", Kind: relationship.Staff})
	s.superAdmin("olaf")
	result := s.as("olaf").allow(access.BecomePartnerAdmin{Client: "lumen"})
	require.Equal(t, []access.Transition{{Partner: fabrikam, Client: "lumen", To: relationship.Active}}, result.Relationships)
	require.True(t, s.lumen("bob").Linked, "the relationship started (ADD-5)")
}

func TestMIG1_WhoMay(t *testing.T) {
	powers := func(view, edit bool) func(*scene) {
		return does("ann", access.ChangeEmployee{Employee: "sara", Kind: relationship.Staff, View: view, Edit: edit})
	}
	for name, c := range map[string]struct {
		then func(*scene)
		why  error
	}{
		"with access":             {func(*scene) {}, nil},
		"of a provider":           {kind(relationship.Provider), nil},
		"unverified, unconfirmed": {hostDoes(access.SetPartnerDomains{Partner: "northwind"}), nil},
		"only view":               {powers(true, false), access.ErrNotAllowed},
		"only edit":               {powers(false, true), access.ErrNotAllowed},
		"suspended":               {does("ann", access.SuspendEmployee{Employee: "sara"}), access.ErrNotAllowed},
		"paused":                  {does("ann", access.PauseEmployee{Employee: "sara"}), access.ErrNotAllowed},
		"left":                    {does("ann", access.EndEmployment{Employee: "sara"}), access.ErrWhichPartner},
		"of a reseller":           {kind("reseller"), access.ErrNotEligible},
		"partner closed":          {hostDoes(access.ClosePartner{Partner: "northwind"}), access.ErrNotAllowed},
		"an own user":             {loweredUnverified, access.ErrNotSuperAdmin},
		"linked":                  {does("carla", access.LowerSuperAdmin{Client: "lumen", User: "sara"}), access.ErrLinked},
		"removed":                 {does("carla", access.RemoveMember{Client: "lumen", User: "sara"}), access.ErrNotSuperAdmin},
		"deactivated":             {does("carla", access.DeactivateMember{Client: "lumen", User: "sara"}), access.ErrDeactivated},
	} {
		t.Run(name, func(t *testing.T) {
			s := withSara(t, "northwind.example")
			c.then(s)
			if c.why == nil {
				s.as("sara").allow(access.BecomePartnerAdmin{Client: "lumen"})
				return
			}
			s.as("sara").deny(c.why, access.BecomePartnerAdmin{Client: "lumen"})
		})
	}
}

// loweredUnverified makes sara a standard own user who is not linked.
func loweredUnverified(s *scene) {
	s.host().allow(access.SetPartnerDomains{Partner: "northwind"})
	s.as("carla").allow(access.LowerSuperAdmin{Client: "lumen", User: "sara"})
	s.as("sara").allow(access.ConfirmEmployment{Partner: "northwind"})
}

func TestMIG1_ForThePartnerTheyActFor(t *testing.T) {
	s := withSara(t, "northwind.example")
	s.secondPartner()
	s.as("olaf").allow(access.AddEmployee{Employee: "sara", Kind: relationship.Contractor, View: true, Edit: true})
	change := access.BecomePartnerAdmin{Client: "lumen"}
	s.as("sara").deny(access.ErrWhichPartner, change)
	s.as("sara").at(fabrikam).allow(change)
	require.Equal(t, fabrikam, s.lumen("sara").Manager)
}

// Who may in general is in the matrix of ORG-1.
func TestMIG2_WhomItReaches(t *testing.T) {
	for name, c := range map[string]struct {
		domain string
		then   func(*scene)
		why    error
	}{
		"verified":    {"northwind.example", func(*scene) {}, nil},
		"confirmed":   {"mail.example", does("sara", access.ConfirmEmployment{Partner: "northwind"}), nil},
		"neither":     {"mail.example", func(*scene) {}, access.ErrUnconfirmed},
		"has left":    {"northwind.example", does("ann", access.EndEmployment{Employee: "sara"}), access.ErrUnknownMember},
		"an own user": {"northwind.example", loweredUnverified, access.ErrUnknownMember},
		"no member":   {"northwind.example", does("carla", access.RemoveMember{Client: "lumen", User: "sara"}), access.ErrUnknownMember},
	} {
		t.Run(name, func(t *testing.T) {
			s := withSara(t, c.domain)
			c.then(s)
			if c.why == nil {
				s.as("ann").allow(colleagues("sara"))
				return
			}
			require.EqualValues(t, "sara", s.as("ann").deny(c.why, colleagues("sara")).User)
		})
	}
}

func TestMIG2_NeitherStrangersNorOthersPeople(t *testing.T) {
	s := withSara(t, "northwind.example")
	s.letFabrikamIn()
	s.as("ann").deny(access.ErrUnknownMember, colleagues("carla"))
	s.as("olaf").deny(access.ErrUnknownMember, colleagues("sara"))
	s.AddEmployee("bob", "support", "contacts.view.all")
	s.as("ann").deny(access.ErrNotSuperAdmin, colleagues("bob"))
	s.as("ann").deny(access.ErrUnknownMember, colleagues("sara", "carla"))
	require.Equal(t, relationship.SuperAdmin, s.lumen("sara").Role, "all or nothing")
	s.as("ann").deny(access.ErrInvalid, colleagues())
	s.as("ann").deny(access.ErrInvalid, colleagues("sara", "sara"))
}

func TestMIG2_NotBySomebodyWhoseTimeEnds(t *testing.T) { // DEL-6
	s := withSara(t, "northwind.example")
	s.as("carla").allow(access.SetMemberEnd{Client: "lumen", User: "ann", End: s.Clock.Now().Add(accesstest.Day)})
	require.Equal(t, "DEL-6", s.as("ann").deny(access.ErrOutlasts, colleagues("sara")).Rule)
}

func TestMIG3_TheLastSuperAdminIsNotMoved(t *testing.T) {
	eachMove(t, func(t *testing.T, s *scene, move func(bool) (player, access.Change)) {
		sara, change := move(false)
		if sara.call.String() == "carla" { // from the client's side: by sara herself
			sara = s.as("sara")
		}
		s.as("sara").allow(access.DeactivateMember{Client: "lumen", User: "sven"})
		s.as("sara").allow(access.DeactivateMember{Client: "lumen", User: "carla"})
		refused := sara.deny(access.ErrLastSuperAdmin, change)
		require.EqualValues(t, "lumen", refused.Client)
		require.Equal(t, "OFF-8", refused.Rule)
		require.Equal(t, relationship.SuperAdmin, s.lumen("sara").Role)

		s.as("sara").allow(access.ReactivateMember{Client: "lumen", User: "carla"})
		sara.allow(change) // with another one there
	})
}

func TestMIG3_NotTheLastTwoTogether(t *testing.T) {
	s := withSara(t, "northwind.example")
	s.superEmployee("bob", "northwind.example")
	s.as("sara").allow(access.RemoveMember{Client: "lumen", User: "sven"})
	s.as("sara").allow(access.RemoveMember{Client: "lumen", User: "carla"})
	s.as("ann").deny(access.ErrLastSuperAdmin, colleagues("sara", "bob"))
	s.as("ann").deny(access.ErrLastSuperAdmin, access.All{colleagues("sara"), colleagues("bob")})
	s.as("ann").allow(colleagues("bob"))
}

func TestMIG3_ApprovingIsNotRefused(t *testing.T) {
	both(t, func(t *testing.T, s *scene, let func(relationship.UserID) access.Change) {
		s.as("carla").allow(access.RemoveMember{Client: "lumen", User: "sven"})
		s.Employee("bob")
		s.as("carla").allow(let("bob"))
	})
}

func TestMIG5_AnySuperAdminThereWhoIsAnEmployee(t *testing.T) {
	move := access.ChangeToPartnerAdmin{Client: "lumen", User: "sara", Partner: "northwind"}
	for name, domain := range map[string]string{"verified": "northwind.example", "neither verified nor confirmed": "mail.example"} {
		t.Run(name, func(t *testing.T) {
			s := withSara(t, domain)
			s.as("carla").allow(move)
			require.EqualValues(t, "northwind", s.lumen("sara").Manager)
			require.Equal(t, relationship.ByClientSide, s.newest()[0].Actor.Kind)
		})
	}
	t.Run("without powers", func(t *testing.T) {
		s := withSara(t, "northwind.example")
		s.as("ann").allow(access.ChangeEmployee{Employee: "sara", Kind: relationship.Staff})
		s.as("carla").allow(move)
	})
	t.Run("themselves", func(t *testing.T) {
		withSara(t, "northwind.example").as("sara").allow(move)
	})
}

func TestMIG5_AndNobodyElse(t *testing.T) {
	s := withSara(t, "northwind.example")
	s.secondPartner()
	s.AddEmployee("bob", "support", "contacts.view.all")
	carla := s.as("carla")
	move := func(user relationship.UserID, partner relationship.PartnerID) access.Change {
		return access.ChangeToPartnerAdmin{Client: "lumen", User: user, Partner: partner}
	}
	carla.deny(access.ErrUnknownEmployee, move("sven", "northwind"))
	carla.deny(access.ErrUnknownEmployee, move("sara", fabrikam))
	carla.deny(access.ErrNotSuperAdmin, move("bob", "northwind"))
	carla.deny(access.ErrUnknownMember, move("olaf", fabrikam))
	kind("reseller")(s)
	carla.deny(access.ErrNotEligible, move("sara", "northwind"))
}

// An own user with "add and edit users" lets in, but does not move super admins.
func TestMIG5_ASuperAdminOfTheClientAlone(t *testing.T) {
	s := withSara(t, "northwind.example")
	s.own("olga", "lumen.example", "account.users.edit")
	move := access.ChangeToPartnerAdmin{Client: "lumen", User: "sara", Partner: "northwind"}
	s.as("olga").deny(access.ErrNotAllowed, move)
	s.as("ann").deny(access.ErrNotAllowed, move)
	s.host().deny(access.ErrNotAllowed, move)
}
