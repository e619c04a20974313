package bolt_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/bolt"
	"github.com/clientaccess/clientaccess/storage/memdb"
	"github.com/clientaccess/clientaccess/storage/storagetest"
)

func TestJournal(t *testing.T) {
	storagetest.RunJournal(t, engine, func(t *testing.T) storage.Journal {
		return open(t, filepath.Join(t.TempDir(), "access.db"))
	})
}

func engine(ctx context.Context, journal storage.Journal) (storage.Store, error) {
	return memdb.Open(ctx, journal)
}

func open(t *testing.T, path string) *bolt.Journal {
	t.Helper()
	journal, err := bolt.Open(path)
	require.NoError(t, err)
	return journal
}
