package access

import (
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// AddMember adds a known user to the client as a standard own user (ORG-3).
// An active super admin of the client does so, or an own user with "add and
// edit users", within DEL-1. Whom the client's side had removed is let in
// again by it (OFF-3). A verified employee of a partner with an active
// relationship is linked in the same step (ADD-5).
type AddMember struct {
	Client      relationship.ClientID `json:"client"`
	User        relationship.UserID   `json:"user"`
	Permissions []string              `json:"permissions,omitempty"`
	// End is when the membership runs out; the zero time is never (TIME-1).
	End time.Time `json:"end,omitzero"`
}

func (c AddMember) apply(w *work) error {
	by, err := w.asClientSide(c.Client)
	if err != nil {
		return err
	}
	if _, err := w.user(c.User); err != nil {
		return err
	}
	if _, found, err := w.member(c.Client, c.User); err != nil || found {
		if err == nil {
			err = refuse("ADD-7", ErrAlreadyMember, c.Client, c.User)
		}
		return err
	}
	end, err := w.future("change", "end", c.End)
	if err != nil {
		return err
	}
	want, err := w.edit(noNames, c.Permissions, nil, false)
	if err != nil {
		return err
	}
	if err := w.letIn(c.Client, c.User); err != nil {
		return err
	}
	member := relationship.Member{Client: c.Client, User: c.User, Role: relationship.Standard, End: by.shorten(end)}
	member.EndByClient = !member.End.IsZero()
	member.Set = w.bound(by, Place{c.Client, c.User}, noNames, want)
	return w.addMember(member)
}

// asKeeper asks for who may deal with a member from the client's side
// (ORG-3): an active super admin with anybody, an own user with "add and edit
// users" with standard own users.
func (w *work) asKeeper(client relationship.ClientID, user relationship.UserID) (authority, relationship.Member, error) {
	by, err := w.asClientSide(client)
	if err != nil {
		return by, relationship.Member{}, err
	}
	member, err := w.mustMember(client, user)
	if err == nil && !by.super && !isStandardOwn(member) {
		err = refuse("ORG-3", ErrNotAllowed, client, user, "only an active super admin of the client may do this")
	}
	return by, member, err
}

// DeactivateMember deactivates any member of the client, own or managed
// (ORG-3, OFF-3). A super admin of the client does so; with a standard own
// user, an own user with "add and edit users" too. After it only the client's
// side lets the member in again, also when the partner had deactivated them
// before.
type DeactivateMember struct {
	Client relationship.ClientID `json:"client"`
	User   relationship.UserID   `json:"user"`
}

func (c DeactivateMember) apply(w *work) error {
	_, member, err := w.asKeeper(c.Client, c.User)
	if err != nil {
		return err
	}
	after := member
	after.Deactivated = relationship.ClientSide
	return w.changeMember(member, after)
}

// ReactivateMember reactivates any member of the client, whoever deactivated
// them: exactly the recorded role, set and end come back (ORG-3, OFF-3). A
// super admin of the client does so; with a standard own user, an own user
// with "add and edit users" too. It is the only way back for a super admin.
type ReactivateMember struct {
	Client relationship.ClientID `json:"client"`
	User   relationship.UserID   `json:"user"`
}

func (c ReactivateMember) apply(w *work) error {
	_, member, err := w.asKeeper(c.Client, c.User)
	if err != nil {
		return err
	}
	if member.Deactivated == relationship.NoSide {
		return nil
	}
	if err := w.letIn(c.Client, c.User); err != nil {
		return err
	}
	after := member
	after.Deactivated = relationship.NoSide
	return w.changeMember(member, after)
}

// RemoveMember removes any member from the client, own or managed (ORG-3,
// OFF-9). A super admin of the client does so; with a standard own user, an
// own user with "add and edit users" too. After it only the client's side lets
// them in again (OFF-3).
type RemoveMember struct {
	Client relationship.ClientID `json:"client"`
	User   relationship.UserID   `json:"user"`
}

func (c RemoveMember) apply(w *work) error {
	_, member, err := w.asKeeper(c.Client, c.User)
	if err != nil {
		return err
	}
	return w.removeMember(member, relationship.ClientSide)
}

// MakeSuperAdmin makes a member of the client a super admin (ADM-1, ORG-3). A
// super admin of the client does so. A managed member becomes the client's
// own by it. One who is deactivated is reactivated first (OFF-3).
type MakeSuperAdmin struct {
	Client relationship.ClientID `json:"client"`
	User   relationship.UserID   `json:"user"`
}

func (c MakeSuperAdmin) apply(w *work) error {
	if _, err := w.asSuperAdmin(c.Client); err != nil {
		return err
	}
	member, err := w.mustMember(c.Client, c.User)
	if err != nil {
		return err
	}
	if member.Role == relationship.SuperAdmin {
		return nil
	}
	if member.Deactivated != relationship.NoSide {
		return refuse("OFF-3", ErrDeactivated, c.Client, c.User)
	}
	return w.changeMember(member, raise(member))
}

// LowerSuperAdmin makes a super admin of the client a standard own user with
// the permissions given (ADM-1). A super admin of the client does so, also to
// themselves; another active one must remain (OFF-8). A verified employee of
// a partner with an active relationship is linked in the same step (ADD-5).
type LowerSuperAdmin struct {
	Client      relationship.ClientID `json:"client"`
	User        relationship.UserID   `json:"user"`
	Permissions []string              `json:"permissions,omitempty"`
}

func (c LowerSuperAdmin) apply(w *work) error {
	by, err := w.asSuperAdmin(c.Client)
	if err != nil {
		return err
	}
	member, err := w.mustMember(c.Client, c.User)
	if err != nil {
		return err
	}
	if member.Role != relationship.SuperAdmin {
		return refuse("ADM-1", ErrNotSuperAdmin, c.Client, c.User)
	}
	want, err := w.edit(noNames, c.Permissions, nil, false)
	if err != nil {
		return err
	}
	after := member
	after.Role = relationship.Standard
	after.Set = w.bound(by, Place{c.Client, c.User}, noNames, want)
	return w.changeMember(member, after)
}

// SetSeat gives an own user of the client a paid seat, or takes it away
// (ADM-4). A super admin of the client does so. A managed member has the
// partner seat, and no other.
type SetSeat struct {
	Client relationship.ClientID `json:"client"`
	User   relationship.UserID   `json:"user"`
	Paid   bool                  `json:"paid,omitzero"`
}

func (c SetSeat) apply(w *work) error {
	if _, err := w.asSuperAdmin(c.Client); err != nil {
		return err
	}
	member, err := w.mustMember(c.Client, c.User)
	if err != nil {
		return err
	}
	if member.Managed() {
		return refuse("ADM-4", ErrManaged, c.Client, c.User, "they have the partner seat")
	}
	if c.Paid && member.Deactivated != relationship.NoSide {
		return refuse("OFF-3", ErrDeactivated, c.Client, c.User)
	}
	after := member
	after.PaidSeat = c.Paid
	return w.changeMember(member, after)
}
