package access

import (
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// AddEmployee takes a known user into the partner account (ORG-2), also one
// who left before: that is a new employment. A super admin of the partner
// does so. The powers are those in the partner account; Client Access Manager
// access is SuperAdmin, or View and Edit together. A verified employee is
// linked where they are a standard own user (ADD-5).
type AddEmployee struct {
	Employee   relationship.UserID       `json:"employee"`
	Kind       relationship.EmployeeKind `json:"kind"`
	SuperAdmin bool                      `json:"superAdmin,omitzero"`
	View       bool                      `json:"view,omitzero"`
	Edit       bool                      `json:"edit,omitzero"`
}

func (c AddEmployee) apply(w *work) error {
	actor, err := w.asPartnerSuperAdmin()
	if err != nil {
		return err
	}
	if _, err := w.user(c.Employee); err != nil {
		return err
	}
	before, _ := storage.Get[relationship.Employee](w.tx, relationship.EmployeeKey(actor.Partner, c.Employee))
	if before.Present() {
		return refuse("ORG-2", ErrExists, actor.Partner, c.Employee)
	}
	employee, err := relationship.NewEmployee(actor.Partner, c.Employee, c.Kind, w.now)
	if err != nil {
		return invalidCause(err)
	}
	employee.SuperAdmin, employee.View, employee.Edit = c.SuperAdmin, c.View, c.Edit
	employee.Pause = before.Pause // nobody lifts a pause by hiring anew (LIM-3)
	return w.put(employee)
}

// ChangeEmployee sets an employee's kind and powers (ORG-2): all of them, so
// what is left out is taken away. A super admin of the partner does so. The
// partner's last active super admin stays one.
type ChangeEmployee struct {
	Employee   relationship.UserID       `json:"employee"`
	Kind       relationship.EmployeeKind `json:"kind"`
	SuperAdmin bool                      `json:"superAdmin,omitzero"`
	View       bool                      `json:"view,omitzero"`
	Edit       bool                      `json:"edit,omitzero"`
}

func (c ChangeEmployee) apply(w *work) error {
	return w.changeEmployee(c.Employee, func(e *relationship.Employee) {
		e.Kind, e.SuperAdmin, e.View, e.Edit = c.Kind, c.SuperAdmin, c.View, c.Edit
	})
}

// SuspendEmployee suspends an employee: everything is kept, and nothing is
// allowed to them for the partner and as a managed member (ORG-2). A super admin
// of the partner does so. Where they are a client's own, super admin or not,
// they stay active (OFF-8).
type SuspendEmployee struct {
	Employee relationship.UserID `json:"employee"`
}

func (c SuspendEmployee) apply(w *work) error {
	return w.changeEmployee(c.Employee, func(e *relationship.Employee) { e.Status = relationship.Suspended })
}

// ResumeEmployee ends a suspension (ORG-2). A super admin of the partner does
// so.
type ResumeEmployee struct {
	Employee relationship.UserID `json:"employee"`
}

func (c ResumeEmployee) apply(w *work) error {
	return w.changeEmployee(c.Employee, func(e *relationship.Employee) { e.Status = relationship.Employed })
}

// PauseEmployee stops an employee wherever the partner manages them (LIM-3),
// until a super admin of the partner lifts the pause, or until an instant; the
// zero time is no instant. A super admin of the partner does so, as with a
// suspension: a paused employee cannot act for the partner either, and stays
// active where they are a client's own.
type PauseEmployee struct {
	Employee relationship.UserID `json:"employee"`
	Until    time.Time           `json:"until,omitzero"`
}

func (c PauseEmployee) apply(w *work) error {
	if _, err := w.future("pause", "instant", c.Until); err != nil {
		return err
	}
	return w.changeEmployee(c.Employee, func(e *relationship.Employee) { e.Pause = relationship.NewPause(c.Until) })
}

// UnpauseEmployee lifts the partner's own pause (LIM-3). A super admin of the
// partner does so. A pause that is over by itself is none to lift.
type UnpauseEmployee struct {
	Employee relationship.UserID `json:"employee"`
}

func (c UnpauseEmployee) apply(w *work) error {
	return w.changeEmployee(c.Employee, func(e *relationship.Employee) { e.Pause = lifted(e.Pause, w.now) })
}

// changeEmployee changes an employee who has not left.
func (w *work) changeEmployee(id relationship.UserID, change func(*relationship.Employee)) error {
	actor, err := w.asPartnerSuperAdmin()
	if err != nil {
		return err
	}
	employee, err := w.employee(actor.Partner, id)
	if err != nil {
		return err
	}
	change(&employee)
	if err := w.put(employee); err != nil {
		return err
	}
	return w.keepPartnerSuperAdmin(actor.Partner)
}

// EndEmployment ends an employment (ORG-2): the employee is taken out of every
// client as a managed member in the same step, so that no managed membership
// outlives the employment. Where they are super admin of a client they stay
// its own member, and are listed among the skipped if they are within the
// partner's reach (OFF-1). A super admin of the partner does so; the last
// active one cannot go.
type EndEmployment struct {
	Employee relationship.UserID `json:"employee"`
}

func (c EndEmployment) apply(w *work) error {
	actor, err := w.asPartnerSuperAdmin()
	if err != nil {
		return err
	}
	employee, err := w.employee(actor.Partner, c.Employee)
	if err != nil {
		return err
	}
	if w.isConfirmed(employee) {
		for _, place := range w.placesOf(c.Employee) {
			member, found, err := w.member(place.Client, place.User)
			if err != nil {
				return err
			}
			if found && member.Role == relationship.SuperAdmin {
				w.skip(place, "as super admin of the client they stay its own member (ORG-2)")
			}
		}
	}
	return w.leave(employee)
}

// leave ends an employment: the managed memberships go with it, and the
// partner keeps an active super admin (ORG-2). A closed partner needs none.
func (w *work) leave(employee relationship.Employee) error {
	for _, place := range w.placesOf(employee.User) {
		member, found, err := w.member(place.Client, place.User)
		if err == nil && found && member.Manager == employee.Partner {
			err = w.removeMember(member, relationship.PartnerSide)
		}
		if err != nil {
			return err
		}
	}
	employee.Status = relationship.Left
	employee.SuperAdmin, employee.View, employee.Edit, employee.Confirmed = false, false, false, false
	if err := w.put(employee); err != nil {
		return err
	}
	if _, err := w.openPartner(employee.Partner); err != nil {
		return nil // closed
	}
	return w.keepPartnerSuperAdmin(employee.Partner)
}

// placesOf lists the places of a user, before any of them is changed.
func (w *work) placesOf(user relationship.UserID) []Place {
	var places []Place
	for member := range memberships(w.tx, user) {
		places = append(places, Place{member.Client, user})
	}
	return places
}

// ConfirmEmployment tells that the user works for the partner (ADD-5). Only
// the user does so, acting for themselves. An employee whose address is not
// in one of the partner's domains can be linked after it, and their
// super-admin places are then within the partner's reach (OFF-1, MIG-2).
type ConfirmEmployment struct {
	Partner relationship.PartnerID `json:"partner"`
}

func (c ConfirmEmployment) apply(w *work) error {
	user, err := w.asThemselves()
	if err != nil {
		return err
	}
	employee, err := w.employee(c.Partner, user.ID)
	if err != nil {
		return err
	}
	employee.Confirmed = true
	return w.put(employee)
}
