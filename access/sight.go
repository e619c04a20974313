package access

import (
	"errors"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// sight is what a list is looked at from: one state, one instant, and the side
// of a partner or of a client.
type sight struct {
	m    *Manager
	r    storage.Snapshot
	now  time.Time
	call Call
	// partner is the partner whose list it is; zero on the client's side.
	partner relationship.Partner
}

func (m *Manager) sight(viewer Call) (sight, error) {
	r, err := m.state()
	s := sight{m: m, r: r, now: m.nowAt(r), call: viewer}
	if err := viewer.check(); err != nil {
		return s, err
	}
	return s, firstError(err, m.sameCatalog(r))
}

// sightOfPartner is that of an employee with Client Access Manager access, for
// their partner and no other, and of the host for the partner that it names.
func (m *Manager) sightOfPartner(viewer Call, named relationship.PartnerID) (sight, error) {
	s, err := m.sight(viewer)
	if err != nil {
		return s, err
	}
	id := named
	if !viewer.host {
		employee, err := findEmployee(s.r, viewer, s.now)
		switch {
		case errors.Is(err, ErrWhichPartner) && !isEmployed(s.r, viewer.user),
			err == nil && named != "" && named != employee.Partner:
			return s, refuse("SEE-1", ErrNotAllowed, viewer.user, "a partner's lists are for its employees with Client Access Manager access")
		case err != nil:
			return s, err
		}
		id = employee.Partner
	} else if named == "" {
		return s, invalid("query", "partner", "is missing")
	}
	partner, known := storage.Get[relationship.Partner](s.r, relationship.PartnerKey(id))
	if !known {
		return s, refuse("ASK-4", ErrUnknownPartner, id)
	}
	s.partner = partner
	return s, nil
}

func isEmployed(r storage.Reader, user relationship.UserID) bool {
	for employee := range employments(r, user) {
		if employee.Present() {
			return true
		}
	}
	return false
}

// sightOfClient is that of a client's own side, and of the host.
func (m *Manager) sightOfClient(viewer Call, client relationship.ClientID) (sight, error) {
	s, err := m.sight(viewer)
	if err != nil {
		return s, err
	}
	if !viewer.host {
		_, err = m.vocabulary.findClientSide(s.r, viewer, client, s.now)
	} else if _, known := s.r.Get(relationship.ClientKey(client)); !known {
		err = refuse("ASK-4", ErrUnknownClient, client)
	}
	return s, err
}

// digest is that of a query from this sight. It holds who is looking, so that
// nobody goes on with somebody else's cursor (SEE-5).
func (s sight) digest(list, about string, query any) queryDigest {
	as := "user"
	if s.call.host {
		as = "host"
	}
	return digestOf(query, list, about, as, string(s.call.user), string(s.partner.ID))
}

// shows reports whether a membership is seen from here. Who was managed in a
// relationship that is over is no member any more, written or not (REL-6). A
// partner sees whom it manages, and places of its employees who are super
// admin of a client, if verified or confirmed (OFF-1); the viewer sees their
// own in any case (MIG-1).
func (s sight) shows(member relationship.Member) bool {
	switch {
	case member.Managed() && s.partner.ID != "" && member.Manager != s.partner.ID:
		return false
	case member.Managed():
		return s.phase(member.Manager, member.Client) != relationship.Ended
	case s.partner.ID == "":
		return true
	}
	return member.Role == relationship.SuperAdmin && s.reaches(s.employee(s.partner.ID, member.User))
}

// reaches reports whether an employee's places as super admin are seen by the
// partner.
func (s sight) reaches(employee relationship.Employee) bool {
	return employee.Present() && (employee.User == s.call.user || isConfirmed(s.r, s.partner, employee))
}

// phase is that of a relationship now; a missing one is over.
func (s sight) phase(partner relationship.PartnerID, client relationship.ClientID) relationship.Phase {
	rel, found := storage.Get[relationship.Relationship](s.r, relationship.RelationshipKey(partner, client))
	if !found {
		return relationship.Ended
	}
	return rel.PhaseAt(s.now)
}

func (s sight) employee(partner relationship.PartnerID, user relationship.UserID) relationship.Employee {
	employee, _ := storage.Get[relationship.Employee](s.r, relationship.EmployeeKey(partner, user))
	return employee
}

func (s sight) user(id relationship.UserID) relationship.User {
	user, _ := storage.Get[relationship.User](s.r, relationship.UserKey(id))
	return user
}

// client shows what the partner and a client have with each other; on the
// client's side, the client alone.
func (s sight) client(id relationship.ClientID) RelationshipView {
	rel, _ := storage.Get[relationship.Relationship](s.r, relationship.RelationshipKey(s.partner.ID, id))
	return viewOf(s.r, s.partner.ID, id, rel, s.now)
}
