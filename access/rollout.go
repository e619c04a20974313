package access

import (
	"errors"
	"slices"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// RollOutTemplate applies a template of the actor's partner, as it is now, to
// the members who use it (PSET-4): client by client, to each as ChangeTemplate
// would, within DEL-1 and DEL-6 for the actor in that client. It takes Client
// Access Manager access to call, and being an active partner admin of a client
// to change anybody there (OFF-2). The built-in template "partner admin" can be
// rolled out as well, where the catalogue's set has changed (DEL-5, PSET-5).
//
// Either Clients names some, or All is set, for every client in which a member
// uses it. A client that is named has to be one that the
// partner serves, or has served (ErrNoRelationship).
//
// The Result has an outcome for each of these members: what was granted,
// revoked, withheld and retained, or, among the Skipped, why they are left as
// they are: whatever ChangeTemplate would refuse for them, and that they have
// it already. It is about each member by themselves, so a plan of it can be
// ticked.
type RollOutTemplate struct {
	Name    string                  `json:"name"`
	Clients []relationship.ClientID `json:"clients,omitempty"`
	// All is in place of a list: every client in which a member uses it.
	All bool `json:"all,omitzero"`
}

// split makes a change of each client: the members there have one authority.
func (c RollOutTemplate) split(planned func() ([]Place, error)) ([]Change, error) {
	parts, err := splitOff(c.Clients, c.All, planned, clientOf, func(client relationship.ClientID) Change {
		c.Clients, c.All = []relationship.ClientID{client}, false
		return c
	})
	sameClient := func(a, b Change) bool { return a.(RollOutTemplate).Clients[0] == b.(RollOutTemplate).Clients[0] }
	return slices.CompactFunc(parts, sameClient), err
}

func (c RollOutTemplate) apply(w *work) error {
	actor, err := w.asEmployee()
	if err != nil {
		return err
	}
	if err := eachOrAll("clients", c.Clients, c.All); err != nil {
		return err
	}
	set, role, err := w.template(actor.Partner, c.Name)
	if err != nil {
		return err
	}
	wanted := make(map[relationship.ClientID]bool, len(c.Clients))
	for _, client := range c.Clients {
		wanted[client] = true
		_, found, err := w.relationship(actor.Partner, client)
		if err != nil {
			return err
		}
		if !found {
			return refuse("PSET-4", ErrNoRelationship, actor.Partner, client)
		}
	}
	users, err := w.templateUsers(actor.Partner, c.Name)
	if err != nil {
		return err
	}
	var by authority
	var denied error
	var client relationship.ClientID // whom the authority is for
	for _, place := range users {
		if !c.All && !wanted[place.Client] || !w.ticked(place) {
			continue
		}
		if place.Client != client {
			client = place.Client
			by, denied = w.asPartnerAdmin(client)
		}
		var before, after relationship.Member
		err := denied
		if err == nil {
			before, after, err = w.applied(by, place, c.Name, set, role)
		}
		switch refused, is := errors.AsType[*RefusedError](err); {
		case is:
			w.skip(place, refused.Error())
			continue
		case err != nil:
			return err
		case before == after && w.notes[place] == nil:
			w.skip(place, "they have it as it is (PSET-4)")
			continue
		}
		if err := w.changeMember(before, after); err != nil {
			return err
		}
	}
	return nil
}

// templateUsers returns who uses a template now: what the clock has ended is
// written first.
func (w *work) templateUsers(partner relationship.PartnerID, template string) ([]Place, error) {
	var users []Place
	for _, place := range templateUsers(w.tx, partner, template) {
		_, found, err := w.member(place.Client, place.User)
		if err != nil {
			return nil, err
		}
		if found {
			users = append(users, place)
		}
	}
	return users, nil
}

// templateUsers returns the members who use a template of the partner, by
// client and then user; those too whom the clock has ended and nobody has
// written yet. It goes through the partner's employees, as no managed
// membership outlives the employment (ORG-2): so it takes as long as the
// partner is big, however many members of their own its clients have.
func templateUsers(r storage.Reader, partner relationship.PartnerID, template string) []Place {
	var users []Place
	for employee := range employeesOf(r, partner) {
		for member := range memberships(r, employee.User) {
			if member.Manager == partner && member.Template == template {
				users = append(users, Place{member.Client, member.User})
			}
		}
	}
	slices.SortFunc(users, comparePlaces)
	return users
}
