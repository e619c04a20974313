package access

import (
	"github.com/clientaccess/clientaccess/relationship"
)

// EmployeeActions says what the viewer of a row may do with the employee
// (SEE-2). It is tried as Actions are, and holds as long. All of these are
// calls of the partner's side, so the host, who sees the list too, has none of
// them; what is the host's alone (ChangeUser, EraseUser) is not asked here. The
// zero value is nothing.
type EmployeeActions struct {
	// Change: ChangeEmployee. What is then asked for may still be refused: the
	// partner's last active super admin stays one (ORG-2).
	Change bool
	// The next are the changes of that name; Pause is PauseEmployee without an
	// instant.
	Suspend, Resume, Pause, Unpause, EndEmployment bool
	// IssueLink: Manager.IssueLink, with the employee as who is to be let in.
	IssueLink bool
	// Add: LinkClients, with some client at least. Link: LinkEmployee, with
	// some client at least.
	Add, Link bool
	// DeactivateEverywhere and RemoveEverywhere are DeactivateEmployee and
	// RemoveEmployee of all clients. As that is all of them or none, they are
	// not offered where the employee is the last active super admin of one
	// (OFF-8); the other clients can still be named.
	DeactivateEverywhere, RemoveEverywhere bool
}

// employeeActions tries what the viewer may do with an employee.
func (s sight) employeeActions(e relationship.Employee) EmployeeActions {
	user := e.User
	asTheyAre := ChangeEmployee{Employee: user, Kind: e.Kind, SuperAdmin: e.SuperAdmin, View: e.View, Edit: e.Edit}
	return EmployeeActions{
		Change:        s.accepts(asTheyAre),
		Suspend:       s.changes(SuspendEmployee{Employee: user}),
		Resume:        s.changes(ResumeEmployee{Employee: user}),
		Pause:         s.changes(PauseEmployee{Employee: user}),
		Unpause:       s.changes(UnpauseEmployee{Employee: user}),
		EndEmployment: s.changes(EndEmployment{Employee: user}),
		IssueLink:     s.accepts(issuing(user)),
		// The viewer adds where they are partner admin.
		Add: s.changes(inAnyClientOf(s.call.user, func(client relationship.ClientID) Change {
			return LinkClients{Employee: user, Clients: []relationship.ClientID{client}, Template: relationship.PartnerAdminTemplate}
		})),
		// Who is linked is a member already.
		Link: s.changes(inAnyClientOf(user, func(client relationship.ClientID) Change {
			return LinkEmployee{Client: client, Employee: user}
		})),
		DeactivateEverywhere: s.changes(DeactivateEmployee{Employee: user, All: true}),
		RemoveEverywhere:     s.changes(RemoveEmployee{Employee: user, All: true}),
	}
}

// issuing tries to issue an access link, without making a secret.
func issuing(employee relationship.UserID) Change {
	return tried(func(w *work) error {
		actor, err := w.asEmployee()
		if err != nil {
			return err
		}
		_, err = w.unsealed(actor, employee)
		return err
	})
}

// inAnyClientOf tries a call about one client, with each that the user is a
// member of until one is accepted.
func inAnyClientOf(user relationship.UserID, call func(relationship.ClientID) Change) Change {
	return tried(func(w *work) error {
		return w.anyOf(func(yield func(Change) bool) {
			for member := range memberships(w.tx, user) {
				if !yield(call(member.Client)) {
					return
				}
			}
		})
	})
}
