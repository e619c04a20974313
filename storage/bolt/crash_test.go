package bolt_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
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
		acknowledged := runAndKill(t, path, run, random.IntN(90), time.Duration(random.Int64N(int64(3*time.Millisecond))))
		store := openStore(t, path)
		head := store.Snapshot().Revision()
		require.GreaterOrEqual(t, head, acknowledged.revision, "an acknowledged commit is lost")
		total += int(acknowledged.revision - before)
		unacknowledged += int(head - acknowledged.revision)
		manager, err := access.Open(context.Background(), store, access.Options{Catalog: crm.Catalog()})
		require.NoError(t, err)
		_, err = manager.Verify(context.Background())
		require.NoError(t, err)
		replayed += sendAgain(t, manager, run, acknowledged)
		_, err = manager.Verify(context.Background())
		require.NoError(t, err)
		before = store.Snapshot().Revision()
		require.NoError(t, store.Close())
	}
	t.Logf("%d processes killed; %d commits acknowledged and all there, %d more written and not yet acknowledged; "+
		"%d calls sent again were known by their keys", crashes(), total, unacknowledged, replayed)
}

// sendAgain sends the last calls that the dead process was told of, and the one
// after them, of which it knew nothing, with their keys. It says how many were
// known.
func sendAgain(t *testing.T, manager *access.Manager, run string, last acknowledgement) (known int) {
	t.Helper()
	for number := max(0, last.number-5); number <= last.number+1; number++ {
		step := stepOf(run, number)
		if step.link {
			continue // its secret died with the process
		}
		first, err := manager.Do(context.Background(), step.call, step.change)
		require.NoError(t, err, "step %d, %T", number, step.change)
		if number <= last.number {
			require.True(t, first.Replayed, "step %d, %T, was acknowledged and done again", number, step.change)
		}
		if first.Replayed {
			known++
		}
		again, err := manager.Do(context.Background(), step.call, step.change)
		require.NoError(t, err)
		require.Equal(t, first.Revision, again.Revision)
		require.True(t, again.Replayed, "step %d, %T", number, step.change)
	}
	return known
}

// acknowledgement is what the writing process was told last.
type acknowledgement struct {
	number   int
	revision storage.Revision
}

// runAndKill runs a writer, reads what it acknowledges, and kills it some
// lines later, or a moment after.
func runAndKill(t *testing.T, path, run string, lines int, moment time.Duration) acknowledgement {
	t.Helper()
	writer := exec.Command(os.Args[0])
	writer.Env = append(os.Environ(), writerFile+"="+path, writerRun+"="+run)
	writer.Stderr = os.Stderr
	out, err := writer.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, writer.Start())
	last := acknowledgement{number: -1}
	reader := bufio.NewReader(out)
	for range 3 + lines {
		line, err := reader.ReadString('\n')
		require.NoError(t, err)
		last = parseAcknowledgement(t, line, last)
	}
	time.Sleep(moment) // so that it dies in the middle of something
	require.NoError(t, writer.Process.Kill())
	for { // what it had still said before it died
		line, err := reader.ReadString('\n')
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		last = parseAcknowledgement(t, line, last)
	}
	require.Error(t, writer.Wait(), "it was killed")
	return last
}

func parseAcknowledgement(t *testing.T, line string, before acknowledgement) acknowledgement {
	t.Helper()
	var number int
	var revision uint64
	_, err := fmt.Sscanf(line, "%d %d", &number, &revision)
	require.NoError(t, err, "%q", line)
	require.Equal(t, before.number+1, number)
	require.GreaterOrEqual(t, storage.Revision(revision), before.revision)
	return acknowledgement{number, storage.Revision(revision)}
}

// writeForEver makes changes of all kinds, each with a key, and says the number
// and the revision of each when it is acknowledged.
func writeForEver(path, run string) {
	ctx := context.Background()
	journal, err := bolt.Open(path)
	check(err)
	store, err := memdb.Open(ctx, journal)
	check(err)
	m, err := access.Open(ctx, store, access.Options{Catalog: crm.Catalog(), KeepCommits: 50, KeepTime: -1})
	check(err)
	var secret relationship.Secret
	for number := 0; ; number++ {
		step := stepOf(run, number)
		revision := storage.Revision(0)
		if issue, is := step.change.(issueLink); is {
			link, err := m.IssueLink(ctx, step.call, issue.IssueLink)
			check(err)
			secret, revision = link.Secret, link.Revision
		} else {
			if approve, is := step.change.(access.ApproveLink); is {
				approve.Secret = secret
				step.change = approve
			}
			result, err := m.Do(ctx, step.call, step.change)
			check(err)
			revision = result.Revision
		}
		fmt.Println(number, uint64(revision))
		if number%40 == 39 {
			_, err := m.Sweep(ctx)
			check(err)
		}
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
