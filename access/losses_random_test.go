package access_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/storage"
)

// lossSizes is how much is played.
func lossSizes() (worlds, steps int) {
	if fullRun() {
		return 200, 60
	}
	return theoremSize(40, 0), 40
}

// lossStep lets time pass or go back, or makes a change that is not refused.
func (w *randomWorld) lossStep() {
	switch before := w.store.Snapshot(); {
	case w.chance(12):
		w.clock.Set(before.At()) // no clock goes back further (TIME-3)
	case w.chance(3):
		w.turn()
	default:
		for range 20 {
			if w.lossChanges(); w.store.Snapshot().Revision() > before.Revision() {
				return
			}
		}
	}
}

// lossChanges makes some changes, several of them in one commit now and then.
func (w *randomWorld) lossChanges() {
	client, user := oneOf(w, randomClients), oneOf(w, randomUsers)
	switch w.random.IntN(8) {
	case 0, 1:
		w.changeByClient(client)
	case 2:
		w.changeByPartner(client)
	case 3:
		w.changeTerms(client)
	case 4:
		w.changeEmployees()
	case 5:
		w.changeByHost()
	case 6:
		w.letIn()
		w.letIn()
	case 7: // taken, and in part given again
		w.try(w.clientSide(client), access.All{
			access.RemoveMember{Client: client, User: user},
			access.AddMember{Client: client, User: user, Permissions: w.permissions(), End: w.perhaps()},
			access.SetCeiling{Client: client, Partner: oneOf(w, randomPartners), Permissions: w.permissions()},
		})
		if w.chance(10) {
			w.try(access.Host(), access.EraseUser{ID: user})
		}
	}
}

// requireLosses compares what was told with what had to be.
func requireLosses(t *testing.T, seed uint64, want, told []access.Losses) {
	t.Helper()
	wholeSets := cmp.Comparer(func(a, b permset.Names) bool { return a == b })
	if diff := cmp.Diff(want, told, wholeSets, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("seed %d: what is told differs from what was lost (-lost +told):\n%s", seed, diff)
	}
}

// Whatever is changed and however the clock goes, exactly that is told which
// could be used before and cannot after, by an oracle that asks about everybody
// at each commit and each instant.
func TestASK1_LossesAreTheDifferenceOfWhatCouldBeUsed(t *testing.T) {
	worlds, steps := lossSizes()
	first := theoremSeed(t)
	losses, byClock, back := 0, 0, 0
	for seed := first; seed < first+uint64(worlds); seed++ {
		synctest.Test(t, func(t *testing.T) {
			store := newLossStore()
			w := newRandomWorldOn(t, seed, store)
			begin := store.Snapshot().Revision()
			walk, beliefs := newLossWalk(t, store, begin), lossBeliefs{}
			f := followLosses(t, w.manager, begin)
			requireLosses(t, seed, walk.passTo(w.now()), f.heard())
			for range steps {
				beliefs.ask(w.manager)
				revision, before := store.Snapshot().Revision(), walk.now
				w.lossStep()
				var want []access.Losses
				if store.Snapshot().Revision() == revision {
					want = walk.passTo(w.now())
				} else {
					want = walk.commits()
				}
				told := f.heard()
				requireLosses(t, seed, want, told)
				beliefs.hear(told)
				beliefs.check(t, w.manager)
				for _, l := range onlyLosses(told) {
					losses += len(l.Lost)
					if l.Revision == revision {
						byClock += len(l.Lost)
					}
					if w.now().Before(before) {
						back += len(l.Lost)
					}
				}
			}
			require.ErrorIs(t, f.stop(), context.Canceled)
		})
	}
	t.Logf("%d losses, %d of them by the clock, %d by a clock that went back", losses, byClock, back)
	require.NotZero(t, byClock)
	if !testing.Short() { // it is rare
		require.NotZero(t, back)
	}
}

// However seldom the host is reached, and whenever it begins again behind the
// revision that it has kept, in the end it believes of nobody that they may use
// what they may not.
func TestASK1_LossesAreNotMissed(t *testing.T) {
	worlds, steps := lossSizes()
	first := theoremSeed(t)
	restarts := 0
	for seed := first; seed < first+uint64(worlds); seed++ {
		synctest.Test(t, func(t *testing.T) {
			store := newLossStore()
			w := newRandomWorldOn(t, seed+1000, store)
			kept, beliefs := store.Snapshot().Revision(), lossBeliefs{}
			beliefs.ask(w.manager)
			f := followLosses(t, w.manager, kept)
			hear := func() {
				told := f.heard()
				beliefs.hear(told)
				if len(told) > 0 {
					kept = told[len(told)-1].Revision
				}
			}
			hear()
			for range steps {
				before := w.now()
				w.lossStep()
				if w.now().Before(before) {
					// A clock that goes back and on again within a second is not seen.
					w.lossChanges()
					beliefs.ask(w.manager)
					w.lossChanges()
					hear()
				}
				switch w.random.IntN(6) {
				case 0:
					hear()
				case 1:
					beliefs.ask(w.manager)
				case 2: // the host ends, and begins again
					require.ErrorIs(t, f.stop(), context.Canceled)
					if w.chance(2) {
						w.lossStep()
						w.lossChanges()
					}
					f = followLosses(t, w.manager, kept)
					restarts++
				}
			}
			hear()
			beliefs.check(t, w.manager)
			require.NoError(t, f.err)
			require.Equal(t, store.Snapshot().Revision(), kept, "each commit is told of")
			f.stop()
		})
	}
	require.NotZero(t, restarts)
}

// Behind every revision the same is told as to somebody who was there, in one
// go: the clock's losses in their place between the commits.
func TestASK1_LossesBehindAnEarlierRevision(t *testing.T) {
	worlds, steps := lossSizes()
	first := theoremSeed(t)
	for seed := first; seed < first+uint64(worlds)/2; seed++ {
		store := newLossStore()
		w := newRandomWorldOn(t, seed+2000, store)
		for range steps {
			w.lossStep()
		}
		head := store.Snapshot().Revision()
		for _, after := range []storage.Revision{0, 1, storage.Revision(w.random.IntN(int(head))), head - 1} {
			told := lossesBehind(t, w.manager, store, after)
			commits, last := 0, after
			for _, losses := range told {
				if losses.Revision == last+1 {
					commits, last = commits+1, losses.Revision
				}
			}
			require.Equal(t, int(head-after), commits, "each commit is told of, in order")
			requireLosses(t, seed, withoutErased(store, newLossWalk(t, store, after).commits()), withoutErased(store, told))
		}
	}
}
