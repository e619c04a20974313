package access_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// sets are the answers of DEL-2.
type sets struct{ granted, revoked, withheld, retained, clipped, lost permset.Names }

var compareNames = cmp.Comparer(func(a, b permset.Names) bool { return a == b })

func requireSets(t *testing.T, want sets, got access.MemberChange) {
	t.Helper()
	is := sets{got.Granted, got.Revoked, got.Withheld, got.Retained, got.Clipped, got.Lost}
	require.Empty(t, cmp.Diff(want, is, cmp.AllowUnexported(sets{}), compareNames))
}

func TestDEL1_AnAddedEmployeeGetsWhatTheActorHolds(t *testing.T) {
	for _, test := range []struct {
		name              string
		actor, template   []string
		granted, withheld permset.Names
	}{
		{"all of it", []string{"reports.view", "crm.views.edit"}, []string{"reports.view"},
			perms("reports.view"), perms()},
		{"no Reports from who has none", []string{"crm.views.edit"}, []string{"reports.view", "crm.views.edit"},
			perms("crm.views.edit"), perms("reports.view")},
		{"none of it", []string{"crm.views.edit"}, []string{"reports.view"}, perms(), perms("reports.view")},
		{"what is implied is asked for too", []string{"contacts.view.own"}, []string{"contacts.edit.own"},
			perms("contacts.view.own"), perms("contacts.edit.own")},
		{"never what nobody may hand on", []string{"account.users.edit"},
			[]string{"account.billing.view", "account.close", "account.users.provision"},
			perms("account.users.edit", "account.users.view"),
			perms("account.billing.view", "account.close", "account.users.provision")},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newCast(t)
			c.manager("nia")
			c.narrow("nia", test.actor...)
			c.Employee("bob")
			c.Template("chosen", test.template...)
			got := c.change(access.By("nia"),
				access.AddEmployees{Client: "lumen", Employees: people("bob"), Template: "chosen"}, "bob")
			requireSets(t, sets{granted: test.granted, withheld: test.withheld}, got)
			require.Equal(t, test.granted, c.lumen("bob").Set)
		})
	}
}

func TestDEL1_WhatTheActorLacksIsKept(t *testing.T) {
	c := newCast(t)
	c.manager("nia")
	c.narrow("nia", "crm.views.edit", "crm.lists.edit")
	c.AddEmployee("bob", "analyst", "reports.view", "crm.views.edit")
	c.Template("lists", "crm.lists.edit", "tasks.create")

	got := c.change(access.By("nia"), access.ChangeTemplate{Client: "lumen", Employees: people("bob"), Template: "lists"}, "bob")
	requireSets(t, sets{
		granted:  perms("crm.lists.edit", "crm.lists.view"),
		revoked:  perms("crm.views.edit"),
		withheld: c.closed("tasks.create"),
		retained: perms("reports.view"),
	}, got)
	require.Equal(t, perms("crm.lists.edit", "crm.lists.view", "reports.view"), c.lumen("bob").Set)
}

func TestDEL1_WhatIsHeldInAnotherClientDoesNotCount(t *testing.T) {
	c := newCast(t)
	c.client("umbra", "ulla")
	c.manager("nia")
	c.narrow("nia", "crm.views.edit")
	c.Do(access.By("ulla"), access.MakePartnerAdmin{Client: "umbra", Partner: "northwind", Employee: "nia"})
	c.Employee("bob")
	c.Template("analyst", "reports.view")

	done := c.Do(access.By("nia"), access.LinkClients{Employee: "bob", Clients: accounts("lumen", "umbra"), Template: "analyst"})
	inLumen, _ := done.Member("lumen", "bob")
	inUmbra, _ := done.Member("umbra", "bob")
	requireSets(t, sets{withheld: perms("reports.view")}, inLumen)
	requireSets(t, sets{granted: perms("reports.view")}, inUmbra)
}

// DEL-1 bounds LINK, LINK-7 and ORG-3 where the client's side acts by an own
// user.
func TestDEL1_BoundsAnOwnUserWhoAddsAndEditsUsers(t *testing.T) {
	c := newCast(t)
	c.own("uma", "account.users.edit", "reports.view")
	c.own("otto", "crm.views.edit")
	c.User("zoe", "lumen.example")
	c.Employee("bob")
	c.Employee("dan")
	uma := access.By("uma")
	umas := perms("account.users.edit", "account.users.view", "reports.view")
	beyond := c.Catalog.PartnerAdmin().Names().Minus(umas)

	link := c.Issue(access.By("ann"), "bob")
	requireSets(t, sets{granted: umas, withheld: beyond},
		c.change(uma, access.ApproveLink{Client: "lumen", Secret: link.Secret}, "bob"))
	requireSets(t, sets{granted: umas, withheld: beyond},
		c.change(uma, access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "dan"}, "dan"))
	requireSets(t, sets{granted: perms("reports.view"), withheld: perms("tasks.view.own")},
		c.change(uma, access.AddMember{Client: "lumen", User: "zoe", Permissions: []string{"reports.view", "tasks.view.own"}}, "zoe"))
	requireSets(t, sets{granted: perms("reports.view"), retained: perms("crm.views.edit")},
		c.change(uma, access.ChangeMemberPermissions{
			Client: "lumen", User: "otto", Add: []string{"reports.view"}, Remove: []string{"crm.views.edit"},
		}, "otto"))
}

func TestDEL1_OFFandMIGAreNotBound(t *testing.T) {
	c := newCast(t)
	c.manager("nia")
	c.narrow("nia", "crm.views.edit")
	c.AddEmployee("bob", "analyst", "reports.view")
	c.superAdmin("max", "northwind.example")
	c.employ("max")

	c.Do(access.By("nia"), access.ChangeSuperAdmins{Client: "lumen", Employees: []access.SuperAdminChoice{{Employee: "max"}}})
	require.Equal(t, c.Catalog.PartnerAdmin().Names(), c.lumen("max").Set)

	c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", All: true})
	c.Do(access.By("nia"), access.ReactivateEmployees{Client: "lumen", Employees: people("bob")})
	require.Equal(t, perms("reports.view"), c.lumen("bob").Set)

	c.Do(access.By("nia"), access.RemoveEmployees{Client: "lumen", Employees: people("bob", "max")})
	require.Zero(t, c.lumen("bob"))
}

// Every answer at once, over a set that is closed by implication, under a
// ceiling, and under a catalogue that has lost a permission.
func TestDEL2_EverySet(t *testing.T) {
	store := memdb.New()
	before := cast{accesstest.New(t, accesstest.WithStore(store)), t}
	before.manager("nia")
	before.narrow("nia", "contacts.view.all", "crm.lists.edit", "crm.views.edit", "tasks.create")
	before.AddEmployee("bob", "mixed", "contacts.edit.own", "crm.views.edit", "reports.export")
	before.Template("next", "crm.lists.edit", "reports.view", "tasks.create")

	c := cast{accesstest.New(t, accesstest.WithStore(store), accesstest.WithCatalog(without(t, "reports.export")), accesstest.Empty()), t}
	all := c.Catalog.PartnerAdmin().Names().Minus(perms("crm.lists.edit")).Slice()
	c.Do(access.By("carla"), access.SetCeiling{Client: "lumen", Partner: "northwind", Permissions: all})
	c.Do(access.By("carla"), access.LiftCeiling{Client: "lumen", Partner: "northwind"})

	got := c.change(access.By("nia"), access.ChangeTemplate{Client: "lumen", Employees: people("bob"), Template: "next"}, "bob")
	requireSets(t, sets{
		granted:  perms("crm.lists.edit", "crm.lists.view", "tasks.create", "tasks.view.own"),
		revoked:  perms("crm.views.edit"),
		withheld: perms(), // bob has reports.view: exporting implied it
		retained: perms("contacts.edit.own", "contacts.view.own", "reports.export"),
		lost:     perms("reports.export"),
	}, got)

	c.Do(access.By("carla"), access.SetCeiling{Client: "lumen", Partner: "northwind", Permissions: all})
	got = c.change(access.By("carla"), access.ChangeMemberPermissions{
		Client: "lumen", User: "bob", Add: []string{"crm.views.edit", "account.close"}, Remove: []string{"reports.export"},
	}, "bob")
	requireSets(t, sets{
		granted:  perms("crm.views.edit"),
		revoked:  perms("reports.export"),
		withheld: c.closed("account.close"),
		clipped:  perms("crm.lists.edit"),
	}, got)
}

// without is the ready-made catalogue as if it had never had a permission.
func without(t *testing.T, names ...string) *permset.Catalog {
	t.Helper()
	declared := crm.Declaration()
	gone := perms(names...)
	kept := permset.Declaration{AddAndEditUsers: declared.AddAndEditUsers}
	for _, permission := range declared.Permissions {
		if !gone.Has(permission.Name) {
			kept.Permissions = append(kept.Permissions, permission)
		}
	}
	kept.PartnerAdmin = perms(declared.PartnerAdmin...).Minus(gone).Slice()
	catalog, err := permset.NewCatalog(kept)
	require.NoError(t, err)
	return catalog
}

func TestDEL2_ClippedForWantOfASeat(t *testing.T) {
	c := newCast(t)
	c.User("zoe", "lumen.example")
	got := c.change(access.By("carla"), access.AddMember{
		Client: "lumen", User: "zoe", Permissions: []string{"sales.sequences.use", "reports.view"},
	}, "zoe")
	requireSets(t, sets{granted: perms("sales.sequences.use", "reports.view"), clipped: perms("sales.sequences.use")}, got)

	got = c.change(access.By("carla"), access.SetSeat{Client: "lumen", User: "zoe", Paid: true}, "zoe")
	requireSets(t, sets{}, got)
	require.Equal(t, access.PaidSeat, got.After.Seat)
}

func TestDEL2_TellsAlsoWhenNothingIsChanged(t *testing.T) {
	c := newCast(t)
	c.manager("nia")
	c.narrow("nia", "crm.views.edit")
	c.AddEmployee("bob", "analyst", "reports.view")

	done := c.Do(access.By("nia"), access.ChangeEmployeePermissions{
		Client: "lumen", Employee: "bob", Add: []string{"tasks.view.own"}, Remove: []string{"reports.view"},
	})
	require.False(t, done.Changed)
	got, told := done.Member("lumen", "bob")
	require.True(t, told)
	requireSets(t, sets{withheld: perms("tasks.view.own"), retained: perms("reports.view")}, got)
	require.Equal(t, got.Before, got.After)
}

func TestDEL3_TheActorHoldsWhatTheyMayUseAtThatMoment(t *testing.T) {
	c := newCast(t)
	c.manager("nia")
	c.narrow("nia", "reports.view", "crm.views.edit")
	c.Employee("bob")
	c.Template("analyst", "reports.view", "crm.views.edit")
	add := access.AddEmployees{Client: "lumen", Employees: people("bob"), Template: "analyst"}
	requireSets(t, sets{granted: perms("reports.view", "crm.views.edit")}, first(c.plan(access.By("nia"), add)))

	c.Do(access.By("carla"), access.SetCeiling{Client: "lumen", Partner: "northwind", Permissions: []string{"crm.views.edit"}})
	requireSets(t, sets{granted: perms("crm.views.edit"), withheld: perms("reports.view")}, first(c.plan(access.By("nia"), add)))

	c.Do(access.By("carla"), access.LiftCeiling{Client: "lumen", Partner: "northwind"})
	requireSets(t, sets{granted: perms("reports.view", "crm.views.edit")}, first(c.plan(access.By("nia"), add)))

	c.Do(access.By("carla"), access.ChangeMemberPermissions{Client: "lumen", User: "nia", Remove: []string{"crm.views.edit"}})
	requireSets(t, sets{granted: perms("reports.view"), withheld: perms("crm.views.edit")}, first(c.plan(access.By("nia"), add)))

	c.Do(access.By("carla"), access.PauseMember{Client: "lumen", User: "nia"})
	c.deny(access.By("nia"), add, access.ErrNotAllowed)
}

// first is the only member that a plan is about.
func first(plan access.Plan) access.MemberChange { return plan.Members[0] }

func TestDEL3_WhoLacksOnlyASeatMayHandOn(t *testing.T) {
	c := newCast(t)
	c.own("uma", "account.users.edit", "sales.sequences.use")
	c.User("zoe", "lumen.example")
	require.Equal(t, access.ReasonNoSeat, c.reason("uma", "sales.sequences.use"))

	got := c.change(access.By("uma"), access.AddMember{Client: "lumen", User: "zoe", Permissions: []string{"sales.sequences.use"}}, "zoe")
	require.Equal(t, perms("sales.sequences.use"), got.Granted)

	got = c.change(access.By("uma"), access.ChangeMemberPermissions{Client: "lumen", User: "zoe", Remove: []string{"sales.sequences.use"}}, "zoe")
	require.Equal(t, perms("sales.sequences.use"), got.Revoked)
}

func TestDEL3_ASuperAdminHoldsTheWholeCatalogueAndEveryLostPermission(t *testing.T) {
	store := memdb.New()
	before := cast{accesstest.New(t, accesstest.WithStore(store)), t}
	before.own("uma", "account.users.edit", "reports.export")
	before.own("otto", "reports.export")
	before.AddEmployee("bob", "exporter", "reports.export")

	c := cast{accesstest.New(t, accesstest.WithStore(store), accesstest.WithCatalog(without(t, "reports.export")), accesstest.Empty()), t}
	remove := []string{"reports.export", "reports.view"}
	byPartner := access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Remove: remove}
	requireSets(t, sets{revoked: perms("reports.view"), retained: perms("reports.export"), lost: perms("reports.export")},
		c.change(access.By("ann"), byPartner, "bob"))
	ottos := access.ChangeMemberPermissions{Client: "lumen", User: "otto", Remove: remove}
	requireSets(t, sets{revoked: perms("reports.view"), retained: perms("reports.export"), lost: perms("reports.export")},
		c.change(access.By("uma"), ottos, "otto"))
	requireSets(t, sets{revoked: perms("reports.export")}, c.change(access.By("carla"), ottos, "otto"))

	requireSets(t, sets{granted: c.closed("account.billing.edit")}, c.change(access.By("carla"),
		access.ChangeMemberPermissions{Client: "lumen", User: "otto", Add: []string{"account.billing.edit"}}, "otto"))
}

func TestDEL3_BillingIsKeptByOthersAndNotHandedOn(t *testing.T) {
	c := newCast(t)
	c.superAdmin("max", "northwind.example")
	c.employ("max")
	c.Do(access.By("carla"), access.ChangeToPartnerAdmin{Client: "lumen", User: "max", Partner: "northwind", KeepBilling: true})
	require.True(t, c.may("max", "account.billing.view"))

	c.Employee("bob")
	c.Template("books", "account.billing.view", "reports.view")
	got := c.change(access.By("max"), access.AddEmployees{Client: "lumen", Employees: people("bob"), Template: "books"}, "bob")
	requireSets(t, sets{granted: perms("reports.view"), withheld: perms("account.billing.view")}, got)

	got = c.change(access.By("max"), access.ChangeEmployeePermissions{Client: "lumen", Employee: "max", Remove: []string{"account.billing.view"}}, "max")
	requireSets(t, sets{retained: perms("account.billing.edit", "account.billing.payment-methods",
		"account.billing.tax-details", "account.billing.view", "account.seats.manage")}, got) // with all that imply it
	require.True(t, c.may("max", "account.billing.view"), "not taken either: it counts as a super admin's")

	c.own("uma", "account.users.edit", "account.billing.view")
	c.User("zoe", "lumen.example")
	got = c.change(access.By("uma"), access.AddMember{Client: "lumen", User: "zoe", Permissions: []string{"account.billing.view"}}, "zoe")
	requireSets(t, sets{withheld: perms("account.billing.view")}, got)
}

// Two partner admins who lack Reports cannot come to it by any detour.
func TestDEL4_NoDetour(t *testing.T) {
	c := newCast(t)
	c.manager("nia")
	c.manager("noa")
	c.narrow("nia", "crm.views.edit")
	c.narrow("noa", "crm.views.edit")
	c.Do(access.By("carla"), access.RemoveMember{Client: "lumen", User: "ann"})
	c.Template("analyst", "reports.view", "crm.views.edit")

	c.Do(access.By("nia"), access.ChangeTemplate{Client: "lumen", Employees: people("noa"), Template: "analyst"})
	c.Do(access.By("nia"), access.ChangeTemplate{Client: "lumen", Employees: people("noa"), Template: "partner admin"})
	c.Do(access.By("noa"), access.ChangeEmployeePermissions{Client: "lumen", Employee: "nia", Add: []string{"reports.view"}})
	c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "nia", All: true})
	c.Do(access.By("noa"), access.ReactivateEmployees{Client: "lumen", All: true})
	c.Do(access.By("ann"), access.RemoveEmployee{Employee: "nia", All: true})
	c.Do(access.By("noa"), access.AddEmployees{Client: "lumen", Employees: people("nia"), Template: "partner admin"})
	for _, user := range people("nia", "noa") {
		require.Equal(t, relationship.PartnerAdmin, c.lumen(user).Role)
		require.Equal(t, perms("crm.views.edit"), c.lumen(user).Set)
	}
}
