package access

import (
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// DecideAfter answers a question as it would be answered after a change that
// nobody stores, for the tests of who could change an answer.
func (m *Manager) DecideAfter(call Call, change Change, user relationship.UserID, client relationship.ClientID,
	permission permset.Permission) (Decision, error) {
	list, err := flatten(change)
	if err != nil {
		return Decision{}, err
	}
	a, snapshot := attempt{call: call, changes: list}, m.store.Snapshot()
	for range maxTries {
		draft := snapshot.Draft()
		_, err = m.try(draft, a)
		if key, due := isDue(err); due {
			a = a.settling(key)
			continue
		}
		if err != nil {
			return Decision{}, err
		}
		w := m.vocabulary.weigh(gather(draft, client, user, m.nowAt(draft)))
		return m.decide(draft, &w, permission), nil
	}
	return Decision{}, err
}
