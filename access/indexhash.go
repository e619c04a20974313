package access

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
)

// hasher hashes ids, with a key of its own, so that nobody outside can choose
// ids that collide. Ids of up to 16 bytes are taken as two words.
type hasher struct {
	first, second uint64
	seed          maphash.Seed
}

func newHasher() hasher { return hasher{rand.Uint64(), rand.Uint64(), maphash.MakeSeed()} }

func (h *hasher) of(id string) uint64 {
	if len(id) > 16 {
		return maphash.String(h.seed, id)
	}
	return h.mix(twoWords(id))
}

func (h *hasher) mix(first, second uint64) uint64 {
	high, low := bits.Mul64(first^h.first, second^h.second)
	return high ^ low
}

// ofWords is of for an id in words, padded.
func (h *hasher) ofWords(words []uint64) uint64 {
	if len(words) == 2 || words[2] == 0 {
		return h.mix(words[0], words[1])
	}
	id := make([]byte, 0, 64)
	for _, w := range words {
		id = binary.LittleEndian.AppendUint64(id, w)
	}
	return maphash.Bytes(h.seed, bytes.TrimRight(id, "\x00"))
}

// twoWords returns the bytes of an id of up to 16 bytes as two words, padded
// with zeros: ids have no U+0000, so no two give the same words.
func twoWords(id string) (first, second uint64) {
	n := len(id)
	if n >= 8 {
		return word(id), word(id[n-8:]) >> (8 * (16 - uint(n)))
	}
	return shortWord(id), 0
}

// word returns the first 8 bytes of a text.
func word(text string) uint64 {
	_ = text[7]
	return uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24 |
		uint64(text[4])<<32 | uint64(text[5])<<40 | uint64(text[6])<<48 | uint64(text[7])<<56
}

// shortWord returns a text of less than 8 bytes, padded.
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

// wordsOf is how many words an id takes.
func wordsOf(id string) int { return (len(id) + 7) / 8 }

// appendWords appends an id, padded to so many words.
func appendWords(words []uint64, id string, width int) []uint64 {
	for ; len(id) >= 8; id = id[8:] {
		words, width = append(words, word(id)), width-1
	}
	if len(id) > 0 {
		words, width = append(words, shortWord(id)), width-1
	}
	for ; width > 0; width-- {
		words = append(words, 0)
	}
	return words
}

// isID reports whether words, padded, are an id.
func isID(words []uint64, id string) bool {
	if len(id) <= 16 && len(words) == 2 {
		first, second := twoWords(id)
		return words[0] == first && words[1] == second
	}
	for _, w := range words {
		switch {
		case len(id) >= 8:
			if w != word(id) {
				return false
			}
			id = id[8:]
		default:
			if w != shortWord(id) {
				return false
			}
			id = ""
		}
	}
	return id == ""
}
