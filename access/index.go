package access

import (
	"cmp"
	"slices"

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
	v        *vocabulary
	hash     hasher
	numbers  map[verdict]uint16
	profiles []*profile
	outside  outsiders
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

// build makes the index of a whole state, one client after the other.
func (x *indexer) build(snapshot storage.Snapshot) index {
	crowd := crowd{x: x, gathered: newGathering(snapshot, snapshot.At())}
	table, places := &table{}, draftOrder{}
	draft := draftBlocks{h: &x.hash}
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

// touched is a place that lines concern, and the number from 1 of the line that
// says how the member there is; 0 where none does.
type touched struct {
	place Place
	line  int
}

// follow makes the index of a state from that of an earlier one and what
// was written in between.
func (x *indexer) follow(before index, snapshot storage.Snapshot, lines []relationship.Line) index {
	places := make([]touched, 0, len(lines))
	for i, line := range lines {
		switch key := line.Key(); key.Kind {
		case relationship.KindCatalog:
			return x.build(snapshot)
		case relationship.KindMember:
			places = append(places, touched{placeOf(key), i + 1})
		default:
			for place := range concerned(snapshot, line) {
				places = append(places, touched{place: place})
			}
		}
	}
	if len(places) == 0 {
		return index{before.table, before.places, x.profiles}
	}
	// Of the lines about one place, the last comes first: it says how the
	// member is.
	slices.SortFunc(places, func(a, b touched) int {
		if of := comparePlaces(a.place, b.place); of != 0 {
			return of
		}
		return cmp.Compare(b.line, a.line)
	})
	ahead := ahead{r: snapshot}
	if len(places) >= aheadAt {
		ahead.r = snapshot.Draft() // which looks ahead
	}
	crowd := crowd{x: x, gathered: newGathering(ahead.r, snapshot.At())}
	members := make([]memberUpdate, 0, len(places)) // of all clients
	var updates []clientUpdate
	for i, at := range places {
		ahead.at(i, len(places), func(keys []relationship.Key, i int) []relationship.Key {
			if line := places[i].line; line > 0 {
				if member, is := lines[line-1].After.(relationship.Member); is {
					return keysOf(keys, &member)
				}
			}
			return keys
		})
		place := at.place
		if i > 0 && place == places[i-1].place {
			continue
		}
		if n := len(updates); n == 0 || updates[n-1].client != string(place.Client) {
			updates = append(updates, clientUpdate{client: string(place.Client), members: members[len(members):]})
		}
		var member relationship.Member
		var found bool
		if at.line > 0 {
			member, found = lines[at.line-1].After.(relationship.Member)
		} else {
			member, found = storage.GetMember(snapshot, place.Client, place.User)
		}
		if found {
			members = append(members, x.update(&crowd, &member))
		} else {
			left := x.about(place.User)
			left.gone = true
			members = append(members, left)
		}
		last := &updates[len(updates)-1]
		last.members = last.members[:len(last.members)+1]
	}
	return index{
		before.table.with(&x.hash, updates), before.places.withPlaces(&x.hash, before.table, snapshot, updates), x.profiles,
	}
}
