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

// OrdersAreTheTable compares the rows of the orders with the entries of the
// table, for every client and every user of the newest state. It counts them.
func OrdersAreTheTable(m *Manager) (rows int, err error) {
	v, h := m.look(), &m.indexer.hash
	compare := func(in *order, owner string, place Place, number, of int) {
		walk := in.of(h, owner).from(number, of)
		e, found := v.index.table.find(h, string(place.Client), string(place.User))
		for _, second := range []int64{0, v.second, int64(e.until()) + entryEpoch, 1 << 40} {
			w := walk
			if got := w.next(second); !found || walk.n != of || got != e.at(second) {
				err = fmt.Errorf("row %d of %d of %s, %v: profile %d in second %d, in the table %v %t", number, of, owner, place, got, second, e, found)
			}
		}
		rows++
	}
	for record := range v.snapshot.All(relationship.KindMember, relationship.Key{}) {
		member := record.(relationship.Member)
		_, number, of := storage.Users(v.snapshot, member.Client, member.User, false)
		compare(v.index.orders.members, string(member.Client), Place{member.Client, member.User}, number-1, of)
		_, number, of = storage.Clients(v.snapshot, member.User, member.Client)
		compare(v.index.orders.places, string(member.User), Place{member.Client, member.User}, number-1, of)
	}
	return rows, err
}
