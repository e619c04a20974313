package access

import (
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// facts is everything that bears on what one user may use in one client at
// one instant. The evaluator is a pure function of it.
type facts struct {
	now         time.Time
	userKnown   bool
	clientKnown bool
	client      relationship.Client
	isMember    bool
	member      relationship.Member
	standing    relationship.Standing
	// The rest is about the partner that manages the member; zero for own
	// members, and where it is missing.
	partner      relationship.Partner
	employee     relationship.Employee
	relationship relationship.Relationship
	terms        relationship.Terms
	// seated says that a super admin has the partner seat, as a verified
	// employee of an eligible partner (ADM-4).
	seated bool
}

// gather reads the facts about a user in a client.
func gather(r storage.Reader, client relationship.ClientID, user relationship.UserID, now time.Time) *facts {
	f := &facts{}
	f.read(r, client, user, now)
	return f
}

// read sets the facts to those about a user in a client.
func (f *facts) read(r storage.Reader, client relationship.ClientID, user relationship.UserID, now time.Time) {
	*f = facts{now: now}
	f.readApart(r, client, user)
	member, isMember := storage.GetMember(r, client, user)
	if !isMember {
		return
	}
	f.setMember(r, &member)
	if member.Managed() {
		f.setPartner(r, &member)
	}
}

// gatherApart reads the facts apart from a membership.
func gatherApart(r storage.Reader, client relationship.ClientID, user relationship.UserID, now time.Time) *facts {
	f := &facts{now: now}
	f.readApart(r, client, user)
	return f
}

func (f *facts) readApart(r storage.Reader, client relationship.ClientID, user relationship.UserID) {
	_, f.userKnown = r.Get(relationship.UserKey(user))
	f.client, f.clientKnown = storage.Get[relationship.Client](r, relationship.ClientKey(client))
}

// of completes the facts for a member as it is, or as it would be.
func (f *facts) of(r storage.Reader, member relationship.Member) *facts {
	complete := *f
	complete.setMember(r, &member)
	if member.Managed() {
		complete.setPartner(r, &member)
	}
	return &complete
}

// setMember sets what is the member's own.
func (f *facts) setMember(r storage.Reader, member *relationship.Member) {
	f.isMember, f.member = true, *member
	f.standing, _ = storage.Get[relationship.Standing](r, relationship.StandingKey(member.Client, member.User))
	f.employee, f.seated = relationship.Employee{}, false
	if member.Managed() {
		f.employee, _ = storage.Get[relationship.Employee](r, relationship.EmployeeKey(member.Manager, member.User))
	}
	if member.Role == relationship.SuperAdmin {
		f.seated = isSeatedSuperAdmin(r, member.User, f.now)
	}
}

// setPartner sets what is the same for all members in the client whom the
// partner manages.
func (f *facts) setPartner(r storage.Reader, member *relationship.Member) {
	f.partner, _ = storage.Get[relationship.Partner](r, relationship.PartnerKey(member.Manager))
	f.relationship, _ = storage.Get[relationship.Relationship](r, relationship.RelationshipKey(member.Manager, member.Client))
	f.terms, _ = storage.Get[relationship.Terms](r, relationship.TermsKey(member.Client, member.Manager))
}

// gathering reads the facts about one member after the other, on a state that
// does not change meanwhile. What a member has in common with the one before
// is not read again.
type gathering struct {
	r     storage.Reader
	facts facts
	any   bool
}

func newGathering(r storage.Reader, now time.Time) *gathering {
	return &gathering{r: r, facts: facts{now: now}}
}

// keysOf appends the keys of what whole reads of a member for themselves alone, in
// that order.
func keysOf(keys []relationship.Key, member *relationship.Member) []relationship.Key {
	keys = append(keys, relationship.StandingKey(member.Client, member.User))
	if member.Managed() {
		keys = append(keys, relationship.EmployeeKey(member.Manager, member.User))
	}
	return append(keys, relationship.UserKey(member.User))
}

// whole returns all facts about a member, good until the next call.
func (g *gathering) whole(member *relationship.Member) *facts {
	f := &g.facts
	g.setCommon(member)
	f.setMember(g.r, member)
	_, f.userKnown = g.r.Get(relationship.UserKey(member.User))
	return f
}

// setCommon reads what the member does not have in common with the one before.
func (g *gathering) setCommon(member *relationship.Member) {
	f := &g.facts
	if !g.any || f.member.Client != member.Client {
		f.client, f.clientKnown = storage.Get[relationship.Client](g.r, relationship.ClientKey(member.Client))
	}
	if !g.any || f.member.Client != member.Client || f.member.Manager != member.Manager {
		f.partner, f.relationship, f.terms = relationship.Partner{}, relationship.Relationship{}, relationship.Terms{}
		if member.Managed() {
			f.setPartner(g.r, member)
		}
	}
	g.any = true
}

// cutting reads what the cuts look at, about one member after the other.
type cutting struct {
	r     storage.Reader
	facts facts
}

func newCutting(r storage.Reader, now time.Time) *cutting {
	return &cutting{r: r, facts: facts{now: now}}
}

// of returns whom it is about and what the client has laid down for the partner,
// good until the next call. The conditions see facts missing, and fail.
func (c *cutting) of(member *relationship.Member) *facts {
	f := &c.facts
	if before := &f.member; before.Client != member.Client || before.Manager != member.Manager {
		if f.terms = (relationship.Terms{}); member.Managed() {
			f.terms, _ = storage.Get[relationship.Terms](c.r, relationship.TermsKey(member.Client, member.Manager))
		}
	}
	f.isMember, f.member = true, *member
	f.seated = member.Role == relationship.SuperAdmin && isSeatedSuperAdmin(c.r, member.User, f.now)
	return f
}

// isSeatedSuperAdmin carries out ADM-4 for a super admin: they have the
// partner seat as a verified, active employee of an eligible partner.
func isSeatedSuperAdmin(r storage.Reader, user relationship.UserID, now time.Time) bool {
	for employee := range employments(r, user) {
		partner, found := storage.Get[relationship.Partner](r, relationship.PartnerKey(employee.Partner))
		if found && !partner.Closed && partner.Kind.Eligible() && employee.ActiveAt(now) && isVerified(r, partner, user) {
			return true
		}
	}
	return false
}

// isVerified carries out ADD-3: the domain of the user's address is one of
// the partner's domains. Both are in the canonical form of IDNA, so equal is
// equal, and a subdomain is another domain.
func isVerified(r storage.Reader, partner relationship.Partner, user relationship.UserID) bool {
	person, known := storage.Get[relationship.User](r, relationship.UserKey(user))
	return known && person.Email != "" && partner.Domains.Has(person.Email.Domain())
}

// isConfirmed reports whether an employee of an open partner is verified
// (ADD-3), or has confirmed that they work for it (ADD-5).
func isConfirmed(r storage.Reader, partner relationship.Partner, employee relationship.Employee) bool {
	return !partner.Closed && (employee.Confirmed || isVerified(r, partner, employee.User))
}
