package main

import (
	"context"
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// staffing lets the partner admins add employees, each with a template
// (ADD-1, ADD-4, DEL-1).
func (p *player) staffing(ctx context.Context, _ scene) {
	if !p.needs(len(p.additions) > 0, "the file has no line that begins with: add") {
		return
	}
	for _, a := range p.additions {
		until := ""
		if !a.until.IsZero() {
			until = " until " + a.until.Format("2006-01-02")
		}
		rules := "ADD-1, ADD-4, DEL-1"
		if a.template == relationship.PartnerAdminTemplate {
			rules = "ADD-1, ADM-6, DEL-5"
		}
		p.step(rules, "%s of %s adds %s to %s with the template %q%s.",
			p.who(a.by), p.firm(a.partner), p.all(a.employees), p.account(a.client), a.template, until)
		p.do(ctx, a.line, access.By(a.by).At(a.partner).Because("staffing"), access.AddEmployees{
			Client: a.client, Employees: a.employees, Template: a.template, End: a.until,
		})
	}
}

// twoPartners shows that partners at one client stand apart (REL-1), share
// the credit (REL-7), and that a user has one membership there (ADD-7).
func (p *player) twoPartners(ctx context.Context, s scene) {
	p.credit(s.line, s.client)
	other := p.member(s.client, s.employee).Manager
	if !p.needsAdmin(s, s.admin) || !p.needs(other != "" && other != s.partner,
		"%s is not managed by another partner in %s.", p.who(s.employee), p.account(s.client)) {
		return
	}
	p.step("ADD-7", "%s is in %s through %s, and works for %s too. %s tries to add them there for %s.", p.who(s.employee),
		p.account(s.client), p.firm(other), p.firm(s.partner), p.who(s.admin), p.firm(s.partner))
	p.refused(ctx, s.line, access.By(s.admin).At(s.partner), access.AddEmployees{
		Client: s.client, Employees: []relationship.UserID{s.employee}, Template: relationship.PartnerAdminTemplate,
	})
}

// credit tells who earns managed credit for a client (REL-7).
func (p *player) credit(line int, client relationship.ClientID) {
	shares, err := p.manager.Credit(access.Host(), client)
	if err != nil {
		p.fail(line, err)
		return
	}
	p.step("REL-7", "Who earns managed credit for %s: %s.", p.account(client), join(shares, func(share access.CreditShare) string {
		if share.Of == 1 {
			return p.firm(share.Partner) + ", all of it"
		}
		return fmt.Sprintf("%s, one part in %d", p.firm(share.Partner), share.Of)
	}))
}
