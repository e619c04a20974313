package main

import (
	"slices"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// story is what a data file without a fault says. Every id in it stands for
// somebody or something that is in it too. The lines are those of the file,
// so that a step that fails can name its own.
type story struct {
	start     time.Time
	users     []user
	partners  []partner
	employees []employee
	templates []template
	clients   []client
	members   []member
	assets    []access.Asset
	approvals []approval
	aliases   []alias
	additions []addition
	scenes    map[string]scene
}

type user struct {
	line  int
	id    relationship.UserID
	name  string
	email relationship.Email
}

// partner is a partner account; admin is its first super admin.
type partner struct {
	line    int
	id      relationship.PartnerID
	name    string
	kind    relationship.PartnerKind
	domains []string
	admin   relationship.UserID
}

// employee is everybody who works for a partner but its first super admin.
// access is Client Access Manager access.
type employee struct {
	line    int
	user    relationship.UserID
	partner relationship.PartnerID
	kind    relationship.EmployeeKind
	access  bool
}

type template struct {
	line        int
	partner     relationship.PartnerID
	name        string
	permissions []string
}

// client is a client account; admin is its first super admin.
type client struct {
	line  int
	id    relationship.ClientID
	name  string
	admin relationship.UserID
}

// member is one of the client's own people.
type member struct {
	line        int
	user        relationship.UserID
	client      relationship.ClientID
	superAdmin  bool
	permissions []string
	paidSeat    bool
}

// approval lets an employee in as partner admin, by an access link or without
// one.
type approval struct {
	line     int
	employee relationship.UserID
	partner  relationship.PartnerID
	client   relationship.ClientID
	by       relationship.UserID
	direct   bool
}

// alias is what a partner calls a client.
type alias struct {
	line    int
	client  relationship.ClientID
	partner relationship.PartnerID
	by      relationship.UserID
	name    string
}

// addition is a partner admin who adds employees to a client.
type addition struct {
	line      int
	employees []relationship.UserID
	partner   relationship.PartnerID
	client    relationship.ClientID
	by        relationship.UserID
	template  string
	until     time.Time
}

// scene says who plays which part in a scene. Each scene has a few of these;
// shapes says which. All people in it are employees of the partner.
type scene struct {
	line        int
	client      relationship.ClientID
	partner     relationship.PartnerID
	admin       relationship.UserID // partner admin of the client
	by          relationship.UserID // with Client Access Manager access
	employee    relationship.UserID
	newcomer    relationship.UserID
	keeper      relationship.UserID
	member      relationship.UserID
	asks        string // a template
	narrower    string // a template
	loses       []string
	permissions []string
	question    string // a permission
	gives       string // a permission
	days        int
	ticks       []relationship.ClientID
}

func (s *story) user(id relationship.UserID) user {
	return s.users[slices.IndexFunc(s.users, func(u user) bool { return u.id == id })]
}

func (s *story) partner(id relationship.PartnerID) partner {
	return s.partners[slices.IndexFunc(s.partners, func(p partner) bool { return p.id == id })]
}

func (s *story) client(id relationship.ClientID) client {
	return s.clients[slices.IndexFunc(s.clients, func(c client) bool { return c.id == id })]
}

// staffOf are all employees of a partner, its first super admin before the
// others.
func (s *story) staffOf(p partner) []employee {
	staff := []employee{{line: p.line, user: p.admin, partner: p.id, kind: relationship.Staff, access: true}}
	for _, e := range s.employees {
		if e.partner == p.id {
			staff = append(staff, e)
		}
	}
	return staff
}

// hasAccess reports whether an employee has Client Access Manager access.
func (s *story) hasAccess(id relationship.PartnerID, user relationship.UserID) bool {
	return slices.ContainsFunc(s.staffOf(s.partner(id)), func(e employee) bool { return e.user == user && e.access })
}

// verified carries the tick beside an address: its domain is one of the
// partner's (ADD-3).
func (s *story) verified(p partner, id relationship.UserID) bool {
	domains, err := relationship.NewDomains(p.domains...)
	return err == nil && domains.Has(s.user(id).email.Domain())
}
