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

// eachRounds is how many processes are killed in the middle of a bulk change;
// CLIENTACCESS_FULL kills more.
func eachRounds() int {
	if os.Getenv("CLIENTACCESS_FULL") != "" {
		return 50
	}
	return 4
}

const (
	// eachItems is how many items a call has, which makes three chunks.
	eachItems = 2300
	eachChunk = 1000

	eachFile  = "CLIENTACCESS_TEST_EACH_FILE"
	eachRound = "CLIENTACCESS_TEST_EACH_ROUND"
)

// eachCall is the call of a round, every second one with a key: all employees
// are added to the client of the round.
func eachCall(round int) (call access.Call, change access.AddEmployees, keyed bool) {
	change = access.AddEmployees{Client: relationship.ClientID(fmt.Sprint("client", round)), Template: "support"}
	for i := range eachItems {
		change.Employees = append(change.Employees, relationship.UserID(fmt.Sprintf("e%04d", i)))
	}
	call = access.By("ann")
	if keyed = round%2 == 1; keyed {
		call = call.Once(fmt.Sprint("round ", round))
	}
	return call, change, keyed
}

// eachForEver is the process that is killed: it makes the call of a round, and
// says how much of it was applied, chunk by chunk. It never ends by itself.
func eachForEver(path, number string) {
	ctx := context.Background()
	var round int
	_, err := fmt.Sscan(number, &round)
	check(err)
	journal, err := bolt.Open(path)
	check(err)
	store, err := memdb.Open(ctx, journal)
	check(err)
	m, err := access.Open(ctx, store, access.Options{Catalog: crm.Catalog()})
	check(err)
	call, change, _ := eachCall(round)
	fmt.Println(0)
	_, err = m.DoEach(ctx, call, change, func(tally access.Tally) { fmt.Println(tally.Applied) })
	check(err)
	select {}
}

// TestPLAN3_CountsAddUpAfterAProcessWasKilled kills a process in the middle of a
// change of many items, each for itself, at a random moment. Then the same call
// is made again: each time the counts add up to the input, and between the two
// every item was applied once, whether the call had a key or not.
func TestPLAN3_CountsAddUpAfterAProcessWasKilled(t *testing.T) {
	const roundsPerFile = 10
	path := ""
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))
	before, after, middle := 0, 0, 0
	for round := range eachRounds() {
		if round%roundsPerFile == 0 {
			path = filepath.Join(t.TempDir(), "access.db")
		}
		began := eachScene(t, path, round)
		lines := (round/2 + 1) % 4 // after one chunk, two, all, none
		acknowledged := killInTheMiddle(t, path, round, lines, time.Duration(random.Int64N(int64(20*time.Millisecond))))

		store := openStore(t, path)
		m, err := access.Open(t.Context(), store, access.Options{Catalog: crm.Catalog()})
		require.NoError(t, err)
		call, change, keyed := eachCall(round)
		there := eachMembers(store, change.Client)
		require.GreaterOrEqual(t, there, acknowledged, "what was reported is there")
		require.True(t, there%eachChunk == 0 || there == eachItems, "%d items are no whole chunks", there)
		_, err = m.Verify(t.Context())
		require.NoError(t, err)

		again, err := m.DoEach(t.Context(), call, change, nil)
		require.NoError(t, err)
		want := access.Tally{Applied: eachItems - there, Refused: there}
		if keyed {
			want = access.Tally{Applied: eachItems - there, Replayed: there}
		}
		require.Equal(t, want, again.Tally)
		require.Equal(t, eachItems, again.Total())
		for i, item := range again.Items {
			require.Equal(t, i >= there, item.Outcome == access.Applied, "item %d", i)
			require.NotEqual(t, access.NotAttempted, item.Outcome)
			if item.Outcome == access.Refused {
				require.ErrorIs(t, item.Err, access.ErrAlreadyMember)
			}
		}
		requireAppliedOnce(t, store, began, change)
		head := store.Snapshot().Revision()
		last, err := m.DoEach(t.Context(), call, change, nil)
		require.NoError(t, err)
		require.Equal(t, eachItems, last.Refused+last.Replayed)
		require.Equal(t, keyed, last.Replayed == eachItems)
		require.Equal(t, head, store.Snapshot().Revision())
		_, err = m.Verify(t.Context())
		require.NoError(t, err)
		require.NoError(t, store.Close())

		before, after = before+there, after+eachItems-there
		if there > 0 && there < eachItems {
			middle++
		}
	}
	t.Logf("%d processes killed, %d of them in the middle; of %d items %d were applied before and %d when the call was made again",
		eachRounds(), middle, eachRounds()*eachItems, before, after)
	require.Equal(t, eachRounds()*eachItems, before+after)
}

// eachScene makes the client of a round; in a new file, the partner and its
// employees, too. It returns the revision after that.
func eachScene(t *testing.T, path string, round int) storage.Revision {
	t.Helper()
	store := openStore(t, path)
	m, err := access.Open(t.Context(), store, access.Options{Catalog: crm.Catalog()})
	require.NoError(t, err)
	do := func(call access.Call, change access.Change) {
		t.Helper()
		_, err := m.Do(t.Context(), call, change)
		require.NoError(t, err)
	}
	_, change, _ := eachCall(round)
	if store.Snapshot().Revision() == 1 { // the catalogue
		users := access.All{access.AddUser{ID: "ann", Name: "Ann", Email: "ann@northwind.example"}, access.AddUser{ID: "carla", Name: "Carla", Email: "carla@lumen.example"}}
		var hire access.All
		for _, id := range change.Employees {
			users = append(users, access.AddUser{ID: id, Name: "E", Email: string(id) + "@northwind.example"})
			hire = append(hire, access.AddEmployee{Employee: id, Kind: relationship.Staff})
		}
		do(access.Host(), users)
		do(access.Host(), access.CreatePartner{ID: "northwind", Name: "Northwind", Kind: relationship.Provider, SuperAdmin: "ann"})
		do(access.By("ann"), append(hire, access.MakeTemplate{Name: "support", Permissions: []string{crm.ReportsView}}))
	}
	do(access.Host(), access.CreateClient{ID: change.Client, Name: "Lumen", SuperAdmin: "carla"})
	do(access.By("carla"), access.MakePartnerAdmin{Client: change.Client, Partner: "northwind", Employee: "ann"})
	began := store.Snapshot().Revision()
	require.NoError(t, store.Close())
	return began
}

// killInTheMiddle runs the process, reads so many lines of it, kills it a moment
// later, and returns how much it had said was applied.
func killInTheMiddle(t *testing.T, path string, round, lines int, moment time.Duration) (applied int) {
	t.Helper()
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), eachFile+"="+path, fmt.Sprint(eachRound, "=", round))
	process.Stderr = os.Stderr
	out, err := process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, process.Start())
	reader := bufio.NewReader(out)
	read := func() error {
		line, err := reader.ReadString('\n')
		if err == nil {
			_, err = fmt.Sscan(line, &applied)
		}
		return err
	}
	for range 1 + lines {
		require.NoError(t, read())
	}
	time.Sleep(moment) // so that it dies in the middle of something
	require.NoError(t, process.Process.Kill())
	for err == nil { // what it had still said before it died
		err = read()
	}
	require.ErrorIs(t, err, io.EOF)
	require.Error(t, process.Wait(), "it was killed")
	return applied
}

// eachMembers counts the employees who were added to a client.
func eachMembers(store storage.Store, client relationship.ClientID) int {
	members := 0
	for member := range storage.As[relationship.Member](store.Snapshot().Scan(relationship.KindMember, string(client), "")) {
		if member.Role == relationship.Standard {
			members++
		}
	}
	return members
}

// requireAppliedOnce requires the log to say of each item once that it was done.
func requireAppliedOnce(t *testing.T, store storage.Store, began storage.Revision, change access.AddEmployees) {
	t.Helper()
	done := map[relationship.Key]int{}
	for commit, err := range store.Changes(t.Context(), began) {
		require.NoError(t, err)
		for _, event := range commit.Events {
			if event.Change != "AddEmployees" {
				continue
			}
			for _, line := range event.Lines {
				if line.Key().Kind == relationship.KindMember {
					done[line.Key()]++
				}
			}
		}
	}
	require.Len(t, done, eachItems)
	for _, user := range change.Employees {
		require.Equal(t, 1, done[relationship.MemberKey(change.Client, user)], "%s", user)
	}
}
