package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/bolt"
)

// noMoreThan lets no file of this process grow beyond a size, as a full disk
// does, until the returned function is called.
func noMoreThan(t *testing.T, size int64) (release func()) {
	t.Helper()
	var before syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before))
	signal.Ignore(syscall.SIGXFSZ) // then writing is an error, and not the end
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(size), Max: before.Max}))
	release = func() {
		require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before))
		signal.Reset(syscall.SIGXFSZ)
	}
	t.Cleanup(release)
	return release
}

// On a full disk changes are errors, and the state in memory stays as it was.
// When there is room again, the file goes on where it stopped.
func TestCommit_OnAFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.db")
	store := openStore(t, path)
	write(t, store, "lumen")
	info, err := os.Stat(path)
	require.NoError(t, err)
	release := noMoreThan(t, info.Size())

	written, refused := 0, 0
	for i := range 2000 {
		before := store.Snapshot().Revision()
		_, err := store.Update(context.Background(), func(tx storage.Tx) error {
			return errors.Join(
				tx.Put(relationship.Client{ID: relationship.ClientID(fmt.Sprint("client", i)), Name: "A Client"}),
				tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}}))
		})
		if err == nil {
			written++
			continue
		}
		require.Equal(t, before, store.Snapshot().Revision())
		_, there := store.Snapshot().Get(relationship.ClientKey(relationship.ClientID(fmt.Sprint("client", i))))
		require.False(t, there)
		if refused++; refused == 3 {
			break
		}
	}
	require.Positive(t, written)
	require.Equal(t, 3, refused, "the disk was never full")
	last := store.Snapshot().Revision()
	_ = store.Close()
	release()

	again := openStore(t, path)
	require.Equal(t, last, again.Snapshot().Revision(), "what was acknowledged is there, and no more")
	write(t, again, "harbor")
	require.NoError(t, again.Close())
	t.Logf("%d commits before the disk was full", written)
}

func TestOpen_AFileThatMayOnlyBeRead(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "access.db")
	store := openStore(t, path)
	write(t, store, "lumen")
	require.NoError(t, store.Close())
	require.NoError(t, os.Chmod(path, 0o444))
	before, err := os.ReadFile(path)
	require.NoError(t, err)

	opened := make(chan error)
	go func() {
		// The superuser may write everything: this thread is somebody else, and
		// ends with its goroutine.
		runtime.LockOSThread()
		if os.Geteuid() == 0 {
			for dir := folder; dir != filepath.Dir(dir) && dir != os.TempDir(); dir = filepath.Dir(dir) {
				_ = os.Chmod(dir, 0o755)
			}
			_, _, _ = syscall.RawSyscall(syscall.SYS_SETFSUID, 65534, 0, 0)
		}
		_, err := bolt.Open(path)
		opened <- err
	}()
	require.ErrorIs(t, <-opened, os.ErrPermission)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(before, after))
}
