package access_test

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// requireSame compares effects to the last field.
func requireSame(t *testing.T, want, got access.Effects) {
	t.Helper()
	require.Empty(t, cmp.Diff(want, got, compareNames, cmpopts.EquateEmpty()))
}

// apply applies a plan that has to be applicable.
func (c cast) apply(call access.Call, plan access.Plan) access.Result {
	c.t.Helper()
	done, err := c.Manager.Apply(context.Background(), call, plan)
	require.NoError(c.t, err)
	return done
}

// changed applies a plan whose outcome has changed: nothing may happen.
func (c cast) changed(call access.Call, plan access.Plan) []string {
	c.t.Helper()
	before := c.Store.Snapshot().Revision()
	_, err := c.Manager.Apply(context.Background(), call, plan)
	require.ErrorIs(c.t, err, access.ErrChanged)
	told, is := errors.AsType[*access.ChangedError](err)
	require.True(c.t, is)
	require.NotEmpty(c.t, told.Differences)
	require.Equal(c.t, before, c.Store.Snapshot().Revision())
	return told.Differences
}

func TestPLAN1_EveryChangeIsPreviewedWithTheSameResult(t *testing.T) {
	everyDeed(t, func(c cast, d deed) {
		before := c.Store.Snapshot().Revision()
		plan := c.plan(d.call, d.change)
		require.Equal(c.t, before, c.Store.Snapshot().Revision())
		again := c.plan(d.call, d.change)
		requireSame(c.t, plan.Effects, again.Effects)

		done := c.Do(d.call, d.change)
		require.Equal(c.t, before+1, done.Revision)
		requireSame(c.t, plan.Effects, done.Effects)
		require.Equal(c.t, plan.String(), done.String())
	})
}

func TestPLAN1_SameChecks(t *testing.T) {
	c := office(t)
	for _, d := range deeds(c) {
		for _, call := range actors() {
			_, planned := c.Manager.Plan(context.Background(), call, d.change)
			if planned == nil {
				continue // nobody else may: by TestPLAN1_EveryChange… the plan is what is done
			}
			_, done := c.Manager.Do(context.Background(), call, d.change)
			require.EqualError(t, done, planned.Error(), "%s: %T", call, d.change)
		}
	}
}

// What a preview tells: who gains and loses what, what is withheld, retained,
// clipped, skipped and why, the relationship, and which notifications go out.
func TestPLAN1_WhatAPreviewTells(t *testing.T) {
	c := office(t)
	c.Do(access.By("carla"), access.SetCeiling{Client: "lumen", Partner: "northwind", Permissions: []string{"reports.view"}})
	plan := c.plan(access.By("carla"), access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "bob"})
	bob := first(plan)
	require.Equal(t, c.Catalog.PartnerAdmin().Names().Minus(perms("reports.view", "crm.views.edit")), bob.Granted)
	require.Equal(t, c.Catalog.PartnerAdmin().Names().Minus(perms("reports.view")), bob.Clipped)
	require.Equal(t, relationship.Standard, bob.Before.Role)
	require.Equal(t, relationship.PartnerAdmin, bob.After.Role)
	require.Equal(t, access.PartnerSeat, bob.After.Seat)
	require.Equal(t, []relationship.Notification{{
		Kind: relationship.NotifyApproved, To: "bob", Partner: "northwind", Client: "lumen",
	}}, plan.Notifications)

	plan = c.plan(access.By("ann"), access.DeactivateEmployee{Employee: "eve", All: true})
	require.Empty(t, plan.Members)
	require.Len(t, plan.Skipped, 1)
	require.Equal(t, access.Place{Client: "lumen", User: "eve"}, plan.Skipped[0].Place)
	require.NotEmpty(t, plan.Skipped[0].Why)

	plan = c.plan(access.By("ann"), access.RemoveEmployees{Client: "umbra", All: true})
	require.Equal(t, []access.Transition{{Partner: "northwind", Client: "umbra", From: relationship.Active, To: relationship.Ending, EndsAfter: relationship.EndingTime}}, plan.Relationships)

	plan = c.plan(access.By("sol"), access.MakePartnerAdmin{Client: "solo", Partner: "northwind", Employee: "bob"})
	require.Equal(t, []access.Transition{{Partner: "northwind", Client: "solo", To: relationship.Active}}, plan.Relationships)
}

func TestPLAN1_APlanOfNothing(t *testing.T) {
	c := newCast(t)
	plan := c.plan(access.By("ann"), access.ReactivateEmployees{Client: "lumen", All: true})
	require.Equal(t, "nothing changes\n", plan.String())
	done := c.apply(access.By("ann"), plan)
	require.False(t, done.Changed)
	require.Equal(t, c.Store.Snapshot().Revision(), done.Revision)
}

// A plan holds no revision and no instant of the clock: it can be applied
// whenever what it shows is still so.
func TestPLAN2_AppliedWholeExactlyThatIsDone(t *testing.T) {
	everyDeed(t, func(c cast, d deed) {
		plan := c.plan(d.call, d.change)
		c.Clock.Turn(61 * time.Minute)
		c.Do(access.Host(), access.RenameClient{Client: "solo", Name: "Something else"})
		done := c.apply(d.call, plan)
		require.True(c.t, done.Changed)
		requireSame(c.t, plan.Effects, done.Effects)
	})
}

// What was done once is done no second time as if nothing had happened: it is
// refused, or changes nothing.
func TestPLAN2_AppliedTwice(t *testing.T) {
	everyDeed(t, func(c cast, d deed) {
		plan := c.plan(d.call, d.change)
		c.apply(d.call, plan)
		before := c.Store.Snapshot().Revision()
		done, err := c.Manager.Apply(context.Background(), d.call, plan)
		if err == nil {
			requireSame(c.t, plan.Effects, done.Effects)
			switch d.change.(type) {
			case access.ReportActivity, access.DeclineLink: // show no record
			default:
				require.False(c.t, done.Changed, plan.String())
			}
			return
		}
		require.Equal(c.t, before, c.Store.Snapshot().Revision())
	})
}

func TestPLAN2_OnlyTheTicked(t *testing.T) {
	c := office(t)
	ann := access.By("ann")
	for _, change := range []access.Change{
		access.AddEmployees{Client: "lumen", Employees: people("dan", "fay"), Template: "support"},
		access.ChangeTemplate{Client: "lumen", Employees: people("dan", "fay"), Template: "helper"},
		access.RenewEmployees{Client: "lumen", Employees: people("fay", "dan"), End: c.Clock.Now().Add(time.Hour)},
		access.DeactivateEmployees{Client: "lumen", Employees: people("dan", "fay")},
		access.ReactivateEmployees{Client: "lumen", Employees: people("dan", "fay")},
		access.RemoveEmployees{Client: "lumen", Employees: people("dan", "fay")},
	} {
		whole := c.plan(ann, change)
		dan := access.Place{Client: "lumen", User: "dan"}
		done := c.apply(ann, whole.Only(dan))
		require.Len(t, done.Members, 1)
		require.Equal(t, dan, done.Members[0].Place)
		fay := c.apply(ann, c.plan(ann, remaining(change)))
		require.Len(t, fay.Members, 1)
	}
	require.Zero(t, c.lumen("dan"))
	require.Zero(t, c.lumen("fay"))
}

// remaining is the change for fay alone.
func remaining(change access.Change) access.Change {
	v := reflect.New(reflect.TypeOf(change)).Elem()
	v.Set(reflect.ValueOf(change))
	v.FieldByName("Employees").Set(reflect.ValueOf(people("fay")))
	return v.Interface().(access.Change)
}

func TestPLAN2_WhatCannotBeTicked(t *testing.T) {
	c := office(t)
	refused := func(plan access.Plan) {
		t.Helper()
		before := c.Store.Snapshot().Revision()
		_, err := c.Manager.Apply(context.Background(), access.By("ann"), plan)
		require.ErrorIs(t, err, access.ErrInvalid)
		_, err = plan.MarshalText()
		require.ErrorIs(t, err, access.ErrInvalid)
		require.Equal(t, before, c.Store.Snapshot().Revision())
	}
	remove := c.plan(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	refused(remove.Only(access.Place{Client: "lumen", User: "eve"})) // not in it
	refused(remove.Only(bobInLumen, access.Place{Client: "nowhere", User: "bob"}))
	whole := c.plan(access.By("ann"), access.EndEmployment{Employee: "bob"}) // as a whole, or not at all
	require.Len(t, whole.Members, 2)
	refused(whole.Only(bobInLumen))

	_, err := c.Manager.Apply(context.Background(), access.By("ann"), access.Plan{})
	require.ErrorIs(t, err, access.ErrInvalid)
	require.Equal(t, whole.String(), whole.Only(bobInLumen, bobInUmbra).String(), "all ticked is the whole")
	c.apply(access.By("ann"), whole.Only(bobInLumen, bobInUmbra))
}

func TestPLAN2_NothingTicked(t *testing.T) {
	c := office(t)
	done := c.apply(access.By("ann"), c.plan(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true}).Only())
	require.False(t, done.Changed)
	require.NotZero(t, c.lumen("bob"))
}

// Every property of a member that a plan shows is compared: role, set, status,
// seat, manager, template, end. Here bob is to be reactivated, and what would
// come back is no longer what was reviewed.
func TestPLAN2_AfterAConcurrentChange(t *testing.T) {
	for name, between := range map[string]access.Change{
		"the set is lowered":   access.ChangeMemberPermissions{Client: "lumen", User: "bob", Remove: []string{"crm.views.edit"}},
		"the end is nearer":    access.SetMemberEnd{Client: "lumen", User: "bob", End: accesstest.Start.Add(50 * accesstest.Day)},
		"a ceiling clips":      access.SetCeiling{Client: "lumen", Partner: "northwind", Permissions: []string{"reports.view"}},
		"not to be reached":    access.DeactivateMember{Client: "lumen", User: "bob"},
		"no member any more":   access.RemoveMember{Client: "lumen", User: "bob"},
		"back by another hand": access.ReactivateMember{Client: "lumen", User: "bob"},
	} {
		t.Run(name, func(t *testing.T) {
			c := office(t)
			c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", Clients: accounts("lumen")})
			plan := c.plan(access.By("ann"), access.ReactivateEmployees{Client: "lumen", Employees: people("bob")})
			c.Do(access.By("carla"), between)
			before := c.Store.Snapshot().Revision()
			_, err := c.Manager.Apply(context.Background(), access.By("ann"), plan)
			require.Error(t, err)
			require.Equal(t, before, c.Store.Snapshot().Revision())
		})
	}
}

// Who ends whose membership is part of what a plan shows: an end of the
// client's side is another end than the same one of the partner's.
func TestPLAN2_WhoSetTheEndIsCompared(t *testing.T) {
	c := newCast(t)
	end := accesstest.Start.Add(accesstest.Day)
	c.AddEmployee("bob", "support", "reports.view")
	c.Do(access.By("ann"), access.RenewEmployees{Client: "lumen", Employees: people("bob"), End: end})
	plan := c.plan(access.By("ann"), access.DeactivateEmployee{Employee: "bob", All: true})
	require.False(t, first(plan).After.EndByClient)
	c.Do(access.By("carla"), access.SetMemberEnd{Client: "lumen", User: "bob", End: end})
	c.changed(access.By("ann"), plan)
}

// What happens twice is not what happens once, although each line of one plan
// stands in the other.
func TestPLAN2_HowOftenIsCompared(t *testing.T) {
	c := office(t)
	let := access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "dan"}
	plan := c.plan(access.By("carla"), access.All{let, access.RemoveMember{Client: "lumen", User: "dan"}, let})
	require.Len(t, plan.Members, 3)
	require.Len(t, plan.Notifications, 2)
	c.Do(access.By("carla"), let) // now the first of the three changes nothing
	c.changed(access.By("carla"), plan)
}

// A plan is no authority: whoever applies it is checked as if they had
// planned it, and for another the outcome may be another.
func TestPLAN2_ByAnotherActor(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.Template("more", "reports.view", "crm.views.edit")
	c.manager("nia")
	c.narrow("nia", "reports.view")
	c.manager("noa")
	c.narrow("noa", "reports.view", "crm.views.edit")
	plan := c.plan(access.By("ann"), access.ChangeTemplate{Client: "lumen", Employees: people("bob"), Template: "more"})
	for _, actor := range []access.Call{access.By("bob"), access.By("carla"), access.Host(), {}} {
		_, err := c.Manager.Apply(context.Background(), actor, plan)
		require.Error(t, err)
		require.NotErrorIs(t, err, access.ErrChanged)
	}
	c.changed(access.By("nia"), plan) // who could give less
	c.apply(access.By("noa"), plan)   // who can give exactly that
	require.True(t, c.may("bob", "crm.views.edit"))
}

func TestPLAN2_TheActorIsCheckedAgain(t *testing.T) {
	c := office(t)
	c.manager("dot")
	plan := c.plan(access.By("dot"), access.RemoveEmployee{Employee: "bob", All: true})
	c.Do(access.By("ann"), access.SuspendEmployee{Employee: "dot"})
	_, err := c.Manager.Apply(context.Background(), access.By("dot"), plan)
	require.ErrorIs(t, err, access.ErrNotAllowed)
	require.NotZero(t, c.lumen("bob"))
}

func TestPLAN2_ManyApplyOneOnlyOnceItIsDone(t *testing.T) {
	c := office(t)
	plan := c.plan(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: people("dan"), Template: "support"})
	var together sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		together.Go(func() { _, errs[i] = c.Manager.Apply(context.Background(), access.By("ann"), plan) })
	}
	together.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
			continue
		}
		require.ErrorIs(t, err, access.ErrAlreadyMember)
	}
	require.Equal(t, 1, done)
}

func TestPLAN3_AllIsAllOrNothing(t *testing.T) {
	c := office(t)
	add := access.AddMember{Client: "lumen", User: "zoe", Permissions: []string{"reports.view"}}
	c.deny(access.By("carla"), access.All{
		add, access.PauseMember{Client: "lumen", User: "bob"}, access.RemoveMember{Client: "lumen", User: "nobody"},
	}, access.ErrUnknownMember, "lumen", "nobody")
	require.Zero(t, c.lumen("zoe"))
	require.True(t, c.may("bob", "reports.view"))

	done := c.Do(access.By("carla"), access.All{add, access.All{access.SetSeat{Client: "lumen", User: "zoe", Paid: true}}})
	require.Len(t, done.Members, 2, "one for each change")
	require.True(t, c.lumen("zoe").PaidSeat, "the second sees what the first did")
	var call []string
	for event, err := range c.Manager.Events(context.Background(), access.Host(), done.Revision-1) {
		require.NoError(t, err)
		call = append(call, event.Change, event.Call)
	}
	require.Equal(t, []string{"AddMember", call[1], "SetSeat", call[1]}, call, "one event each, of one call")
}

func TestPLAN3_OFF8HoldsWithinAll(t *testing.T) {
	c := newCast(t)
	change := access.All{
		access.LowerSuperAdmin{Client: "lumen", User: "sven"},
		access.LowerSuperAdmin{Client: "lumen", User: "carla"},
	}
	c.deny(access.By("carla"), change, access.ErrLastSuperAdmin, "lumen")
	require.Equal(t, relationship.SuperAdmin, c.lumen("sven").Role)
	require.Len(t, c.plan(access.By("carla"), change).Obstacles, 1)

	c.own("otto")
	c.Do(access.By("carla"), access.All{
		access.LowerSuperAdmin{Client: "lumen", User: "sven"},
		access.MakeSuperAdmin{Client: "lumen", User: "otto"},
		access.LowerSuperAdmin{Client: "lumen", User: "carla"},
	})
	require.Equal(t, relationship.SuperAdmin, c.lumen("otto").Role)
}
