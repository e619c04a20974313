package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// A hint comes from another process, and again when the connection on which
// hints come was lost.
func TestAwait_Hint(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	proxy, proxied := pgtest.Proxy(t, dsn)
	writer := open(t, config(t, dsn), postgres.Options{})
	follower := open(t, config(t, proxied), postgres.Options{Poll: time.Hour})
	var head storage.Head
	for i := range 6 {
		if i%2 == 1 {
			proxy.CutAll()
		}
		require.NoError(t, write(ctx, t, writer, one...))
		for {
			require.NoError(t, follower.Await(ctx, head.Revision))
			if behind := all(t, follower, head); len(behind) > 0 {
				head = headOf(behind)
				break
			}
		}
		require.Equal(t, storage.Revision(i+1), head.Revision)
	}
}

// Whoever commits gets no hint of it, and others do. Others' commits are hints to
// it all the same.
func TestAwait_OwnCommitIsNoHint(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	own := open(t, config(t, dsn), postgres.Options{Poll: time.Hour})
	other := open(t, config(t, dsn), postgres.Options{Poll: time.Hour})
	require.NoError(t, own.Await(ctx, 0)) // they listen from now on
	require.NoError(t, other.Await(ctx, 0))
	var head storage.Revision
	for range 10 {
		woken := make(chan error, 1)
		go func() { woken <- own.Await(ctx, head) }()
		require.NoError(t, write(ctx, t, own, one...))
		require.NoError(t, other.Await(ctx, head))
		require.Empty(t, woken)
		require.NoError(t, write(ctx, t, other, one...))
		require.NoError(t, <-woken)
		head += 2
	}
}

// Of many commits in a row, the hints of the first come when the last is on its
// way.
func TestAwait_LateHintsOfOwnCommits(t *testing.T) {
	t.Parallel()
	journal := open(t, config(t, pgtest.Database(t, pgtest.Options{Template: migrated})), postgres.Options{Poll: time.Hour, NoNotify: true})
	const own, other = 7, 8
	for _, c := range []struct {
		name  string
		heard [2]uint32
		heeds bool
	}{
		{"the commit itself", [2]uint32{20, own}, false},
		{"one before it", [2]uint32{19, own}, false},
		{"one that it did not make", [2]uint32{21, own}, true},
		{"another's", [2]uint32{20, other}, true},
		{"another's before it", [2]uint32{19, other}, true},
	} {
		require.Equal(t, c.heeds, journal.Hears([2]uint32{20, own}, c.heard), c.name)
	}
}

// Without hints, the poll interval bounds the wait.
func TestAwait_Polls(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	journal := open(t, config(t, dsn), postgres.Options{Poll: time.Millisecond, NoNotify: true})
	for range 5 {
		require.NoError(t, journal.Await(context.Background(), 0))
	}
	require.Empty(t, texts(t, dsn, "SELECT query FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"))
}

func TestAwait_Ends(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	journal := open(t, config(t, dsn), postgres.Options{Poll: time.Hour, NoNotify: true})
	ctx, cancel := context.WithCancel(context.Background())
	outcomes := make(chan error, 2)
	go func() { outcomes <- journal.Await(ctx, 0) }()
	cancel()
	require.ErrorIs(t, <-outcomes, context.Canceled)
	go func() { outcomes <- journal.Await(context.Background(), 0) }()
	require.NoError(t, journal.Close())
	require.ErrorIs(t, <-outcomes, storage.ErrClosed)
	require.ErrorIs(t, journal.Await(context.Background(), 0), storage.ErrClosed)
}
