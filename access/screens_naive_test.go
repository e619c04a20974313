package access_test

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// screenLists go on with naiveLists: the lists beside those of people and
// clients, by a walk over every record that there is. They were written from
// the rules (SEE-2, SEE-4, PSET-4, LINK-6, LIM-1, LIM-3, TIME-1), for names in
// ASCII.
type screenLists struct {
	naiveLists
	templates []relationship.Template
	links     []relationship.Link
}

func newScreenLists(l naiveLists, r storage.Reader) screenLists {
	return screenLists{
		l, everyRecord[relationship.Template](r, relationship.KindTemplate), everyRecord[relationship.Link](r, relationship.KindLink),
	}
}

type screenTemplate struct {
	Name    string
	BuiltIn bool
	Role    relationship.Role
	Set     string
	Members int
}

func (l screenLists) templateList(search string) []screenTemplate {
	admin := slices.Sorted(slices.Values(smallCatalog().PartnerAdmin().Names().Slice()))
	list := []screenTemplate{{"partner admin", true, relationship.PartnerAdmin, strings.Join(admin, " "), 0}}
	for _, t := range l.templates {
		if t.Partner == l.partner {
			list = append(list, screenTemplate{t.Name, false, relationship.Standard, screenSet(t.Set.Slice()), 0})
		}
	}
	for i := range list {
		for _, m := range l.members {
			if m.Manager == l.partner && m.Template == list[i].Name && l.phase(l.partner, m.Client) == relationship.Active {
				list[i].Members++
			}
		}
	}
	var found []screenTemplate
	for _, t := range list {
		if naiveSearch(search, t.Name) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b screenTemplate) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	return found
}

func screenSet(names []string) string { return strings.Join(slices.Sorted(slices.Values(names)), " ") }

type screenLink struct {
	Selector     relationship.Selector
	Names        [2]string
	State        access.LinkState
	Issued, Till time.Time
}

func (l screenLists) linkList(query access.LinkQuery) []screenLink {
	var list []screenLink
	for _, link := range l.links {
		state := access.LinkLive
		if l.over(link.Expires) {
			state = access.LinkExpired
		}
		if link.Revoked {
			state = access.LinkRevoked
		}
		row := screenLink{link.Selector, [2]string{l.nameOf(link.Employee), l.nameOf(link.IssuedBy)}, state, link.Issued, link.Expires}
		if link.Partner == l.partner && naiveTicked(query.States, state) && naiveTicked(query.Employees, link.Employee) &&
			naiveSearch(query.Search, row.Names[0]) {
			list = append(list, row)
		}
	}
	slices.SortFunc(list, func(a, b screenLink) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Names[0]), strings.ToLower(b.Names[0])), b.Issued.Compare(a.Issued),
			cmp.Compare(a.Selector, b.Selector))
	})
	return list
}

func (l screenLists) nameOf(user relationship.UserID) string {
	person, _ := lookThrough(l.users, func(u relationship.User) bool { return u.ID == user })
	return person.Name
}

type screenPartner struct {
	Partner      relationship.PartnerID
	Name         string
	Kind         relationship.PartnerKind
	Closed       bool
	Phase        relationship.Phase
	Members      int
	Ends, Limit  time.Time
	Ceiling      string
	Paused       bool
	PausedUntil  time.Time
	Longest      time.Duration
	Begun, Moved time.Time
}

func (l screenLists) partnerList(client relationship.ClientID, query access.PartnerQuery) []screenPartner {
	var list []screenPartner
	for _, p := range l.partners {
		row := screenPartner{Partner: p.ID, Name: p.Name, Kind: p.Kind, Closed: p.Closed, Phase: l.phase(p.ID, client), Ceiling: "none"}
		rel, related := lookThrough(l.relationships, func(r relationship.Relationship) bool {
			return r.Partner == p.ID && r.Client == client
		})
		terms, _ := lookThrough(l.terms, func(t relationship.Terms) bool { return t.Partner == p.ID && t.Client == client })
		if !related && !terms.HasCeiling && !terms.Pause.On && terms.Longest == 0 {
			continue
		}
		for _, m := range l.members {
			if m.Manager == p.ID && m.Client == client && row.Phase == relationship.Active {
				row.Members++
			}
		}
		row.Begun, row.Moved, row.Longest = rel.Started, rel.Activity, terms.Longest
		switch rel.Phase {
		case relationship.Active:
			row.Ends = rel.Limit
		case relationship.Ending:
			row.Ends = rel.EndsAt
			if !rel.Limit.IsZero() && rel.Limit.Before(rel.EndsAt) {
				row.Ends = rel.Limit
			}
		case relationship.Ended:
			row.Ends = rel.Ended
		}
		if row.Phase != relationship.Ended {
			row.Limit = rel.Limit
		}
		if terms.HasCeiling {
			row.Ceiling = screenSet(terms.Ceiling.Slice())
		}
		if row.Paused = l.paused(terms.Pause); row.Paused {
			row.PausedUntil = terms.Pause.Until
		}
		if naiveTicked(query.Phases, row.Phase) && naiveSearch(query.Search, p.Name) {
			list = append(list, row)
		}
	}
	slices.SortFunc(list, func(a, b screenPartner) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Partner, b.Partner))
	})
	return list
}

// placeList are the clients of the user who looks, by their official names.
func (l screenLists) placeList(search string) []relationship.ClientID {
	var list []relationship.ClientID
	name := func(id relationship.ClientID) string {
		c, _ := lookThrough(l.oracle.clients, func(c relationship.Client) bool { return c.ID == id })
		return c.Name
	}
	for _, m := range l.members {
		over := m.Manager != "" && l.phase(m.Manager, m.Client) == relationship.Ended
		if m.User == l.user && !over && naiveSearch(search, name(m.Client)) {
			list = append(list, m.Client)
		}
	}
	slices.SortFunc(list, func(a, b relationship.ClientID) int {
		return cmp.Or(cmp.Compare(strings.ToLower(name(a)), strings.ToLower(name(b))), cmp.Compare(a, b))
	})
	return list
}

type screenEmployer struct {
	Partner relationship.PartnerID
	MayAct  bool
}

func (l screenLists) employerList(search string) []screenEmployer {
	var found []relationship.Partner
	for _, p := range l.partners {
		if _, employed := l.employee(p.ID, l.user); employed && naiveSearch(search, p.Name) {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b relationship.Partner) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	var list []screenEmployer
	for _, p := range found {
		l.partner = p.ID
		list = append(list, screenEmployer{p.ID, l.looksForPartner()})
	}
	return list
}
