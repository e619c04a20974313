package access

import (
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// This file is the one way in which a membership comes, changes and goes. It
// keeps the relationship's count of managed members and its phase (REL-1,
// REL-3, REL-5), the client's count of active super admins (OFF-8), and the
// bar that outlives a membership (OFF-3). It notes by whose act somebody is
// there (SEE-4).

// addMember stores a new membership.
func (w *work) addMember(member relationship.Member) error {
	member.Since, member.TermFrom = w.now, w.now
	return w.moveMember(relationship.Member{}, member)
}

// addMembers stores new memberships that a partner manages in a client, and
// counts them at once.
func (w *work) addMembers(partner relationship.PartnerID, client relationship.ClientID, places []Place, member func(Place) (relationship.Member, error)) error {
	if len(places) == 0 {
		return nil
	}
	if err := w.countMembers(partner, client, len(places)); err != nil {
		return err
	}
	ahead := ahead{r: w.tx}
	for i, place := range places {
		ahead.at(i, len(places), func(keys []relationship.Key, i int) []relationship.Key {
			user := places[i].User
			return append(keys, relationship.EmployeeKey(partner, user), relationship.StandingKey(client, user))
		})
		added, err := member(place)
		if err != nil {
			return err
		}
		added.Since, added.TermFrom, added.By = w.now, w.now, w.actor
		if err := w.put(added); err != nil {
			return err
		}
	}
	return nil
}

// changeMember stores a membership in place of what it was.
func (w *work) changeMember(before, after relationship.Member) error {
	if before == after {
		return nil
	}
	return w.moveMember(before, after)
}

// removeMember takes a membership away, for good (OFF-9). Whom the client's
// side removed, or had deactivated, stays barred (OFF-3).
func (w *work) removeMember(member relationship.Member, side relationship.Side) error {
	if err := w.bar(member, side); err != nil {
		return err
	}
	return w.moveMember(member, relationship.Member{})
}

// bar notes what the client's side has said about a member who goes: that only
// it lets them in again, when it removes them, or had deactivated them
// (OFF-3), and the end that it had set (DEL-6).
func (w *work) bar(member relationship.Member, by relationship.Side) error {
	before := w.standing(member.Client, member.User)
	after := before
	after.Barred = before.Barred || by == relationship.ClientSide || member.Deactivated == relationship.ClientSide
	if member.EndByClient {
		after.End = member.End
	}
	if before == after {
		return nil
	}
	return w.put(after)
}

// letIn lifts what bar noted: the client's side lets the user in again.
func (w *work) letIn(client relationship.ClientID, user relationship.UserID) error {
	standing := w.standing(client, user)
	if !standing.Barred && standing.End.IsZero() {
		return nil
	}
	standing.Barred, standing.End = false, time.Time{}
	return w.put(standing)
}

// moveMember takes before away and puts after in its place; the zero Member
// on either side is none.
func (w *work) moveMember(before, after relationship.Member) error {
	if after.User != "" && (before.User == "" || before.Manager != after.Manager) {
		after.By = w.actor
	}
	if before.Manager != after.Manager {
		if before.Managed() {
			if err := w.countMembers(before.Manager, before.Client, -1); err != nil {
				return err
			}
		}
		if after.Managed() {
			if err := w.countMembers(after.Manager, after.Client, +1); err != nil {
				return err
			}
		}
	}
	if err := w.countSuperAdmins(before, after); err != nil {
		return err
	}
	if after.User == "" {
		return w.tx.Delete(before.Key())
	}
	return w.put(after)
}

// countMembers keeps the relationship. Its first managed member starts or
// revives it, which only some changes may do (REL-1, REL-5); when the last
// one goes, it is ending (REL-3).
func (w *work) countMembers(partner relationship.PartnerID, client relationship.ClientID, by int) error {
	r, found, err := w.relationship(partner, client)
	if err != nil {
		return err
	}
	if !found {
		r = relationship.Relationship{Partner: partner, Client: client}
	}
	if by > 0 && r.Phase != relationship.Active {
		if !w.mayStart {
			return refuse("REL-1", ErrNoRelationship, partner, client)
		}
		r = r.Begin(w.now)
	}
	r.Members += by
	if r.Members == 0 {
		r = r.LastGone(w.now, w.m.options.EndingTime)
	}
	return w.put(r)
}

func (w *work) countSuperAdmins(before, after relationship.Member) error {
	by := activeSuperAdmin(after) - activeSuperAdmin(before)
	if by == 0 {
		return nil
	}
	id := before.Client
	if id == "" {
		id = after.Client
	}
	client, known := storage.Get[relationship.Client](w.tx, relationship.ClientKey(id))
	if !known {
		return refuse("ASK-4", ErrUnknownClient, id)
	}
	client.SuperAdmins += by
	return w.put(client)
}

// activeSuperAdmin counts a member as OFF-8 counts: 1 for a super admin who
// is not deactivated. They have no end and no pause.
func activeSuperAdmin(m relationship.Member) int {
	if m.Role == relationship.SuperAdmin && m.Deactivated == relationship.NoSide {
		return 1
	}
	return 0
}

// withoutSuperAdmin carries out OFF-8 over what this change has written: an
// open client keeps an active super admin. It returns a refusal for each that
// would not.
func (w *work) withoutSuperAdmin() []error {
	var refused []error
	for _, line := range w.tx.Changed() {
		client, is := line.After.(relationship.Client)
		if is && !client.Closed && client.SuperAdmins == 0 {
			refused = append(refused, refuse("OFF-8", ErrLastSuperAdmin, client.ID))
		}
	}
	return refused
}

// keepPartnerSuperAdmin carries out ORG-2: the partner's last active super
// admin cannot go.
func (w *work) keepPartnerSuperAdmin(partner relationship.PartnerID) error {
	for employee := range employeesOf(w.tx, partner) {
		if employee.SuperAdmin && employee.ActiveAt(w.now) {
			return nil
		}
	}
	return refuse("ORG-2", ErrLastSuperAdmin, partner)
}

// makeManaged makes a member one that the partner manages. The partner seat
// comes with it and stands in for a paid one (ADM-4).
func (w *work) makeManaged(member relationship.Member, partner relationship.PartnerID) relationship.Member {
	member.Manager, member.PaidSeat, member.TermFrom = partner, false, w.now
	return member
}

// managedHere returns the member whom the partner manages in the client.
// Nobody else is within its reach; the answer is the same for all of them.
func (w *work) managedHere(partner relationship.PartnerID, client relationship.ClientID, user relationship.UserID) (relationship.Member, error) {
	member, found, err := w.member(client, user)
	if err != nil {
		return member, err
	}
	if _, err := w.employee(partner, user); err != nil {
		return member, err
	}
	switch {
	case found && member.Role == relationship.SuperAdmin:
		return member, refuse("UPD-3", ErrSuperAdmin, client, user, "see MIG-2")
	case !found || member.Manager != partner:
		return member, refuse("OFF-2", ErrUnknownMember, client, user, fmt.Sprintf("partner %q manages no such member", partner))
	}
	return member, nil
}
