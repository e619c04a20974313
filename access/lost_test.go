package access_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// Whatever takes something from bob, or some time later: when the journal loses
// it, it stays taken in the process that had it until the host acknowledges the
// loss, in every answer and in every way of asking.
func TestALostRevocationStaysInForce(t *testing.T) {
	t.Parallel()
	ann, carla := access.By("ann"), access.By("carla")
	bob := []relationship.UserID{"bob"}
	for name, test := range map[string]struct {
		call  access.Call
		take  access.Change
		later time.Duration // after which what was lost would have taken it
	}{
		"removed":                  {call: ann, take: access.RemoveEmployee{Employee: "bob", All: true}},
		"removed by the client":    {call: carla, take: access.RemoveMember{Client: "lumen", User: "bob"}},
		"deactivated":              {call: ann, take: access.DeactivateEmployees{Client: "lumen", Employees: bob}},
		"paused":                   {call: carla, take: access.PauseMember{Client: "lumen", User: "bob"}},
		"the partner paused":       {call: carla, take: access.PausePartner{Client: "lumen", Partner: "northwind"}},
		"paused by the partner":    {call: ann, take: access.PauseEmployee{Employee: "bob"}},
		"suspended":                {call: ann, take: access.SuspendEmployee{Employee: "bob"}},
		"the partner closed":       {call: access.Host(), take: access.ClosePartner{Partner: "northwind"}},
		"the client closed":        {call: access.Host(), take: access.CloseClient{Client: "lumen"}},
		"a permission":             {call: carla, take: access.ChangeMemberPermissions{Client: "lumen", User: "bob", Remove: []string{crm.TicketsViewAll}}},
		"a ceiling":                {call: carla, take: access.SetCeiling{Client: "lumen", Partner: "northwind", Permissions: []string{crm.ReportsView}}},
		"an end":                   {call: carla, take: access.SetMemberEnd{Client: "lumen", User: "bob", End: accesstest.Start.Add(accesstest.Day)}, later: accesstest.Day},
		"the relationship's end":   {call: carla, take: access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: accesstest.Start.Add(accesstest.Day)}, later: accesstest.Day},
		"a longest membership":     {call: carla, take: access.SetLongestMembership{Client: "lumen", Partner: "northwind", Longest: 2 * accesstest.Day}, later: 3 * accesstest.Day},
		"employment, in one go":    {call: ann, take: access.EndEmployment{Employee: "bob"}},
		"and given something else": {call: carla, take: access.ChangeMemberPermissions{Client: "lumen", User: "bob", Add: []string{crm.ContactsViewAll}, Remove: []string{crm.TicketsViewAll}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, other, shared := twoProcesses(t)
			tickets := w.Permission(crm.TicketsViewAll)
			w.Do(test.call, test.take)
			other.refresh(t)
			w.Clock.Turn(test.later)
			require.False(t, other.Can("bob", "lumen", tickets), "the change takes nothing")
			w.Clock.Turn(-test.later)
			before := other.Can("bob", "lumen", tickets)
			was := other.Permissions("bob", "lumen")
			require.Equal(t, test.later > 0, before)

			lost := shared.Lose(1)
			other.refresh(t)
			tails, err := other.LostTails(access.Host())
			require.NoError(t, err)
			require.Len(t, tails, 1)
			require.Equal(t, lost, tails[0].Commits)
			require.True(t, tails[0].Complete)
			require.False(t, tails[0].Everywhere)
			require.Positive(t, tails[0].Held)
			require.True(t, other.Permissions("bob", "lumen").SubsetOf(was))

			w.Clock.Turn(test.later)
			requireAllSay(t, other.Manager, "bob", tickets, access.ReasonRevocationLost)
			fresh := openReplica(t, shared, access.Options{Catalog: w.Catalog, Clock: w.Clock.Now})
			require.True(t, fresh.Can("bob", "lumen", tickets), "the journal alone says yes")
			again, err := access.Open(t.Context(), other.store, access.Options{Catalog: w.Catalog, Clock: w.Clock.Now, MaxStaleness: plenty})
			require.NoError(t, err)
			require.Equal(t, access.ReasonRevocationLost, again.Check("bob", "lumen", tickets).Reason(), "another Manager over the same store")

			require.ErrorIs(t, other.AcknowledgeLost(access.Host(), 2), access.ErrInvalid)
			require.ErrorIs(t, other.AcknowledgeLost(carla, 1), access.ErrNotAllowed)
			require.NoError(t, other.AcknowledgeLost(access.Host(), 1))
			requireAllSay(t, other.Manager, "bob", tickets, access.ReasonAllowed)
			require.True(t, again.Can("bob", "lumen", tickets))
		})
	}
}

// requireAllSay asks in every way there is.
func requireAllSay(t *testing.T, m *access.Manager, user relationship.UserID, permission permset.Permission, reason access.Reason) {
	t.Helper()
	yes := reason == access.ReasonAllowed
	d := m.Check(user, "lumen", permission)
	require.Equal(t, reason, d.Reason(), d.String())
	require.Equal(t, reason, m.CheckMany([]access.Question{{User: user, Client: "lumen", Permission: permission}})[0].Reason())
	require.Equal(t, yes, m.Permissions(user, "lumen").Has(permission))
	explained, err := m.Explain(access.Host(), user, "lumen", permission)
	require.NoError(t, err)
	require.Equal(t, reason, explained.Decision.Reason())
	who, err := m.WhoCan(access.Host(), "lumen", permission, "", 100)
	require.NoError(t, err)
	require.Equal(t, yes, slices.Contains(who.Users, user))
	where, err := m.WhereCan(access.Host(), user, permission, "", 100)
	require.NoError(t, err)
	require.Equal(t, yes, slices.Contains(where.Clients, "lumen"))
	names, err := m.MemberNames(access.Host(), "lumen", 100, "")
	require.NoError(t, err)
	for _, row := range names.Rows {
		if row.User == user {
			require.Equal(t, !m.Permissions(user, "lumen").IsEmpty(), row.Why == access.ReasonAllowed)
		}
	}
	for row, err := range m.Members(access.Host(), "lumen", access.MemberQuery{}).All() {
		require.NoError(t, err)
		if row.User == user {
			require.Equal(t, !m.Permissions(user, "lumen").IsEmpty(), row.Active)
		}
	}
}

// What a lost commit gave is gone at once, and what is given anew is not held
// back where nothing was taken.
func TestALostGrantIsGone(t *testing.T) {
	t.Parallel()
	w, other, shared := twoProcesses(t)
	tickets := w.Permission(crm.TicketsViewAll)
	w.User("zoe", "lumen.example")
	other.refresh(t)
	add := access.AddMember{Client: "lumen", User: "zoe", Permissions: []string{crm.TicketsViewAll}}
	w.Do(access.By("carla"), add)
	other.refresh(t)
	require.True(t, other.Can("zoe", "lumen", tickets))
	shared.Lose(1)
	other.refresh(t)
	require.Equal(t, access.ReasonNotMember, other.Check("zoe", "lumen", tickets).Reason())
	_, err := other.Do(t.Context(), access.By("carla"), add)
	require.NoError(t, err)
	require.True(t, other.Can("zoe", "lumen", tickets))
	tails, err := other.LostTails(access.Host())
	require.NoError(t, err)
	require.Len(t, tails, 1)
	require.Equal(t, "lost tail 1: 1 commits behind revision "+fmt.Sprint(tails[0].Ancestor.Revision)+"; 0 places held", tails[0].String())
	_, err = other.LostTails(access.By("carla"))
	require.ErrorIs(t, err, access.ErrNotAllowed)
}

// Whoever was lowered in a lost commit acts in that client no more, not even in
// the change that finds the loss.
func TestWhoWasLoweredInALostTailDoesNotAct(t *testing.T) {
	t.Parallel()
	for _, noticed := range []bool{true, false} {
		w, other, shared := twoProcesses(t)
		w.Do(access.By("carla"), access.LowerSuperAdmin{Client: "lumen", User: "sven"})
		w.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "ann"})
		other.refresh(t)
		shared.Lose(2)
		if noticed {
			other.refresh(t)
		}
		for _, one := range []struct {
			call   access.Call
			change access.Change
		}{
			{access.By("sven"), access.RemoveMember{Client: "lumen", User: "bob"}},
			{access.By("ann"), access.ChangeTemplate{Client: "lumen", Employees: []relationship.UserID{"bob"}, Template: "support"}},
		} {
			_, err := other.Do(t.Context(), one.call, one.change)
			require.ErrorIs(t, err, access.ErrRevocationLost, "noticed before: %v", noticed)
			_, err = w.Manager.Do(t.Context(), one.call, one.change)
			require.ErrorIs(t, err, access.ErrRevocationLost, "here they were made")
		}
		require.NoError(t, other.AcknowledgeLost(access.Host(), 1))
		_, err := other.Do(t.Context(), access.By("sven"), access.RemoveMember{Client: "lumen", User: "bob"})
		require.NoError(t, err)
		require.NoError(t, w.Manager.AcknowledgeLost(access.Host(), 1))
	}
}

// Where memory does not say which commits were lost, all places are compared;
// where there is too much to be kept, everything is refused.
func TestWhatIsKeptOfLostTailsIsBounded(t *testing.T) {
	t.Parallel()
	w, _, shared := twoProcesses(t)
	tickets := w.Permission(crm.TicketsViewAll)
	w.Do(access.By("carla"), access.RemoveMember{Client: "lumen", User: "bob"})
	var heard bytes.Buffer
	late := openReplica(t, shared, access.Options{Catalog: w.Catalog, Clock: w.Clock.Now, Logger: slog.New(slog.NewTextHandler(&heard, nil))})
	late.refresh(t)
	shared.Lose(1) // late has it, and does not remember what it was
	late.refresh(t)
	tails, err := late.LostTails(access.Host())
	require.NoError(t, err)
	require.Len(t, tails, 1)
	require.False(t, tails[0].Complete)
	require.Empty(t, tails[0].Commits)
	require.Equal(t, 1, tails[0].Held)
	require.Equal(t, access.ReasonRevocationLost, late.Check("bob", "lumen", tickets).Reason())
	require.True(t, late.Can("carla", "lumen", tickets))
	require.Contains(t, heard.String(), "the journal has lost commits")
	require.Contains(t, heard.String(), "1 places held")
	require.Equal(t, 1, strings.Count(heard.String(), "\n"), "it is told once")

	for i := range 9 {
		_, err := late.Do(t.Context(), access.Host(), access.RenameClient{Client: "lumen", Name: fmt.Sprint(i)})
		require.NoError(t, err)
		shared.Lose(1)
		late.refresh(t)
	}
	tails, err = late.LostTails(access.Host())
	require.NoError(t, err)
	require.Len(t, tails, 10)
	require.True(t, tails[9].Everywhere)
	requireAllSay(t, late.Manager, "carla", tickets, access.ReasonRevocationLost)
	_, err = late.Do(t.Context(), access.By("carla"), access.RemoveMember{Client: "lumen", User: "bob"})
	require.ErrorIs(t, err, access.ErrRevocationLost)
	require.NoError(t, late.AcknowledgeLost(access.Host(), 10))
	requireAllSay(t, late.Manager, "carla", tickets, access.ReasonAllowed)
	requireAllSay(t, late.Manager, "bob", tickets, access.ReasonAllowed)
}

// Ten thousand places are kept apart; of one more, everything is refused.
func TestTenThousandPlacesAreKeptApart(t *testing.T) {
	t.Parallel()
	const most = 10_000
	w, other, shared := twoProcesses(t)
	tickets := w.Permission(crm.TicketsViewAll)
	id := func(i int) relationship.UserID { return relationship.UserID(fmt.Sprintf("member-%05d", i)) }
	add := func(from, to int) {
		counts, err := w.Manager.Import(t.Context(), access.Host(), func(yield func(access.ImportRow) bool) {
			for i := from; i < to; i++ {
				if !yield(access.ImportUser{ID: id(i), Name: "A Member", Email: string(id(i)) + "@northwind.example"}) ||
					!yield(access.ImportEmployee{Partner: "northwind", User: id(i), Kind: relationship.Staff}) ||
					!yield(access.ImportMember{Client: "lumen", User: id(i), Role: relationship.Standard, Partner: "northwind",
						Permissions: []string{crm.TicketsViewAll}}) {
					return
				}
			}
		}, nil)
		require.NoError(t, err)
		require.Zero(t, counts.Refused)
	}
	add(2, most) // with ann and bob
	for _, members := range []int{most, most + 1} {
		w.Do(access.By("carla"), access.PausePartner{Client: "lumen", Partner: "northwind"})
		other.refresh(t)
		shared.Lose(1)
		other.refresh(t)
		tails, err := other.LostTails(access.Host())
		require.NoError(t, err)
		require.Len(t, tails, 1)
		reason := access.ReasonAllowed
		if members > most {
			require.True(t, tails[0].Everywhere)
			require.Zero(t, tails[0].Held)
			reason = access.ReasonRevocationLost
		} else {
			require.False(t, tails[0].Everywhere)
			require.Equal(t, members, tails[0].Held)
		}
		require.Equal(t, reason, other.Check("carla", "lumen", tickets).Reason(), "whom nothing was taken from")
		require.Equal(t, access.ReasonRevocationLost, other.Check(id(most-1), "lumen", tickets).Reason())
		require.NoError(t, other.AcknowledgeLost(access.Host(), tails[0].Number))
		require.True(t, other.Can(id(most-1), "lumen", tickets))

		require.NoError(t, w.Store.Refresh(t.Context()))
		require.NoError(t, w.Manager.AcknowledgeLost(access.Host(), tails[0].Number))
		add(most, most+1)
	}
}

// Who follows what is lost to people is told when the journal has lost what was
// told.
func TestLossesEndWithALostTail(t *testing.T) {
	t.Parallel()
	w, other, shared := twoProcesses(t)
	shared.SetHints(true, time.Millisecond)
	begin := other.Revision()
	errs := make(chan error, 1)
	told := make(chan access.Losses, 100)
	go func() {
		for losses, err := range other.Losses(context.Background(), access.Host(), begin) {
			if err != nil {
				errs <- err
				return
			}
			told <- losses
		}
	}()
	w.Do(access.By("carla"), access.RemoveMember{Client: "lumen", User: "bob"})
	require.Equal(t, begin+1, (<-told).Revision)
	shared.Lose(1)
	other.refresh(t)
	require.ErrorIs(t, <-errs, storage.ErrDiverged)
}

// restored is a Manager over a copy of a store.
func restored(t *testing.T, store storage.Store, options access.Options) *access.Manager {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, storage.Dump(t.Context(), store, &text))
	copied := memdb.New()
	require.NoError(t, storage.Restore(t.Context(), copied, &text))
	manager, err := access.Open(t.Context(), copied, options)
	require.NoError(t, err)
	return manager
}
