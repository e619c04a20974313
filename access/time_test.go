package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// in is an instant after the start of the play.
func in(d time.Duration) time.Time { return accesstest.Start.Add(d) }

// memberEnd is the client's side setting an end in Lumen.
func memberEnd(user relationship.UserID, end time.Time) access.SetMemberEnd {
	return access.SetMemberEnd{Client: "lumen", User: user, End: end}
}

// renewal is the partner's side setting an end in Lumen.
func renewal(end time.Time, users ...relationship.UserID) access.RenewEmployees {
	return access.RenewEmployees{Client: "lumen", Employees: users, End: end}
}

func TestTIME1_AMembershipIsOverAtTheInstant(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.own("otto", "reports.view")
	end := in(time.Hour)
	for _, user := range people("bob", "otto") {
		c.Do(access.By("carla"), memberEnd(user, end.Add(999*time.Millisecond))) // rounded down: to refusal
		require.Equal(t, end, c.lumen(user).End)
	}
	c.Clock.Set(end.Add(-time.Microsecond))
	require.True(t, c.may("bob", "reports.view") && c.may("otto", "reports.view"))
	c.Clock.Set(end)
	for _, user := range people("bob", "otto") {
		require.Equal(t, access.ReasonRunOut, c.reason(user, "reports.view"))
		require.NotZero(t, c.lumen(user), "they remain a member")
	}
	require.Equal(t, relationship.Active, c.Relationship("northwind", "lumen").Phase)
}

func TestTIME1_WhoRanOutActsForNobody(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.own("uma", "account.users.edit")
	c.User("zoe", "lumen.example")
	c.Do(access.By("carla"), memberEnd("ann", in(time.Hour)))
	c.Do(access.By("carla"), memberEnd("uma", in(time.Hour)))
	c.Clock.Set(in(time.Hour))
	c.deny(access.By("ann"), renewal(in(2*time.Hour), "bob"), access.ErrNotAllowed, "lumen", "ann")
	c.deny(access.By("ann"), renewal(in(2*time.Hour), "ann"), access.ErrNotAllowed, "lumen", "ann")
	c.deny(access.By("uma"), access.AddMember{Client: "lumen", User: "zoe"}, access.ErrNotAllowed, "lumen", "uma")
	c.Do(access.By("ann"), access.RemoveEmployees{Client: "lumen", Employees: people("bob")}) // OFF-1 needs no membership
}

func TestTIME1_ARelationshipIsOverAtTheInstant(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	end := in(time.Hour)
	c.Do(access.By("carla"), access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: end.Add(time.Millisecond)})
	require.Equal(t, end, c.Relationship("northwind", "lumen").Limit)
	c.Clock.Set(end.Add(-time.Microsecond))
	require.True(t, c.may("bob", "reports.view"))
	c.Clock.Set(end)
	require.Equal(t, access.ReasonRelationshipOver, c.reason("bob", "reports.view")) // no sweep has run
	c.deny(access.By("ann"), access.ReactivateEmployees{Client: "lumen", All: true}, access.ErrNotAllowed, "lumen", "ann")
}

func TestTIME1_WhoSetsARelationshipsEnd(t *testing.T) {
	c := newCast(t)
	c.own("uma", "account.users.edit")
	set := access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: in(time.Hour)}
	for _, actor := range people("ann", "uma", "nobody") {
		c.deny(access.By(actor), set, access.ErrNotAllowed, "lumen", string(actor))
	}
	c.deny(access.Host(), set, access.ErrNotAllowed)
	c.deny(access.By("carla"), access.SetRelationshipEnd{Client: "lumen", Partner: "southwind", End: in(time.Hour)}, access.ErrNoRelationship, "southwind", "lumen")
	c.Do(access.By("carla"), set)
	c.Do(access.By("carla"), access.SetRelationshipEnd{Client: "lumen", Partner: "northwind"}) // taken back
	c.Clock.Set(in(2 * time.Hour))
	require.True(t, c.may("ann", "reports.view"))
}

func TestTIME1_AnEndLiesInTheFuture(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.Employee("eve")
	for _, past := range []time.Time{in(0), in(-time.Hour), in(999 * time.Millisecond)} {
		for _, change := range []access.Change{
			memberEnd("bob", past),
			access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: past},
			access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "eve", End: past},
			access.AddMember{Client: "lumen", User: "eve", End: past},
		} {
			c.deny(access.By("carla"), change, access.ErrInvalid)
		}
		c.deny(access.By("ann"), renewal(past, "bob"), access.ErrInvalid)
		c.deny(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: people("eve"), Template: "support", End: past}, access.ErrInvalid)
	}
}

func TestTIME1_RenewingIsAsReactivating(t *testing.T) {
	c := newCast(t)
	c.southwind()
	c.AddEmployee("bob", "support", "reports.view")
	c.own("otto")
	c.Do(access.By("ann"), renewal(in(time.Hour), "bob"))
	c.Clock.Set(in(2 * time.Hour))
	require.Equal(t, access.ReasonRunOut, c.reason("bob", "reports.view"))

	c.manager("dan")
	c.deny(access.By("dan"), renewal(in(3*time.Hour), "bob"), access.ErrNotAllowed, "lumen", "dan")
	c.deny(access.By("pia"), renewal(in(3*time.Hour), "bob"), access.ErrUnknownEmployee, "southwind", "bob")
	c.deny(access.By("ann"), renewal(in(3*time.Hour), "otto"), access.ErrUnknownEmployee, "otto")
	c.Do(access.By("ann"), renewal(in(3*time.Hour), "bob"))
	require.True(t, c.may("bob", "reports.view"))

	c.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "bob"})
	c.deny(access.By("ann"), renewal(in(4*time.Hour), "bob"), access.ErrDeactivated, "lumen", "bob")
}

func TestTIME1_ASuperAdminHasNone(t *testing.T) {
	c := newCast(t)
	c.superAdmin("max", "northwind.example")
	c.employ("max")
	c.deny(access.By("carla"), memberEnd("max", in(time.Hour)), access.ErrSuperAdmin, "lumen", "max")
	c.deny(access.By("ann"), renewal(in(time.Hour), "max"), access.ErrSuperAdmin, "lumen", "max")
}

// longest is carla's demand that every membership of Northwind has an end.
func longest(d time.Duration) access.SetLongestMembership {
	return access.SetLongestMembership{Client: "lumen", Partner: "northwind", Longest: d}
}

func TestTIME1_TheClientDemandsAnEnd(t *testing.T) {
	c := newCast(t)
	c.southwind()
	c.AddEmployee("bob", "support", "reports.view")
	c.own("otto", "reports.view")
	before := c.lumen("bob")
	c.Clock.Set(in(time.Hour))
	c.Do(access.By("carla"), longest(2*time.Hour)) // from when each began
	require.Equal(t, before, c.lumen("bob"), "rewrites nothing")
	c.Clock.Set(in(2*time.Hour - time.Microsecond))
	require.True(t, c.may("bob", "reports.view"))
	c.Clock.Set(in(2 * time.Hour))
	require.Equal(t, access.ReasonRunOut, c.reason("bob", "reports.view"))
	require.True(t, c.may("otto", "reports.view"))
	require.True(t, c.may("pia", "reports.view"), "another partner's")

	c.Do(access.By("carla"), memberEnd("bob", in(100*time.Hour))) // renewed, but no longer than the maximum
	require.True(t, c.may("bob", "reports.view"))
	c.Clock.Set(in(4 * time.Hour))
	require.Equal(t, access.ReasonRunOut, c.reason("bob", "reports.view"))

	c.Do(access.By("carla"), longest(0))
	require.True(t, c.may("bob", "reports.view") && c.may("ann", "reports.view"))
}

func TestTIME1_ADemandIsNotRoundedAway(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.Do(access.By("carla"), longest(time.Hour))
	c.Clock.Set(in(2 * time.Hour))
	for _, d := range []time.Duration{time.Nanosecond, 999 * time.Millisecond} {
		_, _ = c.Manager.Do(t.Context(), access.By("carla"), longest(d)) // refused, or the shortest there is
		require.False(t, c.may("bob", "reports.view"), "asking for %s lifted the demand", d)
	}
	c.deny(access.By("carla"), longest(-time.Hour), access.ErrInvalid)
	c.deny(access.By("ann"), longest(time.Hour), access.ErrNotAllowed, "lumen", "ann")
}

func TestDEL6_AddingShortens(t *testing.T) {
	for _, test := range []struct {
		name              string
		actor, asked, end time.Time
	}{
		{"neither ends", time.Time{}, time.Time{}, time.Time{}},
		{"asked for an end", time.Time{}, in(time.Hour), in(time.Hour)},
		{"asked for none", in(time.Hour), time.Time{}, in(time.Hour)},
		{"asked for a later one", in(time.Hour), in(2 * time.Hour), in(time.Hour)},
		{"asked for an earlier one", in(2 * time.Hour), in(time.Hour), in(time.Hour)},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newCast(t)
			c.client("umbra", "ulla")
			c.Template("support", "reports.view")
			c.Employee("bob")
			c.Do(access.By("carla"), memberEnd("ann", test.actor))
			got := c.change(access.By("ann"), access.LinkClients{
				Employee: "bob", Clients: accounts("lumen", "umbra"), Template: "support", End: test.asked,
			}, "bob")
			require.Equal(t, test.end, got.After.End)
			require.Equal(t, test.asked, c.Member("umbra", "bob").End, "the actor's time in that client")
		})
	}
}

func TestDEL6_RenewingNoLaterThanTheActor(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.Do(access.By("ann"), renewal(in(time.Hour), "bob"))
	c.Do(access.By("carla"), memberEnd("ann", in(3*time.Hour)))
	c.Do(access.By("ann"), renewal(in(3*time.Hour), "bob"))
	for _, later := range []time.Time{in(3*time.Hour + time.Second), {}} {
		c.deny(access.By("ann"), renewal(later, "bob"), access.ErrOutlasts, "lumen", "bob")
		c.deny(access.By("ann"), renewal(later, "ann"), access.ErrOutlasts, "lumen", "ann")
	}
	c.Do(access.By("ann"), renewal(in(2*time.Hour), "bob", "ann"))
}

func TestDEL6_GrantingIsRefusedWhereTheTargetWouldOutlast(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.Template("more", "reports.view", "crm.views.edit")
	c.Template("less")
	c.superAdmin("max", "northwind.example")
	c.employ("max")
	c.Do(access.By("carla"), memberEnd("ann", in(2*time.Hour)))
	template := func(name string) access.Change {
		return access.ChangeTemplate{Client: "lumen", Employees: people("bob"), Template: name}
	}
	single := access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Add: []string{"crm.views.edit"}, Remove: []string{"reports.view"}}
	role := access.ChangeSuperAdmins{Client: "lumen", Employees: []access.SuperAdminChoice{{Employee: "max"}}}
	for _, change := range []access.Change{template("more"), template("partner admin"), single} {
		c.deny(access.By("ann"), change, access.ErrOutlasts, "lumen", "bob")
	}
	c.deny(access.By("ann"), role, access.ErrOutlasts, "lumen", "max") // MIG-2 gives the role

	c.Do(access.By("ann"), template("less")) // what takes away only is free
	c.Do(access.By("carla"), memberEnd("bob", in(2*time.Hour+time.Second)))
	c.deny(access.By("ann"), template("more"), access.ErrOutlasts, "bob")
	c.Do(access.By("ann"), renewal(in(2*time.Hour), "bob"))
	c.Do(access.By("ann"), template("more")) // to the second
	c.Do(access.By("ann"), template("partner admin"))

	c.Do(access.By("carla"), memberEnd("ann", time.Time{}))
	c.Do(access.By("ann"), role)
}

// The role alone, without a permission more, is more too.
func TestDEL6_GivingTheRoleIsGranting(t *testing.T) {
	c := newCast(t)
	c.Employee("bob")
	c.Template("all", c.Catalog.PartnerAdmin().Names().Slice()...)
	c.Do(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: people("bob"), Template: "all"})
	c.Do(access.By("carla"), memberEnd("ann", in(time.Hour)))
	c.deny(access.By("ann"), access.ChangeTemplate{Client: "lumen", Employees: people("bob"), Template: "partner admin"},
		access.ErrOutlasts, "lumen", "bob")
}

// What the client's side sets is moved later only by it: not by renewing, nor
// by removing and adding, nor by linking.
func TestDEL6_AnEndSetByTheClientsSide(t *testing.T) {
	for name, set := range map[string]func(c cast){
		"SetMemberEnd": func(c cast) { c.Do(access.By("carla"), memberEnd("bob", in(2*time.Hour))) },
		"LINK-7": func(c cast) {
			c.Do(access.By("carla"), access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "bob", End: in(2 * time.Hour)})
		},
		"LINK-4": func(c cast) {
			c.Do(access.By("carla"), access.ApproveLink{Client: "lumen", Secret: c.Issue(access.By("ann"), "bob").Secret, End: in(2 * time.Hour)})
		},
		"ORG-3, then linked": func(c cast) {
			c.Do(access.By("carla"), access.RemoveMember{Client: "lumen", User: "bob"})
			c.Do(access.By("carla"), access.AddMember{Client: "lumen", User: "bob", End: in(2 * time.Hour)})
			require.True(t, c.lumen("bob").Linked)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCast(t)
			c.AddEmployee("bob", "support", "reports.view")
			set(c)
			require.Equal(t, in(2*time.Hour), c.lumen("bob").End)
			for _, later := range []time.Time{in(2*time.Hour + time.Second), {}} {
				c.deny(access.By("ann"), renewal(later, "bob"), access.ErrOutlasts, "lumen", "bob")
			}
			c.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
			add := access.AddEmployees{Client: "lumen", Employees: people("bob"), Template: "support"}
			require.Equal(t, in(2*time.Hour), c.change(access.By("ann"), add, "bob").After.End)
			c.deny(access.By("ann"), renewal(in(3*time.Hour), "bob"), access.ErrOutlasts, "lumen", "bob")
			c.Do(access.By("ann"), renewal(in(time.Hour), "bob")) // earlier is free

			c.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
			c.Clock.Set(in(3 * time.Hour))
			c.deny(access.By("ann"), add, access.ErrOutlasts, "lumen", "bob")
			c.Do(access.By("carla"), access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "bob"})
			require.True(t, c.may("bob", "reports.view"))
		})
	}
}

func TestDEL6_WhatTheClientsSideMovesLaterIsMoved(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	again := func() time.Time {
		c.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
		c.Do(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: people("bob"), Template: "support"})
		return c.lumen("bob").End
	}
	c.Do(access.By("carla"), memberEnd("bob", in(time.Hour)))
	require.Equal(t, in(time.Hour), again())
	c.Do(access.By("carla"), memberEnd("bob", in(2*time.Hour)))
	require.Equal(t, in(2*time.Hour), again())
	c.Do(access.By("carla"), memberEnd("bob", time.Time{}))
	require.Zero(t, again(), "the client's side has taken its end back")
}

// Under the client's longest membership the actor's time is what that leaves.
func TestDEL6_UnderTheLongestMembership(t *testing.T) {
	c := newCast(t)
	c.Do(access.By("carla"), longest(10*time.Hour))
	c.Clock.Set(in(4 * time.Hour))
	c.AddEmployee("bob", "support", "reports.view")
	require.Equal(t, in(10*time.Hour), c.lumen("bob").End, "as ann's, which began with the play")
	for _, later := range []time.Time{in(10*time.Hour + time.Second), {}} {
		c.deny(access.By("ann"), renewal(later, "bob"), access.ErrOutlasts, "bob")
	}
	c.deny(access.By("ann"), renewal(time.Time{}, "ann"), access.ErrOutlasts, "ann")
	c.Do(access.By("ann"), renewal(in(9*time.Hour), "bob"))
}

func TestDEL6_BoundsAnOwnUserWhoAddsAndEditsUsers(t *testing.T) {
	c := newCast(t)
	c.own("uma", "account.users.edit", "reports.view")
	c.own("otto")
	c.User("zoe", "lumen.example")
	c.Employee("bob")
	c.Do(access.By("carla"), memberEnd("uma", in(time.Hour)))
	c.Do(access.By("uma"), access.AddMember{Client: "lumen", User: "zoe"})
	c.Do(access.By("uma"), access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "bob"})
	require.Equal(t, in(time.Hour), c.lumen("zoe").End)
	require.Equal(t, in(time.Hour), c.lumen("bob").End)
	c.deny(access.By("uma"), memberEnd("zoe", in(2*time.Hour)), access.ErrOutlasts, "lumen", "zoe")
	c.deny(access.By("uma"), access.ChangeMemberPermissions{Client: "lumen", User: "otto", Add: []string{"reports.view"}}, access.ErrOutlasts, "otto")
}
