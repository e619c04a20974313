package main

import (
	"context"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// linking shows how an own user of the client who is an employee, and not
// verified, becomes a managed one by hand (ADD-5). A verified one is linked
// without a call; that is seen where the client lets the partner in.
func (p *player) linking(ctx context.Context, s scene) {
	m := p.member(s.client, s.employee)
	if !p.needsAdmin(s, s.admin) || !p.needs(m.Role == relationship.Standard && m.Manager == "",
		"%s is no standard own user of %s.", p.who(s.employee), p.account(s.client)) {
		return
	}
	p.note("%s: %s", p.place(access.Place{Client: s.client, User: s.employee}), p.state(m))
	link := access.LinkEmployee{Client: s.client, Employee: s.employee}
	admin := access.By(s.admin).At(s.partner)

	p.step("ADD-5", "%s links %s, whose address is not in a domain of %s.", p.who(s.admin), p.who(s.employee), p.firm(s.partner))
	p.refused(ctx, s.line, admin, link)
	p.step("ADD-5", "%s confirms, acting for nobody else: they work for %s.", p.who(s.employee), p.firm(s.partner))
	p.quietly(ctx, s.line, access.By(s.employee), access.ConfirmEmployment{Partner: s.partner})
	p.step("ADD-5", "%s tries again. Role, set, status and end stay as they are.", p.who(s.admin))
	p.do(ctx, s.line, admin, link)
	p.step("ADD-5", "The partner-admin role is closed to who was linked.")
	p.refused(ctx, s.line, admin, access.ChangeTemplate{
		Client: s.client, Employees: []relationship.UserID{s.employee}, Template: relationship.PartnerAdminTemplate,
	})
}

// pause shows a pause with an instant at which it is over by itself (LIM-3).
func (p *player) pause(ctx context.Context, s scene) {
	if !p.needs(p.member(s.client, s.member).Manager == s.partner,
		"%s is not managed by %s in %s.", p.who(s.member), p.firm(s.partner), p.account(s.client)) {
		return
	}
	owner := p.client(s.client).admin
	until := p.now.Add(time.Duration(s.days) * day)
	p.ask(s.member, s.client, s.question)
	p.step("LIM-3", "%s, super admin of %s, pauses %s until %s.", p.who(owner), p.account(s.client), p.firm(s.partner), until.Format("2006-01-02"))
	p.do(ctx, s.line, access.By(owner).Because("audit"), access.PausePartner{Client: s.client, Partner: s.partner, Until: until})
	p.explain(s.line, s.member, s.client, s.question)
	p.step("LIM-3", "The clock is turned to that day. Nobody calls.")
	p.now = until
	p.ask(s.member, s.client, s.question)
}

// deactivated leaves an account with everybody of the partner deactivated, and
// shows the way back (OFF-1, OFF-3 to OFF-5, REL-2).
func (p *player) deactivated(ctx context.Context, s scene) {
	members := p.managed(s.partner, s.client)
	if !p.needsAdmin(s, s.admin) || !p.needsAccess(s, s.by) ||
		!p.needs(len(members) > 1, "%s manages nobody else in %s.", p.firm(s.partner), p.account(s.client)) {
		return
	}
	owner := p.client(s.client).admin
	p.step("OFF-1, OFF-7", "%s has Client Access Manager access and deactivates everybody of %s in %s.",
		p.who(s.by), p.firm(s.partner), p.account(s.client))
	if _, done := p.do(ctx, s.line, access.By(s.by).At(s.partner).Because("contract on hold"), access.DeactivateEmployees{Client: s.client, All: true}); !done {
		return
	}
	p.explain(s.line, s.admin, s.client, s.question)
	p.step("REL-2", "That does not end the relationship: it is %s.", p.phase(s.partner, s.client))
	p.step("OFF-5", "No partner admin is active, so nobody of %s can reactivate. %s tries.", p.firm(s.partner), p.who(s.admin))
	p.refused(ctx, s.line, access.By(s.admin).At(s.partner), access.ReactivateEmployees{Client: s.client, All: true})
	p.step("ORG-3, OFF-5", "%s, super admin of %s, lets %s back.", p.who(owner), p.account(s.client), p.who(s.admin))
	p.do(ctx, s.line, access.By(owner), access.ReactivateMember{Client: s.client, User: s.admin})
	p.step("OFF-3, OFF-4", "%s, active again, reactivates all others. Exactly what was recorded comes back.", p.who(s.admin))
	p.do(ctx, s.line, access.By(s.admin).At(s.partner), access.ReactivateEmployees{Client: s.client, All: true})
	p.ask(s.admin, s.client, s.question)
}

// lastSuperAdmin shows that a client keeps one active super admin (OFF-8).
func (p *player) lastSuperAdmin(ctx context.Context, s scene) {
	owner := p.client(s.client).admin
	change := access.DeactivateMember{Client: s.client, User: owner}
	plan, err := p.manager.Plan(ctx, access.By(owner), change)
	if err != nil {
		p.fail(s.line, err)
		return
	}
	if !p.needs(len(plan.Obstacles) > 0, "%s has another super admin beside %s.", p.account(s.client), p.who(owner)) {
		return
	}
	p.step("OFF-8, PLAN-1", "%s, the only super admin of %s, wants to go. A plan shows what is in the way.", p.who(owner), p.account(s.client))
	for _, obstacle := range plan.Obstacles {
		p.note("In the way: %s", obstacle)
	}
	p.step("OFF-8", "Doing it all the same:")
	p.refused(ctx, s.line, access.By(owner), change)
}

// migration changes a super admin of the client who works for the partner to
// partner admin, from the partner account (MIG-1, MIG-4).
func (p *player) migration(ctx context.Context, s scene) {
	if !p.needs(p.member(s.client, s.employee).Role == relationship.SuperAdmin,
		"%s is no super admin of %s.", p.who(s.employee), p.account(s.client)) || !p.needsAccess(s, s.employee) {
		return
	}
	p.step("MIG-1, MIG-4", "%s, super admin of %s and employee of %s, becomes partner admin there, without the bills.",
		p.who(s.employee), p.account(s.client), p.firm(s.partner))
	p.do(ctx, s.line, access.By(s.employee).At(s.partner), access.BecomePartnerAdmin{Client: s.client})
}
