package access_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// TestASK1_RandomWorlds plays random changes by random actors while time goes
// on, and after each step asks about every user, client and permission. Check,
// Can, Permissions and Explain agree with the oracle every time.
//
// The full run asks at least 10,000,000 questions.
func TestASK1_RandomWorlds(t *testing.T) {
	worlds, steps := 4, 30
	if fullRun() {
		worlds, steps = 700, 40
	}
	var (
		mu    sync.Mutex
		total = newTally()
		done  int
	)
	t.Run("worlds", func(t *testing.T) {
		for _, part := range []int{0, 1} {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				for seed := part; seed < worlds; seed += 2 {
					counts := newTally()
					w := newRandomWorld(t, uint64(seed))
					for range steps {
						w.step()
						w.askEverything(counts)
					}
					_, err := w.manager.Verify(context.Background())
					require.NoErrorf(t, err, "seed %d", seed)
					mu.Lock()
					total.add(counts)
					done += w.done
					mu.Unlock()
				}
			})
		}
	})
	t.Logf("%d worlds of %d steps, in which %d changes were made", worlds, steps, done)
	t.Logf("%d questions, %d of them yes", total.questions, total.yes)
	if fullRun() {
		require.GreaterOrEqual(t, total.questions, 10_000_000)
		total.report(t, neverInRandomWorlds...)
	}
}

// now is the instant by which the rules answer: the clock's, and never before
// the last commit (TIME-3).
func (w *randomWorld) now() time.Time {
	now := relationship.Instant(w.clock.Now())
	if last := w.store.Snapshot().At(); now.Before(last) {
		return last
	}
	return now
}

// askEverything asks about everybody, everywhere, for everything.
func (w *randomWorld) askEverything(counts *tally) {
	o := newOracle(smallCatalog(), w.store.Snapshot(), w.now())
	for _, client := range askedClients {
		for _, user := range askedUsers {
			for _, p := range o.catalog.Permissions {
				counts.count(agree(w.t, w.manager, o, user, client, p.Name, w.chance(64)))
			}
			counts.count(agree(w.t, w.manager, o, user, client, "no.such", w.chance(64)))
			if w.chance(8) {
				agreePermissions(w.t, w.manager, o, user, client)
			}
		}
	}
}

// neverInRandomWorlds are reasons that never refuse alone where all records
// come about by the rules: who is no member lacks the permission, too; whose
// client or user is unknown is no member; and what is super admin only enters
// nobody's set (ADM-1).
var neverInRandomWorlds = []access.Reason{
	access.ReasonNotMember, access.ReasonUnknownClient, access.ReasonUnknownUser, access.ReasonSuperAdminOnly,
}
