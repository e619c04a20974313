package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/internal/worlds"
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

// ASK-4: an id with zeros behind it is another id, and nobody's.
func TestASK4_IdsThatEndWithZerosAreUnknown(t *testing.T) {
	t.Parallel()
	for _, long := range []bool{false, true} {
		w := worlds.New(worlds.Size{Name: "few", Clients: 20, PerClient: 20, LongIDs: long})
		manager, err := w.Open(t.Context())
		require.NoError(t, err)
		yes := 0
		for _, q := range w.Questions(256) {
			for _, zeros := range []string{"\x00", "\x00\x00\x00\x00\x00\x00\x00\x00"} {
				d := manager.Check(q.User+relationship.UserID(zeros), q.Client, q.Permission)
				require.Equal(t, access.ReasonUnknownUser, d.Reason(), "%q", q.User)
				d = manager.Check(q.User, q.Client+relationship.ClientID(zeros), q.Permission)
				require.Equal(t, access.ReasonUnknownClient, d.Reason(), "%q", q.Client)
			}
			if manager.Can(q.User, q.Client, q.Permission) {
				yes++
			}
		}
		require.NotZero(t, yes)
	}
}
