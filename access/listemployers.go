package access

import (
	"iter"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// EmployerQuery asks for the partners that employ one user. The zero value is
// all of the viewer's own.
type EmployerQuery struct {
	// User is as of PlaceQuery.
	User relationship.UserID `json:"user,omitempty"`
	// Search is the beginning of a word of the partner's name, and may go on
	// with the words behind it. Case does not count.
	Search string `json:"search,omitempty"`
}

// EmployerRow is one partner that employs the user, as the user sees it
// (SEE-4).
type EmployerRow struct {
	User relationship.UserID
	// Partner is what Call.At takes, and Name the partner's name.
	Partner relationship.PartnerID
	Name    string
	// Closed says that the partner's account is closed.
	Closed bool
	Kind   relationship.EmployeeKind
	Status relationship.EmployeeStatus
	// Paused says that the partner's pause of the employee is in force
	// (LIM-3).
	Paused bool
	// HasAccess says that the powers in the partner account come to Client
	// Access Manager access, and MayAct that they can be used now: that the
	// account is open, and the employee neither suspended nor paused. Who may
	// not act for a partner is refused whatever they do At it.
	HasAccess, MayAct bool
	// Verified is the tick beside the address (ADD-3), and Confirmed says that
	// the user has confirmed that they work for the partner (ADD-5).
	Verified, Confirmed bool
	// Since is when the employment began.
	Since time.Time
}

// Employers lists the partners that employ a user (SEE-4), ordered by name: for
// users acting for themselves, without Call.At, which it helps to fill, and for
// the host. Errors are as of Places.
func (m *Manager) Employers(viewer Call, query EmployerQuery) List[EmployerRow] {
	return List[EmployerRow]{func() (listing[EmployerRow], error) {
		s, user, err := m.sightOfUser(viewer, query.User)
		if err != nil {
			return listing[EmployerRow]{}, err
		}
		find, err := newSearch(query.Search)
		return listing[EmployerRow]{
			revision: s.r.Revision(), query: s.digest("employers", string(user), query),
			positions: s.employers(user, find),
			row:       func(id string) EmployerRow { return s.employerRow(relationship.PartnerID(id), user) },
		}, err
	}}
}

func (s sight) employers(user relationship.UserID, find search) iter.Seq[position] {
	return func(yield func(position) bool) {
		for e := range employments(s.r, user) {
			name := fold(s.account(e.Partner).Name)
			if e.Present() && find.inName(name) && !yield(position{name, string(e.Partner)}) {
				return
			}
		}
	}
}

func (s sight) employerRow(id relationship.PartnerID, user relationship.UserID) EmployerRow {
	e, account := s.employee(id, user), s.account(id)
	return EmployerRow{
		User: user, Partner: id, Name: account.Name, Closed: account.Closed, Kind: e.Kind, Status: e.Status,
		Paused: e.Pause.ActiveAt(s.now), HasAccess: e.HasAccess(),
		MayAct:   !account.Closed && e.ActiveAt(s.now) && e.HasAccess(),
		Verified: isVerified(s.r, account, user), Confirmed: e.Confirmed, Since: e.Since,
	}
}
