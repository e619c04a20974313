package permset

// Union is what is in s or in t. It panics on sets of two catalogues.
func (s Set) Union(t Set) (u Set) {
	union(&u, &s, &t)
	return u
}

// Intersect is what is in s and in t. It panics on sets of two catalogues.
func (s Set) Intersect(t Set) (u Set) {
	intersect(&u, &s, &t)
	return u
}

// Minus is what is in s and not in t. It panics on sets of two catalogues. The result need not be closed under implication.
func (s Set) Minus(t Set) (u Set) {
	minus(&u, &s, &t)
	return u
}

// The three below write into the place of the result, because a Set is 88 bytes and copying it costs as much as the work. They write
// out the eight words, because the compiler does not unroll loops. The result may be one of the operands.

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
	if s.high != "" || t.high != "" {
		u.high = highUnion(s.high, t.high)
	} else {
		u.high = ""
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
	if s.high != "" {
		u.high = highIntersect(s.high, t.high)
	} else {
		u.high = ""
	}
	u.own(c)
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
	if s.high != "" {
		u.high = highMinus(s.high, t.high)
	} else {
		u.high = ""
	}
	u.own(c)
}

// own gives the set its catalogue, or none when it is empty: the rule that makes == set equality.
func (s *Set) own(c *Catalog) {
	if s.low[0]|s.low[1]|s.low[2]|s.low[3]|s.low[4]|s.low[5]|s.low[6]|s.low[7] == 0 && s.high == "" {
		c = nil
	}
	s.catalog = c
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

// lowSubset reports whether the words of s are within those of t.
func lowSubset(s, t *[lowWords]uint64) bool {
	return s[0]&^t[0]|s[1]&^t[1]|s[2]&^t[2]|s[3]&^t[3]|s[4]&^t[4]|s[5]&^t[5]|s[6]&^t[6]|s[7]&^t[7] == 0
}

// mixed reports the programming error of combining what belongs to two catalogues.
func mixed() {
	panic("permset: sets of two different catalogues were combined; bind the names of both to one catalogue")
}
