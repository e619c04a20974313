package access

import (
	"iter"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// AccessType is what a viewer has in a client of their partner (SEE-1).
type AccessType string

// The types of access. NoAccess is that of a client that nobody of the partner
// reaches any more; all the others together are every client that any employee
// reaches.
const (
	NoAccess           AccessType = ""
	AccessPartnerAdmin AccessType = "partner admin"
	AccessSuperAdmin   AccessType = "super admin"
	AccessStandard     AccessType = "standard"
	// AccessDeactivated: the viewer is a member there, and deactivated.
	AccessDeactivated AccessType = "deactivated"
	// AccessColleague: the viewer is no member there, and a colleague is,
	// deactivated or not.
	AccessColleague AccessType = "a colleague's"
)

// ClientQuery asks for clients of a partner. The zero value is all of them.
// Of each list of ticks a row has to have one; an empty list asks nothing.
type ClientQuery struct {
	// Partner is whose clients they are. The host names it; for everybody
	// else it is the one that they act for, and may be left out. It does not
	// say for which one they act: Call.At does.
	Partner relationship.PartnerID `json:"partner,omitempty"`
	// Access ticks types of the viewer's access. NoAccess cannot be ticked.
	Access []AccessType `json:"access,omitempty"`
	// Phases ticks states of the relationship; the zero Phase is none ever.
	Phases []relationship.Phase `json:"phases,omitempty"`
	// Search is the beginning of a word of one of the two names, and may go on
	// with the words behind it. Case does not count.
	Search string `json:"search,omitempty"`
}

// ClientRow is one client of a partner (SEE-1). The official name, the
// partner's own name for it and the number of members stand in the
// RelationshipView (ADD-2); its Phase is empty where there never was a
// relationship, and an employee is super admin of the client.
type ClientRow struct {
	RelationshipView
	// Closed says that the client's account is closed.
	Closed bool
	// Access is the viewer's own access there.
	Access AccessType
}

// Clients lists the clients of a partner (SEE-1): every client that it has a
// relationship with, also one that has ended, and those of which employees
// are super admins, if these are verified or confirmed (OFF-1) or the viewer.
// They are ordered by what the partner calls them. An employee with Client
// Access Manager access sees it, and the host.
func (m *Manager) Clients(viewer Call, query ClientQuery) List[ClientRow] {
	return List[ClientRow]{func() (listing[ClientRow], error) {
		s, err := m.sightOfPartner(viewer, query.Partner)
		if err != nil {
			return listing[ClientRow]{}, err
		}
		find, err := newSearch(query.Search)
		for _, access := range query.Access {
			switch access {
			case AccessPartnerAdmin, AccessSuperAdmin, AccessStandard, AccessDeactivated, AccessColleague:
			default:
				err = invalid("query", "access", "is not a type that can be ticked")
			}
		}
		return listing[ClientRow]{
			revision: s.r.Revision(), query: s.digest("clients", "", query),
			positions: s.clients(query, find),
			row:       func(id string) ClientRow { return s.clientRow(relationship.ClientID(id)) },
		}, err
	}}
}

// clients runs over the clients that a query asks for. One that is found both
// by its relationship and by a super admin comes more than once.
func (s sight) clients(query ClientQuery, find search) iter.Seq[position] {
	return func(yield func(position) bool) {
		// reached says that somebody is known to have access.
		look := func(client relationship.ClientID, reached bool) bool {
			access := s.ownAccess(client)
			if access == NoAccess && reached {
				access = AccessColleague
			}
			if !hasAny(query.Access, access) {
				return true
			}
			view := s.client(client)
			name := fold(view.Name())
			if !hasAny(query.Phases, view.Phase) || !find.inName(name) && !find.inName(fold(view.OfficialName)) {
				return true
			}
			return yield(position{name, string(client)})
		}
		relationships := s.r.Scan(relationship.KindRelationship, string(s.partner.ID), "")
		for rel := range storage.As[relationship.Relationship](relationships) {
			if !look(rel.Client, rel.PhaseAt(s.now) == relationship.Active) {
				return
			}
		}
		for employee := range employeesOf(s.r, s.partner.ID) {
			if !s.reaches(employee) {
				continue
			}
			for member := range memberships(s.r, employee.User) {
				if member.Role == relationship.SuperAdmin && !look(member.Client, true) {
					return
				}
			}
		}
	}
}

// ownAccess is the viewer's access to a client as one of the partner's people.
func (s sight) ownAccess(client relationship.ClientID) AccessType {
	member, found := storage.Get[relationship.Member](s.r, relationship.MemberKey(client, s.call.user))
	switch {
	case !found || member.Managed() && !s.shows(member):
		return NoAccess
	case member.Deactivated != relationship.NoSide:
		return AccessDeactivated
	}
	return map[relationship.Role]AccessType{
		relationship.SuperAdmin:   AccessSuperAdmin,
		relationship.PartnerAdmin: AccessPartnerAdmin,
		relationship.Standard:     AccessStandard,
	}[member.Role]
}

func (s sight) clientRow(id relationship.ClientID) ClientRow {
	client, _ := storage.Get[relationship.Client](s.r, relationship.ClientKey(id))
	row := ClientRow{RelationshipView: s.client(id), Closed: client.Closed, Access: s.ownAccess(id)}
	if row.Access == NoAccess && (row.Phase == relationship.Active || s.hasSuperAdmin(id)) {
		row.Access = AccessColleague
	}
	return row
}

// hasSuperAdmin reports whether an employee whom the partner reaches is super
// admin of the client.
func (s sight) hasSuperAdmin(client relationship.ClientID) bool {
	for employee := range employeesOf(s.r, s.partner.ID) {
		member, found := storage.Get[relationship.Member](s.r, relationship.MemberKey(client, employee.User))
		if found && member.Role == relationship.SuperAdmin && s.shows(member) {
			return true
		}
	}
	return false
}
