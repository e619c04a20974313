package storagetest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/storage"
)

var waitTests = []test{
	{"waiting for what is there returns at once", waitReached},
	{"waiting for a revision to come returns when it is there", waitForCommit},
	{"waiting ends with its context", waitCancelled},
}

func waitReached(t *testing.T, store storage.Store) {
	commit(t, store, client("lumen"))
	commit(t, store, client("aster"))
	for revision := range storage.Revision(3) {
		require.NoError(t, store.Wait(context.Background(), revision))
	}
}

func waitForCommit(t *testing.T, store storage.Store) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var waiters sync.WaitGroup
	for revision := range storage.Revision(10) {
		waiters.Go(func() {
			assert.NoError(t, store.Wait(ctx, revision))
			assert.GreaterOrEqual(t, store.Snapshot().Revision(), revision)
		})
	}
	for i := range 10 {
		commit(t, store, numbered("lumen", i))
	}
	waiters.Wait()
}

func waitCancelled(t *testing.T, store storage.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	outcome := make(chan error, 1)
	go func() { outcome <- store.Wait(ctx, 1) }()
	cancel()
	require.ErrorIs(t, soon(t, outcome), context.Canceled)
	late, cancelLate := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	defer cancelLate()
	require.ErrorIs(t, store.Wait(late, 1), context.DeadlineExceeded)
	commit(t, store, client("lumen"))
	require.NoError(t, store.Wait(context.Background(), 1))
}
