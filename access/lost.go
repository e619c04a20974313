package access

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/storage"
)

// LostTail is an end of the history that the journal has lost, as a database
// does whose asynchronous standby takes over: this process had applied commits
// that are not there any more.
//
// What those commits gave is gone at once. What they took stays taken, in this
// process and until the loss is acknowledged: at every place that they concerned,
// nobody can use more than the lost state would have allowed at that instant
// (ReasonRevocationLost), and whoever acts in that client is refused there
// (ErrRevocationLost). What is given at other places in the meantime is not held
// back. The host looks which of the lost commits were revocations, makes them
// again, and acknowledges.
type LostTail struct {
	// Number counts the lost tails of this process from 1.
	Number uint64
	// Found is when it was noticed.
	Found time.Time
	// Ancestor is the newest commit that was not lost, and Commits are those
	// that were, in order, with their events. Where Complete is false, memory did
	// not reach back so far: Ancestor is zero, these commits are lost, and more
	// before them may be. Then all places are compared.
	Ancestor storage.Head
	Commits  []storage.Commit
	Complete bool
	// Held counts the places at which something may stay taken. Everywhere says
	// that it is too much to be known place by place: then everything is refused
	// everywhere until the loss is acknowledged.
	Held       int
	Everywhere bool
}

// String describes the loss in one line.
func (t LostTail) String() string {
	what := fmt.Sprintf("%d commits behind revision %d", len(t.Commits), t.Ancestor.Revision)
	if !t.Complete {
		what = fmt.Sprintf("%d commits, and perhaps some before them", len(t.Commits))
	}
	held := fmt.Sprintf("%d places held", t.Held)
	if t.Everywhere {
		held = "everything held"
	}
	return fmt.Sprintf("lost tail %d: %s; %s", t.Number, what, held)
}

// LostTails tells what the journal has lost under this process and nobody has
// acknowledged yet, the oldest first. What is noticed is also told to
// Options.Logger. The host alone reads it; on a store without other writers there
// never is any.
func (m *Manager) LostTails(viewer Call) ([]LostTail, error) {
	if !viewer.host {
		return nil, refuse("ASK-1", ErrNotAllowed, viewer.user, "only the host reads what was lost")
	}
	m.look()
	m.moving.Lock()
	defer m.moving.Unlock()
	var tails []LostTail
	for _, tail := range m.store.LostTails() {
		tails = append(tails, m.held[tail.Number].told(tail))
	}
	return tails, nil
}

// AcknowledgeLost lets go what is kept from the lost tails up to a number, that
// one included: from then on the journal alone says what may be used. It is about
// this process and all Managers over the same store in it. The host does so when
// it has made the lost revocations again, or does not want them any more.
func (m *Manager) AcknowledgeLost(viewer Call, number uint64) error {
	if !viewer.host {
		return refuse("ASK-1", ErrNotAllowed, viewer.user, "only the host acknowledges what was lost")
	}
	known := false
	for _, tail := range m.store.LostTails() {
		known = known || tail.Number == number
	}
	if !known {
		return invalid("lost tail", "number", "is none that waits to be acknowledged")
	}
	m.store.AcknowledgeLost(number)
	m.moveTo()
	return nil
}

// mostHeld bounds at how many places one lost tail is kept apart.
const mostHeld = 10_000

// kept is what stays taken although the journal has lost it: what each lost
// state says of the places that its lost commits concerned. Nil is nothing.
type kept struct {
	places     map[Place][]facts
	everywhere bool
}

// has reports whether something is kept at a place.
func (k *kept) has(place Place) bool { return k != nil && (k.everywhere || k.places[place] != nil) }

// closes reports whether what is kept closes the whole place.
func (k *kept) closes(f *facts) bool {
	switch {
	case k == nil:
		return false
	case k.everywhere:
		return true
	case !f.isMember:
		return false
	}
	for _, lost := range k.places[Place{f.member.Client, f.member.User}] {
		if lost.now = f.now; failures(&lost) != 0 {
			return true
		}
	}
	return false
}

// leaves are the permissions that what is kept leaves at a place.
func (k *kept) leaves(v *vocabulary, f *facts) permset.Set {
	switch {
	case k == nil:
		return v.all
	case k.everywhere:
		return permset.Set{}
	}
	left := v.all
	if f.isMember {
		for _, lost := range k.places[Place{f.member.Client, f.member.User}] {
			lost.now = f.now
			left = left.Intersect(v.usableAlone(&lost))
		}
	}
	return left
}

// mayAct refuses an actor at a place where something is kept: what they may do
// there is not known.
func (v *vocabulary) mayAct(place Place) error {
	if v.kept.Load().has(place) {
		return refuse("ASK-1", ErrRevocationLost, place.Client, place.User, "until the host acknowledges the loss")
	}
	return nil
}

// held is what is kept of one lost tail.
type held struct {
	places     map[Place]facts
	everywhere bool
}

func (h held) told(tail storage.LostTail) LostTail {
	return LostTail{
		Number: tail.Number, Found: tail.Found, Ancestor: tail.Ancestor, Commits: tail.Commits, Complete: tail.Complete,
		Held: len(h.places), Everywhere: h.everywhere,
	}
}

// keep brings what is kept up to the store's lost tails, and reports whether it
// has changed. The lock of moving is the caller's.
func (m *Manager) keep(snapshot storage.Snapshot) bool {
	if !m.follows {
		return false
	}
	waiting := map[uint64]held{}
	changed := false
	tails := m.store.LostTails()
	for _, tail := range tails {
		known, is := m.held[tail.Number]
		if !is {
			changed = true
			known = m.hold(tail, snapshot)
			m.options.Logger.Error("the journal has lost commits",
				slog.String("lost", known.told(tail).String()), slog.Uint64("number", tail.Number))
		}
		waiting[tail.Number] = known
	}
	if !changed && len(waiting) == len(m.held) {
		return false
	}
	m.held = waiting
	if len(waiting) == 0 {
		m.vocabulary.kept.Store(nil)
		return true
	}
	k := &kept{places: map[Place][]facts{}}
	for _, tail := range tails {
		k.everywhere = k.everywhere || waiting[tail.Number].everywhere
		for place, lost := range waiting[tail.Number].places {
			k.places[place] = append(k.places[place], lost)
		}
	}
	m.vocabulary.kept.Store(k)
	return true
}

// hold finds out what is to be kept of a lost tail: where the lost state and the
// one that the journal has now do not say the same.
func (m *Manager) hold(tail storage.LostTail, snapshot storage.Snapshot) held {
	h := held{places: map[Place]facts{}}
	if tail.Lost == nil {
		h.everywhere = true
		return h
	}
	was, is := remember(tail.Lost), remember(snapshot)
	seen := map[Place]bool{}
	for place := range m.concernedBy(tail, was, is) {
		if seen[place] {
			continue
		}
		seen[place] = true
		now := m.nowAt(snapshot)
		if lost := gather(was, place.Client, place.User, now); lost.takesFrom(gather(is, place.Client, place.User, now)) {
			h.places[place] = *lost
		}
		if len(h.places) > mostHeld {
			return held{everywhere: true}
		}
	}
	return h
}

// concernedBy runs over the places that lost commits may have concerned; all
// there are, where it is not known in full which commits those are.
func (m *Manager) concernedBy(tail storage.LostTail, was, is storage.Reader) func(func(Place) bool) {
	return func(yield func(Place) bool) {
		for _, r := range []storage.Reader{was, is} {
			if !tail.Complete {
				for place := range everybody(r) {
					if !yield(place) {
						return
					}
				}
				continue
			}
			for _, commit := range tail.Commits {
				for _, event := range commit.Events {
					for _, line := range event.Lines {
						for place := range concerned(r, line) {
							if !yield(place) {
								return
							}
						}
					}
				}
			}
		}
	}
}

// takesFrom reports whether these facts, of a lost state, may ever allow less
// than others do. They do not where they are the same but for what no answer
// hangs on, and where the others say that the user is no member: then the loss
// has taken, and not given.
func (f *facts) takesFrom(other *facts) bool {
	return (other.isMember || !f.isMember) && f.essence() != other.essence()
}

// essence are the facts without what changes often and decides nothing, as in
// concerns.
func (f *facts) essence() facts {
	e := *f
	e.now = time.Time{}
	e.client.Name, e.client.SuperAdmins = "", 0
	e.relationship.ClientName, e.relationship.Activity, e.relationship.Members = "", time.Time{}, 0
	e.partner.Name = ""
	return e
}
