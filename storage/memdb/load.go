package memdb

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// loading is a state in the making from records that come in any order. Those
// that come in the order of their keys cost no sorting.
//
// Until it is finished, the rosters and the lists of places are one chunk each,
// which grows: nobody else has them yet.
type loading struct {
	draft  *draft
	shapes [16]shapes
}

func newLoading() *loading { return &loading{draft: newDraft(New().now.Load())} }

// load puts in everything that a journal holds. It calls heard now and then: the
// journal is not silent.
func (l *loading) load(ctx context.Context, journal storage.Journal, heard func()) (storage.Head, error) {
	calls := 0
	hear := func() {
		if calls++; calls%atOnce == 0 {
			heard()
		}
	}
	if bulk, is := journal.(storage.MembersLoader); is {
		put := func(record relationship.Record) error { hear(); return l.put(record) }
		return bulk.LoadMembers(ctx, put, func(members []relationship.Member) error { hear(); return l.putMembers(members) })
	}
	return journal.Load(ctx, func(record relationship.Record) error { hear(); return l.add(record) })
}

// add puts a record in, once it has been checked.
func (l *loading) add(record relationship.Record) error {
	if err := record.Check(); err != nil {
		return fmt.Errorf("%w: %w", storage.ErrCorrupt, err)
	}
	if m, is := record.(relationship.Member); is {
		return l.putMembers([]relationship.Member{m})
	}
	return l.put(record)
}

// put puts a record in that is no membership.
func (l *loading) put(record relationship.Record) error {
	for _, unique := range storage.UniqueValues(record) {
		if _, taken := l.draft.find(unique); taken {
			return fmt.Errorf("%w: %w", storage.ErrCorrupt, storage.ErrConflict)
		}
	}
	l.draft.hold(l.draft.number, nil, record)
	l.draft.tables.put(l.draft.number, record.Key(), record)
	return l.draft.txn.Insert(recordTable, record)
}

// putMembers puts members of one client in.
func (l *loading) putMembers(members []relationship.Member) error {
	r := l.roster(members[0].Client)
	rows := slices.Grow(r.members[0], len(members))
	for i := range members {
		m := &members[i]
		p := l.places(m.User)
		p.clients[0] = append(p.clients[0], r.client)
		row := l.shapesFor(m).member(m)
		row.user = p.user
		rows = append(rows, row)
	}
	r.members[0] = rows
	return nil
}

// roster returns the roster of a client. It has the one text of the id.
func (l *loading) roster(client relationship.ClientID) *roster {
	hash := hashText(string(client))
	r, found := l.draft.rosters.get(hash, client)
	if !found {
		r = &roster{relationship.ClientID(strings.Clone(string(client))), make(chunks[member], 1)}
		l.draft.rosters.put(l.draft.number, hash, r.client, r)
	}
	return r
}

// places returns the places of a user. They have the one text of the id.
func (l *loading) places(user relationship.UserID) *places {
	hash := hashText(string(user))
	p, found := l.draft.places.get(hash, user)
	if !found {
		p = &places{relationship.UserID(strings.Clone(string(user))), make(chunks[relationship.ClientID], 1)}
		l.draft.places.put(l.draft.number, hash, p.user, p)
	}
	return p
}

// shapesFor returns who may have seen the shape of a member last. Members of a
// client have a few shapes in turn: most often these differ in how long the
// permission set is.
func (l *loading) shapesFor(m *relationship.Member) *shapes {
	return &l.shapes[(len(m.Set.String())+3*len(m.Deactivated)+5*len(m.Template))%len(l.shapes)]
}

// has reports whether a record of the key, of another kind than member, is in.
func (l *loading) has(key relationship.Key) bool {
	_, found := l.draft.get(hashKey(key), key)
	return found
}

// finish puts the rosters and the places in order.
func (l *loading) finish() error {
	byUser := func(a, b member) int { return cmp.Compare(a.user, b.user) }
	for r := range l.draft.rosters.all {
		rows := r.members[0]
		if !slices.IsSortedFunc(rows, byUser) {
			slices.SortFunc(rows, byUser)
		}
		for i := 1; i < len(rows); i++ {
			if rows[i-1].user == rows[i].user {
				return fmt.Errorf("%w: %s is there twice", storage.ErrCorrupt, relationship.MemberKey(r.client, rows[i].user))
			}
		}
		r.members = appendCut(nil, tight(rows))
	}
	for p := range l.draft.places.all {
		if !slices.IsSorted(p.clients[0]) {
			slices.Sort(p.clients[0])
		}
		p.clients = appendCut(nil, tight(p.clients[0]))
	}
	return nil
}

// tight is a slice without the room to grow that it has too much.
func tight[T any](list []T) []T {
	if cap(list)-len(list) > len(list)/8 {
		return slices.Clone(list)
	}
	return list
}
