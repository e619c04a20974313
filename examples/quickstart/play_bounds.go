package main

import (
	"context"
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// bounds shows the heart of it: an administrator adds and removes only what
// they hold themselves (DEL-1). The client takes permissions from its partner
// admin. What the admin asks for and lacks is withheld from a newcomer; what
// somebody else has of it is retained when the admin changes their set.
func (p *player) bounds(ctx context.Context, s scene) {
	if !p.needsAdmin(s, s.admin) {
		return
	}
	keeper := p.member(s.client, s.keeper)
	if !p.needs(keeper.Manager == s.partner, "%s is not managed by %s in %s.", p.who(s.keeper), p.firm(s.partner), p.account(s.client)) ||
		!p.needs(p.member(s.client, s.newcomer).Role == "", "%s is a member of %s already.", p.who(s.newcomer), p.account(s.client)) {
		return
	}
	owner := p.client(s.client).admin
	admin := access.By(s.admin).At(s.partner).Because("bounded delegation")

	p.ask(s.keeper, s.client, s.question)
	p.step("UPD-2, ORG-3", "%s, super admin of %s, takes permissions from %s.", p.who(owner), p.account(s.client), p.who(s.admin))
	if _, done := p.do(ctx, s.line, access.By(owner).Because("too much for an agency"), access.ChangeMemberPermissions{
		Client: s.client, User: s.admin, Remove: s.loses,
	}); !done {
		return
	}
	p.ask(s.admin, s.client, s.question)

	p.step("DEL-1, DEL-2", "%s adds %s with the template %q. What it asks for and %s lacks is withheld.",
		p.who(s.admin), p.who(s.newcomer), s.asks, p.who(s.admin))
	added, done := p.do(ctx, s.line, admin, access.AddEmployees{
		Client: s.client, Employees: []relationship.UserID{s.newcomer}, Template: s.asks,
	})
	if m, _ := added.Member(s.client, s.newcomer); done && m.Withheld.IsEmpty() {
		p.note("Nothing was withheld: the template asks for nothing that %s lacks.", p.who(s.admin))
	}
	p.explain(s.line, s.newcomer, s.client, s.question)

	p.step("UPD-1, DEL-1", "%s gives %s the template %q instead. What it leaves out and %s lacks is retained.",
		p.who(s.admin), p.who(s.keeper), s.narrower, p.who(s.admin))
	changed, done := p.do(ctx, s.line, admin, access.ChangeTemplate{
		Client: s.client, Employees: []relationship.UserID{s.keeper}, Template: s.narrower,
	})
	if m, _ := changed.Member(s.client, s.keeper); done && m.Retained.IsEmpty() {
		p.note("Nothing was retained: %s had nothing else that %s lacks.", p.who(s.keeper), p.who(s.admin))
	}
	p.ask(s.keeper, s.client, s.question)
}

// ceiling shows that a ceiling is cut from what is used, and rewrites nothing
// (LIM-1): what it cuts is clipped, and comes back when it is lifted.
func (p *player) ceiling(ctx context.Context, s scene) {
	if !p.needs(p.member(s.client, s.member).Manager == s.partner,
		"%s is not managed by %s in %s.", p.who(s.member), p.firm(s.partner), p.account(s.client)) {
		return
	}
	owner := p.client(s.client).admin
	call := access.By(owner).Because("our limits for agencies")
	usable := func(when string) {
		p.note("%s, they may use so many permissions: %s.", when, join(p.managed(s.partner, s.client), func(u relationship.UserID) string {
			return fmt.Sprintf("%s %d", p.who(u), p.manager.Permissions(u, s.client).Len())
		}))
	}
	usable("Before it")
	p.step("LIM-1", "%s, super admin of %s, lets members of %s use no more than these %s.", p.who(owner), p.account(s.client), p.firm(s.partner),
		some(permset.MustNames(s.permissions...), 3))
	p.do(ctx, s.line, call, access.SetCeiling{Client: s.client, Partner: s.partner, Permissions: s.permissions})
	usable("Under it")

	p.step("DEL-2, LIM-1", "%s gives %s %s. It is granted, and cannot be used.", p.who(owner), p.who(s.member), s.gives)
	p.do(ctx, s.line, call, access.ChangeMemberPermissions{Client: s.client, User: s.member, Add: []string{s.gives}})
	p.explain(s.line, s.member, s.client, s.gives)

	p.step("LIM-1", "%s lifts the ceiling. What was there is there again.", p.who(owner))
	p.do(ctx, s.line, call, access.LiftCeiling{Client: s.client, Partner: s.partner})
	usable("Without it")
	p.ask(s.member, s.client, s.gives)
}
