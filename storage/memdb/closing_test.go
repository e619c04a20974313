package memdb_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// slow is a journal that writes a batch when it is told to.
type slow struct {
	storage.Journal
	entered, goOn chan struct{}
}

func (slow) ID() string { return "slow" }

func (slow) Load(context.Context, func(relationship.Record) error) (storage.Head, error) {
	return storage.Head{}, nil
}

func (j slow) Commit(_ context.Context, _ storage.Head, run func([]storage.Commit) ([]storage.Commit, error)) error {
	_, err := run(nil)
	close(j.entered)
	<-j.goOn
	return err
}

func (slow) Close() error { return nil }

// Whoever closes a store while a change is being written waits for it, and the
// change is told its outcome.
func TestClosing_WhileAChangeIsWritten(t *testing.T) {
	ctx := context.Background()
	journal := slow{entered: make(chan struct{}), goOn: make(chan struct{})}
	store, err := memdb.Open(ctx, journal)
	require.NoError(t, err)
	updated, closed := make(chan error, 1), make(chan error, 1)
	go func() {
		revision, err := store.Update(ctx, func(tx storage.Tx) error {
			return errors.Join(tx.Put(relationship.Client{ID: "lumen", Name: "Lumen"}),
				tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}}))
		})
		if err == nil && revision != 1 {
			err = errors.New("the revision is another")
		}
		updated <- err
	}()
	<-journal.entered
	go func() { closed <- store.Close() }()
	require.ErrorIs(t, store.Wait(ctx, 2), storage.ErrClosed)
	close(journal.goOn)
	require.NoError(t, <-updated)
	require.NoError(t, <-closed)
	require.Equal(t, storage.Revision(1), store.Snapshot().Revision())
	require.ErrorIs(t, store.Wait(ctx, 2), storage.ErrClosed)
}
