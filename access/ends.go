package access

import (
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// SetMemberEnd sets when a membership runs out, from the client's side; the
// zero time is never (TIME-1). A super admin of the client does so for any
// member but a super admin; with a standard own user, an own user with "add
// and edit users" too, no later than their own end. The partner's side can
// then only make it earlier (DEL-6). While the member is deactivated the end
// is only made earlier (OFF-3).
type SetMemberEnd struct {
	Client relationship.ClientID `json:"client"`
	User   relationship.UserID   `json:"user"`
	End    time.Time             `json:"end,omitzero"`
}

func (c SetMemberEnd) apply(w *work) error {
	by, member, err := w.asKeeper(c.Client, c.User)
	if err != nil {
		return err
	}
	if member.Role == relationship.SuperAdmin {
		return refuse("TIME-1", ErrSuperAdmin, c.Client, c.User, "a super admin has no end")
	}
	end, err := w.future("change", "end", c.End)
	if err != nil {
		return err
	}
	if !by.super && relationship.Outlasts(end, by.until) {
		return refuse("DEL-6", ErrOutlasts, c.Client, c.User)
	}
	if standing := w.standing(c.Client, c.User); !standing.End.IsZero() {
		standing.End = time.Time{} // this one takes its place
		if err := w.put(standing); err != nil {
			return err
		}
	}
	after := member
	after.End, after.EndByClient = end, !end.IsZero()
	return w.renew(member, after)
}

// RenewEmployees sets when memberships of the actor's partner in a client run
// out (TIME-1): a later end renews them, an earlier one shortens them. An
// active partner admin of the client for the same partner does so, as with
// reactivating (OFF-2, OFF-3). The end is no later than the actor's own, and
// no later than one that the client's side has set (ErrOutlasts, DEL-6).
type RenewEmployees struct {
	Client    relationship.ClientID `json:"client"`
	Employees []relationship.UserID `json:"employees"`
	// End is the new end; the zero time is never.
	End time.Time `json:"end,omitzero"`
}

func (c RenewEmployees) split(func() ([]Place, error)) ([]Change, error) {
	return splitBy(c.Employees, func(id relationship.UserID) Change { c.Employees = []relationship.UserID{id}; return c }), nil
}

func (c RenewEmployees) apply(w *work) error {
	if err := each("employees", c.Employees); err != nil {
		return err
	}
	by, err := w.asPartnerAdmin(c.Client)
	if err != nil {
		return err
	}
	end, err := w.future("change", "end", c.End)
	if err != nil {
		return err
	}
	for _, employee := range c.Employees {
		place := Place{c.Client, employee}
		if !w.ticked(place) {
			continue
		}
		member, err := w.changeable(by, place)
		if err != nil {
			return err
		}
		if member.EndByClient && relationship.Outlasts(end, member.End) {
			return refuse("DEL-6", ErrOutlasts, c.Client, employee, "the client's side has set an end")
		}
		after := member
		after.End = end
		renewed := after
		renewed.TermFrom = w.now
		if relationship.Outlasts(w.until(renewed), by.until) {
			return refuse("DEL-6", ErrOutlasts, c.Client, employee, "they would outlast whoever renews")
		}
		if err := w.renew(member, after); err != nil {
			return err
		}
	}
	return nil
}

// renew stores a membership with another end. What the client's longest term
// counts from moves with it, unless the member is deactivated.
func (w *work) renew(before, after relationship.Member) error {
	if before.Deactivated != relationship.NoSide {
		if relationship.Outlasts(after.End, before.End) {
			return refuse("OFF-3", ErrDeactivated, before.Client, before.User)
		}
		return w.changeMember(before, after)
	}
	if before == after && w.terms(before.Client, before.Manager).Longest == 0 {
		return nil
	}
	after.TermFrom = w.now
	return w.changeMember(before, after)
}

// SetRelationshipEnd limits the relationship of the client with a partner: at
// the instant it ends, and its memberships with it (TIME-1, REL-5). The zero
// time takes the limit back. A super admin of the client does so.
type SetRelationshipEnd struct {
	Client  relationship.ClientID  `json:"client"`
	Partner relationship.PartnerID `json:"partner"`
	End     time.Time              `json:"end,omitzero"`
}

func (c SetRelationshipEnd) apply(w *work) error {
	if _, err := w.asSuperAdmin(c.Client); err != nil {
		return err
	}
	end, err := w.future("change", "end", c.End)
	if err != nil {
		return err
	}
	r, found, err := w.relationship(c.Partner, c.Client)
	if err != nil {
		return err
	}
	if !found || r.Phase == relationship.Ended {
		return refuse("TIME-1", ErrNoRelationship, c.Partner, c.Client)
	}
	r.Limit = end
	return w.put(r)
}
