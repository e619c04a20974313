package access

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"slices"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Result is what a change did.
type Result struct {
	// Revision is the commit that holds the change, or the newest one when
	// nothing had to be changed.
	Revision storage.Revision
	// Changed says whether anything was: a change that changes nothing
	// leaves no event.
	Changed bool
	// Replayed says that the call had been made before with its key, and was
	// not made again (PLAN-4). Revision and Counts are those of then; the
	// Effects are not kept.
	Replayed bool
	// Counts says how much was done.
	Counts relationship.Counts
	Effects
}

// maxTries bounds how often a call starts again because the state moved on
// under it.
const maxTries = 20

// Plan works out what a change would do, with the same checks as Do, and
// changes nothing (PLAN-1). It takes no lock. Issuing and rotating an access
// link are not changes and cannot be planned.
//
// A change that would take away a last active super admin can be planned, so
// that a screen can show the obstacle: see Plan.Obstacles.
func (m *Manager) Plan(ctx context.Context, call Call, change Change) (Plan, error) {
	list, err := flatten(change)
	if err != nil {
		return Plan{}, err
	}
	snapshot, err := m.state()
	if err != nil {
		return Plan{}, err
	}
	plan, err := m.preview(ctx, snapshot, attempt{call: call, changes: list})
	return plan, m.refusedLink(ctx, err)
}

func (m *Manager) preview(ctx context.Context, snapshot storage.Snapshot, a attempt) (Plan, error) {
	plan := Plan{changes: a.changes, only: a.only}
	a.preview = true
	done, err := m.inDraft(snapshot, a)
	if err != nil {
		return Plan{}, err
	}
	plan.Effects, plan.Clients, plan.Obstacles = done.effects, done.clients, done.obstacles
	owned, err := m.askAssets(ctx, plan.reviewed())
	plan.addAssets(owned)
	return plan, err
}

// inDraft makes an attempt upon a draft of the snapshot that nobody stores.
func (m *Manager) inDraft(snapshot storage.Snapshot, a attempt) (done outcome, err error) {
	for range maxTries {
		done, err = m.try(snapshot.Draft(), a)
		key, due := isDue(err)
		if !due {
			break
		}
		a = a.settling(key)
	}
	return done, err
}

// Do makes a change: Plan and Apply in one. Either all of it is done or
// nothing is. After storage.ErrUnknownOutcome it is not known which: a call with
// a key (Call.Once) can be repeated safely. With storage.ErrUnconfirmed it is
// done, the Result says what, and no copy of the journal has confirmed it yet.
func (m *Manager) Do(ctx context.Context, call Call, change Change) (Result, error) {
	list, err := flatten(change)
	if err != nil {
		return Result{}, m.count(err)
	}
	attempted := attempt{call: call, changes: list}
	key, err := attempted.onceKey(false)
	if err != nil {
		return Result{}, m.count(err)
	}
	for range maxTries {
		// One snapshot for both: a call that was made since is found later.
		snapshot := m.newest()
		if result, err := m.replay(snapshot, call, key); result.Replayed || err != nil {
			return result, m.count(err)
		}
		var owned map[Place][]Asset
		if m.options.Assets != nil {
			plan, err := m.preview(ctx, snapshot, attempted)
			if err != nil {
				return Result{}, m.count(m.refusedLink(ctx, err))
			}
			owned = plan.owned()
		}
		result, err := m.commit(ctx, attempted, key, func(done outcome) error {
			if m.options.Assets == nil {
				return nil
			}
			for _, place := range done.effects.reviewed() {
				if _, asked := owned[place]; !asked {
					return ErrBusy // somebody else is removed than the host was asked about
				}
			}
			return nil
		})
		if errors.Is(err, ErrBusy) {
			continue
		}
		result.addAssets(owned)
		return result, m.count(m.refusedLink(ctx, err))
	}
	return Result{}, m.count(ErrBusy)
}

// Apply does exactly what a plan shows, or nothing: when the outcome would be
// another, it answers a *ChangedError with the difference (PLAN-2). The actor
// and every rule are checked again. A plan gives nobody more than Do would.
func (m *Manager) Apply(ctx context.Context, call Call, plan Plan) (Result, error) {
	if plan.broken != nil {
		return Result{}, m.count(plan.broken)
	}
	if len(plan.changes) == 0 {
		return Result{}, m.count(invalid("plan", "change", "is missing"))
	}
	attempted := attempt{call: call, changes: plan.changes, only: plan.only}
	key, err := attempted.onceKey(false)
	if err != nil {
		return Result{}, m.count(err)
	}
	snapshot := m.newest() // one for both, as in Do
	if result, err := m.replay(snapshot, call, key); result.Replayed || err != nil {
		return result, m.count(err)
	}
	// The host is asked again, before the transaction.
	now, err := m.preview(ctx, snapshot, attempted)
	if err != nil {
		return Result{}, m.count(m.refusedLink(ctx, err))
	}
	owned := now.owned()
	result, err := m.commit(ctx, attempted, key, func(done outcome) error {
		done.effects.addAssets(owned)
		if differences := plan.Effects.differences(done.effects); len(differences) > 0 {
			return &ChangedError{differences}
		}
		return nil
	})
	result.addAssets(owned)
	return result, m.count(m.refusedLink(ctx, err))
}

// attempt is what is to be tried in one transaction.
type attempt struct {
	call Call
	// id is what its events are to have in common; made when it is empty.
	id      string
	changes []Change
	only    map[Place]bool
	// settle are relationships whose end has to be written first.
	settle map[relationship.Key]bool
	// preview lists what OFF-8 forbids instead of refusing it, and tells how
	// the clients stood.
	preview bool
}

func (a attempt) settling(key relationship.Key) attempt {
	settle := map[relationship.Key]bool{key: true}
	for earlier := range a.settle {
		settle[earlier] = true
	}
	a.settle = settle
	return a
}

// ticked lists the places of only, in order.
func (a attempt) ticked() []Place {
	return slices.SortedFunc(maps.Keys(a.only), comparePlaces)
}

// outcome is what an attempt came to.
type outcome struct {
	effects   Effects
	clients   []ClientLine
	obstacles []string
	changed   bool
	// last is the last event, without its lines.
	last relationship.Event
}

// commit makes an attempt in the store, once if it has a key, and asks accept
// before it commits.
func (m *Manager) commit(ctx context.Context, a attempt, key onceKey, accept func(outcome) error) (Result, error) {
	for range maxTries {
		var done outcome
		var earlier Result
		revision, err := m.update(ctx, func(tx storage.Tx) (err error) {
			if earlier, err = m.replay(tx, a.call, key); earlier.Replayed || err != nil {
				return err
			}
			if done, err = m.try(tx, a); err != nil {
				return err
			}
			if err := accept(done); err != nil {
				return err
			}
			return m.remember(tx, key, done)
		})
		if earlier.Replayed && err == nil {
			return earlier, nil
		}
		if key, due := isDue(err); due {
			a = a.settling(key)
			continue
		}
		if !isCommitted(err) {
			return Result{}, err
		}
		m.tidyNow(ctx, revision)
		return Result{Revision: revision, Changed: done.changed, Counts: done.effects.counts(), Effects: done.effects}, err
	}
	return Result{}, ErrBusy
}

// try makes all changes of an attempt upon a transaction. All go through
// here: the actor is checked, the effect worked out, and state, event and
// notifications are written together.
func (m *Manager) try(tx storage.Tx, a attempt) (outcome, error) {
	var done outcome
	if err := a.call.check(); err != nil {
		return done, err
	}
	if err := m.sameCatalog(tx); err != nil {
		return done, err
	}
	now, id, shared, told := m.nowAt(tx), cmp.Or(a.id, rand.Text()), texts{}, map[relationship.Key]bool{}
	if err := settleDue(tx, now, a.settle); err != nil {
		return done, err
	}
	for i, change := range a.changes {
		w := &work{
			m: m, v: m.vocabulary, tx: tx, now: now, call: a.call, only: a.only, isLater: i > 0, texts: shared,
			candidates: newCandidates(), notes: map[Place]*note{}, cut: map[Place]bool{},
		}
		if err := w.make(change); err != nil {
			return done, err
		}
		for _, err := range w.withoutSuperAdmin() {
			if !a.preview {
				return done, err
			}
			done.obstacles = append(done.obstacles, err.Error())
		}
		lines := tx.Changed()
		if a.preview {
			done.clients = w.clientLines(done.clients, told, lines)
		}
		w.tell(&done.effects, lines, len(a.changes)-1-i)
		if len(lines) == 0 && len(w.notifications) == 0 {
			continue
		}
		done.changed = true
		done.last = relationship.Event{
			Change: nameOf(change), Actor: w.actor, At: now, Reason: a.call.reason, Call: id,
			Notifications: w.notifications,
		}
		if err := tx.Log(done.last); err != nil {
			return done, err
		}
	}
	return done, nil
}

// make applies one change and what follows from it by itself.
func (w *work) make(change Change) error {
	if err := change.apply(w); err != nil {
		return err
	}
	if w.actor.Kind == "" {
		return refuse("ORG-1", ErrNotAllowed, "nobody's authority was asked for")
	}
	if err := w.linkVerified(); err != nil {
		return err
	}
	return w.noteActivity()
}

// noteActivity carries out REL-4: what the partner's own side does to its
// members in a client is qualifying activity.
func (w *work) noteActivity() error {
	if w.actor.Kind != relationship.ByPartnerSide || w.relabels {
		return nil
	}
	var clients []relationship.ClientID
	for _, line := range w.tx.Changed() {
		if !isAboutMember(line) {
			continue
		}
		client := relationship.ClientID(line.Key().First)
		if n := len(clients); n == 0 || clients[n-1] != client {
			clients = append(clients, client)
		}
	}
	slices.Sort(clients)
	for _, client := range slices.Compact(clients) {
		r, found, err := w.relationship(w.actor.Partner, client)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		if err := w.put(r.Touch(w.now, w.m.options.EndingTime)); err != nil {
			return err
		}
	}
	return nil
}
