package access_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// offs are the two ways in which the partner's side takes somebody out of
// Lumen, each from both ends.
func offs(user relationship.UserID) []access.Change {
	return []access.Change{
		access.DeactivateEmployee{Employee: user, Clients: accounts("lumen")},
		access.DeactivateEmployees{Client: "lumen", Employees: people(user)},
		access.RemoveEmployee{Employee: user, Clients: accounts("lumen")},
		access.RemoveEmployees{Client: "lumen", Employees: people(user)},
	}
}

func TestOFF1_ClientAccessManagerAccessIsEnough(t *testing.T) {
	for i, name := range []string{"deactivate one", "deactivate here", "remove one", "remove here"} {
		t.Run(name, func(t *testing.T) {
			c := newCast(t)
			c.AddEmployee("bob", "support", "reports.view")
			c.manager("dan") // no member of Lumen
			c.Do(access.By("dan"), offs("bob")[i])
			require.False(t, c.may("bob", "reports.view"))
		})
	}
}

func TestOFF1_LessIsNotEnough(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.Employee("eve")
	c.Do(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: people("eve"), Template: "partner admin"})
	c.User("vic", "northwind.example")
	c.Do(access.By("ann"), access.AddEmployee{Employee: "vic", Kind: relationship.Staff, View: true})
	c.User("edi", "northwind.example")
	c.Do(access.By("ann"), access.AddEmployee{Employee: "edi", Kind: relationship.Staff, Edit: true})
	c.manager("sue")
	c.Do(access.By("ann"), access.SuspendEmployee{Employee: "sue"})
	c.manager("pat")
	c.Do(access.By("ann"), access.PauseEmployee{Employee: "pat"})
	for _, change := range offs("bob") {
		for _, actor := range people("eve", "vic", "edi", "sue", "pat", "bob") { // eve is partner admin, without that access
			c.deny(access.By(actor), change, access.ErrNotAllowed, "northwind", string(actor))
		}
		c.deny(access.By("carla"), change, access.ErrWhichPartner, "carla")
	}
}

func TestOFF1_ReachesSuperAdminEmployees(t *testing.T) {
	c := newCast(t)
	c.superAdmin("max", "northwind.example") // verified
	c.employ("max")
	c.superAdmin("fay", "freelance.example") // neither verified nor confirmed
	c.Do(access.By("ann"), access.AddEmployee{Employee: "fay", Kind: relationship.Contractor})

	for _, change := range offs("fay") {
		c.deny(access.By("ann"), change, access.ErrUnconfirmed, "lumen", "fay")
	}
	c.Do(access.By("fay"), access.ConfirmEmployment{Partner: "northwind"})
	c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "fay", Clients: accounts("lumen")})
	require.False(t, c.may("fay", "reports.view"))

	c.Do(access.By("ann"), access.RemoveEmployee{Employee: "max", Clients: accounts("lumen")})
	require.Zero(t, c.lumen("max"))
}

// Nobody else is within reach, and the answer does not tell whether they are
// there.
func TestOFF1_NeverOthers(t *testing.T) {
	c := newCast(t)
	c.southwind()
	c.own("otto", "reports.view")
	c.bothPartners("ida") // an employee of both, and Southwind's member
	c.manager("dan")      // an employee and no member
	c.freelancer("fay")   // an unconfirmed employee, and an own user of Lumen
	c.freelancer("fee")   // an unconfirmed employee and no member
	c.Do(access.By("carla"), access.AddMember{Client: "lumen", User: "fay", Permissions: []string{"reports.view"}})
	c.freelancer("lee") // a confirmed employee, and an own user of Lumen
	c.Do(access.By("carla"), access.AddMember{Client: "lumen", User: "lee", Permissions: []string{"reports.view"}})
	c.Do(access.By("lee"), access.ConfirmEmployment{Partner: "northwind"})
	same := func(there, absent relationship.UserID, reason error) {
		t.Helper()
		for i := 1; i < 4; i += 2 { // the client's end of offs
			one := c.deny(access.By("ann"), offs(there)[i], reason, "lumen", string(there))
			other := c.deny(access.By("ann"), offs(absent)[i], reason, "lumen", string(absent))
			require.Equal(t, strings.ReplaceAll(one.Error(), string(there), "X"), strings.ReplaceAll(other.Error(), string(absent), "X"))
		}
	}
	same("otto", "nobody", access.ErrUnknownMember) // the client's own
	same("carla", "nobody", access.ErrUnknownMember)
	same("pia", "nobody", access.ErrUnknownMember) // another partner's
	same("fay", "fee", access.ErrUnconfirmed)      // an employee, whom Northwind does not manage there
	same("lee", "dan", access.ErrUnknownMember)
	same("ida", "dan", access.ErrUnknownMember)
	c.Do(access.By("ann"), access.RemoveEmployee{Employee: "ida", All: true})
	require.NotZero(t, c.lumen("ida"))
	c.deny(access.By("ann"), access.RemoveEmployee{Employee: "dan", Clients: accounts("nowhere")}, access.ErrUnknownMember, "nowhere", "dan")
	c.deny(access.By("pia"), access.RemoveEmployees{Client: "lumen", Employees: people("ann")}, access.ErrUnknownMember, "ann")
	require.NotZero(t, c.lumen("fay"))
	require.NotZero(t, c.lumen("otto"))
}

func TestOFF2_ReactivatingChangingAndAddingNeedAPartnerAdminThere(t *testing.T) {
	c := newCast(t)
	c.southwind()
	c.AddEmployee("bob", "support", "reports.view")
	c.AddEmployee("eve", "helper", "reports.view")
	c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "eve", All: true})
	c.manager("dan")
	c.superAdmin("max", "northwind.example")
	c.employ("max")
	c.Employee("new")
	needs := []access.Change{
		access.ReactivateEmployees{Client: "lumen", Employees: people("eve")},
		access.ReactivateEmployees{Client: "lumen", All: true},
		access.ChangeTemplate{Client: "lumen", Employees: people("bob"), Template: "helper"},
		access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Add: []string{"reports.edit"}},
		access.AddEmployees{Client: "lumen", Employees: people("new"), Template: "helper"},
		access.LinkClients{Employee: "new", Clients: accounts("lumen"), Template: "helper"},
		access.LinkEmployee{Client: "lumen", Employee: "new"},
		access.RenewEmployees{Client: "lumen", Employees: people("bob"), End: accesstest.Start.Add(accesstest.Day)},
	}
	for _, change := range needs {
		for _, actor := range people("dan", "max") { // access alone; the client's super admin (ADM-5)
			c.deny(access.By(actor), change, access.ErrNotAllowed, "lumen", string(actor))
		}
	}
	c.deny(access.By("pia"), needs[0], access.ErrUnknownEmployee, "southwind", "eve") // for the same partner
	require.False(t, c.Do(access.By("pia"), needs[1]).Changed, "none of pia's is deactivated")

	c.Do(access.Host(), access.SetPartnerKind{Partner: "northwind", Kind: "reseller"}) // LINK-1: the role is not used
	c.deny(access.By("ann"), needs[0], access.ErrNotEligible, "northwind")
	c.Do(access.Host(), access.SetPartnerKind{Partner: "northwind", Kind: relationship.Provider})
	c.Do(access.By("ann"), needs[0])
}

func TestOFF3_ADeactivatedMemberCanDoNothing(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.manager("nia")
	c.narrow("nia", "reports.view")
	c.Do(access.By("ann"), access.DeactivateEmployees{Client: "lumen", All: true}) // all of them, ann too
	for _, user := range people("ann", "bob", "nia") {
		require.Equal(t, access.ReasonDeactivated, c.reason(user, "reports.view"))
		require.True(t, c.Manager.Permissions(user, "lumen").IsEmpty())
	}
	c.deny(access.By("nia"), access.ReactivateEmployees{Client: "lumen", All: true}, access.ErrNotAllowed, "nia")
	c.Do(access.By("sven"), access.DeactivateMember{Client: "lumen", User: "carla"})
	c.deny(access.By("carla"), access.ReactivateMember{Client: "lumen", User: "carla"}, access.ErrNotAllowed, "carla")
}

func TestOFF3_ReactivatingGivesBackExactlyTheRecord(t *testing.T) {
	c := newCast(t)
	end := accesstest.Start.Add(30 * accesstest.Day)
	c.manager("nia")
	c.narrow("nia", "crm.views.edit")
	c.Employee("eve")
	c.Do(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: people("eve"), Template: "partner admin", End: end})
	c.Do(access.By("ann"), access.ChangeEmployeePermissions{Client: "lumen", Employee: "eve", Remove: []string{"reports.view"}})
	before := c.lumen("eve")
	c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "eve", All: true})
	require.Equal(t, relationship.PartnerSide, c.lumen("eve").Deactivated)

	// nia holds next to nothing, and may outlast nobody or be outlasted:
	// neither DEL-1 nor DEL-6 is asked.
	c.Do(access.By("carla"), access.SetMemberEnd{Client: "lumen", User: "nia", End: accesstest.Start.Add(accesstest.Day)})
	c.Do(access.By("carla"), access.SetCeiling{Client: "lumen", Partner: "northwind", Permissions: []string{"crm.views.edit"}})
	got := c.change(access.By("nia"), access.ReactivateEmployees{Client: "lumen", Employees: people("eve")}, "eve")
	require.Equal(t, before, c.lumen("eve"))
	require.Equal(t, before.Set.Minus(perms("crm.views.edit")), got.Clipped, "under today's ceilings")
	require.Equal(t, perms("crm.views.edit"), c.Manager.Permissions("eve", "lumen").Names())
}

func TestOFF3_ASuperAdminIsReactivatedOnlyByASuperAdmin(t *testing.T) {
	c := newCast(t)
	c.superAdmin("max", "northwind.example")
	c.employ("max")
	c.own("uma", "account.users.edit")
	c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "max", All: true})
	c.deny(access.By("ann"), access.ReactivateEmployees{Client: "lumen", Employees: people("max")}, access.ErrSuperAdmin, "lumen", "max")
	require.False(t, c.Do(access.By("ann"), access.ReactivateEmployees{Client: "lumen", All: true}).Changed)
	c.deny(access.By("uma"), access.ReactivateMember{Client: "lumen", User: "max"}, access.ErrNotAllowed, "lumen", "max")
	c.deny(access.By("ann"), access.ChangeSuperAdmins{Client: "lumen", Employees: []access.SuperAdminChoice{{Employee: "max"}}},
		access.ErrDeactivated, "lumen", "max") // nor by way of another role

	c.Do(access.By("sven"), access.ReactivateMember{Client: "lumen", User: "max"})
	require.Equal(t, relationship.SuperAdmin, c.lumen("max").Role)
	require.True(t, c.may("max", "reports.view"))
}

// Whom the client's side took out, only that side lets in again.
func TestOFF3_WhatTheClientsSideDidOnlyItUndoes(t *testing.T) {
	again := access.AddEmployees{Client: "lumen", Employees: people("bob"), Template: "support"}
	for _, test := range []struct {
		name string
		out  func(c cast)
		add  bool // bob is no member any more
	}{
		{"deactivated", func(c cast) {
			c.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "bob"})
		}, false},
		{"deactivated, already by the partner", func(c cast) {
			c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", All: true})
			require.True(t, c.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "bob"}).Changed)
		}, false},
		{"deactivated, and again by the partner", func(c cast) {
			c.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "bob"})
			require.False(t, c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", All: true}).Changed)
		}, false},
		{"removed", func(c cast) {
			c.Do(access.By("carla"), access.RemoveMember{Client: "lumen", User: "bob"})
		}, true},
		{"deactivated, then removed by the partner", func(c cast) {
			c.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "bob"})
			c.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
		}, true},
		{"deactivated, then gone with the employment, and employed anew", func(c cast) {
			c.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "bob"})
			c.Do(access.By("ann"), access.EndEmployment{Employee: "bob"})
			c.Do(access.By("ann"), access.AddEmployee{Employee: "bob", Kind: relationship.Staff})
		}, true},
		{"deactivated, then gone with the relationship, revived since", func(c cast) {
			c.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "bob"})
			c.Do(access.By("carla"), access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: c.Clock.Now().Add(time.Hour)})
			c.Clock.Turn(time.Hour)
			c.Do(access.By("carla"), access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "ann"})
		}, true},
	} {
		letsIn := map[string]func(cast) access.Change{
			"LINK-4": func(c cast) access.Change {
				return access.ApproveLink{Client: "lumen", Secret: c.Issue(access.By("ann"), "bob").Secret}
			},
			"LINK-7": func(cast) access.Change {
				return access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "bob"}
			},
			"ORG-3": func(cast) access.Change {
				if test.add {
					return access.AddMember{Client: "lumen", User: "bob", Permissions: []string{"reports.view"}}
				}
				return access.ReactivateMember{Client: "lumen", User: "bob"}
			},
		}
		for rule, change := range letsIn {
			t.Run(test.name+", and back by "+rule, func(t *testing.T) {
				c := newCast(t)
				c.AddEmployee("bob", "support", "reports.view")
				test.out(c)
				if test.add {
					c.deny(access.By("ann"), again, access.ErrBarred, "lumen", "bob")
					c.deny(access.By("ann"), access.LinkClients{Employee: "bob", Clients: accounts("lumen"), Template: "support"}, access.ErrBarred)
				} else {
					c.deny(access.By("ann"), access.ReactivateEmployees{Client: "lumen", Employees: people("bob")}, access.ErrBarred, "lumen", "bob")
					require.False(t, c.Do(access.By("ann"), access.ReactivateEmployees{Client: "lumen", All: true}).Changed)
				}
				require.False(t, c.may("bob", "reports.view"))
				c.Do(access.By("carla"), change(c))
				require.True(t, c.may("bob", "reports.view"))

				c.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true}) // the bar is lifted for good
				c.Do(access.By("ann"), again)
			})
		}
	}
}

func TestOFF3_MeanwhileTheRecordIsOnlyLowered(t *testing.T) {
	c := newCast(t)
	end := accesstest.Start.Add(30 * accesstest.Day)
	c.AddEmployee("bob", "support", "reports.edit", "crm.views.edit")
	c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", All: true})
	for _, raise := range []access.Change{
		access.ChangeMemberPermissions{Client: "lumen", User: "bob", Add: []string{"tasks.create"}},
		access.ChangeMemberPermissions{Client: "lumen", User: "bob", Add: []string{"tasks.create"}, Remove: []string{"reports.view"}},
		access.MakeSuperAdmin{Client: "lumen", User: "bob"},
	} {
		c.deny(access.By("carla"), raise, access.ErrDeactivated, "lumen", "bob")
	}
	for _, change := range []access.Change{ // not even lowered by the partner's side
		access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Remove: []string{"reports.edit"}},
		access.ChangeTemplate{Client: "lumen", Employees: people("bob"), Template: "support"},
		access.RenewEmployees{Client: "lumen", Employees: people("bob"), End: end},
	} {
		c.deny(access.By("ann"), change, access.ErrDeactivated, "lumen", "bob")
	}
	c.Do(access.By("carla"), access.ChangeMemberPermissions{Client: "lumen", User: "bob", Remove: []string{"reports.edit"}})
	c.Do(access.By("carla"), access.SetMemberEnd{Client: "lumen", User: "bob", End: end})
	for _, later := range []time.Time{end.Add(time.Second), {}} {
		c.deny(access.By("carla"), access.SetMemberEnd{Client: "lumen", User: "bob", End: later}, access.ErrDeactivated, "bob")
	}
	c.Do(access.By("ann"), access.ReactivateEmployees{Client: "lumen", All: true})
	require.Equal(t, perms("crm.views.edit", "reports.view"), c.lumen("bob").Set)
	require.Equal(t, end, c.lumen("bob").End)
}
