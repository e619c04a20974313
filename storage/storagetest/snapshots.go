package storagetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var snapshotTests = []test{
	{"an empty store is at revision zero and has nothing", emptyStore},
	{"a held snapshot never changes", heldSnapshot},
	{"many goroutines read one snapshot while commits go on", manyReaders},
	{"a snapshot shows all of a commit or nothing of it", atomicCommit},
	{"what Update has returned, the next snapshot shows", visibleAtOnce},
	{"a sequence can be run over again, from its start", sequenceTwice},
	{"a snapshot is complete up to an instant that has come", freshAt},
}

func emptyStore(t *testing.T, store storage.Store) {
	snapshot := store.Snapshot()
	require.Zero(t, snapshot.Revision())
	require.True(t, snapshot.At().IsZero())
	require.Empty(t, content(snapshot))
	require.Empty(t, keysOf(snapshot.Due(start.AddDate(1000, 0, 0))))
	_, found := snapshot.Get(clientKey("lumen"))
	require.False(t, found)
	_, found = snapshot.Find(storage.ByEmail, "ann@northwind.example")
	require.False(t, found)
	require.Empty(t, commits(t, store, 0))
	require.NoError(t, store.Wait(context.Background(), 0))
}

func heldSnapshot(t *testing.T, store storage.Store) {
	commit(t, store, user("ann", "ann@northwind.example"), user("bob", "bob@northwind.example"),
		partner("northwind", "northwind.example"), limited("northwind", "lumen", start),
		member("lumen", "ann"), numbered("lumen", 1))
	held := store.Snapshot()
	want := content(held)
	require.Len(t, want, 6)
	check := func() {
		t.Helper()
		same(t, want, content(held))
		require.Equal(t, storage.Revision(1), held.Revision())
		require.Equal(t, start, held.At())
		holder, _ := held.Find(storage.ByEmail, "ann@northwind.example")
		require.Equal(t, user("ann", "ann@northwind.example"), holder)
		_, found := held.Find(storage.ByEmail, "new@northwind.example")
		require.False(t, found)
		require.Len(t, keysOf(held.Due(start)), 1)
		require.Len(t, keysOf(held.Scan(relationship.KindMember, "lumen", "")), 1)
		require.Len(t, keysOf(held.Reverse(relationship.KindMember, "ann", "")), 1)
	}
	check()
	commit(t, store, user("ann", "new@northwind.example"), member("lumen", "bob"), limited("northwind", "lumen", time.Time{}))
	check()
	remove(t, store, userKey("bob"), memberKey("lumen", "ann"), partnerKey("northwind"))
	check()
	for i := range 20 {
		commit(t, store, numbered("lumen", i+2), member("lumen", fmt.Sprint(i)), member(fmt.Sprint(i), "ann"))
		check()
	}
}

func manyReaders(t *testing.T, store storage.Store) {
	for i := range 20 {
		commit(t, store, numbered(fmt.Sprint("client ", i), i), member(fmt.Sprint("client ", i), "ann"))
	}
	held := store.Snapshot()
	want := content(held)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for range 25 {
				assert.Equal(t, want, content(held))
				assert.Len(t, keysOf(held.Reverse(relationship.KindMember, "ann", "")), 20)
			}
		})
	}
	for i := range 50 {
		commit(t, store, numbered(fmt.Sprint("client ", i%20), 100+i))
	}
	readers.Wait()
}

// atomicCommit writes the same number into two records again and again;
// nobody may ever see two numbers.
func atomicCommit(t *testing.T, store storage.Store) {
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			var last storage.Revision
			for open := true; open; {
				select {
				case <-done:
					open = false
				default:
				}
				snapshot := store.Snapshot()
				assert.Equal(t, number(snapshot, "lumen"), number(snapshot, "aster"))
				assert.GreaterOrEqual(t, snapshot.Revision(), last, "the newest state never goes back")
				assert.Equal(t, int(snapshot.Revision()), number(snapshot, "lumen"))
				last = snapshot.Revision()
			}
		})
	}
	for i := range 100 {
		commit(t, store, numbered("lumen", i+1), numbered("aster", i+1))
	}
	close(done)
	readers.Wait()
}

func visibleAtOnce(t *testing.T, store storage.Store) {
	for i := range 20 {
		revision := commit(t, store, numbered("lumen", i+1))
		snapshot := store.Snapshot()
		require.GreaterOrEqual(t, snapshot.Revision(), revision)
		require.Equal(t, i+1, number(snapshot, "lumen"))
		require.NoError(t, store.Wait(context.Background(), revision))
	}
}

func sequenceTwice(t *testing.T, store storage.Store) {
	commit(t, store, member("lumen", "ann"), member("lumen", "bob"), member("aster", "ann"), limited("northwind", "lumen", start))
	snapshot := store.Snapshot()
	members := snapshot.Scan(relationship.KindMember, "lumen", "")
	all := snapshot.All(relationship.KindMember, relationship.Key{})
	reverse := snapshot.Reverse(relationship.KindMember, "ann", "")
	due := snapshot.Due(start)
	for range 3 {
		require.Equal(t, []relationship.Record{member("lumen", "ann")}, take(members, 1))
		require.Len(t, keysOf(members), 2)
		require.Len(t, keysOf(all), 3)
		require.Len(t, keysOf(reverse), 2)
		require.Len(t, keysOf(due), 1)
	}
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() { assert.Len(t, keysOf(members), 2) })
	}
	readers.Wait()
}

func freshAt(t *testing.T, store storage.Store) {
	commit(t, store, client("lumen"))
	before := store.FreshAt()
	require.False(t, before.After(time.Now()))
	require.NoError(t, store.Refresh(context.Background()))
	after := store.FreshAt()
	require.False(t, after.After(time.Now()))
	require.False(t, after.Before(before))
	require.Equal(t, before.IsZero(), after.IsZero(), "who has other writers always has them")
}
