package access

import (
	"crypto/rand"
	"encoding/json"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// This file carries out PLAN-4: a call that carries a key happens once. What is
// remembered stands in the commit of the call, so that the one is never there
// without the other.

// replay returns what the call did when it was made before with its key.
func (m *Manager) replay(r storage.Reader, a attempt) (Result, error) {
	if a.call.once == "" {
		return Result{}, nil
	}
	if err := a.call.check(); err != nil {
		return Result{}, err
	}
	once, found := storage.Get[relationship.Once](r, relationship.OnceKey(a.owner()))
	if !found || !once.KeptAt(m.nowAt(r)) {
		return Result{}, nil
	}
	content, err := a.content()
	if err != nil {
		return Result{}, err
	}
	if content != once.Content {
		return Result{}, refuse("PLAN-4", ErrOnce, a.call.partner, a.call.user)
	}
	return Result{Revision: storage.Revision(once.Revision), Replayed: true, Counts: once.Counts}, nil
}

// remember stores the key of a call that has changed something.
func (m *Manager) remember(tx storage.Tx, a attempt, done outcome) error {
	if !done.changed {
		return nil
	}
	return m.rememberKey(tx, a, done.last, done.effects.counts())
}

// rememberEach stores the key of a chunk of which something was applied.
func (m *Manager) rememberEach(tx storage.Tx, a attempt, id string, items []Item) error {
	var all Effects
	event := relationship.Event{Actor: relationship.Actor{Kind: relationship.ByLibrary}, At: m.nowAt(tx), Call: id}
	for _, item := range items {
		all = all.and(item.Effects)
	}
	if tallyOf(items).Applied == 0 {
		return nil
	}
	return m.rememberKey(tx, a, event, all.counts())
}

// rememberKey stores the key of a call in an event of its own, beside its last.
func (m *Manager) rememberKey(tx storage.Tx, a attempt, last relationship.Event, counts relationship.Counts) error {
	if a.call.once == "" {
		return nil
	}
	content, err := a.content()
	if err != nil {
		return err
	}
	err = tx.Put(relationship.Once{
		Owner: a.owner(), Content: content, Revision: uint64(tx.Revision() + 1), Counts: counts,
		Until: relationship.EndInstant(last.At.Add(m.options.OnceLife)),
	})
	if err != nil {
		return err
	}
	return tx.Log(relationship.Event{Change: "RememberKey", Actor: last.Actor, At: last.At, Call: last.Call})
}

func (a attempt) owner() relationship.Digest {
	return relationship.OnceOwner(a.call.user, a.call.partner, a.call.once)
}

// content is the digest of what is asked for: the changes and the ticked
// places. An access link stands there by its selector.
func (a attempt) content() (relationship.Digest, error) {
	list, err := writeChanges(a.changes)
	if err != nil {
		return relationship.Digest{}, err
	}
	written, err := json.Marshal(writtenPlan{Changes: list, Only: a.ticked(), Part: a.only != nil})
	return relationship.OnceContent(string(written)), err
}

// counts says how much was done.
func (e Effects) counts() relationship.Counts {
	return relationship.Counts{
		Members: len(e.Members), Records: len(e.Records), Relationships: len(e.Relationships),
		Notifications: len(e.Notifications), Skipped: len(e.Skipped),
	}
}

// forgetStep is how many keys one transaction forgets at most.
const forgetStep = 1000

// forgetKeys forgets the keys whose time is over, and says how many.
func (m *Manager) forgetKeys(tx storage.Tx) (int, error) {
	now := m.nowAt(tx)
	var over []relationship.Key
	for once := range storage.As[relationship.Once](tx.All(relationship.KindOnce, relationship.Key{})) {
		if !once.KeptAt(now) {
			over = append(over, once.Key())
		}
		if len(over) == forgetStep {
			break
		}
	}
	for _, key := range over {
		if err := tx.Delete(key); err != nil {
			return 0, err
		}
	}
	if len(over) == 0 {
		return 0, nil
	}
	return len(over), tx.Log(relationship.Event{
		Change: "ForgetKeys", Actor: relationship.Actor{Kind: relationship.ByClock}, At: now,
		Call: rand.Text(),
	})
}
