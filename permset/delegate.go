package permset

// Delegation is what comes of a change of a set by an administrator (DEL-1, DEL-2). The zero Delegation is a change of nothing into
// nothing.
type Delegation struct {
	// Next is the set afterwards.
	Next Set
	// Granted is what is in Next and was not held before. The actor holds all of it, and all of it was requested.
	Granted Set
	// Revoked is what was held before and is not in Next. The actor holds all of it, and none of it was requested.
	Revoked Set
	// Withheld is what was requested and is not in Next: the actor lacks it.
	Withheld Set
	// Retained is what was not requested and is in Next all the same: the actor lacks it, or lacks something that implies it and stays.
	Retained Set
}

// Delegate bounds a change of permissions by what its actor holds: an administrator adds and removes only what they hold themselves
// (DEL-1). current is what the target has, actor what the actor may hand on, requested the set that was chosen for the target.
//
// This is the only place where the rule is carried out. All three sets are expected to be closed under implication; then all of the
// following holds, and Next is closed too:
//
//	Next     = closure((current − actor) ∪ (requested ∩ actor))
//	Granted  = Next − current               within requested ∩ actor
//	Revoked  = current − Next               within actor − requested
//	Withheld = requested − Next             outside actor
//	Retained = (current − requested) ∩ Next
//
// If a set is not closed, Next need not be, but the bound stands whatever is passed: Next is within current ∪ (requested ∩ actor). So a
// mistake of the caller gives nobody more. It panics on sets of two catalogues.
func Delegate(current, actor, requested Set) (d Delegation) {
	c := next(&d.Next, &current, &actor, &requested)
	// One pass over the words for all four: an operation on sets for each would take twice as long.
	var granted, revoked, withheld, retained uint64
	for i := range lowWords {
		have, want, n := current.low[i], requested.low[i], d.Next.low[i]
		g, r, w, k := n&^have, have&^n, want&^n, have&^want&n
		d.Granted.low[i], d.Revoked.low[i], d.Withheld.low[i], d.Retained.low[i] = g, r, w, k
		granted, revoked, withheld, retained = granted|g, revoked|r, withheld|w, retained|k
	}
	if !current.high.none() || !requested.high.none() {
		d.Granted.high = d.Next.high.minus(current.high)
		d.Revoked.high = current.high.minus(d.Next.high)
		d.Withheld.high = requested.high.minus(d.Next.high)
		d.Retained.high = current.high.minus(requested.high).intersect(d.Next.high)
	}
	d.Granted.own(c, granted)
	d.Revoked.own(c, revoked)
	d.Withheld.own(c, withheld)
	d.Retained.own(c, retained)
	return d
}

// Next is the Next of [Delegate] alone, for callers that need no more.
//
//go:noinline
func Next(current, actor, requested Set) (n Set) {
	next(&n, &current, &actor, &requested)
	return n
}

// next carries out DEL-1.
//
// Write kept for current − actor and given for requested ∩ actor. Let the three sets be closed.
//
// The closure adds nothing that neither had. given is closed, as an intersection of closed sets is. So closure(kept ∪ given) =
// closure(kept) ∪ given, and only kept has to be closed here. kept is within current, and current is closed, so closure(kept) is within
// current. What the closure puts back is therefore in current and not in kept, that is, in current ∩ actor; if it was not requested it
// is what Delegate calls retained. Hence Next is within current ∪ given, and what is granted is within given.
//
// Nothing that the actor holds is withheld. What is both requested and in actor is in given, and given is within Next. So requested −
// Next lies outside actor.
//
// When current is within actor, kept is empty and nothing has to be closed: that is the common case, and the fast one. The last
// intersection changes nothing if current is closed; it holds the bound if it is not.
//
// It returns the catalogue of the sets, after panicking if there are two.
func next(n, current, actor, requested *Set) *Catalog {
	c := actor.catalog
	if current.catalog != c || requested.catalog != c {
		c = either(either(current.catalog, c), requested.catalog)
	}
	intersect(n, requested, actor)
	has, may := &current.low, &actor.low
	if has[0]&^may[0]|has[1]&^may[1]|has[2]&^may[2]|has[3]&^may[3]|
		has[4]&^may[4]|has[5]&^may[5]|has[6]&^may[6]|has[7]&^may[7] == 0 && current.high.none() {
		return c
	}
	var kept Set
	if minus(&kept, current, actor); kept.catalog != nil {
		c.spread(&kept, &c.implies)
		intersect(&kept, &kept, current)
		union(n, n, &kept)
	}
	return c
}
