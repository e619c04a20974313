package access

import (
	"errors"
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// This file says who may act. Each change asks for exactly one authority, in
// the transaction that it changes; the actor's other hats do not help.

// authority is what an actor in a client brings: what bounds what they give
// and take.
type authority struct {
	// partner is for whom they act; empty on the client's side.
	partner relationship.PartnerID
	// holds is the actor of DEL-1, by DEL-3.
	holds permset.Set
	// super says that they are super admin of the client: they hold every
	// lost permission too (DEL-3), and time does not bound them.
	super bool
	// until is when their own time in the client runs out; zero for never
	// (DEL-6).
	until time.Time
}

// asHost asks for the embedding program itself (ORG-1).
func (w *work) asHost() error {
	if !w.call.host {
		return refuse("ORG-1", ErrNotAllowed, w.call.user, "only the host may do this")
	}
	w.actor = relationship.Actor{Kind: relationship.ByHost}
	return nil
}

// asEmployee asks for a partner-side actor: an active employee with Client
// Access Manager access (Words). Where a rule names nobody, this is enough.
func (w *work) asEmployee() (relationship.Employee, error) {
	employee, err := findEmployee(w.tx, w.call, w.now)
	if err == nil {
		w.actor = relationship.Actor{Kind: relationship.ByPartnerSide, User: employee.User, Partner: employee.Partner}
	}
	return employee, err
}

// findEmployee finds the partner-side actor of a call.
func findEmployee(r storage.Reader, call Call, now time.Time) (relationship.Employee, error) {
	none := relationship.Employee{}
	if call.host {
		return none, refuse("ORG-1", ErrNotAllowed, "this belongs to a partner's side, not to the host")
	}
	partner := call.partner
	if partner == "" {
		for employee := range employments(r, call.user) {
			if !employee.Present() {
				continue
			}
			if partner != "" {
				return none, refuse("ORG-2", ErrWhichPartner, call.user, "they work for several")
			}
			partner = employee.Partner
		}
		if partner == "" {
			return none, refuse("ORG-2", ErrWhichPartner, call.user, "they work for none")
		}
	}
	employee, _ := storage.Get[relationship.Employee](r, relationship.EmployeeKey(partner, call.user))
	account, _ := storage.Get[relationship.Partner](r, relationship.PartnerKey(partner))
	if account.ID == "" || account.Closed || !employee.ActiveAt(now) || !employee.HasAccess() {
		return none, refuse("LINK-1", ErrNotAllowed, partner, call.user,
			"only an active employee with Client Access Manager access may do this")
	}
	return employee, nil
}

// asPartnerSuperAdmin asks for a super admin of the partner (ORG-2).
func (w *work) asPartnerSuperAdmin() (relationship.Employee, error) {
	employee, err := w.asEmployee()
	if err == nil && !employee.SuperAdmin {
		err = refuse("ORG-2", ErrNotAllowed, employee.Partner, employee.User, "only a super admin of the partner may do this")
	}
	return employee, err
}

// asPartnerAdmin asks for an active partner admin of the client, for the same
// partner, which is eligible (OFF-2, LINK-1). Being the client's super admin
// is not enough (ADM-5). The answer is the same whether or not the client
// exists. While a partner has no active partner admin in a client, nobody on
// its side can add, change or reactivate there (OFF-5).
func (w *work) asPartnerAdmin(client relationship.ClientID) (authority, error) {
	employee, err := w.asEmployee()
	if err != nil {
		return authority{}, err
	}
	if _, _, err := w.relationship(employee.Partner, client); err != nil {
		return authority{}, err
	}
	f := gather(w.tx, client, employee.User, w.now)
	if f.member.Role != relationship.PartnerAdmin || f.member.Manager != employee.Partner || failures(f) != 0 {
		return authority{}, refuse("OFF-2", ErrNotAllowed, client, employee.User,
			"only an active partner admin of the client may do this")
	}
	if _, err := w.eligible(employee.Partner); err != nil {
		return authority{}, err
	}
	if err := w.v.mayAct(Place{client, employee.User}); err != nil {
		return authority{}, err
	}
	// The relationship's own limit bounds actor and target alike, so it is
	// not part of until.
	return authority{partner: employee.Partner, holds: w.v.holds(f), until: f.member.Until(f.terms)}, nil
}

// asSuperAdmin asks for an active super admin of the client.
func (w *work) asSuperAdmin(client relationship.ClientID) (authority, error) {
	by, err := w.asClientSide(client)
	if errors.Is(err, ErrNotAllowed) || err == nil && !by.super {
		err = refuse("ORG-3", ErrNotAllowed, client, w.call.user, "only an active super admin of the client may do this")
	}
	return by, err
}

// asClientSide asks for an active super admin of the client, or an active own
// user with "add and edit users" (Words: client-side actor). A managed member
// never is one. The answer is the same whether or not the client exists.
func (w *work) asClientSide(client relationship.ClientID) (authority, error) {
	f, err := w.v.findClientSide(w.tx, w.call, client, w.now)
	if err != nil {
		return authority{}, err
	}
	w.actor = relationship.Actor{Kind: relationship.ByClientSide, User: w.call.user}
	return authority{holds: w.v.holds(f), super: f.isSuperAdmin(), until: f.member.End}, nil
}

// findClientSide finds the client-side actor of a call.
func (v *vocabulary) findClientSide(r storage.Reader, call Call, client relationship.ClientID, now time.Time) (*facts, error) {
	f := &facts{}
	if !call.host && call.partner == "" {
		f = gather(r, client, call.user, now)
	}
	may := f.isMember && !f.member.Managed() &&
		(f.isSuperAdmin() && failures(f) == 0 || v.usable(f).Has(v.catalog.AddAndEditUsers()))
	if !may {
		return f, refuse("ORG-3", ErrNotAllowed, client, call.user,
			"only an active super admin, or own user who may add and edit users, of the client may do this")
	}
	return f, v.mayAct(Place{client, call.user})
}

// asApprover asks for who may let an employee of the partner in (LINK-3,
// LINK-7): the client's side, and never an employee of that partner, so that
// a partner cannot let itself in.
func (w *work) asApprover(client relationship.ClientID, partner relationship.PartnerID) (authority, error) {
	by, err := w.asClientSide(client)
	if err != nil {
		return by, err
	}
	return by, mayApprove(w.tx, client, partner, w.call.user)
}

func mayApprove(r storage.Reader, client relationship.ClientID, partner relationship.PartnerID, user relationship.UserID) error {
	employee, _ := storage.Get[relationship.Employee](r, relationship.EmployeeKey(partner, user))
	if employee.Present() {
		return refuse("LINK-3", ErrNotAllowed, client, partner, user, "an employee of the partner cannot let it in")
	}
	return nil
}

// asThemselves asks for a user acting for themselves: the third kind of
// actor, for confirming an employment alone (ADD-5).
func (w *work) asThemselves() (relationship.User, error) {
	if w.call.host || w.call.partner != "" {
		return relationship.User{}, refuse("ADD-5", ErrNotAllowed, w.call.user, "only the user themselves may do this")
	}
	user, err := w.user(w.call.user)
	if err == nil {
		w.actor = relationship.Actor{Kind: relationship.ByThemselves, User: user.ID}
	}
	return user, err
}
