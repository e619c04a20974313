package memdb

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// loading is a state in the making from records that come in any order.
type loading struct {
	draft *draft
	// members are the rows of the rosters to be; users and clients hold one
	// text for each id.
	members map[relationship.ClientID][]member
	users   map[relationship.UserID]relationship.UserID
}

func newLoading() *loading {
	return &loading{
		draft:   newDraft(New().now.Load()),
		members: map[relationship.ClientID][]member{},
		users:   map[relationship.UserID]relationship.UserID{},
	}
}

// add puts a record in.
func (l *loading) add(record relationship.Record) error {
	if err := record.Check(); err != nil {
		return fmt.Errorf("%w: %w", storage.ErrCorrupt, err)
	}
	if m, is := record.(relationship.Member); is {
		if _, known := l.users[m.User]; !known {
			l.users[m.User] = m.User
		}
		row := l.draft.shapes.member(&m)
		row.user = l.users[m.User]
		l.members[m.Client] = append(l.members[m.Client], row)
		return nil
	}
	for _, unique := range storage.UniqueValues(record) {
		if _, taken := l.draft.find(unique); taken {
			return fmt.Errorf("%w: %w", storage.ErrCorrupt, storage.ErrConflict)
		}
	}
	l.draft.tables.put(l.draft.number, record.Key(), nil, record)
	return l.draft.txn.Insert(recordTable, record)
}

// has reports whether a record of the key, of another kind than member, is in.
func (l *loading) has(key relationship.Key) bool {
	_, found := l.draft.get(key)
	return found
}

// finish makes the rosters and the places.
func (l *loading) finish() error {
	clients := map[relationship.UserID][]relationship.ClientID{}
	for _, client := range slices.Sorted(maps.Keys(l.members)) {
		members := l.members[client]
		slices.SortFunc(members, func(a, b member) int { return cmp.Compare(a.user, b.user) })
		for i, m := range members {
			if i > 0 && members[i-1].user == m.user {
				return fmt.Errorf("%w: %s is there twice", storage.ErrCorrupt, relationship.MemberKey(client, m.user))
			}
			clients[m.user] = append(clients[m.user], client)
		}
		r := &roster{client, appendCut(nil, slices.Clip(members))}
		l.draft.rosters.put(l.draft.number, hashText(string(client)), client, r)
		delete(l.members, client)
	}
	for user, list := range clients {
		p := &places{user, appendCut(nil, slices.Clip(list))}
		l.draft.places.put(l.draft.number, hashText(string(user)), user, p)
	}
	return nil
}
