package access

import (
	"slices"

	"github.com/clientaccess/clientaccess/relationship"
)

// This file is about the ticks of a query (SEE-5).

// phases are those of a relationship, with that of none ever.
var phases = []relationship.Phase{"", relationship.Active, relationship.Ending, relationship.Ended}

// hasAny reports whether a value is one of those ticked. Nothing ticked is no
// condition.
func hasAny[T comparable](ticked []T, value T) bool {
	return len(ticked) == 0 || slices.Contains(ticked, value)
}

// tickable refuses what no row can have: ticked by mistake, it would give a
// list that is empty, and looks right.
func tickable[T comparable](field string, ticked []T, values ...T) error {
	for _, tick := range ticked {
		if !slices.Contains(values, tick) {
			return invalid("query", field, "has a tick that no row can have")
		}
	}
	return nil
}

func (q MemberQuery) checkTicks() error {
	return firstError(
		tickable("roles", q.Roles, relationship.SuperAdmin, relationship.PartnerAdmin, relationship.Standard),
		tickable("why", q.Why, memberReasons...),
		tickable("kinds", q.Kinds, "", relationship.Staff, relationship.Contractor))
}

// memberReasons are those that can stand in MemberView.Why: of a member whose
// account and user are known, in a relationship that is not over.
var memberReasons = []Reason{
	ReasonAllowed, ReasonClientClosed, ReasonDeactivated, ReasonRunOut, ReasonMemberPaused, ReasonPartnerPaused,
	ReasonPartnerClosed, ReasonEmployeeInactive,
}

// firstError returns the first error that is one.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
