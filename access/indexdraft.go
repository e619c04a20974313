package access

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sort"
)

// memberUpdate is what becomes of one user in a client.
type memberUpdate struct {
	key   idKey
	hash  uint64
	user  string
	entry entry
	gone  bool
	// number is that of the record in the block that is being made.
	number int
}

// clientUpdate is what becomes of members of one client, in the order of their
// ids.
type clientUpdate struct {
	client  string
	members []memberUpdate
}

// draftBlocks makes blocks, one after the other, and keeps its memory for the
// next.
type draftBlocks struct {
	h *hasher
	// items are members in the order of their hashes, and size that of their
	// records.
	items []item
	size  int
	// updated are the updates in the order of their hashes.
	updated []*memberUpdate
	// moved are the new numbers of the records of the block that was merged
	// last; gone where they have none.
	moved []int
	bytes []byte
}

// item is a member: a record from another block, or an update.
type item struct {
	hash   uint64
	record record
	update *memberUpdate
}

func (i *item) id() string {
	if i.update != nil {
		return i.update.user
	}
	return i.record.id()
}

const gone = -1

// begin begins with updates to the members of a client.
func (d *draftBlocks) begin(updates []memberUpdate) {
	d.items, d.updated, d.size = d.items[:0], d.updated[:0], shortRecord
	for i := range updates {
		u := &updates[i]
		if u.key.isLong() && !u.gone {
			d.size = max(d.size, shortRecord+(len(u.user)+7)&^7)
		}
		d.updated = append(d.updated, u)
	}
	if len(updates) > 1 {
		d.updated = sortByHash(d.updated, func(u *memberUpdate) uint64 { return u.hash },
			func(a, b *memberUpdate) int { return cmp.Compare(a.hash, b.hash) })
	}
}

// merge appends the members of a block, as updates leave them. The updates are
// in the order of their hashes, one for each user.
func (d *draftBlocks) merge(b *block, updates []*memberUpdate) {
	d.size = max(d.size, int(b.size))
	d.items = slices.Grow(d.items, int(b.n)+len(updates))
	d.moved = append(d.moved[:0], make([]int, b.n)...)
	for _, u := range updates {
		if i, is := b.find(u.key, u.hash, u.user); is {
			d.moved[i] = gone
		}
	}
	take := func(u *memberUpdate) {
		if !u.gone {
			u.number = len(d.items)
			d.items = append(d.items, item{hash: u.hash, update: u})
		}
	}
	for i := range int(b.n) {
		if d.moved[i] == gone {
			continue
		}
		r := b.record(i)
		hash := d.h.hash(r.key())
		for len(updates) > 0 && updates[0].hash < hash {
			take(updates[0])
			updates = updates[1:]
		}
		d.moved[i] = len(d.items)
		d.items = append(d.items, item{hash: hash, record: r})
	}
	for _, u := range updates {
		take(u)
	}
}

// write writes the records of the members from one number to another.
func (d *draftBlocks) write(from, to int) {
	d.bytes = slices.Grow(d.bytes[:0], (to-from)*(d.size+1))
	for i := range d.items[from:to] {
		at := &d.items[from+i]
		end := len(d.bytes) + d.size
		if u := at.update; u != nil {
			d.bytes = binary.LittleEndian.AppendUint64(d.bytes, uint64(u.entry))
			d.bytes = binary.LittleEndian.AppendUint64(d.bytes, u.key.first)
			d.bytes = binary.LittleEndian.AppendUint64(d.bytes, u.key.second)
			if u.key.isLong() {
				d.bytes = append(d.bytes, u.user...)
			}
		} else {
			d.bytes = append(d.bytes, at.record...)
		}
		for len(d.bytes) < end {
			d.bytes = append(d.bytes, 0)
		}
	}
}

// merged is the block of all members of a client: those of the block that was
// merged last, and the updates, which are in the order of their ids.
func (d *draftBlocks) merged(b *block, updates []memberUpdate, client string) block {
	d.write(0, len(d.items))
	before := b.order()
	keep := func(n int) {
		for i := range n {
			if number := d.moved[before[i]]; number != gone {
				d.bytes = append(d.bytes, byte(number))
			}
		}
		before = before[n:]
	}
	for i := range updates {
		u := &updates[i]
		keep(sort.Search(len(before), func(i int) bool { return b.record(int(before[i])).id() >= u.user }))
		if !u.gone {
			d.bytes = append(d.bytes, byte(u.number))
		}
	}
	keep(len(before))
	return d.whole(client)
}

// sorted is merged for members of several blocks.
func (d *draftBlocks) sorted(client string) block {
	d.write(0, len(d.items))
	first := len(d.bytes)
	for i := range d.items {
		d.bytes = append(d.bytes, byte(i))
	}
	slices.SortFunc(d.bytes[first:], func(i, j byte) int { return cmp.Compare(d.items[i].id(), d.items[j].id()) })
	return d.whole(client)
}

// whole is the block of all members, which are written with their order.
func (d *draftBlocks) whole(client string) block {
	b := block{text: string(append(d.bytes, longOrNone(client)...)), n: uint32(len(d.items)), size: uint16(d.size)}
	b.divide(d.items)
	return b
}

// part is a block of the members from one number to another, whose hashes share
// skip bits.
func (d *draftBlocks) part(from, to int, skip uint8) block {
	d.write(from, to)
	b := block{text: string(d.bytes), n: uint32(to - from), size: uint16(d.size), skip: skip}
	b.divide(d.items[from:to])
	return b
}

// longOrNone is an id if it is long.
func longOrNone(id string) string {
	if len(id) > 16 {
		return id
	}
	return ""
}
