package access

import (
	"sort"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// withPlaces returns the order behind a change; before is the table that it fits.
func (o *order) withPlaces(h *hasher, before *table, r storage.Reader, updates []clientUpdate) *order {
	n := 0
	for i := range updates {
		n += len(updates[i].members)
	}
	room, places := make([]rowUpdate, n), make([]*rowUpdate, 0, n)
	for _, u := range updates {
		slot := before.client(h, u.client)
		for i := range u.members {
			m := &u.members[i]
			_, was := slot.get(m.key, m.hash, m.user)
			at := &room[len(places)]
			*at = rowUpdate{m.hash, m.user, u.client, m.entry, was, m.gone}
			places = append(places, at)
		}
	}
	return o.with(sortRows(places), func(user string) placeIDs { return storage.Clients(r, relationship.UserID(user)) })
}

// placeIDs are the clients of a user, as storage.Clients has them.
type placeIDs [][]relationship.ClientID

// count counts the ids up to one, that one included, and all of them.
func (p placeIDs) count(upto string) (number, of int) {
	for _, piece := range p {
		if upto != "" && string(piece[0]) <= upto {
			number = of + sort.Search(len(piece), func(i int) bool { return string(piece[i]) > upto })
		}
		of += len(piece)
	}
	return number, of
}

// behind is the ids without the first ones.
func (p placeIDs) behind(number int) placeIDs {
	for len(p) > 0 && number >= len(p[0]) {
		p, number = p[1:], number-len(p[0])
	}
	if number == 0 {
		return p
	}
	return append(placeIDs{p[0][number:]}, p[1:]...)
}
