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
	"strings"
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

const writerFile = "CLIENTACCESS_TEST_CRASH_FILE"

// TestMain is the writing process, too: it writes until it is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv(writerFile); path != "" {
		writeForEver(path)
	}
	os.Exit(m.Run())
}

// TestCrash_KeepsWhatWasAcknowledged kills a process that makes changes of all
// kinds, at a random moment, again and again: whatever it had acknowledged is
// there, of everything else all or nothing, and the store verifies.
func TestCrash_KeepsWhatWasAcknowledged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.db")
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	total, unacknowledged, before := 0, 0, storage.Revision(0)
	for round := range crashes() {
		if round%20 == 19 { // the log is kept whole: begin a new file now and then
			path, before = filepath.Join(t.TempDir(), "access.db"), 0
		}
		acknowledged := runAndKill(t, path, random.IntN(60))
		store := openStore(t, path)
		head := store.Snapshot().Revision()
		require.GreaterOrEqual(t, head, acknowledged, "an acknowledged commit is lost")
		total += int(acknowledged - before)
		unacknowledged += int(head - acknowledged)
		before = head
		manager, err := access.Open(context.Background(), store, access.Options{Catalog: crm.Catalog()})
		require.NoError(t, err)
		_, err = manager.Verify(context.Background())
		require.NoError(t, err)
		require.NoError(t, store.Close())
	}
	t.Logf("%d processes killed; %d commits acknowledged and all there, %d more written and not yet acknowledged",
		crashes(), total, unacknowledged)
}

// runAndKill runs a writer, reads what it acknowledges, and kills it some
// lines later, or a moment after.
func runAndKill(t *testing.T, path string, lines int) storage.Revision {
	t.Helper()
	writer := exec.Command(os.Args[0])
	writer.Env = append(os.Environ(), writerFile+"="+path)
	writer.Stderr = os.Stderr
	out, err := writer.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, writer.Start())
	acknowledged := storage.Revision(0)
	reader := bufio.NewReader(out)
	for range 3 + lines {
		acknowledged = readRevision(t, reader, acknowledged)
	}
	require.NoError(t, writer.Process.Kill())
	for { // what it had still said before it died
		line, err := reader.ReadString('\n')
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		acknowledged = parseRevision(t, line, acknowledged)
	}
	require.Error(t, writer.Wait(), "it was killed")
	return acknowledged
}

func readRevision(t *testing.T, reader *bufio.Reader, before storage.Revision) storage.Revision {
	t.Helper()
	line, err := reader.ReadString('\n')
	require.NoError(t, err)
	return parseRevision(t, line, before)
}

func parseRevision(t *testing.T, line string, before storage.Revision) storage.Revision {
	t.Helper()
	revision, err := strconv.ParseUint(strings.TrimSpace(line), 10, 64)
	require.NoError(t, err)
	require.GreaterOrEqual(t, storage.Revision(revision), before)
	return storage.Revision(revision)
}

// writeForEver makes changes of many kinds and says the revision of each when
// it is acknowledged.
func writeForEver(path string) {
	ctx := context.Background()
	journal, err := bolt.Open(path)
	check(err)
	store, err := memdb.Open(ctx, journal)
	check(err)
	m, err := access.Open(ctx, store, access.Options{Catalog: crm.Catalog()})
	check(err)
	run := strconv.FormatInt(time.Now().UnixNano(), 36)
	ann, bob, carla := relationship.UserID("ann"+run), relationship.UserID("bob"+run), relationship.UserID("carla"+run)
	partner, client := relationship.PartnerID("northwind"+run), relationship.ClientID("lumen"+run)
	do := func(call access.Call, change access.Change) {
		result, err := m.Do(ctx, call, change)
		check(err)
		fmt.Println(uint64(result.Revision))
	}
	domain := "northwind-" + run + ".example"
	do(access.Host(), access.All{
		access.AddUser{ID: ann, Name: "Ann", Email: "ann@" + domain},
		access.AddUser{ID: bob, Name: "Bob", Email: "bob@" + domain},
		access.AddUser{ID: carla, Name: "Carla", Email: "carla@lumen-" + run + ".example"},
		access.CreatePartner{ID: partner, Name: "Northwind", Kind: relationship.Provider, Domains: []string{domain}, SuperAdmin: ann},
		access.CreateClient{ID: client, Name: "Lumen", SuperAdmin: carla},
	})
	do(access.By(ann), access.AddEmployee{Employee: bob, Kind: relationship.Contractor})
	do(access.By(ann), access.MakeTemplate{Name: "support", Permissions: crm.Support().Slice()})
	for {
		link, err := m.IssueLink(ctx, access.By(ann), access.IssueLink{Employee: ann})
		check(err)
		do(access.By(carla), access.ApproveLink{Client: client, Secret: link.Secret})
		do(access.By(ann), access.AddEmployees{Client: client, Employees: []relationship.UserID{bob}, Template: "support"})
		do(access.By(ann), access.ChangeEmployeePermissions{Client: client, Employee: bob, Add: []string{crm.ReportsEdit}})
		do(access.By(carla), access.SetCeiling{Client: client, Partner: partner, Permissions: crm.Support().Slice()})
		do(access.By(ann), access.DeactivateEmployee{Employee: bob})
		do(access.By(ann), access.ReactivateEmployees{Client: client})
		do(access.By(carla), access.PausePartner{Client: client, Partner: partner})
		do(access.By(carla), access.UnpausePartner{Client: client, Partner: partner})
		do(access.By(ann), access.SuspendEmployee{Employee: bob})
		do(access.By(ann), access.ResumeEmployee{Employee: bob})
		do(access.By(ann), access.RevokeLink{Selector: link.Selector})
		do(access.By(ann), access.RemoveEmployees{Client: client})
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
