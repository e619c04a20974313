package relationship_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// texts are all texts of all nouns: how to set each.
var texts = []struct {
	noun, field string
	optional    bool
	set         func(text string) relationship.Record
}{
	{"user", "id", false, func(s string) relationship.Record {
		return with(ann, func(u *relationship.User) { u.ID = relationship.UserID(s) })
	}},
	{"user", "name", false, func(s string) relationship.Record {
		user, _ := relationship.NewUser("ann", s, "ann@northwind.example", salt)
		return user
	}},
	{"partner", "id", false, func(s string) relationship.Record {
		return with(agency, func(p *relationship.Partner) { p.ID = relationship.PartnerID(s) })
	}},
	{"partner", "name", false, func(s string) relationship.Record {
		return with(agency, func(p *relationship.Partner) { p.Name = s })
	}},
	{"partner", "kind", false, func(s string) relationship.Record {
		return with(agency, func(p *relationship.Partner) { p.Kind = relationship.PartnerKind(s) })
	}},
	{"client", "id", false, func(s string) relationship.Record {
		return with(lumen, func(c *relationship.Client) { c.ID = relationship.ClientID(s) })
	}},
	{"client", "name", false, func(s string) relationship.Record {
		return with(lumen, func(c *relationship.Client) { c.Name = s })
	}},
	{"employee", "partner", false, func(s string) relationship.Record {
		return with(annAt, func(e *relationship.Employee) { e.Partner = relationship.PartnerID(s) })
	}},
	{"employee", "user", false, func(s string) relationship.Record {
		return with(annAt, func(e *relationship.Employee) { e.User = relationship.UserID(s) })
	}},
	{"member", "client", false, func(s string) relationship.Record {
		return with(managed, func(m *relationship.Member) { m.Client = relationship.ClientID(s) })
	}},
	{"member", "user", false, func(s string) relationship.Record {
		return with(managed, func(m *relationship.Member) { m.User = relationship.UserID(s) })
	}},
	{"member", "manager", true, func(s string) relationship.Record {
		return with(standard, func(m *relationship.Member) { m.Manager = relationship.PartnerID(s) })
	}},
	{"member", "template", true, func(s string) relationship.Record {
		return with(managed, func(m *relationship.Member) { m.Template = s })
	}},
	{"relationship", "partner", false, func(s string) relationship.Record {
		return with(active, func(r *relationship.Relationship) { r.Partner = relationship.PartnerID(s) })
	}},
	{"relationship", "client", false, func(s string) relationship.Record {
		return with(active, func(r *relationship.Relationship) { r.Client = relationship.ClientID(s) })
	}},
	{"relationship", "client name", true, func(s string) relationship.Record {
		return with(active, func(r *relationship.Relationship) { r.ClientName = s })
	}},
	{"access link", "selector", false, func(s string) relationship.Record {
		return with(link, func(l *relationship.Link) { l.Selector = relationship.Selector(s) })
	}},
	{"access link", "partner", false, func(s string) relationship.Record {
		return with(link, func(l *relationship.Link) { l.Partner = relationship.PartnerID(s) })
	}},
	{"access link", "employee", false, func(s string) relationship.Record {
		return with(link, func(l *relationship.Link) { l.Employee = relationship.UserID(s) })
	}},
	{"access link", "issuer", false, func(s string) relationship.Record {
		return with(link, func(l *relationship.Link) { l.IssuedBy = relationship.UserID(s) })
	}},
	{"template", "partner", false, func(s string) relationship.Record {
		return with(team, func(x *relationship.Template) { x.Partner = relationship.PartnerID(s) })
	}},
	{"template", "name", false, func(s string) relationship.Record {
		return with(team, func(x *relationship.Template) { x.Name = s })
	}},
	{"terms", "client", false, func(s string) relationship.Record {
		return with(terms, func(x *relationship.Terms) { x.Client = relationship.ClientID(s) })
	}},
	{"terms", "partner", false, func(s string) relationship.Record {
		return with(terms, func(x *relationship.Terms) { x.Partner = relationship.PartnerID(s) })
	}},
	{"standing", "client", false, func(s string) relationship.Record {
		return with(standing, func(x *relationship.Standing) { x.Client = relationship.ClientID(s) })
	}},
	{"standing", "user", false, func(s string) relationship.Record {
		return with(standing, func(x *relationship.Standing) { x.User = relationship.UserID(s) })
	}},
}

func TestBadTextsAreRefusedInEveryField(t *testing.T) {
	for _, text := range texts {
		t.Run(text.noun+" "+text.field, func(t *testing.T) {
			for _, bad := range []string{
				strings.Repeat("x", relationship.MaxText+1), strings.Repeat("ÿ", relationship.MaxText/2) + "x",
				"valu\xff", "\xed\xa0\x80", "\xc0\xaf", "valu\x00", "\x00", "a\x00b",
			} {
				refused(t, text.set(bad).Check(), text.noun, text.field)
			}
			for _, good := range []string{
				"x", strings.Repeat("x", relationship.MaxText), strings.Repeat("ÿ", relationship.MaxText/2), " ", "a b", "\x01",
				"a/b", `"`, "日本", "\U0010ffff", "%s",
			} {
				require.NoError(t, text.set(good).Check(), "%q", good)
			}
			if text.optional {
				require.NoError(t, text.set("").Check())
			} else {
				refused(t, text.set("").Check(), text.noun, text.field)
			}
		})
	}
}

func TestCheckNamesWhatDoesNotFit(t *testing.T) {
	for _, test := range []struct {
		noun, field string
		record      relationship.Record
	}{
		{"catalog", "declaration", relationship.Catalog{}},
		{"catalog", "declaration", relationship.Catalog{Declaration: "\xff"}},
		{"catalog", "declaration", relationship.Catalog{Declaration: "a\x00"}},
		{"user", "e-mail address", with(ann, func(u *relationship.User) { u.Email = "Ann" })},
		{"user", "e-mail address", with(ann, func(u *relationship.User) { u.Email = "ann@Northwind.example" })},
		{"user", "person", with(ann, func(u *relationship.User) { u.Name = "Somebody Else" })},
		{"user", "person", with(ann, func(u *relationship.User) { u.Email = "else@northwind.example" })},
		{"user", "person", with(ann, func(u *relationship.User) { u.Salt[0]++ })},
		{"user", "person", with(ann, func(u *relationship.User) { u.Person[31]++ })},
		{"partner", "domain", with(agency, func(p *relationship.Partner) { p.Domains = "a.example b" })},
		{"partner", "domains", with(agency, func(p *relationship.Partner) { p.Domains = "b.example a.example" })},
		{"partner", "domains", with(agency, func(p *relationship.Partner) { p.Domains = "a.example a.example" })},
		{"partner", "domains", with(agency, func(p *relationship.Partner) { p.Domains = "A.example" })},
		{"partner", "domains", with(agency, func(p *relationship.Partner) { p.Domains = " a.example" })},
		{"client", "super admins", with(lumen, func(c *relationship.Client) { c.SuperAdmins = -1 })},
		{"employee", "kind", with(annAt, func(e *relationship.Employee) { e.Kind = "" })},
		{"employee", "kind", with(annAt, func(e *relationship.Employee) { e.Kind = "Staff" })},
		{"employee", "status", with(annAt, func(e *relationship.Employee) { e.Status = "" })},
		{"employee", "status", with(annAt, func(e *relationship.Employee) { e.Status = "retired" })},
		{"access link", "hash", with(link, func(l *relationship.Link) { l.Hash = relationship.Digest{} })},
		{"terms", "longest membership", with(terms, func(x *relationship.Terms) { x.Longest = -time.Second })},
		{"terms", "longest membership", with(terms, func(x *relationship.Terms) { x.Longest = time.Second + 1 })},
		{"terms", "ceiling", with(terms, func(x *relationship.Terms) { x.Ceiling = permset.MustNames("reports.view") })},
	} {
		t.Run(fmt.Sprintf("%s %s", test.noun, test.field), func(t *testing.T) {
			refused(t, test.record.Check(), test.noun, test.field)
		})
	}
}

func TestConstructorsRefuseWhatCheckRefuses(t *testing.T) {
	_, err := relationship.NewUser("", "Ann", "ann@northwind.example", salt)
	refused(t, err, "user", "id")
	_, err = relationship.NewUser("ann", "", "ann@northwind.example", salt)
	refused(t, err, "user", "name")
	_, err = relationship.NewUser("ann", "Ann", "ann", salt)
	refused(t, err, "user", "e-mail address")
	_, err = relationship.NewPartner("", "Northwind", relationship.Provider)
	refused(t, err, "partner", "id")
	_, err = relationship.NewPartner("northwind", "Northwind", relationship.Provider, "northwind.example", "northwind")
	refused(t, err, "partner", "domain")
	_, err = relationship.NewPartner("northwind", "Northwind", "")
	refused(t, err, "partner", "kind")
	_, err = relationship.NewClient("lumen", strings.Repeat("x", 257))
	refused(t, err, "client", "name")
	_, err = relationship.NewEmployee("northwind", "ann\x00", relationship.Staff, day)
	refused(t, err, "employee", "user")
	_, err = relationship.NewTemplate("northwind", "\xff", permset.Names{})
	refused(t, err, "template", "name")
	refused(t, relationship.CheckText("call", "reason", ""), "call", "reason")
	require.NoError(t, relationship.CheckText("call", "reason", "spring project"))
}

func TestErrorsNeverRepeatTheValue(t *testing.T) {
	const personal = "xyzzy"
	_, err := relationship.ParseEmail(personal + "@@" + personal)
	require.NotContains(t, err.Error(), personal)
	_, err = relationship.ParseDomain(personal)
	require.NotContains(t, err.Error(), personal)
	for _, text := range texts {
		require.NotContains(t, text.set(personal+"\x00").Check().Error(), personal)
	}
}
