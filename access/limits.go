package access

import (
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// SetCeiling sets the most that members managed by a partner may use in the
// client (LIM-1). A super admin of the client does so. It acts at once, on
// everybody and rewrites nothing; raising it gives back what was there. A
// permission whose implied ones are not all under the ceiling is cut
// (PSET-2). It stays when the relationship ends (LIM-3). The Result lists every
// member for whom more or less is usable by it, with what is clipped.
type SetCeiling struct {
	Client      relationship.ClientID  `json:"client"`
	Partner     relationship.PartnerID `json:"partner"`
	Permissions []string               `json:"permissions"`
}

func (c SetCeiling) apply(w *work) error {
	set, err := w.v.catalog.Exactly(c.Permissions...)
	if err != nil {
		return unknownPermissions(err)
	}
	return w.changeTerms(c.Client, c.Partner, func(t *relationship.Terms) {
		t.HasCeiling, t.Ceiling = true, set.Names()
	})
}

// LiftCeiling takes a client's ceiling for a partner away (LIM-1). A super
// admin of the client does so.
type LiftCeiling struct {
	Client  relationship.ClientID  `json:"client"`
	Partner relationship.PartnerID `json:"partner"`
}

func (c LiftCeiling) apply(w *work) error {
	return w.changeTerms(c.Client, c.Partner, func(t *relationship.Terms) {
		t.HasCeiling, t.Ceiling = false, noNames
	})
}

// PausePartner stops all members that a partner manages in the client, until
// the client lifts the pause, or until an instant; the zero time is no instant
// (LIM-3). A super admin of the client does so. Nobody can block it, and it
// stays when the relationship ends.
type PausePartner struct {
	Client  relationship.ClientID  `json:"client"`
	Partner relationship.PartnerID `json:"partner"`
	Until   time.Time              `json:"until,omitzero"`
}

func (c PausePartner) apply(w *work) error {
	if _, err := w.future("pause", "instant", c.Until); err != nil {
		return err
	}
	return w.changeTerms(c.Client, c.Partner, func(t *relationship.Terms) { t.Pause = relationship.NewPause(c.Until) })
}

// UnpausePartner lifts the client's pause of a partner (LIM-3). A super admin
// of the client does so. Pauses of single members, and the partner's own,
// stay.
type UnpausePartner struct {
	Client  relationship.ClientID  `json:"client"`
	Partner relationship.PartnerID `json:"partner"`
}

func (c UnpausePartner) apply(w *work) error {
	return w.changeTerms(c.Client, c.Partner, func(t *relationship.Terms) { t.Pause = lifted(t.Pause, w.now) })
}

// lifted is a pause after it was lifted. One that is over by itself stays as
// it is, so that lifting it changes nothing.
func lifted(pause relationship.Pause, now time.Time) relationship.Pause {
	if pause.ActiveAt(now) {
		return relationship.Pause{}
	}
	return pause
}

// SetLongestMembership demands that every membership of a partner in the
// client has an end (TIME-1): it lasts no longer than this, a number of whole
// seconds, counted from the step that began or renewed it. Zero takes the demand back.
// A super admin of the client does so. It acts at once on everybody and
// rewrites nothing.
type SetLongestMembership struct {
	Client  relationship.ClientID  `json:"client"`
	Partner relationship.PartnerID `json:"partner"`
	Longest time.Duration          `json:"longest"`
}

func (c SetLongestMembership) apply(w *work) error {
	return w.changeTerms(c.Client, c.Partner, func(t *relationship.Terms) { t.Longest = c.Longest })
}

// changeTerms changes what the client has laid down for a partner, known and
// not necessarily at work there.
func (w *work) changeTerms(client relationship.ClientID, partner relationship.PartnerID, change func(*relationship.Terms)) error {
	if _, err := w.asSuperAdmin(client); err != nil {
		return err
	}
	if _, known := w.tx.Get(relationship.PartnerKey(partner)); !known {
		return refuse("ASK-4", ErrUnknownPartner, partner)
	}
	if _, _, err := w.relationship(partner, client); err != nil {
		return err // what the clock has ended is written first (REL-6)
	}
	before := w.terms(client, partner)
	terms := before
	if change(&terms); terms == before {
		return nil
	}
	usable := w.leftOfManaged(client, partner)
	if err := w.put(terms); err != nil {
		return err
	}
	for place, now := range w.leftOfManaged(client, partner) {
		if now != usable[place] {
			w.cut[place] = true
		}
	}
	return nil
}

// leftOfManaged is what the cuts leave of the set of each member whom the
// partner manages in the client.
func (w *work) leftOfManaged(client relationship.ClientID, partner relationship.PartnerID) map[Place]permset.Set {
	left, cutting := map[Place]permset.Set{}, newCutting(w.tx, w.now)
	for member := range membersOf(w.tx, client) {
		if member.Manager == partner {
			left[Place{client, member.User}] = w.v.left(cutting.of(&member), reasonNone)
		}
	}
	return left
}

// PauseMember stops one managed member, until the client lifts the pause, or
// until an instant; the zero time is no instant (LIM-3). A super admin of the
// client does so. It stays when the membership goes, so that removing and
// adding does not lift it.
type PauseMember struct {
	Client relationship.ClientID `json:"client"`
	User   relationship.UserID   `json:"user"`
	Until  time.Time             `json:"until,omitzero"`
}

func (c PauseMember) apply(w *work) error {
	if _, err := w.future("pause", "instant", c.Until); err != nil {
		return err
	}
	if _, err := w.asSuperAdmin(c.Client); err != nil {
		return err
	}
	member, err := w.mustMember(c.Client, c.User)
	if err != nil {
		return err
	}
	if !member.Managed() {
		return refuse("LIM-3", ErrOwnUser, c.Client, c.User, "only a managed member is paused")
	}
	standing := w.standing(c.Client, c.User)
	standing.Pause = relationship.NewPause(c.Until)
	return w.put(standing)
}

// UnpauseMember lifts the client's pause of one member (LIM-3). A super admin
// of the client does so.
type UnpauseMember struct {
	Client relationship.ClientID `json:"client"`
	User   relationship.UserID   `json:"user"`
}

func (c UnpauseMember) apply(w *work) error {
	if _, err := w.asSuperAdmin(c.Client); err != nil {
		return err
	}
	standing := w.standing(c.Client, c.User)
	if !standing.Pause.ActiveAt(w.now) {
		return nil
	}
	standing.Pause = relationship.Pause{}
	return w.put(standing)
}
