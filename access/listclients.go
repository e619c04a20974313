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
	// Actions are what the viewer may do with the client as a whole.
	Actions ClientActions
}

// Clients lists the clients of a partner (SEE-1): every client that it has a
// relationship with, also one that has ended, and those of which employees
// are super admins, if these are verified or confirmed (OFF-1) or the viewer.
// They are ordered by what the partner calls them, each with what the viewer
// may do with it. An employee with Client Access Manager access sees it, and
// the host. The ids of the clients with such a super admin are kept while a
// page is made.
func (m *Manager) Clients(viewer Call, query ClientQuery) List[ClientRow] {
	return List[ClientRow]{func() (listing[ClientRow], error) {
		s, err := m.sightOfPartner(viewer, query.Partner)
		if err != nil {
			return listing[ClientRow]{}, err
		}
		find, err := newSearch(query.Search)
		err = firstError(err, tickable("access", query.Access,
			AccessPartnerAdmin, AccessSuperAdmin, AccessStandard, AccessDeactivated, AccessColleague),
			tickable("phases", query.Phases, phases...))
		superAdmins := s.superAdminPlaces()
		return listing[ClientRow]{
			revision: s.r.Revision(), query: s.digest("clients", "", query),
			positions: s.clients(superAdmins, query, find),
			row: func(id string) ClientRow {
				return s.clientRow(relationship.ClientID(id), superAdmins)
			},
		}, err
	}}
}

// superAdminPlaces are the clients of which an employee whom the partner
// reaches is super admin. They are worked out once for a page: asking for each
// row would take as many looks as there are employees.
func (s sight) superAdminPlaces() map[relationship.ClientID]bool {
	places := map[relationship.ClientID]bool{}
	for employee := range employeesOf(s.r, s.partner.ID) {
		if !s.reaches(employee) {
			continue
		}
		for member := range memberships(s.r, employee.User) {
			if member.Role == relationship.SuperAdmin {
				places[member.Client] = true
			}
		}
	}
	return places
}

// clients runs over the clients that a query asks for.
func (s sight) clients(superAdmins map[relationship.ClientID]bool, query ClientQuery, find search) iter.Seq[position] {
	return func(yield func(position) bool) {
		look := func(id relationship.ClientID) bool {
			view := s.client(id)
			name := fold(view.Name())
			asked := hasAny(query.Phases, view.Phase) && (find.inName(name) || find.inName(fold(view.OfficialName))) &&
				(len(query.Access) == 0 || hasAny(query.Access, s.access(view, superAdmins)))
			return !asked || yield(position{name, string(id)})
		}
		relationships := s.r.Scan(relationship.KindRelationship, string(s.partner.ID), "")
		for rel := range storage.As[relationship.Relationship](relationships) {
			if !look(rel.Client) {
				return
			}
		}
		for client := range superAdmins {
			_, listed := s.r.Get(relationship.RelationshipKey(s.partner.ID, client))
			if !listed && !look(client) {
				return
			}
		}
	}
}

// access is the viewer's access to a client, or a colleague's. With a live
// relationship there is a member whom the partner manages.
func (s sight) access(view RelationshipView, superAdmins map[relationship.ClientID]bool) AccessType {
	own := s.ownAccess(view.Client)
	if own == NoAccess && (view.Phase == relationship.Active || superAdmins[view.Client]) {
		return AccessColleague
	}
	return own
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

func (s sight) clientRow(id relationship.ClientID, superAdmins map[relationship.ClientID]bool) ClientRow {
	client, _ := storage.Get[relationship.Client](s.r, relationship.ClientKey(id))
	view := s.client(id)
	return ClientRow{
		RelationshipView: view, Closed: client.Closed,
		Access: s.access(view, superAdmins), Actions: s.clientActions(id),
	}
}
