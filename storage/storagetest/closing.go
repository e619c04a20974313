package storagetest

import (
	"context"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var closeTests = []test{
	{"a closed store takes no change, and its readers stay good", closedStore},
	{"closing lets those go who wait for a revision", closeWakes},
	{"closing twice is no error", closeTwice},
}

func closedStore(t *testing.T, store storage.Store) {
	commit(t, store, numbered("lumen", 1), member("lumen", "ann"))
	held := store.Snapshot()
	want := content(held)
	id := store.ID()
	require.False(t, store.Closed())
	require.NoError(t, store.Close())

	ran := false
	_, err := store.Update(context.Background(), func(storage.Tx) error {
		ran = true
		return nil
	})
	require.ErrorIs(t, err, storage.ErrClosed)
	err = store.Aside(context.Background(), func(storage.Aside) error {
		ran = true
		return nil
	})
	require.ErrorIs(t, err, storage.ErrClosed)
	require.False(t, ran)
	require.ErrorIs(t, store.Wait(context.Background(), 2), storage.ErrClosed)
	require.ErrorIs(t, store.Refresh(context.Background()), storage.ErrClosed)
	require.True(t, store.Closed())
	require.True(t, held != store.Snapshot(), "whoever compares snapshots does not notice")

	for _, snapshot := range []storage.Snapshot{held, store.Snapshot()} {
		require.Equal(t, storage.Revision(1), snapshot.Revision())
		require.Equal(t, start, snapshot.At())
		same(t, want, content(snapshot))
		require.Len(t, keysOf(snapshot.Reverse(relationship.KindMember, "ann", "")), 1)
		draft := snapshot.Draft()
		require.NoError(t, draft.Put(numbered("lumen", 2)))
		require.Equal(t, 2, number(draft, "lumen"))
	}
	require.Equal(t, id, store.ID())
	require.NoError(t, store.Wait(context.Background(), 1))
}

func closeWakes(t *testing.T, store storage.Store) {
	const waiters = 3
	begun, outcomes := make(chan struct{}), make(chan error)
	for range waiters {
		go func() {
			begun <- struct{}{}
			outcomes <- store.Wait(context.Background(), 1)
		}()
	}
	for range waiters {
		soon(t, begun)
	}
	for range 500 { // time enough to begin waiting, and nothing to wake up for
		runtime.Gosched()
		update(t, store, func(storage.Tx) error { return nil })
	}
	require.NoError(t, store.Close())
	for range waiters {
		require.ErrorIs(t, soon(t, outcomes), storage.ErrClosed)
	}
}

func closeTwice(t *testing.T, store storage.Store) {
	require.NoError(t, store.Close())
	require.NoError(t, store.Close())
	_, err := store.Update(context.Background(), func(storage.Tx) error { return nil })
	require.ErrorIs(t, err, storage.ErrClosed)
}
