package worlds

import (
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

const (
	settling = 2 * time.Hour    // from the laying out to the present
	limit    = time.Hour        // from the laying out to the end of some relationships
	lasting  = 1000 * time.Hour // from the laying out to the ends of members
)

// Forever is how far to turn a settled world's clock for every end to be over.
const Forever = lasting

// A world can be added to in so many turns, of so many members each. They come
// to spare clients, which nobody is asked about before.
const (
	Turns        = 6
	spare        = 10 // clients a turn
	perSpare     = 100
	PerTurn      = spare * perSpare
	singlesStart = perSpare // the users from there on come one by one
)

// World is a world for measuring: 40 permissions in use through 6 sets, 3 in
// 100 members deactivated, one in ten with an end, and one client in a hundred
// whose relationship is over. It is safe for concurrent use.
type World struct {
	Size
	Catalog *permset.Catalog
	Clock   *Clock
	// Permissions are those that are asked about.
	Permissions []permset.Permission
	// Sets are the permission sets, closed under implication.
	Sets []permset.Set

	names [][]string // of the sets
	start time.Time
}

// Member is a membership, as a host would read it from a table of its own.
type Member struct {
	User   relationship.UserID
	Client relationship.ClientID
	// Set is the number of the permission set in World.Sets.
	Set         int
	Deactivated bool
	// End is the member's own end, and Limit that of the relationship with the
	// client. The zero time is none.
	End, Limit time.Time
}

// Until is the earlier of both ends; the zero time is none.
func (m Member) Until() time.Time {
	if m.Limit.IsZero() || !m.End.IsZero() && m.End.Before(m.Limit) {
		return m.End
	}
	return m.Limit
}

// inUse are the names of the 40 permissions in use.
var inUse = sync.OnceValue(func() []string { return crm.Support().Union(crm.Marketing()).Slice()[:40] })

// New makes the world of a size, laid out two hours ago. It panics when the
// ready-made catalogue lacks a permission that it is made of.
func New(size Size) *World {
	w := &World{Size: size, Catalog: crm.Catalog(), Clock: new(Clock)}
	w.Clock.Turn(-settling)
	w.start = w.Clock.Now().Truncate(time.Second)
	for _, name := range inUse() {
		permission, known := w.Catalog.Lookup(name)
		if !known {
			panic("worlds: the catalogue has no permission " + name)
		}
		w.Permissions = append(w.Permissions, permission)
	}
	for i := range 6 {
		set, err := w.Catalog.Set(inUse()[:6+5*i]...)
		if err != nil {
			panic(err)
		}
		w.Sets = append(w.Sets, set)
		w.names = append(w.names, set.Names().Slice())
	}
	return w
}

// Settle turns the clock to the present, in which every hundredth client's
// relationship is over. Call it once, when everything is loaded.
func (w *World) Settle() { w.Clock.Turn(settling) }

// Client is the id of a client by number.
func (w *World) Client(c int) relationship.ClientID {
	return relationship.ClientID(w.id("client-%07d", c))
}

// id is a short id by its form, or a long one.
func (w *World) id(form string, n int) string {
	if !w.LongIDs {
		return fmt.Sprintf(form, n)
	}
	mixed := uint64(n+len(form)) * 0x9e3779b97f4a7c15
	return fmt.Sprintf("%08x-%04x-4000-8000-%012d", uint32(mixed>>32), uint16(mixed), n)
}

// User is the id of a client's i-th member.
func (w *World) User(c, i int) relationship.UserID { return w.user((c*7 + i*13) % w.users()) }

func (w *World) user(i int) relationship.UserID { return relationship.UserID(w.id("user-%06d", i)) }

func (w *World) users() int { return max(w.Clients/2, 2*w.PerClient*13, 2*perSpare) }

// Set is the number of the set of a client's i-th member.
func (w *World) Set(c, i int) int { return (c + i) % len(w.Sets) }

// Members are the members of all clients but the spare ones.
func (w *World) Members() iter.Seq[Member] {
	return func(yield func(Member) bool) {
		for c := range w.Clients {
			for i := range w.PerClient {
				if !yield(w.member(c, i)) {
					return
				}
			}
		}
	}
}

func (w *World) member(c, i int) Member {
	m := Member{User: w.User(c, i), Client: w.Client(c), Set: w.Set(c, i), Deactivated: (c+3*i)%33 == 0, Limit: w.limit(c)}
	if (c+i)%10 == 0 {
		m.End = w.start.Add(lasting)
	}
	return m
}

// limit is when the relationship with a client is over; the zero time is never.
func (w *World) limit(c int) time.Time {
	if c%100 == 99 {
		return w.start.Add(limit)
	}
	return time.Time{}
}

// Newcomers are the members, PerTurn of them, who come together in a turn
// below Turns: 100 to each of 10 clients.
func (w *World) Newcomers(turn int) []Member {
	list := make([]Member, 0, PerTurn)
	for c := turn * spare; c < (turn+1)*spare; c++ {
		for i := range perSpare {
			list = append(list, Member{User: w.user(i), Client: spareClient(c), Set: c % len(w.Sets)})
		}
	}
	return list
}

// Singles are members who come one by one in a turn below Turns.
func (w *World) Singles(turn int) iter.Seq[Member] {
	return func(yield func(Member) bool) {
		for i := singlesStart; i < w.users(); i++ {
			for c := turn * spare; c < (turn+1)*spare; c++ {
				if !yield(Member{User: w.user(i), Client: spareClient(c), Set: c % len(w.Sets)}) {
					return
				}
			}
		}
	}
}

func spareClient(c int) relationship.ClientID {
	return relationship.ClientID(fmt.Sprintf("spare-%07d", c))
}

// Has tells whether a set has a permission, both by number.
func (w *World) Has(set, permission int) bool { return w.Sets[set].Has(w.Permissions[permission]) }

// bits is a set as the bits of a plain map.
func (w *World) bits(set int) (bits [8]uint64) {
	for p := range w.Permissions {
		if w.Has(set, p) {
			bits[p/64] |= 1 << (p % 64)
		}
	}
	return bits
}

// Template is the name of the template that has a set.
func Template(set int) string { return fmt.Sprintf("set %d", set) }
