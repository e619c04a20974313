package memdb

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// loading is a state in the making from records that come in any order. Those
// that come in the order of their keys cost no sorting.
type loading struct {
	draft *draft
	// members are the rows of the rosters to be, and places the clients of each
	// user. They hold one text for each id.
	members map[relationship.ClientID]*roll
	places  map[relationship.UserID]*stays
}

// roll are the rows of a roster to be.
type roll struct {
	client relationship.ClientID
	rows   []member
}

// stays are the clients of a user.
type stays struct {
	user    relationship.UserID
	clients []relationship.ClientID
}

func newLoading() *loading {
	return &loading{
		draft:   newDraft(New().now.Load()),
		members: map[relationship.ClientID]*roll{},
		places:  map[relationship.UserID]*stays{},
	}
}

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
		return bulk.LoadMembers(ctx, put, func(members []relationship.Member) error { hear(); return l.addMembers(members) })
	}
	return journal.Load(ctx, func(record relationship.Record) error { hear(); return l.add(record) })
}

// add puts a record in.
func (l *loading) add(record relationship.Record) error {
	if err := record.Check(); err != nil {
		return fmt.Errorf("%w: %w", storage.ErrCorrupt, err)
	}
	if m, is := record.(relationship.Member); is {
		return l.addMembers([]relationship.Member{m})
	}
	return l.put(record)
}

// put puts a record in that is no membership, and has been checked.
func (l *loading) put(record relationship.Record) error {
	for _, unique := range storage.UniqueValues(record) {
		if _, taken := l.draft.find(unique); taken {
			return fmt.Errorf("%w: %w", storage.ErrCorrupt, storage.ErrConflict)
		}
	}
	l.draft.tables.put(l.draft.number, record.Key(), nil, record)
	return l.draft.txn.Insert(recordTable, record)
}

// addMembers puts members of one client in, who have been checked.
func (l *loading) addMembers(list []relationship.Member) error {
	r := l.members[list[0].Client]
	if r == nil {
		r = &roll{client: relationship.ClientID(strings.Clone(string(list[0].Client)))}
		l.members[r.client] = r
	}
	r.rows = slices.Grow(r.rows, len(list))
	for i := range list {
		m := &list[i]
		p := l.places[m.User]
		if p == nil {
			p = &stays{user: relationship.UserID(strings.Clone(string(m.User)))}
			l.places[p.user] = p
		}
		p.clients = append(p.clients, r.client)
		row := l.draft.shapes.member(m)
		row.user = p.user
		r.rows = append(r.rows, row)
	}
	return nil
}

// has reports whether a record of the key, of another kind than member, is in.
func (l *loading) has(key relationship.Key) bool {
	_, found := l.draft.get(key)
	return found
}

// finish makes the rosters and the places.
func (l *loading) finish() error {
	byUser := func(a, b member) int { return cmp.Compare(a.user, b.user) }
	for _, client := range slices.Sorted(maps.Keys(l.members)) {
		rows := l.members[client].rows
		if !slices.IsSortedFunc(rows, byUser) {
			slices.SortFunc(rows, byUser)
		}
		for i := 1; i < len(rows); i++ {
			if rows[i-1].user == rows[i].user {
				return fmt.Errorf("%w: %s is there twice", storage.ErrCorrupt, relationship.MemberKey(client, rows[i].user))
			}
		}
		made := &roster{l.members[client].client, appendCut(nil, slices.Clip(rows))}
		l.draft.rosters.put(l.draft.number, hashText(string(client)), client, made)
		delete(l.members, client)
	}
	for _, p := range l.places {
		if !slices.IsSorted(p.clients) {
			slices.Sort(p.clients)
		}
		made := &places{p.user, appendCut(nil, slices.Clip(p.clients))}
		l.draft.places.put(l.draft.number, hashText(string(p.user)), p.user, made)
	}
	return nil
}
