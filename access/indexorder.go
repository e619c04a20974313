package access

import (
	"cmp"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/clientaccess/clientaccess/internal/both"
)

// order has the entries of the index a second time, in the order in which the
// places of a user are run over: for each owner, a user, those of the places lie
// together, in the order of the ids that the snapshot has of the clients. So a
// list reads its own memory from the beginning to the end, and no other. An
// order is never changed: with makes another, which shares what did not change.
// The members of a client need none: its block has them in order.
type order struct {
	shards [shards]map[string]rows
}

// rows are those of one owner: for each membership the number of its profile
// or, where time bounds it, rowBounded. Behind all rows follow three words for
// each bounded one: its profile, until when that holds, and the profile after
// that, as in an entry (newEntry has the order of the bits).
type rows struct {
	words []uint16
	n     int
}

const (
	rowBounded = askEvaluator - 1
	boundWords = 4
)

// of returns the rows of an owner; none when they are not known.
func (o *order) of(h *hasher, owner string) rows {
	return o.shards[h.of(owner)>>(64-shardBits)][owner]
}

// walk goes through rows one by one: row is the number of the next, and bound
// where the next bound stands.
type walk struct {
	rows
	row, bound int
}

// from begins with the row of a number. A walk through rows that are not as many
// as they ought to be knows none of them.
func (r rows) from(number, of int) walk {
	if r.n != of || number > of {
		return walk{}
	}
	return walk{r, number, r.n + boundWords*countBounded(r.words[:number])}
}

// next is what is known of the next row.
func (w *walk) next() entry {
	if w.row >= w.n {
		return askedOfEvaluator
	}
	r := w.words[w.row]
	if w.row++; r != rowBounded {
		return forEver(r)
	}
	b := w.words[w.bound:][:boundWords]
	w.bound += boundWords
	return entry(b[0]) | entry(b[1])<<16 | entry(b[2])<<32 | entry(b[3])<<48
}

func countBounded(rows []uint16) (n int) {
	for _, r := range rows {
		if r == rowBounded {
			n++
		}
	}
	return n
}

// draftRows are rows in the making.
type draftRows struct{ rows, bounds []uint16 }

func (d *draftRows) add(e entry) {
	if e.until() == 0 && e.profile() != rowBounded {
		d.rows = append(d.rows, e.profile())
		return
	}
	d.rows = append(d.rows, rowBounded)
	d.bounds = append(d.bounds, uint16(e), uint16(e>>16), uint16(e>>32), uint16(e>>48))
}

// take takes so many rows over from others, or leaves them out.
func (d *draftRows) take(from *walk, n int, leaveOut bool) {
	taken := from.words[from.row : from.row+max(0, min(n, from.n-from.row))]
	bounds := from.words[from.bound:][:boundWords*countBounded(taken)]
	if !leaveOut {
		d.rows = append(d.rows, taken...)
		d.bounds = append(d.bounds, bounds...)
	}
	from.row, from.bound = from.row+len(taken), from.bound+len(bounds)
}

// newcomer is the rows of an owner who had none.
func (d *draftRows) newcomer(updates []*rowUpdate) rows {
	d.rows, d.bounds = d.rows[:0], d.bounds[:0]
	for i := range updates {
		if !updates[i].gone {
			d.add(updates[i].entry)
		}
	}
	return d.done()
}

func (d *draftRows) done() rows {
	words := make([]uint16, 0, len(d.rows)+len(d.bounds))
	return rows{append(append(words, d.rows...), d.bounds...), len(d.rows)}
}

// rowUpdate is what becomes of a membership in the rows of its owner. It was
// there before, or not; of others it has the id.
type rowUpdate struct {
	hash         uint64 // of the owner
	owner, other string
	entry        entry
	was, gone    bool
}

// sortRows brings updates into the order in which with wants them.
func sortRows(updates []*rowUpdate) []*rowUpdate {
	return sortByHash(updates, func(u *rowUpdate) uint64 { return u.hash }, func(a, b *rowUpdate) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), strings.Compare(a.owner, b.owner), strings.Compare(a.other, b.other))
	})
}

// with returns the order behind a change, whose updates are sorted; idsOf are the
// ids of an owner's places behind it, and may be asked by two goroutines.
func (o *order) with(updates []*rowUpdate, idsOf func(owner string) placeIDs) *order {
	next := *o
	half := sort.Search(len(updates), func(i int) bool { return updates[i].hash>>63 == 1 })
	both.Do(len(updates) >= both.Large,
		func() { next.change(updates[:half], idsOf) },
		func() { next.change(updates[half:], idsOf) },
	)
	return &next
}

// change changes the shards that updates are about, in an order that nobody else
// has yet. An owner whose rows do not fit stays, with none, so that nobody takes
// them for a newcomer.
func (o *order) change(updates []*rowUpdate, idsOf func(owner string) placeIDs) {
	var draft draftRows
	for fresh := uint64(shards); len(updates) > 0; {
		owner, n := updates[0].owner, 1
		for n < len(updates) && updates[n].hash == updates[0].hash && updates[n].owner == owner {
			n++
		}
		shard := updates[0].hash >> (64 - shardBits)
		if shard != fresh { // owners come in the order of their shards
			o.shards[shard], fresh = maps.Clone(o.shards[shard]), shard
		}
		in := o.shards[shard]
		before, known := in[owner]
		var after rows
		var size int
		if known || slices.ContainsFunc(updates[:n], func(u *rowUpdate) bool { return u.was }) {
			ids := idsOf(owner)
			after = before.with(&draft, updates[:n], ids)
			_, size = ids.count("")
		} else { // the updates say all places of a newcomer
			after = draft.newcomer(updates[:n])
			size = after.n
		}
		switch {
		case size == 0:
			delete(in, owner)
		case in == nil:
			o.shards[shard] = map[string]rows{strings.Clone(owner): after}
		case known:
			in[owner] = after
		default:
			in[strings.Clone(owner)] = after
		}
		updates = updates[n:]
	}
}

// with returns the rows behind a change; none where they do not fit, so that
// questions go to the evaluator. What is not changed keeps its order, so the
// numbers of what is changed say where everything is.
func (r rows) with(draft *draftRows, updates []*rowUpdate, ids placeIDs) rows {
	draft.rows, draft.bounds = draft.rows[:0], draft.bounds[:0]
	before := r.from(0, r.n)
	size := 0
	for i := range updates {
		at := updates[i]
		upto, of := ids.count(at.other)
		if size = of; !at.gone {
			upto--
		}
		draft.take(&before, upto-len(draft.rows), false)
		if at.was {
			draft.take(&before, 1, true)
		}
		if !at.gone {
			draft.add(at.entry)
		}
	}
	draft.take(&before, before.n, false)
	if len(draft.rows) != size {
		return rows{}
	}
	return draft.done()
}

// draftOrder is an order in the making, of a whole state.
type draftOrder map[string]*draftRows

// add appends a row behind those of its owner.
func (d draftOrder) add(owner string, e entry) {
	r := d[owner]
	if r == nil {
		r = &draftRows{}
		d[owner] = r
	}
	r.add(e)
}

func (d draftOrder) done(h *hasher) *order {
	o := &order{}
	for owner, r := range d {
		shard := &o.shards[h.of(owner)>>(64-shardBits)]
		if *shard == nil {
			*shard = map[string]rows{}
		}
		(*shard)[owner] = r.done()
	}
	return o
}
