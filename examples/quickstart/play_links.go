package main

import (
	"context"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// letIn plays how the clients let partner admins in: by an access link
// (LINK-1 to LINK-5), or without one (LINK-7).
func (p *player) letIn(ctx context.Context, _ scene) {
	if !p.needs(len(p.approvals) > 0, "the file has no line that begins with: approve") {
		return
	}
	for _, a := range p.approvals {
		if a.direct {
			p.step("LINK-7", "%s makes %s of %s partner admin of %s, without a link.",
				p.who(a.by), p.who(a.employee), p.firm(a.partner), p.account(a.client))
			p.do(ctx, a.line, access.By(a.by), access.MakePartnerAdmin{Client: a.client, Partner: a.partner, Employee: a.employee})
		} else {
			p.byLink(ctx, a)
		}
	}
	for _, a := range p.aliases {
		p.step("ADD-2", "In the lists of %s, %s is called %q.", p.firm(a.partner), p.account(a.client), a.name)
		p.quietly(ctx, a.line, access.By(a.by).At(a.partner), access.NameClient{Client: a.client, Name: a.name})
	}
}

func (p *player) byLink(ctx context.Context, a approval) {
	link, issued := p.issue(ctx, a)
	if !issued {
		return
	}
	view, err := p.manager.OpenLink(ctx, access.By(a.by), a.client, link.Secret)
	if err != nil {
		p.fail(a.line, err)
		return
	}
	verified := "not verified"
	if view.Verified {
		verified = "verified"
	}
	p.step("LINK-3", "%s of %s opens it. It asks for %d permissions for %s <%s>, %s of %s, %s.", p.who(a.by), p.account(a.client),
		len(view.Asks), view.Name, view.Email, view.Kind, view.PartnerName, verified)
	p.step("LINK-4, LINK-5, REL-1", "%s approves.", p.who(a.by))
	p.do(ctx, a.line, access.By(a.by).Because("asked for by link"), access.ApproveLink{Client: a.client, Secret: link.Secret})
}

// issue issues the access link of an employee, once: it can be sent to many
// clients (LINK-2). Its selector names it in public. The selector differs in
// every run, so the story leaves it out; the secret is never printed at all.
func (p *player) issue(ctx context.Context, a approval) (access.IssuedLink, bool) {
	who := job{a.partner, a.employee}
	if link, issued := p.links[who]; issued {
		p.step("LINK-2", "The link that asks for %s is sent to %s too.", p.who(a.employee), p.account(a.client))
		return link, true
	}
	link, issued := p.issueFor(ctx, a.line, a.partner, a.employee)
	if issued {
		p.links[who] = link
	}
	return link, issued
}

func (p *player) issueFor(ctx context.Context, line int, partner relationship.PartnerID, employee relationship.UserID) (access.IssuedLink, bool) {
	by := p.partner(partner).admin
	if p.hasAccess(partner, employee) {
		by = employee
	}
	link, err := p.manager.IssueLink(ctx, access.By(by).At(partner), access.IssueLink{Employee: employee})
	if err == nil {
		err = plant(link.Secret)
	}
	if by == employee {
		p.step("LINK-1", "%s of %s gets an access link.", p.who(by), p.firm(partner))
	} else {
		p.step("LINK-2", "%s of %s gets an access link on behalf of %s.", p.who(by), p.firm(partner), p.who(employee))
	}
	if err != nil {
		p.fail(line, err)
		return link, false
	}
	p.note("Link %s is good until %s. Its secret is stored nowhere, only a hash of it. [LINK-6]",
		placeholder(link.Selector), link.Expires.Format("2006-01-02"))
	return link, true
}

// placeholder stands for a selector, of which a story that is the same in
// every run shows only that there is one.
func placeholder(selector relationship.Selector) string {
	if selector == "" {
		return "without a selector"
	}
	return "<selector>"
}

// selfEntry shows that a partner cannot let itself in (LINK-3): neither does
// an employee who is a super admin of the client, nor a member whom the
// partner manages.
func (p *player) selfEntry(ctx context.Context, s scene) {
	place, member := access.Place{Client: s.client, User: s.by}, p.member(s.client, s.by)
	if !p.needs(member.Role != "", "%s is no member of %s.", p.who(s.by), p.account(s.client)) {
		return
	}
	link, issued := p.issueFor(ctx, s.line, s.partner, s.employee)
	if !issued {
		return
	}
	approve := access.ApproveLink{Client: s.client, Secret: link.Secret}
	p.step("LINK-3", "%s (%s) works for %s, and tries to approve it.", p.place(place), p.state(member), p.firm(s.partner))
	p.refused(ctx, s.line, access.By(s.by), approve)
	p.step("LINK-6", "The link is revoked: now %s, who could have approved it, cannot either.", p.who(p.client(s.client).admin))
	p.quietly(ctx, s.line, access.By(p.partner(s.partner).admin).At(s.partner), access.RevokeLink{Selector: link.Selector})
	p.refused(ctx, s.line, access.By(p.client(s.client).admin), approve)
}
