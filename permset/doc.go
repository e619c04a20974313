// Package permset says which permissions exist, and computes with sets of them.
//
// A host declares its permissions once, at start, as a [Declaration]. [NewCatalog] makes a [Catalog] of it, or refuses it and lists every
// fault. From then on there are two kinds of sets:
//
//   - [Set] is for use: bits bound to one catalogue. Asking, comparing and combining take a few nanoseconds and allocate nothing up to
//     512 permissions.
//   - [Names] is for keeping: the sorted names, without a catalogue. This is what is stored, logged and exchanged, never bit positions
//     (PSET-3). It keeps names that no catalogue knows any more.
//
// [Set.Names] goes one way and [Catalog.Bind] the other. [Delegate] is DEL-1, the rule everything else rests on: an administrator adds
// and removes only the permissions that they hold themselves.
//
// # Which call to use
//
//	a person or a program chose names                  Catalog.Set      closed: adds what they imply; unknown names are an error
//	a person chose what to take away                   Catalog.Exactly  just these; pass it to Catalog.Without
//	names come from a store                            Catalog.Bind     adds nothing; what is unknown or incomplete is reported
//	a ceiling, or the rest after a subtraction         Catalog.Floor    closed by taking away
//	an administrator changes someone's permissions     Delegate
//
// # Implication
//
// A permission may imply others (PSET-2), directly and through those. A set is closed when it holds all that its members imply. Every
// set that a member has is closed; Union, Intersect, [Catalog.Without] and [Delegate] keep it so. [Set.Minus] does not, and
// [Catalog.Exactly] does not: their results are for computing with, not for giving to anybody.
//
// Marks climb: what implies a paid permission is itself paid, and so on for all marks. So taking a mark away from a closed set, as in
// s.Minus(c.Marked(permset.Paid)), leaves a closed set.
//
// # Promises
//
//   - Permission, Set and Names are immutable values. == is equality, they can be map keys, and any number of goroutines may use them.
//   - The zero Permission is no permission, the zero Set and the zero Names are the empty set. A mistake leads to less, not to more: an
//     unknown name is never in a set, and [Catalog.Bind] adds nothing to what was stored.
//   - Equal sets print alike and are stored alike, whatever way they were made.
//   - A catalogue has up to [MaxPermissions] permissions. Beyond 512 the cost is in proportion to the width, and a set that
//     is not among those in use is allocated.
//   - Nothing here does I/O, reads a clock, starts a goroutine or keeps state.
//
// # Not promised
//
//   - Sets of two catalogues do not go together, even if equal declarations made them: operations on them panic. A program has one
//     catalogue at a time; what outlives it is Names.
//   - Whether a new catalogue would widen what is stored under the old one is not asked here (PSET-5): Bind fails closed, and the layer
//     above compares.
//   - Who holds which set, and for how long, is no matter of this package.
//
// # In tests
//
// Compare with ==, or compare Names: a failing require.Equal on two Sets prints the whole catalogue. With go-cmp use
// cmpopts.EquateComparable(permset.Set{}, permset.Names{}, permset.Permission{}).
//
// # Decisions
//
// A Set is 80 bytes, passed by value, and copying two of them takes about as long as comparing them. A pointer to shared words would be
// smaller, but two equal sets would have to be found to be one, by a look-up for every result, before == could compare them. A fixed array
// for the widest catalogue would cost every small product 1 KB a set. So the first 512 permissions lie in the Set; only the rest, which
// few have, is interned (package unique), so that it is one pointer and == holds.
//
// The position of a permission is its place in the declaration, so that iterating a set needs no second order. The closure follows
// single implications from what is in the set, and holds no table of closed sets: a chain through a wide catalogue would make such a
// table as large as the square of the width.
//
// The empty set belongs to no catalogue. If each catalogue had its own, == would have to be a method, and the zero Set would be a
// special case in every caller.
package permset
