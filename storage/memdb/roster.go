package memdb

import (
	"cmp"
	"math"
	"slices"
	"time"
	"unique"

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

func newMember(m relationship.Member) member {
	return member{
		user: m.User,
		shape: unique.Make(shape{
			m.Role, m.Set, m.Manager, m.Linked, m.Deactivated, m.PaidSeat, m.Template, m.EndByClient, m.By,
		}),
		end: micro(m.End), since: micro(m.Since), term: micro(m.TermFrom),
	}
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

// pending are the memberships that a draft has written and not yet put into
// rosters: there they go together, each client's and each user's at once.
type pending struct {
	byClient map[relationship.ClientID]map[relationship.UserID]bool
	byUser   map[relationship.UserID]map[relationship.ClientID]bool
}

func (p *pending) note(key relationship.Key) {
	if p.byClient == nil {
		p.byClient = map[relationship.ClientID]map[relationship.UserID]bool{}
		p.byUser = map[relationship.UserID]map[relationship.ClientID]bool{}
	}
	client, user := relationship.ClientID(key.First), relationship.UserID(key.Second)
	if p.byClient[client] == nil {
		p.byClient[client] = map[relationship.UserID]bool{}
	}
	p.byClient[client][user] = true
	if p.byUser[user] == nil {
		p.byUser[user] = map[relationship.ClientID]bool{}
	}
	p.byUser[user][client] = true
}

// flushClient puts what is pending for a client into its roster.
func (d *draft) flushClient(client relationship.ClientID) {
	users := d.pending.byClient[client]
	if len(users) == 0 {
		return
	}
	delete(d.pending.byClient, client)
	before, _ := rosterOf(d.txn, client)
	edits := make([]edit[member], 0, len(users))
	for user := range users {
		key := relationship.MemberKey(client, user)
		e := edit[member]{key: string(user), gone: true}
		if written, is := d.written[key].(relationship.Member); is {
			e.item, e.gone = newMember(written), false
			if p, found := placesOf(d.txn, user); found {
				e.item.user = p.user // one text for all memberships of a user
			}
		}
		edits = append(edits, e)
	}
	slices.SortFunc(edits, func(a, b edit[member]) int { return cmp.Compare(a.key, b.key) })
	if before.members == nil {
		before.client = client
	}
	after := roster{before.client, before.members.with(userOf, edits)}
	if len(after.members) == 0 {
		if before.members == nil {
			return
		}
		d.remove(rosterTable, before)
		return
	}
	d.insert(rosterTable, after)
}

// flushUser puts what is pending for a user into the list of their places.
func (d *draft) flushUser(user relationship.UserID) {
	clients := d.pending.byUser[user]
	if len(clients) == 0 {
		return
	}
	delete(d.pending.byUser, user)
	before, found := placesOf(d.txn, user)
	if !found {
		before.user = user
	}
	edits := make([]edit[relationship.ClientID], 0, len(clients))
	for client := range clients {
		_, is := before.clients.get(itself, string(client))
		written := d.written[relationship.MemberKey(client, user)] != nil
		if is != written {
			if r, found := rosterOf(d.txn, client); found {
				client = r.client // one text for all members of a client
			}
			edits = append(edits, edit[relationship.ClientID]{key: string(client), item: client, gone: !written})
		}
	}
	if len(edits) == 0 {
		return
	}
	slices.SortFunc(edits, func(a, b edit[relationship.ClientID]) int { return cmp.Compare(a.key, b.key) })
	after := places{before.user, before.clients.with(itself, edits)}
	if len(after.clients) == 0 {
		d.remove(placesTable, before)
		return
	}
	d.insert(placesTable, after)
}

// flush puts everything that is pending into rosters and places.
func (d *draft) flush() {
	for client := range d.pending.byClient {
		d.flushClient(client)
	}
	for user := range d.pending.byUser {
		d.flushUser(user)
	}
}

// insert and remove write rosters and places. An error of go-memdb here can
// only mean that this package asks for a table that its schema does not have.
func (d *draft) insert(table string, object any) {
	if err := d.txn.Insert(table, object); err != nil {
		panic(err)
	}
}

func (d *draft) remove(table string, object any) {
	if err := d.txn.Delete(table, object); err != nil {
		panic(err)
	}
}
