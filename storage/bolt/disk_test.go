package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
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

// On a full disk changes are errors, and the state in memory stays as it was.
// When there is room again, the file goes on where it stopped. A process of its
// own may write no file beyond a size, which is what a full disk comes to.
func TestCommit_OnAFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.db")
	store := openStore(t, path)
	write(t, store, "lumen")
	require.NoError(t, store.Close())
	writer := exec.Command(os.Args[0])
	writer.Env = append(os.Environ(), fullDiskFile+"="+path)
	said, err := writer.CombinedOutput()
	require.NoError(t, err, "%s", said)
	var written, last int
	_, err = fmt.Sscanf(string(said), "%d written, the last is %d", &written, &last)
	require.NoError(t, err, "%s", said)
	require.Positive(t, written)

	again := openStore(t, path)
	require.Equal(t, storage.Revision(last), again.Snapshot().Revision(), "what was acknowledged is there, and no more")
	write(t, again, "harbor")
	require.NoError(t, again.Close())
	t.Logf("%d commits before the disk was full", written)
}

const fullDiskFile = "CLIENTACCESS_TEST_FULL_DISK"

// writeUntilFull writes until the file cannot grow, and three times more.
func writeUntilFull(path string) {
	info, err := os.Stat(path)
	check(err)
	signal.Ignore(syscall.SIGXFSZ) // then writing is an error, and not the end
	check(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(info.Size()), Max: uint64(info.Size())}))
	journal, err := bolt.Open(path)
	check(err)
	store, err := engine(context.Background(), journal)
	check(err)
	written, refused := 0, 0
	for i := 0; refused < 3; i++ {
		before := store.Snapshot().Revision()
		id := relationship.ClientID(fmt.Sprint("client", i))
		_, err := store.Update(context.Background(), func(tx storage.Tx) error {
			return errors.Join(tx.Put(relationship.Client{ID: id, Name: "A Client"}),
				tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}}))
		})
		if err == nil {
			written++
			continue
		}
		refused++
		if _, there := store.Snapshot().Get(relationship.ClientKey(id)); there || store.Snapshot().Revision() != before {
			check(errors.New("what was refused is there"))
		}
	}
	fmt.Printf("%d written, the last is %d\n", written, store.Snapshot().Revision())
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
