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
	// source and names are those of the view that the order is from. While they
	// are the same, so is the order: a change of any of the memberships makes
	// another source, and another name makes other names.
	source source
	names  uint64
	// rows are those of a page, and folded their names as they are in order.
	rows   []named
	folded []string
}

// named is one of them: the id, the name as it is, and what the index knows.
type named struct {
	id, shown string
	entry     entry
}

// source is what the index has of a client, or of a user: two are equal only
// when they say the same. The zero source is nothing.
type source struct {
	text  string // of a client's block
	parts *parts // of a client with several blocks
	rows  *uint16
}

// draftNames is an order of names in the making.
type draftNames struct {
	nameOrder
	// known says that nothing was missing.
	known bool
}

func (d *draftNames) add(id, shown string, e entry, known bool) {
	d.rows = append(d.rows, named{id, shown, e})
	d.folded = append(d.folded, fold(shown))
	d.known = d.known && known
}

func (d *draftNames) grow(rows int) {
	d.rows, d.folded = make([]named, 0, rows), make([]string, 0, rows)
}

// Len, Less and Swap are those of sort.Interface.
func (o *nameOrder) Len() int           { return len(o.rows) }
func (o *nameOrder) Less(i, j int) bool { return o.position(i).compare(o.position(j)) < 0 }
func (o *nameOrder) Swap(i, j int) {
	o.rows[i], o.rows[j] = o.rows[j], o.rows[i]
	o.folded[i], o.folded[j] = o.folded[j], o.folded[i]
}

// position is where a row stands.
func (o *nameOrder) position(i int) position { return position{o.folded[i], o.rows[i].id} }

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

// find returns the order that fits source and names; nil when there is none.
func (o *nameOrders) find(key orderKey, from source, names uint64) *nameOrder {
	o.lock.RLock()
	order := o.orders[key]
	o.lock.RUnlock()
	if order == nil || order.source != from || order.names != names {
		return nil
	}
	return order
}

// keep keeps an order for later pages.
func (o *nameOrders) keep(key orderKey, order *nameOrder) {
	if len(order.rows) > keptNames {
		return
	}
	o.lock.Lock()
	defer o.lock.Unlock()
	if before := o.orders[key]; before != nil {
		o.kept -= len(before.rows)
	}
	if o.kept += len(order.rows); o.kept > keptNames || o.orders == nil {
		o.orders, o.kept = map[orderKey]*nameOrder{}, len(order.rows)
	}
	o.orders[orderKey{
		relationship.ClientID(strings.Clone(string(key.client))), relationship.UserID(strings.Clone(string(key.user))),
		relationship.PartnerID(strings.Clone(string(key.partner))),
	}] = order
}

// order finds or makes the order of what a question is about, from a source.
// Where something is missing it is not kept.
func (q *asker) order(key orderKey, from source, collect func(*draftNames)) *nameOrder {
	if from != (source{}) {
		if order := q.m.names.find(key, from, q.view.names); order != nil {
			return order
		}
	}
	d := draftNames{nameOrder{source: from, names: q.view.names}, true}
	collect(&d)
	sort.Sort(&d.nameOrder)
	if d.known && from != (source{}) {
		q.m.names.keep(key, &d.nameOrder)
	}
	return &d.nameOrder
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
	return sort.Search(len(o.rows), func(i int) bool {
		at := o.position(i)
		return at.name > string(name) || at.name == string(name) && at.id > string(id)
	}), nil
}

// memberNames are the members of a client by name.
func (q *asker) memberNames(client relationship.ClientID) *nameOrder {
	var from source
	if q.slot != nil {
		from.text, from.parts = q.slot.one.text, q.slot.many
	}
	return q.order(orderKey{client: client}, from, func(d *draftNames) {
		r := q.view.snapshot
		d.grow(q.slot.size())
		for id := range storage.Users(r, client, "", false) {
			user, known := storage.Get[relationship.User](r, relationship.UserKey(id))
			e, found := q.slot.find(&q.m.indexer.hash, string(id))
			if !found {
				e = askedOfEvaluator
			}
			d.add(string(id), user.Name, e, known && found)
		}
	})
}

// placeNames are the places of a user by the names of the clients, as the
// viewer's partner calls them (ADD-2).
func (q *asker) placeNames(user relationship.UserID) *nameOrder {
	var from source
	if q.rows.n > 0 {
		from.rows = &q.rows.words[0]
	}
	return q.order(orderKey{user: user, partner: q.partner}, from, func(d *draftNames) {
		r := q.view.snapshot
		clients := slices.Concat(storage.Clients(r, user)...)
		walk := q.rows.from(0, len(clients))
		d.grow(len(clients))
		for _, id := range clients {
			client, known := storage.Get[relationship.Client](r, relationship.ClientKey(id))
			name := client.Name
			if q.partner != "" {
				rel, _ := storage.Get[relationship.Relationship](r, relationship.RelationshipKey(q.partner, id))
				if rel.ClientName != "" {
					name = rel.ClientName
				}
			}
			d.add(string(id), name, walk.next(), known && walk.n == len(clients))
		}
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
	case relationship.Relationship:
		after, _ := line.After.(relationship.Relationship)
		return after.ClientName != before.ClientName
	case nil:
		after, is := line.After.(relationship.Relationship)
		return is && after.ClientName != ""
	}
	return false
}
