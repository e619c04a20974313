package access_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

func TestOFF4_OnePartnerAdminLeftReactivatesOrRemovesThemAll(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.AddEmployee("eve", "helper", "reports.view")
	c.Do(access.By("ann"), access.DeactivateEmployees{Client: "lumen", Employees: people("bob", "eve")})
	c.Do(access.By("ann"), access.ReactivateEmployees{Client: "lumen", All: true})
	require.True(t, c.may("bob", "reports.view") && c.may("eve", "reports.view"))

	c.Do(access.By("ann"), access.DeactivateEmployees{Client: "lumen", Employees: people("bob", "eve")})
	c.Do(access.By("ann"), access.RemoveEmployees{Client: "lumen", Employees: people("bob", "eve")})
	require.Equal(t, 1, c.Relationship("northwind", "lumen").Members)
}

func TestOFF5_WithoutAnActivePartnerAdmin(t *testing.T) {
	for name, back := range map[string]func(c cast) access.Change{
		"back by the client": func(cast) access.Change { return access.ReactivateMember{Client: "lumen", User: "ann"} },
		"back by an approval": func(c cast) access.Change {
			return access.ApproveLink{Client: "lumen", Secret: c.Link.Secret}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCast(t)
			c.AddEmployee("bob", "support", "reports.view")
			c.manager("dan")
			c.Do(access.By("dan"), access.DeactivateEmployees{Client: "lumen", All: true}) // partner admins included
			for _, actor := range people("ann", "dan") {
				for _, change := range []access.Change{
					access.ReactivateEmployees{Client: "lumen", All: true},
					access.AddEmployees{Client: "lumen", Employees: people("dan"), Template: "support"},
					access.ChangeTemplate{Client: "lumen", Employees: people("bob"), Template: "support"},
				} {
					c.deny(access.By(actor), change, access.ErrNotAllowed, "lumen", string(actor))
				}
			}
			c.Do(access.By("dan"), access.RemoveEmployees{Client: "lumen", Employees: people("bob")})
			c.Do(access.By("carla"), back(c))
			c.Do(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: people("bob"), Template: "support"})
			c.Do(access.By("dan"), access.RemoveEmployees{Client: "lumen", All: true})
			require.Equal(t, relationship.Ending, c.Relationship("northwind", "lumen").Phase)
		})
	}
}

// deputies are what one employee and everybody in one client come to when
// they are taken out: bob and eve are in Lumen, bob in Umbra too.
func deputies(t *testing.T) cast {
	c := newCast(t)
	c.client("umbra", "ulla")
	c.AddEmployee("bob", "support", "reports.view")
	c.AddEmployee("eve", "helper", "reports.view")
	c.Do(access.By("ann"), access.LinkClients{Employee: "bob", Clients: accounts("umbra"), Template: "support"})
	return c
}

// places are those that a plan is about.
func places(plan access.Plan) (list []access.Place) {
	for _, member := range plan.Members {
		list = append(list, member.Place)
	}
	return list
}

func TestOFF6_AReviewOfOneEmployeeShowsEveryClient(t *testing.T) {
	c := deputies(t)
	for _, change := range []access.Change{access.DeactivateEmployee{Employee: "bob", All: true}, access.RemoveEmployee{Employee: "bob", All: true}} {
		review := c.plan(access.By("ann"), change)
		require.Equal(t, []access.Place{{Client: "lumen", User: "bob"}, {Client: "umbra", User: "bob"}}, places(review))
		require.True(t, c.may("bob", "reports.view"), "a review changes nothing")
	}
}

func TestOFF6_AReviewOfOneClientShowsEveryMemberOfThePartner(t *testing.T) {
	c := deputies(t)
	c.southwind()
	c.own("otto", "reports.view")
	for _, change := range []access.Change{access.DeactivateEmployees{Client: "lumen", All: true}, access.RemoveEmployees{Client: "lumen", All: true}} {
		review := c.plan(access.By("ann"), change)
		require.Equal(t, []access.Place{{Client: "lumen", User: "ann"}, {Client: "lumen", User: "bob"}, {Client: "lumen", User: "eve"}}, places(review))
	}
}

func TestOFF6_ExactlyWhatIsTickedIsDone(t *testing.T) {
	c := deputies(t)
	review := c.plan(access.By("ann"), access.RemoveEmployees{Client: "lumen", All: true})
	require.Equal(t, []access.Transition{{Partner: "northwind", Client: "lumen", From: relationship.Active, To: relationship.Ending, EndsAfter: relationship.EndingTime}},
		review.Relationships)
	some := review.Only(access.Place{Client: "lumen", User: "bob"}, access.Place{Client: "lumen", User: "eve"})
	require.Empty(t, some.Relationships, "ann is left")

	done, err := c.Manager.Apply(context.Background(), access.By("ann"), some)
	require.NoError(t, err)
	require.Len(t, done.Members, 2)
	require.Zero(t, c.lumen("bob"))
	require.Zero(t, c.lumen("eve"))
	require.NotZero(t, c.lumen("ann"))
	require.NotZero(t, c.Member("umbra", "bob"))
}

// Whatever changes in between and bears on the review: nothing happens, and
// the caller is told.
func TestOFF6_WhenSomethingChangedInBetweenNothingHappens(t *testing.T) {
	for name, between := range map[string]func(c cast){
		"one more client": func(c cast) {
			c.client("vega", "vera")
			c.Do(access.By("ann"), access.LinkClients{Employee: "bob", Clients: accounts("vega"), Template: "support"})
		},
		"one client less": func(c cast) { c.Do(access.By("ulla"), access.RemoveMember{Client: "umbra", User: "bob"}) },
		"another permission": func(c cast) {
			c.Do(access.By("carla"), access.ChangeMemberPermissions{Client: "lumen", User: "bob", Add: []string{"crm.views.edit"}})
		},
		"another role": func(c cast) {
			c.Do(access.By("ann"), access.ChangeTemplate{Client: "lumen", Employees: people("bob"), Template: "partner admin"})
		},
		"deactivated":       func(c cast) { c.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "bob"}) },
		"made super admin":  func(c cast) { c.Do(access.By("carla"), access.MakeSuperAdmin{Client: "lumen", User: "bob"}) },
		"the last one left": func(c cast) { c.Do(access.By("ulla"), access.RemoveMember{Client: "umbra", User: "ann"}) },
	} {
		for kind, change := range map[string]access.Change{
			"removing":     access.RemoveEmployee{Employee: "bob", All: true},
			"deactivating": access.DeactivateEmployee{Employee: "bob", All: true},
		} {
			if name == "the last one left" && kind == "deactivating" {
				continue // deactivating ends no relationship (REL-2)
			}
			t.Run(kind+", "+name, func(t *testing.T) {
				c := deputies(t)
				review := c.plan(access.By("ann"), change)
				between(c)
				before := c.Store.Snapshot().Revision()
				_, err := c.Manager.Apply(context.Background(), access.By("ann"), review)
				var changed *access.ChangedError
				require.ErrorAs(t, err, &changed)
				require.ErrorIs(t, err, access.ErrChanged)
				require.NotEmpty(t, changed.Differences)
				require.Equal(t, before, c.Store.Snapshot().Revision())
			})
		}
	}
}

// What changes elsewhere is not relevant.
func TestOFF6_WhatIsNotReviewedMayChange(t *testing.T) {
	c := deputies(t)
	review := c.plan(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true}).Only(access.Place{Client: "lumen", User: "bob"})
	c.Do(access.By("ulla"), access.ChangeMemberPermissions{Client: "umbra", User: "bob", Add: []string{"crm.views.edit"}})
	c.Do(access.By("carla"), access.RemoveMember{Client: "lumen", User: "eve"})
	_, err := c.Manager.Apply(context.Background(), access.By("ann"), review)
	require.NoError(t, err)
	require.Zero(t, c.lumen("bob"))
}

func TestOFF7_OneSeveralOrAllClients(t *testing.T) {
	for _, test := range []struct {
		name    string
		clients []relationship.ClientID
		lumen   bool // still a member there
		umbra   bool
	}{
		{"one", accounts("umbra"), true, false},
		{"several", accounts("lumen", "umbra"), false, false},
		{"all", nil, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := deputies(t)
			c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", Clients: test.clients, All: test.clients == nil})
			require.Equal(t, test.lumen, c.Manager.CheckName("bob", "lumen", "reports.view").Allowed())
			require.Equal(t, test.umbra, c.Manager.CheckName("bob", "umbra", "reports.view").Allowed())
			c.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", Clients: test.clients, All: test.clients == nil})
			require.Equal(t, test.lumen, c.Member("lumen", "bob").User != "")
			require.Equal(t, test.umbra, c.Member("umbra", "bob").User != "")
		})
	}
}

func TestOFF7_AllMembersInOneClientContractorsLikewise(t *testing.T) {
	c := deputies(t)
	c.southwind()
	c.freelancer("fay")
	c.Do(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: people("fay"), Template: "support"})
	c.Do(access.By("ann"), access.DeactivateEmployees{Client: "lumen", All: true})
	for _, user := range people("ann", "bob", "eve", "fay") {
		require.Equal(t, relationship.PartnerSide, c.lumen(user).Deactivated)
	}
	c.Do(access.By("ann"), access.RemoveEmployees{Client: "lumen", All: true})
	for _, user := range people("ann", "bob", "eve", "fay") {
		require.Zero(t, c.lumen(user))
	}
	require.NotZero(t, c.lumen("pia"))
	require.NotZero(t, c.Member("umbra", "bob"))
}

// nil is all; a list of none is a mistake, and so is a name given twice.
func TestOFF7_AListOfNoneIsNotAll(t *testing.T) {
	c := deputies(t)
	for _, change := range []access.Change{
		access.DeactivateEmployee{Employee: "bob", Clients: []relationship.ClientID{}},
		access.RemoveEmployee{Employee: "bob", Clients: []relationship.ClientID{}},
		access.DeactivateEmployees{Client: "lumen", Employees: []relationship.UserID{}},
		access.RemoveEmployees{Client: "lumen", Employees: []relationship.UserID{}},
		access.ReactivateEmployees{Client: "lumen", Employees: []relationship.UserID{}},
		access.RemoveEmployee{Employee: "bob", Clients: accounts("lumen", "lumen")},
		access.RemoveEmployees{Client: "lumen", Employees: people("bob", "bob")},
	} {
		c.deny(access.By("ann"), change, access.ErrInvalid)
	}
	c.deny(access.By("ann"), access.RemoveEmployees{Client: "nowhere", All: true}, access.ErrNoRelationship, "northwind", "nowhere")
	c.deny(access.By("ann"), access.RemoveEmployee{Employee: "bob", Clients: accounts("lumen", "nowhere")}, access.ErrUnknownMember, "nowhere")
	require.NotZero(t, c.lumen("bob"), "named, and so all or nothing")
}

// sole is a play about Umbra, whose only active super admin is max, a verified
// employee of Northwind with Client Access Manager access. In Lumen he is one
// of three. ulla may add and edit users in Umbra, and has let ann in.
func sole(t *testing.T) cast {
	c := newCast(t)
	c.superAdmin("max", "northwind.example")
	c.Do(access.Host(), access.CreateClient{ID: "umbra", Name: "Umbra", SuperAdmin: "max"})
	c.User("ulla", "umbra.example")
	c.Do(access.By("max"), access.AddMember{Client: "umbra", User: "ulla", Permissions: []string{"account.users.edit"}})
	c.employ("max")
	c.Do(access.By("ulla"), access.MakePartnerAdmin{Client: "umbra", Partner: "northwind", Employee: "ann"})
	return c
}

// ways are all the ways in which somebody takes away a super admin of Umbra.
func ways() map[string]struct {
	call   access.Call
	change access.Change
} {
	type way = struct {
		call   access.Call
		change access.Change
	}
	ann, byMax := access.By("ann"), access.By("max")
	return map[string]way{
		"deactivates themselves":         {byMax, access.DeactivateMember{Client: "umbra", User: "max"}},
		"removes themselves":             {byMax, access.RemoveMember{Client: "umbra", User: "max"}},
		"lowers themselves":              {byMax, access.LowerSuperAdmin{Client: "umbra", User: "max"}},
		"MIG-1":                          {byMax, access.BecomePartnerAdmin{Client: "umbra"}},
		"MIG-2":                          {ann, access.ChangeSuperAdmins{Client: "umbra", Employees: []access.SuperAdminChoice{{Employee: "max"}}}},
		"MIG-5":                          {byMax, access.ChangeToPartnerAdmin{Client: "umbra", User: "max", Partner: "northwind"}},
		"partner deactivates everywhere": {ann, access.DeactivateEmployee{Employee: "max", All: true}},
		"partner deactivates there":      {ann, access.DeactivateEmployee{Employee: "max", Clients: accounts("umbra")}},
		"partner deactivates them":       {ann, access.DeactivateEmployees{Client: "umbra", Employees: people("max")}},
		"partner deactivates all":        {ann, access.DeactivateEmployees{Client: "umbra", All: true}},
		"partner removes everywhere":     {ann, access.RemoveEmployee{Employee: "max", All: true}},
		"partner removes there":          {ann, access.RemoveEmployee{Employee: "max", Clients: accounts("umbra")}},
		"partner removes them":           {ann, access.RemoveEmployees{Client: "umbra", Employees: people("max")}},
		"partner removes all":            {ann, access.RemoveEmployees{Client: "umbra", All: true}},
	}
}

func TestOFF8_TheLastSuperAdminIsRefusedToEverybody(t *testing.T) {
	for name, way := range ways() {
		t.Run(name, func(t *testing.T) {
			c := sole(t)
			c.deny(way.call, way.change, access.ErrLastSuperAdmin, "umbra")
			require.Equal(t, relationship.SuperAdmin, c.lumen("max").Role, "all or nothing")

			plan := c.plan(way.call, way.change) // a screen can show the obstacle
			require.Len(t, plan.Obstacles, 1)
			require.Contains(t, plan.Obstacles[0], `"umbra"`)
			require.Contains(t, plan.String(), plan.Obstacles[0])
			_, err := c.Manager.Apply(context.Background(), way.call, plan)
			require.ErrorIs(t, err, access.ErrLastSuperAdmin)

			c.User("una", "umbra.example") // one who is deactivated does not count
			c.Do(access.By("max"), access.AddMember{Client: "umbra", User: "una"})
			c.Do(access.By("max"), access.MakeSuperAdmin{Client: "umbra", User: "una"})
			c.Do(access.By("max"), access.DeactivateMember{Client: "umbra", User: "una"})
			c.deny(way.call, way.change, access.ErrLastSuperAdmin, "umbra")

			c.Do(access.By("max"), access.ReactivateMember{Client: "umbra", User: "una"})
			c.Do(way.call, way.change)
		})
	}
}

func TestOFF8_TheOthersCanBeTicked(t *testing.T) {
	c := sole(t)
	review := c.plan(access.By("ann"), access.RemoveEmployee{Employee: "max", All: true})
	require.Len(t, review.Members, 2)
	require.Empty(t, review.Only(access.Place{Client: "lumen", User: "max"}).Obstacles)
	require.Len(t, review.Only(access.Place{Client: "umbra", User: "max"}).Obstacles, 1)

	_, err := c.Manager.Apply(context.Background(), access.By("ann"), review.Only(access.Place{Client: "lumen", User: "max"}))
	require.NoError(t, err)
	require.Zero(t, c.lumen("max"))
	require.NotZero(t, c.Member("umbra", "max"))
}

func TestOFF8_APlanListsEveryObstacle(t *testing.T) {
	c := sole(t)
	c.Do(access.Host(), access.CreateClient{ID: "vega", Name: "Vega", SuperAdmin: "max"})
	review := c.plan(access.By("ann"), access.RemoveEmployee{Employee: "max", All: true})
	require.Len(t, review.Obstacles, 2)
	require.Contains(t, review.Obstacles[0], `"umbra"`)
	require.Contains(t, review.Obstacles[1], `"vega"`)
}

func TestOFF8_NoPartnersStateMakesASuperAdminInactive(t *testing.T) {
	for name, change := range map[string]func(c cast){
		"suspended":    func(c cast) { c.Do(access.By("ann"), access.SuspendEmployee{Employee: "max"}) },
		"paused":       func(c cast) { c.Do(access.By("ann"), access.PauseEmployee{Employee: "max"}) },
		"left":         func(c cast) { c.Do(access.By("ann"), access.EndEmployment{Employee: "max"}) },
		"closed":       func(c cast) { c.Do(access.Host(), access.ClosePartner{Partner: "northwind"}) },
		"not eligible": func(c cast) { c.Do(access.Host(), access.SetPartnerKind{Partner: "northwind", Kind: "reseller"}) },
		"paused there": func(c cast) { c.Do(access.By("max"), access.PausePartner{Client: "umbra", Partner: "northwind"}) },
		"ended there": func(c cast) {
			c.Do(access.By("max"), access.SetRelationshipEnd{Client: "umbra", Partner: "northwind", End: c.Clock.Now().Add(time.Second)})
			c.Clock.Turn(time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := sole(t)
			change(c)
			require.True(t, c.Manager.CheckName("max", "umbra", "reports.view").Allowed())
		})
	}
}

func TestOFF8_ASuperAdminHasNoEndAndNoPause(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.Do(access.By("carla"), access.SetMemberEnd{Client: "lumen", User: "bob", End: c.Clock.Now().Add(time.Second)})
	c.Do(access.By("carla"), access.PauseMember{Client: "lumen", User: "bob"})
	c.Do(access.By("carla"), access.MakeSuperAdmin{Client: "lumen", User: "bob"})
	c.Clock.Turn(time.Second)
	require.True(t, c.may("bob", "reports.view"))
	c.deny(access.By("carla"), access.SetMemberEnd{Client: "lumen", User: "bob", End: c.Clock.Now().Add(time.Second)}, access.ErrSuperAdmin, "lumen", "bob")
	c.deny(access.By("carla"), access.PauseMember{Client: "lumen", User: "bob"}, access.ErrOwnUser, "lumen", "bob")
}

func TestOFF8_TwoCallsThatRace(t *testing.T) {
	for range 100 {
		c := newCast(t)
		var together sync.WaitGroup
		errs := make([]error, 2)
		for i, call := range []struct{ actor, target relationship.UserID }{{"carla", "sven"}, {"sven", "carla"}} {
			together.Go(func() {
				_, errs[i] = c.Manager.Do(context.Background(), access.By(call.actor), access.DeactivateMember{Client: "lumen", User: call.target})
			})
		}
		together.Wait()
		require.True(t, (errs[0] == nil) != (errs[1] == nil), "%v, %v", errs[0], errs[1])
	}
}

func TestOFF9_RemovingIsFinalAndBeingAddedAgainStartsFromNothing(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view", "crm.views.edit")
	c.Do(access.By("ann"), access.RenewEmployees{Client: "lumen", Employees: people("bob"), End: c.Clock.Now().Add(accesstest.Day)})
	c.Do(access.By("carla"), access.ChangeMemberPermissions{Client: "lumen", User: "bob", Add: []string{"account.billing.view"}})
	c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", All: true})
	c.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	require.Equal(t, access.ReasonNotMember, c.reason("bob", "reports.view"))
	c.deny(access.By("ann"), access.ReactivateEmployees{Client: "lumen", Employees: people("bob")}, access.ErrUnknownMember, "bob")
	c.deny(access.By("carla"), access.ReactivateMember{Client: "lumen", User: "bob"}, access.ErrUnknownMember, "bob")

	c.Clock.Turn(time.Second)
	c.Template("lists", "crm.lists.edit")
	c.Do(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: people("bob"), Template: "lists"})
	require.Equal(t, relationship.Member{
		Client: "lumen", User: "bob", Role: relationship.Standard, Set: c.closed("crm.lists.edit"), Manager: "northwind",
		Template: "lists", Since: c.Clock.Now(), TermFrom: c.Clock.Now(),
		By: relationship.Actor{Kind: relationship.ByPartnerSide, User: "ann", Partner: "northwind"},
	}, c.lumen("bob"))
}

func TestOFF9_TheHistoryStays(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	var told []string
	for event, err := range c.Manager.Events(context.Background(), access.Host(), 0) {
		require.NoError(t, err)
		for _, line := range event.Lines {
			if line.Key() == relationship.MemberKey("lumen", "bob") {
				told = append(told, event.Change)
			}
		}
	}
	require.Equal(t, []string{"AddEmployees", "RemoveEmployee"}, told)
}

// A list that came to be empty is not everything.
func TestOFF7_NobodyNamedIsRefused(t *testing.T) {
	c := deputies(t)
	var nobody []relationship.UserID
	var nowhere []relationship.ClientID
	for _, change := range []access.Change{
		access.RemoveEmployee{Employee: "bob", Clients: nowhere}, access.DeactivateEmployee{Employee: "bob", Clients: nowhere},
		access.RemoveEmployees{Client: "lumen", Employees: nobody}, access.DeactivateEmployees{Client: "lumen", Employees: nobody},
		access.ReactivateEmployees{Client: "lumen", Employees: nobody}, access.RollOutTemplate{Name: "support", Clients: nowhere},
		access.RemoveEmployee{Employee: "bob", Clients: accounts()}, access.RemoveEmployee{Employee: "bob", Clients: accounts("lumen"), All: true},
		access.RemoveEmployees{Client: "lumen", Employees: people("bob"), All: true},
		access.ReactivateEmployees{Client: "lumen", Employees: people("bob"), All: true},
		access.RollOutTemplate{Name: "support", Clients: accounts("lumen"), All: true},
	} {
		require.ErrorIs(t, c.Refused(access.By("ann"), change), access.ErrInvalid, "%#v", change)
	}
}
