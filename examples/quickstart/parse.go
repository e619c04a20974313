package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// builder makes a story of records. The maps hold what the file has named so
// far, with the line of each.
type builder struct {
	story     *story
	faults    []fault
	users     map[relationship.UserID]int
	emails    map[relationship.Email]int
	partners  map[relationship.PartnerID]int
	domains   map[relationship.Domain]int
	staff     map[job]int
	templates map[named]int
	clients   map[relationship.ClientID]int
	members   map[access.Place]int
	once      map[string]int
	assets    map[[2]string]int
	approved  map[access.Place]int
	aliases   map[[2]string]int
}

type job struct {
	partner relationship.PartnerID
	user    relationship.UserID
}

type named struct {
	partner relationship.PartnerID
	name    string
}

func (b *builder) fault(line int, format string, args ...any) {
	b.faults = append(b.faults, fault{line, fmt.Sprintf(format, args...)})
}

// parse reads a data file. With a fault, there is no story.
func parse(text []byte) (*story, []fault) {
	var r reader
	r.read(text)
	b := &builder{
		story: &story{scenes: map[string]scene{}}, faults: r.faults,
		users: map[relationship.UserID]int{}, emails: map[relationship.Email]int{},
		partners: map[relationship.PartnerID]int{}, domains: map[relationship.Domain]int{},
		staff: map[job]int{}, templates: map[named]int{},
		clients: map[relationship.ClientID]int{}, members: map[access.Place]int{},
		once: map[string]int{}, assets: map[[2]string]int{},
		approved: map[access.Place]int{}, aliases: map[[2]string]int{},
	}
	// What is referred to comes first, so that the file may have any order.
	for _, step := range []struct {
		keyword string
		build   func(record)
	}{
		{"start", b.addStart}, {"user", b.addUser}, {"partner", b.addPartner}, {"employee", b.addEmployee},
		{"template", b.addTemplate}, {"client", b.addClient}, {"member", b.addMember}, {"asset", b.addAsset},
		{"approve", b.addApproval}, {"alias", b.addAlias}, {"add", b.addAddition},
	} {
		for _, record := range r.records {
			if record.keyword == step.keyword {
				step.build(record)
			}
		}
	}
	for _, record := range r.records {
		if strings.HasPrefix(record.keyword, "scene ") {
			b.addScene(record)
		}
	}
	b.whole(r.records)
	if len(b.faults) > 0 {
		return nil, b.faults
	}
	return b.story, nil
}

// whole checks what is about no line of its own; the last record stands for
// it.
func (b *builder) whole(records []record) {
	missing := map[string]bool{"start": true, "user": true, "partner": true, "client": true}
	end := 1
	for _, record := range records {
		delete(missing, record.keyword)
		end = max(end, record.line)
	}
	for _, keyword := range keywords() {
		if missing[keyword] {
			b.fault(end, "the file has no line that begins with %s", keyword)
		}
	}
}

// hour is when the story, and every day of it, begins.
const hour = 9 * time.Hour

func (b *builder) addStart(r record) {
	if fresh(b, b.once, r.keyword, r.line, "there is a start already") {
		b.story.start = b.date(r, "date", r.mark()).Add(hour)
	}
}

func (b *builder) addUser(r record) {
	u := user{line: r.line, id: relationship.UserID(b.plain(r, "id", r.mark())), name: b.plain(r, "name", r.value("name"))}
	if u.id != "" {
		fresh(b, b.users, u.id, r.line, "there is a user %q already", u.id)
	}
	if v := r.value("email"); v.text != "" {
		var err error
		if u.email, err = relationship.ParseEmail(v.text); err != nil {
			b.wrong(v.line, v.text, err)
		} else {
			fresh(b, b.emails, u.email, v.line, "user: %q is another user's address", v.text)
		}
	}
	b.story.users = append(b.story.users, u)
}

func (b *builder) addPartner(r record) {
	p := partner{
		line: r.line, id: relationship.PartnerID(b.plain(r, "id", r.mark())), name: b.plain(r, "name", r.value("name")),
		kind:  relationship.PartnerKind(b.plain(r, "kind", r.value("kind"))),
		admin: b.user(r, r.value("admin")),
	}
	if p.id != "" && fresh(b, b.partners, p.id, r.line, "there is a partner %q already", p.id) {
		b.staff[job{p.id, p.admin}] = r.line
	}
	for _, v := range b.list(r, "domains") {
		domain, err := relationship.ParseDomain(v.text)
		if err != nil {
			b.wrong(v.line, v.text, err)
		} else {
			fresh(b, b.domains, domain, v.line, "partner: the domain %q is taken", v.text)
		}
		p.domains = append(p.domains, v.text)
	}
	b.story.partners = append(b.story.partners, p)
}

func (b *builder) addEmployee(r record) {
	e := employee{
		line: r.line, user: b.user(r, r.mark()), partner: b.partner(r), access: b.choice(r, "access", "no", "yes") == "yes",
	}
	if kind := r.value("kind"); kind.text != "" {
		e.kind = relationship.EmployeeKind(b.choice(r, "kind", string(relationship.Staff), string(relationship.Contractor)))
	}
	if e.partner == "" || e.user == "" {
		return
	}
	fresh(b, b.staff, job{e.partner, e.user}, r.line, "%q works for %q already", e.user, e.partner)
	b.story.employees = append(b.story.employees, e)
}

func (b *builder) addTemplate(r record) {
	t := template{line: r.line, partner: b.partner(r), name: b.plain(r, "name", r.mark()), permissions: b.permissions(r, "permissions")}
	if t.name != "" && t.partner != "" {
		err := relationship.Template{Partner: t.partner, Name: t.name}.Check()
		b.wrong(r.line, t.name, err)
		fresh(b, b.templates, named{t.partner, t.name}, r.line, "%q has a template %q already", t.partner, t.name)
	}
	b.story.templates = append(b.story.templates, t)
}

func (b *builder) addClient(r record) {
	c := client{
		line: r.line, id: relationship.ClientID(b.plain(r, "id", r.mark())), name: b.plain(r, "name", r.value("name")),
		admin: b.user(r, r.value("admin")),
	}
	if c.id != "" && fresh(b, b.clients, c.id, r.line, "there is a client %q already", c.id) {
		b.members[access.Place{Client: c.id, User: c.admin}] = r.line
	}
	b.story.clients = append(b.story.clients, c)
}
