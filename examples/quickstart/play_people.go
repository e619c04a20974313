package main

import (
	"context"
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// people makes everybody known, and opens the accounts (ORG-1 to ORG-3).
func (p *player) people(ctx context.Context, _ scene) {
	host := access.Host()
	p.step("ORG-1", "The host makes %d users known, each with an address that it has established.", len(p.users))
	for _, u := range p.users {
		p.quietly(ctx, u.line, host, access.AddUser{ID: u.id, Name: u.name, Email: string(u.email)})
	}
	p.step("ORG-1", "It opens %d partner accounts and %d client accounts, each with its first super admin.", len(p.partners), len(p.clients))
	for _, one := range p.partners {
		p.quietly(ctx, one.line, host, access.CreatePartner{
			ID: one.id, Name: one.name, Kind: one.kind, Domains: one.domains, SuperAdmin: one.admin,
		})
	}
	for _, one := range p.clients {
		p.quietly(ctx, one.line, host, access.CreateClient{ID: one.id, Name: one.name, SuperAdmin: one.admin})
	}
	p.hire(ctx)
	p.makeTemplates(ctx)
	p.addOwnMembers(ctx)
}

// hire takes the employees into the partner accounts.
func (p *player) hire(ctx context.Context) {
	for _, one := range p.partners {
		staff := p.staffOf(one)
		for _, e := range staff[1:] {
			p.quietly(ctx, e.line, access.By(one.admin).At(one.id), access.AddEmployee{
				Employee: e.user, Kind: e.kind, View: e.access, Edit: e.access,
			})
		}
		p.step("ORG-2, ADD-3", "%s (%s; domains: %s) has %d employees. Verified is whose address is in one of its domains.",
			one.name, one.kind, join(one.domains, func(s string) string { return s }), len(staff))
		var rows [][]string
		for _, e := range staff {
			rows = append(rows, []string{
				p.who(e.user), string(p.user(e.user).email), string(e.kind), yes(p.verified(one, e.user)), yes(e.access),
			})
		}
		p.table([]string{"employee", "address", "kind", "verified", "Client Access Manager access"}, rows)
	}
}

func yes(holds bool) string {
	if holds {
		return "yes"
	}
	return "no"
}

// makeTemplates makes the templates of the partners (PSET-4).
func (p *player) makeTemplates(ctx context.Context) {
	if len(p.templates) == 0 {
		p.note("No templates: the file has no line that begins with: template")
		return
	}
	p.step("PSET-2, PSET-4", "The partners make templates. A permission brings all that it implies.")
	var rows [][]string
	for _, t := range p.templates {
		p.quietly(ctx, t.line, access.By(p.partner(t.partner).admin).At(t.partner), access.MakeTemplate{Name: t.name, Permissions: t.permissions})
		set, err := p.manager.Catalog().Set(t.permissions...)
		if err != nil {
			p.fail(t.line, err)
		}
		rows = append(rows, []string{t.name, p.firm(t.partner), some(set.Names(), 3)})
	}
	p.table([]string{"template", "of", "permissions"}, rows)
}

// addOwnMembers lets the clients add their own people (ORG-3).
func (p *player) addOwnMembers(ctx context.Context) {
	p.step("ORG-3, ADM-1", "The clients add their own people. A super admin has every permission there is.")
	var rows [][]string
	for _, one := range p.clients {
		supers, others := []relationship.UserID{one.admin}, []relationship.UserID{}
		for _, m := range p.members {
			if m.client != one.id {
				continue
			}
			p.addOwn(ctx, one, m)
			if m.superAdmin {
				supers = append(supers, m.user)
			} else {
				others = append(others, m.user)
			}
		}
		rows = append(rows, []string{string(one.id), one.name, p.all(supers), p.all(others), fmt.Sprint(p.assetsIn(one.id))})
	}
	p.table([]string{"id", "client", "super admins", "other own users", "assets known"}, rows)
}

func (p *player) addOwn(ctx context.Context, one client, m member) {
	call := access.By(one.admin)
	p.quietly(ctx, m.line, call, access.AddMember{Client: m.client, User: m.user, Permissions: m.permissions})
	if m.paidSeat {
		p.quietly(ctx, m.line, call, access.SetSeat{Client: m.client, User: m.user, Paid: true})
	}
	if m.superAdmin {
		p.quietly(ctx, m.line, call, access.MakeSuperAdmin{Client: m.client, User: m.user})
	}
}

// assetsIn counts the assets known in a client.
func (p *player) assetsIn(client relationship.ClientID) int {
	count := 0
	for _, asset := range p.assets {
		if asset.Client == client {
			count++
		}
	}
	return count
}
