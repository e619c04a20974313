package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// linkedBob is bob, whom Northwind manages since he was linked.
func linkedBob(t *testing.T) *scene {
	t.Helper()
	s := play(t)
	s.User("bob", "northwind.example")
	s.as("carla").allow(access.AddMember{Client: "lumen", User: "bob", Permissions: []string{"contacts.view.all"}})
	s.as("ann").allow(access.AddEmployee{Employee: "bob", Kind: relationship.Staff, View: true, Edit: true})
	s.Template("support", "reports.view")
	require.True(t, s.lumen("bob").Linked)
	return s
}

var (
	roleByTemplate = access.ChangeTemplate{Client: "lumen", Employees: whom("bob"), Template: relationship.PartnerAdminTemplate}
	supportForBob  = access.ChangeTemplate{Client: "lumen", Employees: whom("bob"), Template: "support"}
	bobIsSuper     = access.MakeSuperAdmin{Client: "lumen", User: "bob"}
)

func TestADD5_TheRoleIsClosedToALinkedMember(t *testing.T) {
	admin := relationship.PartnerAdminTemplate
	for name, c := range map[string]struct {
		before []func(*scene)
		by     relationship.UserID
		change access.Change
		why    error
	}{
		"by its template":      {nil, "ann", roleByTemplate, access.ErrLinked},
		"by adding":            {nil, "ann", add(admin, "bob"), access.ErrAlreadyMember},
		"by linking clients":   {nil, "ann", access.LinkClients{Employee: "bob", Clients: []relationship.ClientID{"lumen"}, Template: admin}, access.ErrAlreadyMember},
		"by linking once more": {nil, "ann", linkBob, access.ErrAlreadyMember},
		"by their own move, as a super admin": {
			steps(does("carla", bobIsSuper)), "bob", access.BecomePartnerAdmin{Client: "lumen"}, access.ErrLinked,
		},
		"by a colleague's move, as a super admin": {
			steps(does("carla", bobIsSuper)), "ann",
			access.ChangeSuperAdmins{Client: "lumen", Employees: []access.SuperAdminChoice{{Employee: "bob"}}}, access.ErrLinked,
		},
		"after another template": {steps(does("ann", supportForBob)), "ann", roleByTemplate, access.ErrLinked},
		"after a deactivation": {
			steps(does("ann", access.DeactivateEmployee{Employee: "bob", All: true}), does("ann", access.ReactivateEmployees{Client: "lumen", All: true})),
			"ann", roleByTemplate, access.ErrLinked,
		},
		"after having been super admin for a while": {
			steps(does("carla", bobIsSuper), does("carla", access.LowerSuperAdmin{Client: "lumen", User: "bob"})), "ann", roleByTemplate, access.ErrLinked,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := linkedBob(t)
			s.plays(c.before...)
			s.as(c.by).deny(c.why, c.change)
			require.NotEqual(t, relationship.PartnerAdmin, s.lumen("bob").Role)
			require.True(t, s.lumen("bob").Linked)
		})
	}
}

// With others, ticked out of a plan, or in one call with other changes, it is
// refused all the same.
func TestADD5_TheRoleIsClosedInCompany(t *testing.T) {
	s := linkedBob(t)
	s.AddEmployee("cleo", "help", "contacts.view.all")
	s.as("ann").deny(access.ErrLinked, access.ChangeTemplate{
		Client: "lumen", Employees: whom("cleo", "bob"), Template: relationship.PartnerAdminTemplate,
	})
	require.Equal(t, relationship.Standard, s.lumen("cleo").Role)
	s.as("ann").deny(access.ErrLinked, access.All{supportForBob, roleByTemplate})
	require.Empty(t, s.lumen("bob").Template)
}

func TestADD5_OtherTemplatesAreOpen(t *testing.T) {
	s := linkedBob(t)
	s.as("ann").allow(supportForBob)
	require.True(t, s.can("bob", "reports.view"))
	require.True(t, s.lumen("bob").Linked)
}

func TestADD5_TheClientOpensTheRole(t *testing.T) {
	for name, way := range letting { // LINK-4, LINK-7
		t.Run(name, func(t *testing.T) {
			s := linkedBob(t)
			s.as("carla").allow(way(s, "bob"))
			require.Equal(t, relationship.PartnerAdmin, s.lumen("bob").Role)
			require.False(t, s.lumen("bob").Linked)
			s.as("ann").allow(supportForBob)
			s.as("ann").allow(roleByTemplate) // it stays open
		})
	}
}

func TestADD5_RemovalOpensTheRole(t *testing.T) {
	s := linkedBob(t)
	s.as("ann").allow(access.RemoveEmployee{Employee: "bob", All: true})
	s.as("ann").allow(add(relationship.PartnerAdminTemplate, "bob"))
	require.Equal(t, relationship.PartnerAdmin, s.lumen("bob").Role)
	require.False(t, s.lumen("bob").Linked)
}

func TestADD5_LinkedByHandItIsClosedToo(t *testing.T) {
	s := unverified(t)
	s.as("bob").allow(access.ConfirmEmployment{Partner: "northwind"})
	s.as("ann").allow(linkBob)
	s.as("ann").deny(access.ErrLinked, roleByTemplate)
}

// The client's own side may give the role to a super admin who was linked once
// (MIG-5): what is closed is every partner-side change.
func TestADD5_TheClientsMoveIsOpen(t *testing.T) {
	s := linkedBob(t)
	s.as("carla").allow(bobIsSuper)
	s.as("carla").allow(access.ChangeToPartnerAdmin{Client: "lumen", User: "bob", Partner: "northwind"})
	require.Equal(t, relationship.PartnerAdmin, s.lumen("bob").Role)
}
