package bolt_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/internal/lives"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/bolt"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// crashes is how many writing processes are killed; CLIENTACCESS_FULL kills
// more.
func crashes() int {
	if os.Getenv("CLIENTACCESS_FULL") != "" {
		return 200
	}
	return 6
}

const (
	writerFile = "CLIENTACCESS_TEST_CRASH_FILE"
	writerRun  = "CLIENTACCESS_TEST_CRASH_RUN"
)

// TestMain is the processes that are killed, too.
func TestMain(m *testing.M) {
	if path := os.Getenv(eachFile); path != "" {
		eachForEver(path, os.Getenv(eachRound))
	}
	if path := os.Getenv(writerFile); path != "" {
		writeForEver(path, os.Getenv(writerRun))
	}
	if path := os.Getenv(fullDiskFile); path != "" {
		writeUntilFull(path)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestCrash_KeepsWhatWasAcknowledged kills a process that makes changes of all
// kinds, at a random moment, again and again: whatever it had acknowledged is
// there, of everything else all or nothing, the store verifies, and a call that
// is sent again with its key is done once.
func TestCrash_KeepsWhatWasAcknowledged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.db")
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	total, unacknowledged, replayed, before := 0, 0, 0, storage.Revision(0)
	for round := range crashes() {
		if round%20 == 19 { // begin a new file now and then
			path, before = filepath.Join(t.TempDir(), "access.db"), 0
		}
		run := strconv.FormatInt(time.Now().UnixNano(), 36)
		writer := exec.Command(os.Args[0])
		writer.Env = append(os.Environ(), writerFile+"="+path, writerRun+"="+run)
		acknowledged := lives.Kill(t, writer, 3+random.IntN(90), time.Duration(random.Int64N(int64(3*time.Millisecond))))
		store := openStore(t, path)
		head := store.Snapshot().Revision()
		require.GreaterOrEqual(t, head, acknowledged.Revision, "an acknowledged commit is lost")
		total += int(acknowledged.Revision - before)
		unacknowledged += int(head - acknowledged.Revision)
		manager, err := access.Open(context.Background(), store, access.Options{Catalog: crm.Catalog()})
		require.NoError(t, err)
		_, err = manager.Verify(context.Background())
		require.NoError(t, err)
		replayed += lives.SendAgain(t, manager, run, acknowledged)
		_, err = manager.Verify(context.Background())
		require.NoError(t, err)
		before = store.Snapshot().Revision()
		require.NoError(t, store.Close())
	}
	t.Logf("%d processes killed; %d commits acknowledged and all there, %d more written and not yet acknowledged; "+
		"%d calls sent again were known by their keys", crashes(), total, unacknowledged, replayed)
}

// writeForEver is the process that is killed.
func writeForEver(path, run string) {
	ctx := context.Background()
	journal, err := bolt.Open(path)
	check(err)
	store, err := memdb.Open(ctx, journal)
	check(err)
	check(lives.Write(ctx, store, run, os.Stdout))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
