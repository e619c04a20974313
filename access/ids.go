package access

import (
	"iter"

	"github.com/clientaccess/clientaccess/relationship"
)

// MemberIDs runs over the members of a client in the bytewise order of their
// ids, whatever they can use there: all that stands in Members, without more
// than the id (SEE-4). It reads the members of that client and no others, and is
// for programs that have rows of their own to show; MemberNames has names.
//
// Who may see it, and which members, is as with WhoCan: the client's side and
// the host see everybody, and an employee with Client Access Manager access
// those whom the partner manages. All rows are of one revision and one instant,
// those at which the run begins. An error comes alone and ends the sequence:
// ErrNotAllowed, whether or not the client exists; ErrUnknownClient, to the host
// alone; ErrCatalog, ErrStale and storage.ErrClosed.
func (m *Manager) MemberIDs(viewer Call, client relationship.ClientID) iter.Seq2[relationship.UserID, error] {
	return func(yield func(relationship.UserID, error) bool) {
		q, err := m.askWho(viewer, client)
		defer q.done()
		if err != nil {
			yield("", err)
			return
		}
		q.users(client, "", yield)
	}
}

// PlaceIDs runs over the clients that a user is a member of in the bytewise
// order of their ids, whatever they can use there, as MemberIDs runs over
// members. It reads the memberships of that user and no others.
//
// Who may see it, and which clients, is as with WhereCan: the user themselves
// and the host see all, and an employee with Client Access Manager access, of an
// employee of the partner, those where the partner manages that employee.
// Errors are ErrNotAllowed, whether or not the user exists; ErrUnknownUser, to
// the host and the user; and those of MemberIDs.
func (m *Manager) PlaceIDs(viewer Call, user relationship.UserID) iter.Seq2[relationship.ClientID, error] {
	return func(yield func(relationship.ClientID, error) bool) {
		q, err := m.askWhere(viewer, user)
		defer q.done()
		if err != nil {
			yield("", err)
			return
		}
		q.clients(user, "", yield)
	}
}
