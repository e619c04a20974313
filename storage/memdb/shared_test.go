package memdb_test

import (
	"context"
	"testing"

	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
	"github.com/clientaccess/clientaccess/storage/storagetest"
)

func TestSharedJournal(t *testing.T) {
	t.Parallel()
	engine := func(ctx context.Context, journal storage.Journal) (storage.Store, error) {
		return memdb.Open(ctx, journal)
	}
	storagetest.RunJournal(t, engine, func(*testing.T) storage.Journal { return storagetest.NewShared().Open() })
}
