package access

import (
	"math/bits"
	"slices"
	"sort"
)

// table finds the members of every client. It is never changed: with makes
// another, which shares all that did not change. Clients lie in shards by their
// hash, so that a change copies one shard.
type table struct {
	shards [shards]shard
}

const (
	shardBits = 10
	shards    = 1 << shardBits
)

// shard is a hash table with open addressing: a power of two of slots, or none.
type shard []slot

// slot is one client: its members in one block or, when there are many, in
// several. It is as long as a line of memory.
type slot struct {
	key  idKey
	one  block
	many *parts
}

// parts are blocks of members by the first bits of their hashes, skip of them.
type parts struct {
	blocks []block
	skip   uint8
}

const (
	// blockFull is how many members a block has at most; then they are cut
	// anew, into so many blocks that each has blockFilled or less.
	blockFull   = 160
	blockFilled = 80
)

func (s *slot) isFree() bool { return s.one.size == 0 }

// isOf reports whether the slot is that of a client.
func (s *slot) isOf(k idKey, client string) bool {
	return s.key == k && (!k.isLong() || s.one.client() == client)
}

// client finds the members of a client; nil when there are none.
func (t *table) client(h *hasher, client string) *slot {
	k := h.key(client)
	hash := h.hash(k)
	return t.shards[hash>>(64-shardBits)].get(k, hash, client)
}

// get returns the slot of a client; nil when there is none.
func (in shard) get(k idKey, hash uint64, client string) *slot {
	if len(in) == 0 {
		return nil
	}
	mask := uint64(len(in) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		at := &in[i]
		if at.isOf(k, client) && !at.isFree() {
			return at
		}
		if at.isFree() {
			return nil
		}
	}
}

// find finds a member.
func (s *slot) find(h *hasher, user string) (entry, bool) {
	k := h.key(user)
	return s.get(k, h.hash(k), user)
}

// get finds a member by the key of the id, its hash, and the id.
func (s *slot) get(k idKey, hash uint64, user string) (entry, bool) {
	if s == nil {
		return 0, false
	}
	in := &s.one
	if s.many != nil {
		in = &s.many.blocks[hash>>(64-s.many.skip)]
	}
	i, found := in.find(k, hash, user)
	if !found {
		return 0, false
	}
	return in.record(i).entry(), true
}

// first is the entry of any member; one that asks the evaluator when there is
// none.
func (s *slot) first() entry {
	if s.one.n > 0 {
		return s.one.record(0).entry()
	}
	if s.many != nil {
		for i := range s.many.blocks {
			if in := &s.many.blocks[i]; in.n > 0 {
				return in.record(0).entry()
			}
		}
	}
	return askedOfEvaluator
}

// size is how many members there are.
func (s *slot) size() int {
	switch {
	case s == nil:
		return 0
	case s.many != nil:
		return s.many.size()
	}
	return int(s.one.n)
}

// size is how many members there are.
func (p *parts) size() int {
	n := 0
	for i := range p.blocks {
		n += int(p.blocks[i].n)
	}
	return n
}

// find finds a member of a client.
func (t *table) find(h *hasher, client, user string) (entry, bool) {
	return t.client(h, client).find(h, user)
}

// roomy is the shard with room for one more.
func (in shard) roomy(h *hasher) shard {
	used := 1
	for i := range in {
		if !in[i].isFree() {
			used++
		}
	}
	size := max(len(in), 4)
	for used*4 > size*3 {
		size *= 2
	}
	if size == len(in) {
		return in
	}
	next := make(shard, size)
	for i := range in {
		if at := &in[i]; !at.isFree() {
			*next.place(h, at.key, at.one.client()) = *at
		}
	}
	return next
}

// place is the slot of a client, or the free one for it.
func (in shard) place(h *hasher, k idKey, client string) *slot {
	mask := uint64(len(in) - 1)
	for i := h.hash(k) & mask; ; i = (i + 1) & mask {
		if at := &in[i]; at.isFree() || at.isOf(k, client) {
			return at
		}
	}
}

// with returns the table with clients changed.
func (t *table) with(h *hasher, updates []clientUpdate) *table {
	next := *t
	draft := draftBlocks{h: h}
	copied := map[uint64]bool{}
	for i := range updates {
		number := h.of(updates[i].client) >> (64 - shardBits)
		if !copied[number] {
			next.shards[number], copied[number] = slices.Clone(next.shards[number]), true
		}
		next.put(&draft, &updates[i])
	}
	return &next
}

// put changes members of a client, in a table that nobody else has yet.
func (t *table) put(d *draftBlocks, update *clientUpdate) {
	k := d.h.key(update.client)
	hash := d.h.hash(k)
	in := &t.shards[hash>>(64-shardBits)]
	if in.get(k, hash, update.client) == nil {
		*in = in.roomy(d.h)
	}
	at := in.place(d.h, k, update.client)
	at.key = k
	at.change(d, update)
}

// change changes members of the slot.
func (s *slot) change(d *draftBlocks, update *clientUpdate) {
	d.begin(update.members)
	if s.many != nil {
		if next := s.many.with(d); next != nil {
			s.many = next
			return
		}
		s.many.mergeAll(d)
	} else if d.merge(&s.one, d.updated); len(d.items) <= blockFull {
		s.one = d.merged(&s.one, update.members, update.client)
		return
	}
	s.one, s.many = d.cut(update.client)
}

// with returns the blocks behind a change; nil when they are to be cut anew.
func (p *parts) with(d *draftBlocks) *parts {
	next := &parts{slices.Clone(p.blocks), p.skip}
	for updates := d.updated; len(updates) > 0; {
		number, n := p.first(updates)
		d.items = d.items[:0]
		if d.merge(&next.blocks[number], updates[:n]); len(d.items) > blockFull {
			return nil
		}
		next.blocks[number] = d.part(0, len(d.items), p.skip)
		updates = updates[n:]
	}
	if next.size() <= blockFilled {
		return nil
	}
	return next
}

// first is the number of the block that the first updates are about, and how
// many of them are.
func (p *parts) first(updates []*memberUpdate) (number uint64, n int) {
	number = updates[0].hash >> (64 - p.skip)
	return number, sort.Search(len(updates), func(i int) bool { return updates[i].hash>>(64-p.skip) > number })
}

// mergeAll puts the members of all blocks together, as updates leave them.
func (p *parts) mergeAll(d *draftBlocks) {
	d.items = d.items[:0]
	updates := d.updated
	for i := range p.blocks {
		n := 0
		if len(updates) > 0 {
			if number, these := p.first(updates); number == uint64(i) {
				n = these
			}
		}
		d.merge(&p.blocks[i], updates[:n])
		updates = updates[n:]
	}
}

// cut puts all members into one block or, when there are too many, into parts.
func (d *draftBlocks) cut(client string) (one block, many *parts) {
	n := len(d.items)
	if n <= blockFull {
		return d.sorted(client), nil
	}
	skip, from := uint8(bits.Len(uint((n+blockFilled-1)/blockFilled-1))), 0
	many = &parts{make([]block, 1<<skip), skip}
	for number := range many.blocks {
		to := from + sort.Search(n-from, func(i int) bool { return d.items[from+i].hash>>(64-skip) > uint64(number) })
		many.blocks[number] = d.part(from, to, skip)
		from = to
	}
	return block{text: longOrNone(client), size: shortRecord}, many
}
