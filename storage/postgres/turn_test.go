package postgres_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgserver"
	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// one is a record to be written.
var one = []relationship.Record{client("lumen")}

// hold takes the writers' turn as another process would, until release.
func hold(t *testing.T, dsn string) (release func()) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	require.NoError(t, err)
	tx, err := conn.Begin(ctx)
	require.NoError(t, err)
	_, err = tx.Exec(ctx, "SELECT 1 FROM clientaccess.head FOR UPDATE")
	require.NoError(t, err)
	return sync.OnceFunc(func() {
		require.NoError(t, tx.Rollback(ctx))
		require.NoError(t, conn.Close(ctx))
	})
}

// Another process has the turn. Those of this one wait, of whom one waits in the
// database, and each leaves when its time is over.
func TestTurn_WaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	release := hold(t, dsn)
	defer release()
	var waiters sync.WaitGroup
	for range 20 {
		waiters.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
			defer cancel()
			err := journal.Commit(ctx, storage.Head{}, func([]storage.Commit) ([]storage.Commit, error) {
				assert.Fail(t, "it ran out of its turn")
				return nil, nil
			})
			assert.ErrorIs(t, err, storage.ErrContended)
			assert.ErrorIs(t, err, context.DeadlineExceeded)
		})
	}
	most := 0
	left := make(chan struct{})
	go func() { waiters.Wait(); close(left) }()
	for waiting := true; waiting; {
		select {
		case <-left:
			waiting = false
		default:
			most = max(most, len(texts(t, dsn, "SELECT pid::text FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")))
		}
	}
	require.LessOrEqual(t, most, 1)
	release()
	require.NoError(t, write(context.Background(), t, journal, one...))
}

// Several processes write at once: every change of one is made upon those of all
// others, the revisions have no gap, and a follower sees them in order.
func TestTurn_ManyJournals(t *testing.T) {
	t.Parallel()
	const journals, each = 4, 40
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	ctx := context.Background()
	var writers sync.WaitGroup
	for range journals {
		store := build(t, open(t, config(t, dsn), postgres.Options{}))
		writers.Go(func() {
			for range each {
				assert.NoError(t, count(ctx, store, "lumen"))
			}
		})
	}
	follower := open(t, config(t, dsn), postgres.Options{Poll: time.Hour})
	var head storage.Head
	polls := 0
	for head.Revision < journals*each {
		require.NoError(t, follower.Await(ctx, head.Revision))
		polls++
		for _, commit := range all(t, follower, head) {
			head = headOf([]storage.Commit{commit})
		}
	}
	writers.Wait()
	require.Equal(t, journals*each, counted(t, follower, "lumen"))
	t.Logf("%d commits of %d journals, seen in order in %d looks", head.Revision, journals, polls)
}

// Several processes write without a pause, each with many writers: none of them
// keeps the turn for itself, and no writer of one waits for the others of it.
func TestTurn_NobodyStarves(t *testing.T) {
	t.Parallel()
	const journals, writers, commits = 3, 8, 900
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var made [journals][writers]atomic.Int64
	var total atomic.Int64
	var all sync.WaitGroup
	var stores [journals]*memdb.Store
	for j := range stores {
		stores[j] = build(t, open(t, config(t, dsn), postgres.Options{}))
	}
	for j := range made {
		for w := range made[j] {
			all.Go(func() {
				for ctx.Err() == nil {
					if err := count(ctx, stores[j], fmt.Sprint(j, w)); !assert.True(t, err == nil || errors.Is(err, storage.ErrContended), "%v", err) || err != nil {
						return
					}
					made[j][w].Add(1)
					if total.Add(1) >= commits {
						stop()
					}
				}
			})
		}
	}
	all.Wait()
	for j := range made {
		var of, least, most int64
		for w := range made[j] {
			n := made[j][w].Load()
			of, most = of+n, max(most, n)
			if w == 0 || n < least {
				least = n
			}
		}
		t.Logf("process %d: %d of %d changes, each writer %d to %d", j, of, total.Load(), least, most)
		require.Greater(t, of, int64(commits/journals/10))
		require.Greater(t, least, most/10)
	}
}

// A process that is stopped in its turn loses it, and when it goes on, it has
// written nothing and does it anew upon what others have written meanwhile.
func TestTurn_FrozenProcessLosesIt(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	require.NoError(t, err)
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	process := exec.Command(program)
	process.Env = append(os.Environ(), holdVariable+"="+dsn)
	in, err := process.StdinPipe()
	require.NoError(t, err)
	out, err := process.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, process.Start())
	t.Cleanup(func() { _ = process.Process.Kill() }) // it may have ended
	said := bufio.NewScanner(out)
	require.True(t, said.Scan())
	require.Equal(t, "missed 0", said.Text())

	require.NoError(t, pgserver.Freeze(process.Process))
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	require.NoError(t, write(context.Background(), t, journal, one...))
	require.NoError(t, pgserver.Thaw(process.Process))
	_, err = in.Write([]byte("go on\n"))
	require.NoError(t, err)
	require.True(t, said.Scan())
	require.Equal(t, "missed 1", said.Text())
	require.NoError(t, process.Wait())
	require.Len(t, all(t, journal, storage.Head{}), 2)
	require.Len(t, load(t, journal), 2)
}

// One whose rules take long does not.
func TestTurn_WorkingProcessKeepsIt(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	journal.SetIdle(shortly)
	ran := 0
	require.NoError(t, journal.Commit(context.Background(), storage.Head{}, func([]storage.Commit) ([]storage.Commit, error) {
		ran++
		for len(texts(t, dsn, `SELECT pid::text FROM pg_stat_activity WHERE datname = current_database()
			AND clock_timestamp() - xact_start > $1::interval AND state LIKE 'idle in%'`, (2*shortly).String())) == 0 {
		}
		return []storage.Commit{following(t, storage.Head{}, one)}, nil
	}))
	require.Equal(t, 1, ran)
}

// Whoever has missed more than is read at once gets all of it, by number and by
// size.
func TestTurn_MissedMuch(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	var batch []storage.Commit
	var head storage.Head
	for i := range 700 {
		records := []relationship.Record{client(fmt.Sprint(i))}
		if i%100 == 0 { // some are large
			records = append(records, relationship.Catalog{Declaration: strings.Repeat("x", 3<<20)})
		}
		batch = append(batch, following(t, head, records))
		head = headOf(batch[i:])
	}
	require.NoError(t, journal.Commit(ctx, storage.Head{}, func([]storage.Commit) ([]storage.Commit, error) { return batch, nil }))
	require.NoError(t, journal.Commit(ctx, storage.Head{}, func(missed []storage.Commit) ([]storage.Commit, error) {
		require.Equal(t, batch, missed)
		return nil, nil
	}))
	require.Equal(t, batch, all(t, journal, storage.Head{}))
}
