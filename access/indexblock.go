package access

import (
	"math/bits"
	"sort"
)

// block holds members of one client, close together and without pointers, so
// that finding one touches few lines of memory and the collector has nothing
// to look at. It is a text, because a text never changes, and the ids of lists
// are cut out of it. In it stand, in this order:
//
//	a record for each member, in the order of their hashes
//	the numbers of the records in the order of the ids, a byte each
//	the client's id, if it is long
//
// A block with a part of a client's members has the records alone. A record is the entry and the key of the user's id, 8 and 16 bytes, and behind
// them the id if it is long. All records of a block are of one size.
type block struct {
	text string
	n    uint32 // records
	size uint16 // of a record
	// skip is how many bits, the first, the hashes of all members share, and
	// starts is where, by the next four bits, each sixteenth of the records begins
	// and the last one ends; manyRecords for that number or more.
	skip   uint8
	starts [17]uint8
}

const manyRecords = 255

// entry is what the index knows of a member: the number of a profile, until
// when it holds (seconds behind entryEpoch), and the number of the profile after
// that. Of a profile that holds for ever until is 0, and it stands there twice.
type entry uint64

const (
	entryEpoch = 946684800 // 2000-01-01
	// askEvaluator stands in place of a profile where the index does not know,
	// and askedOfEvaluator is an entry that has it for ever.
	askEvaluator     = 1<<16 - 1
	askedOfEvaluator = entry(askEvaluator | askEvaluator<<16)
)

func newEntry(profile, after uint16, until uint32) entry {
	return entry(profile) | entry(after)<<16 | entry(until)<<32
}

// forEver is an entry whose profile nothing ends.
func forEver(profile uint16) entry { return entry(profile) | entry(profile)<<16 }

func (e entry) profile() uint16 { return uint16(e) }
func (e entry) after() uint16   { return uint16(e >> 16) }
func (e entry) until() uint32   { return uint32(e >> 32) }

// at is the number of the profile that holds in a second since 1970. Where nothing
// ends, both are the same, and there is no need to look which holds.
func (e entry) at(second int64) uint16 {
	number := e.profile()
	if second >= int64(e.until())+entryEpoch {
		number = e.after()
	}
	return number
}

// record is what a block has of one member.
type record string

// shortRecord is the size of a record without the text of a long id.
const shortRecord = 24

func (r record) entry() entry { return entry(word(string(r))) }

func (r record) key() idKey { return idKey{word(string(r[8:])), word(string(r[16:]))} }

func (r record) id() string {
	if second := word(string(r[16:])); second != 0 && second>>56 != 0xff {
		return string(r[8:][:16-bits.LeadingZeros64(second)/8]) // most are that long
	}
	k := r.key()
	if k.isLong() {
		return string(r[shortRecord:][:k.length()])
	}
	return string(r[8:][:k.length()])
}

// record is that of a number, in the order of the hashes.
func (b *block) record(i int) record { return record(b.text[i*int(b.size):][:b.size]) }

// find finds the number of a user's record by the key of the id, its hash, and
// the id.
func (b *block) find(k idKey, hash uint64, user string) (int, bool) {
	sixteenth := hash << b.skip >> 60
	i, end := int(b.starts[sixteenth]), int(b.starts[sixteenth+1])
	if end == manyRecords {
		end = int(b.n)
	}
	for ; i < end; i++ {
		r := b.text[i*int(b.size):][:shortRecord]
		if word(r[8:]) == k.first && word(r[16:]) == k.second &&
			(!k.isLong() || b.text[i*int(b.size)+shortRecord:][:len(user)] == user) {
			return i, true
		}
	}
	return 0, false
}

// divide notes where the sixteenths of the records begin.
func (b *block) divide(items []item) {
	sixteenth := 0
	for i := range items {
		for ; sixteenth <= int(items[i].hash<<b.skip>>60); sixteenth++ {
			b.starts[sixteenth] = uint8(min(i, manyRecords))
		}
	}
	for ; sixteenth < len(b.starts); sixteenth++ {
		b.starts[sixteenth] = uint8(min(len(items), manyRecords))
	}
}

// touch reads the block from the beginning to the end, a byte of each line of
// memory, for whoever is about to read much of it: in that order the processor
// fetches ahead. What it returns is of no use.
//
//go:noinline
func (b *block) touch() (any byte) {
	for i := 0; i < len(b.text); i += 64 {
		any |= b.text[i]
	}
	return any
}

// order are the numbers of the records in the order of the ids.
func (b *block) order() string { return b.text[int(b.n)*int(b.size):][:b.n] }

// client is the id of the client, if it is long.
func (b *block) client() string { return b.text[int(b.n)*(int(b.size)+1):] }

// behind is order without the ids up to one.
func (b *block) behind(id string) string {
	order := b.order()
	if id == "" {
		return order
	}
	return order[sort.Search(len(order), func(i int) bool { return b.record(int(order[i])).id() > id }):]
}
