package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// indexSizes is how much is played.
func indexSizes() (worlds, steps int) {
	if fullRun() {
		return 5_000, 12
	}
	if access.UnderRace {
		return 40, 3
	}
	return theoremSize(500, 0), 3
}

// Whatever is changed and however the clock goes, the index gives of every pair
// the very answer that the evaluator gives from the facts: also of users and of
// clients that nobody knows.
func TestASK1_TheIndexIsTheEvaluator(t *testing.T) {
	worlds, steps := indexSizes()
	first := theoremSeed(t)
	questions, yes := 0, 0
	users := append([]relationship.UserID{"nobody-knows-them"}, randomUsers...)
	clients := append([]relationship.ClientID{"nobody-knows-it"}, randomClients...)
	var reasons [32]int
	for seed := first; seed < first+uint64(worlds); seed++ {
		w := newRandomWorldOn(t, seed, memdb.New())
		var all []permset.Permission
		for permission := range w.manager.Catalog().Permissions() {
			all = append(all, permission)
		}
		for range steps {
			w.lossStep()
			for _, client := range clients {
				for _, user := range users {
					permission := oneOf(w, all)
					got, want := w.manager.Check(user, client, permission), access.Evaluated(w.manager, user, client, permission)
					require.Equal(t, want, got, "seed %d: %s in %s: %s", seed, user, client, permission)
					usable := w.manager.Permissions(user, client).Has(permission)
					require.Equal(t, want.Allowed(), usable, "seed %d: %s in %s: %s", seed, user, client, permission)
					questions++
					reasons[got.Reason()]++
					if got.Allowed() {
						yes++
					}
				}
			}
		}
	}
	t.Logf("%d worlds, %d questions, %d yes", worlds, questions, yes)
	require.Positive(t, yes)
	for reason := access.ReasonUnknownClient; reason <= access.ReasonNotInSet; reason++ {
		if !testing.Short() && !access.UnderRace { // some are rare
			require.Positive(t, reasons[reason], reason)
		}
	}
}
