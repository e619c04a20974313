package permset

import (
	"fmt"
	"strings"
)

// UnknownError says that a catalogue does not know some names (ASK-4). Match it with [errors.As].
type UnknownError struct {
	Names []string // every unknown name, sorted and unique, as given
}

// Error lists every unknown name.
func (e *UnknownError) Error() string {
	quoted := make([]string, len(e.Names))
	for i, name := range e.Names {
		quoted[i] = quote(name)
	}
	return fmt.Sprintf("permset: not in the catalogue: %s", strings.Join(quoted, ", "))
}

// Set is the set of these names and all they imply (PSET-2). Order and repetition do not matter. If any name is unknown the set is
// empty and the error is an *[UnknownError] that lists all that are.
//
// Set is for names that a person or a program has just chosen. For names that were stored use [Catalog.Bind], which adds nothing.
func (c *Catalog) Set(names ...string) (Set, error) {
	s, err := c.Exactly(names...)
	if err != nil {
		return Set{}, err
	}
	return c.Close(s), nil
}

// Exactly is the set of these names and no others: it is not closed. It is how one says what to take away (see [Catalog.Without]). Errors
// are those of [Catalog.Set].
func (c *Catalog) Exactly(names ...string) (Set, error) {
	var w words
	var unknown []string
	for _, name := range names {
		if i, ok := c.index.find(name); ok {
			w[i/64] |= 1 << (i % 64)
		} else {
			unknown = append(unknown, name)
		}
	}
	if unknown != nil {
		return Set{}, &UnknownError{Names: sortedUnique(unknown)}
	}
	return w.set(c), nil
}

// Close is s with all that it implies: the smallest closed set that holds s (PSET-2). It panics on a set of another catalogue.
func (c *Catalog) Close(s Set) Set {
	c.mine(&s)
	c.spread(&s, &c.implies)
	return s
}

// Floor is the largest closed set within s: it keeps a permission only with all it implies. It is how a ceiling is closed (PSET-2, LIM-1).
// It panics on a set of another catalogue.
func (c *Catalog) Floor(s Set) Set {
	return c.Without(s, c.all.Minus(s))
}

// Without is s after taking away what is in remove and all that implies it: asking to remove a permission asks to remove all that imply
// it (PSET-2). What a removed permission implies stays. If s is closed, so is the result. It panics on sets of another catalogue.
func (c *Catalog) Without(s, remove Set) Set {
	c.mine(&s)
	c.mine(&remove)
	c.spread(&remove, &c.impliedBy)
	minus(&s, &s, &remove)
	return s
}

// Bind is what stored names mean in this catalogue (PSET-3). It fails closed: set is the largest closed set among the names it knows, and
// adds nothing. rest is everything else: names that the catalogue does not know, and names that cannot be used because something they
// imply now is not among the names. The names of set and rest together are the names given.
func (c *Catalog) Bind(names Names) (set Set, rest Names) {
	var w words
	unknown := 0
	for name := range names.All() {
		if i, ok := c.index.find(name); ok {
			w[i/64] |= 1 << (i % 64)
		} else {
			unknown++
		}
	}
	known := w.set(c)
	set = c.Floor(known)
	if unknown == 0 && set == known {
		return set, Names{}
	}
	return set, names.Minus(set.Names())
}

// mine panics if s belongs to another catalogue.
func (c *Catalog) mine(s *Set) {
	if s.catalog != nil && s.catalog != c {
		mixed()
	}
}

// spread adds to s all that can be reached along e.
func (c *Catalog) spread(s *Set, e *edges) {
	switch {
	case s.catalog == nil:
	case c.Len() <= narrow:
		var pending [lowWords]uint64
		e.spread(s.low[:], pending[:])
	default:
		var reached, pending words
		s.load(&reached)
		e.spread(reached[:], pending[:])
		*s = reached.set(c)
	}
}

// names lists the names of s.
func (c *Catalog) names(s *Set) Names {
	size := 0
	for p := range s.All() {
		size += len(p.Name()) + 1
	}
	var b strings.Builder
	b.Grow(size)
	for _, i := range c.byName {
		if s.has(i) {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(c.declared.Permissions[i].Name)
		}
	}
	return Names{text: b.String()}
}
