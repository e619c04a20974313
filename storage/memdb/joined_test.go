package memdb_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/storagetest"
)

// What is changed in the host's transaction is there when the host commits, and
// never when it rolls back.
func TestAChangeJoinsTheHostsTransaction(t *testing.T) {
	t.Parallel()
	shared := storagetest.NewShared()
	one, other := openProcess(t, shared), openProcess(t, shared)
	name(t, one, "lumen", "before")

	tx := shared.Begin()
	ctx := tx.Context(t.Context())
	revision, err := one.Update(ctx, naming("lumen", "provisional"))
	require.NoError(t, err)
	require.Equal(t, storage.Revision(2), revision)
	require.Equal(t, "before", nameOf(one.Snapshot(), "lumen"), "nothing is there before the host commits")
	second, err := one.Update(ctx, func(tx storage.Tx) error {
		require.Equal(t, "provisional", nameOf(tx, "lumen"), "it sees what the same transaction did")
		return naming("harbor", "second")(tx)
	})
	require.NoError(t, err)
	require.Equal(t, storage.Revision(3), second)
	no := errors.New("no")
	ran := 0
	_, err = one.Update(ctx, func(storage.Tx) error { ran++; return no })
	require.ErrorIs(t, err, no)
	require.Equal(t, 1, ran, "it is tried once")
	require.PanicsWithValue(t, "a bug", func() { _, _ = one.Update(ctx, func(storage.Tx) error { panic("a bug") }) })
	require.NoError(t, tx.Commit())
	for _, store := range []storage.Store{one, other} {
		require.NoError(t, store.Wait(t.Context(), 3))
		require.Equal(t, "provisional", nameOf(store.Snapshot(), "lumen"))
	}

	tx = shared.Begin()
	revision, err = one.Update(tx.Context(t.Context()), naming("lumen", "rolled back"))
	require.NoError(t, err)
	require.Equal(t, storage.Revision(4), revision)
	tx.Rollback()
	require.Equal(t, storage.Revision(4), name(t, other, "aster", "instead"))
	require.NoError(t, one.Wait(t.Context(), 4))
	require.Equal(t, "provisional", nameOf(one.Snapshot(), "lumen"))
	require.Equal(t, "instead", nameOf(one.Snapshot(), "aster"))
	_, err = one.Update(tx.Context(t.Context()), naming("lumen", "too late"))
	require.Error(t, err)
}

// The others wait for the host, and their deadlines count. Whoever came first
// goes first.
func TestWritersWaitInTurnAndNoLongerThanTheyWill(t *testing.T) {
	t.Parallel()
	shared := storagetest.NewShared()
	one, other := openProcess(t, shared), openProcess(t, shared)
	host := shared.Begin()
	_, err := one.Update(host.Context(t.Context()), naming("lumen", "host"))
	require.NoError(t, err)

	for _, store := range []storage.Store{one, other} { // behind their own writers, who wait for the host
		ctx, cancel := context.WithCancel(t.Context())
		outcome, ran := make(chan error, 1), false
		go func() {
			_, err := store.Update(ctx, func(storage.Tx) error { ran = true; return nil })
			outcome <- err
		}()
		cancel()
		err := <-outcome
		require.ErrorIs(t, err, storage.ErrContended)
		require.ErrorIs(t, err, context.Canceled)
		require.False(t, ran)
	}
	var waiting sync.WaitGroup
	for i := range 20 {
		store := []storage.Store{one, other}[i%2]
		waiting.Go(func() {
			_, err := store.Update(t.Context(), naming("lumen", "after"))
			if err != nil {
				t.Error(err)
			}
		})
	}
	require.Equal(t, storage.Revision(0), shared.Head().Revision)
	require.NoError(t, host.Commit())
	waiting.Wait()
	require.Equal(t, storage.Revision(21), shared.Head().Revision)
}

// A commit that no copy has confirmed is committed, and is told apart from
// success; who has changed nothing, or was refused, hears nothing of it.
func TestACommitThatIsNotConfirmedIsToldAsSuch(t *testing.T) {
	t.Parallel()
	shared := storagetest.NewShared()
	one := openProcess(t, shared)
	shared.SetUnconfirmed(true)
	no := errors.New("no")
	const callers = 60
	var crew sync.WaitGroup
	for i := range callers {
		crew.Go(func() {
			revision, err := one.Update(t.Context(), func(tx storage.Tx) error {
				switch i % 3 {
				case 0:
					return naming("lumen", "unconfirmed")(tx)
				case 1:
					return nil
				}
				return errors.Join(naming("lumen", "refused")(tx), no)
			})
			switch i % 3 {
			case 0:
				if !errors.Is(err, storage.ErrUnconfirmed) || revision == 0 || one.Snapshot().Revision() < revision {
					t.Errorf("revision %d: %v", revision, err)
				}
			case 1:
				if err != nil {
					t.Error(err)
				}
			case 2:
				if !errors.Is(err, no) || revision != 0 {
					t.Errorf("revision %d: %v", revision, err)
				}
			}
		})
	}
	crew.Wait()
	require.Equal(t, storage.Revision(callers/3), shared.Head().Revision, "each once")
	require.Equal(t, shared.Head(), one.Snapshot().Head())
	host := shared.Begin()
	_, err := one.Update(host.Context(t.Context()), naming("lumen", "joined"))
	require.NoError(t, err, "the host commits, and is told")
	require.NoError(t, host.Commit())
}
