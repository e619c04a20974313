package access

import (
	"maps"
	"slices"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Linking without a call (ADD-5): a verified employee who is a standard own
// user of a client is linked in the commit that makes the last of the
// conditions true. Every record that a change stores is looked at here, so no
// change has to remember it.

// candidates are the places at which a condition may have come true.
type candidates struct {
	users         map[relationship.UserID]bool
	places        map[Place]bool
	partners      map[relationship.PartnerID]bool
	relationships map[relationship.Key]relationship.Relationship
}

func newCandidates() candidates {
	return candidates{
		map[relationship.UserID]bool{}, map[Place]bool{},
		map[relationship.PartnerID]bool{}, map[relationship.Key]relationship.Relationship{},
	}
}

// note looks at a record that is about to be stored.
func (c candidates) note(r storage.Reader, record relationship.Record) {
	switch record := record.(type) {
	case relationship.User:
		c.users[record.ID] = true
	case relationship.Employee:
		if record.Present() {
			c.users[record.User] = true
		}
	case relationship.Partner:
		c.partners[record.ID] = true
	case relationship.Member:
		if isStandardOwn(record) {
			c.places[Place{record.Client, record.User}] = true
		}
	case relationship.Standing:
		c.places[Place{record.Client, record.User}] = true
	case relationship.Relationship:
		before, _ := storage.Get[relationship.Relationship](r, record.Key())
		if record.Phase == relationship.Active && before.Phase != relationship.Active {
			c.relationships[record.Key()] = record
		}
	}
}

func isStandardOwn(m relationship.Member) bool {
	return m.Role == relationship.Standard && !m.Managed()
}

// linkVerified links whoever is to be linked now.
func (w *work) linkVerified() error {
	for _, partner := range slices.Sorted(maps.Keys(w.candidates.partners)) {
		for employee := range employeesOf(w.tx, partner) {
			w.candidates.users[employee.User] = true
		}
	}
	for user := range w.candidates.users {
		for member := range memberships(w.tx, user) {
			w.candidates.places[Place{member.Client, user}] = true
		}
	}
	for _, r := range w.candidates.relationships {
		for member := range membersOf(w.tx, r.Client) {
			if isStandardOwn(member) {
				w.candidates.places[Place{r.Client, member.User}] = true
			}
		}
	}
	for _, place := range slices.SortedFunc(maps.Keys(w.candidates.places), comparePlaces) {
		if err := w.linkIfVerified(place); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) linkIfVerified(place Place) error {
	member, found := storage.Get[relationship.Member](w.tx, relationship.MemberKey(place.Client, place.User))
	if !found || !isStandardOwn(member) || w.isBarred(member) {
		return nil
	}
	if _, err := w.openClient(place.Client); err != nil {
		return nil // nothing changes in a closed account
	}
	for employee := range employments(w.tx, place.User) {
		partner, _ := storage.Get[relationship.Partner](w.tx, relationship.PartnerKey(employee.Partner))
		if !employee.Present() || partner.Closed || !isVerified(w.tx, partner, place.User) {
			continue
		}
		r, _, err := w.relationship(partner.ID, place.Client)
		if err != nil {
			return err
		}
		if r.Phase == relationship.Active {
			return w.link(member, partner.ID)
		}
	}
	return nil
}

// isBarred reports whether only the client's side lets the user in (OFF-3).
func (w *work) isBarred(member relationship.Member) bool {
	return member.Deactivated == relationship.ClientSide || w.standing(member.Client, member.User).Barred
}

// link makes a standard own user a managed one: role, set, status and end
// stay as they are (ADD-5).
func (w *work) link(member relationship.Member, partner relationship.PartnerID) error {
	linked := w.makeManaged(member, partner)
	linked.Linked = true
	return w.changeMember(member, linked)
}
