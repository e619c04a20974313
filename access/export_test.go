package access

import (
	"fmt"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Evaluated answers as Check does, from the facts and without the index.
func Evaluated(m *Manager, user relationship.UserID, client relationship.ClientID, permission permset.Permission) Decision {
	v := m.look()
	return m.evaluate(v.snapshot, client, user, permission, m.nowAt(v.snapshot))
}

// Fold is the form of a name by which lists are in order.
func Fold(name string) string { return fold(name) }

// PlacesAreTheTable compares the rows of the places with the entries of the
// table, for every user of the newest state. It counts them.
func PlacesAreTheTable(m *Manager) (rows int, err error) {
	v, h := m.look(), &m.indexer.hash
	for record := range v.snapshot.All(relationship.KindMember, relationship.Key{}) {
		member := record.(relationship.Member)
		number, of := placeIDs(storage.Clients(v.snapshot, member.User)).count(string(member.Client))
		walk := v.index.places.of(h, string(member.User)).from(number-1, of)
		want, found := v.index.table.find(h, string(member.Client), string(member.User))
		if got := walk.next(); !found || walk.n != of || got != want {
			return rows, fmt.Errorf("row %d of %d of %s, %s: %v, in the table %v %t", number, of, member.User, member.Client, got, want, found)
		}
		rows++
	}
	return rows, nil
}

// Unbound counts the sets of a state that have something in them, and whose binding
// is not kept.
func Unbound(m *Manager) (unbound int) {
	note := func(names permset.Names) {
		if _, is := m.vocabulary.bound.Load(names); !is && !names.IsEmpty() {
			unbound++
		}
	}
	r := m.look().snapshot
	for member := range storage.As[relationship.Member](r.All(relationship.KindMember, relationship.Key{})) {
		note(member.Set)
	}
	for terms := range storage.As[relationship.Terms](r.All(relationship.KindTerms, relationship.Key{})) {
		note(terms.Ceiling)
	}
	return unbound
}
