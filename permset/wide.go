package permset

import (
	"encoding/binary"
	"math/bits"
)

// The part of a set past its first 512 permissions is a string of little endian words. A string keeps the set comparable and immutable.
// Its length is a multiple of eight and its last word is not zero; the functions here keep that, and hand back an operand where it
// equals the result, which saves the allocation.

// highBuffer has room for the longest high part.
type highBuffer [MaxPermissions/8 - narrow/8]byte

// highWord is the i-th word of a high part, which must have that many.
func highWord(high string, i int) uint64 {
	b := high[i*8 : i*8+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// highHas reports whether bit i is in a high part.
func highHas(high string, i uint32) bool {
	return int(i/8) < len(high) && high[i/8]>>(i%8)&1 != 0
}

// highLen counts the bits of a high part.
func highLen(high string) int {
	n := 0
	for i := range len(high) / 8 {
		n += bits.OnesCount64(highWord(high, i))
	}
	return n
}

// highSubset reports whether s is within t. A longer s is not: its last word is not zero.
func highSubset(s, t string) bool {
	if len(s) > len(t) {
		return false
	}
	for i := range len(s) / 8 {
		if highWord(s, i)&^highWord(t, i) != 0 {
			return false
		}
	}
	return true
}

func highUnion(s, t string) string {
	if len(s) < len(t) {
		s, t = t, s
	}
	if t == "" || s == t {
		return s
	}
	var buffer highBuffer
	n := copy(buffer[:], s)
	for i := range len(t) / 8 {
		binary.LittleEndian.PutUint64(buffer[i*8:], highWord(s, i)|highWord(t, i))
	}
	return highString(buffer[:n], s, t)
}

func highIntersect(s, t string) string {
	if s == "" || t == "" {
		return ""
	}
	var buffer highBuffer
	n := min(len(s), len(t))
	for i := range n / 8 {
		binary.LittleEndian.PutUint64(buffer[i*8:], highWord(s, i)&highWord(t, i))
	}
	return highString(buffer[:n], s, t)
}

func highMinus(s, t string) string {
	if s == "" || t == "" {
		return s
	}
	var buffer highBuffer
	n := copy(buffer[:], s)
	for i := range min(len(s), len(t)) / 8 {
		binary.LittleEndian.PutUint64(buffer[i*8:], highWord(s, i)&^highWord(t, i))
	}
	return highString(buffer[:n], s, t)
}

// highString is the high part that the bytes are: trimmed, and s or t itself if it equals one.
func highString(b []byte, s, t string) string {
	for len(b) > 0 && binary.LittleEndian.Uint64(b[len(b)-8:]) == 0 {
		b = b[:len(b)-8]
	}
	switch {
	case string(b) == s:
		return s
	case string(b) == t:
		return t
	}
	return string(b)
}

// words is a set being worked on, at full width.
type words [totalWords]uint64

// load writes the set into w, which must be zero.
func (s *Set) load(w *words) {
	copy(w[:], s.low[:])
	for i := range len(s.high) / 8 {
		w[lowWords+i] = highWord(s.high, i)
	}
}

// set is the set of catalogue c that w holds.
func (w *words) set(c *Catalog) (s Set) {
	copy(s.low[:], w[:])
	var buffer highBuffer
	for i, word := range w[lowWords:] {
		binary.LittleEndian.PutUint64(buffer[i*8:], word)
	}
	s.high = highString(buffer[:], "", "")
	s.own(c)
	return s
}
