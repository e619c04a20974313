package memdb_test

import (
	"context"
	"errors"
	"testing"

	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
	"github.com/clientaccess/clientaccess/storage/storagetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, func(*testing.T) storage.Store { return memdb.New() })
}

// TestStoreRunningTwice proves that the suite keeps to the contract: a
// function handed to a store may run more than once.
func TestStoreRunningTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the whole suite once more")
	}
	t.Parallel()
	storagetest.Run(t, func(*testing.T) storage.Store { return twice{memdb.New()} })
}

// twice runs every function twice, as a store does that has to try again, and
// throws the first outcome away.
type twice struct{ storage.Store }

func (s twice) Update(ctx context.Context, run func(storage.Tx) error) (storage.Revision, error) {
	return s.Store.Update(ctx, func(tx storage.Tx) error {
		if err := run(s.Snapshot().Draft()); err != nil {
			return err
		}
		return run(tx)
	})
}

func (s twice) Aside(ctx context.Context, run func(storage.Aside) error) error {
	errAgain := errors.New("again")
	err := s.Store.Aside(ctx, func(aside storage.Aside) error {
		if err := run(aside); err != nil {
			return err
		}
		return errAgain
	})
	if !errors.Is(err, errAgain) {
		return err
	}
	return s.Store.Aside(context.WithoutCancel(ctx), run)
}
