package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

func TestADM1_ASuperAdminHasTheWholeCatalogue(t *testing.T) {
	s := play(t)
	require.Equal(t, s.Catalog.All().Minus(s.Catalog.Marked(permset.Paid)), s.Manager.Permissions("carla", "lumen"), "the seat apart")
	s.as("carla").allow(access.SetSeat{Client: "lumen", User: "carla", Paid: true})
	require.Equal(t, s.Catalog.All(), s.Manager.Permissions("carla", "lumen"))
}

// Who may make a super admin is in the matrix of ORG-1. Being one is a role: no
// template and no permission gives it.
func TestADM1_NothingElseMakesASuperAdmin(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	s.as("ann").deny(access.ErrInvalid, access.MakeTemplate{Name: "super admin", Permissions: []string{"reports.view"}})
	s.as("ann").deny(access.ErrUnknownTemplate, access.AddEmployees{Client: "lumen", Employees: whom("bob"), Template: "super admin"})
	s.as("ann").deny(access.ErrUnknownTemplate, access.ChangeTemplate{Client: "lumen", Employees: whom("ann"), Template: "super admin"})
	s.own("olga", "lumen.example", s.Catalog.All().Names().Slice()...)
	require.Equal(t, relationship.Standard, s.lumen("olga").Role)
	s.as("olga").deny(access.ErrNotAllowed, access.MakeSuperAdmin{Client: "lumen", User: "olga"})
}

func TestADM1_ASuperAdminThereTakesItAway(t *testing.T) {
	s := play(t)
	s.as("carla").allow(access.LowerSuperAdmin{Client: "lumen", User: "sven", Permissions: []string{"contacts.view.all", "account.close"}})
	sven := s.lumen("sven")
	require.Equal(t, relationship.Standard, sven.Role)
	require.Equal(t, s.names("contacts.view.all"), sven.Set, "what is super admin only is withheld")
	s.as("carla").deny(access.ErrNotSuperAdmin, access.LowerSuperAdmin{Client: "lumen", User: "sven"})
	s.as("carla").deny(access.ErrUnknownMember, access.LowerSuperAdmin{Client: "lumen", User: "bob"})
	s.as("carla").deny(access.ErrLastSuperAdmin, access.LowerSuperAdmin{Client: "lumen", User: "carla"}) // OFF-8
}

func TestADM1_ASuperAdminMayLowerThemselves(t *testing.T) {
	s := play(t)
	s.as("carla").allow(access.LowerSuperAdmin{Client: "lumen", User: "carla"})
	require.Equal(t, relationship.Standard, s.lumen("carla").Role)
	s.as("carla").deny(access.ErrNotAllowed, access.MakeSuperAdmin{Client: "lumen", User: "carla"})
}

func TestADM1_ItIsTakenAwayByOFF1(t *testing.T) {
	s := play(t)
	s.Employee("sara")
	s.superAdmin("sara")
	s.as("ann").allow(access.RemoveEmployee{Employee: "sara", All: true})
	require.Zero(t, s.lumen("sara"))
}

func TestADM1_BillingIsConferredByASuperAdmin(t *testing.T) {
	s := play(t)
	s.own("otto", "lumen.example", "account.billing.view")
	require.True(t, s.can("otto", "account.billing.view"))
	s.AddEmployee("bob", "support", "contacts.view.all")
	s.as("carla").allow(access.ChangeMemberPermissions{Client: "lumen", User: "bob", Add: []string{"account.billing.view"}})
	require.True(t, s.can("bob", "account.billing.view"), "managed or not")
}

func TestADM1_BillingIsNotHandedOnByOthers(t *testing.T) {
	s := play(t)
	s.own("olga", "lumen.example", "account.users.edit", "account.billing.view")
	s.User("otto", "lumen.example")
	result := s.as("olga").allow(access.AddMember{Client: "lumen", User: "otto", Permissions: []string{"account.billing.view"}})
	otto, _ := result.Member("lumen", "otto")
	require.Equal(t, s.names("account.billing.view"), otto.Withheld)

	s.as("carla").allow(access.ChangeMemberPermissions{Client: "lumen", User: "ann", Add: []string{"account.billing.view"}})
	result = s.AddEmployee("bob", "bills", "account.billing.view", "contacts.view.own")
	bob, _ := result.Member("lumen", "bob")
	require.Equal(t, s.names("contacts.view.own"), bob.Granted)
	require.Equal(t, s.names("account.billing.view"), bob.Withheld)
}

func TestADM1_BillingIsRetainedByOthers(t *testing.T) {
	s := play(t)
	s.AddEmployee("bob", "support", "contacts.view.own")
	s.as("carla").allow(access.ChangeMemberPermissions{Client: "lumen", User: "bob", Add: []string{"account.billing.view"}})
	s.as("carla").allow(access.ChangeMemberPermissions{Client: "lumen", User: "ann", Add: []string{"account.billing.view"}})
	result := s.as("ann").allow(access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Remove: []string{"account.billing.view"}})
	bob, _ := result.Member("lumen", "bob")
	require.Equal(t, s.names("account.billing.view"), bob.Retained)
	require.True(t, s.can("bob", "account.billing.view"))
}

func TestADM1_WhatIsSuperAdminOnlyIsWithheldWhoeverAsks(t *testing.T) {
	const only = "account.partners.manage"
	s := play(t)
	s.own("otto", "lumen.example", only)
	require.False(t, s.lumen("otto").Set.Has(only))
	result := s.as("carla").allow(access.ChangeMemberPermissions{Client: "lumen", User: "otto", Add: []string{only}})
	otto, _ := result.Member("lumen", "otto")
	require.True(t, otto.Withheld.Has(only))
	require.False(t, s.lumen("otto").Set.Has(only))

	bob, _ := s.AddEmployee("bob", "partners", only).Member("lumen", "bob")
	require.True(t, bob.Withheld.Has(only))
	result = s.as("carla").allow(access.ChangeMemberPermissions{Client: "lumen", User: "bob", Add: []string{only}})
	bob, _ = result.Member("lumen", "bob")
	require.True(t, bob.Withheld.Has(only))
	require.Equal(t, access.ReasonNotInSet, s.why("bob", only))
	require.True(t, s.Manager.Check("bob", "lumen", s.Permission(only)).Failed(access.ReasonSuperAdminOnly))
	require.True(t, s.can("carla", only))
}

func TestADM2_APartnerAdminHasElevatedAccountAccess(t *testing.T) {
	s := play(t)
	can := s.Manager.Permissions("ann", "lumen")
	require.Equal(t, s.Catalog.PartnerAdmin(), can)
	for _, yes := range []string{
		"contacts.edit.all", "deals.delete.all", "tickets.edit.all", "custom-objects.edit.all",
		"marketing.emails.publish", "sales.sequences.use", "service.inbox.reply", "content.pages.publish",
		"automation.workflows.edit", "reports.custom.edit", "account.users.edit", "account.apps.install",
	} {
		require.True(t, s.can("ann", yes), yes)
	}
	for _, no := range []string{
		"account.super-admins.manage", "account.billing.view", "account.billing.edit", "sales.payments.refund", "account.close",
	} {
		require.False(t, s.can("ann", no), no)
	}
}

var neverManaged = []string{
	"account.users.provision", "account.apps.manage-users", "account.data-center.migrate",
	"account.sensitive-data.manage", "account.super-admins.manage",
}

func TestADM3_NeverManagedIsWithheldWhenAskedFor(t *testing.T) {
	for _, never := range neverManaged {
		t.Run(never, func(t *testing.T) {
			s := play(t)
			bob, _ := s.AddEmployee("bob", "dangerous", never).Member("lumen", "bob")
			require.True(t, bob.Withheld.Has(never))
			for _, user := range whom("bob", "ann") {
				result := s.as("carla").allow(access.ChangeMemberPermissions{Client: "lumen", User: user, Add: []string{never}})
				member, _ := result.Member("lumen", user)
				require.True(t, member.Withheld.Has(never), "also from the client's super admin")
				require.False(t, s.can(user, never))
			}
		})
	}
}

func TestADM3_NeverManagedIsCutWhenUsed(t *testing.T) {
	const never = "account.users.provision"
	s := play(t)
	s.own("otto", "northwind.example", never)
	require.True(t, s.can("otto", never), "an own user may")
	result := s.as("ann").allow(access.AddEmployee{Employee: "otto", Kind: relationship.Staff}) // linked by it
	otto, _ := result.Member("lumen", "otto")
	require.True(t, s.lumen("otto").Set.Has(never), "the set stays as it is")
	require.True(t, otto.Clipped.Has(never))
	require.Equal(t, access.ReasonNeverManaged, s.why("otto", never))
	require.True(t, s.can("otto", "account.users.edit"))
}

func TestADM3_ItIsGoneWithThePartnerAdminRole(t *testing.T) {
	s := play(t)
	s.own("otto", "northwind.example", neverManaged...)
	s.as("ann").allow(access.AddEmployee{Employee: "otto", Kind: relationship.Staff})
	s.as("carla").allow(access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "otto"})
	require.Equal(t, s.Catalog.PartnerAdmin(), s.Manager.Permissions("otto", "lumen"))
}

func TestADM5_BeingSuperAdminOfAClientIsNoPartnerSidePower(t *testing.T) {
	s := play(t)
	s.AddEmployee("bob", "support", "contacts.view.all")
	s.superEmployee("sara", "northwind.example")
	s.freelancer("fred")
	s.as("fred").allow(access.ConfirmEmployment{Partner: "northwind"})
	s.own("otto", "lumen.example")
	s.Employee("newt")
	for _, sara := range []player{s.as("sara"), s.as("sara").at("northwind")} {
		for _, change := range []access.Change{
			access.AddEmployees{Client: "lumen", Employees: whom("newt"), Template: "support"},
			access.LinkClients{Employee: "newt", Clients: []relationship.ClientID{"lumen"}, Template: "support"},
			access.LinkEmployee{Client: "lumen", Employee: "fred"},
			access.ChangeTemplate{Client: "lumen", Employees: whom("bob"), Template: "support"},
			access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Add: []string{"reports.view"}},
			access.ReactivateEmployees{Client: "lumen", Employees: whom("bob")},
			access.RenewEmployees{Client: "lumen", Employees: whom("bob")},
			access.ChangeSuperAdmins{Client: "lumen", Employees: []access.SuperAdminChoice{{Employee: "sara"}}},
		} {
			require.Equal(t, "OFF-2", sara.deny(access.ErrNotAllowed, change).Rule)
		}
	}
}

func TestADM5_ASuperAdminWithoutAccessManagesNothingFromThePartnerAccount(t *testing.T) {
	s := play(t)
	s.Employee("sara")
	s.superAdmin("sara")
	_, err := s.Manager.IssueLink(t.Context(), access.By("sara"), access.IssueLink{Employee: "sara"})
	require.ErrorIs(t, err, access.ErrNotAllowed)
	s.as("sara").deny(access.ErrNotAllowed, access.BecomePartnerAdmin{Client: "lumen"})
	s.as("sara").deny(access.ErrNotAllowed, access.RemoveEmployee{Employee: "ann", All: true})
	s.as("sara").deny(access.ErrNotAllowed, access.NameClient{Client: "lumen", Name: "L"})
}

func TestADM6_TheSetIsAppliedWhenAUserIsCreated(t *testing.T) {
	s := play(t)
	s.partnerAdmin("petra") // AddEmployees with the built-in template
	petra := s.lumen("petra")
	require.Equal(t, relationship.PartnerAdmin, petra.Role)
	require.Equal(t, s.Catalog.PartnerAdmin().Names(), petra.Set)
	require.Equal(t, relationship.PartnerAdminTemplate, petra.Template)
}

func TestADM6_TheSetIsAppliedToAnExistingUser(t *testing.T) {
	s := play(t)
	s.AddEmployee("bob", "support", "contacts.view.all", "account.users.view")
	s.as("ann").allow(access.ChangeTemplate{Client: "lumen", Employees: whom("bob"), Template: relationship.PartnerAdminTemplate})
	bob := s.lumen("bob")
	require.Equal(t, relationship.PartnerAdmin, bob.Role)
	require.Equal(t, s.Catalog.PartnerAdmin().Names(), bob.Set)
}

func TestADM6_OnePartnerAdminIsChangedAlone(t *testing.T) {
	s := play(t)
	s.partnerAdmin("petra")
	s.as("carla").allow(access.ChangeMemberPermissions{
		Client: "lumen", User: "petra", Add: []string{"account.api-keys.manage"}, Remove: []string{"reports.view"},
	})
	require.True(t, s.can("petra", "account.api-keys.manage"))
	require.False(t, s.can("petra", "reports.view"))
	require.Equal(t, relationship.PartnerAdmin, s.lumen("petra").Role)
	require.Equal(t, s.Catalog.PartnerAdmin().Names(), s.lumen("ann").Set, "the others stay as they are")

	s.as("ann").allow(access.ChangeEmployeePermissions{Client: "lumen", Employee: "petra", Add: []string{"reports.view"}})
	result := s.as("petra").allow(access.ChangeEmployeePermissions{Client: "lumen", Employee: "ann", Add: []string{"account.audit-log.export"}})
	ann, _ := result.Member("lumen", "ann")
	require.True(t, ann.Withheld.Has("account.audit-log.export"), "by someone entitled to (DEL-1)")
}
