package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// This file holds the rows of a roster against each other. Where two differ,
// the first counts, and the other is told with the lines of both.

// person is what the rows say about one person.
type person struct {
	email    string
	name     string // empty when no row gives one
	nameLine int
	kind     relationship.EmployeeKind
	kindLine int
	// inPartner is the row about the person in the partner, if there is one.
	inPartner *entry
	// at are the rows about them in clients, by the client's key.
	at map[string]*entry
}

// employee is the person's place in the partner.
func (p *person) employee() (kind relationship.EmployeeKind, since time.Time, power string) {
	kind, power = relationship.Staff, plainEmployee
	if p.kind != "" {
		kind = p.kind
	}
	if p.inPartner != nil {
		since, power = p.inPartner.since, p.inPartner.role
	}
	return kind, since, power
}

// clientAccount is what the rows say about one client.
type clientAccount struct {
	name        string
	contact     string // an address; empty when no row gives one
	contactLine int
	superAdmins []*entry
}

func (c *clientAccount) id() relationship.ClientID { return clientID(c.name) }

// add takes a row in that is sound by itself, unless an earlier one says
// something else.
func (r *roster) add(e *entry) {
	p, account := r.people[e.email], r.clients[e.key]
	if p == nil {
		p = &person{email: e.email, at: map[string]*entry{}}
	}
	if account == nil {
		account = &clientAccount{name: e.client}
	}
	earlier := p.inPartner
	if e.client != "" {
		earlier = p.at[e.key]
	}
	before := len(r.faults)
	if e.name != "" && p.name != "" && e.name != p.name {
		r.fault(e.line, "name: is %s, and %s in line %d, of the same address", quoted(e.name), quoted(p.name), p.nameLine)
	}
	if e.kind != "" && p.kind != "" && e.kind != p.kind {
		r.fault(e.line, "kind: is %s, and %s in line %d", e.kind, p.kind, p.kindLine)
	}
	if e.contact != "" && account.contact != "" && e.contact != account.contact {
		r.fault(e.line, "contact: is %s, and %s in line %d, of the same client", quoted(e.contact), quoted(account.contact), account.contactLine)
	}
	if e.contact == e.email && e.role != superAdmin {
		r.fault(e.line, "contact: is the person of the same row, who is no super admin there")
	}
	if earlier != nil {
		if other := e.differs(earlier); len(other) > 0 {
			r.fault(e.line, "row: is about the same person and client as line %d, with another %s", earlier.line, join(other))
		}
	}
	if len(r.faults) > before {
		return
	}
	r.people[e.email] = p
	if e.name != "" && p.name == "" {
		p.name, p.nameLine = e.name, e.line
	}
	if e.kind != "" && p.kind == "" {
		p.kind, p.kindLine = e.kind, e.line
	}
	if e.client == "" {
		p.inPartner = e
	} else {
		r.clients[e.key] = account
		p.at[e.key] = e
		account.addEntry(e)
	}
	r.entries = append(r.entries, e)
}

func (c *clientAccount) addEntry(e *entry) {
	if e.contact != "" && c.contact == "" {
		c.contact, c.contactLine = e.contact, e.line
	}
	if e.role == superAdmin {
		c.superAdmins = append(c.superAdmins, e)
	}
}

// differs names the columns in which two rows about the same place differ.
func (e *entry) differs(from *entry) []string {
	var other []string
	for _, column := range []struct {
		name string
		same bool
	}{
		{"role", e.role == from.role},
		{"permissions", slices.Equal(e.permissions, from.permissions)},
		{"since", e.since.Equal(from.since)},
		{"until", e.until.Equal(from.until)},
	} {
		if !column.same {
			other = append(other, column.name)
		}
	}
	return other
}

// nameContacts finds who answers for a client that no sound row names a
// contact of: a row that is faulty elsewhere may have named one. The rows of a
// client for which nobody answers cannot be imported.
func (r *roster) nameContacts() {
	for _, bad := range r.badContacts {
		account := r.clients[fold(bad.client)]
		if account != nil && account.contact == "" && len(account.superAdmins) == 0 {
			account.contact = bad.contact
		}
	}
	r.entries = slices.DeleteFunc(r.entries, func(e *entry) bool {
		account := r.clients[e.key]
		if e.client == "" || account.contact != "" || len(account.superAdmins) > 0 {
			return false
		}
		r.fault(e.line, "contact: no row of the client names one, and nobody is its super admin")
		r.forget(e)
		return true
	})
}

// forget takes a row about a client out again.
func (r *roster) forget(e *entry) {
	p := r.people[e.email]
	if p == nil {
		return // by an equal row
	}
	delete(p.at, e.key)
	if p.inPartner == nil && len(p.at) == 0 {
		delete(r.people, e.email)
	}
}

// String counts what the roster holds, for people.
func (r *roster) String() string {
	return fmt.Sprintf("%s: %s about %s", r.file, count(r.rows, "row", "rows"), count(len(r.people), "person", "people"))
}
