package access

import (
	"cmp"
	"slices"

	"github.com/clientaccess/clientaccess/internal/both"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// following works out what lines mean to the index.
type following struct {
	x        *indexer
	snapshot storage.Snapshot
	lines    []relationship.Line
	// places are those that the lines concern, in order, and members what becomes
	// of each.
	places  []touched
	members []memberUpdate
}

// touched is a place that lines concern, and the number from 1 of the last line
// that says how the member there is; 0 where none does.
type touched struct {
	place Place
	line  int
}

// follow makes the index of a state from that of an earlier one and what was
// written in between.
func (x *indexer) follow(before index, snapshot storage.Snapshot, lines []relationship.Line) index {
	f := following{x: x, snapshot: snapshot, lines: lines}
	if !f.touch() {
		return x.build(snapshot)
	}
	n := len(f.places)
	if n == 0 {
		return index{before.table, before.places, x.profiles}
	}
	f.members = make([]memberUpdate, n)
	isLarge, half := n >= both.Large, n
	if isLarge {
		half = n / 2
	}
	both.Do(isLarge, func() { f.workOut(0, half) }, func() { f.workOut(half, n) })
	updates := f.byClient()
	var table *table
	var places *order
	both.Do(isLarge,
		func() { places = before.places.withPlaces(&x.hash, before.table, snapshot, updates) },
		func() { table = before.table.with(&x.hash, updates) },
	)
	return index{table, places, x.profiles}
}

// touch sets the places. It reports whether following is possible: another
// catalogue concerns everybody.
func (f *following) touch() bool {
	f.places = make([]touched, 0, len(f.lines))
	for i, line := range f.lines {
		switch key := line.Key(); key.Kind {
		case relationship.KindCatalog:
			return false
		case relationship.KindMember:
			f.places = append(f.places, touched{placeOf(key), i + 1})
		default:
			for place := range concerned(f.snapshot, line) {
				f.places = append(f.places, touched{place: place})
			}
		}
	}
	// Of the lines about one place, the last comes first: it says how the
	// member is.
	slices.SortFunc(f.places, func(a, b touched) int {
		if of := comparePlaces(a.place, b.place); of != 0 {
			return of
		}
		return cmp.Compare(b.line, a.line)
	})
	f.places = slices.CompactFunc(f.places, func(a, b touched) bool { return a.place == b.place })
	return true
}

// workOut works out what becomes of the places from one number to another.
func (f *following) workOut(from, to int) {
	if from == to {
		return
	}
	places := f.places[from:to]
	ahead := ahead{r: f.snapshot}
	if len(places) >= aheadAt {
		ahead.r = f.snapshot.Draft() // which looks ahead
	}
	crowd := crowd{x: f.x, gathered: newGathering(ahead.r, f.snapshot.At())}
	for i, at := range places {
		ahead.at(i, len(places), func(keys []relationship.Key, i int) []relationship.Key {
			if line := places[i].line; line > 0 {
				if member, is := f.lines[line-1].After.(relationship.Member); is {
					return keysOf(keys, &member)
				}
			}
			return keys
		})
		if member, found := f.member(at); found {
			f.members[from+i] = f.x.update(&crowd, &member)
		} else {
			f.members[from+i] = f.x.about(at.place.User)
			f.members[from+i].gone = true
		}
	}
}

// member is the member at a place, as they are now.
func (f *following) member(at touched) (relationship.Member, bool) {
	if at.line > 0 {
		member, found := f.lines[at.line-1].After.(relationship.Member)
		return member, found
	}
	return storage.GetMember(f.snapshot, at.place.Client, at.place.User)
}

// byClient are the members of each client.
func (f *following) byClient() (updates []clientUpdate) {
	for from := 0; from < len(f.places); {
		client, to := f.places[from].place.Client, from+1
		for to < len(f.places) && f.places[to].place.Client == client {
			to++
		}
		updates = append(updates, clientUpdate{client: string(client), members: f.members[from:to]})
		from = to
	}
	return updates
}
