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
//	the client's id                  head words
//	the hash of each user's id       one word each, in ascending order
//	the entry of each                one word each
//	the id of each                   stride words each
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

// find finds a user by the hash of the id. Hashes are spread evenly between the
// least and the most that the part can have, of which all share skip bits in
// front: so the place is guessed, and is near.
func (p *part) find(hash uint64, skip uint8, user string) (entry, bool) {
	n := int(p.n)
	if n == 0 {
		return 0, false
	}
	hashes := p.words[p.head:][:n]
	guess, _ := bits.Mul64(hash<<skip, uint64(n))
	i := int(guess)
	for i > 0 && hashes[i-1] >= hash {
		i--
	}
	for i < n && hashes[i] < hash {
		i++
	}
	stride := int(p.stride)
	for ; i < n && hashes[i] == hash; i++ {
		at := int(p.head) + 2*n + i*stride
		if isID(p.words[at:][:stride], user) {
			return entry(p.words[int(p.head)+n+i]), true
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

// draftPart is a part in the making.
type draftPart struct {
	hashes, entries, ids []uint64
	stride               int
}

// add appends a member behind those that there are.
func (d *draftPart) add(hash uint64, e entry, id []uint64) {
	d.hashes, d.entries = append(d.hashes, hash), append(d.entries, uint64(e))
	d.ids = append(d.ids, id...)
	for range d.stride - len(id) {
		d.ids = append(d.ids, 0)
	}
}

// merge puts the members of a part and updates together. The updates are in
// the order of their hashes, one for each user.
func (d *draftPart) merge(p *part, updates []memberUpdate) {
	n, old := int(p.n), int(p.stride)
	hashes, entries := p.words[p.head:][:n], p.words[int(p.head)+n:][:n]
	ids := p.words[int(p.head)+2*n:]
	var id []uint64
	i := 0
	take := func() {
		d.add(hashes[i], entry(entries[i]), ids[i*old:][:old])
		i++
	}
	for start := 0; start < len(updates); {
		hash := updates[start].hash
		for i < n && hashes[i] < hash {
			take()
		}
		// All of the same hash: mostly one update and at most one member.
		end := start
		for end < len(updates) && updates[end].hash == hash {
			end++
		}
		same := updates[start:end]
		for i < n && hashes[i] == hash {
			member := ids[i*old:][:old]
			if slices.ContainsFunc(same, func(u memberUpdate) bool { return isID(member, u.user) }) {
				i++ // the update takes its place
				continue
			}
			take()
		}
		for _, u := range same {
			if !u.gone {
				id = appendWords(id[:0], u.user, d.stride)
				d.add(hash, u.entry, id)
			}
		}
		start = end
	}
	for i < n {
		take()
	}
}

// cut makes a part of those from one member to another.
func (d *draftPart) cut(client string, from, to int) part {
	n, head := to-from, wordsOf(client)
	words := make([]uint64, 0, head+n*(2+d.stride))
	words = appendWords(words, client, head)
	words = append(words, d.hashes[from:to]...)
	words = append(words, d.entries[from:to]...)
	words = append(words, d.ids[from*d.stride:to*d.stride]...)
	return part{words: words, n: uint32(n), head: uint16(head), stride: uint16(d.stride)}
}

func sortUpdates(updates []memberUpdate) {
	slices.SortFunc(updates, func(a, b memberUpdate) int { return cmp.Compare(a.hash, b.hash) })
}
