package permset

import "strings"

// Union is the names in n or in o.
func (n Names) Union(o Names) Names { return n.merge(o, true, true, true) }

// Intersect is the names in n and in o.
func (n Names) Intersect(o Names) Names { return n.merge(o, false, true, false) }

// Minus is the names in n that are not in o.
func (n Names) Minus(o Names) Names { return n.merge(o, true, false, false) }

// SubsetOf reports whether every name in n is in o.
func (n Names) SubsetOf(o Names) bool {
	switch {
	case len(n.text) > len(o.text):
		return false
	case n.text == o.text:
		return true
	}
	name, rest := cut(n.text)
	other, otherRest := cut(o.text)
	for name != "" {
		switch strings.Compare(name, other) {
		case 0:
			name, rest = cut(rest)
			other, otherRest = cut(otherRest)
		case 1:
			if other == "" {
				return false
			}
			other, otherRest = cut(otherRest)
		default:
			return false
		}
	}
	return true
}

// merge walks the names of both in order and takes those only in n, in both, and only in o, as told.
func (n Names) merge(o Names, left, both, right bool) Names {
	if n.text == o.text || n.text == "" || o.text == "" {
		switch {
		case n.text == o.text && both, o.text == "" && left:
			return n
		case n.text == "" && o.text != "" && right:
			return o
		}
		return Names{}
	}
	var b strings.Builder
	take := func(name string) {
		if b.Len() == 0 {
			b.Grow(len(n.text) + len(o.text) + 1)
		} else {
			b.WriteByte(' ')
		}
		b.WriteString(name)
	}
	name, rest := cut(n.text)
	other, otherRest := cut(o.text)
	for name != "" || other != "" {
		switch {
		case name == other:
			if both {
				take(name)
			}
			name, rest = cut(rest)
			other, otherRest = cut(otherRest)
		case other == "" || name != "" && name < other:
			if left {
				take(name)
			}
			name, rest = cut(rest)
		default:
			if right {
				take(other)
			}
			other, otherRest = cut(otherRest)
		}
	}
	// An operand that equals the result is handed back, so that the larger buffer can be freed.
	switch b.String() {
	case n.text:
		return n
	case o.text:
		return o
	}
	return Names{text: b.String()}
}
