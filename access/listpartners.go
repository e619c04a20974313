package access

import (
	"iter"
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// PartnerQuery asks for partners of a client. The zero value is all of them. A
// row has to have one of the ticks; an empty list asks nothing.
type PartnerQuery struct {
	// Phases ticks states of the relationship; the zero Phase is none ever.
	Phases []relationship.Phase `json:"phases,omitempty"`
	// Search is the beginning of a word of the partner's name, and may go on
	// with the words behind it. Case does not count.
	Search string `json:"search,omitempty"`
}

// PartnerRow is one partner as a client sees it (SEE-4): the relationship, and
// what the client has laid down for it. What the partner calls the client is
// not in it (ADD-2).
type PartnerRow struct {
	Client  relationship.ClientID
	Partner relationship.PartnerID
	Name    string
	Kind    relationship.PartnerKind
	// Closed says that the partner's account is closed.
	Closed bool
	// Phase is the phase now, written down or not (REL-6); empty where there
	// never was a relationship, and the client has terms for the partner.
	Phase relationship.Phase
	// Members counts the members whom the partner manages, active or not.
	Members int
	// Started is when it last started or revived, and Activity the last
	// qualifying activity (REL-4).
	Started, Activity time.Time
	// Ends is when the clock ends it if nothing else happens, and when it has
	// ended where it has; zero when nothing is set.
	Ends time.Time
	// Limit is the end that the client has set; zero for none, and when the
	// relationship has ended, since it does not bound the next one (TIME-1).
	Limit time.Time
	// HasCeiling says whether Ceiling is in force: the most that the members
	// may use, by name (LIM-1). An empty one in force leaves them nothing.
	HasCeiling bool
	Ceiling    permset.Names
	// Paused says that the client's pause of the partner is in force now, and
	// PausedUntil when it is over by itself; zero for when it is lifted
	// (LIM-3).
	Paused      bool
	PausedUntil time.Time
	// Longest is the longest time that a membership lasts; zero for no bound
	// (TIME-1).
	Longest time.Duration
}

// Partners lists the partners of a client (SEE-4): those that it has a
// relationship with, also one that has ended, and those that it has laid down
// terms for, each with these. They are ordered by name. The client's side sees
// it, and the host.
func (m *Manager) Partners(viewer Call, client relationship.ClientID, query PartnerQuery) List[PartnerRow] {
	return List[PartnerRow]{func() (listing[PartnerRow], error) {
		s, err := m.sightOfClient(viewer, client)
		if err != nil {
			return listing[PartnerRow]{}, err
		}
		find, err := newSearch(query.Search)
		err = firstError(err, tickable("phases", query.Phases, phases...))
		return listing[PartnerRow]{
			revision: s.r.Revision(), query: s.digest("partners", string(client), query),
			positions: s.partners(client, query, find),
			row:       func(id string) PartnerRow { return s.partnerRow(client, relationship.PartnerID(id)) },
		}, err
	}}
}

// partners runs over the partners that a query asks for. One with a
// relationship and with terms comes more than once.
func (s sight) partners(client relationship.ClientID, query PartnerQuery, find search) iter.Seq[position] {
	return func(yield func(position) bool) {
		look := func(id relationship.PartnerID, phase relationship.Phase) bool {
			name := fold(s.account(id).Name)
			return !hasAny(query.Phases, phase) || !find.inName(name) || yield(position{name, string(id)})
		}
		relationships := s.r.Reverse(relationship.KindRelationship, string(client), "")
		for rel := range storage.As[relationship.Relationship](relationships) {
			if !look(rel.Partner, rel.PhaseAt(s.now)) {
				return
			}
		}
		for terms := range storage.As[relationship.Terms](s.r.Scan(relationship.KindTerms, string(client), "")) {
			nothing := relationship.Terms{Client: client, Partner: terms.Partner}
			_, related := s.r.Get(relationship.RelationshipKey(terms.Partner, client))
			if !related && terms != nothing && !look(terms.Partner, "") {
				return
			}
		}
	}
}

func (s sight) account(id relationship.PartnerID) relationship.Partner {
	account, _ := storage.Get[relationship.Partner](s.r, relationship.PartnerKey(id))
	return account
}

func (s sight) partnerRow(client relationship.ClientID, id relationship.PartnerID) PartnerRow {
	rel, _ := storage.Get[relationship.Relationship](s.r, relationship.RelationshipKey(id, client))
	terms, _ := storage.Get[relationship.Terms](s.r, relationship.TermsKey(client, id))
	account, view := s.account(id), viewOf(s.r, id, client, rel, s.now)
	row := PartnerRow{
		Client: client, Partner: id, Name: account.Name, Kind: account.Kind, Closed: account.Closed,
		Phase: view.Phase, Members: view.Members, Started: view.Started, Activity: view.Activity, Ends: view.Ends,
		HasCeiling: terms.HasCeiling, Ceiling: terms.Ceiling, Longest: terms.Longest,
	}
	if view.Phase != relationship.Ended {
		row.Limit = rel.Limit
	}
	if terms.Pause.ActiveAt(s.now) {
		row.Paused, row.PausedUntil = true, terms.Pause.Until
	}
	return row
}
