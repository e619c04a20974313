package storagetest

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/storage"
)

var failureTests = []test{
	{"an error in a change is returned, and nothing is changed", errorInChange},
	{"a panic in a change goes on, and nothing is changed", panicInChange},
	{"a goroutine that ends within a change changes nothing", goexitInChange},
}

// writeMuch does everything that a change can do.
func writeMuch(tx storage.Tx) error {
	return errors.Join(
		tx.Put(numbered("lumen", 2)), tx.Put(client("new")), tx.Delete(clientKey("aster")),
		tx.Put(user("ann", "new@northwind.example")), tx.Put(user("bob", "ann@northwind.example")),
		tx.Put(limited("northwind", "lumen", start)), tx.Log(event("Write")),
		tx.Put(numbered("lumen", 3)), tx.Log(event("Write")),
		tx.Put(member("lumen", "ann")))
}

func beforeFailure(t *testing.T, store storage.Store) func() {
	commit(t, store, numbered("lumen", 1), client("aster"), user("ann", "ann@northwind.example"))
	return unchanged(t, store)
}

// afterFailure checks that the store goes on as if nothing had been.
func afterFailure(t *testing.T, store storage.Store) {
	require.Equal(t, storage.Revision(2), update(t, store, func(tx storage.Tx) error {
		require.Equal(t, 1, number(tx, "lumen"))
		require.Empty(t, tx.Changed())
		return errors.Join(tx.Put(user("carla", "new@northwind.example")), tx.Log(event("AddUser")))
	}))
	verify(t, commits(t, store, 0))
	aside(t, store, func(storage.Aside) error { return nil })
}

func errorInChange(t *testing.T, store storage.Store) {
	check := beforeFailure(t, store)
	errNo := errors.New("no")
	for range 3 {
		revision, err := store.Update(context.Background(), func(tx storage.Tx) error {
			require.NoError(t, writeMuch(tx))
			return errNo
		})
		require.ErrorIs(t, err, errNo)
		require.Zero(t, revision)
		check()
	}
	// An error of the store's own, handed back, stays what it is.
	_, err := store.Update(context.Background(), func(tx storage.Tx) error { return tx.Delete(clientKey("nobody")) })
	require.ErrorIs(t, err, storage.ErrNotFound)
	check()
	afterFailure(t, store)
}

func panicInChange(t *testing.T, store storage.Store) {
	check := beforeFailure(t, store)
	value := errors.New("a bug in the change")
	for range 3 {
		require.PanicsWithValue(t, value, func() {
			_, _ = store.Update(context.Background(), func(tx storage.Tx) error {
				require.NoError(t, writeMuch(tx))
				panic(value)
			})
		})
		check()
	}
	require.PanicsWithValue(t, "at once", func() {
		_, _ = store.Update(context.Background(), func(storage.Tx) error { panic("at once") })
	})
	check()
	afterFailure(t, store)
}

// goexitInChange matters because FailNow of package testing ends its
// goroutine: a test that fails within a change must not stop the others.
func goexitInChange(t *testing.T, store storage.Store) {
	check := beforeFailure(t, store)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = store.Update(context.Background(), func(tx storage.Tx) error {
			if err := writeMuch(tx); err != nil {
				return err
			}
			runtime.Goexit()
			return nil
		})
	}()
	soon(t, gone)
	check()
	afterFailure(t, store)
}
