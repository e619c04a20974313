package access_test

import (
	"cmp"
	"slices"
	"strings"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// naiveLists are the lists once more, in the plainest form: a walk over every
// record that there is, for each thing that it wants to know. It was written
// from the rules (SEE-1 to SEE-4) and not from the package. It is for names in
// ASCII.
type naiveLists struct {
	*oracle
	// partner and user are who looks; no user is the host.
	partner relationship.PartnerID
	user    relationship.UserID
}

// naivePlace is a membership as a list shows it.
type naivePlace struct {
	Client   relationship.ClientID
	User     relationship.UserID
	Why      access.Reason
	Kind     relationship.EmployeeKind
	Verified bool
	By       relationship.Actor
}

type naiveClient struct {
	Client  relationship.ClientID
	Names   [2]string
	Phase   relationship.Phase
	Members int
	Access  access.AccessType
}

type naiveEmployee struct {
	User     relationship.UserID
	Verified bool
	Clients  int
}

func (l naiveLists) employee(partner relationship.PartnerID, user relationship.UserID) (relationship.Employee, bool) {
	return lookThrough(l.employees, func(e relationship.Employee) bool {
		return e.Partner == partner && e.User == user && e.Status != relationship.Left
	})
}

// looksForPartner: an active employee with Client Access Manager access of a
// partner that is open.
func (l naiveLists) looksForPartner() bool {
	e, found := l.employee(l.partner, l.user)
	account, _ := lookThrough(l.partners, func(p relationship.Partner) bool { return p.ID == l.partner })
	return found && e.Status == relationship.Employed && !l.paused(e.Pause) && !account.Closed &&
		(e.SuperAdmin || e.View && e.Edit)
}

// looksForClient: an active super admin, or own user who may add and edit
// users, of the client.
func (l naiveLists) looksForClient(client relationship.ClientID) bool {
	m, found := lookThrough(l.members, func(m relationship.Member) bool { return m.Client == client && m.User == l.user })
	if !found || m.Manager != "" {
		return false
	}
	return len(l.failures(l.user, client, l.catalog.AddAndEditUsers)) == 0
}

func (l naiveLists) verified(partner relationship.PartnerID, user relationship.UserID) bool {
	account, _ := lookThrough(l.partners, func(p relationship.Partner) bool { return p.ID == partner })
	person, _ := lookThrough(l.users, func(u relationship.User) bool { return u.ID == user })
	_, domain, _ := strings.Cut(string(person.Email), "@")
	return slices.Contains(strings.Fields(string(account.Domains)), domain)
}

// phase of a relationship now; "" for none ever.
func (l naiveLists) phase(partner relationship.PartnerID, client relationship.ClientID) relationship.Phase {
	r, found := lookThrough(l.relationships, func(r relationship.Relationship) bool {
		return r.Partner == partner && r.Client == client
	})
	switch {
	case !found:
		return ""
	case r.Phase == relationship.Ended, l.over(r.Limit), r.Phase == relationship.Ending && l.over(r.EndsAt):
		return relationship.Ended
	}
	return r.Phase
}

// ofPartner: managed by it, or an employee who is super admin there, verified
// or confirmed, or the viewer.
func (l naiveLists) ofPartner(m relationship.Member) bool {
	e, employed := l.employee(l.partner, m.User)
	account, _ := lookThrough(l.partners, func(p relationship.Partner) bool { return p.ID == l.partner })
	if m.Manager != "" {
		return m.Manager == l.partner && l.phase(l.partner, m.Client) != relationship.Ended
	}
	return m.Role == relationship.SuperAdmin && employed &&
		(m.User == l.user || !account.Closed && (e.Confirmed || l.verified(l.partner, m.User)))
}

func (l naiveLists) place(m relationship.Member, partner relationship.PartnerID) naivePlace {
	p := naivePlace{Client: m.Client, User: m.User, Why: access.ReasonAllowed, By: m.By}
	if m.Manager != "" {
		partner = m.Manager
	}
	if e, employed := l.employee(partner, m.User); employed {
		p.Kind = e.Kind
	}
	p.Verified = partner != "" && l.verified(partner, m.User)
	for _, reason := range l.failures(m.User, m.Client, "notes.view") {
		if reason <= access.ReasonEmployeeInactive && p.Why == access.ReasonAllowed {
			p.Why = reason
		}
	}
	return p
}

// partnerPlaces are the places that the partner sees, by a name that is
// ordered by.
func (l naiveLists) partnerPlaces(is func(relationship.Member) bool, query access.MemberQuery, byClient bool) []naivePlace {
	var list []naivePlace
	for _, m := range l.members {
		if !is(m) || !l.ofPartner(m) {
			continue
		}
		p := l.place(m, l.partner)
		if p.By.Partner != l.partner && l.user != "" {
			p.By = relationship.Actor{Kind: p.By.Kind}
		}
		if l.asked(p, m, query, byClient) {
			list = append(list, p)
		}
	}
	return l.inOrder(list, byClient)
}

func (l naiveLists) clientPlaces(client relationship.ClientID, query access.MemberQuery) []naivePlace {
	var list []naivePlace
	for _, m := range l.members {
		over := m.Manager != "" && l.phase(m.Manager, client) == relationship.Ended
		if m.Client != client || over || query.Partner != "" && m.Manager != query.Partner {
			continue
		}
		if p := l.place(m, ""); l.asked(p, m, query, false) {
			list = append(list, p)
		}
	}
	return l.inOrder(list, false)
}

func (l naiveLists) asked(p naivePlace, m relationship.Member, query access.MemberQuery, byClient bool) bool {
	person, _ := lookThrough(l.users, func(u relationship.User) bool { return u.ID == m.User })
	found := naiveSearch(query.Search, person.Name) || naiveAddress(query.Search, string(person.Email))
	if byClient {
		names := l.names(m.Client)
		found = naiveSearch(query.Search, names[0]) || naiveSearch(query.Search, names[1])
	}
	return found && naiveTicked(query.Roles, m.Role) && naiveTicked(query.Templates, m.Template) &&
		naiveTicked(query.Kinds, p.Kind) && naiveTicked(query.Verified, p.Verified) && naiveTicked(query.Why, p.Why)
}

func (l naiveLists) inOrder(list []naivePlace, byClient bool) []naivePlace {
	key := func(p naivePlace) (string, string) {
		if byClient {
			return strings.ToLower(l.names(p.Client)[0]), string(p.Client)
		}
		person, _ := lookThrough(l.users, func(u relationship.User) bool { return u.ID == p.User })
		return strings.ToLower(person.Name), string(p.User)
	}
	slices.SortFunc(list, func(a, b naivePlace) int {
		an, ai := key(a)
		bn, bi := key(b)
		return cmp.Or(cmp.Compare(an, bn), cmp.Compare(ai, bi))
	})
	return list
}

// names are what the partner calls the client, and the official name.
func (l naiveLists) names(client relationship.ClientID) [2]string {
	c, _ := lookThrough(l.oracle.clients, func(c relationship.Client) bool { return c.ID == client })
	r, _ := lookThrough(l.relationships, func(r relationship.Relationship) bool {
		return r.Partner == l.partner && r.Client == client
	})
	return [2]string{cmp.Or(r.ClientName, c.Name), c.Name}
}

func (l naiveLists) clientList(query access.ClientQuery) []naiveClient {
	var list []naiveClient
	for _, c := range l.oracle.clients {
		row := naiveClient{Client: c.ID, Names: l.names(c.ID), Phase: l.phase(l.partner, c.ID)}
		colleagues := false
		superAdmins := false
		for _, m := range l.members {
			if m.Client != c.ID {
				continue
			}
			if m.Manager == l.partner && l.ofPartner(m) {
				row.Members++
			}
			superAdmins = superAdmins || l.ofPartner(m) && m.Role == relationship.SuperAdmin
			if m.User != l.user {
				colleagues = colleagues || l.ofPartner(m)
				continue
			}
			if m.Manager != "" && !l.ofPartner(m) {
				continue // the access of another hat
			}
			row.Access = access.AccessType(m.Role)
			if m.Deactivated != relationship.NoSide {
				row.Access = access.AccessDeactivated
			}
		}
		if row.Phase == "" && !superAdmins {
			continue
		}
		if row.Access == access.NoAccess && colleagues {
			row.Access = access.AccessColleague
		}
		if naiveTicked(query.Access, row.Access) && naiveTicked(query.Phases, row.Phase) &&
			(naiveSearch(query.Search, row.Names[0]) || naiveSearch(query.Search, row.Names[1])) {
			list = append(list, row)
		}
	}
	slices.SortFunc(list, func(a, b naiveClient) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Names[0]), strings.ToLower(b.Names[0])), cmp.Compare(a.Client, b.Client))
	})
	return list
}

func (l naiveLists) employeeList(query access.EmployeeQuery) []naiveEmployee {
	var list []naiveEmployee
	name := func(user relationship.UserID) string {
		person, _ := lookThrough(l.users, func(u relationship.User) bool { return u.ID == user })
		return strings.ToLower(person.Name)
	}
	for _, e := range l.employees {
		if e.Partner != l.partner || e.Status == relationship.Left {
			continue
		}
		row := naiveEmployee{User: e.User, Verified: l.verified(l.partner, e.User)}
		for _, m := range l.members {
			if m.User == e.User && l.ofPartner(m) {
				row.Clients++
			}
		}
		person, _ := lookThrough(l.users, func(u relationship.User) bool { return u.ID == e.User })
		found := naiveSearch(query.Search, person.Name) || naiveAddress(query.Search, string(person.Email))
		if found && naiveTicked(query.Kinds, e.Kind) && naiveTicked(query.Statuses, e.Status) &&
			naiveTicked(query.Verified, row.Verified) {
			list = append(list, row)
		}
	}
	slices.SortFunc(list, func(a, b naiveEmployee) int {
		return cmp.Or(cmp.Compare(name(a.User), name(b.User)), cmp.Compare(a.User, b.User))
	})
	return list
}

func naiveTicked[T comparable](ticked []T, value T) bool {
	return len(ticked) == 0 || slices.Contains(ticked, value)
}

// naiveSearch: the beginning of a word.
func naiveSearch(typed, name string) bool {
	if typed == "" {
		return true
	}
	for word := range strings.FieldsSeq(strings.ToLower(name)) {
		if strings.HasPrefix(word, strings.ToLower(typed)) {
			return true
		}
	}
	return false
}

func naiveAddress(typed, address string) bool {
	_, domain, _ := strings.Cut(address, "@")
	return strings.HasPrefix(address, strings.ToLower(typed)) || strings.HasPrefix(domain, strings.ToLower(typed))
}
