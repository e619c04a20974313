package access

import (
	"sync"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// index answers what the evaluator would answer, from memory laid out for it.
// All that can be decided when a commit is made is decided then: an entry for
// each member says which profile they have. Only time is left to the question.
// What the index does not know, it leaves to the evaluator.
type index struct {
	table    *table
	places   *order
	profiles []*profile
}

// profile is a verdict that many members have in common.
type profile struct {
	// left are the permissions that the cuts leave of all, and passes those of
	// them that the member's set has: left has nearly all that anybody asks about.
	left, passes permset.Set
	verdict      verdict
}

func (v *vocabulary) profile(w verdict) *profile {
	left := w.kept
	for _, leaves := range w.leaves {
		left = left.Intersect(leaves)
	}
	return &profile{left, left.Intersect(w.given), w}
}

// allowed are the permissions that may be used.
func (p *profile) allowed() permset.Set {
	if p.verdict.failed != 0 {
		return permset.Set{}
	}
	return p.passes
}

// indexer makes indexes, one out of the other. It belongs to whoever moves the
// Manager's view.
type indexer struct {
	v       *vocabulary
	hash    hasher
	outside outsiders
	// numbering guards profiles, and the numbers that they have.
	numbering sync.Mutex
	numbers   map[verdict]uint16
	profiles  []*profile
}

func newIndexer(v *vocabulary) *indexer {
	return &indexer{v: v, hash: newHasher(), numbers: map[verdict]uint16{}, outside: newOutsiders(v)}
}

// outsiders are the profiles of who is no member, by what else is known of
// them: they are in no table.
type outsiders struct {
	// noClient, open and closed are of a client that is not known, and of one
	// that is; the first of each is of a user who is not known.
	noClient, open, closed [2]*profile
}

func newOutsiders(v *vocabulary) (o outsiders) {
	for user, userKnown := range []bool{false, true} {
		of := func(f facts) *profile {
			f.userKnown = userKnown
			return v.profile(v.weigh(&f))
		}
		o.noClient[user] = of(facts{})
		o.open[user] = of(facts{clientKnown: true})
		o.closed[user] = of(facts{clientKnown: true, client: relationship.Client{Closed: true}})
	}
	return o
}

// of returns the profile of a user who is no member of a client.
func (o *outsiders) of(r storage.Reader, client relationship.ClientID, user relationship.UserID) *profile {
	which := &o.open
	account, known := storage.Get[relationship.Client](r, relationship.ClientKey(client))
	switch {
	case !known:
		which = &o.noClient
	case account.Closed:
		which = &o.closed
	}
	if _, known := r.Get(relationship.UserKey(user)); known {
		return which[1]
	}
	return which[0]
}

// number returns the number of the profile of some facts.
func (x *indexer) number(f *facts) uint16 {
	w := x.v.weigh(f)
	x.numbering.Lock()
	defer x.numbering.Unlock()
	if number, known := x.numbers[w]; known {
		return number
	}
	number := len(x.profiles)
	if number == rowBounded {
		return askEvaluator // a world has a handful; this one has too many
	}
	x.profiles = append(x.profiles, x.v.profile(w))
	x.numbers[w] = uint16(number)
	return uint16(number)
}

// build makes the index of a whole state, one client after the other. It keeps the
// bindings of all sets that are stored.
func (x *indexer) build(snapshot storage.Snapshot) index {
	crowd := crowd{x: x, gathered: newGathering(snapshot, snapshot.At())}
	table, places := &table{}, draftOrder{}
	draft := draftBlocks{h: &x.hash}
	for terms := range storage.As[relationship.Terms](snapshot.All(relationship.KindTerms, relationship.Key{})) {
		x.v.remember(terms.Ceiling)
	}
	var set permset.Names
	var of clientUpdate
	done := func() {
		if len(of.members) > 0 {
			table.put(&draft, &of)
		}
	}
	for member := range storage.As[relationship.Member](snapshot.All(relationship.KindMember, relationship.Key{})) {
		if of.client != string(member.Client) {
			done()
			of = clientUpdate{client: string(member.Client), members: of.members[:0]}
		}
		if member.Set != set {
			set = member.Set
			x.v.remember(set)
		}
		update := x.update(&crowd, &member)
		of.members = append(of.members, update)
		places.add(update.user, update.entry)
	}
	done()
	return index{table, places.done(&x.hash), x.profiles}
}

func (x *indexer) update(c *crowd, member *relationship.Member) memberUpdate {
	u := x.about(member.User)
	u.entry = c.entry(member)
	return u
}

// about is an update about a user.
func (x *indexer) about(user relationship.UserID) memberUpdate {
	key := x.hash.key(string(user))
	return memberUpdate{key: key, hash: x.hash.hash(key), user: string(user)}
}
