package access

import (
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// crowd works out the entries of members of a state, one after the other. Many
// who come together are alike: then the entry is that of the one before.
type crowd struct {
	x        *indexer
	gathered *gathering
	// member, standing, employee and userKnown are what the member before has
	// for themselves alone, and last is their entry.
	member    relationship.Member
	standing  relationship.Standing
	employee  relationship.Employee
	userKnown bool
	last      entry
}

// entry works out what the index is to know of a member.
func (c *crowd) entry(member *relationship.Member) entry {
	f := c.gathered.whole(member)
	if c.isLike(f) && c.x.v.kept.Load() == nil {
		return c.last
	}
	c.last = c.x.entry(c.gathered.r, f)
	c.member, c.standing, c.employee, c.userKnown = f.member, f.standing, f.employee, f.userKnown
	return c.last
}

// isLike reports whether a member differs from the one before in nothing that an
// entry hangs on. What they do not have for themselves alone hangs on client and
// manager.
func (c *crowd) isLike(f *facts) bool {
	if f.userKnown != c.userKnown || f.member.TermFrom != c.member.TermFrom || !like(&f.member, &c.member) {
		return false
	}
	standing, employee := f.standing, f.employee
	standing.Client, standing.User = c.standing.Client, c.standing.User
	employee.User, employee.Since = c.employee.User, c.employee.Since
	return standing == c.standing && employee == c.employee
}

// entry works out what the index is to know of a member, from the facts at the
// instant of the state.
func (x *indexer) entry(r storage.Reader, f *facts) entry {
	turns, known := f.turns(r)
	if !known || x.v.kept.Load().has(Place{f.member.Client, f.member.User}) {
		return askedOfEvaluator
	}
	profile := x.number(f)
	if turns.n == 0 {
		return forEver(profile)
	}
	until := turns.first.Unix() - entryEpoch
	if until <= 0 || until >= 1<<32 {
		return askedOfEvaluator
	}
	after := uint16(askEvaluator)
	if turns.n == 1 && turns.first.Nanosecond() == 0 {
		then := *f
		then.now = turns.first
		after = x.number(&then)
	}
	return newEntry(profile, after, uint32(until))
}

// turns are instants to come: so many, and the first of them.
type turns struct {
	n     int
	first time.Time
}

func (t *turns) add(now, at time.Time) {
	if !at.After(now) {
		return
	}
	if t.n++; t.n == 1 || at.Before(t.first) {
		t.first = at
	}
}

// turns are the instants to come at which time alone changes the answer. They
// are not known where they would have to be looked for further away.
func (f *facts) turns(r storage.Reader) (t turns, known bool) {
	if f.isSuperAdmin() {
		// Time does not bound them; but their seat, a pause of the partner's.
		for employee := range employments(r, f.member.User) {
			if employee.Pause.On && employee.Pause.Until.After(f.now) {
				return t, false
			}
		}
		return t, true
	}
	t.add(f.now, f.member.Until(f.terms))
	if f.standing.Pause.On {
		t.add(f.now, f.standing.Pause.Until)
	}
	if !f.member.Managed() {
		return t, true
	}
	t.add(f.now, f.relationship.Due())
	if f.terms.Pause.On {
		t.add(f.now, f.terms.Pause.Until)
	}
	if f.employee.Pause.On {
		t.add(f.now, f.employee.Pause.Until)
	}
	return t, true
}
