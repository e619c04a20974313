package worlds_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/internal/worlds"
	"github.com/clientaccess/clientaccess/relationship"
)

// TestShares counts what a world is said to be made of.
func TestShares(t *testing.T) {
	t.Parallel()
	w := worlds.New(worlds.S)
	w.Settle()
	places := map[relationship.UserID]map[relationship.ClientID]bool{}
	members, deactivated, bounded := 0, 0, 0
	over, sets := map[relationship.ClientID]bool{}, map[int]bool{}
	for m := range w.Members() {
		members++
		sets[m.Set] = true
		if m.Deactivated {
			deactivated++
		}
		if !m.End.IsZero() {
			bounded++
			require.True(t, m.End.After(w.Clock.Now()), "nobody's own end is over yet")
		}
		if !m.Limit.IsZero() {
			over[m.Client] = true
			require.False(t, m.Limit.After(w.Clock.Now()))
		}
		if places[m.User] == nil {
			places[m.User] = map[relationship.ClientID]bool{}
		}
		require.False(t, places[m.User][m.Client], "%s is a member of %s twice", m.User, m.Client)
		places[m.User][m.Client] = true
	}
	require.Equal(t, worlds.S.Memberships(), members)
	require.InDelta(t, 3, 100*float64(deactivated)/float64(members), 0.1)
	require.InDelta(t, 10, 100*float64(bounded)/float64(members), 0.1)
	require.Len(t, over, worlds.S.Clients/100)
	require.Len(t, sets, 6)
	require.Len(t, w.Permissions, 40)
}

// TestQuestionsAreOfBothKinds: half of them are about a permission that the
// set has.
func TestQuestionsAreOfBothKinds(t *testing.T) {
	t.Parallel()
	w := worlds.New(worlds.S)
	w.Settle()
	m := worlds.NewMap(w)
	set := map[relationship.UserID]map[relationship.ClientID]int{}
	for member := range w.Members() {
		m.Add(member)
		if set[member.User] == nil {
			set[member.User] = map[relationship.ClientID]int{}
		}
		set[member.User][member.Client] = member.Set
	}
	has, yes := 0, 0
	list := w.Questions(10_000)
	for _, q := range list {
		if w.Has(set[q.User][q.Client], q.Number) {
			has++
		}
		if m.Can(&q) {
			yes++
		}
	}
	require.Equal(t, len(list)/2, has)
	require.Less(t, yes, has, "some are deactivated, and some relationships over")
	require.Greater(t, yes, has*9/10)
}

// TestManagerAgreesWithTheMap asks both everything about a small world: with
// relationships that are over, with members added, and after every end.
func TestManagerAgreesWithTheMap(t *testing.T) {
	t.Parallel()
	w := worlds.New(worlds.Size{Clients: 120, PerClient: 12})
	manager, err := w.Open(context.Background())
	require.NoError(t, err)
	plain := worlds.NewMap(w)
	members := []worlds.Member{}
	for m := range w.Members() {
		members = append(members, m)
	}
	for _, m := range members {
		plain.Add(m)
	}
	w.Settle()
	reasons := map[access.Reason]int{}
	compare := func() {
		for _, m := range members {
			for p := range w.Permissions {
				q := w.Ask(m.User, m.Client, p)
				d := manager.Check(q.User, q.Client, q.Permission)
				require.Equal(t, plain.Can(&q), d.Allowed(), "%v: %v", q, d)
				reasons[d.Reason()]++
			}
		}
	}
	compare()
	for _, m := range w.Newcomers(0) {
		plain.Add(m)
		members = append(members, m)
	}
	_, err = manager.Do(context.Background(), access.By(worlds.Boss), worlds.Adding(w.Newcomers(0)))
	require.NoError(t, err)
	compare()
	w.Clock.Turn(worlds.Forever)
	compare()
	t.Logf("answers: %v", reasons)
	for _, reason := range []access.Reason{
		access.ReasonAllowed, access.ReasonDeactivated, access.ReasonRunOut, access.ReasonRelationshipOver, access.ReasonNotInSet,
	} {
		require.NotZero(t, reasons[reason], reason.String())
	}
}
