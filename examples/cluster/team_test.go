package main

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// patience is far longer than anything here takes.
const patience = time.Minute

func testTeam(t *testing.T) (context.Context, *office, *team) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	dsn := pgtest.Database(t, pgtest.Options{})
	config, err := pgxpool.ParseConfig(dsn)
	require.NoError(t, err)
	require.NoError(t, postgres.Migrate(ctx, config, postgres.Options{}))
	o, err := openOffice(ctx, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, o.close()) })
	group := &team{dsn: dsn, stderr: os.Stderr}
	t.Cleanup(group.stop)
	require.NoError(t, group.start(ctx, 2))
	return ctx, o, group
}

// TestTeam_SeesWhatTheOfficeDoes starts two processes: both see what is given
// and taken, and one that is killed answers again when it was started anew.
func TestTeam_SeesWhatTheOfficeDoes(t *testing.T) {
	t.Parallel()
	ctx, o, group := testTeam(t)
	_, err := group.saw(ctx, time.Time{}, func(r report) bool { return r.Bob != yes && r.Dora == yes })
	require.NoError(t, err)

	asked := time.Now()
	require.NoError(t, o.give(ctx, client(0), bob))
	after, err := group.saw(ctx, asked, func(r report) bool { return r.Bob == yes })
	require.NoError(t, err)
	require.Positive(t, after)
	asked = time.Now()
	require.NoError(t, o.take(ctx, client(0), bob))
	_, err = group.saw(ctx, asked, func(r report) bool { return r.Bob != yes && r.Revision == o.head().Revision })
	require.NoError(t, err)

	dead := group.members[1]
	require.NoError(t, dead.kill())
	require.False(t, dead.alive())
	_, err = dead.first(ctx, time.Now(), always)
	require.ErrorIs(t, err, errEnded)
	_, err = group.saw(ctx, time.Now(), always)
	require.NoError(t, err, "who is known to be dead is not waited for")
	require.NoError(t, dead.start(group.dsn, os.Stderr))
	r, err := dead.first(ctx, time.Now(), always)
	require.NoError(t, err)
	require.Equal(t, o.head().Revision, r.Revision)
}

// TestOffice_Streams: the stream goes on by itself, is not refused, and is over
// when it was halted.
func TestOffice_Streams(t *testing.T) {
	t.Parallel()
	ctx, o, group := testTeam(t)
	before := o.head().Revision
	o.stream(ctx)
	_, err := group.saw(ctx, time.Now(), func(r report) bool { return r.Revision >= before+6 })
	require.NoError(t, err)
	o.halt()
	require.Zero(t, o.failed.Load())
	halted := o.head()
	_, err = group.saw(ctx, time.Now(), func(r report) bool { return r.Revision == halted.Revision })
	require.NoError(t, err)
	require.Equal(t, halted, o.head())
}

// TestMember_EndsWithItsInput: whoever started a process and is gone takes it
// along.
func TestMember_EndsWithItsInput(t *testing.T) {
	t.Parallel()
	ctx, _, group := testTeam(t)
	require.NoError(t, group.members[0].in.Close())
	select {
	case <-group.members[0].ended:
	case <-ctx.Done():
		t.Fatal("it goes on")
	}
	require.Zero(t, group.members[0].cmd.ProcessState.ExitCode())
	require.True(t, group.members[1].alive())
}
