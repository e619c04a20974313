package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

// partyWorld has, in lumen: bob, whom ann of northwind added; olga, an own
// user who may add and edit users; otto, an own user; and zoe of northwind,
// who is no member.
func partyWorld(t *testing.T) *accesstest.World {
	w := accesstest.New(t)
	w.AddEmployee("bob", "support", crm.ReportsView)
	w.Employee("zoe")
	w.User("olga", "elsewhere.example")
	w.User("otto", "elsewhere.example")
	side := access.By(accesstest.SuperAdmin)
	w.Do(side, access.AddMember{Client: "lumen", User: "olga", Permissions: []string{crm.AccountUsersEdit, crm.ReportsEdit}})
	w.Do(side, access.AddMember{Client: "lumen", User: "otto", Permissions: []string{crm.ReportsView}})
	return w
}

// partyRemedy is what somebody of a party does.
type partyRemedy struct {
	party access.Party
	by    access.Call
	does  access.Change
}

// TestASK2_WhoCouldChangeIt: of each condition that fails, an explanation
// lists exactly those who could make it hold. Each of them does.
func TestASK2_WhoCouldChangeIt(t *testing.T) {
	carla, olga, ann := access.By("carla"), access.By("olga"), access.By("ann")
	bob, soon := []relationship.UserID{"bob"}, accesstest.Start.Add(time.Hour)
	run := func(w *accesstest.World) { w.Clock.Set(soon) }
	do := func(by access.Call, changes ...access.Change) func(*accesstest.World) {
		return func(w *accesstest.World) { w.Do(by, access.All(changes)) }
	}
	approval := access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "bob"}
	add := func(user relationship.UserID, permissions ...string) access.Change {
		return access.AddMember{Client: "lumen", User: user, Permissions: permissions}
	}
	for _, c := range []struct {
		name       string
		happens    func(*accesstest.World)
		then       func(*accesstest.World)
		user       relationship.UserID
		client     relationship.ClientID
		permission string
		reason     access.Reason
		could      []partyRemedy
	}{
		{
			name: "unknown client", user: "bob", client: "umbra", reason: access.ReasonUnknownClient,
			could: []partyRemedy{{access.PartyHost, access.Host(), access.CreateClient{ID: "umbra", Name: "Umbra", SuperAdmin: "otto"}}},
		},
		{
			name: "unknown user", user: "yves", reason: access.ReasonUnknownUser,
			could: []partyRemedy{{access.PartyHost, access.Host(), access.AddUser{ID: "yves", Name: "Y", Email: "y@elsewhere.example"}}},
		},
		{name: "an unknown user as a member", user: "yves", reason: access.ReasonNotMember},
		{
			name: "client closed", happens: do(access.Host(), access.CloseClient{Client: "lumen"}),
			user: "bob", reason: access.ReasonClientClosed,
		},
		{
			name: "not in the set, where the client is closed", happens: do(access.Host(), access.CloseClient{Client: "lumen"}),
			user: "bob", permission: crm.ReportsEdit, reason: access.ReasonNotInSet,
		},
		{
			name: "no member: a colleague", user: "zoe", reason: access.ReasonNotMember,
			could: []partyRemedy{
				{access.PartySuperAdmin, carla, add("zoe")},
				{access.PartyUserEditor, olga, add("zoe")},
				{access.PartyPartnerAdmin, ann, access.AddEmployees{Client: "lumen", Employees: []relationship.UserID{"zoe"}, Template: "support"}},
			},
		},
		{
			name: "no member: a colleague, of whom the client's side has got rid",
			happens: func(w *accesstest.World) {
				w.Do(carla, add("zoe"))
				w.Do(carla, access.RemoveMember{Client: "lumen", User: "zoe"})
			},
			user: "zoe", reason: access.ReasonNotMember,
			could: []partyRemedy{{access.PartySuperAdmin, carla, add("zoe")}, {access.PartyUserEditor, olga, add("zoe")}},
		},
		{
			name:    "no member: a colleague, while the partner is paused",
			happens: do(carla, access.PausePartner{Client: "lumen", Partner: "northwind"}),
			user:    "zoe", reason: access.ReasonNotMember,
			could: []partyRemedy{{access.PartySuperAdmin, carla, add("zoe")}, {access.PartyUserEditor, olga, add("zoe")}},
		},
		{
			name: "no seat: a colleague who is no member", user: "zoe", permission: "reports.custom.edit", reason: access.ReasonNoSeat,
			could: []partyRemedy{
				{access.PartySuperAdmin, carla, add("zoe")}, // which links them (ADD-5)
				{access.PartyPartnerAdmin, ann, access.AddEmployees{Client: "lumen", Employees: []relationship.UserID{"zoe"}, Template: "support"}},
			},
		},
		{
			name: "deactivated by the partner's side", happens: do(ann, access.DeactivateEmployee{Employee: "bob", All: true}),
			user: "bob", reason: access.ReasonDeactivated,
			could: []partyRemedy{
				{access.PartySuperAdmin, carla, access.ReactivateMember{Client: "lumen", User: "bob"}},
				{access.PartyUserEditor, olga, approval},
				{access.PartyPartnerAdmin, ann, access.ReactivateEmployees{Client: "lumen", Employees: bob}},
			},
		},
		{
			name: "deactivated by the client's side", happens: do(carla, access.DeactivateMember{Client: "lumen", User: "bob"}),
			user: "bob", reason: access.ReasonDeactivated,
			could: []partyRemedy{
				{access.PartySuperAdmin, carla, access.ReactivateMember{Client: "lumen", User: "bob"}},
				{access.PartyUserEditor, olga, approval},
			},
		},
		{
			name:    "deactivated, of a partner that is not eligible",
			happens: do(carla, access.DeactivateMember{Client: "lumen", User: "bob"}),
			then:    do(access.Host(), access.SetPartnerKind{Partner: "northwind", Kind: "association"}),
			user:    "bob", reason: access.ReasonDeactivated,
			could: []partyRemedy{{access.PartySuperAdmin, carla, access.ReactivateMember{Client: "lumen", User: "bob"}}},
		},
		{
			name: "an own user who is deactivated", happens: do(carla, access.DeactivateMember{Client: "lumen", User: "otto"}),
			user: "otto", reason: access.ReasonDeactivated,
			could: []partyRemedy{
				{access.PartySuperAdmin, carla, access.ReactivateMember{Client: "lumen", User: "otto"}},
				{access.PartyUserEditor, olga, access.ReactivateMember{Client: "lumen", User: "otto"}},
			},
		},
		{
			name: "a super admin who is deactivated", happens: do(carla, access.DeactivateMember{Client: "lumen", User: "sven"}),
			user: "sven", reason: access.ReasonDeactivated,
			could: []partyRemedy{{access.PartySuperAdmin, carla, access.ReactivateMember{Client: "lumen", User: "sven"}}},
		},
		{
			name:    "run out, at an end of the partner's side",
			happens: do(ann, access.RenewEmployees{Client: "lumen", Employees: bob, End: soon}), then: run,
			user: "bob", reason: access.ReasonRunOut,
			could: []partyRemedy{
				{access.PartySuperAdmin, carla, access.SetMemberEnd{Client: "lumen", User: "bob"}},
				{access.PartyUserEditor, olga, approval},
				{access.PartyPartnerAdmin, ann, access.RenewEmployees{Client: "lumen", Employees: bob}},
			},
		},
		{
			name:    "run out, at an end of the client's side",
			happens: do(carla, access.SetMemberEnd{Client: "lumen", User: "bob", End: soon}), then: run,
			user: "bob", reason: access.ReasonRunOut,
			could: []partyRemedy{
				{access.PartySuperAdmin, carla, access.SetMemberEnd{Client: "lumen", User: "bob"}},
				{access.PartyUserEditor, olga, approval},
			},
		},
		{
			name:    "run out, and deactivated by the partner's side",
			happens: do(ann, access.RenewEmployees{Client: "lumen", Employees: bob, End: soon}, access.DeactivateEmployee{Employee: "bob", All: true}),
			then:    run, user: "bob", reason: access.ReasonRunOut,
			could: []partyRemedy{
				{access.PartySuperAdmin, carla, access.All{
					access.ReactivateMember{Client: "lumen", User: "bob"}, access.SetMemberEnd{Client: "lumen", User: "bob"},
				}},
				{access.PartyUserEditor, olga, approval},
				{access.PartyPartnerAdmin, ann, access.All{
					access.ReactivateEmployees{Client: "lumen", Employees: bob}, access.RenewEmployees{Client: "lumen", Employees: bob},
				}},
			},
		},
		{
			name: "member paused", happens: do(carla, access.PauseMember{Client: "lumen", User: "bob"}),
			user: "bob", reason: access.ReasonMemberPaused,
			could: []partyRemedy{{access.PartySuperAdmin, carla, access.UnpauseMember{Client: "lumen", User: "bob"}}},
		},
		{
			name:    "relationship over",
			happens: do(carla, access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: soon}), then: run,
			user: "bob", reason: access.ReasonRelationshipOver,
			could: []partyRemedy{{access.PartySuperAdmin, carla, approval}, {access.PartyUserEditor, olga, approval}},
		},
		{
			name: "relationship over, of somebody who also works for another partner there",
			happens: func(w *accesstest.World) {
				w.User("sue", "southwind.example")
				w.Do(access.Host(), access.CreatePartner{ID: "southwind", Name: "Southwind", Kind: relationship.Provider, SuperAdmin: "sue"})
				w.Do(carla, access.MakePartnerAdmin{Client: "lumen", Partner: "southwind", Employee: "sue"})
				w.Do(access.By("sue"), access.AddEmployee{Employee: "bob", Kind: relationship.Contractor})
				w.Do(carla, access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: soon})
			},
			then: run, user: "bob", reason: access.ReasonRelationshipOver,
			could: []partyRemedy{
				{access.PartySuperAdmin, carla, approval}, {access.PartyUserEditor, olga, approval},
				{access.PartyPartnerAdmin, access.By("sue"), access.AddEmployees{
					Client: "lumen", Employees: bob, Template: relationship.PartnerAdminTemplate,
				}},
			},
		},
		{
			name:    "deactivated and suspended, and the relationship over",
			happens: do(carla, access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: soon}),
			then: func(w *accesstest.World) {
				w.Do(ann, access.DeactivateEmployee{Employee: "bob", All: true})
				w.Do(ann, access.SuspendEmployee{Employee: "bob"})
				run(w)
			},
			user: "bob", reason: access.ReasonDeactivated,
			could: []partyRemedy{{access.PartySuperAdmin, carla, add("bob")}, {access.PartyUserEditor, olga, add("bob")}},
		},
		{
			name: "partner paused", happens: do(carla, access.PausePartner{Client: "lumen", Partner: "northwind"}),
			user: "bob", reason: access.ReasonPartnerPaused,
			could: []partyRemedy{{access.PartySuperAdmin, carla, access.UnpausePartner{Client: "lumen", Partner: "northwind"}}},
		},
		{
			name: "deactivated by the partner's side, which is paused",
			happens: func(w *accesstest.World) {
				w.Do(ann, access.DeactivateEmployee{Employee: "bob", All: true})
				w.Do(carla, access.PausePartner{Client: "lumen", Partner: "northwind"})
			},
			user: "bob", reason: access.ReasonDeactivated,
			could: []partyRemedy{
				{access.PartySuperAdmin, carla, access.ReactivateMember{Client: "lumen", User: "bob"}},
				{access.PartyUserEditor, olga, approval},
			},
		},
		{
			name: "partner closed", happens: do(access.Host(), access.ClosePartner{Partner: "northwind"}),
			user: "bob", reason: access.ReasonPartnerClosed,
		},
		{
			name: "employee suspended", happens: do(ann, access.SuspendEmployee{Employee: "bob"}),
			user: "bob", reason: access.ReasonEmployeeInactive,
			could: []partyRemedy{{access.PartyPartnerSuperAdmin, ann, access.ResumeEmployee{Employee: "bob"}}},
		},
		{
			name: "employee paused", happens: do(ann, access.PauseEmployee{Employee: "bob"}),
			user: "bob", reason: access.ReasonEmployeeInactive,
			could: []partyRemedy{{access.PartyPartnerSuperAdmin, ann, access.UnpauseEmployee{Employee: "bob"}}},
		},
		{
			name: "not in a managed member's set", user: "bob", permission: crm.ReportsEdit, reason: access.ReasonNotInSet,
			could: []partyRemedy{
				{access.PartySuperAdmin, carla, access.ChangeMemberPermissions{Client: "lumen", User: "bob", Add: []string{crm.ReportsEdit}}},
				{access.PartyPartnerAdmin, ann, access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Add: []string{crm.ReportsEdit}}},
			},
		},
		{
			name:    "not in a managed member's set, nor under the ceiling",
			happens: do(carla, access.SetCeiling{Client: "lumen", Partner: "northwind", Permissions: []string{crm.ReportsView}}),
			user:    "bob", permission: crm.ReportsEdit, reason: access.ReasonNotInSet,
			could: []partyRemedy{
				{access.PartySuperAdmin, carla, access.ChangeMemberPermissions{Client: "lumen", User: "bob", Add: []string{crm.ReportsEdit}}},
			},
		},
		{
			name: "not in an own user's set", user: "otto", permission: crm.ReportsEdit, reason: access.ReasonNotInSet,
			could: []partyRemedy{
				{access.PartySuperAdmin, carla, access.ChangeMemberPermissions{Client: "lumen", User: "otto", Add: []string{crm.ReportsEdit}}},
				{access.PartyUserEditor, olga, access.ChangeMemberPermissions{Client: "lumen", User: "otto", Add: []string{crm.ReportsEdit}}},
			},
		},
		{
			name: "billing is not handed on", user: "otto", permission: crm.AccountBillingView, reason: access.ReasonNotInSet,
			could: []partyRemedy{
				{access.PartySuperAdmin, carla, access.ChangeMemberPermissions{Client: "lumen", User: "otto", Add: []string{crm.AccountBillingView}}},
			},
		},
		{
			name: "for super admins only", user: "bob", permission: crm.AccountSuperAdminsManage, reason: access.ReasonSuperAdminOnly,
			could: []partyRemedy{{access.PartySuperAdmin, carla, access.MakeSuperAdmin{Client: "lumen", User: "bob"}}},
		},
		{
			name: "never for managed members", user: "bob", permission: crm.AccountSuperAdminsManage, reason: access.ReasonNeverManaged,
			could: []partyRemedy{{access.PartySuperAdmin, carla, access.MakeSuperAdmin{Client: "lumen", User: "bob"}}},
		},
		{
			name:    "cut by the ceiling",
			happens: do(carla, access.SetCeiling{Client: "lumen", Partner: "northwind"}), user: "bob", reason: access.ReasonCeiling,
			could: []partyRemedy{{access.PartySuperAdmin, carla, access.LiftCeiling{Client: "lumen", Partner: "northwind"}}},
		},
		{
			name: "no seat", user: "otto", permission: "reports.custom.edit", reason: access.ReasonNoSeat,
			could: []partyRemedy{{access.PartySuperAdmin, carla, access.SetSeat{Client: "lumen", User: "otto", Paid: true}}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := partyWorld(t)
			for _, happens := range []func(*accesstest.World){c.happens, c.then} {
				if happens != nil {
					happens(w)
				}
			}
			if c.client == "" {
				c.client = "lumen"
			}
			if c.permission == "" {
				c.permission = crm.ReportsView
			}
			permission := w.Permission(c.permission)
			e, err := w.Manager.Explain(access.Host(), c.user, c.client, permission)
			require.NoError(t, err)
			require.Truef(t, e.Decision.Failed(c.reason), "%s", e)
			var want, got []access.Party
			for _, remedy := range c.could {
				want = append(want, remedy.party)
				after, err := w.Manager.DecideAfter(remedy.by, remedy.does, c.user, c.client, permission)
				require.NoError(t, err)
				require.Falsef(t, after.Failed(c.reason), "%s did %#v", remedy.by, remedy.does)
			}
			for _, condition := range e.Conditions {
				if condition.Holds {
					require.Emptyf(t, condition.ChangeableBy, "%s", condition.Reason)
				} else if condition.Reason == c.reason {
					got = condition.ChangeableBy
				}
			}
			require.Equal(t, want, got)
		})
	}
}
