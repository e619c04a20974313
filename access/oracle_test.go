package access_test

import (
	"slices"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// oracle is ASK-1 once more, in the plainest form, to be checked against the
// rule by eye. It was written from the rules and not from the package: it has
// no index, no bitset and no short cut. It holds every record of the store,
// and looks through all of them for each thing that it wants to know.
type oracle struct {
	catalog       permset.Declaration
	now           time.Time
	users         []relationship.User
	partners      []relationship.Partner
	employees     []relationship.Employee
	clients       []relationship.Client
	members       []relationship.Member
	relationships []relationship.Relationship
	terms         []relationship.Terms
	standings     []relationship.Standing
}

// newOracle reads everything that there is.
func newOracle(catalog *permset.Catalog, r storage.Reader, now time.Time) *oracle {
	o := &oracle{catalog: catalog.Declaration(), now: now}
	o.users = everyRecord[relationship.User](r, relationship.KindUser)
	o.partners = everyRecord[relationship.Partner](r, relationship.KindPartner)
	o.employees = everyRecord[relationship.Employee](r, relationship.KindEmployee)
	o.clients = everyRecord[relationship.Client](r, relationship.KindClient)
	o.members = everyRecord[relationship.Member](r, relationship.KindMember)
	o.relationships = everyRecord[relationship.Relationship](r, relationship.KindRelationship)
	o.terms = everyRecord[relationship.Terms](r, relationship.KindTerms)
	o.standings = everyRecord[relationship.Standing](r, relationship.KindStanding)
	return o
}

func everyRecord[R relationship.Record](r storage.Reader, kind relationship.Kind) []R {
	return slices.Collect(storage.As[R](r.All(kind, relationship.Key{})))
}

// failures is every reason for which the permission may not be used, in the
// order of their codes. None is a yes.
func (o *oracle) failures(user relationship.UserID, client relationship.ClientID, permission string) []access.Reason {
	var failed []access.Reason
	no := func(reason access.Reason, fails bool) {
		if fails {
			failed = append(failed, reason)
		}
	}
	declared, known := lookThrough(o.catalog.Permissions, func(p permset.Declared) bool { return p.Name == permission })
	_, userKnown := lookThrough(o.users, func(u relationship.User) bool { return u.ID == user })
	account, clientKnown := lookThrough(o.clients, func(c relationship.Client) bool { return c.ID == client })
	m, isMember := lookThrough(o.members, func(m relationship.Member) bool { return m.User == user && m.Client == client })

	// Known: the client, the permission (ASK-1), and the user (ASK-4).
	no(access.ReasonUnknownPermission, !known)
	no(access.ReasonUnknownClient, !clientKnown)
	no(access.ReasonUnknownUser, !userKnown)
	// Active, whoever manages them (the word "active").
	no(access.ReasonClientClosed, clientKnown && account.Closed)
	// Who is no member is as a member of the client's own with nothing.
	no(access.ReasonNotMember, !isMember)
	managed := m.Manager != ""
	superAdmin := m.Role == relationship.SuperAdmin
	no(access.ReasonDeactivated, m.Deactivated != relationship.NoSide)
	no(access.ReasonRunOut, o.ranOut(m))
	no(access.ReasonMemberPaused, isMember && !superAdmin && o.memberPaused(m))
	// Active, if managed also.
	if managed {
		no(access.ReasonRelationshipOver, o.relationshipOver(m))
		no(access.ReasonPartnerPaused, o.partnerPaused(m))
		no(access.ReasonPartnerClosed, o.partnerClosed(m))
		no(access.ReasonEmployeeInactive, o.employeeInactive(m))
	}
	// The permission itself. One that nobody knows has no marks and is in no set.
	no(access.ReasonNotInSet, known && !superAdmin && !o.keeps(m.Set, permission))
	no(access.ReasonSuperAdminOnly, declared.Marks.Has(permset.SuperAdminOnly) && !superAdmin)
	no(access.ReasonNeverManaged, declared.Marks.Has(permset.NeverManaged) && managed)
	no(access.ReasonCeiling, known && managed && o.cut(m, permission))
	no(access.ReasonNoSeat, declared.Marks.Has(permset.Paid) && !o.seated(m))
	return failed
}

func lookThrough[T any](list []T, is func(T) bool) (T, bool) {
	for _, one := range list {
		if is(one) {
			return one, true
		}
	}
	var none T
	return none, false
}

func (o *oracle) termsOf(m relationship.Member) relationship.Terms {
	terms, _ := lookThrough(o.terms, func(t relationship.Terms) bool { return t.Client == m.Client && t.Partner == m.Manager })
	return terms
}

// over reports whether an instant that ends something has come. The zero time
// is no end.
func (o *oracle) over(end time.Time) bool { return !end.IsZero() && !o.now.Before(end) }

func (o *oracle) paused(p relationship.Pause) bool { return p.On && !o.over(p.Until) }

// ranOut: past its own end, or past the longest time that the client allows
// to members of its partner, in whole seconds rounded down (TIME-1).
func (o *oracle) ranOut(m relationship.Member) bool {
	if o.over(m.End) {
		return true
	}
	longest := time.Duration(0)
	if m.Manager != "" {
		longest = o.termsOf(m).Longest
	}
	return longest > 0 && o.over(m.TermFrom.Add(longest).Truncate(time.Second))
}

// memberPaused: the client's pause of one member (LIM-3). Super admins have
// none (OFF-8).
func (o *oracle) memberPaused(m relationship.Member) bool {
	standing, _ := lookThrough(o.standings, func(s relationship.Standing) bool { return s.Client == m.Client && s.User == m.User })
	return o.paused(standing.Pause)
}

func (o *oracle) partnerPaused(m relationship.Member) bool { return o.paused(o.termsOf(m).Pause) }

// relationshipOver: ended, written or by the clock, when the client's limit is
// over (REL-6, TIME-1). A relationship has managed members exactly while it is
// active (REL-3): a member whose relationship is missing or ending is a fault
// in the store, and a fault gives nothing.
func (o *oracle) relationshipOver(m relationship.Member) bool {
	rel, found := lookThrough(o.relationships, func(r relationship.Relationship) bool {
		return r.Partner == m.Manager && r.Client == m.Client
	})
	return !found || rel.Phase != relationship.Active || o.over(rel.Limit)
}

func (o *oracle) partnerClosed(m relationship.Member) bool {
	partner, found := lookThrough(o.partners, func(p relationship.Partner) bool { return p.ID == m.Manager })
	return !found || partner.Closed
}

func (o *oracle) employeeInactive(m relationship.Member) bool {
	employee, found := lookThrough(o.employees, func(e relationship.Employee) bool {
		return e.Partner == m.Manager && e.User == m.User
	})
	return !found || employee.Status != relationship.Employed || o.paused(employee.Pause)
}

// cut: the client's ceiling for the partner does not reach so far (LIM-1).
func (o *oracle) cut(m relationship.Member, permission string) bool {
	terms := o.termsOf(m)
	return terms.HasCeiling && !o.keeps(terms.Ceiling, permission)
}

// keeps reports whether stored names hold a permission with all that it
// implies (PSET-2): a set and a ceiling alike give it only then.
func (o *oracle) keeps(names permset.Names, permission string) bool {
	stored := false
	for name := range names.All() {
		stored = stored || name == permission
	}
	if !stored {
		return false
	}
	declared, known := lookThrough(o.catalog.Permissions, func(p permset.Declared) bool { return p.Name == permission })
	for _, implied := range declared.Implies {
		known = known && o.keeps(names, implied)
	}
	return known
}

// seated: a managed member has the partner seat, and so has a super admin who
// is a verified employee of an eligible partner; of the others those to whom
// the client's side gave a paid seat (ADM-4). A suspension allows nothing
// (ORG-2), and so does the partner's pause (LIM-3).
func (o *oracle) seated(m relationship.Member) bool {
	if m.Manager != "" || m.PaidSeat {
		return true
	}
	if m.Role != relationship.SuperAdmin {
		return false
	}
	person, _ := lookThrough(o.users, func(u relationship.User) bool { return u.ID == m.User })
	for _, e := range o.employees {
		active := e.Status == relationship.Employed && !o.paused(e.Pause)
		if e.User == m.User && active && o.seatFrom(e.Partner, string(person.Email)) {
			return true
		}
	}
	return false
}

// seatFrom: an open partner of an eligible kind (LINK-1), to whose domains the
// address belongs (ADD-3).
func (o *oracle) seatFrom(id relationship.PartnerID, address string) bool {
	partner, found := lookThrough(o.partners, func(p relationship.Partner) bool { return p.ID == id })
	if !found || partner.Closed || partner.Kind != relationship.SolutionsPartner && partner.Kind != relationship.Provider {
		return false
	}
	domain := address[strings.LastIndexByte(address, '@')+1:]
	_, verified := lookThrough(strings.Fields(string(partner.Domains)), func(own string) bool { return strings.EqualFold(own, domain) })
	return verified
}
