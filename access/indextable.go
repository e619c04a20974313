package access

import (
	"slices"
	"sort"
)

// table finds the members of every client. It is never changed: with makes
// another, which shares all that did not change. Clients lie in shards by their
// hash, so that a change copies one shard.
type table struct {
	shards [shards]*shard
}

const (
	shardBits = 10
	shards    = 1 << shardBits
)

// shard is a hash table with open addressing.
type shard struct {
	slots []slot // a power of two of them
	used  int
}

// slot is one client: its members in one part or, when there are many, in
// several, by the first bits of their hashes.
type slot struct {
	hash  uint64
	one   part
	parts []part
}

const (
	// partFull is how many members a part has at most; then parts are cut
	// anew, into so many that each has partFilled or less.
	partFull   = 160
	partFilled = 80
)

func (s *slot) isFree() bool { return s.one.words == nil }

// client finds the members of a client; nil when there are none.
func (t *table) client(h *hasher, client string) *slot {
	hash := h.of(client)
	return t.shards[hash>>(64-shardBits)].get(hash, client)
}

// find finds a member.
func (s *slot) find(h *hasher, user string) (entry, bool) {
	if s == nil {
		return 0, false
	}
	hash := h.of(user)
	if s.parts == nil {
		return s.one.find(hash, 0, user)
	}
	skip := skipOf(len(s.parts))
	return s.parts[hash>>(64-skip)].find(hash, skip, user)
}

// find finds a member of a client.
func (t *table) find(h *hasher, client, user string) (entry, bool) {
	return t.client(h, client).find(h, user)
}

// get returns the slot of a client; nil when there is none.
func (s *shard) get(hash uint64, client string) *slot {
	if s == nil {
		return nil
	}
	mask := uint64(len(s.slots) - 1)
	for i := hash & mask; !s.slots[i].isFree(); i = (i + 1) & mask {
		if at := &s.slots[i]; at.hash == hash && at.one.isOf(client) {
			return at
		}
	}
	return nil
}

// copied is the shard with room for more.
func (s *shard) copied(more int) *shard {
	if s == nil {
		s = &shard{}
	}
	size := max(len(s.slots), 4)
	for (s.used+more)*4 > size*3 {
		size *= 2
	}
	if size == len(s.slots) {
		return &shard{slices.Clone(s.slots), s.used}
	}
	bigger := &shard{slots: make([]slot, size)}
	for _, at := range s.slots {
		if !at.isFree() {
			bigger.put(at)
		}
	}
	return bigger
}

// put stores a slot in place of the client's own, or in a free place.
func (s *shard) put(client slot) {
	mask := uint64(len(s.slots) - 1)
	for i := client.hash & mask; ; i = (i + 1) & mask {
		at := &s.slots[i]
		if at.isFree() {
			s.used++
		} else if at.hash != client.hash || !slices.Equal(at.one.words[:at.one.head], client.one.words[:client.one.head]) {
			continue
		}
		*at = client
		return
	}
}

// clientUpdate is what becomes of the members of one client. With all they are
// all that it has.
type clientUpdate struct {
	client  string
	members []memberUpdate
	all     bool
}

// with returns the table with clients changed.
func (t *table) with(h *hasher, updates []clientUpdate) *table {
	next := *t
	fresh := map[uint64]bool{}
	for _, update := range updates {
		hash := h.of(update.client)
		number := hash >> (64 - shardBits)
		if in := next.shards[number]; !fresh[number] || (in.used+1)*4 > len(in.slots)*3 {
			next.shards[number] = in.copied(1)
			fresh[number] = true
		}
		in := next.shards[number]
		before := in.get(hash, update.client)
		if before == nil || update.all {
			before = &slot{}
		}
		in.put(before.with(h, hash, update))
	}
	return &next
}

// with returns the slot with members changed.
func (s *slot) with(h *hasher, hash uint64, update clientUpdate) slot {
	sortUpdates(update.members)
	if s.parts == nil {
		d := newDraftPart(&s.one, update.members)
		d.merge(h, &s.one, update.members)
		return d.slot(hash, update.client)
	}
	skip := skipOf(len(s.parts))
	next := slot{hash: hash, one: s.one, parts: slices.Clone(s.parts)}
	for members := update.members; len(members) > 0; {
		number := members[0].hash >> (64 - skip)
		n := sort.Search(len(members), func(i int) bool { return members[i].hash>>(64-skip) > number })
		in := &next.parts[number]
		d := newDraftPart(in, members[:n])
		d.merge(h, in, members[:n])
		if len(d.hashes) > partFull {
			return s.recut(h, hash, update)
		}
		*in = d.cut(update.client, 0, len(d.hashes), skip)
		members = members[n:]
	}
	return next
}

// recut puts all members together and cuts them anew.
func (s *slot) recut(h *hasher, hash uint64, update clientUpdate) slot {
	all := draftPart{stride: usualStride}
	for i := range s.parts {
		all.stride = max(all.stride, int(s.parts[i].stride))
	}
	for i := range s.parts {
		all.merge(h, &s.parts[i], nil)
	}
	whole := all.cut(update.client, 0, len(all.hashes), 0)
	d := newDraftPart(&whole, update.members)
	d.merge(h, &whole, update.members)
	return d.slot(hash, update.client)
}

// slot makes the slot of a client, of one part or of several.
func (d *draftPart) slot(hash uint64, client string) slot {
	n := len(d.hashes)
	if n <= partFull {
		return slot{hash: hash, one: d.cut(client, 0, n, 0)}
	}
	skip := skipOf((n + partFilled - 1) / partFilled)
	next := slot{hash: hash, one: d.cut(client, 0, 0, 0), parts: make([]part, 1<<skip)}
	from := 0
	for number := range next.parts {
		to := sort.Search(n, func(i int) bool { return d.hashes[i]>>(64-skip) > uint64(number) })
		next.parts[number] = d.cut(client, from, to, skip)
		from = to
	}
	return next
}
