package storagetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var trimTests = []test{
	{"what was trimmed is compacted, and the rest stays as it was", trimForgets},
	{"trimming leaves the state alone", trimLeavesState},
	{"the checkpoint stands for what was trimmed", trimCheckpoint},
	{"nothing is trimmed that is not there yet, and nothing twice", trimBounds},
	{"whoever reads the log while it is trimmed gets all of it or is told", trimUnderReader},
	{"whoever reads a long log gets what there was when they began", endsWhereItBegan},
	{"the state of any revision that the log reaches can be had", pastStates},
}

var eraseTests = []test{
	{"an erased person is in no commit, and the chain still holds", erases},
}

func trim(t *testing.T, store storage.Store, upto storage.Revision) {
	t.Helper()
	require.NoError(t, store.Trim(context.Background(), upto))
}

func checkpoint(t *testing.T, store storage.Store) storage.Checkpoint {
	t.Helper()
	point, err := store.Checkpoint(context.Background())
	require.NoError(t, err)
	return point
}

// compacted requires the feed behind a revision to be one ErrCompacted.
func compacted(t *testing.T, store storage.Store, after storage.Revision) {
	t.Helper()
	met := 0
	for commit, err := range store.Changes(context.Background(), after) {
		require.ErrorIs(t, err, storage.ErrCompacted)
		require.Zero(t, commit)
		met++
	}
	require.Equal(t, 1, met)
}

func trimForgets(t *testing.T, store storage.Store) {
	for i := range 30 {
		commit(t, store, numbered("lumen", i))
	}
	all := commits(t, store, 0)
	for _, upto := range []int{1, 2, 12, 29, 30} {
		trim(t, store, storage.Revision(upto))
		for after := range upto {
			compacted(t, store, storage.Revision(after))
		}
		for after := upto; after <= 30; after++ {
			require.Equal(t, len(all[after:]), len(commits(t, store, storage.Revision(after))))
		}
		require.Equal(t, storage.Revision(upto), checkpoint(t, store).Revision)
	}
	commit(t, store, numbered("lumen", 31))
	rest := commits(t, store, 30)
	require.Len(t, rest, 1)
	chain, err := storage.Seal(checkpoint(t, store).Chain, rest[0])
	require.NoError(t, err)
	require.Equal(t, rest[0].Chain, chain)
}

func trimLeavesState(t *testing.T, store storage.Store) {
	for i := range 10 {
		commit(t, store, numbered("lumen", i), client(fmt.Sprint(i)))
	}
	held := store.Snapshot()
	want := content(held)
	trim(t, store, 10)
	require.Equal(t, want, content(store.Snapshot()))
	require.Equal(t, want, content(held))
	require.Equal(t, storage.Revision(10), store.Snapshot().Revision())
	commit(t, store, client("more"))
	require.Equal(t, storage.Revision(11), store.Snapshot().Revision())
}

// sumOf is the sum over everything in a state.
func sumOf(t *testing.T, r storage.Reader) storage.Sum {
	t.Helper()
	var sum storage.Sum
	for _, kind := range relationship.Kinds() {
		for record := range r.All(kind, relationship.Key{}) {
			require.NoError(t, sum.Apply(relationship.Line{After: record}))
		}
	}
	return sum
}

func trimCheckpoint(t *testing.T, store storage.Store) {
	require.Zero(t, checkpoint(t, store))
	var heads []storage.Head
	var sums []storage.Sum
	for i := range 12 {
		commit(t, store, numbered("lumen", i), user(fmt.Sprint(i), fmt.Sprintf("u%d@northwind.example", i)))
		if i%4 == 3 {
			remove(t, store, userKey(fmt.Sprint(i)))
		}
		last := commits(t, store, store.Snapshot().Revision()-1)[0]
		heads = append(heads, storage.Head{Revision: last.Revision, At: last.At, Chain: last.Chain})
		sums = append(sums, sumOf(t, store.Snapshot()))
	}
	for i, head := range heads {
		trim(t, store, head.Revision)
		require.Equal(t, storage.Checkpoint{Head: head, Sum: sums[i]}, checkpoint(t, store))
	}
}

func trimBounds(t *testing.T, store storage.Store) {
	trim(t, store, 0)
	require.ErrorIs(t, store.Trim(context.Background(), 1), storage.ErrAhead)
	for i := range 5 {
		commit(t, store, numbered("lumen", i))
	}
	require.ErrorIs(t, store.Trim(context.Background(), 6), storage.ErrAhead)
	require.Zero(t, checkpoint(t, store))
	trim(t, store, 3)
	before := checkpoint(t, store)
	trim(t, store, 2)
	trim(t, store, 3)
	require.Equal(t, before, checkpoint(t, store))
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, store.Trim(cancelled, 4), context.Canceled)
	require.Equal(t, before, checkpoint(t, store))
	_, err := store.Checkpoint(cancelled)
	require.ErrorIs(t, err, context.Canceled)
}

func trimUnderReader(t *testing.T, store storage.Store) {
	const all = 250
	for i := range all {
		commit(t, store, numbered("lumen", i))
	}
	last, told := storage.Revision(0), false
	for commit, err := range store.Changes(context.Background(), 0) {
		if err != nil {
			require.ErrorIs(t, err, storage.ErrCompacted)
			told = true
			continue
		}
		require.Equal(t, last+1, commit.Revision, "nothing is skipped over")
		if last = commit.Revision; last == 3 {
			trim(t, store, 200)
		}
	}
	require.True(t, told || last == all, "the feed ended at %d without a word", last)
}

func endsWhereItBegan(t *testing.T, store storage.Store) {
	const all = 230
	for i := range all {
		commit(t, store, numbered("lumen", i))
	}
	read := 0
	for _, err := range store.Changes(context.Background(), 0) {
		require.NoError(t, err)
		if read++; read <= all {
			commit(t, store, numbered("lumen", all+read)) // a feed that took this in would have no end
		}
	}
	require.Equal(t, all, read)
}

func pastStates(t *testing.T, store storage.Store) {
	ctx := context.Background()
	var states []map[relationship.Key]relationship.Record
	var held []storage.Snapshot
	note := func() {
		states, held = append(states, content(store.Snapshot())), append(held, store.Snapshot())
	}
	note()
	at := start
	for i := range 9 {
		update(t, store, func(tx storage.Tx) error {
			logged := event("Write")
			logged.At = at.Add(time.Hour)
			return errors.Join(putAll(tx, user("ann", fmt.Sprintf("ann%d@northwind.example", i)),
				user("bob", fmt.Sprintf("ann%d@northwind.example", i+1)), numbered("lumen", i)), tx.Log(logged))
		})
		at = store.Snapshot().At()
		note()
		remove(t, store, userKey("ann"), userKey("bob"))
		note()
	}
	trim(t, store, 4)
	now := store.Snapshot()
	for i, want := range states {
		then, err := storage.Past(ctx, store, now, storage.Revision(i))
		if i < 4 {
			require.ErrorIs(t, err, storage.ErrCompacted)
			continue
		}
		require.NoError(t, err)
		same(t, want, content(then))
		require.Equal(t, held[i].Revision(), then.Revision())
		require.Equal(t, held[i].At(), then.At())
	}
	moving, err := storage.Past(ctx, store, now, 4)
	require.NoError(t, err)
	for _, commit := range commits(t, store, 4) {
		require.NoError(t, storage.Redo(moving, commit))
		same(t, states[commit.Revision], content(moving))
	}
	_, err = storage.Past(ctx, store, now, now.Revision()+1)
	require.ErrorIs(t, err, storage.ErrAhead)
	old, err := storage.Past(ctx, store, held[6], 5)
	require.NoError(t, err)
	same(t, states[5], content(old))
	_, err = storage.Past(ctx, store, held[3], 3)
	require.True(t, errors.Is(err, storage.ErrCompacted), "%v", err)
}

func erases(t *testing.T, store storage.Store) {
	ann := user("ann", "ann@northwind.example")
	commit(t, store, ann, client("lumen"))
	commit(t, store, user("ann", "anna@northwind.example"), user("bob", "bob@northwind.example"))
	last, _ := storage.Get[relationship.User](store.Snapshot(), userKey("ann"))
	held := store.Snapshot()
	commit(t, store, last.Erase())
	commit(t, store, user("other", "anna@northwind.example"))

	for _, commit := range commits(t, store, 0) {
		for _, event := range commit.Events {
			for _, line := range event.Lines {
				for _, record := range []relationship.Record{line.Before, line.After} {
					if erased, is := record.(relationship.User); is && erased.ID == "ann" {
						require.True(t, erased.Erased(), "commit %d still has %s", commit.Revision, erased.Summary())
					} else if is {
						require.False(t, erased.Erased(), "commit %d lost %s", commit.Revision, erased.ID)
					}
				}
			}
		}
	}
	last2 := relationship.Digest{}
	for _, commit := range commits(t, store, 0) {
		chain, err := storage.Seal(last2, commit)
		require.NoError(t, err)
		require.Equal(t, commit.Chain, chain)
		last2 = chain
	}
	still, _ := storage.Get[relationship.User](held, userKey("ann"))
	require.Equal(t, last, still, "a snapshot never changes")
	_, found := store.Snapshot().Find(storage.ByEmail, "ann@northwind.example")
	require.False(t, found)
	trim(t, store, 3)
	then, err := storage.Past(context.Background(), store, store.Snapshot(), 3)
	require.NoError(t, err)
	require.Equal(t, checkpoint(t, store).Sum, sumOf(t, then))
}
