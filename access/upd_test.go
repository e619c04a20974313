package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

func TestUPD1_AnotherTemplate(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "tickets.view.own", "reports.view")
	c.Template("writer", "content.blog.edit", "reports.view")

	got := c.change(access.By("ann"), access.ChangeTemplate{Client: "lumen", Employees: people("bob"), Template: "writer"}, "bob")
	requireSets(t, sets{granted: c.closed("content.blog.edit"), revoked: perms("tickets.view.own")}, got)
	require.Equal(t, "support", got.Before.Template)
	require.Equal(t, "writer", got.After.Template)
	require.Equal(t, c.closed("content.blog.edit", "reports.view"), c.lumen("bob").Set)
	require.True(t, c.may("bob", "content.blog.edit"))
	require.False(t, c.may("bob", "tickets.view.own"))
}

func TestUPD1_StaffAndContractorsAlike(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "tickets.view.own")
	c.freelancer("fay")
	c.Do(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: people("fay"), Template: "support"})
	c.Template("writer", "content.blog.edit")

	done := c.Do(access.By("ann"), access.ChangeTemplate{Client: "lumen", Employees: people("bob", "fay"), Template: "writer"})
	require.Len(t, done.Members, 2)
	require.Equal(t, c.lumen("bob").Set, c.lumen("fay").Set)
}

func TestUPD1_TheRoleGoesWithTheTemplate(t *testing.T) {
	c := newCast(t)
	c.manager("nia")
	c.narrow("nia", "crm.views.edit")
	c.Template("writer", "content.blog.edit")

	got := c.change(access.By("ann"), access.ChangeTemplate{Client: "lumen", Employees: people("nia"), Template: "writer"}, "nia")
	require.Equal(t, relationship.PartnerAdmin, got.Before.Role)
	require.Equal(t, relationship.Standard, got.After.Role)
	c.deny(access.By("nia"), access.ChangeTemplate{Client: "lumen", Employees: people("ann"), Template: "writer"}, access.ErrNotAllowed, "nia")
}

// Who may change a managed member, by a template (UPD-1) and singly (UPD-2):
// an active partner admin of that client for the same partner. The one who
// refuses everybody else names the client and the actor.
func TestUPD1_UPD2_WhoMay(t *testing.T) {
	c := newCast(t)
	c.southwind()
	c.client("umbra", "ulla")
	c.AddEmployee("bob", "support", "tickets.view.own")
	c.Template("writer", "content.blog.edit")
	c.manager("nia")
	c.narrow("nia", "content.blog.edit")
	c.manager("off")
	c.narrow("off", "content.blog.edit")
	c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "off", All: true})
	c.manager("dan")                         // access, but no member
	c.superAdmin("max", "northwind.example") // being super admin is not enough (ADM-5)
	c.employ("max")                          //
	c.manager("una")                         // partner admin elsewhere
	c.manager("std")                         // a standard member
	c.Do(access.By("ulla"), access.MakePartnerAdmin{Client: "umbra", Partner: "northwind", Employee: "una"})
	c.Do(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: people("std"), Template: "support"})
	c.own("uma", "account.users.edit")

	byTemplate := access.ChangeTemplate{Client: "lumen", Employees: people("bob"), Template: "writer"}
	singly := access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Add: []string{"content.blog.view"}}
	for _, deny := range []struct {
		actor  relationship.UserID
		reason error
	}{
		{"off", access.ErrNotAllowed}, {"dan", access.ErrNotAllowed}, {"max", access.ErrNotAllowed}, {"una", access.ErrNotAllowed},
		{"std", access.ErrNotAllowed}, {"bob", access.ErrNotAllowed}, {"pia", access.ErrUnknownTemplate},
		{"carla", access.ErrWhichPartner}, {"uma", access.ErrWhichPartner}, {"nobody", access.ErrWhichPartner},
	} {
		c.deny(access.By(deny.actor), byTemplate, deny.reason)
	}
	c.deny(access.By("pia"), singly, access.ErrUnknownEmployee, "southwind", "bob")
	c.deny(access.By("max"), singly, access.ErrNotAllowed, "lumen", "max")
	c.deny(access.By("off"), singly, access.ErrNotAllowed, "lumen", "off")

	c.Do(access.By("nia"), singly)
	c.Do(access.By("nia"), byTemplate)
}

// Whom a partner admin changes: members whom the partner manages there, and
// nobody else. All of those who are no such member get one answer.
func TestUPD1_UPD2_Whom(t *testing.T) {
	c := newCast(t)
	c.southwind()
	c.manager("dan")
	c.own("otto", "reports.view")
	c.freelancer("fay") // an employee, and the client's own
	c.Do(access.By("carla"), access.AddMember{Client: "lumen", User: "fay"})
	c.bothPartners("ida") // an employee of both, and Southwind's member
	c.Template("writer", "content.blog.edit")
	c.AddEmployee("off", "support", "tickets.view.own")
	c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "off", All: true})
	for _, deny := range []struct {
		target relationship.UserID
		reason error
	}{
		{"dan", access.ErrUnknownMember}, {"fay", access.ErrUnknownMember}, {"ida", access.ErrUnknownMember}, {"otto", access.ErrUnknownEmployee}, {"pia", access.ErrUnknownEmployee},
		{"nobody", access.ErrUnknownEmployee}, {"carla", access.ErrUnknownEmployee}, {"off", access.ErrDeactivated},
	} {
		c.deny(access.By("ann"), access.ChangeTemplate{Client: "lumen", Employees: people(deny.target), Template: "writer"},
			deny.reason, string(deny.target))
		c.deny(access.By("ann"), access.ChangeEmployeePermissions{Client: "lumen", Employee: deny.target, Add: []string{"reports.view"}},
			deny.reason, string(deny.target))
	}
}

func TestUPD2_AddingAddsWhatIsImpliedAndRemovingRemovesWhatImplies(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "tickets.view.own")
	edit := func(add, remove []string) access.MemberChange {
		return c.change(access.By("ann"), access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Add: add, Remove: remove}, "bob")
	}
	requireSets(t, sets{granted: c.closed("contacts.edit.team")}, edit([]string{"contacts.edit.team"}, nil))
	requireSets(t, sets{revoked: perms("contacts.edit.team", "contacts.view.team")}, edit(nil, []string{"contacts.view.team"}))
	requireSets(t, sets{granted: perms("crm.views.edit"), revoked: perms("contacts.edit.own")},
		edit([]string{"crm.views.edit"}, []string{"contacts.edit.own"}))
	require.Equal(t, "support", c.lumen("bob").Template, "role and template stay")
}

func TestUPD2_WithinDEL1(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "editor", "contacts.edit.team")
	c.manager("nia")
	c.narrow("nia", "contacts.view.all", "crm.views.edit")

	got := c.change(access.By("nia"), access.ChangeEmployeePermissions{
		Client: "lumen", Employee: "bob", Add: []string{"crm.views.edit", "reports.view"}, Remove: []string{"contacts.view.own"},
	}, "bob")
	requireSets(t, sets{
		granted:  perms("crm.views.edit"),
		withheld: perms("reports.view"),
		retained: c.closed("contacts.edit.team"), // nia lacks editing, and that puts back what it implies
	}, got)
}

func TestUPD2_FromTheClientsSide(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "tickets.view.own")
	c.own("otto", "reports.view")
	c.own("uma", "account.users.edit", "reports.view", "crm.views.edit")
	edit := func(user relationship.UserID) access.ChangeMemberPermissions {
		return access.ChangeMemberPermissions{Client: "lumen", User: user, Add: []string{"crm.views.edit"}}
	}
	c.Do(access.By("uma"), edit("otto"))
	c.deny(access.By("uma"), edit("bob"), access.ErrNotAllowed, "lumen", "bob") // standard own users only (ORG-3)
	c.deny(access.By("ann"), edit("bob"), access.ErrNotAllowed, "lumen", "ann")
	c.deny(access.By("bob"), edit("bob"), access.ErrNotAllowed, "lumen", "bob")
	c.deny(access.By("otto"), edit("otto"), access.ErrNotAllowed, "lumen", "otto")
	c.deny(access.By("carla"), edit("nobody"), access.ErrUnknownMember, "lumen", "nobody")
	c.Do(access.By("carla"), edit("bob"))
	require.True(t, c.may("bob", "crm.views.edit"))
	require.True(t, c.may("otto", "crm.views.edit"))
}

func TestUPD2_RefusesWhatCannotBeMeant(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "tickets.view.own")
	edit := func(add, remove []string) access.Change {
		return access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Add: add, Remove: remove}
	}
	c.deny(access.By("ann"), edit([]string{"reports.view"}, []string{"reports.view"}), access.ErrInvalid)
	c.deny(access.By("ann"), edit([]string{"reports.edit"}, []string{"reports.view"}), access.ErrInvalid)
	c.deny(access.By("ann"), edit([]string{"reports.veiw"}, nil), access.ErrUnknownPermission, "reports.veiw")
	c.deny(access.By("ann"), edit(nil, []string{"reports.veiw"}), access.ErrUnknownPermission, "reports.veiw")
	c.deny(access.By("ann"), access.ChangeTemplate{Client: "lumen", Template: "support"}, access.ErrInvalid)
	c.deny(access.By("ann"), access.ChangeTemplate{Client: "lumen", Employees: people("bob", "bob"), Template: "support"}, access.ErrInvalid)
	c.deny(access.By("ann"), access.ChangeTemplate{Client: "lumen", Employees: people("bob"), Template: "none"}, access.ErrUnknownTemplate, "northwind")
}

func TestUPD3_ASuperAdminIsNotChangedThisWay(t *testing.T) {
	c := newCast(t)
	c.superAdmin("max", "northwind.example")
	c.employ("max")
	c.Template("writer", "content.blog.edit")
	c.deny(access.By("ann"), access.ChangeTemplate{Client: "lumen", Employees: people("max"), Template: "writer"},
		access.ErrSuperAdmin, "lumen", "max")
	c.deny(access.By("ann"), access.ChangeEmployeePermissions{Client: "lumen", Employee: "max", Remove: []string{"reports.view"}},
		access.ErrSuperAdmin, "lumen", "max")
	for _, actor := range people("carla", "max") {
		c.deny(access.By(actor), access.ChangeMemberPermissions{Client: "lumen", User: "max", Remove: []string{"reports.view"}},
			access.ErrSuperAdmin, "lumen", "max")
	}
	c.Do(access.By("ann"), access.ChangeSuperAdmins{Client: "lumen", Employees: []access.SuperAdminChoice{{Employee: "max"}}})
	c.Do(access.By("ann"), access.ChangeTemplate{Client: "lumen", Employees: people("max"), Template: "writer"})
}

func TestDEL5_WhoMayGiveThePartnerAdminTemplate(t *testing.T) {
	c := newCast(t)
	c.southwind()
	c.bareClient("umbra", "ulla")
	c.manager("nia")
	c.narrow("nia", "crm.views.edit")
	c.AddEmployee("bob", "support", "reports.view")
	c.Employee("dan")
	c.manager("off")
	c.narrow("off", "crm.views.edit")
	c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "off", All: true})
	for _, manager := range people("bob", "dan") { // Client Access Manager access alone is not enough
		c.Do(access.By("ann"), access.ChangeEmployee{Employee: manager, Kind: relationship.Staff, View: true, Edit: true})
	}
	c.Employee("eve")
	give := func(client relationship.ClientID, employee relationship.UserID) access.AddEmployees {
		return access.AddEmployees{Client: client, Employees: people(employee), Template: relationship.PartnerAdminTemplate}
	}

	for _, actor := range people("bob", "dan", "off") {
		c.deny(access.By(actor), give("lumen", "eve"), access.ErrNotAllowed, string(actor), "lumen")
	}
	c.deny(access.By("carla"), give("lumen", "eve"), access.ErrWhichPartner, "carla")
	c.deny(access.By("pia"), give("lumen", "eve"), access.ErrUnknownEmployee, "southwind", "eve")
	c.deny(access.By("ann"), give("umbra", "eve"), access.ErrNotAllowed, "umbra") // the first one needs the client

	got := c.change(access.By("nia"), give("lumen", "eve"), "eve")
	require.Equal(t, relationship.PartnerAdmin, got.After.Role)
	require.Equal(t, relationship.PartnerAdminTemplate, got.After.Template)
	requireSets(t, sets{
		granted: perms("crm.views.edit"), withheld: c.Catalog.PartnerAdmin().Names().Minus(perms("crm.views.edit")),
	}, got) // the set by DEL-1

	got = c.change(access.By("ann"), access.ChangeTemplate{Client: "lumen", Employees: people("bob"), Template: "partner admin"}, "bob")
	require.Equal(t, relationship.PartnerAdmin, got.After.Role)
	require.Equal(t, c.Catalog.PartnerAdmin().Names(), got.After.Set)
}

func TestDEL5_SuperAdminCannotBePicked(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.Employee("dan")
	for _, name := range []string{"super admin", "Super Admin", "super-admin", ""} {
		c.deny(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: people("dan"), Template: name}, access.ErrUnknownTemplate, "northwind")
		c.deny(access.By("ann"), access.ChangeTemplate{Client: "lumen", Employees: people("bob"), Template: name}, access.ErrUnknownTemplate, "northwind")
	}
	for _, name := range []string{"super admin", "Super Admin", " SUPER ADMIN\t"} {
		c.deny(access.By("ann"), access.MakeTemplate{Name: name, Permissions: []string{"reports.view"}}, access.ErrInvalid)
	}
}
