package access

import (
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// work is one change being made in one transaction: what its rules read and
// write. It lives for one attempt.
type work struct {
	m    *Manager
	v    *vocabulary
	tx   storage.Tx
	now  time.Time
	call Call
	// texts are shared by all changes of an attempt.
	texts texts
	// actor is set by the authority that the change asked for. A change that
	// asked for none is refused.
	actor relationship.Actor
	// isLater says that other changes of the same call have been made before
	// this one.
	isLater bool
	// only are the ticked places; nil means all.
	only map[Place]bool
	// mayStart is set by the changes that start or revive a relationship
	// (REL-1). No other does.
	mayStart bool
	// relabels is set by renaming a template: what it writes to members is no
	// act of theirs in a client, and no activity (REL-4).
	relabels bool
	// candidates are whom linking without a call may concern (ADD-5).
	candidates candidates

	// notes are what DEL-1 held back, by member; last is the last to be
	// bounded.
	notes map[Place]*note
	last  bounded
	// cut are members whose record stays, and of whose set another part can
	// be used (LIM-1).
	cut           map[Place]bool
	skipped       []Skipped
	notifications []relationship.Notification
}

// note is what DEL-1 held back for one member.
type note struct{ withheld, retained permset.Names }

// ticked reports whether the place is to be done: ticked, or nobody asked.
func (w *work) ticked(place Place) bool { return w.only == nil || w.only[place] }

func (w *work) skip(place Place, why string) {
	w.skipped = append(w.skipped, Skipped{Place: place, Why: why})
}

// put stores a record and notes what follows from it.
func (w *work) put(record relationship.Record) error {
	w.candidates.note(w.tx, record)
	err := w.tx.Put(record)
	if errors.Is(err, storage.ErrConflict) {
		return fmt.Errorf("%w: %w", refuse("ORG-1", ErrExists), err)
	}
	if _, invalid := errors.AsType[*relationship.FieldError](err); invalid {
		return invalidCause(err)
	}
	return err // a fault of the store is no refusal
}

func (w *work) user(id relationship.UserID) (relationship.User, error) {
	user, known := storage.Get[relationship.User](w.tx, relationship.UserKey(id))
	if !known {
		return user, refuse("ASK-4", ErrUnknownUser, id)
	}
	if user.Erased() {
		return user, refuse("ORG-5", ErrUnknownUser, id, "they were erased")
	}
	return user, nil
}

// openPartner returns a partner that is not closed.
func (w *work) openPartner(id relationship.PartnerID) (relationship.Partner, error) {
	partner, known := storage.Get[relationship.Partner](w.tx, relationship.PartnerKey(id))
	switch {
	case !known:
		return partner, refuse("ASK-4", ErrUnknownPartner, id)
	case partner.Closed:
		return partner, refuse("ORG-1", ErrClosed, id)
	}
	return partner, nil
}

// openClient returns a client that is not closed.
func (w *work) openClient(id relationship.ClientID) (relationship.Client, error) {
	client, known := storage.Get[relationship.Client](w.tx, relationship.ClientKey(id))
	switch {
	case !known:
		return client, refuse("ASK-4", ErrUnknownClient, id)
	case client.Closed:
		return client, refuse("ORG-1", ErrClosed, id)
	}
	return client, nil
}

// employee returns an employee who has not left.
func (w *work) employee(partner relationship.PartnerID, user relationship.UserID) (relationship.Employee, error) {
	employee, known := storage.Get[relationship.Employee](w.tx, relationship.EmployeeKey(partner, user))
	if !known || !employee.Present() {
		return employee, refuse("ORG-2", ErrUnknownEmployee, partner, user)
	}
	return employee, nil
}

// activeEmployee returns an employee who may be let in: not suspended or
// paused, of a partner that is open.
func (w *work) activeEmployee(partner relationship.PartnerID, user relationship.UserID) (relationship.Employee, error) {
	employee, err := w.employee(partner, user)
	if err != nil {
		return employee, err
	}
	if _, err := w.openPartner(partner); err != nil {
		return employee, err
	}
	if !employee.ActiveAt(w.now) {
		return employee, refuse("ORG-2", ErrInactive, partner, user)
	}
	return employee, nil
}

// eligible carries out LINK-1: the partner is of a kind whose employees may
// be partner admins. It is asked whenever the role is given or used.
func (w *work) eligible(id relationship.PartnerID) (relationship.Partner, error) {
	partner, err := w.openPartner(id)
	if err == nil && !partner.Kind.Eligible() {
		err = refuse("LINK-1", ErrNotEligible, id, fmt.Sprintf("its kind is %q", partner.Kind))
	}
	return partner, err
}

// member returns the membership of a user, as it is at this instant: what the
// clock has ended is written first.
func (w *work) member(client relationship.ClientID, user relationship.UserID) (relationship.Member, bool, error) {
	key := relationship.MemberKey(client, user)
	member, found := storage.Get[relationship.Member](w.tx, key)
	if !found || !member.Managed() {
		return member, found, nil
	}
	if _, _, err := w.relationship(member.Manager, client); err != nil {
		return member, false, err
	}
	member, found = storage.Get[relationship.Member](w.tx, key)
	return member, found, nil
}

// mustMember is member for a user who has to be one.
func (w *work) mustMember(client relationship.ClientID, user relationship.UserID) (relationship.Member, error) {
	member, found, err := w.member(client, user)
	if err == nil && !found {
		err = refuse("ORG-3", ErrUnknownMember, client, user)
	}
	return member, err
}

// relationship returns a relationship as it is at this instant.
func (w *work) relationship(partner relationship.PartnerID, client relationship.ClientID) (relationship.Relationship, bool, error) {
	key := relationship.RelationshipKey(partner, client)
	r, found := storage.Get[relationship.Relationship](w.tx, key)
	if !found || !r.DueAt(w.now) {
		return r, found, nil
	}
	if w.isLater || len(w.tx.Changed()) > 0 {
		// The end is an event of its own, before the call: start again with
		// it.
		return r, false, errDue{key}
	}
	if err := settle(w.tx, r); err != nil {
		return r, false, err
	}
	r, found = storage.Get[relationship.Relationship](w.tx, key)
	return r, found, nil
}

// terms returns what the client has laid down for the partner; the zero value
// with its key when that is nothing.
func (w *work) terms(client relationship.ClientID, partner relationship.PartnerID) relationship.Terms {
	terms, _ := storage.Get[relationship.Terms](w.tx, relationship.TermsKey(client, partner))
	terms.Client, terms.Partner = client, partner
	return terms
}

// standing returns what the client's side has said about the user.
func (w *work) standing(client relationship.ClientID, user relationship.UserID) relationship.Standing {
	standing, _ := storage.Get[relationship.Standing](w.tx, relationship.StandingKey(client, user))
	standing.Client, standing.User = client, user
	return standing
}

// until is when a member's own time runs out; zero for never.
func (w *work) until(member relationship.Member) time.Time {
	return member.Until(w.terms(member.Client, member.Manager))
}

// future refuses an end that has passed already. The zero time is no end.
func (w *work) future(noun, field string, end time.Time) (time.Time, error) {
	end = relationship.EndInstant(end)
	if !end.IsZero() && !end.After(w.now) {
		return end, invalid(noun, field, "is not in the future")
	}
	return end, nil
}

// employments runs over the user's places in partner accounts, those that
// have ended too.
func employments(r storage.Reader, user relationship.UserID) iter.Seq[relationship.Employee] {
	return storage.As[relationship.Employee](r.Reverse(relationship.KindEmployee, string(user), ""))
}

// memberships runs over the clients that the user is a member of.
func memberships(r storage.Reader, user relationship.UserID) iter.Seq[relationship.Member] {
	return storage.As[relationship.Member](r.Reverse(relationship.KindMember, string(user), ""))
}

// membersOf runs over the members of a client.
func membersOf(r storage.Reader, client relationship.ClientID) iter.Seq[relationship.Member] {
	return storage.As[relationship.Member](r.Scan(relationship.KindMember, string(client), ""))
}

// employeesOf runs over the employees of a partner, those who have left too.
func employeesOf(r storage.Reader, partner relationship.PartnerID) iter.Seq[relationship.Employee] {
	return storage.As[relationship.Employee](r.Scan(relationship.KindEmployee, string(partner), ""))
}
