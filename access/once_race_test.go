package access_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage/bolt"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// Wherever the same call of somebody else comes in between, the later one is
// told of it, and not that the thing is done already.
func TestPLAN4_ARepeatThatOvertakesIsSeen(t *testing.T) {
	for n := 1; n < 6; n++ {
		for _, planned := range []bool{false, true} {
			store := &interrupted{Store: memdb.New()}
			w := accesstest.New(t, accesstest.WithStore(store), accesstest.WithAssets(&inventory{}))
			w.Employee("bob")
			w.Template("support")
			call := access.By(accesstest.Admin).Once("k")
			add := access.AddEmployees{Client: accesstest.Client, Employees: []relationship.UserID{"bob"}, Template: "support"}
			plan, err := w.Manager.Plan(t.Context(), call, add)
			require.NoError(t, err)
			var first, second access.Result
			store.at(n, func() { first = w.Do(call, add) })
			if planned {
				second, err = w.Manager.Apply(t.Context(), call, plan)
			} else {
				second, err = w.Manager.Do(t.Context(), call, add)
			}
			store.at(0, nil)
			require.NoError(t, err, "before snapshot %d, planned: %v", n, planned)
			require.True(t, first.Changed != second.Changed || first.Revision == 0)
			require.Equal(t, first.Changed, second.Replayed)
		}
	}
}

// The end by the clock that a call with a key meets is written in the same
// commit, whether before the call or because it starts again: there is one
// commit, and the key tells its revision.
func TestPLAN4_AKeyAndAnEndByTheClockAreOneCommit(t *testing.T) {
	carla, ann := access.By(accesstest.SuperAdmin), access.By(accesstest.Admin)
	for name, test := range map[string]struct {
		by     access.Call
		change access.Change
	}{
		"before the call":       {carla, access.MakePartnerAdmin{Client: accesstest.Client, Partner: accesstest.Partner, Employee: "bob"}},
		"the call starts again": {ann, access.All{access.MakeTemplate{Name: "other"}, access.EndEmployment{Employee: "bob"}}},
	} {
		w := accesstest.New(t)
		w.AddEmployee("bob", "support")
		end := w.Clock.Now().Add(accesstest.Day)
		w.Do(carla, access.SetRelationshipEnd{Client: accesstest.Client, Partner: accesstest.Partner, End: end})
		w.Clock.Set(end)
		before := w.Store.Snapshot().Revision()
		result := w.Do(test.by.Once("k"), test.change)
		require.Equal(t, before+1, result.Revision, name)
		require.Equal(t, before+1, w.Store.Snapshot().Revision(), name)
		events := eventsBehind(t, w, before)
		require.Equal(t, "RelationshipEnds", events[0].Change)
		require.Equal(t, "RememberKey", events[len(events)-1].Change)
		require.Equal(t, events[len(events)-2].Call, events[len(events)-1].Call, "it is of the call")
		require.Equal(t, events[len(events)-2].Actor, events[len(events)-1].Actor)
		w.Do(access.Host(), access.RenameClient{Client: accesstest.Client, Name: "New"})
		again := w.Do(test.by.Once("k"), test.change)
		require.True(t, again.Replayed)
		require.Equal(t, result.Revision, again.Revision)
		require.Equal(t, result.Counts, again.Counts)
	}
}

// The clock goes back: what was forgotten stays forgotten, because now is never
// before the last commit (TIME-3).
func TestPLAN4_AClockThatGoesBackBringsNoKeyBack(t *testing.T) {
	w, add := onceWorld(t)
	call := access.By(accesstest.Admin).Once("k")
	w.Do(call, add)
	w.Clock.Turn(25 * time.Hour)
	w.Do(access.Host(), access.RenameClient{Client: accesstest.Client, Name: "New"})
	w.Clock.Turn(-20 * time.Hour)
	require.ErrorIs(t, w.Refused(call, add), access.ErrAlreadyMember)
	// A key that is over is free, also while its record is still there.
	other := access.RemoveEmployee{Employee: "bob", All: true}
	require.True(t, w.Do(call, other).Changed)
	require.True(t, w.Do(call, other).Replayed)
	require.Equal(t, 1, w.Manager.Stats().Records[relationship.KindOnce])
}

// A Sweep forgets all keys that are over, however many.
func TestPLAN4_ManyKeysAreForgottenAtOnce(t *testing.T) {
	w := accesstest.New(t)
	const keys = 2300
	for i := range keys {
		w.Do(access.Host().Once(fmt.Sprint(i)), access.RenameClient{Client: accesstest.Client, Name: fmt.Sprint("Lumen ", i)})
	}
	w.Clock.Turn(25 * time.Hour)
	young := access.Host().Once("young")
	w.Do(young, access.RenameClient{Client: accesstest.Client, Name: "Lumen"})
	swept, err := w.Manager.Sweep(t.Context())
	require.NoError(t, err)
	require.Equal(t, keys, swept.Keys)
	require.Equal(t, 1, w.Manager.Stats().Records[relationship.KindOnce])
	require.True(t, w.Do(young, access.RenameClient{Client: accesstest.Client, Name: "Lumen"}).Replayed)
}

// Over a journal many calls are written as one batch: of those that are the
// same, one is made, and the others are told of it.
func TestPLAN4_RepeatsInOneBatch(t *testing.T) {
	journal, err := bolt.Open(filepath.Join(t.TempDir(), "access.db"))
	require.NoError(t, err)
	store, err := memdb.Open(t.Context(), journal)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	w := accesstest.New(t, accesstest.WithStore(store))
	w.Template("support")
	for round := range 10 {
		user := relationship.UserID(fmt.Sprint("bob", round))
		w.Employee(user)
		change := access.AddEmployees{Client: accesstest.Client, Employees: []relationship.UserID{user}, Template: "support"}
		call := access.By(accesstest.Admin).Once(fmt.Sprint(round))
		results := make([]access.Result, 12)
		var send []func() error
		for i := range results {
			send = append(send, func() (err error) {
				results[i], err = w.Manager.Do(t.Context(), call, change)
				return err
			})
		}
		for _, err := range atOnce(send...) {
			require.NoError(t, err)
		}
		changed := 0
		for _, result := range results {
			require.Equal(t, results[0].Revision, result.Revision)
			require.Equal(t, results[0].Counts, result.Counts)
			require.NotEqual(t, result.Changed, result.Replayed)
			if result.Changed {
				changed++
			}
		}
		require.Equal(t, 1, changed)
		logged := eventsBehind(t, w, results[0].Revision-1)
		require.Equal(t, []string{"AddEmployees", "RememberKey"}, []string{logged[0].Change, logged[1].Change})
	}
	w.Verify()
}

// A key is known as long as it is kept, also when the log has forgotten its
// commit.
func TestPLAN4_AKeyOutlivesTheTrimmedLog(t *testing.T) {
	w, add := onceWorld(t)
	call := access.By(accesstest.Admin).Once("k")
	first := w.Do(call, add)
	w.Do(access.Host(), access.RenameClient{Client: accesstest.Client, Name: "New"})
	require.NoError(t, w.Store.Trim(t.Context(), w.Store.Snapshot().Revision()))
	again := w.Do(call, add)
	require.True(t, again.Replayed)
	require.Equal(t, first.Revision, again.Revision)
	w.Verify()
}
