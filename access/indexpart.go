package access

import (
	"cmp"
	"math/bits"
	"slices"
)

// part holds members of one client, close together and without pointers, so
// that finding one touches few lines of memory and the collector has nothing
// to look at. It is never changed. Its words are, in this order:
//
//	the client's id                      head words
//	a tag for each member, ascending     four to a word
//	the entry and the id of each member  1 + stride words each
//
// Members are in the order of their hashes, of which a tag is a piece.
type part struct {
	words  []uint64
	n      uint32
	head   uint16
	stride uint16
}

// entry is what the index knows of a member: the number of a profile, until
// when it holds (seconds behind entryEpoch; 0 is for ever), and the number of
// the profile after that.
type entry uint64

const (
	entryEpoch = 946684800 // 2000-01-01
	// askEvaluator stands in place of a profile where the index does not know.
	askEvaluator = 1<<16 - 1
)

func newEntry(profile, after uint16, until uint32) entry {
	return entry(profile) | entry(after)<<16 | entry(until)<<32
}

func (e entry) profile() uint16 { return uint16(e) }
func (e entry) after() uint16   { return uint16(e >> 16) }
func (e entry) until() uint32   { return uint32(e >> 32) }

// at is the number of the profile that holds in a second since 1970.
func (e entry) at(second int64) uint16 {
	if until := e.until(); until != 0 && second >= int64(until)+entryEpoch {
		return e.after()
	}
	return e.profile()
}

const (
	tagBits     = 16
	tagsPerWord = 64 / tagBits
)

// tagOf is what a part keeps of a hash of which all its members share the
// first skip bits.
func tagOf(hash uint64, skip uint8) uint64 { return hash << skip >> (64 - tagBits) }

// tag is that of the member with a number.
func (p *part) tag(i int) uint64 {
	return p.words[int(p.head)+i/tagsPerWord] >> (i % tagsPerWord * tagBits) & (1<<tagBits - 1)
}

// record is the entry of a member, and behind it the id.
func (p *part) record(i int) []uint64 {
	size := 1 + int(p.stride)
	return p.words[int(p.head)+tagWords(int(p.n))+i*size:][:size]
}

func tagWords(n int) int { return (n + tagsPerWord - 1) / tagsPerWord }

// find finds a user by the hash of the id. Tags are spread evenly, so the place
// is guessed from the tag, and is near.
func (p *part) find(hash uint64, skip uint8, user string) (entry, bool) {
	n := int(p.n)
	tag := tagOf(hash, skip)
	i := int(tag * uint64(n) >> tagBits)
	for i > 0 && p.tag(i-1) >= tag {
		i--
	}
	for i < n && p.tag(i) < tag {
		i++
	}
	for ; i < n && p.tag(i) == tag; i++ {
		if record := p.record(i); isID(record[1:], user) {
			return entry(record[0]), true
		}
	}
	return 0, false
}

// isOf reports whether the part is of a client.
func (p *part) isOf(client string) bool {
	return len(p.words) > 0 && isID(p.words[:p.head], client)
}

// memberUpdate is what becomes of one user in a part.
type memberUpdate struct {
	hash  uint64
	user  string
	entry entry
	gone  bool
}

// draftPart is a part in the making: the hash of each member, ascending, and
// the records.
type draftPart struct {
	hashes  []uint64
	records []uint64
	stride  int
}

// usualStride is the width of most ids, which are compared at once.
const usualStride = 2

func newDraftPart(p *part, updates []memberUpdate) *draftPart {
	d := &draftPart{stride: max(usualStride, int(p.stride))}
	for _, u := range updates {
		d.stride = max(d.stride, wordsOf(u.user))
	}
	room := int(p.n) + len(updates)
	d.hashes, d.records = make([]uint64, 0, room), make([]uint64, 0, room*(1+d.stride))
	return d
}

// add appends a member behind those that there are.
func (d *draftPart) add(hash uint64, record []uint64) {
	d.hashes, d.records = append(d.hashes, hash), append(d.records, record...)
	for range 1 + d.stride - len(record) {
		d.records = append(d.records, 0)
	}
}

// merge puts the members of a part, whose hashes share skip bits, and updates
// together. The updates are in the order of their hashes, one for each user.
func (d *draftPart) merge(h *hasher, p *part, updates []memberUpdate) {
	before := p.hashes(h)
	i := 0
	take := func() {
		d.add(before[i], p.record(i))
		i++
	}
	var record []uint64
	for start := 0; start < len(updates); {
		hash := updates[start].hash
		for i < len(before) && before[i] < hash {
			take()
		}
		// All of the same hash: mostly one update and at most one member.
		end := start
		for end < len(updates) && updates[end].hash == hash {
			end++
		}
		same := updates[start:end]
		for i < len(before) && before[i] == hash {
			id := p.record(i)[1:]
			if slices.ContainsFunc(same, func(u memberUpdate) bool { return isID(id, u.user) }) {
				i++ // the update takes its place
				continue
			}
			take()
		}
		for _, u := range same {
			if !u.gone {
				record = appendWords(append(record[:0], uint64(u.entry)), u.user, d.stride)
				d.add(hash, record)
			}
		}
		start = end
	}
	for i < len(before) {
		take()
	}
}

// hashes works the hashes of a part's members out again: a part keeps tags
// alone.
func (p *part) hashes(h *hasher) []uint64 {
	hashes := make([]uint64, p.n)
	for i := range hashes {
		hashes[i] = h.ofWords(p.record(i)[1:])
	}
	return hashes
}

// cut makes a part of the members from one to another, whose hashes share skip
// bits.
func (d *draftPart) cut(client string, from, to int, skip uint8) part {
	n, head := to-from, max(1, wordsOf(client))
	words := make([]uint64, 0, head+tagWords(n)+n*(1+d.stride))
	words = appendWords(words, client, head)
	words = words[:head+tagWords(n)]
	for i, hash := range d.hashes[from:to] {
		words[head+i/tagsPerWord] |= tagOf(hash, skip) << (i % tagsPerWord * tagBits)
	}
	words = append(words, d.records[from*(1+d.stride):to*(1+d.stride)]...)
	return part{words: words, n: uint32(n), head: uint16(head), stride: uint16(d.stride)}
}

func sortUpdates(updates []memberUpdate) {
	slices.SortFunc(updates, func(a, b memberUpdate) int { return cmp.Compare(a.hash, b.hash) })
}

// skipOf is how many bits of their hash say in which of several parts, a power
// of two, members are.
func skipOf(parts int) uint8 { return uint8(bits.Len(uint(parts - 1))) }
