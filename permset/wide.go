package permset

import (
	"encoding/binary"
	"math/bits"
	"unique"
)

// tail is the part of a set past its first 512 permissions: a string of little endian words, interned, so that a Set has one pointer for
// it, and two sets with equal tails have the same. The zero tail is for none. Its length is a multiple of eight and its last word is not
// zero; the functions here keep that, and hand back an operand where it equals the result, which saves interning it.
type tail struct{ words unique.Handle[string] }

// tailBuffer has room for the longest tail.
type tailBuffer [MaxPermissions/8 - narrow/8]byte

// none reports whether there is nothing past the first 512.
func (t tail) none() bool { return t == tail{} }

// text is the words of the tail.
func (t tail) text() string {
	if t.none() {
		return ""
	}
	return t.words.Value()
}

// word is the i-th word of the text of a tail, which must have that many.
func word(text string, i int) uint64 { return wordAt(text, i*8) }

// wordAt is the eight bytes of the text from i on, little endian.
func wordAt(text string, i int) uint64 {
	b := text[i : i+8]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// has reports whether bit i is in the tail.
func (t tail) has(i uint32) bool {
	text := t.text()
	return int(i/8) < len(text) && text[i/8]>>(i%8)&1 != 0
}

// len counts the bits of the tail.
func (t tail) len() int {
	n, text := 0, t.text()
	for i := range len(text) / 8 {
		n += bits.OnesCount64(word(text, i))
	}
	return n
}

// subsetOf reports whether t is within o. A longer t is not: its last word is not zero.
func (t tail) subsetOf(o tail) bool {
	x, y := t.text(), o.text()
	if len(x) > len(y) {
		return false
	}
	for i := range len(x) / 8 {
		if word(x, i)&^word(y, i) != 0 {
			return false
		}
	}
	return true
}

func (t tail) union(o tail) tail {
	if t == o || o.none() {
		return t
	}
	x, y := t.text(), o.text()
	if len(x) < len(y) {
		x, y = y, x
	}
	var buffer tailBuffer
	n := copy(buffer[:], x)
	for i := range len(y) / 8 {
		binary.LittleEndian.PutUint64(buffer[i*8:], word(x, i)|word(y, i))
	}
	return tailOf(buffer[:n], t, o)
}

func (t tail) intersect(o tail) tail {
	if t.none() || o.none() {
		return tail{}
	}
	x, y := t.text(), o.text()
	var buffer tailBuffer
	n := min(len(x), len(y))
	for i := range n / 8 {
		binary.LittleEndian.PutUint64(buffer[i*8:], word(x, i)&word(y, i))
	}
	return tailOf(buffer[:n], t, o)
}

func (t tail) minus(o tail) tail {
	if t.none() || o.none() {
		return t
	}
	x, y := t.text(), o.text()
	var buffer tailBuffer
	n := copy(buffer[:], x)
	for i := range min(len(x), len(y)) / 8 {
		binary.LittleEndian.PutUint64(buffer[i*8:], word(x, i)&^word(y, i))
	}
	return tailOf(buffer[:n], t, o)
}

// tailOf is the tail that the bytes are: trimmed, and t or o itself if it equals one.
func tailOf(b []byte, t, o tail) tail {
	for len(b) > 0 && binary.LittleEndian.Uint64(b[len(b)-8:]) == 0 {
		b = b[:len(b)-8]
	}
	switch {
	case len(b) == 0:
		return tail{}
	case string(b) == t.text():
		return t
	case string(b) == o.text():
		return o
	}
	return tail{unique.Make(string(b))}
}

// words is a set being worked on, at full width.
type words [totalWords]uint64

// load writes the set into w, which must be zero.
func (s *Set) load(w *words) {
	copy(w[:], s.low[:])
	text := s.high.text()
	for i := range len(text) / 8 {
		w[lowWords+i] = word(text, i)
	}
}

// set is the set of catalogue c that w holds.
func (w *words) set(c *Catalog) (s Set) {
	copy(s.low[:], w[:])
	var buffer tailBuffer
	for i, word := range w[lowWords:] {
		binary.LittleEndian.PutUint64(buffer[i*8:], word)
	}
	s.high = tailOf(buffer[:], tail{}, tail{})
	s.own(c, lowAny(&s.low))
	return s
}
