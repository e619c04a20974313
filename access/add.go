package access

import (
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// AddEmployees adds employees of the actor's partner, staff or contractors, to
// a client, with one template (ADD-1). An active partner admin of the client
// for the same partner does so. Each is given what the template asks for and
// the actor holds (DEL-1); the Result says what was granted and withheld.
// The template "partner admin" gives the role too (DEL-5). A member who is
// added has the partner seat, and the partner earns credit (ADD-4).
//
// What is added ends no later than the actor's own membership (DEL-6).
//
// Errors: ErrAlreadyMember; ErrOwnUser for the client's own, who are linked
// instead; ErrOtherPartner (ADD-7); ErrBarred (OFF-3); ErrInactive.
type AddEmployees struct {
	Client    relationship.ClientID `json:"client"`
	Employees []relationship.UserID `json:"employees"`
	Template  string                `json:"template"`
	// End is when the memberships run out; the zero time is never, or when
	// the actor's own does.
	End time.Time `json:"end,omitzero"`
}

func (c AddEmployees) split(func() ([]Place, error)) ([]Change, error) {
	return splitBy(c.Employees, func(id relationship.UserID) Change { c.Employees = []relationship.UserID{id}; return c }), nil
}

func (c AddEmployees) apply(w *work) error {
	if err := each("employees", c.Employees); err != nil {
		return err
	}
	add, err := w.adding(c.Client, c.Template, c.End)
	if err != nil {
		return err
	}
	return add.add(w, c.Employees...)
}

// LinkClients adds one employee of the actor's partner to several clients,
// with one template (ADD-6): it is AddEmployees the other way round, and the
// actor has to be an active partner admin of each.
type LinkClients struct {
	Employee relationship.UserID     `json:"employee"`
	Clients  []relationship.ClientID `json:"clients"`
	Template string                  `json:"template"`
	// End is as of AddEmployees.
	End time.Time `json:"end,omitzero"`
}

func (c LinkClients) split(func() ([]Place, error)) ([]Change, error) {
	return splitBy(c.Clients, func(id relationship.ClientID) Change { c.Clients = []relationship.ClientID{id}; return c }), nil
}

func (c LinkClients) apply(w *work) error {
	if err := each("clients", c.Clients); err != nil {
		return err
	}
	for _, client := range c.Clients {
		add, err := w.adding(client, c.Template, c.End)
		if err != nil {
			return err
		}
		if err := add.add(w, c.Employee); err != nil {
			return err
		}
	}
	return nil
}

// each refuses a list that names nobody, or somebody twice.
func each[ID ~string](field string, ids []ID) error {
	if len(ids) == 0 {
		return invalid("change", field, "are none: nobody is named")
	}
	seen := make(map[ID]bool, len(ids))
	for _, id := range ids {
		if seen[id] {
			return invalid("change", field, "name one twice")
		}
		seen[id] = true
	}
	return nil
}

// eachOrAll refuses a change that names somebody and stands for all, or neither:
// a list that came to be empty must not mean everybody.
func eachOrAll[ID ~string](field string, ids []ID, all bool) error {
	switch {
	case !all:
		return each(field, ids)
	case len(ids) > 0:
		return invalid("change", field, "are named, and all are asked for")
	}
	return nil
}

// adding is what adding to one client needs to know.
type adding struct {
	by     authority
	client relationship.ClientID
	name   string
	role   relationship.Role
	end    time.Time
	// set is what each is given, and held what is held back.
	set  permset.Names
	held *note
}

func (w *work) adding(client relationship.ClientID, template string, end time.Time) (adding, error) {
	a := adding{client: client, name: template}
	var err error
	if a.by, err = w.asPartnerAdmin(client); err != nil {
		return a, err
	}
	set, role, err := w.template(a.by.partner, template)
	if err != nil {
		return a, err
	}
	a.role = role
	a.set, a.held = w.bounds(a.by, noNames, w.replacement(noNames, set, true))
	if end, err = w.future("change", "end", end); err != nil {
		return a, err
	}
	a.end = a.by.shorten(end)
	return a, nil
}

// add adds those of the employees who are ticked.
func (a *adding) add(w *work, employees ...relationship.UserID) error {
	ticked := make([]Place, 0, len(employees))
	for _, employee := range employees {
		if place := (Place{a.client, employee}); w.ticked(place) {
			ticked = append(ticked, place)
		}
	}
	return w.addMembers(a.by.partner, a.client, ticked, func(place Place) (relationship.Member, error) {
		return a.member(w, place)
	})
}

// member is what somebody is to be who is added.
func (a *adding) member(w *work, place Place) (none relationship.Member, _ error) {
	employee := place.User
	if _, err := w.activeEmployee(a.by.partner, employee); err != nil {
		return none, err
	}
	before, found, err := w.member(a.client, employee)
	if err != nil {
		return none, err
	}
	if found {
		return none, taken(before, a.by.partner)
	}
	standing := w.standing(a.client, employee)
	switch {
	case standing.Barred:
		return none, refuse("OFF-3", ErrBarred, a.client, employee)
	case !standing.End.IsZero() && !standing.End.After(w.now):
		return none, refuse("DEL-6", ErrOutlasts, a.client, employee, "the client's side had set an end, which has passed")
	}
	member := w.makeManaged(relationship.Member{
		Client: a.client, User: employee, Role: a.role, Template: a.name, Set: a.set,
		End: relationship.Earlier(a.end, standing.End), EndByClient: !standing.End.IsZero(),
	}, a.by.partner)
	w.note(place, a.held)
	return member, w.mayGrant(a.by, none, member)
}

// taken says why somebody who is a member cannot be added. A user has one
// membership in a client (ADD-7).
func taken(member relationship.Member, partner relationship.PartnerID) error {
	reason := ErrOwnUser
	switch {
	case member.Manager == partner:
		reason = ErrAlreadyMember
	case member.Managed():
		reason = ErrOtherPartner
	case member.Role == relationship.SuperAdmin:
		reason = ErrSuperAdmin
	}
	return refuse("ADD-7", reason, member.Client, member.User)
}

// LinkEmployee links an employee of the actor's partner who is a standard own
// user of the client: they become a managed member; role, set, status and end
// stay as they are (ADD-5). A verified employee is linked without this call.
// One who is not has to confirm first that they work for the partner
// (ConfirmEmployment). An active partner admin of the client for the same
// partner does so. The partner side never gives a linked member the
// partner-admin role.
type LinkEmployee struct {
	Client   relationship.ClientID `json:"client"`
	Employee relationship.UserID   `json:"employee"`
}

func (c LinkEmployee) apply(w *work) error {
	by, err := w.asPartnerAdmin(c.Client)
	if err != nil {
		return err
	}
	employee, err := w.activeEmployee(by.partner, c.Employee)
	if err != nil {
		return err
	}
	if !w.isConfirmed(employee) {
		return refuse("ADD-5", ErrUnconfirmed, by.partner, c.Employee)
	}
	member, found, err := w.member(c.Client, c.Employee)
	switch {
	case err != nil:
		return err
	case !found:
		return refuse("ADD-5", ErrUnknownMember, c.Client, c.Employee)
	case !isStandardOwn(member):
		return taken(member, by.partner)
	case w.isBarred(member):
		return refuse("OFF-3", ErrBarred, c.Client, c.Employee)
	}
	return w.link(member, by.partner)
}

// isConfirmed reports whether the employee is verified (ADD-3), or has
// confirmed that they work for the partner (ADD-5).
func (w *work) isConfirmed(employee relationship.Employee) bool {
	partner, err := w.openPartner(employee.Partner)
	return err == nil && isConfirmed(w.tx, partner, employee)
}
