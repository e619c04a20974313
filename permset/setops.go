package permset

// Union is what is in s or in t. It panics on sets of two catalogues.
//
//go:noinline
func (s Set) Union(t Set) (u Set) {
	union(&u, &s, &t)
	return u
}

// Intersect is what is in s and in t. It panics on sets of two catalogues.
//
//go:noinline
func (s Set) Intersect(t Set) (u Set) {
	intersect(&u, &s, &t)
	return u
}

// Minus is what is in s and not in t. It panics on sets of two catalogues. The result need not be closed under implication.
//
//go:noinline
func (s Set) Minus(t Set) (u Set) {
	minus(&u, &s, &t)
	return u
}

// The three below write into the place of the result, because a Set is 80 bytes and copying it costs as much as the work. They write
// out the eight words, because the compiler does not unroll loops. The result may be one of the operands.
//
// What calls them is not inlined: the compiler would then copy each operand twice, and not once.

func union(u, s, t *Set) {
	c := s.catalog
	if c != t.catalog {
		c = either(c, t.catalog)
	}
	u.catalog = c
	u.low[0] = s.low[0] | t.low[0]
	u.low[1] = s.low[1] | t.low[1]
	u.low[2] = s.low[2] | t.low[2]
	u.low[3] = s.low[3] | t.low[3]
	u.low[4] = s.low[4] | t.low[4]
	u.low[5] = s.low[5] | t.low[5]
	u.low[6] = s.low[6] | t.low[6]
	u.low[7] = s.low[7] | t.low[7]
	if !s.high.none() || !t.high.none() {
		u.high = s.high.union(t.high)
	} else {
		u.high = tail{}
	}
}

func intersect(u, s, t *Set) {
	c := s.catalog
	if c != t.catalog {
		c = either(c, t.catalog)
	}
	u.low[0] = s.low[0] & t.low[0]
	u.low[1] = s.low[1] & t.low[1]
	u.low[2] = s.low[2] & t.low[2]
	u.low[3] = s.low[3] & t.low[3]
	u.low[4] = s.low[4] & t.low[4]
	u.low[5] = s.low[5] & t.low[5]
	u.low[6] = s.low[6] & t.low[6]
	u.low[7] = s.low[7] & t.low[7]
	if !s.high.none() {
		u.high = s.high.intersect(t.high)
	} else {
		u.high = tail{}
	}
	u.own(c, lowAny(&u.low))
}

func minus(u, s, t *Set) {
	c := s.catalog
	if c != t.catalog {
		c = either(c, t.catalog)
	}
	u.low[0] = s.low[0] &^ t.low[0]
	u.low[1] = s.low[1] &^ t.low[1]
	u.low[2] = s.low[2] &^ t.low[2]
	u.low[3] = s.low[3] &^ t.low[3]
	u.low[4] = s.low[4] &^ t.low[4]
	u.low[5] = s.low[5] &^ t.low[5]
	u.low[6] = s.low[6] &^ t.low[6]
	u.low[7] = s.low[7] &^ t.low[7]
	if !s.high.none() {
		u.high = s.high.minus(t.high)
	} else {
		u.high = tail{}
	}
	u.own(c, lowAny(&u.low))
}

// own gives the set its catalogue, or none when it is empty: the rule that makes == set equality. low is all of its first words, or-ed.
func (s *Set) own(c *Catalog, low uint64) {
	if low == 0 && s.high.none() {
		c = nil
	}
	s.catalog = c
}

// lowAny is zero if and only if all of the words are.
func lowAny(w *[lowWords]uint64) uint64 {
	return w[0] | w[1] | w[2] | w[3] | w[4] | w[5] | w[6] | w[7]
}

// either is the catalogue of two sets, of which one may be empty.
func either(c, d *Catalog) *Catalog {
	switch {
	case c == nil:
		return d
	case d == nil || c == d:
		return c
	}
	mixed()
	return nil
}

// mixed reports the programming error of combining what belongs to two catalogues.
func mixed() {
	panic("permset: sets of two different catalogues were combined; bind the names of both to one catalogue")
}
