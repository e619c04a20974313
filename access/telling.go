package access

import "github.com/clientaccess/clientaccess/relationship"

// telling tells what becomes of members, one after the other. Many are changed
// alike: then what was worked out for the one before is told again.
type telling struct {
	w       *work
	cutting *cutting
	// before and after are the member told before, without what only tells who
	// it is and since when; change is what it came to.
	before, after relationship.Member
	change        MemberChange
}

// tell says what a line does to the member of a place.
func (t *telling) tell(change *MemberChange, place Place, line relationship.Line) {
	before, _ := line.Before.(relationship.Member)
	after, _ := line.After.(relationship.Member)
	if like(&before, &t.before) && like(&after, &t.after) {
		*change = t.change
	} else {
		t.work(change, &before, &after)
		t.before, t.after, t.change = before, after, *change
	}
	change.Place = place
	if held := t.w.notes[place]; held != nil {
		change.Withheld, change.Retained = held.withheld, held.retained
	}
}

// like reports whether all that is told of two members is the same. The seat of
// a super admin is their own (ADM-4).
func like(a, b *relationship.Member) bool {
	if a.Set != b.Set {
		return false
	}
	like := *a
	like.User, like.Since, like.TermFrom, like.By = b.User, b.Since, b.TermFrom, b.By
	return like == *b && a.Role != relationship.SuperAdmin
}

// work works out what a member's change comes to; the zero Member is none.
func (t *telling) work(change *MemberChange, before, after *relationship.Member) {
	v := t.w.v
	if before.User != "" {
		change.Before = v.state(t.cutting.of(before))
	}
	if after.User != "" {
		f := t.cutting.of(after)
		change.After = v.state(f)
		change.Clipped = v.given(f).Minus(v.left(f, reasonNone)).Names()
		if after.Role != relationship.SuperAdmin {
			_, change.Lost = v.bind(after.Set)
		}
	}
	change.Granted = change.After.Set.Minus(change.Before.Set)
	change.Revoked = change.Before.Set.Minus(change.After.Set)
}

// state is the membership as a screen shows it.
func (v *vocabulary) state(f *facts) MemberState {
	m := f.member
	state := MemberState{
		Role: m.Role, Set: m.Set, Deactivated: m.Deactivated, Seat: f.seat(), Manager: m.Manager,
		Linked: m.Linked, Template: m.Template, End: m.End, EndByClient: m.EndByClient,
	}
	if m.Role == relationship.SuperAdmin {
		state.Set = v.allNames
	}
	return state
}
