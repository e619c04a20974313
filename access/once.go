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

// onceKey is the key of a call, or of one chunk of it: what it is kept under,
// and the digest of what is asked for. The zero onceKey is none.
type onceKey struct{ owner, content relationship.Digest }

// onceKey returns the key of an attempt. Its content is the changes and the
// ticked places; an access link stands there by its selector. Each says that the
// changes are made each for itself, which is another thing to ask for.
func (a attempt) onceKey(each bool) (onceKey, error) {
	if a.call.once == "" {
		return onceKey{}, nil
	}
	if err := a.call.check(); err != nil {
		return onceKey{}, err
	}
	list, err := writeChanges(a.changes)
	if err != nil {
		return onceKey{}, err
	}
	written, err := json.Marshal(struct {
		Changes    []writtenChange
		Only       []Place
		Part, Each bool
	}{list, a.ticked(), a.only != nil, each})
	return onceKey{
		relationship.OnceOwner(a.call.user, a.call.partner, a.call.once),
		relationship.OnceContent(a.call.once, string(written)),
	}, err
}

// chunk is the key of one chunk of a call. Its content is that of the whole
// call, so that no other call that has the same chunk in it is taken for it.
func (k onceKey) chunk(number int) onceKey {
	if k != (onceKey{}) {
		k.owner = relationship.OnceChunk(k.owner, number)
	}
	return k
}

// replay returns what was done when the call, or the chunk, was made before with
// its key.
func (m *Manager) replay(r storage.Reader, call Call, key onceKey) (Result, error) {
	if key == (onceKey{}) {
		return Result{}, nil
	}
	once, found := storage.Get[relationship.Once](r, relationship.OnceKey(key.owner))
	if !found || !once.KeptAt(m.nowAt(r)) {
		return Result{}, nil
	}
	if key.content != once.Content {
		return Result{}, refuse("PLAN-4", ErrOnce, call.partner, call.user)
	}
	return Result{Revision: storage.Revision(once.Revision), Replayed: true, Counts: once.Counts}, nil
}

// replayChunk is replay for a chunk, of which the whole call must not have been
// another.
func (m *Manager) replayChunk(r storage.Reader, call Call, whole onceKey, number int) (Result, error) {
	if _, err := m.replay(r, call, whole); err != nil {
		return Result{}, err
	}
	return m.replay(r, call, whole.chunk(number))
}

// remember stores the key of a call that has changed something, in an event of
// its own, beside its last.
func (m *Manager) remember(tx storage.Tx, key onceKey, done outcome) error {
	if !done.changed {
		return nil
	}
	return m.rememberKeys(tx, done.last, done.effects.counts(), key)
}

// rememberChunk stores the key of a chunk of which something was applied, and
// that of the whole call.
func (m *Manager) rememberChunk(tx storage.Tx, whole onceKey, number int, id string, items []Item) error {
	if tallyOf(items).Applied == 0 {
		return nil
	}
	var counts relationship.Counts
	for i := range items {
		counts = plus(counts, items[i].Effects.counts())
	}
	event := relationship.Event{Actor: relationship.Actor{Kind: relationship.ByLibrary}, At: m.nowAt(tx), Call: id}
	return m.rememberKeys(tx, event, counts, whole, whole.chunk(number))
}

// rememberKeys stores keys in an event of its own, beside the last of the call.
func (m *Manager) rememberKeys(tx storage.Tx, last relationship.Event, counts relationship.Counts, keys ...onceKey) error {
	if keys[0] == (onceKey{}) {
		return nil
	}
	for _, key := range keys {
		err := tx.Put(relationship.Once{
			Owner: key.owner, Content: key.content, Revision: uint64(tx.Revision() + 1), Counts: counts,
			Until: relationship.EndInstant(last.At.Add(m.options.OnceLife)),
		})
		if err != nil {
			return err
		}
	}
	return tx.Log(relationship.Event{Change: "RememberKey", Actor: last.Actor, At: last.At, Call: last.Call})
}

// counts says how much was done.
func (e Effects) counts() relationship.Counts {
	return relationship.Counts{
		Members: len(e.Members), Records: len(e.Records), Relationships: len(e.Relationships),
		Notifications: len(e.Notifications), Skipped: len(e.Skipped),
	}
}

func plus(a, b relationship.Counts) relationship.Counts {
	return relationship.Counts{
		Members: a.Members + b.Members, Records: a.Records + b.Records, Relationships: a.Relationships + b.Relationships,
		Notifications: a.Notifications + b.Notifications, Skipped: a.Skipped + b.Skipped,
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
