package storagetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/storage"
)

var contextTests = []test{
	{"a change whose context is over never runs", overBefore},
	{"waiting for other writers ends with the context", overInQueue},
	{"a change that has run is committed, whatever its context says", overAfterRun},
	{"a held change keeps writers out, and readers not", heldChange},
}

func overBefore(t *testing.T, store storage.Store) {
	commit(t, store, client("lumen"))
	check := unchanged(t, store)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	late, cancelLate := context.WithDeadline(context.Background(), time.Now().Add(-time.Hour))
	defer cancelLate()
	for _, over := range []struct {
		ctx  context.Context
		want error
	}{{cancelled, context.Canceled}, {late, context.DeadlineExceeded}} {
		ran := false
		_, err := store.Update(over.ctx, func(tx storage.Tx) error {
			ran = true
			return errors.Join(tx.Put(client("aster")), tx.Log(event("AddClient")))
		})
		require.ErrorIs(t, err, storage.ErrContended)
		require.ErrorIs(t, err, over.want)
		err = store.Aside(over.ctx, func(aside storage.Aside) error {
			ran = true
			return aside.Put("note", nil)
		})
		require.ErrorIs(t, err, storage.ErrContended)
		require.ErrorIs(t, err, over.want)
		require.False(t, ran)
		check()
	}
}

func overInQueue(t *testing.T, store storage.Store) {
	commit(t, store, client("lumen"))
	check := unchanged(t, store)
	release := hold(t, store)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	brief, cancelBrief := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancelBrief()
	for _, over := range []struct {
		ctx  context.Context
		want error
	}{{ctx, context.Canceled}, {brief, context.DeadlineExceeded}} {
		outcome := make(chan error, 1)
		go func() {
			_, err := store.Update(over.ctx, func(tx storage.Tx) error {
				return errors.Join(tx.Put(client("aster")), tx.Log(event("AddClient")))
			})
			outcome <- err
		}()
		cancel() // whether it waits already or not yet
		err := soon(t, outcome)
		require.ErrorIs(t, err, storage.ErrContended)
		require.ErrorIs(t, err, over.want)
	}
	check()
	release()
	check()
	commit(t, store, client("aster"))
}

func overAfterRun(t *testing.T, store storage.Store) {
	ctx, cancel := context.WithCancelCause(context.Background())
	revision, err := store.Update(ctx, func(tx storage.Tx) error {
		// The last thing that a change does can be to end its context: the
		// browser went away at that moment.
		defer cancel(errors.New("gone"))
		return errors.Join(tx.Put(client("lumen")), tx.Log(event("AddClient")))
	})
	require.NoError(t, err)
	require.Equal(t, storage.Revision(1), revision)
	require.Len(t, content(store.Snapshot()), 1)
	ctx, cancel = context.WithCancelCause(context.Background())
	require.NoError(t, store.Aside(ctx, func(aside storage.Aside) error {
		defer cancel(errors.New("gone"))
		return aside.Put("note", []byte("kept"))
	}))
	require.Equal(t, map[string]string{"note": "kept"}, notes(t, store, ""))
}

func heldChange(t *testing.T, store storage.Store) {
	commit(t, store, numbered("lumen", 1))
	release := hold(t, store)
	require.Equal(t, 1, number(store.Snapshot(), "lumen"))
	require.Len(t, commits(t, store, 0), 1)
	require.NoError(t, store.Wait(context.Background(), 1))
	outcome := make(chan error, 1)
	go func() {
		_, err := store.Update(context.Background(), func(tx storage.Tx) error {
			return errors.Join(tx.Put(numbered("lumen", 2)), tx.Log(event("Write")))
		})
		outcome <- err
	}()
	require.Equal(t, 1, number(store.Snapshot(), "lumen"))
	release()
	require.NoError(t, soon(t, outcome))
	require.Equal(t, 2, number(store.Snapshot(), "lumen"))
}
