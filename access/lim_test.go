package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// ceiling is carla's ceiling for Northwind in Lumen.
func ceiling(names ...string) access.SetCeiling {
	return access.SetCeiling{Client: "lumen", Partner: "northwind", Permissions: names}
}

func TestLIM1_ACeilingActsAtOnceOnEverybodyAndRewritesNothing(t *testing.T) {
	c := newCast(t)
	c.southwind()
	c.client("umbra", "ulla")
	c.AddEmployee("bob", "support", "reports.view", "crm.views.edit")
	c.own("otto", "reports.view")
	before := c.lumen("bob")

	c.Do(access.By("carla"), ceiling("crm.views.edit"))
	require.Equal(t, perms("crm.views.edit"), c.Manager.Permissions("bob", "lumen").Names())
	require.Equal(t, perms("crm.views.edit"), c.Manager.Permissions("ann", "lumen").Names())
	require.Equal(t, access.ReasonCeiling, c.reason("bob", "reports.view"))
	require.Equal(t, before, c.lumen("bob"))
	for _, other := range people("otto", "pia", "carla") { // own members, another partner's, super admins
		require.True(t, c.may(other, "reports.view"))
	}
	require.True(t, c.Manager.CheckName("ann", "umbra", "reports.view").Allowed(), "another client")

	c.Do(access.By("carla"), ceiling())
	require.True(t, c.Manager.Permissions("bob", "lumen").IsEmpty())

	c.Do(access.By("carla"), ceiling("crm.views.edit", "reports.view"))
	require.Equal(t, perms("crm.views.edit", "reports.view"), c.Manager.Permissions("bob", "lumen").Names(), "what was there")
	require.False(t, c.may("ann", "contacts.view.all"))
	c.Do(access.By("carla"), access.LiftCeiling{Client: "lumen", Partner: "northwind"})
	require.True(t, c.may("ann", "contacts.view.all"))
	require.Equal(t, before, c.lumen("bob"))
}

// A ceiling takes away, and never gives.
func TestLIM1_ACeilingGivesNothing(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.Do(access.By("carla"), access.SetCeiling{Client: "lumen", Partner: "northwind", Permissions: c.Catalog.All().Names().Slice()})
	require.Equal(t, perms("reports.view"), c.Manager.Permissions("bob", "lumen").Names())
	require.False(t, c.may("ann", "account.users.provision"))
}

func TestLIM1_WhatItCutsIsReportedAsClipped(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view", "crm.views.edit")
	c.Do(access.By("carla"), ceiling("crm.views.edit", "tasks.view.own"))
	got := c.change(access.By("ann"), access.RenewEmployees{
		Client: "lumen", Employees: people("bob"), End: accesstest.Start.Add(accesstest.Day),
	}, "bob")
	requireSets(t, sets{clipped: perms("reports.view")}, got)
	got = c.change(access.By("carla"), access.ChangeMemberPermissions{Client: "lumen", User: "bob", Add: []string{"crm.lists.view"}}, "bob")
	requireSets(t, sets{granted: perms("crm.lists.view"), clipped: perms("crm.lists.view", "reports.view")}, got)
}

// Two whose sets differ, in one call: of each is told what the ceiling cuts.
func TestLIM1_WhatItCutsIsReportedOfEach(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view", "crm.views.edit")
	c.AddEmployee("cid", "sales", "reports.view", "tasks.view.own")
	c.Do(access.By("carla"), ceiling("crm.views.edit", "tasks.view.own"))
	done := c.Do(access.By("ann"), access.RenewEmployees{
		Client: "lumen", Employees: people("bob", "cid"), End: accesstest.Start.Add(accesstest.Day),
	})
	for _, user := range people("bob", "cid") {
		got, found := done.Member("lumen", user)
		require.True(t, found)
		requireSets(t, sets{clipped: perms("reports.view")}, got)
	}
}

func TestLIM1_WhoMaySetACeiling(t *testing.T) {
	c := newCast(t)
	c.own("uma", "account.users.edit")
	c.bareClient("umbra", "ulla")
	c.AddEmployee("bob", "support", "reports.view")
	for _, actor := range people("ann", "bob", "uma", "ulla", "nobody") {
		c.deny(access.By(actor), ceiling("crm.views.edit"), access.ErrNotAllowed, "lumen", string(actor))
		c.deny(access.By(actor), access.LiftCeiling{Client: "lumen", Partner: "northwind"}, access.ErrNotAllowed, "lumen")
	}
	c.deny(access.Host(), ceiling("crm.views.edit"), access.ErrNotAllowed)
	c.deny(access.By("carla"), access.SetCeiling{Client: "lumen", Partner: "nowhere"}, access.ErrUnknownPartner, "nowhere")
	c.deny(access.By("carla"), ceiling("crm.veiws.edit"), access.ErrUnknownPermission, "crm.veiws.edit")
	c.Do(access.By("ulla"), access.SetCeiling{Client: "umbra", Partner: "northwind"}) // before the partner comes
	c.Do(access.By("ulla"), access.MakePartnerAdmin{Client: "umbra", Partner: "northwind", Employee: "ann"})
	require.True(t, c.Manager.Permissions("ann", "umbra").IsEmpty())
}

// pauses are the three pauses that can lie on bob of Northwind in Lumen, each
// with who lifts it.
var pauses = []struct {
	name         string
	side         relationship.UserID
	pause, lift  access.Change
	until        func(time.Time) access.Change
	reason       access.Reason
	otherSideMay error
}{
	{
		"member", "carla",
		access.PauseMember{Client: "lumen", User: "bob"}, access.UnpauseMember{Client: "lumen", User: "bob"},
		func(t time.Time) access.Change { return access.PauseMember{Client: "lumen", User: "bob", Until: t} },
		access.ReasonMemberPaused, access.ErrNotAllowed,
	}, {
		"partner", "carla",
		access.PausePartner{Client: "lumen", Partner: "northwind"}, access.UnpausePartner{Client: "lumen", Partner: "northwind"},
		func(t time.Time) access.Change {
			return access.PausePartner{Client: "lumen", Partner: "northwind", Until: t}
		},
		access.ReasonPartnerPaused, access.ErrNotAllowed,
	}, {
		"employee", "ann",
		access.PauseEmployee{Employee: "bob"}, access.UnpauseEmployee{Employee: "bob"},
		func(t time.Time) access.Change { return access.PauseEmployee{Employee: "bob", Until: t} },
		access.ReasonEmployeeInactive, access.ErrWhichPartner,
	},
}

func TestLIM3_PausesStackAndEachIsLiftedAlone(t *testing.T) {
	for _, last := range pauses {
		t.Run(last.name+" last", func(t *testing.T) {
			c := newCast(t)
			c.AddEmployee("bob", "support", "reports.view")
			before := c.lumen("bob")
			for _, pause := range pauses {
				c.Do(access.By(pause.side), pause.pause)
				require.False(t, c.may("bob", "reports.view"))
			}
			for _, pause := range pauses {
				if pause.name != last.name {
					c.Do(access.By(pause.side), pause.lift)
					require.False(t, c.may("bob", "reports.view"))
				}
			}
			require.Equal(t, last.reason, c.reason("bob", "reports.view"))
			c.Do(access.By(last.side), last.lift)
			require.True(t, c.may("bob", "reports.view"))
			require.Equal(t, before, c.lumen("bob"))
		})
	}
}

func TestLIM3_EachIsLiftedOnlyByTheSideThatSetIt(t *testing.T) {
	other := map[relationship.UserID]relationship.UserID{"carla": "ann", "ann": "carla"}
	for _, pause := range pauses {
		t.Run(pause.name, func(t *testing.T) {
			c := newCast(t)
			c.own("uma", "account.users.edit")
			c.AddEmployee("bob", "support", "reports.view")
			c.manager("dan")
			for _, change := range []access.Change{pause.pause, pause.lift} {
				c.deny(access.By(other[pause.side]), change, pause.otherSideMay, string(other[pause.side]))
				for _, actor := range people("uma", "bob", "dan") {
					c.Refused(access.By(actor), change)
				}
				c.deny(access.Host(), change, access.ErrNotAllowed)
			}
			c.Do(access.By(pause.side), pause.pause)
			c.deny(access.By(other[pause.side]), pause.lift, pause.otherSideMay)
		})
	}
}

// A pause may be over by itself, at the instant and not before.
func TestLIM3_ResumesByItself(t *testing.T) {
	for _, pause := range pauses {
		t.Run(pause.name, func(t *testing.T) {
			c := newCast(t)
			c.AddEmployee("bob", "support", "reports.view")
			until := c.Clock.Now().Add(time.Hour)
			c.Do(access.By(pause.side), pause.until(until))
			c.Clock.Set(until.Add(-time.Microsecond))
			require.Equal(t, pause.reason, c.reason("bob", "reports.view"))
			c.Clock.Set(until)
			require.True(t, c.may("bob", "reports.view"))

			c.Do(access.By(pause.side), pause.until(until.Add(time.Hour+time.Millisecond))) // rounded up: to refusal
			c.Clock.Set(until.Add(time.Hour + time.Millisecond))
			require.False(t, c.may("bob", "reports.view"))
			c.Clock.Set(until.Add(time.Hour + time.Second))
			require.True(t, c.may("bob", "reports.view"))
			c.deny(access.By(pause.side), pause.until(until), access.ErrInvalid)
		})
	}
}

// A pause is not undone by coming again: it outlives the membership, the
// relationship and the employment.
func TestLIM3_PausesOutliveWhatTheyPause(t *testing.T) {
	for _, pause := range pauses {
		for name, again := range map[string]func(c cast){
			"removed and added": func(c cast) {
				c.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
				c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", All: true}) // who is in no client
			},
			"removed by the client, and let in again": func(c cast) {
				c.Do(access.By("carla"), access.RemoveMember{Client: "lumen", User: "bob"})
			},
			"ended and revived": func(c cast) {
				c.Do(access.By("carla"), access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: c.Clock.Now().Add(time.Hour)})
				c.Clock.Turn(time.Hour)
			},
			"left and employed anew": func(c cast) {
				c.Do(access.By("ann"), access.EndEmployment{Employee: "bob"})
				c.Do(access.By("ann"), access.AddEmployee{Employee: "bob", Kind: relationship.Staff})
			},
		} {
			t.Run(pause.name+", "+name, func(t *testing.T) {
				c := newCast(t)
				c.AddEmployee("bob", "support", "reports.view")
				c.Do(access.By(pause.side), pause.pause)
				again(c)
				require.Zero(t, managed(c, "bob"))
				if pause.name == "employee" { // nobody lets in an employee who is paused
					c.deny(access.By("carla"), access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "bob"}, access.ErrInactive)
				} else {
					c.Do(access.By("carla"), access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "bob"})
					require.Equal(t, pause.reason, c.reason("bob", "reports.view"))
				}
				c.Do(access.By(pause.side), pause.lift)
				c.Do(access.By("carla"), access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "bob"})
				require.True(t, c.may("bob", "reports.view"))
			})
		}
	}
}

// managed is bob's membership as it stands now, by the clock too.
func managed(c cast, user relationship.UserID) relationship.Member {
	if c.Relationship("northwind", "lumen").PhaseAt(c.Clock.Now()) != relationship.Active {
		return relationship.Member{}
	}
	return c.lumen(user)
}

func TestLIM3_TheClientsPausesOfMembersAndPartnersLiftWithoutTheMember(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.Do(access.By("carla"), access.PauseMember{Client: "lumen", User: "bob"})
	c.Do(access.By("ann"), access.RemoveEmployees{Client: "lumen", All: true})
	c.Do(access.By("carla"), access.UnpauseMember{Client: "lumen", User: "bob"})
	c.Do(access.By("carla"), access.PausePartner{Client: "lumen", Partner: "northwind"})
	c.Do(access.By("carla"), access.UnpausePartner{Client: "lumen", Partner: "northwind"})
	terms, _ := storage.Get[relationship.Terms](c.Store.Snapshot(), relationship.TermsKey("lumen", "northwind"))
	require.False(t, terms.Pause.On)
}

func TestLIM3_APauseProlongsNothing(t *testing.T) {
	for _, pause := range pauses {
		t.Run(pause.name, func(t *testing.T) {
			c := newCast(t)
			end := c.Clock.Now().Add(2 * time.Hour)
			c.AddEmployee("bob", "support", "reports.view")
			c.Do(access.By("carla"), access.SetMemberEnd{Client: "lumen", User: "bob", End: end})
			c.Do(access.By("carla"), access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: end.Add(time.Hour)})
			before := c.Relationship("northwind", "lumen")
			c.Do(access.By(pause.side), pause.until(c.Clock.Now().Add(time.Hour)))
			require.Equal(t, before.Due(), c.Relationship("northwind", "lumen").Due())
			c.Clock.Set(end)
			require.Equal(t, access.ReasonRunOut, c.reason("bob", "reports.view"))
			c.Clock.Set(end.Add(time.Hour))
			require.Equal(t, relationship.Ended, c.Relationship("northwind", "lumen").PhaseAt(c.Clock.Now()))
		})
	}
}

// Nobody can block a pause: not with paused or deactivated members, nor with
// none, nor by being super admin of the partner.
func TestLIM3_NobodyCanBlockAPause(t *testing.T) {
	c := newCast(t)
	c.Do(access.By("carla"), access.PauseMember{Client: "lumen", User: "ann"})
	require.False(t, c.may("ann", "reports.view"))
	c.Do(access.By("carla"), access.UnpauseMember{Client: "lumen", User: "ann"})
	c.Do(access.By("ann"), access.DeactivateEmployees{Client: "lumen", All: true})
	c.Do(access.By("carla"), access.PauseMember{Client: "lumen", User: "ann"})
	c.Do(access.By("carla"), access.PausePartner{Client: "lumen", Partner: "northwind"})
	c.bareClient("umbra", "ulla")
	c.Do(access.By("ulla"), access.PausePartner{Client: "umbra", Partner: "northwind"})
	c.Do(access.By("ulla"), access.MakePartnerAdmin{Client: "umbra", Partner: "northwind", Employee: "ann"})
	require.Equal(t, access.ReasonPartnerPaused, c.Manager.CheckName("ann", "umbra", "reports.view").Reason())
}

func TestLIM3_CeilingsOutliveTheRelationship(t *testing.T) {
	c := newCast(t)
	c.Do(access.By("carla"), ceiling("crm.views.edit"))
	c.Do(access.By("ann"), access.RemoveEmployees{Client: "lumen", All: true})
	c.Clock.Turn(61 * accesstest.Day)
	require.Equal(t, relationship.Ended, c.Relationship("northwind", "lumen").PhaseAt(c.Clock.Now()))
	c.Do(access.By("carla"), access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "ann"})
	require.Equal(t, perms("crm.views.edit"), c.Manager.Permissions("ann", "lumen").Names())
}

// A change that changes nothing leaves no event.
func TestLIM3_LiftingWhatIsNotThereChangesNothing(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	for _, change := range []access.Change{
		access.UnpauseMember{Client: "lumen", User: "bob"}, access.UnpausePartner{Client: "lumen", Partner: "northwind"},
		access.LiftCeiling{Client: "lumen", Partner: "northwind"}, access.SetLongestMembership{Client: "lumen", Partner: "northwind"},
	} {
		require.False(t, c.Do(access.By("carla"), change).Changed, "%T", change)
	}
	require.False(t, c.Do(access.By("ann"), access.UnpauseEmployee{Employee: "bob"}).Changed)
}

// A plan of a ceiling says whom it cuts, and what.
func TestPLAN1_ACeilingSaysWhomItCuts(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	ceiling := access.SetCeiling{Client: "lumen", Partner: "northwind", Permissions: []string{"reports.view"}}
	plan := c.plan(access.By("carla"), ceiling)
	_, cut := plan.Member("lumen", "bob")
	require.False(t, cut, "all that bob has is under it")
	ann, cut := plan.Member("lumen", "ann")
	require.True(t, cut)
	require.Equal(t, ann.Before, ann.After, "her record stays")
	require.Equal(t, ann.After.Set.Minus(permset.MustNames("reports.view")), ann.Clipped)
	c.apply(access.By("carla"), plan)
	lifted := c.Do(access.By("carla"), access.LiftCeiling{Client: "lumen", Partner: "northwind"})
	ann, cut = lifted.Member("lumen", "ann")
	require.True(t, cut)
	require.Zero(t, ann.Clipped)
}

// One All inside itself has no end.
func TestPLAN3_AllInsideItselfIsRefused(t *testing.T) {
	c := newCast(t)
	all := make(access.All, 1)
	all[0] = all
	c.deny(access.Host(), all, access.ErrInvalid)
}

// One call about several clients is told of under the terms of each.
func TestLIM1_WhatIsClippedIsToldClientByClient(t *testing.T) {
	c := newCast(t)
	c.client("umbra", "ulla")
	c.Employee("bob")
	c.Do(access.By("ann"), access.MakeTemplate{Name: "support", Permissions: []string{"reports.view", "crm.views.edit"}})
	c.Do(access.By("carla"), ceiling("crm.views.edit"))
	result := c.Do(access.By("ann"), access.LinkClients{Employee: "bob", Clients: accounts("lumen", "umbra"), Template: "support"})
	for client, has := range map[relationship.ClientID]permset.Names{
		"lumen": perms("crm.views.edit"), "umbra": perms("crm.views.edit", "reports.view"),
	} {
		bob, found := result.Member(client, "bob")
		require.True(t, found)
		require.Equal(t, has, bob.Granted, client)
		require.Zero(t, bob.Clipped, client)
	}
	removed := c.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	require.Len(t, removed.Members, 2)
	for _, bob := range removed.Members {
		require.Equal(t, bob.Before.Set, bob.Revoked, bob.Client)
	}
}
