package main

import (
	"strings"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// This file reads the work that is done in the story, and its scenes. What
// the work is about is read in parse.go.

func (b *builder) addMember(r record) {
	m := member{
		line: r.line, user: b.user(r, r.mark()), client: b.client(r, r.value("client")),
		superAdmin:  b.choice(r, "role", string(relationship.Standard), string(relationship.SuperAdmin)) == string(relationship.SuperAdmin),
		permissions: b.permissions(r, "permissions"),
		paidSeat:    b.choice(r, "seat", "none", "paid") == "paid",
	}
	if m.client == "" || m.user == "" {
		return
	}
	fresh(b, b.members, access.Place{Client: m.client, User: m.user}, r.line, "%q is a member of %q already", m.user, m.client)
	b.story.members = append(b.story.members, m)
}

func (b *builder) addAsset(r record) {
	asset := access.Asset{
		Place: access.Place{Client: b.client(r, r.value("client")), User: b.user(r, r.value("owner"))},
		ID:    b.plain(r, "id", r.mark()), Type: b.plain(r, "type", r.value("type")), Name: b.plain(r, "name", r.value("name")),
	}
	if asset.Client == "" || asset.ID == "" {
		return
	}
	fresh(b, b.assets, [2]string{string(asset.Client), asset.ID}, r.line, "there is an asset %q of %q already", asset.ID, asset.Client)
	b.story.assets = append(b.story.assets, asset)
}

func (b *builder) addApproval(r record) {
	a := approval{
		line: r.line, partner: b.partner(r), client: b.client(r, r.value("client")), by: b.user(r, r.value("by")),
		direct: b.choice(r, "way", "link", "direct") == "direct",
	}
	a.employee = b.worker(r, a.partner, r.mark())
	if a.by == "" && b.clients[a.client] > 0 {
		a.by = b.story.client(a.client).admin
	}
	if a.client == "" || a.employee == "" {
		return
	}
	fresh(b, b.approved, access.Place{Client: a.client, User: a.employee}, r.line, "%q is let into %q already", a.employee, a.client)
	b.story.approvals = append(b.story.approvals, a)
}

func (b *builder) addAlias(r record) {
	a := alias{line: r.line, client: b.client(r, r.mark()), partner: b.partner(r), name: b.plain(r, "name", r.value("name"))}
	a.by = b.worker(r, a.partner, r.value("by"))
	if a.partner == "" || a.client == "" {
		return
	}
	fresh(b, b.aliases, [2]string{string(a.partner), string(a.client)}, r.line, "%q has a name for %q already", a.partner, a.client)
	b.story.aliases = append(b.story.aliases, a)
}

func (b *builder) addAddition(r record) {
	a := addition{
		line: r.line, partner: b.partner(r), client: b.client(r, r.value("client")),
		until: b.date(r, "until", r.value("until")),
	}
	a.by = b.worker(r, a.partner, r.value("by"))
	a.template = b.template(r, a.partner, r.value("template"))
	for _, v := range b.list(r, "employees") {
		a.employees = append(a.employees, b.worker(r, a.partner, v))
	}
	if !a.until.IsZero() && !a.until.After(b.story.start) {
		b.fault(r.at("until"), "%s: until is not after the start", r.keyword)
	}
	b.story.additions = append(b.story.additions, a)
}

// addScene reads who plays which part in a scene.
func (b *builder) addScene(r record) {
	if !fresh(b, b.once, r.keyword, r.line, "there is a %s already", r.keyword) {
		return
	}
	s := scene{
		line: r.line, partner: b.partner(r), client: b.client(r, r.value("client")),
		loses: b.permissions(r, "loses"), permissions: b.permissions(r, "permissions"),
		question: b.permission(r, "question"), gives: b.permission(r, "gives"), days: b.days(r),
	}
	worker := func(field string) relationship.UserID { return b.worker(r, s.partner, r.value(field)) }
	s.admin, s.by, s.employee = worker("admin"), worker("by"), worker("employee")
	s.newcomer, s.keeper, s.member = worker("newcomer"), worker("keeper"), worker("member")
	s.asks = b.template(r, s.partner, r.value("asks"))
	s.narrower = b.template(r, s.partner, r.value("narrower"))
	for _, v := range b.list(r, "ticks") {
		s.ticks = append(s.ticks, b.client(r, v))
	}
	b.story.scenes[strings.TrimPrefix(r.keyword, "scene ")] = s
}
