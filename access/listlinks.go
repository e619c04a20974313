package access

import (
	"fmt"
	"iter"
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// LinkState is where an access link stands (LINK-6).
type LinkState string

// The states of an access link. One that is both is revoked.
const (
	LinkLive    LinkState = "live"
	LinkRevoked LinkState = "revoked"
	LinkExpired LinkState = "expired"
)

// LinkQuery asks for access links of a partner. The zero value is all of them,
// also those that open nothing any more. Of each list of ticks a row has to
// have one; an empty list asks nothing.
type LinkQuery struct {
	// Partner is as of ClientQuery.
	Partner relationship.PartnerID `json:"partner,omitempty"`
	// States ticks states.
	States []LinkState `json:"states,omitempty"`
	// Employees ticks for whom the links are.
	Employees []relationship.UserID `json:"employees,omitempty"`
	// Search is the beginning of a word of the name of the employee for whom
	// the link is, and may go on with the words behind it. Case does not
	// count.
	Search string `json:"search,omitempty"`
}

// LinkRow is one access link as the partner sees it (SEE-2). It has neither
// the secret nor what is stored of it (LINK-6).
type LinkRow struct {
	Partner relationship.PartnerID
	// Selector names the link, for RevokeLink and RotateLink. It lets nobody
	// in.
	Selector relationship.Selector
	// Employee is for whom the link is, and Name their name (LINK-2).
	Employee relationship.UserID
	Name     string
	// IssuedBy is who issued the link, and IssuedByName their name.
	IssuedBy     relationship.UserID
	IssuedByName string
	// Issued is when, and Expires from when on it opens nothing.
	Issued, Expires time.Time
	State           LinkState
	// Asks are the permissions that the link asks for, fixed at issue.
	Asks permset.Names
	// Changed says that approving would be refused, because what the link
	// shows is another now (LINK-3): a new one is needed.
	Changed bool
}

// Links lists the access links of a partner, whoever issued them (SEE-2). They
// are ordered by the name of the employee for whom they are, and of one name
// the newest comes first. An employee with Client Access Manager access sees
// it, and the host.
func (m *Manager) Links(viewer Call, query LinkQuery) List[LinkRow] {
	return List[LinkRow]{func() (listing[LinkRow], error) {
		s, err := m.sightOfPartner(viewer, query.Partner)
		if err != nil {
			return listing[LinkRow]{}, err
		}
		find, err := newSearch(query.Search)
		err = firstError(err, tickable("states", query.States, LinkLive, LinkRevoked, LinkExpired))
		return listing[LinkRow]{
			revision: s.r.Revision(), query: s.digest("links", "", query),
			positions: s.links(query, find),
			row:       func(id string) LinkRow { return s.linkRow(relationship.Selector(id)) },
		}, err
	}}
}

func (s sight) links(query LinkQuery, find search) iter.Seq[position] {
	return func(yield func(position) bool) {
		links := s.r.Reverse(relationship.KindLink, string(s.partner.ID), "")
		for link := range storage.As[relationship.Link](links) {
			if !hasAny(query.States, s.linkState(link)) || !hasAny(query.Employees, link.Employee) {
				continue
			}
			name := fold(s.user(link.Employee).Name)
			if find.inName(name) && !yield(position{name + newestFirst(link.Issued), string(link.Selector)}) {
				return
			}
		}
	}
}

// newestFirst writes an instant so that later ones sort first, behind any
// name: names have no U+0000.
func newestFirst(at time.Time) string {
	return fmt.Sprintf("\x00%016x", ^(uint64(at.UnixMicro()) ^ 1<<63))
}

func (s sight) linkState(link relationship.Link) LinkState {
	switch {
	case link.Revoked:
		return LinkRevoked
	case !link.LiveAt(s.now):
		return LinkExpired
	}
	return LinkLive
}

func (s sight) linkRow(selector relationship.Selector) LinkRow {
	link, _ := storage.Get[relationship.Link](s.r, relationship.LinkKey(selector))
	return LinkRow{
		Partner: link.Partner, Selector: link.Selector,
		Employee: link.Employee, Name: s.user(link.Employee).Name,
		IssuedBy: link.IssuedBy, IssuedByName: s.user(link.IssuedBy).Name,
		Issued: link.Issued, Expires: link.Expires, State: s.linkState(link), Asks: link.Asks,
		Changed: s.m.vocabulary.linkChanged(s.r, link, s.now) != nil,
	}
}
