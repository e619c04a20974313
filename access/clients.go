package access

import (
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// CreateClient creates a client account together with its first super admin
// (ORG-1). The host alone does so.
type CreateClient struct {
	ID relationship.ClientID `json:"id"`
	// Name is the client's official name (ADD-2).
	Name       string              `json:"name"`
	SuperAdmin relationship.UserID `json:"superAdmin"`
}

func (c CreateClient) apply(w *work) error {
	if err := w.asHost(); err != nil {
		return err
	}
	if _, known := w.tx.Get(relationship.ClientKey(c.ID)); known {
		return refuse("ORG-1", ErrExists, c.ID)
	}
	client, err := relationship.NewClient(c.ID, c.Name)
	if err != nil {
		return invalidCause(err)
	}
	if _, err := w.user(c.SuperAdmin); err != nil {
		return err
	}
	if err := w.put(client); err != nil {
		return err
	}
	return w.addMember(relationship.Member{Client: c.ID, User: c.SuperAdmin, Role: relationship.SuperAdmin})
}

// RenameClient gives a client another official name (ORG-1, ADD-2). The host
// alone does so.
type RenameClient struct {
	Client relationship.ClientID `json:"client"`
	Name   string                `json:"name"`
}

func (c RenameClient) apply(w *work) error {
	if err := w.asHost(); err != nil {
		return err
	}
	client, err := w.openClient(c.Client)
	if err != nil {
		return err
	}
	client.Name = c.Name
	return w.put(client)
}

// CloseClient closes a client account for good (ORG-1). The host alone does
// so. Nobody can use anything there any more; it is the only way in which a
// client comes to be without a super admin.
type CloseClient struct {
	Client relationship.ClientID `json:"client"`
}

func (c CloseClient) apply(w *work) error {
	if err := w.asHost(); err != nil {
		return err
	}
	client, err := w.openClient(c.Client)
	if err != nil {
		return err
	}
	client.Closed = true
	return w.put(client)
}

// ReplaceSuperAdmin replaces a client's last active super admin, for instance
// somebody who can no longer be reached, by naming the successor in the same
// call (ORG-1). The host alone does so, and only while there is no other
// active super admin: else that one can do it. Who is replaced is removed.
//
// The successor is a known user: already a member, whatever their role, or
// not. A managed member becomes the client's own. Whom the client's side has
// deactivated or removed cannot be named (OFF-3).
type ReplaceSuperAdmin struct {
	Client    relationship.ClientID `json:"client"`
	Successor relationship.UserID   `json:"successor"`
}

func (c ReplaceSuperAdmin) apply(w *work) error {
	if err := w.asHost(); err != nil {
		return err
	}
	client, err := w.openClient(c.Client)
	if err != nil {
		return err
	}
	if client.SuperAdmins != 1 {
		return refuse("ORG-1", ErrNotAllowed, c.Client, "another active super admin is there")
	}
	var last relationship.Member
	for member := range membersOf(w.tx, c.Client) {
		if activeSuperAdmin(member) == 1 {
			last = member
		}
	}
	if last.User == c.Successor {
		return refuse("ORG-1", ErrExists, c.Client, c.Successor, "they are the super admin")
	}
	if _, err := w.user(c.Successor); err != nil {
		return err
	}
	successor, found, err := w.member(c.Client, c.Successor)
	if err != nil {
		return err
	}
	if w.isBarred(relationship.Member{Client: c.Client, User: c.Successor, Deactivated: successor.Deactivated}) {
		return refuse("OFF-3", ErrBarred, c.Client, c.Successor)
	}
	if found {
		raised := raise(successor)
		raised.Deactivated = relationship.NoSide
		err = w.changeMember(successor, raised)
	} else {
		err = w.addMember(relationship.Member{Client: c.Client, User: c.Successor, Role: relationship.SuperAdmin})
	}
	if err != nil {
		return err
	}
	return w.removeMember(last, relationship.NoSide)
}

// raise makes a member a super admin: own, with the whole catalogue, and
// without an end (Words, OFF-8).
func raise(m relationship.Member) relationship.Member {
	m.Role, m.Set = relationship.SuperAdmin, noNames
	m.Manager, m.Template = "", ""
	m.End, m.EndByClient = time.Time{}, false
	return m
}

// ReportActivity tells that the partner has worked in the client's account
// (REL-4). The host alone does so, as often as it likes: it is kept to the
// hour, rounded down, and a report within the hour of the last changes
// nothing. While the relationship is ending it moves the end; it revives
// nothing.
type ReportActivity struct {
	Partner relationship.PartnerID `json:"partner"`
	Client  relationship.ClientID  `json:"client"`
}

func (c ReportActivity) apply(w *work) error {
	if err := w.asHost(); err != nil {
		return err
	}
	r, found, err := w.relationship(c.Partner, c.Client)
	if err != nil {
		return err
	}
	if phase := r.Phase; !found || phase == relationship.Ended {
		return refuse("REL-4", ErrNoRelationship, c.Partner, c.Client)
	}
	return w.put(r.Touch(w.now.Truncate(time.Hour), w.m.options.EndingTime))
}
