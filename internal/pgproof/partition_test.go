package pgproof_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/internal/pgserver"
	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/relationship"
)

// TestPartition cuts a process off from the database, holds back what the network
// carries, and stops the process where it stands, for shorter and longer than
// answers may be old; access is taken away meanwhile. Nothing is allowed past
// the bound, and soon after all is well again there are answers.
func TestPartition(t *testing.T) {
	t.Parallel()
	bound := time.Duration(size(300, 2000)) * time.Millisecond
	rounds, longest := size(2, 20), time.Duration(size(900, 10_000))*time.Millisecond
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	proxy, proxied := pgtest.Proxy(t, dsn)
	office := newOffice(t, order{DSN: dsn})
	office.settle("bob")
	p := startReplicas(t, order{DSN: proxied, MaxStaleness: bound}, 1)[0]
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 3))
	for _, fault := range []struct {
		name        string
		begin, heal func()
	}{
		{"connections cut", proxy.Cut, proxy.Resume},
		{"packets held back", proxy.Hold, proxy.Resume},
		{"process stopped", func() { require.NoError(t, pgserver.Freeze(p.Process)) }, func() { require.NoError(t, pgserver.Thaw(p.Process)) }},
	} {
		asked, stale, latest := 0, 0, time.Duration(0)
		var healing []time.Duration
		for round := range rounds {
			office.give("bob")
			p.tell(t, "until yes bob")
			hear[time.Time](t, p)
			p.tell(t, "watch bob")
			require.Equal(t, "ok", hear[string](t, p))
			fault.begin()
			taken := office.take("bob")
			lasts := longest / 10
			if round > 0 { // the first is shorter than the bound
				lasts = bound + time.Duration(random.Int64N(int64(longest-bound)))
			}
			time.Sleep(lasts) // the fault lasts
			fault.heal()
			healed := time.Now()
			p.tell(t, "until rev %d", office.head().Revision)
			back := hear[time.Time](t, p)
			p.tell(t, "answers")
			for _, run := range hear[map[relationship.UserID][]answers](t, p)["bob"] {
				asked += run.Count
				switch run.Reason {
				case access.ReasonAllowed:
					latest = max(latest, run.Last.Sub(taken))
				case access.ReasonStale:
					stale += run.Count
				}
			}
			healing = append(healing, back.Sub(healed))
		}
		t.Logf("%s: the last yes %v after the revocation (bound %v); %d answers, %d of them refused as too old; serving again: %s",
			fault.name, latest.Round(time.Millisecond), bound, asked, stale, quantiles(healing, 500*time.Millisecond))
		require.LessOrEqual(t, latest, bound, fault.name)
		require.NotZero(t, asked)
	}
	p.stop(t)
}
