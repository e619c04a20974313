package access

import (
	"slices"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Party is somebody who could make a condition hold that fails (ASK-2): an
// office, and not a person. Whether somebody has that office now is another
// question. It is text for people; there is no other Party than these.
type Party string

// The parties. Nobody can give anything by Client Access Manager access alone:
// it is for taking away (OFF-1).
const (
	// PartyHost is the embedding program (ORG-1, PSET-1).
	PartyHost Party = "the host"
	// PartySuperAdmin is an active super admin of the client (ORG-3).
	PartySuperAdmin Party = "a super admin of the client"
	// PartyUserEditor is an active own user of the client who may add and
	// edit users. Permissions they give only as far as they hold them
	// (DEL-1).
	PartyUserEditor Party = "an own user who may add and edit users"
	// PartyPartnerAdmin is an active partner admin of the client with Client
	// Access Manager access (OFF-2), for the partner that manages the member
	// or, of somebody who is no member, employs them. What they give they
	// hold themselves (DEL-1), and it does not outlast them (DEL-6).
	PartyPartnerAdmin Party = "a partner admin of the client"
	// PartyPartnerSuperAdmin is an active super admin of the partner that
	// manages the member (ORG-2).
	PartyPartnerSuperAdmin Party = "a super admin of the partner"
)

// plight is a refused question, as those see it who could help.
type plight struct {
	v          *vocabulary
	f          *facts
	permission permset.Permission
	// joins are the facts as they would be if a partner admin added the user:
	// one for each partner that could, where the user is no member.
	joins []*facts
}

// newPlight makes a plight. Who came by a relationship that is over is a member
// no more (REL-6): what they had is not mended, they are let in anew.
func newPlight(r storage.Reader, v *vocabulary, f *facts, place Place, permission permset.Permission) plight {
	p := plight{v: v, f: f, permission: permission}
	if !failures(f).stillMember() {
		p.f = gatherApart(r, place.Client, place.User, f.now)
	}
	if !p.f.isMember {
		p.joins = p.f.joins(r, place)
	}
	return p
}

// remedies says for each reason who could make it hold, by calls of their own
// alone and as things stand: one line for each party. What stands in the way
// of a party counts against it, such as a partner that is paused; that they
// would have to reactivate the member first does not.
//
// A remedy keeps what the member is. Making a member super admin, or the
// client's own, would get around many conditions, and is named only where the
// permission can be had in no other way.
var remedies = [reasonEnd][]struct {
	party Party
	could func(p plight) bool
}{
	ReasonUnknownPermission: {{PartyHost, plight.always}},
	ReasonUnknownClient:     {{PartyHost, plight.always}},
	ReasonUnknownUser:       {{PartyHost, plight.always}},
	ReasonClientClosed:      {}, // for good (ORG-1)
	ReasonNotMember: {
		{PartySuperAdmin, plight.clientSide},
		{PartyUserEditor, plight.clientSide},
		{PartyPartnerAdmin, plight.joinable}, // ADD-1
	},
	ReasonDeactivated: {
		{PartySuperAdmin, plight.clientSide},
		{PartyUserEditor, plight.userEditorLetsIn},
		{PartyPartnerAdmin, func(p plight) bool { return p.partnerAdminChanges() || p.joinable() }},
	},
	ReasonRunOut: {
		{PartySuperAdmin, plight.clientSide},
		{PartyUserEditor, plight.userEditorLetsIn},
		{PartyPartnerAdmin, func(p plight) bool { return p.partnerAdminChanges() && !p.endedByClient() || p.joinable() }},
	},
	ReasonMemberPaused: {{PartySuperAdmin, plight.clientSide}}, // LIM-3
	ReasonRelationshipOver: { // by letting them in anew (REL-5)
		{PartySuperAdmin, plight.clientSide},
		{PartyUserEditor, plight.clientSide},
		{PartyPartnerAdmin, plight.joinable}, // of another partner
	},
	ReasonPartnerPaused: {{PartySuperAdmin, plight.clientSide}}, // LIM-3
	ReasonPartnerClosed: {},                                     // for good (ORG-1)
	ReasonEmployeeInactive: {{PartyPartnerSuperAdmin, func(p plight) bool {
		return p.partnerOpen() && p.f.employee.Present()
	}}},
	ReasonNotInSet: {
		{PartySuperAdmin, plight.clientSide},
		{PartyUserEditor, func(p plight) bool {
			return p.clientSide() && (!p.f.isMember || isStandardOwn(p.f.member)) && p.handedOn(p.f)
		}},
		{PartyPartnerAdmin, func(p plight) bool {
			return p.partnerAdminChanges() && p.handedOn(p.f) || slices.ContainsFunc(p.joins, p.handedOn)
		}},
	},
	ReasonSuperAdminOnly: {{PartySuperAdmin, plight.clientSide}}, // by making them one (ADM-1)
	ReasonNeverManaged:   {{PartySuperAdmin, plight.clientSide}}, // by making them the client's own (ADM-3)
	ReasonCeiling:        {{PartySuperAdmin, plight.clientSide}}, // LIM-1
	ReasonNoSeat: { // ADM-4
		{PartySuperAdmin, plight.clientSide},
		{PartyPartnerAdmin, plight.joinable}, // ADD-4
	},
	ReasonOtherCatalog:   {{PartyHost, plight.always}}, // by opening a Manager with it
	ReasonRevocationLost: {{PartyHost, plight.always}}, // by acknowledging the loss
}

// changeableBy lists who could make the condition behind a reason hold.
func (p plight) changeableBy(reason Reason) []Party {
	var parties []Party
	for _, remedy := range remedies[reason] {
		if remedy.could(p) {
			parties = append(parties, remedy.party)
		}
	}
	return parties
}

func (plight) always() bool { return true }

// clientSide: somebody acts for the client, and knows whom it is about. An
// open client has an active super admin (OFF-8).
func (p plight) clientSide() bool {
	return p.f.clientKnown && !p.f.client.Closed && (p.f.isMember || p.f.userKnown)
}

// userEditorLetsIn: standard own users they reactivate and renew (ORG-3);
// others they let in by approving, as whoever may approve does (OFF-3,
// LINK-7).
func (p plight) userEditorLetsIn() bool {
	approves := p.f.member.Managed() && p.partnerOpen() && p.f.partner.Kind.Eligible() && p.f.employee.ActiveAt(p.f.now)
	return p.clientSide() && (!p.f.isMember || isStandardOwn(p.f.member) || approves)
}

func (p plight) partnerOpen() bool { return p.f.partner.ID != "" && !p.f.partner.Closed }

// partnerAdminChanges: the partner that manages the member can have an active
// partner admin in the client (OFF-2), and they change members who are not
// deactivated, or whom they reactivate before: not whom the client's side has
// deactivated (OFF-3).
func (p plight) partnerAdminChanges() bool {
	return p.f.member.Managed() && p.f.hasPartnerAdmins() &&
		p.f.member.Deactivated != relationship.ClientSide && p.f.employee.Present()
}

// hasPartnerAdmins: nothing stops all of the partner's admins in the client, and
// the partner is of a kind that can use the role (LINK-1).
func (f *facts) hasPartnerAdmins() bool {
	return failures(f)&^ofMemberAlone == 0 && f.partner.Kind.Eligible()
}

// ofMemberAlone are the reasons that stop one member, and nobody else of the
// partner.
var ofMemberAlone = reasons(0).with(ReasonUnknownUser).with(ReasonDeactivated).with(ReasonRunOut).
	with(ReasonMemberPaused).with(ReasonEmployeeInactive)

// endedByClient: it has run out at an end that the client's side set (DEL-6).
func (p plight) endedByClient() bool {
	return p.f.member.EndByClient && !p.f.now.Before(p.f.member.End)
}

// handedOn: somebody else than a super admin can hold the permission, and give
// it to a member with these facts (DEL-1, DEL-3).
func (p plight) handedOn(f *facts) bool {
	if p.v.billing.Has(p.permission) {
		return false
	}
	for _, cut := range cuts {
		if cut.reason != ReasonNoSeat && !cut.leaves(p.v, f).Has(p.permission) {
			return false
		}
	}
	return true
}

func (p plight) joinable() bool { return len(p.joins) > 0 }

// joins gathers the facts as they would be if a partner admin added the user
// (ADD-1): for each partner that employs them and serves the client, unless
// only the client's side lets them in (OFF-3, DEL-6).
func (f *facts) joins(r storage.Reader, place Place) []*facts {
	var joins []*facts
	for employee := range employments(r, place.User) {
		joined := f.of(r, relationship.Member{
			Client: place.Client, User: place.User, Role: relationship.Standard, Manager: employee.Partner,
		})
		end := joined.standing.End
		barred := joined.standing.Barred || !end.IsZero() && !end.After(f.now)
		if f.userKnown && employee.ActiveAt(f.now) && joined.hasPartnerAdmins() && !barred {
			joins = append(joins, joined)
		}
	}
	return joins
}
