package relationship

import (
	"encoding/binary"
	"math"
	"strings"

	"github.com/clientaccess/clientaccess/permset"
)

// wire writes the binary form of nouns, or reads it: each noun lists its
// fields once, for both. The first error stays, and what is read behind it is
// of no use.
//
// A stream begins with the version of the form. Numbers are varints in their
// shortest form, instants the difference to the one before. A text that is
// likely to come again is written out once in a stream, and after that by its
// number; so is a permission set. There is one way to write anything, and
// whatever is written otherwise is refused.
type wire struct {
	reading bool
	out     []byte
	in      string
	at      int
	// whole: texts that are read share the memory of in.
	whole bool
	err   error

	texts   table[string]
	sets    table[permset.Names]
	lastOf  [slots]numbered
	lastSet permset.Names
	setAt   uint64
	instant int64 // in microseconds since 1970
	end     int64 // in seconds since 1970

	// known are sets that were read before, in other streams too: checking
	// and making one takes longer than finding it.
	known map[string]permset.Names
}

// wireVersion is the version of the binary form.
const wireVersion = 1

// slot is a field whose last text is looked at before all others: most often
// it is the same again.
type slot int

const (
	slotClient slot = iota
	slotPartner
	slotRole
	slotSide
	slotTemplate
	slotKind
	slotUser
	slotActorPartner
	slotCall
	slotChange
	slotPhase
	slots
)

// numbered is a text with its number in the stream.
type numbered struct {
	text   string
	number uint64
}

// mostKnown bounds how many sets are kept beyond a stream.
const mostKnown = 1024

// write begins a stream to be written behind out.
func (w *wire) write(out []byte) {
	w.begin()
	w.reading, w.out = false, append(out, wireVersion)
}

// read begins a stream to be read.
func (w *wire) read(in string) {
	w.begin()
	w.reading, w.in, w.at = true, in, 0
	if w.byte(wireVersion) != wireVersion {
		w.fail("has a version that this package does not know")
	}
}

func (w *wire) begin() {
	w.err, w.instant, w.end = nil, 0, 0
	w.lastOf, w.lastSet, w.setAt = [slots]numbered{}, permset.Names{}, 0
	w.texts.clear()
	w.sets.clear()
}

func (w *wire) fail(problem string) {
	if w.err == nil {
		w.err = &FieldError{"record", "binary form", problem}
	}
}

// finish checks that everything has been read.
func (w *wire) finish() error {
	if w.reading && w.at != len(w.in) {
		w.fail("has something behind its end")
	}
	return w.err
}

// byte writes a byte, or returns the one that is read.
func (w *wire) byte(b byte) byte {
	if !w.reading {
		w.out = append(w.out, b)
		return b
	}
	if w.at >= len(w.in) {
		w.fail("is cut short")
		return 0
	}
	w.at++
	return w.in[w.at-1]
}

// number writes a number, or returns the one that is read.
func (w *wire) number(n uint64) uint64 {
	if !w.reading {
		w.out = binary.AppendUvarint(w.out, n)
		return n
	}
	if w.at < len(w.in) && w.in[w.at] < 0x80 {
		w.at++
		return uint64(w.in[w.at-1])
	}
	return w.longNumber()
}

func (w *wire) longNumber() (n uint64) {
	for shift := 0; ; shift += 7 {
		b := w.byte(0)
		switch {
		case w.err != nil:
			return 0
		case shift == 63 && b > 1:
			w.fail("has a number that is too large")
			return 0
		case shift > 0 && b == 0:
			w.fail("has a number that is too long")
			return 0
		}
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
}

// signed is number for what can be negative.
func (w *wire) signed(n int64) int64 {
	z := w.number(uint64(n<<1) ^ uint64(n>>63))
	return int64(z>>1) ^ -int64(z&1)
}

// bytes reads so many bytes, which share the memory of what is read.
func (w *wire) bytes(n uint64) string {
	if n > uint64(len(w.in)-w.at) {
		w.fail("is cut short")
		return ""
	}
	w.at += int(n)
	return w.in[w.at-int(n) : w.at]
}

// fresh reads a text that is written out.
func (w *wire) fresh(n uint64) string {
	text := w.bytes(n)
	if !w.whole {
		text = strings.Clone(text)
	}
	return text
}

// text is a text that is not likely to come again.
func (w *wire) text(text *string) {
	if !w.reading {
		w.number(uint64(len(*text)))
		w.out = append(w.out, *text...)
		return
	}
	*text = w.fresh(w.number(0))
}

// shared is a text that is likely to come again: an even number is the length
// of one that is written out, an odd one stands for one before.
func (w *wire) shared(at slot, text *string) {
	last := &w.lastOf[at]
	switch {
	case w.reading:
		n := w.number(0)
		switch {
		case n&1 == 0:
			*text = w.fresh(n >> 1)
			if *text != "" && !w.texts.add(*text) {
				w.fail("writes out a text again")
			}
		case n>>1 < uint64(len(w.texts.list)):
			*text = w.texts.list[n>>1]
		default:
			w.fail("refers to a text that is not there")
		}
	case *text == "":
		w.number(0)
	case *text == last.text:
		w.number(last.number<<1 | 1)
	default:
		last.text = *text
		number, found := w.texts.find(*text)
		if last.number = number; found {
			w.number(number<<1 | 1)
			return
		}
		w.texts.add(*text)
		w.number(uint64(len(*text)) << 1)
		w.out = append(w.out, *text...)
	}
}

// set is a permission set, written as a shared text is.
func (w *wire) set(set *permset.Names) {
	switch {
	case w.reading:
		n := w.number(0)
		switch {
		case n&1 == 0:
			*set = w.names(w.bytes(n >> 1))
			if !set.IsEmpty() && !w.sets.add(*set) {
				w.fail("writes out a permission set again")
			}
		case n>>1 < uint64(len(w.sets.list)):
			*set = w.sets.list[n>>1]
		default:
			w.fail("refers to a permission set that is not there")
		}
	case set.IsEmpty():
		w.number(0)
	case *set == w.lastSet:
		w.number(w.setAt<<1 | 1)
	default:
		w.lastSet = *set
		number, found := w.sets.find(*set)
		if w.setAt = number; found {
			w.number(number<<1 | 1)
			return
		}
		w.sets.add(*set)
		text := set.String()
		w.number(uint64(len(text)) << 1)
		w.out = append(w.out, text...)
	}
}

// names makes the set of a text.
func (w *wire) names(text string) permset.Names {
	if set, known := w.known[text]; known || text == "" {
		return set
	}
	set, err := permset.ParseNames(text)
	if err != nil || set.String() != text {
		w.fail("has a permission set that is not in canonical form")
		return permset.Names{}
	}
	if w.known == nil || len(w.known) == mostKnown {
		w.known = map[string]permset.Names{}
	}
	w.known[set.String()] = set
	return set
}

// int is a number, which may be negative.
func (w *wire) int(n *int) {
	read := w.signed(int64(*n))
	if read < math.MinInt || read > math.MaxInt {
		w.fail("has a number that is too large")
	}
	*n = int(read)
}

// flags are up to eight flags, in one byte.
func (w *wire) flags(flags ...*bool) {
	var b byte
	for i, flag := range flags {
		if *flag {
			b |= 1 << i
		}
	}
	b = w.byte(b)
	if b>>len(flags) != 0 {
		w.fail("has a flag that is unknown")
	}
	for i, flag := range flags {
		*flag = b>>i&1 != 0
	}
}

func (w *wire) digest(d *Digest) {
	if !w.reading {
		w.out = append(w.out, d[:]...)
		return
	}
	copy(d[:], w.bytes(uint64(len(d))))
}
