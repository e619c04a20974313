package access

import (
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// asked is a set that somebody wants a member to have, before it is bounded.
type asked struct {
	// set is what is wanted; cut is that without what may not be asked for
	// at all.
	set, cut permset.Set
	// lost are wanted names that the catalogue does not know any more: they
	// are withheld.
	lost permset.Names
	// drop are names lost to the catalogue that the member is to lose too.
	drop permset.Names
}

// replacement asks for a set in place of the member's own, as applying a
// template does.
func (w *work) replacement(current permset.Names, wanted permset.Names, managed bool) asked {
	set, lost := w.v.bind(wanted)
	_, drop := w.v.bind(current)
	return asked{set: set, cut: set.Intersect(w.v.askable(managed)), lost: lost, drop: drop.Minus(wanted)}
}

// edit asks for the member's own set with some permissions added and some
// removed (UPD-2). What may not be asked for is left out of what is added;
// what the member has of it already stays until it is removed by name. Asking
// for a permission asks for what it implies (PSET-2), so that may be granted
// also where the permission itself is withheld.
func (w *work) edit(current permset.Names, add, remove []string, managed bool) (asked, error) {
	set, lost := w.v.bind(current)
	added, err := w.v.catalog.Set(add...)
	if err != nil {
		return asked{}, unknownPermissions(err)
	}
	var known []string
	var drop permset.Names
	for _, name := range remove {
		if lost.Has(name) {
			drop = drop.Union(permset.MustNames(name))
		} else {
			known = append(known, name)
		}
	}
	removed, err := w.v.catalog.Exactly(known...)
	if err != nil {
		return asked{}, unknownPermissions(err)
	}
	for permission := range removed.All() {
		if added.Has(permission) {
			return asked{}, invalid("change", "permissions", "adds and removes "+permission.Name())
		}
	}
	return asked{
		set:  w.v.catalog.Without(set.Union(added), removed),
		cut:  w.v.catalog.Without(set.Union(added.Intersect(w.v.askable(managed))), removed),
		drop: drop,
	}, nil
}

// bound is the one place where DEL-1 meets a member: it returns the set that
// the member is to have, and notes what was withheld and retained (DEL-2).
func (w *work) bound(by authority, place Place, current permset.Names, want asked) permset.Names {
	// Many members whom a change is about are bounded alike.
	if last := &w.last; last.by != by || last.current != current || last.want != want {
		w.last = bounded{by: by, current: current, want: want}
		w.last.next, w.last.held = w.bounds(by, current, want)
	}
	w.note(place, w.last.held)
	return w.last.next
}

// bounds works out what bound returns and notes. Lost names stay unless a super
// admin of the client drops them (DEL-3, PSET-3).
func (w *work) bounds(by authority, current permset.Names, want asked) (permset.Names, *note) {
	set, lost := w.v.bind(current)
	d := permset.Delegate(set, by.holds, want.cut)
	kept, retained := lost, d.Retained.Names()
	if by.super {
		kept = lost.Minus(want.drop)
	} else {
		retained = retained.Union(want.drop)
	}
	next := w.texts.one(w.v, d.Next.Names().Union(kept))
	held := note{
		withheld: want.set.Names().Union(want.lost).Minus(next),
		retained: retained,
	}
	if held == (note{}) {
		return next, nil
	}
	return next, &held
}

// bounded is what bound came to.
type bounded struct {
	by      authority
	current permset.Names
	want    asked
	next    permset.Names
	held    *note
}

// note notes what was held back from a member; nil is nothing.
func (w *work) note(place Place, held *note) {
	if held == nil {
		delete(w.notes, place)
	} else {
		w.notes[place] = held
	}
}

// shorten carries out DEL-6 for an end that is asked for: what is added ends
// no later than the actor's own time.
func (by authority) shorten(end time.Time) time.Time {
	if by.super {
		return end
	}
	return relationship.Earlier(end, by.until)
}

// mayGrant carries out DEL-6 for a member whose set or role grows: the call is
// refused where the member would outlast the actor.
func (w *work) mayGrant(by authority, before, after relationship.Member) error {
	if by.super {
		return nil
	}
	grows := !after.Set.SubsetOf(before.Set) ||
		after.Role == relationship.PartnerAdmin && before.Role != relationship.PartnerAdmin
	if grows && relationship.Outlasts(w.until(after), by.until) {
		return refuse("DEL-6", ErrOutlasts, after.Client, after.User, "they would outlast whoever grants")
	}
	return nil
}

// mayRaise carries out OFF-3: while a member is deactivated, the record is
// only lowered.
func mayRaise(before, after relationship.Member) error {
	if before.Deactivated != relationship.NoSide && !after.Set.SubsetOf(before.Set) {
		return refuse("OFF-3", ErrDeactivated, before.Client, before.User)
	}
	return nil
}
