package access_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
)

// TestPSET5_NoSequenceOfCataloguesWidens opens random worlds with random
// catalogues, one after the other: those that are accepted give nobody but
// super admins anything, and those that are refused change nothing.
func TestPSET5_NoSequenceOfCataloguesWidens(t *testing.T) {
	t.Parallel()
	worlds, accepted, refused := 8, 0, 0
	if fullRun() {
		worlds = 2000
	}
	for seed := range uint64(worlds) {
		w := newRandomWorld(t, 9000+seed)
		for range 25 {
			w.step()
		}
		for range 6 {
			before, revision := w.namesAllowed(), w.store.Snapshot().Revision()
			again, err := w.reopen(w.mutate)
			if err != nil {
				require.ErrorIs(t, err, access.ErrWidens)
				require.Equal(t, revision, w.store.Snapshot().Revision())
				refused++
				continue
			}
			accepted++
			w.manager = again
			for at, names := range w.namesAllowed() {
				gained := names.Minus(before[at])
				require.Truef(t, gained.IsEmpty() || isActiveSuperAdmin(w.store, at.Client, at.User), "seed %d: %s gained %s", seed, at, gained)
			}
		}
	}
	t.Logf("%d catalogues accepted, %d refused", accepted, refused)
	require.NotZero(t, accepted)
	require.NotZero(t, refused)
}

func (w *randomWorld) namesAllowed() map[access.Place]permset.Names {
	all := map[access.Place]permset.Names{}
	for _, client := range randomClients {
		for _, user := range randomUsers {
			all[access.Place{Client: client, User: user}] = w.manager.Permissions(user, client).Names()
		}
	}
	return all
}

// mutate changes a declaration at random, so that it is still coherent.
func (w *randomWorld) mutate(d *permset.Declaration) {
	for {
		candidate := w.manager.Catalog().Declaration()
		for range 1 + w.random.IntN(3) {
			mutateOnce(w.random, &candidate)
		}
		if _, err := permset.NewCatalog(candidate); err == nil {
			*d = candidate
			return
		}
	}
}

func mutateOnce(random *rand.Rand, d *permset.Declaration) {
	all := smallDeclaration().Permissions
	one, other := all[random.IntN(len(all))].Name, &d.Permissions[random.IntN(len(d.Permissions))]
	switch random.IntN(8) {
	case 0:
		dropPermission(d, one)
	case 1: // comes back, perhaps as another than it was
		dropPermission(d, one)
		d.Permissions = append(d.Permissions, permset.Declared{Name: one, Title: "T", Group: "G"})
	case 2:
		other.Implies = append(other.Implies, one)
	case 3:
		other.Implies = nil
	case 4:
		other.Marks ^= permset.Paid
	case 5:
		other.Marks ^= permset.NeverManaged
	case 6:
		d.AddAndEditUsers = other.Name
	case 7:
		random.Shuffle(len(d.Permissions), func(i, j int) {
			d.Permissions[i], d.Permissions[j] = d.Permissions[j], d.Permissions[i]
		})
	}
}
