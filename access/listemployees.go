package access

import (
	"iter"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// EmployeeQuery asks for employees of a partner. The zero value is all of
// them, staff and contractors. Of each list of ticks a row has to have one; an
// empty list asks nothing.
type EmployeeQuery struct {
	// Partner is as of ClientQuery.
	Partner relationship.PartnerID `json:"partner,omitempty"`
	// Kinds ticks staff or contractors.
	Kinds []relationship.EmployeeKind `json:"kinds,omitempty"`
	// Statuses ticks employed or suspended. Who has left is not listed, so
	// that cannot be ticked.
	Statuses []relationship.EmployeeStatus `json:"statuses,omitempty"`
	// Verified ticks those with the tick (true), or those without (false).
	Verified []bool `json:"verified,omitempty"`
	// Search is the beginning of a word of the name, and may go on with the
	// words behind it, or the beginning of the address or its domain. Case
	// does not count.
	Search string `json:"search,omitempty"`
}

// EmployeeRow is one employee of a partner (SEE-2).
type EmployeeRow struct {
	Partner relationship.PartnerID
	User    relationship.UserID
	Name    string
	Email   relationship.Email
	Kind    relationship.EmployeeKind
	Status  relationship.EmployeeStatus
	// Paused says that the partner's own pause is in force (LIM-3).
	Paused bool
	// Verified is the tick beside the address (ADD-3), and Confirmed says
	// that the user has confirmed that they work for the partner (ADD-5).
	Verified, Confirmed bool
	// SuperAdmin, View and Edit are the powers in the partner account.
	SuperAdmin, View, Edit bool
	// HasAccess says that these come to Client Access Manager access.
	HasAccess bool
	// Since is when the employment began.
	Since time.Time
	// Clients counts the clients that EmployeeDetails lists.
	Clients int
	// Actions are what the viewer may do with the employee.
	Actions EmployeeActions
}

// Employees lists the employees of a partner who have not left, staff and
// contractors (SEE-2), ordered by name, each with what the viewer may do with
// them. An employee with Client Access Manager
// access sees it, and the host.
func (m *Manager) Employees(viewer Call, query EmployeeQuery) List[EmployeeRow] {
	return List[EmployeeRow]{func() (listing[EmployeeRow], error) {
		s, err := m.sightOfPartner(viewer, query.Partner)
		if err != nil {
			return listing[EmployeeRow]{}, err
		}
		find, err := newSearch(query.Search)
		err = firstError(err,
			tickable("kinds", query.Kinds, relationship.Staff, relationship.Contractor),
			tickable("statuses", query.Statuses, relationship.Employed, relationship.Suspended))
		return listing[EmployeeRow]{
			revision: s.r.Revision(), query: s.digest("employees", "", query),
			positions: s.employees(query, find),
			row:       func(id string) EmployeeRow { return s.employeeRow(relationship.UserID(id)) },
		}, err
	}}
}

func (s sight) employees(query EmployeeQuery, find search) iter.Seq[position] {
	return func(yield func(position) bool) {
		for e := range employeesOf(s.r, s.partner.ID) {
			if !e.Present() || !hasAny(query.Kinds, e.Kind) || !hasAny(query.Statuses, e.Status) ||
				len(query.Verified) > 0 && !hasAny(query.Verified, isVerified(s.r, s.partner, e.User)) {
				continue
			}
			user := s.user(e.User)
			name := fold(user.Name)
			if (find.inName(name) || find.inAddress(user.Email)) && !yield(position{name, string(e.User)}) {
				return
			}
		}
	}
}

func (s sight) employeeRow(id relationship.UserID) EmployeeRow {
	e, user := s.employee(s.partner.ID, id), s.user(id)
	row := EmployeeRow{
		Partner: e.Partner, User: id, Name: user.Name, Email: user.Email, Kind: e.Kind, Status: e.Status,
		Paused: e.Pause.ActiveAt(s.now), Verified: isVerified(s.r, s.partner, id), Confirmed: e.Confirmed,
		SuperAdmin: e.SuperAdmin, View: e.View, Edit: e.Edit, HasAccess: e.HasAccess(), Since: e.Since,
		Actions: s.employeeActions(e),
	}
	for member := range memberships(s.r, id) {
		if s.shows(member) {
			row.Clients++
		}
	}
	return row
}

// EmployeeDetails lists the clients that one employee of a partner is in, with
// role, template, status and seat (SEE-2): where the partner manages them, and
// where they are super admin, if verified or confirmed (OFF-1) or the viewer.
// They are ordered by what the partner calls the client, and searched by it
// and the official name. An employee with Client Access Manager access sees
// it, and the host. Who does not work for the partner is an
// ErrUnknownEmployee, known or not.
func (m *Manager) EmployeeDetails(viewer Call, employee relationship.UserID, query MemberQuery) List[MemberRow] {
	return List[MemberRow]{func() (listing[MemberRow], error) {
		s, err := m.sightOfPartner(viewer, query.Partner)
		if err != nil {
			return listing[MemberRow]{}, err
		}
		if !s.employee(s.partner.ID, employee).Present() {
			return listing[MemberRow]{}, refuse("SEE-2", ErrUnknownEmployee, s.partner.ID, employee)
		}
		find, err := newSearch(query.Search)
		err = firstError(err, query.checkTicks())
		return listing[MemberRow]{
			revision: s.r.Revision(), query: s.digest("employee details", string(employee), query),
			positions: s.places(memberships(s.r, employee), query, func(member relationship.Member) (position, bool) {
				client := s.client(member.Client)
				name := fold(client.Name())
				found := find.inName(name) || find.inName(fold(client.OfficialName))
				return position{name, string(member.Client)}, found
			}),
			row: func(id string) MemberRow { return s.memberRow(relationship.ClientID(id), employee) },
		}, err
	}}
}

// places runs over the memberships that a query asks for and that are found.
func (s sight) places(members iter.Seq[relationship.Member], query MemberQuery,
	find func(relationship.Member) (position, bool)) iter.Seq[position] {
	return func(yield func(position) bool) {
		for member := range members {
			if !s.shows(member) || !s.asksFor(query, member) {
				continue
			}
			if at, found := find(member); found && !yield(at) {
				return
			}
		}
	}
}
