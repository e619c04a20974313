package access

import (
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// MemberView is one membership as its viewer sees it.
type MemberView struct {
	Place
	MemberState
	// Active says whether the member can use anything at all now; Why is the
	// first reason if not, and ReasonAllowed if so.
	Active bool
	Why    Reason
	// Until is when the membership runs out: its End, or earlier where the
	// client has set a longest term (TIME-1); zero for never.
	Until time.Time
	// Since is when the user became a member.
	Since time.Time
	// Verified is the tick beside the address of a managed member (ADD-3).
	Verified bool
}

// String describes the membership in one line.
func (v MemberView) String() string { return v.Place.String() + ": " + v.MemberState.String() }

// Member shows one membership as it is now. A member themselves, the client's
// side, an employee with Client Access Manager access of the partner that
// manages the member, and the host may see it. To everybody else the answer is
// ErrNotAllowed, and to these ErrUnknownMember where the user is none.
func (m *Manager) Member(viewer Call, user relationship.UserID, client relationship.ClientID) (MemberView, error) {
	if err := viewer.check(); err != nil {
		return MemberView{}, err
	}
	r, err := m.state()
	if err != nil {
		return MemberView{}, err
	}
	f := gather(r, client, user, m.nowAt(r))
	if !m.maySee(r, viewer, f, user, client) {
		return MemberView{}, refuse("ASK-2", ErrNotAllowed, client, user)
	}
	if !f.isMember || !failures(f).stillMember() {
		return MemberView{}, refuse("ORG-3", ErrUnknownMember, client, user)
	}
	view := m.vocabulary.view(f)
	view.Verified = f.member.Managed() && isVerified(r, f.partner, user)
	return view, nil
}

// view is the membership as its viewer sees it, but for the tick.
func (v *vocabulary) view(f *facts) MemberView {
	why := v.failures(f).first()
	return MemberView{
		Place: Place{f.member.Client, f.member.User}, MemberState: v.state(f),
		Active: why == ReasonAllowed, Why: why, Until: f.member.Until(f.terms), Since: f.member.Since,
	}
}

// RelationshipView is one relationship as its viewer sees it.
type RelationshipView struct {
	Partner relationship.PartnerID
	Client  relationship.ClientID
	// PartnerName and OfficialName are the names that the accounts have;
	// ClientName is what the partner calls the client, and empty while it has
	// given no name, and on the client's side: the name is the partner's own
	// (ADD-2).
	PartnerName, OfficialName, ClientName string
	// Phase is the phase now, written down or not (REL-6). In a list it is
	// empty where there never was a relationship (SEE-1).
	Phase relationship.Phase
	// Members counts the members that the partner manages, active or not.
	Members int
	// Started is when it last started or revived, and Activity the last
	// qualifying activity (REL-4).
	Started, Activity time.Time
	// Ends is when the clock ends it if nothing else happens, and when it has
	// ended where it has; zero when nothing is set.
	Ends time.Time
}

// Name is what the partner's lists call the client: its own name for it, or
// the official one while it has given none, and on the client's side (ADD-2).
func (v RelationshipView) Name() string {
	if v.ClientName != "" {
		return v.ClientName
	}
	return v.OfficialName
}

// Relationship shows one relationship as it is now. The client's side, an
// employee with Client Access Manager access of the partner, and the host may
// see it; to everybody else the answer is ErrNotAllowed, and to these
// ErrNoRelationship where there never was one.
func (m *Manager) Relationship(viewer Call, partner relationship.PartnerID, client relationship.ClientID) (RelationshipView, error) {
	if err := viewer.check(); err != nil {
		return RelationshipView{}, err
	}
	r, err := m.state()
	if err != nil {
		return RelationshipView{}, err
	}
	now := m.nowAt(r)
	_, errClient := m.vocabulary.findClientSide(r, viewer, client, now)
	employee, errPartner := findEmployee(r, viewer, now)
	ofPartner := errPartner == nil && employee.Partner == partner
	if !viewer.host && errClient != nil && !ofPartner {
		return RelationshipView{}, refuse("REL-1", ErrNotAllowed, partner, client)
	}
	rel, found := storage.Get[relationship.Relationship](r, relationship.RelationshipKey(partner, client))
	if !found {
		return RelationshipView{}, refuse("REL-1", ErrNoRelationship, partner, client)
	}
	if !viewer.host && !ofPartner {
		rel.ClientName = ""
	}
	return viewOf(r, partner, client, rel, now), nil
}

// viewOf shows a relationship; the zero one is none.
func viewOf(r storage.Reader, partner relationship.PartnerID, client relationship.ClientID, rel relationship.Relationship, now time.Time) RelationshipView {
	account, _ := storage.Get[relationship.Partner](r, relationship.PartnerKey(partner))
	official, _ := storage.Get[relationship.Client](r, relationship.ClientKey(client))
	view := RelationshipView{
		Partner: partner, Client: client,
		PartnerName: account.Name, OfficialName: official.Name, ClientName: rel.ClientName,
		Phase: rel.PhaseAt(now), Members: rel.Members, Started: rel.Started, Activity: rel.Activity, Ends: rel.Due(),
	}
	if view.Phase == relationship.Ended {
		view.Members = 0
		if rel.Phase == relationship.Ended {
			view.Ends = rel.Ended
		}
	}
	return view
}
