package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// rolloutSkipped is why a member was left as they are; "" when they were not.
func rolloutSkipped(effects access.Effects, client relationship.ClientID, user relationship.UserID) string {
	for _, skipped := range effects.Skipped {
		if skipped.Place == (access.Place{Client: client, User: user}) {
			return skipped.Why
		}
	}
	return ""
}

// rolloutCast is Northwind at work in three clients. ann is partner admin of
// Lumen, where she lacks Reports, and of Umbra; in Vega, nia is. The template
// "support" was edited after it was given to bob, cleo and dirk.
func rolloutCast(t *testing.T, options ...accesstest.Option) cast {
	c := newCast(t, options...)
	c.client("umbra", "ulla")
	c.bareClient("vega", "vera")
	c.manager("nia")
	c.Do(access.By("vera"), access.MakePartnerAdmin{Client: "vega", Partner: "northwind", Employee: "nia"})
	c.Template("support", "contacts.edit.own")
	for _, user := range people("bob", "cleo", "dirk") {
		c.Employee(user)
		c.Do(access.By("ann"), access.LinkClients{Employee: user, Clients: accounts("lumen", "umbra"), Template: "support"})
		c.Do(access.By("nia"), access.AddEmployees{Client: "vega", Employees: people(user), Template: "support"})
	}
	c.Do(access.By("carla"), access.ChangeMemberPermissions{Client: "lumen", User: "ann", Remove: []string{"reports.view"}})
	c.Do(access.By("ann"), access.EditTemplate{Name: "support", Permissions: []string{"contacts.view.own", "reports.view", "account.close"}})
	return c
}

// In each client the actor's own set there bounds what is given and taken, and
// where they are no partner admin nobody is touched.
func TestPSET4_RollingOutIsBoundedClientByClient(t *testing.T) {
	c := rolloutCast(t)
	before := c.Member("vega", "bob")
	done := c.Do(access.By("ann"), access.RollOutTemplate{Name: "support", All: true})
	require.Len(t, done.Members, 6)
	require.Len(t, done.Skipped, 3)

	lumen, _ := done.Member("lumen", "bob")
	requireSets(t, sets{revoked: perms("contacts.edit.own"), withheld: perms("account.close", "reports.view")}, lumen)
	umbra, _ := done.Member("umbra", "bob")
	requireSets(t, sets{granted: perms("reports.view"), revoked: perms("contacts.edit.own"), withheld: perms("account.close")}, umbra)
	require.Equal(t, before, c.Member("vega", "bob"))
	require.Contains(t, rolloutSkipped(done.Effects, "vega", "bob"), `not allowed, client "vega", user "ann"`)

	// nia does what is left.
	done = c.Do(access.By("nia"), access.RollOutTemplate{Name: "support", All: true})
	require.Len(t, done.Members, 3)
	require.Equal(t, perms("contacts.view.own", "reports.view"), c.Member("vega", "bob").Set)
}

func TestPSET4_RollingOutWhereItIsWanted(t *testing.T) {
	c := rolloutCast(t)
	c.bareClient("solo", "sol")
	before := c.lumen("bob")
	done := c.Do(access.By("ann"), access.RollOutTemplate{Name: "support", Clients: accounts("umbra", "vega")})
	require.Len(t, done.Members, 3)
	require.Len(t, done.Skipped, 3)
	require.Equal(t, before, c.lumen("bob"))

	// A client that nobody serves is not to be told from one that is not there.
	for _, client := range accounts("solo", "nowhere") {
		c.deny(access.By("ann"), access.RollOutTemplate{Name: "support", Clients: accounts(client)}, access.ErrNoRelationship, "northwind", string(client))
	}
	for _, clients := range [][]relationship.ClientID{{}, {"umbra", "umbra"}} {
		c.deny(access.By("ann"), access.RollOutTemplate{Name: "support", Clients: clients}, access.ErrInvalid)
	}
}

// Whoever may not be changed is left as they are, and the others are not kept
// waiting for them: deactivated, who would outlast the actor, who is there
// already, and whoever is linked and would get the role.
func TestPSET4_RollingOutLeavesSomeAsTheyAre(t *testing.T) {
	c := rolloutCast(t)
	c.Do(access.By("ann"), access.DeactivateEmployees{Client: "umbra", Employees: people("bob")})
	c.Do(access.By("ann"), access.ChangeTemplate{Client: "umbra", Employees: people("cleo"), Template: "support"})
	done := c.Do(access.By("ann"), access.RollOutTemplate{Name: "support", Clients: accounts("umbra")})
	require.Contains(t, rolloutSkipped(done.Effects, "umbra", "bob"), access.ErrDeactivated.Error())
	require.Equal(t, perms("contacts.view.own", "contacts.edit.own"), c.Member("umbra", "bob").Set)
	_, changed := done.Member("umbra", "dirk")
	require.True(t, changed)
	cleo, told := done.Member("umbra", "cleo") // account.close is still withheld from her
	require.True(t, told)
	requireSets(t, sets{withheld: perms("account.close")}, cleo)

	c.Do(access.By("ann"), access.EditTemplate{Name: "support", Permissions: []string{"contacts.view.own", "reports.view"}})
	done = c.Do(access.By("ann"), access.RollOutTemplate{Name: "support", Clients: accounts("umbra")})
	require.False(t, done.Changed)
	require.Empty(t, done.Members)
	require.Equal(t, "they have it as it is (PSET-4)", rolloutSkipped(done.Effects, "umbra", "cleo"))

	// ann's time in Umbra is bounded, and that of those there is not: nothing is
	// granted to them, but something may be taken away (DEL-6).
	c.Do(access.By("ulla"), access.SetMemberEnd{Client: "umbra", User: "ann", End: c.Clock.Now().Add(time.Hour)})
	c.Do(access.By("ann"), access.EditTemplate{Name: "support", Permissions: []string{"reports.view", "crm.views.edit", "account.close"}})
	done = c.Do(access.By("ann"), access.RollOutTemplate{Name: "support", Clients: accounts("umbra")})
	require.Contains(t, rolloutSkipped(done.Effects, "umbra", "cleo"), access.ErrOutlasts.Error())
	require.Empty(t, done.Members, "nor is it told what would have been withheld")
	require.False(t, done.Changed)
	c.Do(access.By("ann"), access.EditTemplate{Name: "support", Permissions: []string{"reports.view"}})
	done = c.Do(access.By("ann"), access.RollOutTemplate{Name: "support", Clients: accounts("umbra")})
	require.Equal(t, perms("reports.view"), c.Member("umbra", "cleo").Set)
	require.Len(t, done.Members, 2)
}

// A plan of it shows all outcomes, and is applied for those who are ticked.
func TestPSET4_RollingOutInPart(t *testing.T) {
	c := rolloutCast(t)
	bob, cleo := access.Place{Client: "umbra", User: "bob"}, access.Place{Client: "lumen", User: "cleo"}
	plan := c.plan(access.By("ann"), access.RollOutTemplate{Name: "support", All: true})
	require.Len(t, plan.Members, 6)
	require.Len(t, plan.Skipped, 3)
	require.Contains(t, plan.String(), `"bob" in "vega" is left as is: not allowed`)

	part := c.parsed(c.text(plan.Only(bob, cleo)))
	done := c.apply(access.By("ann"), part)
	require.Len(t, done.Members, 2)
	require.Empty(t, done.Skipped)
	require.Equal(t, perms("contacts.view.own", "reports.view"), c.Member("umbra", "bob").Set)
	require.Equal(t, perms("contacts.view.own"), c.lumen("cleo").Set)
	require.Equal(t, c.closed("contacts.edit.own"), c.Member("umbra", "dirk").Set)

	// What was planned before is another thing now.
	require.NotEmpty(t, c.changed(access.By("ann"), plan))
}

// The template is edited between planning and applying: nothing happens.
func TestPSET4_RollingOutWhatWasReviewed(t *testing.T) {
	c := rolloutCast(t)
	plan := c.plan(access.By("ann"), access.RollOutTemplate{Name: "support", Clients: accounts("umbra")})
	c.Do(access.By("ann"), access.EditTemplate{Name: "support", Permissions: []string{"contacts.view.own"}})
	before := c.Member("umbra", "bob")
	require.NotEmpty(t, c.changed(access.By("ann"), plan))
	require.Equal(t, before, c.Member("umbra", "bob"))
}

// Rolling out is the partner's own act in each client in which it changes
// somebody, and in no other (REL-4).
func TestPSET4_RollingOutIsActivityWhereItChanges(t *testing.T) {
	c := rolloutCast(t)
	vega := c.Relationship("northwind", "vega").Activity
	c.Clock.Turn(5 * time.Hour)
	c.Do(access.By("ann"), access.RollOutTemplate{Name: "support", All: true})
	require.Equal(t, c.Clock.Now(), c.Relationship("northwind", "umbra").Activity)
	require.Equal(t, vega, c.Relationship("northwind", "vega").Activity)
}

// rolloutGrown is the ready-made catalogue with one permission more, which
// partner admins are to have.
func rolloutGrown(t *testing.T) *permset.Catalog {
	return declared(t, func(d *permset.Declaration) {
		d.Permissions = append(d.Permissions, permset.Declared{Name: "forms.edit", Title: "Edit forms", Group: "Forms"})
		d.PartnerAdmin = append(d.PartnerAdmin, "forms.edit")
	})
}

// A built-in template that grows reaches nobody by itself (PSET-5): the
// catalogue widens nothing, nobody has what is new, and rolling it out gives
// nobody what the actor lacks. Only when the client's side has conferred it on
// a partner admin do they hand it on (DEL-5).
func TestPSET5_ABuiltInTemplateThatGrowsReachesNobodyByItself(t *testing.T) {
	c := newCast(t)
	c.manager("nia")
	c.Do(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: people("nia"), Template: relationship.PartnerAdminTemplate})
	was := []relationship.Member{c.lumen("ann"), c.lumen("nia")}
	plan, err := access.PlanCatalog(c.Store, rolloutGrown(t))
	require.NoError(t, err)
	require.Equal(t, "nobody gains anything\n", plan.String())

	later := c.reopened(rolloutGrown(t))
	require.Equal(t, was, []relationship.Member{later.lumen("ann"), later.lumen("nia")})
	require.False(t, later.may("nia", "forms.edit"))
	require.Equal(t, []string{`"ann" in "lumen": missing: forms.edit`, `"nia" in "lumen": missing: forms.edit`},
		rolloutDrift(later, "ann", relationship.PartnerAdminTemplate))

	everywhere := access.RollOutTemplate{Name: relationship.PartnerAdminTemplate, All: true}
	done := later.Do(access.By("ann"), everywhere)
	require.False(t, done.Changed)
	for _, user := range people("ann", "nia") {
		told, _ := done.Member("lumen", user)
		requireSets(t, sets{withheld: perms("forms.edit")}, told)
	}

	later.Do(access.By("carla"), access.ChangeMemberPermissions{Client: "lumen", User: "ann", Add: []string{"forms.edit"}})
	requireSets(t, sets{granted: perms("forms.edit")}, later.change(access.By("ann"), everywhere, "nia"))
	require.Equal(t, relationship.PartnerAdmin, later.lumen("nia").Role)
	require.True(t, later.may("nia", "forms.edit"))
	require.Empty(t, rolloutDrift(later, "nia", relationship.PartnerAdminTemplate))
}
