package postgres

import (
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// kindTable is a kind of record and its table.
type kindTable struct {
	kind  relationship.Kind
	table table
}

// tables are the tables of all kinds, in an order in which what others refer to
// comes first.
var tables = []kindTable{
	{relationship.KindCatalog, catalogTable},
	{relationship.KindUser, userTable},
	{relationship.KindPartner, partnerTable},
	{relationship.KindEmployee, employeeTable},
	{relationship.KindTemplate, templateTable},
	{relationship.KindLink, linkTable},
	{relationship.KindClient, clientTable},
	{relationship.KindRelationship, relationshipTable},
	{relationship.KindMember, memberTable},
	{relationship.KindTerms, termsTable},
	{relationship.KindStanding, standingTable},
	{relationship.KindOnce, onceTable},
}

var catalogTable = newTable("catalog", 1, []column[relationship.Catalog]{
	{
		name: "id", sent: "text", stored: "?", loaded: "?",
		write:  func(b []byte, noun *relationship.Catalog) []byte { return appendText(b, noun.Key().First) },
		binary: func(b []byte, noun *relationship.Catalog) []byte { return binaryText(b, noun.Key().First) },
		into:   func(*relationship.Catalog) any { return intoText{new(string)} },
		key:    appendText,
	},
	text("declaration", func(c *relationship.Catalog) *string { return &c.Declaration }),
})

var userTable = newTable("users", 1, []column[relationship.User]{
	text("user_id", func(u *relationship.User) *string { return (*string)(&u.ID) }),
	text("name", func(u *relationship.User) *string { return &u.Name }),
	text("email", func(u *relationship.User) *string { return (*string)(&u.Email) }),
	digest("salt", func(u *relationship.User) *relationship.Digest { return &u.Salt }),
	digest("person", func(u *relationship.User) *relationship.Digest { return &u.Person }),
})

// The domains stand in a table of their own.
var partnerTable = newTable("partners", 1, []column[relationship.Partner]{
	text("partner_id", func(p *relationship.Partner) *string { return (*string)(&p.ID) }),
	text("name", func(p *relationship.Partner) *string { return &p.Name }),
	text("kind", func(p *relationship.Partner) *string { return (*string)(&p.Kind) }),
	flag("closed", func(p *relationship.Partner) *bool { return &p.Closed }),
	{
		loaded: "(SELECT string_agg(domain, ' ' ORDER BY domain) FROM clientaccess.partner_domains AS own" +
			" WHERE own.partner_id = partners.partner_id)",
		into: func(p *relationship.Partner) any { return intoText{(*string)(&p.Domains)} },
	},
})

var employeeTable = newTable("employees", 2, []column[relationship.Employee]{
	text("partner_id", func(e *relationship.Employee) *string { return (*string)(&e.Partner) }),
	text("user_id", func(e *relationship.Employee) *string { return (*string)(&e.User) }),
	text("kind", func(e *relationship.Employee) *string { return (*string)(&e.Kind) }),
	text("status", func(e *relationship.Employee) *string { return (*string)(&e.Status) }),
	flag("super_admin", func(e *relationship.Employee) *bool { return &e.SuperAdmin }),
	flag("views", func(e *relationship.Employee) *bool { return &e.View }),
	flag("edits", func(e *relationship.Employee) *bool { return &e.Edit }),
	flag("paused", func(e *relationship.Employee) *bool { return &e.Pause.On }),
	instant("paused_until", func(e *relationship.Employee) *time.Time { return &e.Pause.Until }),
	flag("confirmed", func(e *relationship.Employee) *bool { return &e.Confirmed }),
	instant("since", func(e *relationship.Employee) *time.Time { return &e.Since }),
})

var templateTable = newTable("templates", 2, []column[relationship.Template]{
	text("partner_id", func(t *relationship.Template) *string { return (*string)(&t.Partner) }),
	text("name", func(t *relationship.Template) *string { return &t.Name }),
	names("permissions", func(t *relationship.Template) *permset.Names { return &t.Set }),
})

var linkTable = newTable("links", 1, []column[relationship.Link]{
	text("selector", func(l *relationship.Link) *string { return (*string)(&l.Selector) }),
	text("partner_id", func(l *relationship.Link) *string { return (*string)(&l.Partner) }),
	text("employee_id", func(l *relationship.Link) *string { return (*string)(&l.Employee) }),
	names("permissions", func(l *relationship.Link) *permset.Names { return &l.Asks }),
	digest("shows", func(l *relationship.Link) *relationship.Digest { return &l.Shows }),
	digest("hash", func(l *relationship.Link) *relationship.Digest { return &l.Hash }),
	text("issued_by", func(l *relationship.Link) *string { return (*string)(&l.IssuedBy) }),
	instant("issued", func(l *relationship.Link) *time.Time { return &l.Issued }),
	instant("expires", func(l *relationship.Link) *time.Time { return &l.Expires }),
	flag("revoked", func(l *relationship.Link) *bool { return &l.Revoked }),
})

var clientTable = newTable("clients", 1, []column[relationship.Client]{
	text("client_id", func(c *relationship.Client) *string { return (*string)(&c.ID) }),
	text("name", func(c *relationship.Client) *string { return &c.Name }),
	flag("closed", func(c *relationship.Client) *bool { return &c.Closed }),
	number("super_admins", func(c *relationship.Client) *int { return &c.SuperAdmins }),
})

var relationshipTable = newTable("relationships", 2, []column[relationship.Relationship]{
	text("partner_id", func(r *relationship.Relationship) *string { return (*string)(&r.Partner) }),
	text("client_id", func(r *relationship.Relationship) *string { return (*string)(&r.Client) }),
	text("client_name", func(r *relationship.Relationship) *string { return &r.ClientName }),
	text("phase", func(r *relationship.Relationship) *string { return (*string)(&r.Phase) }),
	instant("started", func(r *relationship.Relationship) *time.Time { return &r.Started }),
	instant("activity", func(r *relationship.Relationship) *time.Time { return &r.Activity }),
	instant("ends", func(r *relationship.Relationship) *time.Time { return &r.EndsAt }),
	instant("limited", func(r *relationship.Relationship) *time.Time { return &r.Limit }),
	instant("ended", func(r *relationship.Relationship) *time.Time { return &r.Ended }),
	number("members", func(r *relationship.Relationship) *int { return &r.Members }),
})

var memberTable = newTable("members", 2, []column[relationship.Member]{
	text("client_id", func(m *relationship.Member) *string { return (*string)(&m.Client) }),
	text("user_id", func(m *relationship.Member) *string { return (*string)(&m.User) }),
	text("role", func(m *relationship.Member) *string { return (*string)(&m.Role) }),
	names("permissions", func(m *relationship.Member) *permset.Names { return &m.Set }),
	text("manager_id", func(m *relationship.Member) *string { return (*string)(&m.Manager) }),
	flag("linked", func(m *relationship.Member) *bool { return &m.Linked }),
	text("deactivated", func(m *relationship.Member) *string { return (*string)(&m.Deactivated) }),
	flag("paid_seat", func(m *relationship.Member) *bool { return &m.PaidSeat }),
	text("template", func(m *relationship.Member) *string { return &m.Template }),
	instant("ends", func(m *relationship.Member) *time.Time { return &m.End }),
	flag("ends_by_client", func(m *relationship.Member) *bool { return &m.EndByClient }),
	instant("since", func(m *relationship.Member) *time.Time { return &m.Since }),
	instant("term_from", func(m *relationship.Member) *time.Time { return &m.TermFrom }),
	text("by_kind", func(m *relationship.Member) *string { return (*string)(&m.By.Kind) }),
	text("by_user", func(m *relationship.Member) *string { return (*string)(&m.By.User) }),
	text("by_partner", func(m *relationship.Member) *string { return (*string)(&m.By.Partner) }),
})

var termsTable = newTable("terms", 2, []column[relationship.Terms]{
	text("client_id", func(t *relationship.Terms) *string { return (*string)(&t.Client) }),
	text("partner_id", func(t *relationship.Terms) *string { return (*string)(&t.Partner) }),
	flag("has_ceiling", func(t *relationship.Terms) *bool { return &t.HasCeiling }),
	names("ceiling", func(t *relationship.Terms) *permset.Names { return &t.Ceiling }),
	flag("paused", func(t *relationship.Terms) *bool { return &t.Pause.On }),
	instant("paused_until", func(t *relationship.Terms) *time.Time { return &t.Pause.Until }),
	seconds("longest_seconds", func(t *relationship.Terms) *time.Duration { return &t.Longest }),
})

var standingTable = newTable("standings", 2, []column[relationship.Standing]{
	text("client_id", func(s *relationship.Standing) *string { return (*string)(&s.Client) }),
	text("user_id", func(s *relationship.Standing) *string { return (*string)(&s.User) }),
	flag("barred", func(s *relationship.Standing) *bool { return &s.Barred }),
	instant("ends", func(s *relationship.Standing) *time.Time { return &s.End }),
	flag("paused", func(s *relationship.Standing) *bool { return &s.Pause.On }),
	instant("paused_until", func(s *relationship.Standing) *time.Time { return &s.Pause.Until }),
})

var onceTable = newTable("calls", 1, []column[relationship.Once]{
	digest("owner", func(o *relationship.Once) *relationship.Digest { return &o.Owner }),
	digest("content", func(o *relationship.Once) *relationship.Digest { return &o.Content }),
	number("revision", func(o *relationship.Once) *uint64 { return &o.Revision }),
	number("members", func(o *relationship.Once) *int { return &o.Counts.Members }),
	number("records", func(o *relationship.Once) *int { return &o.Counts.Records }),
	number("relationships", func(o *relationship.Once) *int { return &o.Counts.Relationships }),
	number("notifications", func(o *relationship.Once) *int { return &o.Counts.Notifications }),
	number("skipped", func(o *relationship.Once) *int { return &o.Counts.Skipped }),
	instant("until", func(o *relationship.Once) *time.Time { return &o.Until }),
})
