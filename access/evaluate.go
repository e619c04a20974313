package access

import (
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// This file is the one evaluator: everything that asks what somebody may use
// comes here (ASK-1). Rules only take away. A set is given; conditions can
// close the whole of it, and cuts take permissions out of it. A missing fact
// fails a condition. So lowering an input never widens an answer (LIM-5).

// conditions are the whole-or-nothing conditions of ASK-1, in the order in
// which they are told: what has to hold for anything to be usable.
var conditions = []struct {
	reason Reason
	holds  func(f *facts) bool
}{
	{ReasonUnknownClient, func(f *facts) bool { return f.clientKnown }},
	{ReasonUnknownUser, func(f *facts) bool { return f.userKnown }},
	{ReasonClientClosed, func(f *facts) bool { return !f.client.Closed }},
	{ReasonNotMember, func(f *facts) bool { return f.isMember }},
	{ReasonDeactivated, func(f *facts) bool { return f.member.Deactivated == relationship.NoSide }},
	{ReasonRunOut, func(f *facts) bool {
		until := f.member.Until(f.terms)
		return f.isSuperAdmin() || until.IsZero() || f.now.Before(until)
	}},
	{ReasonMemberPaused, func(f *facts) bool { return f.isSuperAdmin() || !f.standing.Pause.ActiveAt(f.now) }},
	{ReasonRelationshipOver, func(f *facts) bool {
		return !f.member.Managed() || f.relationship.PhaseAt(f.now) == relationship.Active
	}},
	{ReasonPartnerPaused, func(f *facts) bool { return !f.member.Managed() || !f.terms.Pause.ActiveAt(f.now) }},
	{ReasonPartnerClosed, func(f *facts) bool {
		return !f.member.Managed() || f.partner.ID != "" && !f.partner.Closed
	}},
	{ReasonEmployeeInactive, func(f *facts) bool { return !f.member.Managed() || f.employee.ActiveAt(f.now) }},
}

// runsOut is the instant at which the clock takes everything that the member
// may use, if nothing else happens; zero for never. A condition above that the
// passing of time can break has its instant here, and a cut has none.
func (f *facts) runsOut() time.Time {
	switch {
	case !f.isMember || f.isSuperAdmin():
		return time.Time{}
	case !f.member.Managed():
		return f.member.Until(f.terms)
	}
	return relationship.Earlier(f.member.Until(f.terms), f.relationship.Due())
}

// cuts are what takes single permissions away, in the order in which they
// are told. Each returns the permissions that it leaves.
var cuts = [...]struct {
	reason Reason
	leaves func(v *vocabulary, f *facts) permset.Set
}{
	{ReasonSuperAdminOnly, func(v *vocabulary, f *facts) permset.Set {
		if f.isSuperAdmin() {
			return v.all
		}
		return v.notSuperAdminOnly
	}},
	{ReasonNeverManaged, func(v *vocabulary, f *facts) permset.Set {
		if !f.member.Managed() {
			return v.all
		}
		return v.notNeverManaged
	}},
	{ReasonCeiling, func(v *vocabulary, f *facts) permset.Set {
		if !f.member.Managed() || !f.terms.HasCeiling {
			return v.all
		}
		ceiling, _ := v.bind(f.terms.Ceiling)
		return ceiling
	}},
	{ReasonNoSeat, func(v *vocabulary, f *facts) permset.Set {
		if f.seat() != NoSeat {
			return v.all
		}
		return v.notPaid
	}},
}

func (f *facts) isSuperAdmin() bool { return f.isMember && f.member.Role == relationship.SuperAdmin }

// seat carries out ADM-4: which seat the member has.
func (f *facts) seat() Seat {
	switch {
	case !f.isMember:
		return NoSeat
	case f.member.Managed() || f.seated:
		return PartnerSeat
	case f.member.PaidSeat:
		return PaidSeat
	}
	return NoSeat
}

// given is the set that the cuts are made from: the member's own, or the
// whole catalogue for a super admin (ADM-1).
func (v *vocabulary) given(f *facts) permset.Set {
	switch {
	case !f.isMember:
		return permset.Set{}
	case f.isSuperAdmin():
		return v.all
	}
	set, _ := v.bind(f.member.Set)
	return set
}

// failures returns the reasons that fail as a whole, as a set of bits.
func failures(f *facts) (failed reasons) {
	for _, condition := range conditions {
		if !condition.holds(f) {
			failed = failed.with(condition.reason)
		}
	}
	return failed
}

// failures is failures, and whether what a lost tail took keeps everything closed.
func (v *vocabulary) failures(f *facts) reasons {
	failed := failures(f)
	if v.kept.Load().closes(f) {
		failed = failed.with(ReasonRevocationLost)
	}
	return failed
}

// verdict is what the facts come to before a permission is asked about. All
// that is asked about one user in one client is answered from one verdict.
type verdict struct {
	failed reasons
	given  permset.Set
	leaves [len(cuts)]permset.Set
	// kept are the permissions that no lost tail took.
	kept permset.Set
	// managed says that a partner manages the member.
	managed bool
}

func (v *vocabulary) weigh(f *facts) verdict {
	w := verdict{failed: v.failures(f), given: v.given(f), kept: v.kept.Load().leaves(v, f), managed: f.member.Managed()}
	for i, cut := range cuts {
		w.leaves[i] = cut.leaves(v, f)
	}
	return w
}

// decide answers whether the permission may be used (ASK-1, ASK-2).
func (v *vocabulary) decide(w *verdict, permission permset.Permission) (failed reasons) {
	if permission.IsZero() || permission.Catalog() != v.catalog {
		return w.failed.with(ReasonUnknownPermission)
	}
	failed = w.failed
	if !permission.In(&w.given) {
		failed = failed.with(ReasonNotInSet)
	}
	for i, cut := range cuts {
		if !permission.In(&w.leaves[i]) {
			failed = failed.with(cut.reason)
		}
	}
	if !permission.In(&w.kept) {
		failed = failed.with(ReasonRevocationLost)
	}
	return failed
}

// left is what the cuts leave of the given set, leaving out one of them when
// it is named: what the member may use while the conditions hold.
func (v *vocabulary) left(f *facts, apart Reason) permset.Set {
	set := v.given(f)
	for _, cut := range cuts {
		if cut.reason != apart {
			set = set.Intersect(cut.leaves(v, f))
		}
	}
	return set
}

// usable is the set of permissions that the member may use now.
func (v *vocabulary) usable(f *facts) permset.Set {
	return v.usableAlone(f).Intersect(v.kept.Load().leaves(v, f))
}

// usableAlone is usable, lost tails apart.
func (v *vocabulary) usableAlone(f *facts) permset.Set {
	if failures(f) != 0 {
		return permset.Set{}
	}
	return v.left(f, reasonNone)
}

// holds carries out DEL-3: the set with which the member bounds what they
// give and take. It is what they may use at this moment, the seat apart.
// Billing permissions count as a super admin's only.
func (v *vocabulary) holds(f *facts) permset.Set {
	if failures(f) != 0 {
		return permset.Set{}
	}
	set := v.left(f, ReasonNoSeat)
	if !f.isSuperAdmin() {
		set = set.Minus(v.billing)
	}
	return set.Intersect(v.kept.Load().leaves(v, f))
}
