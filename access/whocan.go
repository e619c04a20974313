package access

import (
	"iter"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// WhoPage is one page of the answer of WhoCan.
type WhoPage struct {
	// Users are those who can, in the bytewise order of their ids: as many as
	// were asked for, or fewer on the last page.
	Users []relationship.UserID
	// Next is the id behind which the next page begins; empty on the last
	// page.
	Next relationship.UserID
	// Revision is the revision of the state that the page comes from. Another
	// page may come from a later one.
	Revision storage.Revision
}

// WhoCan answers who may use a permission in a client's account now (ASK-3):
// the users for whom Check says yes, page by page, beginning behind the id
// after ("" begins at the start). It reads the members of that client and no
// others. Each page is right at its own revision: who changes between two
// pages is told as they are when their page comes, and nobody twice.
// AllWhoCan answers from one revision.
//
// The client's side and the host see everybody. An employee with Client Access
// Manager access, whose partner has or had a relationship with the client,
// sees the members whom the partner manages there. To everybody else the
// answer is ErrNotAllowed, whether or not the client exists.
//
// Errors besides: ErrInvalid for a size below 1; ErrUnknownPermission;
// ErrUnknownClient, to the host alone; ErrCatalog.
func (m *Manager) WhoCan(viewer Call, client relationship.ClientID, permission permset.Permission,
	after relationship.UserID, size int) (WhoPage, error) {
	q, err := m.askWho(viewer, client)
	defer q.done()
	err = firstError(err, q.about(permission))
	if err == nil && size < 1 {
		err = invalid("page", "size", "is less than 1")
	}
	if err != nil {
		return WhoPage{}, err
	}
	page := WhoPage{Revision: q.revision}
	page.Users, page.Next = firstOf(size, func(yield func(relationship.UserID, error) bool) { q.users(client, after, yield) })
	return page, nil
}

// AllWhoCan is WhoCan in one go: it runs over everybody who can, in order, at
// one instant and from one revision, which are those at which the run begins.
// An error comes alone and ends the sequence; errors are as of WhoCan.
func (m *Manager) AllWhoCan(viewer Call, client relationship.ClientID, permission permset.Permission) iter.Seq2[relationship.UserID, error] {
	return func(yield func(relationship.UserID, error) bool) {
		q, err := m.askWho(viewer, client)
		defer q.done()
		if err := firstError(err, q.about(permission)); err != nil {
			yield("", err)
			return
		}
		q.users(client, "", yield)
	}
}

// WherePage is one page of the answer of WhereCan.
type WherePage struct {
	// Clients are those where the user can, in the bytewise order of their
	// ids: as many as were asked for, or fewer on the last page.
	Clients []relationship.ClientID
	// Next is the id behind which the next page begins; empty on the last
	// page.
	Next relationship.ClientID
	// Revision is as of WhoPage.
	Revision storage.Revision
}

// WhereCan answers in which clients' accounts a user may use a permission now
// (ASK-3): the clients for which Check says yes, in pages as those of WhoCan.
// It reads the memberships of that user and no others.
//
// The user themselves and the host see every client. An employee with Client
// Access Manager access sees, of an employee of the partner, the clients where
// the partner manages that employee. To everybody else the answer is
// ErrNotAllowed, whether or not the user exists; a client's side sees its own
// client only, with WhoCan.
//
// Errors besides: ErrInvalid for a size below 1; ErrUnknownPermission;
// ErrUnknownUser, to the host and to the user; ErrCatalog.
func (m *Manager) WhereCan(viewer Call, user relationship.UserID, permission permset.Permission,
	after relationship.ClientID, size int) (WherePage, error) {
	q, err := m.askWhere(viewer, user)
	defer q.done()
	err = firstError(err, q.about(permission))
	if err == nil && size < 1 {
		err = invalid("page", "size", "is less than 1")
	}
	if err != nil {
		return WherePage{}, err
	}
	page := WherePage{Revision: q.revision}
	page.Clients, page.Next = firstOf(size, func(yield func(relationship.ClientID, error) bool) { q.clients(user, after, yield) })
	return page, nil
}

// AllWhereCan is WhereCan in one go, as AllWhoCan is WhoCan.
func (m *Manager) AllWhereCan(viewer Call, user relationship.UserID, permission permset.Permission) iter.Seq2[relationship.ClientID, error] {
	return func(yield func(relationship.ClientID, error) bool) {
		q, err := m.askWhere(viewer, user)
		defer q.done()
		if err := firstError(err, q.about(permission)); err != nil {
			yield("", err)
			return
		}
		q.clients(user, "", yield)
	}
}

// firstOf takes the first ids, and tells behind which one it goes on, if it
// does.
func firstOf[ID ~string](size int, ids iter.Seq2[ID, error]) (first []ID, next ID) {
	for id := range ids {
		if len(first) == size {
			return first, first[size-1]
		}
		first = append(first, id)
	}
	return first, ""
}
