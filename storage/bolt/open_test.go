package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/bolt"
)

// write commits one client.
func write(t *testing.T, store storage.Store, id string) {
	t.Helper()
	_, err := store.Update(context.Background(), func(tx storage.Tx) error {
		return errors.Join(
			tx.Put(relationship.Client{ID: relationship.ClientID(id), Name: "A Client"}),
			tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}}))
	})
	require.NoError(t, err)
}

func openStore(t *testing.T, path string) storage.Store {
	t.Helper()
	store, err := engine(context.Background(), open(t, path))
	require.NoError(t, err)
	return store
}

func TestOpen_TheSecondOpenerIsToldAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.db")
	first := open(t, path)
	_, err := bolt.Open(path)
	require.ErrorIs(t, err, bolt.ErrInUse)
	require.NoError(t, first.Close())
	require.NoError(t, open(t, path).Close())
}

// What is read of a file that is in use says nothing about it: its pages are
// being written. Here one is half written when the second opener comes.
func TestOpen_AFileInUseIsNotCalledDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.db")
	store := openStore(t, path)
	write(t, store, "lumen")
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	half := bytes.Clone(whole)
	clear(half[2*os.Getpagesize():])
	_, err = file.WriteAt(half, 0)
	require.NoError(t, err)
	_, err = bolt.Open(path)
	require.ErrorIs(t, err, bolt.ErrInUse)
	require.NotErrorIs(t, err, storage.ErrCorrupt)
	_, err = file.WriteAt(whole, 0)
	require.NoError(t, errors.Join(err, file.Close()))

	write(t, store, "harbor")
	require.NoError(t, store.Close())
	require.NoError(t, os.WriteFile(path, half, 0o600))
	_, err = bolt.Open(path)
	require.ErrorIs(t, err, storage.ErrCorrupt)
	require.NoError(t, os.WriteFile(path, whole, 0o600))
	require.NoError(t, openStore(t, path).Close())
}

func TestOpen_RefusesWhatIsNoJournal(t *testing.T) {
	foreign := func(write func(*bbolt.Tx) error) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			db, err := bbolt.Open(path, 0o600, nil)
			require.NoError(t, err)
			require.NoError(t, db.Update(write))
			require.NoError(t, db.Close())
		}
	}
	text := func(content []byte) func(t *testing.T, path string) {
		return func(t *testing.T, path string) { require.NoError(t, os.WriteFile(path, content, 0o600)) }
	}
	for name, test := range map[string]struct {
		make func(t *testing.T, path string)
		want error
	}{
		"a short text": {text([]byte("not a journal")), bolt.ErrForeign},
		"a long text":  {text(bytes.Repeat([]byte("not a journal\n"), 10_000)), bolt.ErrForeign},
		"bbolt's, and somebody else's": {foreign(func(tx *bbolt.Tx) error {
			_, err := tx.CreateBucket([]byte("theirs"))
			return err
		}), bolt.ErrForeign},
		"a format without a checksum": {foreign(func(tx *bbolt.Tx) error {
			bucket, err := tx.CreateBucket([]byte("meta"))
			return errors.Join(err, bucket.Put([]byte("format"), []byte("clientaccess journal 1")))
		}), storage.ErrCorrupt},
		"a format from the future": {foreign(func(tx *bbolt.Tx) error {
			bucket, err := tx.CreateBucket([]byte("meta"))
			return errors.Join(err, bucket.Put([]byte("format"),
				bolt.Seal([]byte("meta"), []byte("format"), []byte("clientaccess journal 3"))))
		}), bolt.ErrNewer},
		"a format of the past": {foreign(func(tx *bbolt.Tx) error {
			bucket, err := tx.CreateBucket([]byte("meta"))
			return errors.Join(err, bucket.Put([]byte("format"),
				bolt.Seal([]byte("meta"), []byte("format"), []byte("clientaccess journal 1"))))
		}), bolt.ErrOlder},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "access.db")
			test.make(t, path)
			before, err := os.ReadFile(path)
			require.NoError(t, err)
			_, err = bolt.Open(path)
			require.ErrorIs(t, err, test.want)
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			require.True(t, bytes.Equal(before, after), "the file was changed")
		})
	}
	_, err := bolt.Open(filepath.Join(t.TempDir(), "no", "such", "folder"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestBackup_WhileInUse(t *testing.T) {
	folder := t.TempDir()
	journal := open(t, filepath.Join(folder, "access.db"))
	store, err := engine(context.Background(), journal)
	require.NoError(t, err)
	write(t, store, "lumen")
	copied, err := os.Create(filepath.Join(folder, "copy.db"))
	require.NoError(t, err)
	_, err = journal.Backup(copied)
	require.NoError(t, err)
	require.NoError(t, copied.Close())
	write(t, store, "harbor")
	require.NoError(t, store.Close())

	backup := openStore(t, filepath.Join(folder, "copy.db"))
	require.Equal(t, storage.Revision(1), backup.Snapshot().Revision())
	require.Equal(t, store.ID(), backup.ID())
	require.NoError(t, backup.Close())
}

func TestClosed(t *testing.T) {
	journal := open(t, filepath.Join(t.TempDir(), "access.db"))
	require.NoError(t, journal.Close())
	require.NoError(t, journal.Close())
	ctx := context.Background()
	_, err := journal.Load(ctx, nil)
	require.ErrorIs(t, err, storage.ErrClosed)
	require.ErrorIs(t, journal.Commit(ctx, storage.Head{}, nil), storage.ErrClosed)
	require.ErrorIs(t, journal.Aside(ctx, nil), storage.ErrClosed)
	_, err = journal.Backup(&bytes.Buffer{})
	require.ErrorIs(t, err, storage.ErrClosed)
}

// When the disk fails in a commit, its outcome is unknown and said to be so;
// what comes after is refused, and known not to be written. In memory all is
// as before.
func TestCommit_OnADiskThatFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.db")
	journal := open(t, path)
	store, err := engine(context.Background(), journal)
	require.NoError(t, err)
	write(t, store, "lumen")
	before := store.Snapshot()
	require.NoError(t, journal.FailDisk())
	for i := range 3 {
		_, err := store.Update(context.Background(), func(tx storage.Tx) error {
			return errors.Join(tx.Put(relationship.Client{ID: "tern", Name: "Tern"}),
				tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}}))
		})
		require.Error(t, err)
		require.Equal(t, i == 0, errors.Is(err, storage.ErrUnknownOutcome), "%v", err)
	}
	require.Error(t, store.Aside(context.Background(), func(storage.Aside) error { return nil }))
	require.Equal(t, before.Revision(), store.Snapshot().Revision())
	_ = store.Close() // the test has closed the file already

	again := openStore(t, path)
	require.Equal(t, storage.Revision(1), again.Snapshot().Revision())
	write(t, again, "harbor")
	require.NoError(t, again.Close())
}

// Who only reads notes writes nothing to the file, and so does not wait for
// the disk.
func TestAside_ThatOnlyReadsWritesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.db")
	journal := open(t, path)
	aside := func(run func(storage.Aside) error) []byte {
		require.NoError(t, journal.Aside(context.Background(), run))
		file, err := os.ReadFile(path)
		require.NoError(t, err)
		return file
	}
	before := aside(func(notes storage.Aside) error { return notes.Put("a", []byte("1")) })
	after := aside(func(notes storage.Aside) error {
		for key := range notes.Scan("") {
			_, found := notes.Get(key)
			require.True(t, found)
		}
		return notes.Delete("b")
	})
	require.True(t, bytes.Equal(before, after))
	after = aside(func(notes storage.Aside) error { return notes.Delete("a") })
	require.False(t, bytes.Equal(before, after))
	require.NoError(t, journal.Close())
}
