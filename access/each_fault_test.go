package access_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// forgetful is a store that cannot tell what became of the n-th change, which it
// has written or not.
type forgetful struct {
	storage.Store
	left  int
	wrote bool
}

func (s *forgetful) Update(ctx context.Context, run func(storage.Tx) error) (storage.Revision, error) {
	if s.left--; s.left != 0 {
		return s.Store.Update(ctx, run)
	}
	if s.wrote {
		if revision, err := s.Store.Update(ctx, run); err != nil {
			return revision, err
		}
	}
	return 0, storage.ErrUnknownOutcome
}

// A chunk whose outcome is unknown ends the call, and its items are said to be
// not attempted. Sending the call again with its key finds out.
func TestPLAN3_AChunkWhoseOutcomeIsUnknown(t *testing.T) {
	for _, wrote := range []bool{false, true} {
		store := &forgetful{Store: memdb.New()}
		w, users := eachWorld(t, 2500, accesstest.WithStore(store))
		call := access.By(accesstest.Admin).Once("k")
		add := access.AddEmployees{Client: accesstest.Client, Employees: users, Template: "support"}
		store.left, store.wrote = 2, wrote
		var told []access.Tally
		first, err := w.Manager.DoEach(t.Context(), call, add, func(tally access.Tally) { told = append(told, tally) })
		require.ErrorIs(t, err, storage.ErrUnknownOutcome)
		require.Equal(t, access.Tally{Applied: 1000, NotAttempted: 1500}, first.Tally)
		require.Equal(t, []access.Tally{first.Tally}, told)
		for _, item := range first.Items[1000:] {
			require.Zero(t, item.Revision)
			require.Empty(t, item.Effects)
			require.NoError(t, item.Err)
		}
		want := access.Tally{Replayed: 1000, Applied: 1500}
		if wrote {
			want = access.Tally{Replayed: 2000, Applied: 500}
		}
		require.Equal(t, want, doEach(t, w, call, add).Tally)
		require.Equal(t, access.Tally{Replayed: 2500}, doEach(t, w, call, add).Tally)
	}
}

// A panic of the host's goes on, has changed nothing, and leaves nothing locked.
func TestPLAN3_APanicOfTheHostChangesNothing(t *testing.T) {
	host := &inventory{}
	w, users := eachWorld(t, 3, accesstest.WithAssets(host))
	w.Do(access.By(accesstest.Admin), access.AddEmployees{Client: accesstest.Client, Employees: users, Template: "support"})
	before := w.Store.Snapshot().Revision()
	host.during = func() { panic("a bug of the host's") }
	call := access.By(accesstest.Admin).Once("k")
	remove := access.RemoveEmployees{Client: accesstest.Client, Employees: users}
	require.Panics(t, func() { _, _ = w.Manager.DoEach(t.Context(), call, remove, nil) })
	require.Panics(t, func() { _, _ = w.Manager.Do(t.Context(), call, remove) })
	require.Panics(t, func() { _, _ = w.Manager.PlanEach(t.Context(), call, remove) })
	require.Equal(t, before, w.Store.Snapshot().Revision())
	host.during = nil
	// A panic while progress is told comes after the commit, which stays.
	require.Panics(t, func() {
		_, _ = w.Manager.DoEach(t.Context(), call, remove, func(access.Tally) { panic("a bug of the host's") })
	})
	require.Equal(t, access.Tally{Replayed: 3}, doEach(t, w, call, remove).Tally)
}

// An item that meets an end by the clock is made behind it, also when it has
// written something by then: that is taken back, and made again. What comes
// before and behind it stays.
func TestPLAN3_AnItemThatMeetsAnEndByTheClock(t *testing.T) {
	w, users := eachWorld(t, 3)
	carla := access.By(accesstest.SuperAdmin)
	for _, client := range []relationship.ClientID{"aster", "zephyr"} {
		w.Do(access.Host(), access.CreateClient{ID: client, Name: string(client), SuperAdmin: accesstest.SuperAdmin})
		for _, user := range users[:2] {
			w.Do(carla, access.MakePartnerAdmin{Client: client, Partner: accesstest.Partner, Employee: user})
		}
	}
	end := w.Clock.Now().Add(accesstest.Day)
	w.Do(carla, access.SetRelationshipEnd{Client: "zephyr", Partner: accesstest.Partner, End: end})
	w.Clock.Set(end)
	before := w.Store.Snapshot().Revision()
	items := access.All{
		access.RenameTemplate{Name: "support", To: "help"},
		access.EndEmployment{Employee: users[0]}, // a member of aster, then of zephyr
		access.EndEmployment{Employee: "nobody"},
		access.EndEmployment{Employee: users[1]},
	}
	plan, err := w.Manager.PlanEach(t.Context(), access.By(accesstest.Admin), items)
	require.NoError(t, err)
	result := doEach(t, w, access.By(accesstest.Admin).Once("k"), items)
	require.Equal(t, access.Tally{Applied: 3, Refused: 1}, result.Tally)
	require.Equal(t, plan.Tally, result.Tally)
	require.Equal(t, before+1, w.Store.Snapshot().Revision(), "one commit")
	var changes []string
	for _, event := range eventsBehind(t, w, before) {
		changes = append(changes, event.Change)
	}
	require.Equal(t, []string{"RenameTemplate", "RelationshipEnds", "EndEmployment", "EndEmployment", "RememberKey"}, changes)
	require.Equal(t, relationship.Ended, w.Relationship(accesstest.Partner, "zephyr").Phase)
	require.Equal(t, relationship.Ending, w.Relationship(accesstest.Partner, "aster").Phase)
	for i, item := range plan.Items {
		require.Equal(t, item.Effects.String(), result.Items[i].Effects.String())
	}
	require.Equal(t, access.Tally{Replayed: 4}, doEach(t, w, access.By(accesstest.Admin).Once("k"), items).Tally)
}

// An item that is refused after it has written something leaves nothing of it,
// and the items behind it find what was there.
func TestPLAN3_ARefusedItemLeavesNothing(t *testing.T) {
	w := accesstest.New(t)
	w.AddEmployee("bob", "support", crm.ReportsView)
	member := w.Member(accesstest.Client, "bob")
	result := doEach(t, w, access.Host(), access.All{
		access.EraseUser{ID: accesstest.SuperAdmin2},
		access.EraseUser{ID: accesstest.Admin}, // the last one of the partner: refused after they have left the client
		access.EraseUser{ID: "bob"},
	})
	require.Equal(t, access.Tally{Applied: 2, Refused: 1}, result.Tally)
	require.ErrorIs(t, result.Items[1].Err, access.ErrLastSuperAdmin)
	require.NotEmpty(t, w.Member(accesstest.Client, accesstest.Admin))
	require.NotEmpty(t, member)
	require.Empty(t, w.Member(accesstest.Client, "bob"))
	require.Equal(t, 1, w.Relationship(accesstest.Partner, accesstest.Client).Members)
}

// What fails in the store is no refusal of an item: it ends the call, and
// nothing of the chunk is there.
func TestPLAN3_AWriteThatFailsEndsTheCall(t *testing.T) {
	store := &faultyStore{Store: memdb.New()}
	w, users := eachWorld(t, 3, accesstest.WithStore(store))
	add := access.AddEmployees{Client: accesstest.Client, Employees: users, Template: "support"}
	call, failed := access.By(accesstest.Admin).Once("k"), 0
	before := store.Snapshot().Revision()
	for store.failAt = 1; ; store.failAt++ {
		result, err := w.Manager.DoEach(t.Context(), call, add, nil)
		if err == nil {
			require.Equal(t, access.Tally{Applied: 3}, result.Tally)
			break
		}
		require.ErrorIs(t, err, errFault)
		require.Equal(t, access.Tally{NotAttempted: 3}, result.Tally)
		require.Equal(t, before, store.Snapshot().Revision())
		failed++
	}
	store.failAt = 0
	require.Greater(t, failed, 9)
}

// Somebody else is stopped than the host was asked about: it is asked again,
// and what is done is what it was asked about last.
func TestOFF6_EachForItselfAsksAgain(t *testing.T) {
	late := access.Asset{Place: access.Place{Client: accesstest.Client, User: "e00001"}, ID: "1", Type: "workflow", Name: "W"}
	host := &inventory{owned: []access.Asset{late}}
	w, users := eachWorld(t, 2, accesstest.WithAssets(host))
	by := access.By(accesstest.Admin)
	w.Do(by, access.AddEmployees{Client: accesstest.Client, Employees: users, Template: "support"})
	w.Do(by, access.DeactivateEmployees{Client: accesstest.Client, Employees: users[1:]})
	host.asked = nil
	host.during = func() { // the second is deactivated when the host is asked, and not any more when it is done
		host.during = nil
		w.Do(by, access.ReactivateEmployees{Client: accesstest.Client, Employees: users[1:]})
	}
	result := doEach(t, w, by, access.DeactivateEmployees{Client: accesstest.Client, Employees: users})
	require.Equal(t, access.Tally{Applied: 2}, result.Tally)
	require.Equal(t, []access.Asset{late}, result.Items[1].Effects.Assets())
	require.Len(t, host.asked, 2)
}

// rerunning is a store that runs a change upon an older state first, and throws
// that away, as one does that lost a race.
type rerunning struct {
	storage.Store
	older storage.Snapshot
}

func (s *rerunning) Update(ctx context.Context, run func(storage.Tx) error) (storage.Revision, error) {
	if s.older != nil {
		if err := run(s.older.Draft()); err != nil {
			return 0, err
		}
	}
	return s.Store.Update(ctx, run)
}

// A store may run a change more than once: only the last run counts.
func TestPLAN3_OnlyTheLastRunCounts(t *testing.T) {
	store := &rerunning{Store: memdb.New()}
	w, users := eachWorld(t, 3, accesstest.WithStore(store))
	by := access.By(accesstest.Admin)
	w.Do(by, access.SuspendEmployee{Employee: users[0]})
	older := store.Snapshot()
	w.Do(by, access.ResumeEmployee{Employee: users[0]})
	w.Do(by, access.SuspendEmployee{Employee: users[1]})
	store.older = older
	result := doEach(t, w, by.Once("k"), access.AddEmployees{Client: accesstest.Client, Employees: users, Template: "support"})
	store.older = nil
	require.Equal(t, access.Tally{Applied: 2, Refused: 1}, result.Tally)
	require.NoError(t, result.Items[0].Err)
	require.NotEmpty(t, result.Items[0].Effects.Members)
	require.ErrorIs(t, result.Items[1].Err, access.ErrInactive)
	require.Empty(t, result.Items[1].Effects)
}
