package access

import (
	"iter"
	"time"

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
	q, err := m.askWho(viewer, client, permission)
	if err == nil && size < 1 {
		err = invalid("page", "size", "is less than 1")
	}
	if err != nil {
		return WhoPage{}, err
	}
	page := WhoPage{Revision: q.r.Revision()}
	page.Users, page.Next = firstOf(q.users(client, after), size)
	return page, nil
}

// AllWhoCan is WhoCan in one go: it runs over everybody who can, in order, at
// one instant and from one revision, which are those at which the run begins.
// An error comes alone and ends the sequence; errors are as of WhoCan.
func (m *Manager) AllWhoCan(viewer Call, client relationship.ClientID, permission permset.Permission) iter.Seq2[relationship.UserID, error] {
	return func(yield func(relationship.UserID, error) bool) {
		q, err := m.askWho(viewer, client, permission)
		if err != nil {
			yield("", err)
			return
		}
		for user := range q.users(client, "") {
			if !yield(user, nil) {
				return
			}
		}
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
	q, err := m.askWhere(viewer, user, permission)
	if err == nil && size < 1 {
		err = invalid("page", "size", "is less than 1")
	}
	if err != nil {
		return WherePage{}, err
	}
	page := WherePage{Revision: q.r.Revision()}
	page.Clients, page.Next = firstOf(q.clients(user, after), size)
	return page, nil
}

// AllWhereCan is WhereCan in one go, as AllWhoCan is WhoCan.
func (m *Manager) AllWhereCan(viewer Call, user relationship.UserID, permission permset.Permission) iter.Seq2[relationship.ClientID, error] {
	return func(yield func(relationship.ClientID, error) bool) {
		q, err := m.askWhere(viewer, user, permission)
		if err != nil {
			yield("", err)
			return
		}
		for client := range q.clients(user, "") {
			if !yield(client, nil) {
				return
			}
		}
	}
}

// asker is a question about many members, and what of them its viewer may
// see.
type asker struct {
	v          *vocabulary
	r          storage.Reader
	now        time.Time
	permission permset.Permission
	// partner is whose managed members the viewer sees; empty for everybody.
	partner  relationship.PartnerID
	gathered *gathering
}

func (m *Manager) asker(viewer Call, permission permset.Permission) (asker, error) {
	q := asker{v: m.vocabulary, permission: permission}
	if err := viewer.check(); err != nil {
		return q, err
	}
	snapshot, err := m.state()
	q.r = remember(snapshot)
	q.now = m.nowAt(q.r)
	q.gathered = newGathering(q.r, q.now)
	return q, firstError(err, m.sameCatalog(q.r))
}

// askWho finds out whether the viewer may ask who can, and what they see.
func (m *Manager) askWho(viewer Call, client relationship.ClientID, permission permset.Permission) (asker, error) {
	q, err := m.asker(viewer, permission)
	if err != nil {
		return q, err
	}
	_, errClient := m.vocabulary.findClientSide(q.r, viewer, client, q.now)
	if !viewer.host && errClient != nil {
		employee, err := findEmployee(q.r, viewer, q.now)
		_, related := q.r.Get(relationship.RelationshipKey(employee.Partner, client))
		if err != nil || !related {
			return q, refuse("ASK-3", ErrNotAllowed, client)
		}
		q.partner = employee.Partner
	}
	if _, known := q.r.Get(relationship.ClientKey(client)); !known {
		return q, refuse("ASK-4", ErrUnknownClient, client)
	}
	return q, q.knowsPermission()
}

// askWhere finds out whether the viewer may ask where the user can, and what
// they see.
func (m *Manager) askWhere(viewer Call, user relationship.UserID, permission permset.Permission) (asker, error) {
	q, err := m.asker(viewer, permission)
	if err != nil {
		return q, err
	}
	if themselves := viewer.user == user && viewer.partner == ""; !viewer.host && !themselves {
		employee, err := findEmployee(q.r, viewer, q.now)
		colleague, _ := storage.Get[relationship.Employee](q.r, relationship.EmployeeKey(employee.Partner, user))
		if err != nil || !colleague.Present() {
			return q, refuse("ASK-3", ErrNotAllowed, user)
		}
		q.partner = employee.Partner
	}
	if _, known := q.r.Get(relationship.UserKey(user)); !known {
		return q, refuse("ASK-4", ErrUnknownUser, user)
	}
	return q, q.knowsPermission()
}

func (q asker) knowsPermission() error {
	if q.permission.IsZero() || q.permission.Catalog() != q.v.catalog {
		return refuse("ASK-4", ErrUnknownPermission)
	}
	return nil
}

// users runs over who can, behind an id.
func (q asker) users(client relationship.ClientID, after relationship.UserID) iter.Seq[relationship.UserID] {
	return func(yield func(relationship.UserID) bool) {
		for member := range storage.As[relationship.Member](q.r.Scan(relationship.KindMember, string(client), string(after))) {
			if q.finds(member) && !yield(member.User) {
				return
			}
		}
	}
}

// clients runs over where the user can, behind an id.
func (q asker) clients(user relationship.UserID, after relationship.ClientID) iter.Seq[relationship.ClientID] {
	return func(yield func(relationship.ClientID) bool) {
		for member := range storage.As[relationship.Member](q.r.Reverse(relationship.KindMember, string(user), string(after))) {
			if q.finds(member) && !yield(member.Client) {
				return
			}
		}
	}
}

// finds reports whether the member is one whom the viewer sees and who may use
// the permission: the answer of Check (ASK-1).
func (q asker) finds(member relationship.Member) bool {
	if q.partner != "" && member.Manager != q.partner {
		return false
	}
	w := q.v.weigh(q.gathered.whole(&member))
	return q.v.decide(&w, q.permission) == 0
}

// firstOf takes the first ids, and tells behind which one it goes on, if it
// does.
func firstOf[ID ~string](ids iter.Seq[ID], size int) (first []ID, next ID) {
	for id := range ids {
		if len(first) == size {
			return first, first[size-1]
		}
		first = append(first, id)
	}
	return first, ""
}
