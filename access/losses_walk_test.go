package access_test

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// lossStore keeps every state that there was.
type lossStore struct {
	*memdb.Store
	states []storage.Snapshot
}

func newLossStore() *lossStore {
	store := memdb.New()
	return &lossStore{Store: store, states: []storage.Snapshot{store.Snapshot()}}
}

func (s *lossStore) Update(ctx context.Context, run func(storage.Tx) error) (storage.Revision, error) {
	revision, err := s.Store.Update(ctx, run)
	if int(revision) == len(s.states) {
		s.states = append(s.states, s.Snapshot())
	}
	return revision, err
}

// lossWalk is what has to be told, worked out in the plainest way: it asks the
// oracle about everybody, after each commit and at every instant that stands in
// any record.
type lossWalk struct {
	t        testing.TB
	store    *lossStore
	revision storage.Revision
	now      time.Time
	usable   map[access.Place]permset.Names
}

func newLossWalk(t testing.TB, store *lossStore, after storage.Revision) *lossWalk {
	state := store.states[after]
	return &lossWalk{t, store, after, state.At(), lossUsable(state, state.At())}
}

// lossUsable is who may use what where, by the oracle.
func lossUsable(r storage.Reader, now time.Time) map[access.Place]permset.Names {
	o := newOracle(smallCatalog(), r, now)
	usable := map[access.Place]permset.Names{}
	for _, m := range o.members {
		var names []string
		for _, p := range o.catalog.Permissions {
			if len(o.failures(m.User, m.Client, p.Name)) == 0 {
				names = append(names, p.Name)
			}
		}
		usable[access.Place{Client: m.Client, User: m.User}] = permset.MustNames(names...)
	}
	return usable
}

// at moves on to an instant in a state, and returns what was lost by that.
func (w *lossWalk) at(r storage.Reader, now time.Time) []access.Loss {
	after := lossUsable(r, now)
	var lost []access.Loss
	for place, had := range w.usable {
		if gone := had.Minus(after[place]); !gone.IsEmpty() {
			lost = append(lost, access.Loss{Place: place, Permissions: gone, All: after[place].IsEmpty()})
		}
	}
	slices.SortFunc(lost, func(a, b access.Loss) int {
		return cmp.Or(cmp.Compare(a.Client, b.Client), cmp.Compare(a.User, b.User))
	})
	w.usable, w.now = after, now
	return lost
}

// passTo lets time pass, from one instant of the records to the next, or goes
// back in one step.
func (w *lossWalk) passTo(now time.Time) []access.Losses {
	var told []access.Losses
	state := w.store.states[w.revision]
	instants := map[time.Time]bool{now: true}
	for _, instant := range endsIn(state) {
		if instant.After(w.now) && instant.Before(now) {
			instants[instant] = true
		}
	}
	for _, instant := range slices.SortedFunc(maps.Keys(instants), time.Time.Compare) {
		if lost := w.at(state, instant); len(lost) > 0 {
			told = append(told, access.Losses{Revision: w.revision, At: instant, Lost: lost})
		}
	}
	return told
}

// commits goes through all commits.
func (w *lossWalk) commits() []access.Losses {
	var told []access.Losses
	for int(w.revision)+1 < len(w.store.states) {
		next := w.store.states[w.revision+1]
		now := w.now
		if at := next.At(); at.After(now) {
			told, now = append(told, w.passTo(at)...), at
		}
		w.revision++
		told = append(told, access.Losses{Revision: w.revision, At: next.At(), Lost: w.at(next, now)})
	}
	return told
}

// lossBeliefs are what a host believes that somebody may use, since it asked
// last.
type lossBeliefs map[access.Place]permset.Names

// ask asks about everybody.
func (b lossBeliefs) ask(m *access.Manager) {
	for _, client := range askedClients {
		for _, user := range askedUsers {
			b[access.Place{Client: client, User: user}] = m.Permissions(user, client).Names()
		}
	}
}

// hear takes away what is told to be lost.
func (b lossBeliefs) hear(told []access.Losses) {
	for _, losses := range told {
		for _, loss := range losses.Lost {
			if b[loss.Place] = b[loss.Place].Minus(loss.Permissions); loss.All {
				delete(b, loss.Place)
			}
		}
	}
}

// check fails when somebody is believed to hold what they may not use.
func (b lossBeliefs) check(t testing.TB, m *access.Manager) {
	t.Helper()
	for place, believed := range b {
		may := m.Permissions(place.User, place.Client).Names()
		require.True(t, believed.SubsetOf(may), "%s is believed to hold %s and may use %s", place, believed, may)
	}
}

// withoutErased leaves out who is erased by now, since the log no longer has
// everything of their past, and the commits that took nothing.
func withoutErased(store storage.Store, told []access.Losses) []access.Losses {
	var rest []access.Losses
	for _, losses := range told {
		losses.Lost = slices.DeleteFunc(slices.Clone(losses.Lost), func(l access.Loss) bool {
			person, _ := storage.Get[relationship.User](store.Snapshot(), relationship.UserKey(l.User))
			return person.Erased()
		})
		rest = append(rest, losses)
	}
	return onlyLosses(rest)
}
