package access

import (
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// buildPlaces makes the order of a whole state. The updates are all members, by
// client and then by user.
func buildPlaces(h *hasher, updates []clientUpdate) *order {
	places := draftOrder{}
	for _, u := range updates {
		for i := range u.members {
			places.add(u.members[i].user, u.members[i].entry)
		}
	}
	return places.done(h)
}

// withPlaces returns the order behind a change; before is the table that it fits.
func (o *order) withPlaces(h *hasher, before *table, r storage.Reader, updates []clientUpdate) *order {
	var places []rowUpdate
	for _, u := range updates {
		slot := before.client(h, u.client)
		for i := range u.members {
			m := &u.members[i]
			_, was := slot.find(h, m.user)
			places = append(places, rowUpdate{m.hash, m.user, u.client, m.entry, was, m.gone})
		}
	}
	sortRows(places)
	return o.with(places, func(user, client string) (number, of int) {
		_, number, of = storage.Clients(r, relationship.UserID(user), relationship.ClientID(client))
		return number, of
	})
}
