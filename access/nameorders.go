package access

import (
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// nameOrder is the order of the members of a client, or of the places of a user,
// by their names (SEE-5). It is worked out when a page is asked for, and kept for the
// pages that follow, by whoever asks: it has everybody, and each page leaves out
// whom its viewer does not see.
type nameOrder struct {
	// rows and names are those of the view that the order is from. While they
	// are the same, so is the order: a change of any of the memberships makes
	// other rows, and another name makes other names.
	rows  *uint16
	names uint64
	list  []named
}

// named is one of them: its position, its name as it is, and the number of its
// row.
type named struct {
	position
	shown string
	row   int
}

// orderKey is whose order it is: a client's, or a user's as a partner names the
// clients.
type orderKey struct {
	client  relationship.ClientID
	user    relationship.UserID
	partner relationship.PartnerID
}

// keptNames is how many rows are kept in all orders together: with them the
// orders take some 60 MB, and the folded texts of names that have capitals. When
// there would be more, all are forgotten.
const keptNames = 1 << 20

// nameOrders are the orders that are kept. It is safe for concurrent use.
type nameOrders struct {
	lock   sync.RWMutex
	orders map[orderKey]*nameOrder
	kept   int
}

// find returns the order that fits rows and names; nil when there is none.
func (o *nameOrders) find(key orderKey, rows *uint16, names uint64) *nameOrder {
	o.lock.RLock()
	order := o.orders[key]
	o.lock.RUnlock()
	if order == nil || order.rows != rows || order.names != names {
		return nil
	}
	return order
}

// keep keeps an order for later pages.
func (o *nameOrders) keep(key orderKey, order *nameOrder) {
	if len(order.list) > keptNames {
		return
	}
	o.lock.Lock()
	defer o.lock.Unlock()
	if before := o.orders[key]; before != nil {
		o.kept -= len(before.list)
	}
	if o.kept += len(order.list); o.kept > keptNames || o.orders == nil {
		o.orders, o.kept = map[orderKey]*nameOrder{}, len(order.list)
	}
	o.orders[orderKey{
		relationship.ClientID(strings.Clone(string(key.client))), relationship.UserID(strings.Clone(string(key.user))),
		relationship.PartnerID(strings.Clone(string(key.partner))),
	}] = order
}

// order finds or makes the order of what a question is about. The names are
// known, unless one of the records is missing; then the order is not kept.
func (q *asker) order(key orderKey, collect func() (list []named, known bool)) *nameOrder {
	var rows *uint16
	if q.rows.n > 0 {
		rows = &q.rows.words[0]
		if order := q.m.names.find(key, rows, q.view.names); order != nil {
			return order
		}
	}
	list, known := collect()
	slices.SortFunc(list, func(a, b named) int { return a.compare(b.position) })
	order := &nameOrder{rows, q.view.names, list}
	if known && rows != nil && len(list) == q.rows.n {
		q.m.names.keep(key, order)
	}
	return order
}

// behind is the number of the first row behind a cursor.
func (o *nameOrder) behind(from Cursor, digest queryDigest) (int, error) {
	if from == "" {
		return 0, nil
	}
	room := cursorRooms.Get().(*cursorRoom)
	defer cursorRooms.Put(room)
	name, id, err := from.readIn(room, digest)
	if err != nil {
		return 0, err
	}
	return sort.Search(len(o.list), func(i int) bool {
		at := &o.list[i]
		return at.name > string(name) || at.name == string(name) && at.id > string(id)
	}), nil
}

// memberNames are the members of a client by name.
func (q *asker) memberNames(client relationship.ClientID) *nameOrder {
	return q.order(orderKey{client: client}, func() (list []named, known bool) {
		r := q.view.snapshot
		users, _, of := storage.Users(r, client, "", false)
		list, known = make([]named, 0, of), true
		for id := range users {
			user, found := storage.Get[relationship.User](r, relationship.UserKey(id))
			known = known && found
			list = append(list, named{position{fold(user.Name), string(id)}, user.Name, len(list)})
		}
		return list, known
	})
}

// placeNames are the places of a user by the names of the clients, as the
// viewer's partner calls them (ADD-2).
func (q *asker) placeNames(user relationship.UserID) *nameOrder {
	return q.order(orderKey{user: user, partner: q.partner}, func() (list []named, known bool) {
		r := q.view.snapshot
		clients, _, of := storage.Clients(r, user, "")
		list, known = make([]named, 0, of), true
		for id := range clients {
			client, found := storage.Get[relationship.Client](r, relationship.ClientKey(id))
			known = known && found
			name := client.Name
			if q.partner != "" {
				rel, _ := storage.Get[relationship.Relationship](r, relationship.RelationshipKey(q.partner, id))
				if rel.ClientName != "" {
					name = rel.ClientName
				}
			}
			list = append(list, named{position{fold(name), string(id)}, name, len(list)})
		}
		return list, known
	})
}

// renames reports whether a line gives a user, or a client, another name. Who
// was not there before stands in no order.
func renames(line relationship.Line) bool {
	switch before := line.Before.(type) {
	case relationship.User:
		after, _ := line.After.(relationship.User)
		return after.Name != before.Name
	case relationship.Client:
		after, _ := line.After.(relationship.Client)
		return after.Name != before.Name
	}
	if line.Key().Kind != relationship.KindRelationship {
		return false
	}
	before, _ := line.Before.(relationship.Relationship)
	after, _ := line.After.(relationship.Relationship)
	return after.ClientName != before.ClientName
}
