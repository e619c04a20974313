package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// bringing brings a roster in. A row of the roster is several rows of the
// import: the person, their place in the partner, the client with who answers
// for it, and the membership.
type bringing struct {
	manager *access.Manager
	roster  *roster
	domain  string
	screen  *screen
	// before is the state in which the import begins.
	before storage.Reader
	// became is what became of each entry, by its number.
	became []becoming
	// entryOf is the entry that each row of the import comes from.
	entryOf []int
	given   map[string]bool
}

// becoming is what has become of an entry so far.
type becoming struct {
	open    int  // rows of the import that nothing is known of yet
	whole   bool // all its rows were handed over
	applied bool
	left    bool // the person has left the partner, and stays out
	err     error
	// withheld are permissions that the person may not have there.
	withheld permset.Names
}

// rowCounts counts the rows of a roster; they add up.
type rowCounts struct{ rows, imported, unchanged, left, refused, open int }

// run imports. The error is what stopped it; the counts are good all the same.
func (b *bringing) run(ctx context.Context) (rowCounts, error) {
	b.became, b.given = make([]becoming, len(b.roster.entries)), map[string]bool{}
	err := b.partner(ctx)
	if err == nil {
		_, err = b.manager.Import(ctx, access.Host().Because("roster"), b.all(), b.note)
	}
	return b.counts(), err
}

// partner imports the partner with its first super admin, and its templates.
func (b *bringing) partner(ctx context.Context) error {
	first := slices.IndexFunc(b.roster.entries, func(e *entry) bool {
		kind, _, power := b.roster.people[e.email].employee()
		return e.client == "" && power == superAdmin && kind == relationship.Staff && !b.hasLeft(e.email)
	})
	if first < 0 {
		return fmt.Errorf("%s: no sound row names a super admin of the agency, on its staff: one without a client, and with the role super admin",
			b.roster.file)
	}
	e := b.roster.entries[first]
	row := access.ImportPartner{
		ID: partnerID, Name: "The agency", Kind: relationship.SolutionsPartner, SuperAdmin: userID(e.email), Since: e.since,
	}
	if b.domain != "" {
		row.Domains = []string{b.domain}
	}
	rows := []access.ImportRow{b.user(e.email), row}
	for _, name := range slices.Sorted(maps.Keys(templates)) {
		rows = append(rows, access.ImportTemplate{Partner: partnerID, Name: name, Permissions: templates[name].Slice()})
	}
	var refused error
	_, err := b.manager.Import(ctx, access.Host().Because("roster"), slices.Values(rows), func(o access.ImportedRow) {
		if o.Outcome == access.Refused && refused == nil {
			refused = fmt.Errorf("%s:%d: the agency cannot be imported: %s", b.roster.file, e.line, reason(o.Err))
		}
		if _, is := o.Row.(access.ImportPartner); is && o.Outcome == access.Applied {
			b.became[first].applied = true
		}
	})
	return errors.Join(err, refused)
}

// all runs over the rows of the import.
func (b *bringing) all() iter.Seq[access.ImportRow] {
	return func(yield func(access.ImportRow) bool) {
		for i, e := range b.roster.entries {
			if b.hasLeft(e.email) {
				b.became[i].left = true
				continue
			}
			for _, row := range b.rows(e) {
				b.entryOf = append(b.entryOf, i)
				b.became[i].open++
				if !yield(row) {
					return
				}
			}
			b.became[i].whole = true
		}
	}
}

// rows are the rows of the import for one entry, without what an earlier one
// has given.
func (b *bringing) rows(e *entry) []access.ImportRow {
	var rows []access.ImportRow
	add := func(key string, row access.ImportRow) {
		if !b.given[key] {
			b.given[key] = true
			rows = append(rows, row)
		}
	}
	p, user := b.roster.people[e.email], userID(e.email)
	kind, since, power := p.employee()
	add("user "+e.email, b.user(e.email))
	add("employee "+e.email, access.ImportEmployee{
		Partner: partnerID, User: user, Kind: kind, SuperAdmin: power == superAdmin,
		View: power == withAccess, Edit: power == withAccess, Since: since,
	})
	if e.client == "" {
		return rows
	}
	account := b.roster.clients[e.key]
	first := b.answers(account)
	add("user "+first.email, b.user(first.email))
	add("client "+e.key, access.ImportClient{ID: account.id(), Name: account.name, SuperAdmin: userID(first.email), Since: first.since})
	return append(rows, b.member(account, e))
}

// member is a membership.
func (b *bringing) member(account *clientAccount, e *entry) access.ImportMember {
	is := clientRoles[e.role]
	row := access.ImportMember{
		Client: account.id(), User: userID(e.email), Role: is.role, Permissions: is.permissions, Template: is.template,
		Since: e.since, End: e.until,
	}
	if is.role != relationship.SuperAdmin {
		row.Partner = partnerID
	}
	if len(e.permissions) > 0 {
		row.Permissions = e.permissions
	}
	return row
}

// answers is who answers for a client: its contact, or somebody who is super
// admin there and has not left.
func (b *bringing) answers(account *clientAccount) *entry {
	if account.contact != "" {
		return &entry{email: account.contact}
	}
	for _, e := range account.superAdmins {
		if !b.hasLeft(e.email) {
			return e
		}
	}
	return account.superAdmins[0]
}

// user is a person. One whom no row gives a name keeps the one on record.
func (b *bringing) user(email string) access.ImportUser {
	row := access.ImportUser{ID: userID(email), Name: email, Email: email}
	if p := b.roster.people[email]; p != nil && p.name != "" {
		row.Name = p.name
	} else if known, is := storage.Get[relationship.User](b.before, relationship.UserKey(row.ID)); is {
		row.Name = known.Name
	}
	return row
}

// hasLeft reports whether somebody had left the partner before: an import does
// not hire them again.
func (b *bringing) hasLeft(email string) bool {
	known, is := storage.Get[relationship.Employee](b.before, relationship.EmployeeKey(partnerID, userID(email)))
	return is && !known.Present()
}

// note hears what became of a row of the import.
func (b *bringing) note(o access.ImportedRow) {
	entry := b.entryOf[o.Number]
	became := &b.became[entry]
	if o.Outcome != access.NotAttempted {
		became.open--
	}
	became.applied = became.applied || o.Outcome == access.Applied
	if o.Outcome == access.Refused && became.err == nil {
		became.err = o.Err
	}
	if !o.Withheld.IsEmpty() {
		became.withheld = o.Withheld
	}
	if (o.Number+1)%chunk == 0 {
		b.screen.progress("Importing: %s of %s", number(entry+1), count(len(b.became), "row", "rows"))
	}
}

// chunk is how many rows of an import are committed at once.
const chunk = 1000

// counts counts the rows, and tells why some were refused.
func (b *bringing) counts() rowCounts {
	r := b.roster
	c := rowCounts{rows: r.rows, refused: r.rows - len(r.entries)}
	for i, e := range r.entries {
		switch became := b.became[i]; {
		case became.left:
			c.left++
		case !became.whole || became.open > 0:
			c.open++
		case became.err != nil:
			c.refused++
			r.fault(e.line, "row: %s", reason(became.err))
		case became.applied:
			c.imported++
		default:
			c.unchanged++
		}
		if withheld := b.became[i].withheld; !withheld.IsEmpty() {
			r.notes = append(r.notes, fault{r.file, e.line, "permissions: imported without " + withheld.String()})
		}
	}
	return c
}

// reason is why something was refused, without the ids, which tell nobody
// anything.
func reason(err error) string {
	refused, is := errors.AsType[*access.RefusedError](err)
	if !is {
		return err.Error()
	}
	text := refused.Err.Error()
	if refused.Detail != "" {
		text += " " + refused.Detail
	}
	return text + " (" + refused.Rule + ")"
}
