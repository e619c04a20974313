package pgproof_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// TestRevocation takes access away, and measures from the acknowledgement until
// all processes deny: with the hint that a writer gives, and by polling alone.
func TestRevocation(t *testing.T) {
	t.Parallel()
	processes, rounds := size(3, 8), size(20, 500)
	const poll = 100 * time.Millisecond
	for _, c := range []struct {
		name   string
		silent bool
		target time.Duration
	}{{"with the hint", false, 5 * time.Millisecond}, {"by polling", true, poll + 10*time.Millisecond}} {
		o := order{DSN: pgtest.Database(t, pgtest.Options{Template: migrated}), Options: postgres.Options{NoNotify: c.silent, Poll: poll}}
		office := newOffice(t, o)
		office.settle("bob")
		replicas := startReplicas(t, o, processes)
		var took []time.Duration
		for range rounds {
			office.give("bob")
			tellAll[time.Time](t, replicas, "until yes bob")
			for _, p := range replicas {
				p.tell(t, "until no bob")
			}
			taken := office.take("bob")
			last := time.Duration(0)
			for _, p := range replicas {
				last = max(last, hear[time.Time](t, p).Sub(taken))
			}
			took = append(took, last)
		}
		t.Logf("revocation, %s: denied in all of %d processes: %s", c.name, processes, quantiles(took, c.target))
		for _, p := range replicas {
			p.stop(t)
		}
	}
}

// quantiles tells times, and whether the 99th percentile is what it should be.
func quantiles(took []time.Duration, target time.Duration) string {
	slices.Sort(took)
	at := func(part float64) time.Duration {
		return took[min(len(took)-1, int(part*float64(len(took))))].Round(10 * time.Microsecond)
	}
	verdict := "met"
	if at(0.99) > target {
		verdict = "MISSED"
	}
	return fmt.Sprintf("%d times, median %v, p99 %v, longest %v (target for p99: %v, %s)",
		len(took), at(0.5), at(0.99), at(1), target, verdict)
}

func TestQuantiles(t *testing.T) {
	t.Parallel()
	var took []time.Duration
	for i := 200; i > 0; i-- {
		took = append(took, time.Duration(i)*time.Millisecond)
	}
	require.Equal(t, "200 times, median 101ms, p99 199ms, longest 200ms (target for p99: 199ms, met)", quantiles(took, 199*time.Millisecond))
	require.Contains(t, quantiles(took, 198*time.Millisecond), "MISSED")
}
