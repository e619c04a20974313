package storagetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/storage"
)

// sharedTests are about several engines over one journal.
var sharedTests = []struct {
	name string
	run  func(t *testing.T, engine Engine, journal storage.Shared)
}{
	{"what one process commits, the others show, each commit once and in order", followsAll},
	{"a process shows its own commits at once, and none is lost among many writers", ownAtOnce},
	{"refreshing shows what anybody had committed", refreshes},
	{"who is cut off knows how old its state is, and catches up", knowsItsAge},
	{"a follower who missed what was trimmed reads everything anew", followerReloads},
}

// keptShared is kept for a shared journal.
type keptShared struct{ storage.Shared }

func (keptShared) Close() error { return nil }

// gated lets nobody read the feed while it is shut. Shutting it waits for who is
// reading.
type gated struct {
	keptShared
	mu   sync.Mutex
	shut bool
}

func (g *gated) set(shut bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = shut
}

func (g *gated) Changes(ctx context.Context, after storage.Head) iter.Seq2[storage.Commit, error] {
	return func(yield func(storage.Commit, error) bool) {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.shut {
			yield(storage.Commit{}, errFault)
			return
		}
		g.keptShared.Changes(ctx, after)(yield)
	}
}

// crew are engines over one journal, closed when the test ends.
func crew(t *testing.T, engine Engine, journal storage.Shared, n int) []storage.Store {
	stores := make([]storage.Store, n)
	for i := range stores {
		store := build(t, engine, keptShared{journal})
		t.Cleanup(func() { require.NoError(t, store.Close()) })
		stores[i] = store
	}
	return stores
}

func followsAll(t *testing.T, engine Engine, journal storage.Shared) {
	const all = 120
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	stores := crew(t, engine, journal, 3)
	var readers sync.WaitGroup
	read := make([][]storage.Commit, len(stores))
	for i, store := range stores {
		readers.Go(func() {
			at := storage.Head{}
			for at.Revision < all {
				if !assert.NoError(t, store.Wait(ctx, at.Revision+1)) {
					return
				}
				known, is := store.Since(at)
				if !assert.True(t, is) {
					return
				}
				for _, commit := range known {
					read[i] = append(read[i], commit)
					at = storage.Head{Revision: commit.Revision, At: commit.At, Chain: commit.Chain}
				}
			}
		})
	}
	for i := range all {
		commit(t, stores[i%2], numbered(fmt.Sprint("client ", i%7), i), user("ann", fmt.Sprintf("ann%d@northwind.example", i)))
	}
	readers.Wait()
	want := commits(t, stores[0], 0)
	require.Len(t, want, all)
	verify(t, want)
	for i, store := range stores {
		same(t, want, read[i], "store %d", i)
		require.NoError(t, store.Wait(ctx, all))
		same(t, content(stores[0].Snapshot()), content(store.Snapshot()))
	}
}

func ownAtOnce(t *testing.T, engine Engine, journal storage.Shared) {
	const each = 40
	stores := crew(t, engine, journal, 3)
	var writers sync.WaitGroup
	for i, store := range stores {
		for j := range 2 {
			writers.Go(func() {
				id := fmt.Sprintf("client %d of %d", j, i)
				for n := range each {
					revision, err := store.Update(context.Background(), func(tx storage.Tx) error {
						return errors.Join(tx.Put(numbered("all", number(tx, "all")+1)), tx.Put(numbered(id, n+1)), tx.Log(event("Count")))
					})
					assert.NoError(t, err)
					snapshot := store.Snapshot()
					assert.GreaterOrEqual(t, snapshot.Revision(), revision)
					assert.Equal(t, n+1, number(snapshot, id), "its own commit is not there")
				}
			})
		}
	}
	writers.Wait()
	for _, store := range stores {
		require.NoError(t, store.Refresh(context.Background()))
		require.Equal(t, 6*each, number(store.Snapshot(), "all"))
	}
	verify(t, commits(t, stores[0], 0))
}

func refreshes(t *testing.T, engine Engine, journal storage.Shared) {
	stores := crew(t, engine, journal, 2)
	for i := range 30 {
		revision := commit(t, stores[i%2], numbered("lumen", i))
		other := stores[(i+1)%2]
		require.NoError(t, other.Refresh(context.Background()))
		require.GreaterOrEqual(t, other.Snapshot().Revision(), revision)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if err := stores[0].Refresh(cancelled); err != nil {
		require.ErrorIs(t, err, context.Canceled)
	}
}

func knowsItsAge(t *testing.T, engine Engine, journal storage.Shared) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	writer := crew(t, engine, journal, 1)[0]
	gate := &gated{keptShared: keptShared{journal}}
	store := build(t, engine, gate)
	defer func() { require.NoError(t, store.Close()) }()
	require.NoError(t, store.Refresh(ctx))

	gate.set(true)
	shut := time.Now()
	revision := commit(t, writer, client("lumen"))
	for range 3 { // looks that fail do not count
		short, stop := context.WithTimeout(ctx, patience/1000)
		require.ErrorIs(t, store.Refresh(short), context.DeadlineExceeded)
		stop()
	}
	require.False(t, store.FreshAt().After(shut), "a look that failed counts")
	require.Less(t, store.Snapshot().Revision(), revision)

	gate.set(false)
	require.NoError(t, store.Wait(ctx, revision))
	require.NoError(t, store.Refresh(ctx))
	require.True(t, store.FreshAt().After(shut))
}

func followerReloads(t *testing.T, engine Engine, journal storage.Shared) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	writer := crew(t, engine, journal, 1)[0]
	gate := &gated{keptShared: keptShared{journal}}
	store := build(t, engine, gate)
	defer func() { require.NoError(t, store.Close()) }()
	head := store.Snapshot().Head()

	gate.set(true)
	for i := range 10 {
		commit(t, writer, numbered("lumen", i), client(fmt.Sprint(i)))
	}
	trim(t, writer, 8)
	gate.set(false)
	require.NoError(t, store.Wait(ctx, 10))
	same(t, content(writer.Snapshot()), content(store.Snapshot()))
	_, known := store.Since(head)
	require.False(t, known, "what nobody told is not made up")
	require.Empty(t, store.LostTails())
	commit(t, store, client("last"))
	require.NoError(t, writer.Wait(ctx, 11))
	same(t, content(writer.Snapshot()), content(store.Snapshot()))
}
