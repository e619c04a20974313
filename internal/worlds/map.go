package worlds

import (
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// Map is what a host would have written itself: the members in a Go map, and
// the clients' states in another, without a lock. Reading it is safe for
// concurrent use while nobody adds.
type Map struct {
	members map[mapKey]mapMember
	clients map[string]int64 // until when the relationship lasts; zero is for ever
	sets    [][8]uint64
	now     func() time.Time
}

type mapKey struct{ user, client string }

type mapMember struct {
	set    [8]uint64
	active bool
	until  int64
}

// NewMap returns an empty map for a world's members.
func NewMap(w *World) *Map {
	m := &Map{members: map[mapKey]mapMember{}, clients: map[string]int64{}, now: w.Clock.Now}
	for set := range w.Sets {
		m.sets = append(m.sets, w.bits(set))
	}
	return m
}

// Add puts a member into the map.
func (m *Map) Add(member Member) {
	client := string(member.Client)
	if _, known := m.clients[client]; !known {
		m.clients[client] = unix(member.Limit)
	}
	m.members[mapKey{string(member.User), client}] = mapMember{
		set: m.sets[member.Set], active: !member.Deactivated, until: unix(member.End),
	}
}

// Remove takes a member out of the map.
func (m *Map) Remove(user relationship.UserID, client relationship.ClientID) {
	delete(m.members, mapKey{string(user), string(client)})
}

// Can tells whether the answer to a question is yes. The clock is read for a
// member or a client with an end.
func (m *Map) Can(q *Question) bool {
	member, is := m.members[mapKey{string(q.User), string(q.Client)}]
	if !is || !member.active {
		return false
	}
	until, known := m.clients[string(q.Client)]
	if !known {
		return false
	}
	if member.until != 0 && (until == 0 || member.until < until) {
		until = member.until
	}
	if until != 0 && m.now().UnixNano() >= until {
		return false
	}
	return member.set[q.Number/64]>>(q.Number%64)&1 != 0
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}
