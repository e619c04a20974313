package access

import (
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// PlaceQuery asks for the clients that one user is a member of. The zero value
// is all of the viewer's own.
type PlaceQuery struct {
	// User is whose places they are. The host names them; for everybody else
	// it is themselves, and may be left out.
	User relationship.UserID `json:"user,omitempty"`
	// Search is the beginning of a word of the client's official name, and may
	// go on with the words behind it. Case does not count.
	Search string `json:"search,omitempty"`
}

// PlaceRow is one client that the user is a member of, as the user sees it
// (SEE-4).
type PlaceRow struct {
	// MemberView is the membership: role, permissions, whether it is active or
	// why not, until when, and which partner manages it.
	MemberView
	// ClientName is the client's official name.
	ClientName string
	// PartnerName is the name of the partner that manages the member; empty
	// for the client's own.
	PartnerName string
}

// Places lists the clients that a user is a member of (SEE-4), ordered by
// their official names: for users acting for themselves, without Call.At, and
// for the host. Nobody sees those of somebody else (ErrNotAllowed). Who is not
// known, or was erased, is an ErrUnknownUser.
func (m *Manager) Places(viewer Call, query PlaceQuery) List[PlaceRow] {
	return List[PlaceRow]{func() (listing[PlaceRow], error) {
		s, user, err := m.sightOfUser(viewer, query.User)
		if err != nil {
			return listing[PlaceRow]{}, err
		}
		find, err := newSearch(query.Search)
		return listing[PlaceRow]{
			revision: s.r.Revision(), query: s.digest("places", string(user), query),
			positions: s.places(memberships(s.r, user), MemberQuery{}, func(member relationship.Member) (position, bool) {
				name := fold(s.client(member.Client).OfficialName)
				return position{name, string(member.Client)}, find.inName(name)
			}),
			row: func(id string) PlaceRow { return s.placeRow(relationship.ClientID(id), user) },
		}, err
	}}
}

func (s sight) placeRow(client relationship.ClientID, user relationship.UserID) PlaceRow {
	f := gather(s.r, client, user, s.now)
	row := PlaceRow{MemberView: s.m.vocabulary.view(f), ClientName: f.client.Name, PartnerName: f.partner.Name}
	row.Verified = f.member.Managed() && isVerified(s.r, f.partner, user)
	return row
}

// sightOfUser is that of a user acting for themselves, and of the host for the
// user that it names.
func (m *Manager) sightOfUser(viewer Call, named relationship.UserID) (sight, relationship.UserID, error) {
	s, err := m.sight(viewer)
	id := named
	switch {
	case err != nil:
		return s, id, err
	case viewer.host && named == "":
		return s, id, invalid("query", "user", "is missing")
	case viewer.host:
	case viewer.partner != "" || named != "" && named != viewer.user:
		return s, id, refuse("SEE-4", ErrNotAllowed, viewer.user, "only the user themselves may see this, not for a partner")
	default:
		id = viewer.user
	}
	user, known := storage.Get[relationship.User](s.r, relationship.UserKey(id))
	if !known || user.Erased() {
		return s, id, refuse("ASK-4", ErrUnknownUser, id)
	}
	return s, id, nil
}
