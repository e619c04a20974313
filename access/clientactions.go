package access

import (
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// ClientActions says what the viewer of a row may do with the client as a
// whole (SEE-1). It is tried as Actions are, and holds as long. All of these
// are calls of the partner's side, so the host, who sees the list too, has
// none of them; what is the host's alone (RenameClient, CloseClient) is not
// asked here. The zero value is nothing.
//
// What is about all is offered when the call that names nobody would be
// accepted and change something. As that is all of them or none, it is not
// offered where one of them is the client's last active super admin (OFF-8);
// the others can still be named.
type ClientActions struct {
	// Name: NameClient.
	Name bool
	// Add: AddEmployees, with some employee at least.
	Add bool
	// Link: LinkEmployee, with some employee at least.
	Link bool
	// Change: ChangeEmployeePermissions and ChangeTemplate, with some member
	// at least. Renew: RenewEmployees, with some member and some end at least.
	// What is asked for may still be bounded or refused, as of Actions.
	Change, Renew bool
	// DeactivateAll, ReactivateAll and RemoveAll are DeactivateEmployees,
	// ReactivateEmployees and RemoveEmployees of all.
	DeactivateAll, ReactivateAll, RemoveAll bool
	// ChangeOver is BecomePartnerAdmin: the viewer is super admin there.
	// ChangeOthersOver: ChangeSuperAdmins, with some employee at least.
	ChangeOver, ChangeOthersOver bool
}

// clientActions tries what the viewer may do with a client.
func (s sight) clientActions(client relationship.ClientID) ClientActions {
	soon := s.now.Add(time.Second) // as of actions
	return ClientActions{
		Name: s.accepts(NameClient{Client: client}),
		Add: s.changes(withAnyone(client, func(id relationship.UserID) Change {
			return AddEmployees{Client: client, Employees: []relationship.UserID{id}, Template: relationship.PartnerAdminTemplate}
		})),
		Link: s.changes(withAnyone(client, func(id relationship.UserID) Change {
			return LinkEmployee{Client: client, Employee: id}
		})),
		Change: s.accepts(withAnyone(client, func(id relationship.UserID) Change {
			return ChangeEmployeePermissions{Client: client, Employee: id}
		})),
		Renew: s.accepts(withAnyone(client, func(id relationship.UserID) Change {
			return RenewEmployees{Client: client, Employees: []relationship.UserID{id}, End: soon}
		})),
		DeactivateAll: s.changes(DeactivateEmployees{Client: client, All: true}),
		ReactivateAll: s.changes(ReactivateEmployees{Client: client, All: true}),
		RemoveAll:     s.changes(RemoveEmployees{Client: client, All: true}),
		ChangeOver:    s.changes(BecomePartnerAdmin{Client: client}),
		ChangeOthersOver: s.changes(withAnyone(client, func(id relationship.UserID) Change {
			return ChangeSuperAdmins{Client: client, Employees: []SuperAdminChoice{{Employee: id}}}
		})),
	}
}

// withAnyone tries a partner admin's call about one employee, with each until
// one is accepted. Who is no partner admin of the client has no such call.
func withAnyone(client relationship.ClientID, call func(relationship.UserID) Change) Change {
	return tried(func(w *work) error {
		by, err := w.asPartnerAdmin(client)
		if err != nil {
			return err
		}
		return w.anyOf(func(yield func(Change) bool) {
			for employee := range employeesOf(w.tx, by.partner) {
				if employee.Present() && !yield(call(employee.User)) {
					return
				}
			}
		})
	})
}
