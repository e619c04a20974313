package access

import (
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// MemberQuery asks for memberships. The zero value is all that the viewer may
// see. Of each list of ticks a row has to have one; an empty list asks
// nothing.
type MemberQuery struct {
	// Partner is as of ClientQuery in a partner's lists. In a client's own
	// list it asks for those whom this partner manages.
	Partner relationship.PartnerID `json:"partner,omitempty"`
	// Roles ticks roles.
	Roles []relationship.Role `json:"roles,omitempty"`
	// Templates ticks templates by name; "" is that of a member to whom none
	// was applied.
	Templates []string `json:"templates,omitempty"`
	// Why ticks reasons for which a member can use nothing, the first of each
	// counting. ReasonAllowed is that of those who are active.
	Why []Reason `json:"why,omitempty"`
	// Kinds ticks staff or contractors; "" is who is no employee.
	Kinds []relationship.EmployeeKind `json:"kinds,omitempty"`
	// Verified ticks those with the tick (true), or those without (false).
	Verified []bool `json:"verified,omitempty"`
	// Search is the beginning of a word of the name, and may go on with the
	// words behind it, or the beginning of the address or its domain; in
	// EmployeeDetails it is about the client's two names. Case does not count.
	Search string `json:"search,omitempty"`
}

// MemberRow is one membership in a list (SEE-2, SEE-3, SEE-4).
type MemberRow struct {
	// MemberView has role, permissions, template, seat, manager, and whether
	// the member is active, or why not. In a partner's list Verified is about
	// its super-admin employees, too.
	MemberView
	// UserName and Email are the member's.
	UserName string
	Email    relationship.Email
	// ClientName is what the viewer's partner calls the client, and empty
	// where it has given no name and on the client's side; OfficialName is the
	// client's own name (ADD-2).
	ClientName, OfficialName string
	// PartnerName is the name of the partner that manages the member.
	PartnerName string
	// Kind is that of the employee whom the partner employs; empty for
	// everybody else.
	Kind relationship.EmployeeKind
	// By is by whose act the member came, or last passed between own and
	// managed. A partner is told the persons of its own side only.
	By relationship.Actor
	// Actions are what the viewer may do with the member.
	Actions Actions
}

// ClientDetails lists the members of a client whom a partner manages, and its
// employees who are super admins there, if verified or confirmed (OFF-1) or
// the viewer, each with what the viewer may do with them (SEE-3). They are
// ordered by name. An employee with Client Access Manager access sees it, and
// the host. A client that the partner has nothing to do with has no rows,
// known or not.
func (m *Manager) ClientDetails(viewer Call, client relationship.ClientID, query MemberQuery) List[MemberRow] {
	return List[MemberRow]{func() (listing[MemberRow], error) {
		s, err := m.sightOfPartner(viewer, query.Partner)
		if err != nil {
			return listing[MemberRow]{}, err
		}
		return s.membersIn(client, "client details", query)
	}}
}

// Members lists everybody who is in a client's account, own and managed: from
// which partner, with which permissions, active or why not, since when and by
// whose act, and what the viewer may do with them (SEE-4). They are ordered by
// name. The client's side sees it, and the host.
func (m *Manager) Members(viewer Call, client relationship.ClientID, query MemberQuery) List[MemberRow] {
	return List[MemberRow]{func() (listing[MemberRow], error) {
		s, err := m.sightOfClient(viewer, client)
		if err != nil {
			return listing[MemberRow]{}, err
		}
		return s.membersIn(client, "members", query)
	}}
}

// membersIn lists the members of a client who are seen from here.
func (s sight) membersIn(client relationship.ClientID, list string, query MemberQuery) (listing[MemberRow], error) {
	find, err := newSearch(query.Search)
	err = firstError(err, query.checkTicks())
	return listing[MemberRow]{
		revision: s.r.Revision(), query: s.digest(list, string(client), query),
		positions: s.places(membersOf(s.r, client), query, func(member relationship.Member) (position, bool) {
			user := s.user(member.User)
			name := fold(user.Name)
			return position{name, string(member.User)}, find.inName(name) || find.inAddress(user.Email)
		}),
		row: func(id string) MemberRow { return s.memberRow(client, relationship.UserID(id)) },
	}, err
}

// asksFor reports whether a query asks for a membership, its search apart.
func (s sight) asksFor(query MemberQuery, member relationship.Member) bool {
	if query.Partner != "" && s.partner.ID == "" && member.Manager != query.Partner ||
		!hasAny(query.Roles, member.Role) || !hasAny(query.Templates, member.Template) {
		return false
	}
	if len(query.Kinds) > 0 || len(query.Verified) > 0 {
		kind, verified := s.employment(member)
		if !hasAny(query.Kinds, kind) || !hasAny(query.Verified, verified) {
			return false
		}
	}
	return len(query.Why) == 0 || hasAny(query.Why, s.m.vocabulary.failures(gather(s.r, member.Client, member.User, s.now)).first())
}

// employment is what a member is to the partner that manages them, or whose
// list it is.
func (s sight) employment(member relationship.Member) (kind relationship.EmployeeKind, verified bool) {
	partner := s.partner
	if member.Managed() {
		partner, _ = storage.Get[relationship.Partner](s.r, relationship.PartnerKey(member.Manager))
	}
	if partner.ID == "" {
		return "", false
	}
	return s.employee(partner.ID, member.User).Kind, isVerified(s.r, partner, member.User)
}

func (s sight) memberRow(client relationship.ClientID, user relationship.UserID) MemberRow {
	f := gather(s.r, client, user, s.now)
	person, account := s.user(user), s.client(client)
	row := MemberRow{
		MemberView: s.m.vocabulary.view(f), UserName: person.Name, Email: person.Email,
		ClientName: account.ClientName, OfficialName: account.OfficialName, PartnerName: f.partner.Name,
		By: f.member.By, Actions: s.actions(client, user),
	}
	row.Kind, row.Verified = s.employment(f.member)
	if s.partner.ID != "" && row.By.Partner != s.partner.ID && !s.call.host {
		row.By.User, row.By.Partner = "", ""
	}
	return row
}
