package pgproof_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/internal/lives"
	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/storage"
)

const (
	// crashMoments is how often a process is killed around each kind of change.
	crashMoments = 20
	// crashesEach is how many processes die over one database.
	crashesEach = 30
)

// TestCrash kills processes that make changes of all kinds, at a random moment
// around each kind, while another process follows: what was acknowledged is
// there, of everything else all or nothing, the log verifies, calls that are
// sent again with their keys are done once, and the dead hold nobody up.
func TestCrash(t *testing.T) {
	t.Parallel()
	crashes := size(7, lives.Steps*crashMoments)
	ctx := context.Background()
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	acknowledged, unacknowledged, replayed := 0, 0, 0
	var o order
	var survivor storage.Store
	var manager *access.Manager
	for round := range crashes {
		if round%crashesEach == 0 {
			o = order{Role: "lives", DSN: pgtest.Database(t, pgtest.Options{Template: migrated})}
			survivor = open(t, o)
			var err error
			manager, err = access.Open(ctx, survivor, access.Options{Catalog: crm.Catalog()})
			require.NoError(t, err)
		}
		before := survivor.Snapshot().Revision()
		o.Name = "r" + strconv.Itoa(round)
		lines := round * crashMoments % lives.Steps // each kind as often as any other
		last := lives.Kill(t, livesProcess(t, o), lines, time.Duration(random.Int64N(int64(5*time.Millisecond))))

		// What the dead had sent may still be carried out: then they have the turn.
		require.NoError(t, survivor.Aside(ctx, func(storage.Aside) error { return nil }))
		require.NoError(t, survivor.Refresh(ctx))
		head := survivor.Snapshot().Revision()
		require.GreaterOrEqual(t, head, last.Revision, "an acknowledged commit is lost")
		if last.Revision > 0 {
			acknowledged += int(last.Revision - before)
			unacknowledged += int(head - last.Revision)
		}
		again := open(t, o)
		require.Equal(t, survivor.Snapshot().Head(), again.Snapshot().Head())
		want, err := sumOf(survivor.Snapshot())
		require.NoError(t, err)
		got, err := sumOf(again.Snapshot())
		require.NoError(t, err)
		require.Equal(t, want, got, "the tables are not what the log makes of them")
		require.NoError(t, again.Close())
		replayed += lives.SendAgain(t, manager, o.Name, last)
		_, err = manager.Verify(ctx)
		require.NoError(t, err)
	}
	t.Logf("%d processes killed; %d commits acknowledged and all there, %d more written and not yet acknowledged; "+
		"%d calls sent again were known by their keys", crashes, acknowledged, unacknowledged, replayed)
	require.NotZero(t, acknowledged)
	require.NotZero(t, replayed)
}

func open(t testing.TB, o order) storage.Store {
	t.Helper()
	store, err := openStore(context.Background(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

func livesProcess(t *testing.T, o order) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(o)
	require.NoError(t, err)
	writer := exec.Command(os.Args[0])
	writer.Env = append(os.Environ(), fmt.Sprint(orderVariable, "=", string(text)))
	return writer
}

func livesWriter(ctx context.Context, o order, _ talk) error {
	store, err := openStore(ctx, o)
	if err != nil {
		return err
	}
	return lives.Write(ctx, store, o.Name, os.Stdout)
}
