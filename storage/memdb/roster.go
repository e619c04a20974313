package memdb

import (
	"cmp"
	"math"
	"slices"
	"time"
	"unique"

	"github.com/clientaccess/clientaccess/internal/both"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// Memberships are many, and much of what they say is the same for many. So
// they are no rows of their own: a client has a roster of its members, a row
// each, and a user has a list of the clients in which they are one.

// shape is what many members have in common.
type shape struct {
	role        relationship.Role
	set         permset.Names
	manager     relationship.PartnerID
	linked      bool
	deactivated relationship.Side
	paidSeat    bool
	template    string
	endByClient bool
	by          relationship.Actor
}

// member is one row of a roster. Instants are in microseconds since 1970.
type member struct {
	user             relationship.UserID
	shape            unique.Handle[shape]
	end, since, term int64
}

// noInstant stands for the zero time.
const noInstant = math.MinInt64

func micro(at time.Time) int64 {
	if at.IsZero() {
		return noInstant
	}
	return at.UnixMicro()
}

func instant(micro int64) time.Time {
	if micro == noInstant {
		return time.Time{}
	}
	return time.UnixMicro(micro).UTC()
}

// shapes makes members. It remembers the last shape, because those that are
// written together mostly have one.
type shapes struct {
	last   shape
	handle unique.Handle[shape]
}

func (s *shapes) member(m *relationship.Member) member {
	wanted := shape{m.Role, m.Set, m.Manager, m.Linked, m.Deactivated, m.PaidSeat, m.Template, m.EndByClient, m.By}
	if wanted != s.last || s.handle == (unique.Handle[shape]{}) {
		s.last, s.handle = wanted, unique.Make(wanted)
	}
	return member{user: m.User, shape: s.handle, end: micro(m.End), since: micro(m.Since), term: micro(m.TermFrom)}
}

func (m member) of(client relationship.ClientID) relationship.Member {
	s := m.shape.Value()
	return relationship.Member{
		Client: client, User: m.user, Role: s.role, Set: s.set, Manager: s.manager, Linked: s.linked,
		Deactivated: s.deactivated, PaidSeat: s.paidSeat, Template: s.template, End: instant(m.end),
		EndByClient: s.endByClient, Since: instant(m.since), TermFrom: instant(m.term), By: s.by,
	}
}

func userOf(m member) string { return string(m.user) }

func itself(client relationship.ClientID) string { return string(client) }

// roster are the members of a client, in the order of their ids.
type roster struct {
	client  relationship.ClientID
	members chunks[member]
}

// places are the clients in which a user is a member, in the order of their
// ids.
type places struct {
	user    relationship.UserID
	clients chunks[relationship.ClientID]
}

// flushing puts what waits into rosters and into lists of places. It belongs to
// a draft, and keeps the memory that it works in.
type flushing struct {
	shapes  shapes
	members []edit[member]
	// halves are for the users whose hashes begin with 0, and those with 1.
	halves [2]flushingUsers
}

// flushingUsers puts what waits into lists of places.
type flushingUsers struct {
	clients []edit[relationship.ClientID]
	client  relationship.ClientID
}

// flushMembers puts the memberships that wait into the rosters of their clients
// and into the lists of their users' places.
func (d *draft) flushMembers() {
	waiting := d.members
	if len(waiting) == 0 {
		return
	}
	first := func(w *write) string { return w.key.First }
	second := func(w *write) string { return w.key.Second }
	sortBy(waiting, first, second)
	inGroups(waiting, first, func(client string, members []*write) {
		d.flushClient(relationship.ClientID(client), members)
	})
	sortBy(waiting, second, first)
	d.places.share(d.number)
	half := func(bit uint64) func() {
		return func() {
			inGroups(waiting, second, func(user string, memberships []*write) {
				if hash := hashText(user); hash>>63 == bit {
					d.flushUser(&d.flushing.halves[bit], hash, relationship.UserID(user), memberships)
				}
			})
		}
	}
	both.Do(d.isLarge(), half(0), half(1))
	for _, w := range waiting {
		w.waits = false
	}
	d.members = d.members[:0]
}

// sortBy sorts what is written by one part of the key, and then the other.
func sortBy(waiting []*write, first, second func(*write) string) {
	slices.SortFunc(waiting, func(a, b *write) int {
		if of := cmp.Compare(first(a), first(b)); of != 0 {
			return of
		}
		return cmp.Compare(second(a), second(b))
	})
}

// inGroups hands over together what has one part of the key in common, by which it
// is sorted.
func inGroups(waiting []*write, by func(*write) string, put func(id string, group []*write)) {
	for len(waiting) > 0 {
		id, n := by(waiting[0]), 1
		for n < len(waiting) && by(waiting[n]) == id {
			n++
		}
		put(id, waiting[:n])
		waiting = waiting[n:]
	}
}

// flushClient puts members into the roster of their client.
func (d *draft) flushClient(client relationship.ClientID, members []*write) {
	before := d.roster(client)
	edits := slices.Grow(d.flushing.members[:0], len(members))
	for i, w := range members {
		if i%aheadOf == 0 {
			d.aheadPlaces(members[i:min(i+aheadOf, len(members))])
		}
		written, is := w.after.(relationship.Member)
		if !is {
			edits = append(edits, edit[member]{item: member{user: relationship.UserID(w.key.Second)}, gone: true})
			continue
		}
		item := d.flushing.shapes.member(&written)
		item.user = d.placesOf(written.User).user // one text for all memberships of a user
		edits = append(edits, edit[member]{item: item})
	}
	d.flushing.members = edits
	after := &roster{before.client, before.members.with(userOf, edits)}
	if len(after.members) == 0 {
		d.rosters.remove(d.number, hashText(string(client)), client)
		return
	}
	d.rosters.put(d.number, hashText(string(client)), client, after)
}

// flushUser puts memberships into the list of their user's places.
func (d *draft) flushUser(f *flushingUsers, hash uint64, user relationship.UserID, memberships []*write) {
	before, found := d.places.get(hash, user)
	if !found {
		before = &places{user: user}
	}
	edits := f.clients[:0]
	for _, w := range memberships {
		_, is := before.clients.get(itself, w.key.First)
		if written := w.after != nil; is != written {
			if string(f.client) != w.key.First {
				f.client = d.roster(relationship.ClientID(w.key.First)).client
			}
			// One text for all members of a client.
			edits = append(edits, edit[relationship.ClientID]{item: f.client, gone: !written})
		}
	}
	if f.clients = edits; len(edits) == 0 {
		return
	}
	after := &places{before.user, before.clients.with(itself, edits)}
	if len(after.clients) == 0 {
		d.places.remove(d.number, hash, user)
		return
	}
	d.places.put(d.number, hash, user, after)
}
