package access_test

import (
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// factDimension is one fact, and every form that it can take.
type factDimension struct {
	name string
	// forms change a situation. The first leaves it as it is.
	forms []func(*situation)
	// main is how many of the forms are main ones. The others are instants a
	// little before and after, and what cannot come about.
	main int
	// free dimensions take all their forms in the short run too.
	free bool
}

func asItIs(*situation) {}

var (
	situationEnds = map[string]time.Time{
		"past": situationNow.Add(-time.Hour), "now": situationNow, "later": situationNow.Add(time.Second),
	}
	pauseOff   = relationship.Pause{}
	pauseOn    = relationship.Pause{On: true}
	pauseNow   = relationship.Pause{On: true, Until: situationEnds["now"]}
	pauseLater = relationship.Pause{On: true, Until: situationEnds["later"]}
)

func dimensionClient() factDimension {
	return factDimension{"client", []func(*situation){
		asItIs,
		func(s *situation) { s.client.Closed = true },
		func(s *situation) { s.without(s.client) },
	}, 3, false}
}

func dimensionUser() factDimension {
	return factDimension{"user", []func(*situation){asItIs, func(s *situation) { s.without(s.user) }}, 2, false}
}

func dimensionDeactivated() factDimension {
	by := func(side relationship.Side) func(*situation) {
		return func(s *situation) { s.member.Deactivated = side }
	}
	return factDimension{"deactivated", []func(*situation){asItIs, by(relationship.PartnerSide), by(relationship.ClientSide)}, 3, false}
}

// dimensionEnd: a super admin has none, so it is dropped there.
func dimensionEnd() factDimension {
	at := func(when string) func(*situation) {
		return func(s *situation) {
			if s.member.Role != relationship.SuperAdmin {
				s.member.End = situationEnds[when]
			}
		}
	}
	return factDimension{"end", []func(*situation){asItIs, at("now"), at("past"), at("later")}, 2, false}
}

func dimensionMemberPause() factDimension {
	pause := func(p relationship.Pause) func(*situation) {
		return func(s *situation) { s.standing.Pause = p }
	}
	return factDimension{"member's pause", []func(*situation){
		pause(pauseOff), pause(pauseOn), pause(pauseNow), pause(pauseLater),
	}, 2, false}
}

// The dimensions of one partner's facts: side is which.

func dimensionPartner(side int) factDimension {
	return factDimension{"partner", []func(*situation){
		asItIs,
		func(s *situation) { s.side[side].partner.Closed = true },
		func(s *situation) { s.side[side].partner.Kind = "association" },
		func(s *situation) { s.without(s.side[side].partner) },
	}, 4, false}
}

func dimensionEmployee(side int) factDimension {
	status := func(status relationship.EmployeeStatus) func(*situation) {
		return func(s *situation) { s.side[side].employee.Status = status }
	}
	pause := func(p relationship.Pause) func(*situation) {
		return func(s *situation) { s.side[side].employee.Pause = p }
	}
	return factDimension{"employee", []func(*situation){
		asItIs, status(relationship.Suspended), status(relationship.Left), pause(pauseOn),
		func(s *situation) { s.without(s.side[side].employee) },
		pause(pauseNow), pause(pauseLater),
	}, 5, false}
}

func dimensionRelationship(side int) factDimension {
	change := func(change func(*relationship.Relationship)) func(*situation) {
		return func(s *situation) { change(&s.side[side].relationship) }
	}
	ending := func(end time.Time) func(*situation) {
		return change(func(r *relationship.Relationship) {
			r.Phase, r.Members, r.EndsAt = relationship.Ending, 0, end
		})
	}
	return factDimension{"relationship", []func(*situation){
		asItIs,
		change(func(r *relationship.Relationship) {
			r.Phase, r.Members, r.Ended = relationship.Ended, 0, situationEnds["past"]
		}),
		change(func(r *relationship.Relationship) { r.Limit = situationEnds["now"] }),
		func(s *situation) { s.without(s.side[side].relationship) },
		change(func(r *relationship.Relationship) { r.Limit = situationEnds["later"] }),
		ending(situationEnds["now"]), ending(situationEnds["later"]),
	}, 4, false}
}

func dimensionPartnerPause(side int) factDimension {
	pause := func(p relationship.Pause) func(*situation) {
		return func(s *situation) { s.side[side].terms.Pause = p }
	}
	return factDimension{"partner's pause", []func(*situation){
		pause(pauseOff), pause(pauseOn), pause(pauseNow), pause(pauseLater),
	}, 2, false}
}

// dimensionLongest: the term began an hour ago and a little more, so that the
// bound is rounded down.
func dimensionLongest(side int) factDimension {
	longest := func(longest time.Duration) func(*situation) {
		return func(s *situation) {
			s.member.TermFrom = situationNow.Add(-time.Hour + 300*time.Millisecond)
			s.side[side].terms.Longest = longest
		}
	}
	return factDimension{"longest membership", []func(*situation){
		longest(0), longest(time.Hour), longest(time.Minute), longest(time.Hour + time.Second),
	}, 2, false}
}

func dimensionCeiling(side int) factDimension {
	return factDimension{"ceiling", []func(*situation){
		asItIs,
		func(s *situation) { s.side[side].terms.HasCeiling, s.side[side].terms.Ceiling = true, situationCeiling },
		func(s *situation) { s.without(s.side[side].terms) },
	}, 3, true}
}

// spoil makes everything about one partner refuse.
func (s *situation) spoil(side int) {
	facts := &s.side[side]
	facts.partner.Closed = true
	facts.employee.Status = relationship.Left
	facts.relationship.Phase, facts.relationship.Members, facts.relationship.Ended = relationship.Ended, 0, situationEnds["past"]
	facts.terms.Pause, facts.terms.Longest, facts.terms.HasCeiling = pauseOn, time.Second, true
}
