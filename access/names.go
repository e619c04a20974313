package access

import (
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// MemberName is one member in a list of names.
type MemberName struct {
	User relationship.UserID
	Name string
	// Why is the first reason for which the member can use nothing now, and
	// ReasonAllowed if they are active.
	Why Reason
}

// PlaceName is one client in a list of names.
type PlaceName struct {
	Client relationship.ClientID
	// Name is the client's official name or, for a viewer of a partner that has
	// given it one, the partner's own (ADD-2).
	Name string
	// Why is as of MemberName.
	Why Reason
}

// MemberNames lists the members of a client in the order of their names, without
// regard to case, and then of their ids: what a screen shows of many at a time,
// page by page as in a List (SEE-5). Members and ClientDetails tell everything
// about each, and can be searched, and a row of theirs costs hundreds of times
// as much.
//
// Who may see it, and which members, is as with MemberIDs; so are the errors.
// Besides: ErrInvalid for a size below 1 and for a malformed cursor, and
// ErrCursor for one of another list or viewer.
//
// The order is worked out with the first page that needs it, in proportion to
// the number of the client's members, and kept for the pages of all viewers
// until one of these members changes, or anybody is given another name. Of all
// clients and users together up to a million rows are kept, at some 70 bytes
// each.
func (m *Manager) MemberNames(viewer Call, client relationship.ClientID, size int, from Cursor) (Page[MemberName], error) {
	q, err := m.askWho(viewer, client)
	defer q.done()
	if err != nil {
		return Page[MemberName]{}, err
	}
	digest := digestOfNames("member names", string(client), viewer, string(q.partner))
	order := q.memberNames(client)
	return pageOf(order, q.revision, digest, size, from, func(at *named) (MemberName, bool) {
		user := relationship.UserID(at.id)
		why, seen := q.sees(at.entry, client, user, false)
		return MemberName{user, at.shown, why}, seen
	})
}

// PlaceNames lists the clients that a user is a member of in the order of their
// names, as MemberNames lists members. Who may see it, and which clients, is as
// with PlaceIDs; so are the errors, and those of pages.
func (m *Manager) PlaceNames(viewer Call, user relationship.UserID, size int, from Cursor) (Page[PlaceName], error) {
	q, err := m.askWhere(viewer, user)
	defer q.done()
	if err != nil {
		return Page[PlaceName]{}, err
	}
	digest := digestOfNames("place names", string(user), viewer, string(q.partner))
	order := q.placeNames(user)
	only := q.partner != "" && q.onlyEmploys(user)
	return pageOf(order, q.revision, digest, size, from, func(at *named) (PlaceName, bool) {
		client := relationship.ClientID(at.id)
		why, seen := q.sees(at.entry, client, user, only)
		return PlaceName{client, at.shown, why}, seen
	})
}

// pageOf is the page behind a cursor, of the rows that are seen.
func pageOf[Row any](order *nameOrder, revision storage.Revision, digest queryDigest, size int, from Cursor,
	row func(*named) (Row, bool)) (Page[Row], error) {
	if size < 1 {
		return Page[Row]{}, invalid("list", "size", "is less than one")
	}
	start, err := order.behind(from, digest)
	if err != nil {
		return Page[Row]{}, err
	}
	page := Page[Row]{Revision: revision}
	last := 0
	for i := start; i < len(order.rows); i++ {
		next, seen := row(&order.rows[i])
		if !seen {
			continue
		}
		if len(page.Rows) == size {
			page.Next = newCursor(digest, order.position(last))
			break
		}
		if page.Rows == nil {
			page.Rows = make([]Row, 0, min(size, len(order.rows)-i))
		}
		page.Rows, last = append(page.Rows, next), i
	}
	return page, nil
}

// sees reports whether the viewer sees a member, by what the index knows of
// them, and why the member can use nothing.
func (q *asker) sees(e entry, client relationship.ClientID, user relationship.UserID, only bool) (why Reason, seen bool) {
	number := e.at(q.second)
	if q.partner != "" && !q.manages(number, only, client, user) {
		return 0, false
	}
	if number != askEvaluator {
		failed := q.view.index.profiles[number].verdict.failed
		return failed.first(), failed.stillMember()
	}
	w, is := q.weigh(client, user)
	return w.failed.first(), is && w.failed.stillMember()
}
