package access_test

import (
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// What the clients' side tries, and others who would like to be it; and what
// the host does in between.
var theoremClientSide = []theoremKind{
	{7, func(g *theoremGenerator) theoremAct {
		client := g.client()
		link := g.link()
		if link == 0 {
			return g.letIn(client)
		}
		return theoremAct{by: g.clientSide(client), link: link, change: access.ApproveLink{Client: client, End: g.end()}}
	}},
	{1, func(g *theoremGenerator) theoremAct {
		client := g.client()
		return theoremAct{by: g.clientSide(client), link: g.link(), change: access.DeclineLink{Client: client}}
	}},
	{4, func(g *theoremGenerator) theoremAct { return g.letIn(g.client()) }},
	{3, byClientSide(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		return access.AddMember{Client: client, User: g.user(), Permissions: g.permissions(), End: g.end()}
	})},
	{5, byClientSide(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		change := access.ChangeMemberPermissions{Client: client, User: g.anybody(client), Add: g.permissions()}
		if g.oneIn(2) {
			change.Add, change.Remove = nil, g.permissions()
		}
		return change
	})},
	{1, byClientSide(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		return access.DeactivateMember{Client: client, User: g.anybody(client)}
	})},
	{2, byClientSide(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		return access.ReactivateMember{Client: client, User: g.anybody(client)}
	})},
	{1, byClientSide(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		return access.RemoveMember{Client: client, User: g.anybody(client)}
	})},
	{1, byClientSide(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		return access.SetMemberEnd{Client: client, User: g.anybody(client), End: g.end()}
	})},
	{1, byClientSide(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		partner := g.partner() // what belongs to the partner's side
		return theoremPick(g, []access.Change{
			access.EditTemplate{Name: g.template(partner), Permissions: g.permissions()},
			access.RenameTemplate{Name: g.template(partner), To: "the client's"},
			access.DeleteTemplate{Name: g.template(partner)},
			access.RollOutTemplate{Name: g.template(partner), Clients: []relationship.ClientID{client}},
		})
	})},

	{1, bySuperAdmin(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		return access.MakeSuperAdmin{Client: client, User: g.anybody(client)}
	})},
	{2, bySuperAdmin(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		return access.LowerSuperAdmin{Client: client, User: g.oneWithRole(client, relationship.SuperAdmin), Permissions: g.permissions()}
	})},
	{2, bySuperAdmin(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		return access.ChangeToPartnerAdmin{Client: client, User: g.oneWithRole(client, relationship.SuperAdmin),
			Partner: g.partner(), KeepBilling: g.oneIn(2)}
	})},
	{1, bySuperAdmin(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		return access.SetSeat{Client: client, User: g.anybody(client), Paid: g.oneIn(2)}
	})},
	{3, bySuperAdmin(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		ceiling := append(g.permissions(), "contacts.view", "contacts.edit", "users.edit")
		return access.SetCeiling{Client: client, Partner: g.partner(), Permissions: ceiling}
	})},
	{2, bySuperAdmin(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		return access.LiftCeiling{Client: client, Partner: g.partner()}
	})},
	{1, bySuperAdmin(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		return access.PausePartner{Client: client, Partner: g.partner(), Until: g.end()}
	})},
	{2, bySuperAdmin(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		return access.UnpausePartner{Client: client, Partner: g.partner()}
	})},
	{1, bySuperAdmin(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		return access.PauseMember{Client: client, User: g.managed(client, g.partner()), Until: g.end()}
	})},
	{2, bySuperAdmin(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		return access.UnpauseMember{Client: client, User: g.anybody(client)}
	})},
	{5, bySuperAdmin(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		return access.SetRelationshipEnd{Client: client, Partner: g.partner(), End: g.now.Add(theoremPick(g, theoremTimes))}
	})},
	{2, bySuperAdmin(func(g *theoremGenerator, client relationship.ClientID) access.Change {
		longest := []time.Duration{0, 0, 2 * accesstest.Day, 20 * accesstest.Day}
		return access.SetLongestMembership{Client: client, Partner: g.partner(), Longest: theoremPick(g, longest)}
	})},

	{2, byHost(func(g *theoremGenerator) access.Change { // who is verified changes with the address
		user := g.user()
		domains := []string{"northwind.example", "harbour.example", "mail.example"}
		return access.ChangeUser{ID: user, Name: string(user), Email: string(user) + "@" + theoremPick(g, domains)}
	})},
	{1, byHost(func(g *theoremGenerator) access.Change { return access.EraseUser{ID: g.user()} })},
	{1, byHost(func(g *theoremGenerator) access.Change {
		kinds := []relationship.PartnerKind{relationship.Provider, relationship.SolutionsPartner, relationship.SolutionsPartner, "reseller"}
		return access.SetPartnerKind{Partner: g.partner(), Kind: theoremPick(g, kinds)}
	})},
	{1, byHost(func(g *theoremGenerator) access.Change {
		partner := g.partner()
		domains := [][]string{nil, {string(partner) + ".example"}, {string(partner) + ".example", "mail.example"}}
		return access.SetPartnerDomains{Partner: partner, Domains: theoremPick(g, domains)}
	})},
	{1, byHost(func(g *theoremGenerator) access.Change {
		return access.ReportActivity{Partner: g.partner(), Client: g.client()}
	})},
	{1, byHost(func(g *theoremGenerator) access.Change {
		return access.ReplaceSuperAdmin{Client: g.client(), Successor: g.user()}
	})},
	{1, byHost(func(g *theoremGenerator) access.Change {
		if !g.oneIn(8) {
			return access.RenameClient{Client: g.client(), Name: "renamed at " + g.now.String()}
		}
		return access.CloseClient{Client: g.client()}
	})},
	{1, byHost(func(g *theoremGenerator) access.Change {
		if !g.oneIn(8) {
			return access.RenamePartner{Partner: g.partner(), Name: "renamed at " + g.now.String()}
		}
		return access.ClosePartner{Partner: g.partner()}
	})},
}

func byClientSide(build func(*theoremGenerator, relationship.ClientID) access.Change) func(*theoremGenerator) theoremAct {
	return func(g *theoremGenerator) theoremAct {
		client := g.client()
		return theoremAct{by: g.clientSide(client), change: build(g, client)}
	}
}

func bySuperAdmin(build func(*theoremGenerator, relationship.ClientID) access.Change) func(*theoremGenerator) theoremAct {
	return func(g *theoremGenerator) theoremAct {
		client := g.client()
		return theoremAct{by: g.superAdmin(client), change: build(g, client)}
	}
}

func byHost(build func(*theoremGenerator) access.Change) func(*theoremGenerator) theoremAct {
	return func(g *theoremGenerator) theoremAct { return theoremAct{by: access.Host(), change: build(g)} }
}
