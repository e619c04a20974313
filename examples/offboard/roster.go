package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// rosterColumns are the columns of a roster; see the comment of the command.
var rosterColumns = []column{
	{name: "e-mail", others: []string{"email", "e-mail address", "email address"}, needed: true},
	{name: "name"},
	{name: "client", needed: true},
	{name: "role", needed: true},
	{name: "permissions"},
	{name: "since"},
	{name: "until"},
	{name: "kind"},
	{name: "contact"},
}

// entry is one row of the roster: what somebody is in one client, or in the
// partner when it names no client.
type entry struct {
	line  int
	email string
	name  string // may be empty
	// client is the client's name; empty in a row about the partner.
	client string
	key    string // of the client: equal for all ways to write its name
	role   string
	// permissions are given where they are others than the role's.
	permissions  []string
	since, until time.Time
	kind         relationship.EmployeeKind // empty where it is not said
	contact      string                    // an address; may be empty
}

// roster is what a roster says, as far as it is sound.
type roster struct {
	file    string
	rows    int
	entries []*entry
	faults  []fault
	notes   []fault // what is no fault, and should be known
	people  map[string]*person
	clients map[string]*clientAccount

	badContacts []badContact
	today       time.Time
	cells       map[string][]string // permissions read before, by their cell
}

// badContact is whom a row named as a client's contact that was faulty
// elsewhere.
type badContact struct{ client, contact string }

// readRoster reads a roster. now tells which ends have passed.
func readRoster(file string, text []byte, now time.Time) (*roster, error) {
	t, err := readTable(file, text, rosterColumns)
	if err != nil {
		return nil, err
	}
	r := &roster{
		file: file, rows: len(t.rows) + len(t.problems), faults: t.problems, notes: t.notes(),
		people: map[string]*person{}, clients: map[string]*clientAccount{},
		today: now, cells: map[string][]string{},
	}
	for _, row := range t.rows {
		if e, sound := r.read(t, row); sound {
			r.add(e)
		}
	}
	r.nameContacts()
	slices.SortStableFunc(r.faults, func(a, b fault) int { return a.line - b.line })
	return r, nil
}

func (r *roster) fault(line int, format string, args ...any) {
	r.faults = append(r.faults, fault{r.file, line, fmt.Sprintf(format, args...)})
}

// read reads one row, by itself.
func (r *roster) read(t *table, row row) (*entry, bool) {
	e := &entry{line: row.line}
	before := len(r.faults)
	bad := func(column, problem string) {
		if problem != "" {
			r.fault(row.line, "%s: %s", column, problem)
		}
	}
	cell := func(column string) string {
		content := t.cell(row, column)
		if column != "permissions" { // which are checked by name
			bad(column, text(content))
		}
		return content
	}
	problem := ""
	if given := cell("e-mail"); len(r.faults) == before {
		e.email, problem = address(given)
		bad("e-mail", problem)
	}
	e.name, e.client, e.role = cell("name"), cell("client"), fold(cell("role"))
	e.key = fold(e.client)
	e.kind = relationship.EmployeeKind(fold(cell("kind")))
	if e.kind != "" && e.kind != relationship.Staff && e.kind != relationship.Contractor {
		bad("kind", quoted(string(e.kind))+" is neither staff nor contractor")
	}
	contactProblem := ""
	if given := cell("contact"); given != "" {
		e.contact, contactProblem = address(given)
		bad("contact", contactProblem)
	}
	r.readDays(e, cell("since"), cell("until"), bad)
	r.readRole(e, cell("permissions"), bad)
	if len(r.faults) > before {
		if unseen(e.client) == "" && contactProblem == "" && e.client != "" && e.contact != "" {
			r.badContacts = append(r.badContacts, badContact{e.client, e.contact})
		}
		return nil, false
	}
	return e, true
}

// readDays reads from when until when. The last day is a whole one.
func (r *roster) readDays(e *entry, since, until string, bad func(column, problem string)) {
	problem := ""
	if since != "" {
		e.since, problem = day(since)
		bad("since", problem)
		if problem == "" && e.since.After(r.today) {
			bad("since", quoted(since)+" is still to come")
		}
	}
	if until == "" {
		return
	}
	last, problem := day(until)
	bad("until", problem)
	if problem != "" {
		return
	}
	e.until = last.AddDate(0, 0, 1)
	switch {
	case !e.until.After(r.today):
		bad("until", quoted(until)+" has passed")
	case e.role == superAdmin:
		bad("until", "is given, and a super admin has no end")
	case e.client == "":
		bad("until", "is given, and there is no client")
	}
}

// readRole reads what somebody is, and what they may do.
func (r *roster) readRole(e *entry, cell string, bad func(column, problem string)) {
	if cell != "" {
		known, is := r.cells[cell]
		if !is {
			problem := ""
			if known, problem = permissions(cell); problem != "" {
				bad("permissions", problem)
				return
			}
			r.cells[cell] = known
		}
		e.permissions = known
	}
	_, known := clientRoles[e.role]
	switch {
	case e.client == "":
		r.readPartnerRole(e, bad)
	case e.role == "":
		bad("role", "is empty")
	case !known:
		bad("role", fmt.Sprintf("there is no role %s; there are %s", quoted(e.role), join(roleNames())))
	case e.role == superAdmin && len(e.permissions) > 0:
		bad("permissions", "are given, and a super admin has all")
	case e.role == standard && len(e.permissions) == 0:
		bad("permissions", "are missing; the role standard has none of its own")
	}
}

func (r *roster) readPartnerRole(e *entry, bad func(column, problem string)) {
	switch {
	case e.role == "":
		e.role = plainEmployee
	case e.role != superAdmin && e.role != withAccess && e.role != plainEmployee:
		bad("role", fmt.Sprintf("%s is no role in the agency itself, as the row names no client; there are %s",
			quoted(e.role), join([]string{superAdmin, withAccess, plainEmployee})))
	}
	if len(e.permissions) > 0 {
		bad("permissions", "are given, and there is no client")
	}
	if e.contact != "" {
		bad("contact", "is given, and there is no client")
	}
}

func roleNames() []string {
	names := []string{superAdmin, partnerAdmin, standard}
	for name := range templates {
		names = append(names, name)
	}
	slices.SortFunc(names[3:], strings.Compare)
	return names
}
