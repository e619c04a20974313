package relationship

import (
	"strings"
	"time"
)

// EmployeeKind says whether an employee is staff or a contractor.
type EmployeeKind string

// The two kinds of employee.
const (
	Staff      EmployeeKind = "staff"
	Contractor EmployeeKind = "contractor"
)

// EmployeeStatus is where an employee stands in the partner account.
type EmployeeStatus string

// The states of an employee. Left is the end of an employment; the same
// person may be employed anew.
const (
	Employed  EmployeeStatus = "employed"
	Suspended EmployeeStatus = "suspended"
	Left      EmployeeStatus = "left"
)

// Employee is a user's place in a partner account, with the powers there.
type Employee struct {
	Partner PartnerID      `json:"partner"`
	User    UserID         `json:"user"`
	Kind    EmployeeKind   `json:"employeeKind"`
	Status  EmployeeStatus `json:"status"`
	// SuperAdmin is super admin of the partner account.
	SuperAdmin bool `json:"superAdmin,omitzero"`
	// View and Edit are the two powers over partner employee management.
	View bool `json:"view,omitzero"`
	Edit bool `json:"edit,omitzero"`
	// Pause is set by the partner and stops the employee wherever it manages
	// them, and in acting for it (LIM-3).
	Pause Pause `json:"pause,omitzero"`
	// Confirmed is set when the user has confirmed, for themselves, that
	// they work for this partner (ADD-5).
	Confirmed bool `json:"confirmed,omitzero"`
	// Since is the instant at which this employment began.
	Since time.Time `json:"since"`
}

// NewEmployee makes an employed employee without powers.
func NewEmployee(partner PartnerID, user UserID, kind EmployeeKind, since time.Time) (Employee, error) {
	employee := Employee{Partner: partner, User: user, Kind: kind, Status: Employed, Since: Instant(since)}
	return employee, employee.Check()
}

// Key names the employee's record.
func (e Employee) Key() Key { return EmployeeKey(e.Partner, e.User) }

// EmployeeKey names the record of an employee.
func EmployeeKey(partner PartnerID, user UserID) Key {
	return Key{KindEmployee, string(partner), string(user)}
}

// Present reports whether the user is employed at all: not left.
func (e Employee) Present() bool { return e.Status == Employed || e.Status == Suspended }

// ActiveAt reports whether the employee's own state lets them act: employed,
// not suspended and not paused. The partner must be open besides. A paused
// employee is not active anywhere: else they could lift the pause themselves
// (LIM-3).
func (e Employee) ActiveAt(now time.Time) bool {
	return e.Status == Employed && !e.Pause.ActiveAt(now)
}

// HasAccess reports whether the employee has Client Access Manager access:
// super admin of the partner account, or view and edit of partner employee
// management there.
func (e Employee) HasAccess() bool { return e.SuperAdmin || e.View && e.Edit }

// Check reports whether the employee may be stored.
func (e Employee) Check() error {
	var field error
	switch {
	case e.Kind != Staff && e.Kind != Contractor:
		field = &FieldError{"employee", "kind", "is neither staff nor contractor"}
	case e.Status != Employed && e.Status != Suspended && e.Status != Left:
		field = &FieldError{"employee", "status", "is unknown"}
	}
	return firstError(checkText("employee", "partner", string(e.Partner)),
		checkText("employee", "user", string(e.User)), field,
		e.Pause.check("employee"), checkInstant("employee", "since", e.Since))
}

// Summary describes the employee in one line.
func (e Employee) Summary() string {
	parts := []string{string(e.Kind), string(e.Status)}
	for _, power := range []struct {
		on   bool
		name string
	}{
		{e.SuperAdmin, "super admin"}, {e.View, "view"}, {e.Edit, "edit"},
		{e.Confirmed, "confirmed"}, {e.Pause.On, "paused" + e.Pause.until()},
	} {
		if power.on {
			parts = append(parts, power.name)
		}
	}
	return strings.Join(parts, ", ")
}
