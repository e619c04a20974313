package access_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
)

// lost is what a change takes, one line each.
func (c cast) lost(call access.Call, change access.Change) []string {
	c.t.Helper()
	after := c.Store.Snapshot().Revision()
	c.Do(call, change)
	told := lossesBehind(c.t, c.Manager, c.Store, after)
	require.Len(c.t, told, 1, "one for the commit")
	require.Equal(c.t, c.Store.Snapshot().Revision(), told[0].Revision)
	require.Equal(c.t, c.Clock.Now(), told[0].At)
	return lossLines(told)
}

const (
	lossOfBob  = `"bob" in "lumen" lost everything: reports.view tickets.view.own`
	lossOfOtto = `"otto" in "lumen" lost everything: reports.view`
)

func TestASK1_WhoLostWhat(t *testing.T) {
	northwind := func(t *testing.T) cast {
		c := newCast(t)
		c.AddEmployee("bob", "support", crm.ReportsView, "tickets.view.own")
		c.own("otto", crm.ReportsView)
		c.narrow("ann", crm.ReportsView)
		return c
	}
	carla, ann := access.By("carla"), access.By("ann")
	lossOfAnn := `"ann" in "lumen" lost everything: reports.view`
	for name, test := range map[string]struct {
		by     access.Call
		change access.Change
		lost   []string
	}{
		"deactivated":        {ann, access.DeactivateEmployee{Employee: "bob", All: true}, []string{lossOfBob}},
		"removed":            {carla, access.RemoveMember{Client: "lumen", User: "otto"}, []string{lossOfOtto}},
		"fewer permissions":  {carla, access.ChangeMemberPermissions{Client: "lumen", User: "bob", Remove: []string{crm.ReportsView}}, []string{`"bob" in "lumen" lost reports.view`}},
		"paused":             {carla, access.PauseMember{Client: "lumen", User: "bob"}, []string{lossOfBob}},
		"partner paused":     {carla, access.PausePartner{Client: "lumen", Partner: "northwind"}, []string{lossOfAnn, lossOfBob}},
		"ceiling":            {carla, access.SetCeiling{Client: "lumen", Partner: "northwind", Permissions: []string{"tickets.view.own"}}, []string{lossOfAnn, `"bob" in "lumen" lost reports.view`}},
		"employee suspended": {ann, access.SuspendEmployee{Employee: "bob"}, []string{lossOfBob}},
		"employee paused":    {ann, access.PauseEmployee{Employee: "bob"}, []string{lossOfBob}},
		"employee gone":      {ann, access.EndEmployment{Employee: "bob"}, []string{lossOfBob}},
		"partner closed":     {access.Host(), access.ClosePartner{Partner: "northwind"}, []string{lossOfAnn, lossOfBob}},
		"erased":             {access.Host(), access.EraseUser{ID: "otto"}, []string{lossOfOtto}},

		"given":                 {carla, access.ChangeMemberPermissions{Client: "lumen", User: "otto", Add: []string{"tickets.view.own"}}, nil},
		"renamed":               {access.Host(), access.RenameClient{Client: "lumen", Name: "L"}, nil},
		"taken and given again": {carla, access.All{access.DeactivateMember{Client: "lumen", User: "otto"}, access.ReactivateMember{Client: "lumen", User: "otto"}, access.SetSeat{Client: "lumen", User: "otto", Paid: true}}, nil},
		"taken, and other given": {carla, access.All{
			access.ChangeMemberPermissions{Client: "lumen", User: "otto", Remove: []string{crm.ReportsView}},
			access.ChangeMemberPermissions{Client: "lumen", User: "otto", Add: []string{"tickets.view.own"}},
		}, []string{`"otto" in "lumen" lost reports.view`}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.lost, northwind(t).lost(test.by, test.change))
		})
	}
	t.Run("client closed", func(t *testing.T) {
		c := northwind(t)
		require.Len(t, c.lost(access.Host(), access.CloseClient{Client: "lumen"}), 5, "carla and sven too")
	})
}

// A super admin's seat can hang on the partner, on its domains and on the
// address (ADM-4): with it the paid permissions go, and no others.
func TestADM4_WithTheSeatGoWhatIsPaid(t *testing.T) {
	for name, change := range map[string]access.Change{
		"domains": access.SetPartnerDomains{Partner: "northwind"},
		"kind":    access.SetPartnerKind{Partner: "northwind", Kind: "association"},
		"address": access.ChangeUser{ID: "max", Name: "Max", Email: "max@home.example"},
		"closed":  access.ClosePartner{Partner: "northwind"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCast(t)
			c.superAdmin("max", "northwind.example")
			c.employ("max")
			c.Do(access.By("carla"), access.RemoveMember{Client: "lumen", User: "ann"})
			after := c.Store.Snapshot().Revision()
			c.Do(access.Host(), change)
			told := lossesBehind(t, c.Manager, c.Store, after)
			require.Equal(t, []access.Loss{{
				Place: access.Place{Client: "lumen", User: "max"}, Permissions: c.Catalog.Marked(permset.Paid).Names(),
			}}, told[0].Lost)
		})
	}
}

// The clock takes without a commit: an end, a longest term, a relationship's
// end. Who loses what is told within a second.
func TestTIME1_WhatTheClockTakesIsTold(t *testing.T) {
	for name, set := range map[string]access.Change{
		"end":          access.SetMemberEnd{Client: "lumen", User: "bob", End: in(accesstest.Day)},
		"longest":      access.SetLongestMembership{Client: "lumen", Partner: "northwind", Longest: accesstest.Day},
		"relationship": access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: in(accesstest.Day)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCast(t)
				f := followLosses(t, c.Manager, c.Store.Snapshot().Revision())
				c.AddEmployee("bob", "support", crm.ReportsView, "tickets.view.own")
				c.Do(access.By("carla"), set)
				require.Empty(t, lossLines(f.heard()))
				c.Clock.Set(in(accesstest.Day - time.Microsecond))
				require.Empty(t, f.heard())
				c.Clock.Set(in(2 * accesstest.Day)) // the host slept
				told := f.heard()
				require.Len(t, told, 1)
				require.Contains(t, lossLines(told), lossOfBob)
				require.Equal(t, in(accesstest.Day), told[0].At)
				require.Equal(t, c.Store.Snapshot().Revision(), told[0].Revision)

				_, err := c.Manager.Sweep(t.Context()) // writing the end down takes nothing more
				require.NoError(t, err)
				require.Empty(t, lossLines(f.heard()))
			})
		})
	}
}

// What ends at one instant is told at once, in order, and once.
func TestTIME1_WhatRunsOutTogetherIsToldTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCast(t)
		c.AddEmployee("bob", "support", "reports.view")
		c.own("otto", "reports.view")
		for _, user := range people("otto", "bob") {
			c.Do(access.By("carla"), memberEnd(user, in(accesstest.Day)))
		}
		f := followLosses(t, c.Manager, c.Store.Snapshot().Revision())
		require.Empty(t, f.heard())
		c.Clock.Set(in(accesstest.Day))
		require.Equal(t, []access.Losses{{
			Revision: c.Store.Snapshot().Revision(), At: in(accesstest.Day),
			Lost: []access.Loss{
				{Place: access.Place{Client: "lumen", User: "bob"}, Permissions: perms("reports.view"), All: true},
				{Place: access.Place{Client: "lumen", User: "otto"}, Permissions: perms("reports.view"), All: true},
			},
		}}, f.heard())
		require.Empty(t, f.heard(), "once")
	})
}

// What a change has moved is told at the new instant, and not at the old one.
func TestTIME1_AnEndThatMovesIsToldWhenItComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCast(t)
		c.own("otto", crm.ReportsView)
		f := followLosses(t, c.Manager, c.Store.Snapshot().Revision())
		c.Do(access.By("carla"), memberEnd("otto", in(time.Hour)))
		c.Do(access.By("carla"), memberEnd("otto", in(3*time.Hour)))
		c.Clock.Set(in(2 * time.Hour))
		require.Empty(t, lossLines(f.heard()))
		c.Do(access.By("carla"), memberEnd("otto", time.Time{}))
		c.Clock.Set(in(4 * time.Hour))
		require.Empty(t, lossLines(f.heard()))
		c.Do(access.By("carla"), memberEnd("otto", in(5*time.Hour)))
		c.Clock.Set(in(5 * time.Hour))
		require.Equal(t, []string{lossOfOtto}, lossLines(f.heard()))
		c.Do(access.By("carla"), memberEnd("otto", in(6*time.Hour))) // renewed
		c.Clock.Set(in(6 * time.Hour))
		require.Equal(t, []string{lossOfOtto}, lossLines(f.heard()))
	})
}

// A clock that goes back can give back what had run out since the last commit,
// and begin a pause again.
func TestTIME3_LossesWhenTheClockGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCast(t)
		c.AddEmployee("bob", "support", crm.ReportsView, "tickets.view.own")
		c.own("otto", crm.ReportsView)
		c.Do(access.By("carla"), access.PauseMember{Client: "lumen", User: "bob", Until: in(time.Hour)})
		c.Do(access.By("carla"), memberEnd("otto", in(2*time.Hour)))
		f := followLosses(t, c.Manager, c.Store.Snapshot().Revision())
		c.Clock.Set(in(3 * time.Hour))
		require.Equal(t, []string{lossOfOtto}, lossLines(f.heard()))
		require.True(t, c.may("bob", crm.ReportsView))
		c.Clock.Set(in(30 * time.Minute))
		require.Equal(t, []string{lossOfBob}, lossLines(f.heard()))
		require.True(t, c.may("otto", crm.ReportsView))
		c.Clock.Set(in(3 * time.Hour))
		require.Equal(t, []string{lossOfOtto}, lossLines(f.heard()), "again")

		// Gone back, and changed before anybody has looked: what could be used by
		// then, and what can be used again.
		c.Clock.Set(in(30 * time.Minute))
		c.Do(access.By("carla"), access.All{
			access.RemoveMember{Client: "lumen", User: "otto"}, access.RemoveMember{Client: "lumen", User: "bob"},
		})
		require.Equal(t, []string{lossOfBob, lossOfOtto}, lossLines(f.heard()))
	})
}
