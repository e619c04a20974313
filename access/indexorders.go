package access

import (
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// orders are both orders: the members of each client, and the places of each
// user.
type orders struct{ members, places *order }

// buildOrders makes the orders of a whole state. The updates are all members, by
// client and then by user.
func buildOrders(h *hasher, updates []clientUpdate) orders {
	members, places := draftOrder{}, draftOrder{}
	for _, u := range updates {
		for _, m := range u.members {
			members.add(u.client, m.entry)
			places.add(m.user, m.entry)
		}
	}
	return orders{members.done(h), places.done(h)}
}

// with returns the orders behind a change; before is the table that they fit.
func (o orders) with(h *hasher, before *table, r storage.Reader, updates []clientUpdate) orders {
	var members, places []rowUpdate
	for _, u := range updates {
		hash, slot := h.of(u.client), before.client(h, u.client)
		for _, m := range u.members {
			_, was := slot.find(h, m.user)
			members = append(members, rowUpdate{hash, u.client, m.user, m.entry, was, m.gone})
			places = append(places, rowUpdate{m.hash, m.user, u.client, m.entry, was, m.gone})
		}
	}
	sortRows(members)
	sortRows(places)
	return orders{
		members: o.members.with(members, func(client, user string) (number, of int) {
			_, number, of = storage.Users(r, relationship.ClientID(client), relationship.UserID(user), false)
			return number, of
		}),
		places: o.places.with(places, func(user, client string) (number, of int) {
			_, number, of = storage.Clients(r, relationship.UserID(user), relationship.ClientID(client))
			return number, of
		}),
	}
}
