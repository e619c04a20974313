package access

import (
	"sync"
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// asker is a question about many members at one instant on one state, and what
// of them its viewer may see. It belongs to one goroutine.
type asker struct {
	m        *Manager
	view     *view
	revision storage.Revision
	now      time.Time
	second   int64
	// partner is whose managed members the viewer sees; empty for everybody.
	partner relationship.PartnerID
	// permission is what is asked about; the zero Permission asks who is a
	// member at all. picked are the profiles whose members are found.
	permission permset.Permission
	picked     picked
	// slot is what the index knows of the client that the question is about,
	// and rows of the user; none where it may not answer.
	slot *slot
	rows rows
	// gathered is for the members whom the index does not know; it has no state
	// before there is one.
	gathered *gathering
}

// askers spare pages pieces of memory. Whoever has one and is done may put it
// back.
var askers = sync.Pool{New: func() any { return &asker{gathered: new(gathering)} }}

// done puts the asker back.
func (q *asker) done() {
	if q.gathered.r != nil {
		*q.gathered = gathering{}
	}
	*q = asker{gathered: q.gathered}
	askers.Put(q)
}

func (m *Manager) asker(viewer Call) (*asker, error) {
	q := askers.Get().(*asker)
	q.m = m
	if err := viewer.check(); err != nil {
		return q, err
	}
	seen, err := m.seen()
	q.view, q.revision, q.now = seen, seen.revision, m.nowAt(seen.snapshot)
	q.second = q.now.Unix()
	if err == nil && !seen.inForce {
		err = ErrCatalog
	}
	return q, err
}

// askWho finds out whether the viewer may ask who is in a client, and whom they
// see there.
func (m *Manager) askWho(viewer Call, client relationship.ClientID) (*asker, error) {
	q, err := m.asker(viewer)
	if err != nil {
		return q, err
	}
	r := q.view.snapshot
	if !viewer.host {
		if _, err := m.vocabulary.findClientSide(r, viewer, client, q.now); err != nil {
			employee, err := findEmployee(r, viewer, q.now)
			_, related := r.Get(relationship.RelationshipKey(employee.Partner, client))
			if err != nil || !related {
				return q, refuse("ASK-3", ErrNotAllowed, client)
			}
			q.partner = employee.Partner
		}
	}
	first := uint16(askEvaluator)
	if q.view.direct {
		if q.slot = q.view.index.table.client(&m.indexer.hash, string(client)); q.slot != nil {
			first = q.slot.first().at(q.second)
		}
	}
	if !q.knows(first, relationship.ClientKey(client), ReasonUnknownClient) {
		return q, refuse("ASK-4", ErrUnknownClient, client)
	}
	return q, nil
}

// askWhere finds out whether the viewer may ask where a user is, and which of
// that they see.
func (m *Manager) askWhere(viewer Call, user relationship.UserID) (*asker, error) {
	q, err := m.asker(viewer)
	if err != nil {
		return q, err
	}
	r := q.view.snapshot
	if themselves := viewer.user == user && viewer.partner == ""; !viewer.host && !themselves {
		employee, err := findEmployee(r, viewer, q.now)
		colleague, _ := storage.Get[relationship.Employee](r, relationship.EmployeeKey(employee.Partner, user))
		if err != nil || !colleague.Present() {
			return q, refuse("ASK-3", ErrNotAllowed, user)
		}
		q.partner = employee.Partner
	}
	if q.view.direct {
		q.rows = q.view.index.places.of(&m.indexer.hash, string(user))
	}
	walk := q.rows.from(0, q.rows.n)
	if !q.knows(walk.next().at(q.second), relationship.UserKey(user), ReasonUnknownUser) {
		return q, refuse("ASK-4", ErrUnknownUser, user)
	}
	return q, nil
}

// knows reports whether there is the client or the user that the question is
// about. Who has a member whose verdict does not lack them is there, and need not
// be looked up: first is the number of the profile of one.
func (q *asker) knows(first uint16, key relationship.Key, missing Reason) bool {
	if first != askEvaluator && !q.view.index.profiles[first].verdict.failed.has(missing) {
		return true
	}
	_, known := q.view.snapshot.Get(key)
	return known
}

// about makes it a question about a permission.
func (q *asker) about(permission permset.Permission) error {
	if permission.IsZero() || permission.Catalog() != q.m.vocabulary.catalog {
		return refuse("ASK-4", ErrUnknownPermission)
	}
	q.permission = permission
	return nil
}

// users runs over those who are found in a client, behind an id.
func (q *asker) users(client relationship.ClientID, after relationship.UserID, yield func(relationship.UserID, error) bool) {
	q.pick()
	if q.slot != nil && q.slot.many == nil && q.partner == "" {
		q.usersInOrder(client, after, yield)
		return
	}
	var room [64]relationship.UserID
	for more := true; more; {
		var found []relationship.UserID
		if found, more = q.usersOneByOne(client, after, room[:0]); more {
			after = found[len(found)-1]
		}
		for _, user := range found {
			if !yield(user, nil) {
				return
			}
		}
	}
}

// usersOneByOne is users for any client and viewer: the first of them, as many as
// there is room for, and whether there may be more. What yields from an iterator of
// the snapshot would take memory of its own.
func (q *asker) usersOneByOne(client relationship.ClientID, after relationship.UserID, found []relationship.UserID) (_ []relationship.UserID, more bool) {
	for user, manager := range storage.Users(q.view.snapshot, client, after, q.partner != "") {
		if q.partner != "" && manager != q.partner {
			continue
		}
		number := uint16(askEvaluator)
		if e, known := q.slot.find(&q.m.indexer.hash, string(user)); known {
			number = e.at(q.second)
		}
		if !q.finds(number, client, user) {
			continue
		}
		if found = append(found, user); len(found) == cap(found) {
			return found, true
		}
	}
	return found, false
}

// usersInOrder is users for a client whose members lie together in the index.
func (q *asker) usersInOrder(client relationship.ClientID, after relationship.UserID, yield func(relationship.UserID, error) bool) {
	block := &q.slot.one
	block.touch()
	order := block.behind(string(after))
	for i := range len(order) {
		r := block.record(int(order[i]))
		user := relationship.UserID(r.id())
		if q.finds(r.entry().at(q.second), client, user) && !yield(user, nil) {
			return
		}
	}
}

// clients runs over those in which a user is found, behind an id.
func (q *asker) clients(user relationship.UserID, after relationship.ClientID, yield func(relationship.ClientID, error) bool) {
	q.pick()
	ids := placeIDs(storage.Clients(q.view.snapshot, user))
	number, of := ids.count(string(after))
	walk := q.rows.from(number, of)
	only := q.partner != "" && q.onlyEmploys(user)
	for _, piece := range ids.behind(number) {
		for _, client := range piece {
			number := walk.next().at(q.second)
			if q.partner != "" && !q.manages(number, only, client, user) {
				continue
			}
			if q.finds(number, client, user) && !yield(client, nil) {
				return
			}
		}
	}
}

// onlyEmploys reports whether nobody but the viewer's partner employs a user.
func (q *asker) onlyEmploys(user relationship.UserID) bool {
	for employee := range employments(q.view.snapshot, user) {
		if employee.Partner != q.partner && employee.Present() {
			return false
		}
	}
	return true
}

// manages reports whether the viewer's partner manages a member. Where somebody
// does who employs them, and nobody else employs them, it is the viewer's
// partner, and the member need not be looked at.
func (q *asker) manages(number uint16, only bool, client relationship.ClientID, user relationship.UserID) bool {
	if number != askEvaluator {
		switch verdict := &q.view.index.profiles[number].verdict; {
		case !verdict.managed:
			return false
		case only && !verdict.failed.has(ReasonEmployeeInactive):
			return true
		}
	}
	member, _ := storage.GetMember(q.view.snapshot, client, user)
	return member.Manager == q.partner
}

// finds reports whether a member is among those who are asked for, by the number
// of their profile.
func (q *asker) finds(number uint16, client relationship.ClientID, user relationship.UserID) bool {
	if number != askEvaluator {
		return q.picked[number]
	}
	return q.findsByFacts(client, user)
}

// findsByFacts is finds for a member whom the index does not know.
func (q *asker) findsByFacts(client relationship.ClientID, user relationship.UserID) bool {
	w, is := q.weigh(client, user)
	return is && q.m.vocabulary.picks(&w, q.permission)
}

// weigh asks the evaluator about a member.
func (q *asker) weigh(client relationship.ClientID, user relationship.UserID) (verdict, bool) {
	member, found := storage.GetMember(q.view.snapshot, client, user)
	if !found {
		return verdict{}, false
	}
	if q.gathered.r == nil {
		q.gathered.r, q.gathered.facts.now = q.view.snapshot, q.now
	}
	return q.m.vocabulary.weigh(q.gathered.whole(&member)), true
}
