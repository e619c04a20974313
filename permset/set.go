package permset

import (
	"iter"
	"math/bits"
)

const (
	lowWords   = 8                   // words of 64 permissions that lie in the Set itself
	narrow     = lowWords * 64       // how many permissions that is
	totalWords = MaxPermissions / 64 // words of the widest catalogue
)

// Set is a set of permissions of one catalogue: an immutable value. It can be copied, compared with == and used as a map key, and == is
// equality of sets (PSET-3). The zero Set is the empty set, and the only empty set: it belongs to no catalogue and goes together with
// all.
//
// Any number of goroutines may use a Set. It is 80 bytes, and up to 512 permissions nothing is allocated. Beyond that, what a result has
// past the first 512 is looked up among the sets in use, which allocates nothing when one has the same, and several times when none has.
//
// Two sets that are not empty go together only when they belong to the same *Catalog. Combining sets of two catalogues is a programming
// error, as adding metres to seconds is, and panics: the positions of one mean nothing in the other. Sets travel as [Names].
//
// A Set made by a catalogue is closed under implication (PSET-2) where the catalogue says so. Union and Intersect of closed sets are
// closed. Minus of closed sets need not be: see [Catalog.Without] and [Catalog.Floor].
type Set struct {
	catalog *Catalog         // nil if and only if the set is empty
	low     [lowWords]uint64 // the first 512 permissions, in the order of the declaration
	high    tail             // the rest
}

// Catalog is the catalogue that the set belongs to; nil for the empty set.
func (s Set) Catalog() *Catalog { return s.catalog }

// IsEmpty reports whether nothing is in the set.
func (s Set) IsEmpty() bool { return s.catalog == nil }

// Has reports whether p is in the set. It is false for the zero Permission and for one of another catalogue.
func (s Set) Has(p Permission) bool {
	// The zero Permission and the empty Set share their lack of a catalogue; no bit of the latter is set. The whole is written out, as
	// it then is just small enough for the compiler to put it where it is asked.
	if p.catalog != s.catalog {
		return false
	}
	if p.index < narrow {
		return s.low[p.index/64]>>(p.index%64)&1 != 0
	}
	if s.high == (tail{}) {
		return false
	}
	text := s.high.words.Value()
	i := int(p.index/8 - narrow/8)
	return i < len(text) && text[i]>>(p.index%8)&1 != 0
}

// In is [Set.Has] for a set that lies in memory already: where many questions are put to few sets, copying a set for each costs more
// than the answer. The set must not be nil.
func (p Permission) In(s *Set) bool { return p.catalog == s.catalog && s.has(p.index) }

// SubsetOf reports whether everything in s is in t. It panics on sets of two catalogues.
func (s Set) SubsetOf(t Set) bool { return s.In(&t) }

// In is [Set.SubsetOf] for sets that lie in memory already: copying both for the call costs as much as comparing them. Neither may be nil.
func (s *Set) In(t *Set) bool {
	if s.catalog != t.catalog {
		if s.catalog == nil {
			return true
		}
		either(s.catalog, t.catalog)
	}
	return s.low[0]&^t.low[0]|s.low[1]&^t.low[1]|s.low[2]&^t.low[2]|s.low[3]&^t.low[3]|
		s.low[4]&^t.low[4]|s.low[5]&^t.low[5]|s.low[6]&^t.low[6]|s.low[7]&^t.low[7] == 0 &&
		(s.high.none() || s.high.subsetOf(t.high))
}

// Len is how many permissions are in the set.
func (s Set) Len() int {
	n := s.high.len()
	for _, w := range s.low {
		n += bits.OnesCount64(w)
	}
	return n
}

// All yields the permissions of the set in the order of the declaration.
func (s Set) All() iter.Seq[Permission] {
	return func(yield func(Permission) bool) {
		for i := range lowWords + len(s.high.text())/8 {
			for w := s.word(i); w != 0; w &= w - 1 {
				if !yield(Permission{catalog: s.catalog, index: uint32(i*64 + bits.TrailingZeros64(w))}) {
					return
				}
			}
		}
	}
}

// word is the i-th word of the set.
func (s *Set) word(i int) uint64 {
	if i < lowWords {
		return s.low[i]
	}
	return word(s.high.text(), i-lowWords)
}

// has is Has by position, for the catalogue's own use.
func (s *Set) has(i uint32) bool {
	if i < narrow {
		return s.low[i/64]>>(i%64)&1 != 0
	}
	return s.high.has(i - narrow)
}

// Names is the portable form of the set: what is stored, logged and exchanged (PSET-3).
func (s Set) Names() Names {
	if s.catalog == nil {
		return Names{}
	}
	return s.catalog.names(&s)
}

// String is the names of the set, sorted and separated by single spaces; "" for the empty set.
func (s Set) String() string { return s.Names().String() }

// MarshalJSON writes the names as a JSON array, so that no position ever leaves the process (PSET-3). There is no UnmarshalJSON: read
// [Names], and bind them to a catalogue with [Catalog.Bind].
func (s Set) MarshalJSON() ([]byte, error) { return s.Names().MarshalJSON() }
