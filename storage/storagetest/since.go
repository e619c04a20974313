package storagetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var sinceTests = []test{
	{"memory tells what came since, as the feed does, or nothing", sinceIsFeed},
	{"a snapshot is another one when anything has changed, and only then", newSnapshots},
	{"nobody is remembered who was erased", sinceErased},
}

func sinceIsFeed(t *testing.T, store storage.Store) {
	heads := []storage.Head{store.Snapshot().Head()}
	require.Zero(t, heads[0])
	for i := range 30 {
		commit(t, store, numbered("lumen", i))
		heads = append(heads, store.Snapshot().Head())
	}
	for revision, head := range heads {
		require.Equal(t, storage.Revision(revision), head.Revision)
		known, is := store.Since(head)
		require.True(t, is, "behind %d", revision)
		same(t, commits(t, store, head.Revision), known)
		for _, commit := range known {
			require.Equal(t, heads[commit.Revision], storage.Head{Revision: commit.Revision, At: commit.At, Chain: commit.Chain})
		}
		other := head
		other.Chain[3] ^= 1
		_, is = store.Since(other)
		require.False(t, is, "a commit of another history")
	}
	ahead := heads[30]
	ahead.Revision++
	_, is := store.Since(ahead)
	require.False(t, is)
}

func newSnapshots(t *testing.T, store storage.Store) {
	held := store.Snapshot()
	require.True(t, held == store.Snapshot())
	update(t, store, func(storage.Tx) error { return nil })
	require.True(t, held == store.Snapshot())
	commit(t, store, client("lumen"))
	require.True(t, held != store.Snapshot())
	require.Empty(t, store.LostTails())
	store.AcknowledgeLost(1)
	require.Empty(t, store.LostTails())
}

func sinceErased(t *testing.T, store storage.Store) {
	ann := user("ann", "ann@northwind.example")
	commit(t, store, ann, user("bob", "bob@northwind.example"))
	commit(t, store, user("ann", "anna@northwind.example"))
	before, is := store.Since(storage.Head{})
	require.True(t, is)
	last, _ := storage.Get[relationship.User](store.Snapshot(), userKey("ann"))
	commit(t, store, last.Erase())
	known, is := store.Since(storage.Head{})
	require.True(t, is)
	require.Len(t, known, 3)
	same(t, commits(t, store, 0), known)
	require.Len(t, before, 2)
	require.Equal(t, ann, before[0].Events[0].Lines[0].After, "what was handed out does not change")
}
