package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

func TestORG3_ASuperAdminAddsOwnUsers(t *testing.T) {
	s := play(t)
	s.User("otto", "lumen.example")
	s.User("olga", "lumen.example")
	s.as("carla").allow(access.AddMember{Client: "lumen", User: "otto", Permissions: []string{"contacts.edit.all", "account.billing.view"}})
	otto := s.lumen("otto")
	require.Equal(t, relationship.Standard, otto.Role)
	require.False(t, otto.Managed())
	require.Equal(t, s.names("contacts.edit.all", "account.billing.view"), otto.Set)
	require.True(t, s.can("otto", "contacts.view.own"), "with all it implies")
	s.as("carla").deny(access.ErrAlreadyMember, access.AddMember{Client: "lumen", User: "otto"})
	s.as("carla").deny(access.ErrUnknownPermission, access.AddMember{Client: "lumen", User: "olga", Permissions: []string{"no.such"}})
}

func TestORG3_ASuperAdminDealsWithAnyMember(t *testing.T) {
	for name, prepare := range map[string]func(*scene){
		"own":           func(s *scene) { s.own("max", "lumen.example", "contacts.view.all") },
		"managed":       func(s *scene) { s.AddEmployee("max", "support", "contacts.view.all") },
		"partner admin": func(s *scene) { s.partnerAdmin("max") },
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			prepare(s)
			carla := s.as("carla")
			carla.allow(access.ChangeMemberPermissions{Client: "lumen", User: "max", Add: []string{"deals.view.own"}})
			require.True(t, s.can("max", "deals.view.own"))
			recorded := s.lumen("max")
			carla.allow(access.DeactivateMember{Client: "lumen", User: "max"})
			require.Equal(t, access.ReasonDeactivated, s.why("max", "deals.view.own"))
			carla.idle(access.DeactivateMember{Client: "lumen", User: "max"})
			carla.allow(access.ReactivateMember{Client: "lumen", User: "max"})
			require.Equal(t, recorded, s.lumen("max"), "exactly what was recorded")
			carla.idle(access.ReactivateMember{Client: "lumen", User: "max"})
			carla.allow(access.MakeSuperAdmin{Client: "lumen", User: "max"})
			require.False(t, s.lumen("max").Managed())
			carla.idle(access.MakeSuperAdmin{Client: "lumen", User: "max"})
			carla.allow(access.RemoveMember{Client: "lumen", User: "max"})
			require.Zero(t, s.lumen("max"))
			carla.deny(access.ErrUnknownMember, access.RemoveMember{Client: "lumen", User: "max"})
		})
	}
}

func TestORG3_OFF8Holds(t *testing.T) {
	for _, change := range []access.Change{
		access.RemoveMember{Client: "lumen", User: "carla"},
		access.DeactivateMember{Client: "lumen", User: "carla"},
		access.LowerSuperAdmin{Client: "lumen", User: "carla"},
	} {
		s := play(t)
		s.as("carla").allow(access.RemoveMember{Client: "lumen", User: "sven"})
		require.EqualValues(t, "lumen", s.as("carla").deny(access.ErrLastSuperAdmin, change).Client)
	}
}

func TestORG3_AnOwnUserWithAddAndEditUsersIsBoundByDEL1(t *testing.T) {
	s := play(t)
	s.own("olga", "lumen.example", "account.users.edit", "contacts.view.all")
	s.User("otto", "lumen.example")
	result := s.as("olga").allow(access.AddMember{Client: "lumen", User: "otto", Permissions: []string{"contacts.view.all", "reports.view"}})
	added, _ := result.Member("lumen", "otto")
	require.Equal(t, s.names("contacts.view.all"), added.Granted)
	require.Equal(t, s.names("reports.view"), added.Withheld)

	s.as("carla").allow(access.ChangeMemberPermissions{Client: "lumen", User: "otto", Add: []string{"reports.view"}})
	result = s.as("olga").allow(access.ChangeMemberPermissions{
		Client: "lumen", User: "otto", Add: []string{"deals.view.own"}, Remove: []string{"contacts.view.own", "reports.view"},
	})
	changed, _ := result.Member("lumen", "otto")
	require.Equal(t, s.names("reports.view"), s.lumen("otto").Set)
	require.Equal(t, s.names("reports.view"), changed.Retained)
	require.Equal(t, s.names("deals.view.own"), changed.Withheld)
	require.Equal(t, s.names("contacts.view.all"), changed.Revoked, "with all that imply it")
}

func TestORG3_SuchAnOwnUserDealsWithStandardOwnUsersAlone(t *testing.T) {
	s := play(t)
	s.own("olga", "lumen.example", "account.users.edit")
	s.own("otto", "lumen.example")
	s.AddEmployee("bob", "support", "contacts.view.all")
	olga := s.as("olga")
	for _, user := range whom("bob", "ann", "sven") {
		olga.deny(access.ErrNotAllowed, access.DeactivateMember{Client: "lumen", User: user})
		olga.deny(access.ErrNotAllowed, access.ReactivateMember{Client: "lumen", User: user})
		olga.deny(access.ErrNotAllowed, access.RemoveMember{Client: "lumen", User: user})
		olga.deny(access.ErrNotAllowed, access.ChangeMemberPermissions{Client: "lumen", User: user, Remove: []string{"account.users.edit"}})
		olga.deny(access.ErrNotAllowed, access.MakeSuperAdmin{Client: "lumen", User: user})
	}
	olga.deny(access.ErrNotAllowed, access.MakeSuperAdmin{Client: "lumen", User: "otto"})
	olga.allow(access.DeactivateMember{Client: "lumen", User: "otto"})
	olga.allow(access.ReactivateMember{Client: "lumen", User: "otto"})
	olga.allow(access.RemoveMember{Client: "lumen", User: "otto"})
	olga.allow(access.AddMember{Client: "lumen", User: "otto"})
}

func TestORG3_SuchAnOwnUserHasToBeActive(t *testing.T) {
	for name, stop := range map[string]func(*scene){
		"deactivated": func(s *scene) { s.as("carla").allow(access.DeactivateMember{Client: "lumen", User: "olga"}) },
		"without the permission": func(s *scene) {
			s.as("carla").allow(access.ChangeMemberPermissions{Client: "lumen", User: "olga", Remove: []string{"account.users.edit"}})
		},
		"run out": func(s *scene) {
			s.as("carla").allow(access.SetMemberEnd{Client: "lumen", User: "olga", End: s.Clock.Now().Add(time.Hour)})
			s.Clock.Turn(time.Hour)
		},
		"managed now": func(s *scene) {
			s.host().allow(access.ChangeUser{ID: "olga", Name: "Olga", Email: "olga@northwind.example"})
			s.as("ann").allow(access.AddEmployee{Employee: "olga", Kind: relationship.Staff})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			s.own("olga", "lumen.example", "account.users.edit")
			s.own("otto", "lumen.example")
			stop(s)
			s.as("olga").deny(access.ErrNotAllowed, access.RemoveMember{Client: "lumen", User: "otto"})
			s.User("new", "lumen.example")
			s.as("olga").deny(access.ErrNotAllowed, access.AddMember{Client: "lumen", User: "new"})
		})
	}
}

func TestORG3_WhatSuchAnOwnUserAddsEndsNoLaterThanTheyDo(t *testing.T) {
	s := play(t)
	s.own("olga", "lumen.example", "account.users.edit")
	end := s.Clock.Now().Add(24 * time.Hour)
	s.as("carla").allow(access.SetMemberEnd{Client: "lumen", User: "olga", End: end})
	s.User("otto", "lumen.example")
	s.as("olga").allow(access.AddMember{Client: "lumen", User: "otto"})
	require.Equal(t, end, s.lumen("otto").End)
	s.as("olga").deny(access.ErrOutlasts, access.SetMemberEnd{Client: "lumen", User: "otto"})
	s.as("olga").deny(access.ErrOutlasts, access.SetMemberEnd{Client: "lumen", User: "otto", End: end.Add(time.Second)})
	s.as("olga").allow(access.SetMemberEnd{Client: "lumen", User: "otto", End: end.Add(-time.Hour)})
}

func TestORG3_AddingOwnUsersStartsNoRelationship(t *testing.T) {
	s := play(t)
	s.secondPartner()
	s.as("carla").allow(access.AddMember{Client: "lumen", User: "olaf"}) // an employee, verified
	require.False(t, s.lumen("olaf").Managed())
	require.Zero(t, s.Relationship(fabrikam, "lumen"))
}

func TestORG3_AddingOwnUsersRevivesNoRelationship(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	s.removeAll()
	s.as("carla").allow(access.AddMember{Client: "lumen", User: "bob"})
	require.False(t, s.lumen("bob").Managed())
	require.Equal(t, relationship.Ending, s.northwind().Phase)
}

func TestORG3_AddingOwnUsersGivesNoPartnerAdminRole(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	s.as("carla").allow(access.AddMember{Client: "lumen", User: "bob", Permissions: s.Catalog.PartnerAdmin().Names().Slice()})
	bob := s.lumen("bob")
	require.True(t, bob.Managed(), "linked, as a verified employee (ADD-5)")
	require.Equal(t, relationship.Standard, bob.Role)
}
