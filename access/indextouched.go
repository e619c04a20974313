package access

import (
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// touched are the members of whom something that bears on them has changed.
type touched struct {
	places     map[Place]bool
	clients    map[relationship.ClientID]bool // all members of these
	everything bool
}

// note notes whom a line concerns. It may be more than need be, and never
// less: what bears on a member is what facts.of reads.
func (t *touched) note(r storage.Reader, line relationship.Line) {
	switch record := lineRecord(line).(type) {
	case relationship.Catalog:
		t.everything = true
	case relationship.Member:
		t.places[Place{record.Client, record.User}] = true
	case relationship.Standing:
		t.places[Place{record.Client, record.User}] = true
	case relationship.Client:
		before, _ := line.Before.(relationship.Client)
		after, _ := line.After.(relationship.Client)
		if before.ID == "" || after.ID == "" || before.Closed != after.Closed {
			t.clients[record.ID] = true
		}
	case relationship.Relationship:
		before, _ := line.Before.(relationship.Relationship)
		after, _ := line.After.(relationship.Relationship)
		if before.Phase != after.Phase || !before.Due().Equal(after.Due()) {
			t.clients[record.Client] = true
		}
	case relationship.Terms:
		t.clients[record.Client] = true
	case relationship.Employee:
		t.user(r, record.User)
	case relationship.User:
		t.user(r, record.ID)
	case relationship.Partner:
		before, _ := line.Before.(relationship.Partner)
		after, _ := line.After.(relationship.Partner)
		before.Name = after.Name
		if before != after {
			t.partner(r, record.ID)
		}
	case relationship.Template, relationship.Link, relationship.Once:
	default:
		t.everything = true // a kind that nobody has thought of here
	}
}

func lineRecord(line relationship.Line) relationship.Record {
	if line.After != nil {
		return line.After
	}
	return line.Before
}

func (t *touched) user(r storage.Reader, user relationship.UserID) {
	for member := range memberships(r, user) {
		t.places[Place{member.Client, user}] = true
	}
}

// partner notes everybody whom the partner manages, and its employees, whose
// seats as super admins hang on it (ADM-4).
func (t *touched) partner(r storage.Reader, partner relationship.PartnerID) {
	for rel := range storage.As[relationship.Relationship](r.Scan(relationship.KindRelationship, string(partner), "")) {
		t.clients[rel.Client] = true
	}
	for employee := range employeesOf(r, partner) {
		t.user(r, employee.User)
	}
}
