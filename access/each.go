package access

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"slices"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Item is one of the changes of a call that is made each for itself.
type Item struct {
	// Change is the change.
	Change Change
	// Outcome says what became of it.
	Outcome Outcome
	// Err is why it was refused; nil otherwise, also when it was not attempted.
	Err error
	// Revision is the commit that decided it; zero when it was not attempted.
	Revision storage.Revision
	// Effects are what it did.
	Effects Effects
}

// EachResult is what became of the items, in their order.
type EachResult struct {
	Items []Item
	Tally
}

// DoEach makes many changes, each for itself (PLAN-3): what is refused harms no
// other. A change about many members is taken apart, so that each of them, or
// each client where the template of a client's members is rolled out, is an
// item; All is taken apart, too.
//
// Items are committed in chunks of at most 1,000, in order, and each leaves an
// event of its own. After each chunk progress is called with the counts so far,
// unless it is nil; what is still to come counts as not attempted. When ctx
// ends, the call ends between two chunks. The result always has every item. A
// change that stands for all and names nobody, such as RemoveEmployee without
// Clients, is looked at in order to take it apart: if it is refused then, it is
// one item.
//
// The error is about the call: it is malformed, the store failed, or ctx ended.
// What was committed by then stays, and is in the result. With
// storage.ErrUnknownOutcome the first chunk that is said to be not attempted may
// have been committed; with storage.ErrUnconfirmed no copy has confirmed the last
// chunk that was committed.
//
// A call with a key (Call.Once) decides each chunk once: repeated after it was
// broken off, it goes on behind the chunks that were decided. Of a chunk in which
// nothing was applied no key is kept. A change that stands for all cannot have a
// key (ErrInvalid).
func (m *Manager) DoEach(ctx context.Context, call Call, change Change, progress func(Tally)) (EachResult, error) {
	result, err := m.itemsOf(call, change)
	if err != nil {
		return EachResult{}, m.count(err)
	}
	if progress == nil {
		progress = func(Tally) {}
	}
	whole := attempt{call: call}
	for _, item := range result.Items {
		whole.changes = append(whole.changes, item.Change)
	}
	key, err := whole.onceKey(true)
	if err != nil {
		return result, m.count(err)
	}
	number, id := 0, rand.Text()
	for items := range slices.Chunk(result.Items, chunk) {
		number++
		if err = ctx.Err(); err == nil {
			err = m.commitEach(ctx, call, key, number, id, items)
		}
		if err != nil {
			break
		}
		result.Tally = tallyOf(result.Items)
		progress(result.Tally)
	}
	result.Tally = tallyOf(result.Items)
	return result, m.count(err)
}

// PlanEach shows what DoEach would do, with the same checks, and changes
// nothing (PLAN-1).
func (m *Manager) PlanEach(ctx context.Context, call Call, change Change) (EachResult, error) {
	result, err := m.itemsOf(call, change)
	if err != nil {
		return EachResult{}, err
	}
	snapshot, err := m.state()
	if err == nil {
		err = m.tryEach(snapshot.Draft(), call, "", result.Items)
	}
	if err != nil {
		return EachResult{}, err
	}
	owned, err := m.askAssets(ctx, reviewedIn(result.Items))
	for i := range result.Items {
		result.Items[i].Effects.addAssets(owned)
		result.Items[i].Err = m.refusedLink(ctx, result.Items[i].Err)
	}
	result.Tally = tallyOf(result.Items)
	return result, err
}

// itemsOf takes a change apart.
func (m *Manager) itemsOf(call Call, change Change) (EachResult, error) {
	var result EachResult
	if err := call.check(); err != nil {
		return result, err
	}
	list, err := flatten(change)
	if err != nil {
		return result, err
	}
	for _, change := range list {
		parts := []Change{change}
		if several, is := change.(ticking); is {
			parts, err = several.split(func() ([]Place, error) {
				if call.once != "" {
					// Repeated, it would be about others.
					return nil, invalid("call", "key", "is given to a change that does not name whom it is about")
				}
				return m.placesIn(call, change)
			})
			switch {
			case errors.Is(err, ErrInvalid):
				return result, err
			case err != nil || len(parts) == 0:
				parts = []Change{change} // it is one item, whatever becomes of it
			}
		}
		for _, part := range parts {
			result.Items = append(result.Items, Item{Change: part, Outcome: NotAttempted})
		}
	}
	return result, nil
}

// placesIn are the places that a change is about that names nobody.
func (m *Manager) placesIn(call Call, change Change) ([]Place, error) {
	done, err := m.inDraft(m.newest(), attempt{call: call, changes: []Change{change}, preview: true})
	var places []Place
	for _, member := range done.effects.Members {
		places = append(places, member.Place)
	}
	for _, skipped := range done.effects.Skipped {
		places = append(places, skipped.Place)
	}
	slices.SortFunc(places, comparePlaces)
	return slices.Compact(places), err
}

// commitEach decides a chunk in one transaction. The key is that of the whole
// call.
func (m *Manager) commitEach(ctx context.Context, call Call, key onceKey, number int, id string, items []Item) error {
	for range maxTries {
		asked, owned, err := m.askAbout(ctx, call, items)
		if err != nil {
			return err
		}
		var earlier Result
		done := slices.Clone(items)
		revision, err := m.update(ctx, func(tx storage.Tx) (err error) {
			copy(done, items)
			if earlier, err = m.replayChunk(tx, call, key, number); earlier.Replayed || err != nil {
				return err
			}
			if err = m.tryEach(tx, call, id, done); err != nil {
				return err
			}
			for _, place := range reviewedIn(done) {
				if m.options.Assets != nil && !asked[place] {
					return ErrBusy // somebody else is removed than the host was asked about
				}
			}
			return m.rememberChunk(tx, key, number, id, done)
		})
		if errors.Is(err, ErrBusy) {
			continue
		}
		if !isCommitted(err) {
			return err
		}
		unconfirmed := err
		if earlier.Replayed {
			revision = earlier.Revision
		}
		for i := range done {
			if earlier.Replayed {
				done[i].Outcome = Replayed
			}
			done[i].Revision = revision
			done[i].Effects.addAssets(owned)
			done[i].Err = m.count(m.refusedLink(ctx, done[i].Err))
		}
		copy(items, done)
		m.tidyNow(ctx, revision)
		return unconfirmed
	}
	return ErrBusy
}

// askAbout asks the host who owns what, of those whom the items would stop.
func (m *Manager) askAbout(ctx context.Context, call Call, items []Item) (map[Place]bool, map[Place][]Asset, error) {
	if m.options.Assets == nil {
		return nil, nil, nil
	}
	planned := slices.Clone(items)
	if err := m.tryEach(m.newest().Draft(), call, "", planned); err != nil {
		return nil, nil, err
	}
	asked := map[Place]bool{}
	for _, place := range reviewedIn(planned) {
		asked[place] = true
	}
	owned, err := m.askAssets(ctx, slices.Collect(maps.Keys(asked)))
	return asked, owned, err
}

// tryEach makes the items upon a transaction, each for itself, and returns what
// was written.
func (m *Manager) tryEach(tx storage.Tx, call Call, id string, items []Item) error {
	if err := m.sameCatalog(tx); err != nil {
		return err
	}
	for i := range items {
		done, err := m.tryOne(tx, attempt{call: call, id: id, changes: []Change{items[i].Change}})
		_, isLink := errors.AsType[*linkError](err)
		switch {
		case err != nil && !isLink && !isRefusal(err):
			return err
		case err != nil:
			items[i].Outcome, items[i].Err = Refused, err
		case done.changed:
			items[i].Outcome, items[i].Effects = Applied, done.effects
		default:
			items[i].Outcome, items[i].Effects = Unchanged, done.effects
		}
	}
	return nil
}

// tryOne makes one item. What it has written when it is refused is taken back.
func (m *Manager) tryOne(tx storage.Tx, a attempt) (outcome, error) {
	for range maxTries {
		done, err := m.try(tx, a)
		if err == nil {
			return done, nil
		}
		if err := storage.TakeBack(tx); err != nil {
			return outcome{}, err
		}
		key, due := isDue(err)
		if !due {
			return outcome{}, err
		}
		if err := settleDue(tx, m.nowAt(tx), map[relationship.Key]bool{key: true}); err != nil {
			return outcome{}, err
		}
	}
	return outcome{}, ErrBusy
}

func reviewedIn(items []Item) []Place {
	var places []Place
	for _, item := range items {
		places = append(places, item.Effects.reviewed()...)
	}
	return places
}

func tallyOf(items []Item) Tally {
	var t Tally
	for _, item := range items {
		t.add(item.Outcome)
	}
	return t
}
