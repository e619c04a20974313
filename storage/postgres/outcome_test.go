package postgres_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgproxy"
	"github.com/clientaccess/clientaccess/internal/pgserver"
	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// A connection is cut around COMMIT: before the server gets it, before it
// answers, and when it has. Each change is made exactly once, and its caller is
// told so.
func TestOutcome_CommitIsCut(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	proxy, proxied := pgtest.Proxy(t, dsn)
	journal := open(t, config(t, proxied), postgres.Options{NoNotify: true})
	store := build(t, journal)
	cuts := 15
	if full() {
		cuts = 300
	}
	ctx := context.Background()
	var note int
	for i := range cuts {
		place := []pgproxy.Place{pgproxy.Unsent, pgproxy.Sent, pgproxy.Answered}[i%3]
		cut := proxy.CutAt(place, pgproxy.Commit)
		if i%5 == 4 {
			require.NoError(t, store.Aside(ctx, func(aside storage.Aside) error {
				was, _ := aside.Get("count")
				note, _ = strconv.Atoi(string(was))
				note++
				return aside.Put("count", fmt.Append(nil, note))
			}), "note %d, cut %s", i, place)
		} else {
			require.NoError(t, count(ctx, store, "lumen"), "change %d, cut %s", i, place)
		}
		<-cut
	}
	direct := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	require.Equal(t, cuts/5, note)
	require.Equal(t, cuts-cuts/5, counted(t, direct, "lumen"))
	require.Len(t, all(t, direct, storage.Head{}), cuts-cuts/5)
	t.Logf("%d connections cut around COMMIT, of changes and of notes: each happened once", cuts)
}

// The connection is lost in the middle of a turn: nothing was written, and the
// function is run again.
func TestOutcome_TurnIsCut(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	ran := 0
	err := journal.Commit(context.Background(), storage.Head{}, func([]storage.Commit) ([]storage.Commit, error) {
		if ran++; ran == 1 {
			execute(t, dsn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()")
		}
		return []storage.Commit{following(t, storage.Head{}, one)}, nil
	})
	require.NoError(t, err)
	require.Equal(t, 2, ran)
	require.Len(t, all(t, journal, storage.Head{}), 1)
}

// Where a lost commit would be, somebody else's may stand, and of the same
// content: it is not taken for the lost one.
func TestOutcome_AnotherHasTheRevision(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	one := []relationship.Record{client("lumen")}
	require.NoError(t, write(ctx, t, journal, one...))
	written := all(t, journal, storage.Head{})[0]
	lost := following(t, storage.Head{}, one)
	require.Equal(t, written.Revision, lost.Revision)
	behind := following(t, headOf([]storage.Commit{written}), one)
	for _, looked := range []struct {
		commit storage.Commit
		stands bool
	}{{written, true}, {lost, false}, {behind, false}} {
		stands, err := journal.Stands(ctx, looked.commit)
		require.NoError(t, err)
		require.Equal(t, looked.stands, stands, "commit %d", looked.commit.Revision)
	}
}

// The server is gone for good: that is told, and not guessed. When it is back,
// what was acknowledged is there.
func TestOutcome_ServerIsRestarted(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	server := pgtest.Primary(t, pgserver.Settings{Fast: true})
	dsn := server.DSN("postgres")
	migrate(t, dsn)
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	store := build(t, journal)
	require.NoError(t, count(ctx, store, "lumen"))
	for range 3 {
		require.NoError(t, server.Kill())
		require.Error(t, count(ctx, store, "lumen"))
		require.NoError(t, server.Start(ctx))
		require.NoError(t, count(ctx, store, "lumen"))
	}
	require.Equal(t, 4, counted(t, journal, "lumen"))
}

// A commit that waits for a synchronous standby is given up by the server. It
// answers as if nothing were; a warning is all that tells.
func TestOutcome_StandbyDoesNotConfirm(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	server := pgtest.Primary(t, pgserver.Settings{Fast: true})
	dsn := server.DSN("postgres")
	migrate(t, dsn)
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	execute(t, dsn, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
	execute(t, dsn, "SELECT pg_reload_conf()")
	written, heard := 0, false
	for _, giveUp := range []string{"pg_cancel_backend", "pg_terminate_backend"} {
		outcome := make(chan error, 1)
		attempt := func() { outcome <- write(ctx, t, journal, client("lumen")) }
		go attempt()
		// Whoever was terminated has its outcome looked up by another, which
		// waits, too, and is given up in its turn.
		deadline := time.After(time.Minute)
		var err error
		for waiting := true; waiting; {
			select {
			case err = <-outcome:
				written++
				if waiting = err == nil && !heard; waiting {
					go attempt() // the server has not heard yet that it is to wait
				}
			case <-deadline:
				t.Fatal("nobody was told anything")
			case <-time.After(10 * time.Millisecond):
				texts(t, dsn, "SELECT "+giveUp+"(pid)::text FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
				giveUp = "pg_cancel_backend"
			}
		}
		require.ErrorIs(t, err, storage.ErrUnconfirmed)
		require.Len(t, all(t, journal, storage.Head{}), written, "it stands on this server")
		heard = true
	}
}
