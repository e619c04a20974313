package pgproof_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/internal/pgserver"
	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// TestFailover kills a primary whose newest commits the standby has not got, and
// promotes that, again and again; whoever comes new uses the lost numbers again.
// Every replica finds out which commits were lost, exactly, also one that was
// stopped all the while; a revocation among them stays in force until it is
// acknowledged, and a grant among them is not used for longer than answers may be
// old.
func TestFailover(t *testing.T) {
	t.Parallel()
	const bound = time.Second
	rounds, processes := size(2, 50), 3
	ctx := context.Background()
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 4))
	primary := pgtest.Primary(t, pgserver.Settings{Fast: true})
	require.NoError(t, migrate(ctx, primary.DSN("postgres")))
	newOffice(t, order{DSN: primary.DSN("postgres")}).settle("gail", "ron")
	commits, found, latest := 0, 0, time.Duration(-bound)
	var noticed []time.Duration
	for round := range rounds {
		standby := pgtest.Standby(t, primary, pgserver.StandbySettings{})
		o := order{DSN: pgserver.Either("postgres", primary, standby), MaxStaleness: bound}
		before := newOffice(t, o)
		before.give("ron")
		require.NoError(t, standby.CatchUp(ctx))
		kept := before.head()
		replicas := startReplicas(t, o, processes)
		tellAll[string](t, replicas, "watch gail ron")
		require.NoError(t, standby.Withhold(ctx))
		lost := before.loseSoon(random, round)
		tellAll[time.Time](t, replicas, "until rev %d", before.head().Revision)
		tellAll[time.Time](t, replicas, "until no ron")
		require.NoError(t, before.store.Close())

		stopped := replicas[0]
		require.NoError(t, pgserver.Freeze(stopped.Process))
		killed := time.Now()
		require.NoError(t, primary.Kill())
		require.NoError(t, standby.Promote(ctx))
		promoted := time.Now()
		after := newOffice(t, o)
		for i := range len(lost) + round%2 { // the numbers are used again, and sometimes one more
			after.rename(fmt.Sprint("again ", i))
		}
		require.NoError(t, pgserver.Thaw(stopped.Process))
		for i, at := range tellAll[time.Time](t, replicas, "until lost") {
			if replicas[i] != stopped {
				noticed = append(noticed, at.Sub(promoted))
			}
		}
		for _, tails := range tellAll[[]lostTail](t, replicas, "lost") {
			require.Equal(t, []lostTail{{kept.Revision, lost, true}}, tails, "round %d", round)
			found++
		}
		commits += len(lost)
		tellAll[time.Time](t, replicas, "until no gail")
		for _, said := range tellAll[map[relationship.UserID][]answers](t, replicas, "answers") {
			latest = max(latest, lastYes(t, said["gail"]).Sub(killed))
			requireTaken(t, said["ron"])
		}
		// That ron was denied was because of what is kept: the database says yes.
		tellAll[[]lostTail](t, replicas, "acknowledge")
		tellAll[time.Time](t, replicas, "until yes ron")

		for _, p := range replicas {
			p.stop(t)
		}
		after.take("ron")
		require.NoError(t, after.store.Close())
		require.NoError(t, primary.Remove())
		primary = standby
	}
	t.Logf("%d failovers, found by %d of %d processes, each with the exact list of %d lost commits in all; lost revocations stayed in force; "+
		"a lost grant was used last %v after the kill (bound %v); noticed after promoting: %s",
		rounds, found, rounds*processes, commits, latest.Round(time.Millisecond), bound, quantiles(noticed, bound))
	require.LessOrEqual(t, latest, bound)
}

// loseSoon gives gail access and takes that of ron, among others, and returns the
// ids of these commits.
func (o *office) loseSoon(random *rand.Rand, round int) (ids []string) {
	o.t.Helper()
	begin := o.head()
	steps := []func(){func() { o.give("gail") }, func() { o.take("ron") }}
	for i := range random.IntN(5) {
		steps = append(steps, func() { o.rename(fmt.Sprintf("lost %d-%d", round, i)) })
	}
	random.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
	for _, step := range steps {
		step()
	}
	commits, known := o.store.Since(storage.Head{Revision: begin.Revision, Chain: begin.Chain})
	require.True(o.t, known)
	require.Len(o.t, commits, len(steps))
	for _, commit := range commits {
		ids = append(ids, commit.ID)
	}
	return ids
}

// lastYes is when something was allowed last.
func lastYes(t *testing.T, said []answers) (last time.Time) {
	t.Helper()
	for _, run := range said {
		if run.Reason == access.ReasonAllowed {
			last = run.Last
		}
	}
	require.False(t, last.IsZero(), "it was never allowed")
	return last
}

// requireTaken requires that something was allowed, and never again once it was
// denied for another reason than age.
func requireTaken(t *testing.T, said []answers) {
	t.Helper()
	taken, allowed := false, false
	for _, run := range said {
		switch run.Reason {
		case access.ReasonAllowed:
			require.False(t, taken, "a lost revocation is forgotten: %v", said)
			allowed = true
		case access.ReasonStale:
		default:
			taken = true
		}
	}
	require.True(t, taken && allowed, "%v", said)
}
