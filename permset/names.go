package permset

import (
	"iter"
	"slices"
	"strings"
)

// Names is a set of permission names without a catalogue: the portable form of a [Set], and what is stored, logged and exchanged
// (PSET-3). It keeps names that no catalogue knows any more.
//
// Names is an immutable value in canonical form, sorted and without repetitions: == is equality of sets, it can be a map key, and any
// number of goroutines may use it. The zero Names is the empty set. Every name in it is well-formed; the size is not limited, so a host
// that reads Names from strangers limits what it reads.
//
// There is no implication here: Names holds exactly the names put into it. See [Catalog.Bind].
type Names struct {
	text string // the names in ascending order, separated by single spaces
}

// NewNames is the set of these names, in any order and repeated or not. The first name that cannot name a permission is the error, a
// *[NameError].
func NewNames(names ...string) (Names, error) {
	for _, name := range names {
		if err := checkName(name); err != nil {
			return Names{}, err
		}
	}
	return Names{text: strings.Join(sortedUnique(names), " ")}, nil
}

// MustNames is [NewNames] for names written in a program: it panics on a bad one.
func MustNames(names ...string) Names {
	n, err := NewNames(names...)
	if err != nil {
		panic(err)
	}
	return n
}

// ParseNames reads what [Names.String] writes, and is lenient: names in any order, repeated or not, separated by any white space. The
// first name that cannot name a permission is the error, a *[NameError].
func ParseNames(text string) (Names, error) { return NewNames(strings.Fields(text)...) }

// Len is how many names are in the set.
func (n Names) Len() int {
	if n.text == "" {
		return 0
	}
	return strings.Count(n.text, " ") + 1
}

// IsEmpty reports whether no name is in the set.
func (n Names) IsEmpty() bool { return n.text == "" }

// IsZero is IsEmpty: an empty set is left out of JSON by the omitzero option.
func (n Names) IsZero() bool { return n.text == "" }

// Has reports whether name is in the set. It takes time in proportion to the logarithm of the size.
func (n Names) Has(name string) bool {
	text := n.text
	for text != "" {
		// The name that covers or follows the middle lies between start and end.
		start := strings.LastIndexByte(text[:len(text)/2], ' ') + 1
		end := len(text)
		if i := strings.IndexByte(text[start:], ' '); i >= 0 {
			end = start + i
		}
		switch strings.Compare(name, text[start:end]) {
		case 0:
			return true
		case -1:
			text = text[:max(start-1, 0)]
		default:
			text = text[min(end+1, len(text)):]
		}
	}
	return false
}

// All yields the names in ascending order.
func (n Names) All() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name, rest := cut(n.text); name != ""; name, rest = cut(rest) {
			if !yield(name) {
				return
			}
		}
	}
}

// cut is the first name of a text and what follows it; "" when there is none.
func cut(text string) (name, rest string) {
	name, rest, _ = strings.Cut(text, " ")
	return name, rest
}

// Slice is the names in ascending order. The caller owns the slice; it is nil for the empty set.
func (n Names) Slice() []string {
	return slices.Collect(n.All())
}

// String is the names in ascending order, separated by single spaces; "" for the empty set. [ParseNames] reads it back.
func (n Names) String() string { return n.text }
