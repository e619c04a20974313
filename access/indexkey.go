package access

import (
	"math/bits"
	"math/rand/v2"
)

// idKey is what the index compares of an id: two words. An id of up to 16 bytes
// is in them as it is, padded with zeros, so that equal keys are equal ids. Of a
// longer one they have a hash and the length, and the text decides.
type idKey struct{ first, second uint64 }

// longKey is the key of a long id, with a mark that no short one has: it would
// end with the byte 0xff, which is not UTF-8.
func longKey(hash uint64, length int) idKey { return idKey{hash, ^uint64(length)} }

// isLong reports whether equal keys are not enough.
func (k idKey) isLong() bool { return k.second>>56 == 0xff }

// length is that of the id in bytes.
func (k idKey) length() int {
	switch {
	case k.isLong():
		return int(^k.second)
	case k.second != 0:
		return 16 - bits.LeadingZeros64(k.second)/8
	}
	return 8 - bits.LeadingZeros64(k.first)/8
}

// hasher makes keys and hashes of ids, with a secret of its own, so that nobody
// outside can choose ids that collide.
type hasher struct{ first, second uint64 }

func newHasher() hasher { return hasher{rand.Uint64(), rand.Uint64()} }

// key is that of an id. An id that ends with U+0000, which nobody can have, has
// the key of a long one: it is not the same as the id without.
func (h *hasher) key(id string) idKey {
	n := len(id)
	if n > 16 || n > 0 && id[n-1] == 0 {
		return h.long(id)
	}
	return padded(id)
}

// long is the key of a long id. Its words are mixed two by two, the last of them
// so that they end with the id.
func (h *hasher) long(id string) idKey {
	n, hash := len(id), uint64(0)
	for rest := id; len(rest) > 16; rest = rest[16:] {
		hash = h.hash(idKey{word(rest) ^ hash, word(rest[8:])})
	}
	k := padded(id[max(0, n-16):])
	return longKey(h.hash(idKey{k.first ^ hash, k.second}), n)
}

// padded are the words of at most 16 bytes.
func padded(id string) idKey {
	if n := len(id); n >= 8 {
		return idKey{word(id), word(id[n-8:]) >> (8 * (16 - uint(n)))}
	}
	return idKey{first: shortWord(id)}
}

// hash is that of a key, and so of an id.
func (h *hasher) hash(k idKey) uint64 {
	high, low := bits.Mul64(k.first^h.first, k.second^h.second)
	return high ^ low
}

// of is the hash of an id.
func (h *hasher) of(id string) uint64 { return h.hash(h.key(id)) }

// word returns the first 8 bytes of a text.
func word(text string) uint64 {
	_ = text[7]
	return uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24 |
		uint64(text[4])<<32 | uint64(text[5])<<40 | uint64(text[6])<<48 | uint64(text[7])<<56
}

// shortWord returns a text of less than 8 bytes, padded with zeros.
func shortWord(text string) uint64 {
	if n := len(text); n >= 4 {
		low := uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24
		end := text[n-4:]
		high := uint64(end[0]) | uint64(end[1])<<8 | uint64(end[2])<<16 | uint64(end[3])<<24
		return low | high<<(8*(uint(n)-4))
	}
	var w uint64
	for i := range len(text) {
		w |= uint64(text[i]) << (8 * i)
	}
	return w
}
