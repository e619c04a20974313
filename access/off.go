package access

import (
	"errors"
	"fmt"

	"github.com/clientaccess/clientaccess/relationship"
)

// DeactivateEmployee deactivates one employee of the actor's partner in one,
// several or all clients (OFF-1, OFF-7). Client Access Manager access is
// enough. A deactivated member can do nothing; what they have is kept
// (OFF-3).
//
// It reaches the members that the partner manages, and super-admin places of
// an employee who is verified, or has confirmed (ADD-5), within OFF-8. Either
// Clients names some, or All is set; neither is refused, so that a list that
// came to be empty is not everything. Of all, what is out of reach or
// deactivated already is left out.
type DeactivateEmployee struct {
	Employee relationship.UserID     `json:"employee"`
	Clients  []relationship.ClientID `json:"clients,omitempty"`
	// All is in place of a list: everything within reach.
	All bool `json:"all,omitzero"`
}

func (c DeactivateEmployee) split(planned func() ([]Place, error)) ([]Change, error) {
	return splitOff(c.Clients, c.All, planned, clientOf, func(id relationship.ClientID) Change { c.Clients, c.All = []relationship.ClientID{id}, false; return c })
}

func (c DeactivateEmployee) apply(w *work) error {
	return w.offEmployee(c.Employee, c.Clients, c.All, w.deactivateByPartner)
}

// DeactivateEmployees deactivates employees of the actor's partner in one
// client (OFF-1, OFF-7). It is DeactivateEmployee the other way round.
type DeactivateEmployees struct {
	Client    relationship.ClientID `json:"client"`
	Employees []relationship.UserID `json:"employees,omitempty"`
	// All is in place of a list: everything within reach.
	All bool `json:"all,omitzero"`
}

func (c DeactivateEmployees) split(planned func() ([]Place, error)) ([]Change, error) {
	return splitOff(c.Employees, c.All, planned, userOf, func(id relationship.UserID) Change { c.Employees, c.All = []relationship.UserID{id}, false; return c })
}

func (c DeactivateEmployees) apply(w *work) error {
	return w.offClient(c.Client, c.Employees, c.All, w.deactivateByPartner)
}

func (w *work) deactivateByPartner(member relationship.Member) error {
	if member.Deactivated != relationship.NoSide {
		w.skip(Place{member.Client, member.User}, "they are deactivated already (OFF-3)")
		return nil
	}
	after := member
	after.Deactivated = relationship.PartnerSide
	return w.changeMember(member, after)
}

// RemoveEmployee removes one employee of the actor's partner from one, several
// or all clients (OFF-1, OFF-7, OFF-9). Who may, whom it reaches and what
// Clients means is as of DeactivateEmployee. When the last managed member of a
// client goes, the relationship begins to end (REL-3).
//
// Plan it first: the review shows every client and every asset owned there
// (OFF-6).
type RemoveEmployee struct {
	Employee relationship.UserID     `json:"employee"`
	Clients  []relationship.ClientID `json:"clients,omitempty"`
	// All is in place of a list: everything within reach.
	All bool `json:"all,omitzero"`
}

func (c RemoveEmployee) split(planned func() ([]Place, error)) ([]Change, error) {
	return splitOff(c.Clients, c.All, planned, clientOf, func(id relationship.ClientID) Change { c.Clients, c.All = []relationship.ClientID{id}, false; return c })
}

func (c RemoveEmployee) apply(w *work) error {
	return w.offEmployee(c.Employee, c.Clients, c.All, w.removeByPartner)
}

// RemoveEmployees removes employees of the actor's partner from one client
// (OFF-1, OFF-7, OFF-9). It is RemoveEmployee the other way round. Removing all
// has the relationship begin to end (REL-2).
type RemoveEmployees struct {
	Client    relationship.ClientID `json:"client"`
	Employees []relationship.UserID `json:"employees,omitempty"`
	// All is in place of a list: everything within reach.
	All bool `json:"all,omitzero"`
}

func (c RemoveEmployees) split(planned func() ([]Place, error)) ([]Change, error) {
	return splitOff(c.Employees, c.All, planned, userOf, func(id relationship.UserID) Change { c.Employees, c.All = []relationship.UserID{id}, false; return c })
}

func (c RemoveEmployees) apply(w *work) error {
	return w.offClient(c.Client, c.Employees, c.All, w.removeByPartner)
}

func (w *work) removeByPartner(member relationship.Member) error {
	return w.removeMember(member, relationship.PartnerSide)
}

// offEmployee takes one employee through clients.
func (w *work) offEmployee(user relationship.UserID, clients []relationship.ClientID, all bool, off func(relationship.Member) error) error {
	actor, err := w.asEmployee()
	if err != nil {
		return err
	}
	if _, err := w.employee(actor.Partner, user); err != nil {
		return err
	}
	if err := eachOrAll("clients", clients, all); err != nil {
		return err
	}
	var places []Place
	if all {
		places = w.placesOf(user)
	}
	for _, client := range clients {
		places = append(places, Place{client, user})
	}
	return w.offPlaces(actor.Partner, places, !all, off)
}

// offClient takes employees through one client.
func (w *work) offClient(client relationship.ClientID, users []relationship.UserID, all bool, off func(relationship.Member) error) error {
	actor, err := w.asEmployee()
	if err != nil {
		return err
	}
	if err := eachOrAll("employees", users, all); err != nil {
		return err
	}
	var places []Place
	if all {
		_, found, err := w.relationship(actor.Partner, client)
		if err != nil {
			return err
		}
		if !found {
			return refuse("OFF-7", ErrNoRelationship, actor.Partner, client)
		}
		for member := range membersOf(w.tx, client) {
			places = append(places, Place{client, member.User})
		}
	}
	for _, user := range users {
		places = append(places, Place{client, user})
	}
	return w.offPlaces(actor.Partner, places, !all, off)
}

// offPlaces does off at each place. What was named has to be within reach; of
// all places, those that are not are left out.
func (w *work) offPlaces(partner relationship.PartnerID, places []Place, named bool, off func(relationship.Member) error) error {
	ahead := ahead{r: w.tx}
	for i, place := range places {
		ahead.at(i, len(places), func(keys []relationship.Key, i int) []relationship.Key {
			of := places[i]
			return append(keys, relationship.RelationshipKey(partner, of.Client),
				relationship.EmployeeKey(partner, of.User), relationship.StandingKey(of.Client, of.User))
		})
		if !w.ticked(place) {
			continue
		}
		member, err := w.reach(partner, place)
		switch {
		case err == nil:
			err = off(member)
		case !named && (errors.Is(err, ErrUnknownMember) || errors.Is(err, ErrUnconfirmed)):
			err = nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// reach carries out OFF-1: the members that the partner manages, and the
// super-admin places of its employees who are verified or have confirmed.
// Where else somebody is a member is none of its business: the answer is the
// same as if they were none. Without that, a partner could take anybody for an
// employee and ask where they are.
func (w *work) reach(partner relationship.PartnerID, place Place) (relationship.Member, error) {
	member, found, err := w.member(place.Client, place.User)
	if err != nil {
		return member, err
	}
	employee, errEmployee := w.employee(partner, place.User)
	switch {
	case found && errEmployee == nil && member.Manager == partner:
		return member, nil
	case errEmployee == nil && !w.isConfirmed(employee):
		return member, refuse("OFF-1", ErrUnconfirmed, place.Client, place.User)
	case !found || errEmployee != nil || member.Role != relationship.SuperAdmin:
		return member, refuse("OFF-1", ErrUnknownMember, place.Client, place.User,
			fmt.Sprintf("partner %q reaches no such member", partner))
	}
	return member, nil
}

// ReactivateEmployees reactivates members of a client whom the actor's partner
// manages (OFF-2, OFF-3, OFF-4): exactly the recorded role, set and end come
// back, under today's ceilings, whatever the actor holds. An active partner
// admin of the client for the same partner does so. Whom the client's side
// deactivated, only that side reactivates (ErrBarred). Either Employees names
// some, or All is set, for all that the partner's side has deactivated.
type ReactivateEmployees struct {
	Client    relationship.ClientID `json:"client"`
	Employees []relationship.UserID `json:"employees,omitempty"`
	// All is in place of a list: everything within reach.
	All bool `json:"all,omitzero"`
}

func (c ReactivateEmployees) split(planned func() ([]Place, error)) ([]Change, error) {
	return splitOff(c.Employees, c.All, planned, userOf, func(id relationship.UserID) Change { c.Employees, c.All = []relationship.UserID{id}, false; return c })
}

func (c ReactivateEmployees) apply(w *work) error {
	by, err := w.asPartnerAdmin(c.Client)
	if err != nil {
		return err
	}
	if err := eachOrAll("employees", c.Employees, c.All); err != nil {
		return err
	}
	users := c.Employees
	if c.All {
		for member := range membersOf(w.tx, c.Client) {
			if member.Manager == by.partner && member.Deactivated == relationship.PartnerSide {
				users = append(users, member.User)
			}
		}
	}
	for _, user := range users {
		if !w.ticked(Place{c.Client, user}) {
			continue
		}
		member, err := w.managedHere(by.partner, c.Client, user)
		switch {
		case err != nil:
			return err
		case member.Deactivated == relationship.ClientSide:
			return refuse("OFF-3", ErrBarred, c.Client, user)
		}
		after := member
		after.Deactivated = relationship.NoSide
		if err := w.changeMember(member, after); err != nil {
			return err
		}
	}
	return nil
}
