package access_test

import (
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// What the partner's side tries, as often as the weights say.
var theoremPartnerSide = []theoremKind{
	{8, byPartnerAdmin(func(g *theoremGenerator, client relationship.ClientID, partner relationship.PartnerID) access.Change {
		return access.AddEmployees{Client: client, Employees: g.some(partner, g.newcomer(client)), Template: g.template(partner), End: g.end()}
	})},
	{4, byPartnerAdmin(func(g *theoremGenerator, client relationship.ClientID, partner relationship.PartnerID) access.Change {
		clients := []relationship.ClientID{client}
		if g.oneIn(3) {
			clients = theoremClients
		}
		return access.LinkClients{Employee: g.newcomer(client)(partner), Clients: clients, Template: g.template(partner), End: g.end()}
	})},
	{6, byPartnerAdmin(func(g *theoremGenerator, client relationship.ClientID, partner relationship.PartnerID) access.Change {
		return access.LinkEmployee{Client: client, Employee: g.member(client, func(m relationship.Member) bool {
			employee, _ := storage.Get[relationship.Employee](g.state, relationship.EmployeeKey(partner, m.User))
			return !m.Managed() && m.Role != relationship.SuperAdmin && employee.Present()
		})}
	})},
	{12, byPartnerAdmin(func(g *theoremGenerator, client relationship.ClientID, partner relationship.PartnerID) access.Change {
		return access.ChangeTemplate{Client: client, Employees: g.some(partner, g.managedIn(client)), Template: g.template(partner)}
	})},
	{12, byPartnerAdmin(func(g *theoremGenerator, client relationship.ClientID, partner relationship.PartnerID) access.Change {
		change := access.ChangeEmployeePermissions{Client: client, Employee: g.managed(client, partner), Add: g.permissions()}
		if g.oneIn(3) {
			change.Add, change.Remove = nil, g.permissions()
		}
		return change
	})},
	{5, byPartnerAdmin(func(g *theoremGenerator, client relationship.ClientID, partner relationship.PartnerID) access.Change {
		change := access.ReactivateEmployees{Client: client, All: true}
		if !g.oneIn(3) {
			change.Employees = g.some(partner, g.managedIn(client))
		}
		return change
	})},
	{4, byPartnerAdmin(func(g *theoremGenerator, client relationship.ClientID, partner relationship.PartnerID) access.Change {
		return access.RenewEmployees{Client: client, Employees: g.some(partner, g.managedIn(client)), End: g.end()}
	})},
	{3, byPartnerAdmin(func(g *theoremGenerator, client relationship.ClientID, partner relationship.PartnerID) access.Change {
		return access.ChangeSuperAdmins{Client: client, Employees: []access.SuperAdminChoice{
			{Employee: g.superAdminEmployee(client, partner), KeepBilling: g.oneIn(2)},
		}}
	})},

	{3, byManager(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		return access.DeactivateEmployee{Employee: g.employee(partner), Clients: g.clients()}
	})},
	{2, byManager(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		client := g.client()
		return access.DeactivateEmployees{Client: client, Employees: g.allOrSome(client, partner)}
	})},
	{2, byManager(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		return access.RemoveEmployee{Employee: g.employee(partner), Clients: g.clients()}
	})},
	{4, byManager(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		client := g.client()
		return access.RemoveEmployees{Client: client, Employees: g.allOrSome(client, partner)}
	})},
	{1, byManager(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		return access.MakeTemplate{Name: "made at " + g.now.String(), Permissions: g.permissions()}
	})},
	{4, byManager(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		if g.oneIn(3) {
			return access.EditTemplate{Name: g.template(partner), Permissions: theoremTemplates["all"]}
		}
		return access.EditTemplate{Name: g.template(partner), Permissions: g.permissions()}
	})},
	{1, byManager(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		if to := theoremPick(g, []string{"light", "sales", "all"}); g.oneIn(2) { // so that they come back
			return access.RenameTemplate{Name: g.template(partner), To: to}
		}
		return access.RenameTemplate{Name: g.template(partner), To: "renamed at " + g.now.String()}
	})},
	{1, byManager(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		return access.DeleteTemplate{Name: g.template(partner)}
	})},
	{8, byPartnerAdmin(func(g *theoremGenerator, _ relationship.ClientID, partner relationship.PartnerID) access.Change {
		return access.RollOutTemplate{Name: g.template(partner), Clients: g.clients()}
	})},
	{2, byManager(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		return access.RollOutTemplate{Name: g.template(partner), Clients: g.clients()}
	})},
	{1, byManager(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		return access.NameClient{Client: g.client(), Name: "our client"}
	})},
	{4, func(g *theoremGenerator) theoremAct { // MIG-1
		client, partner := g.client(), g.partner()
		return theoremAct{by: access.By(g.superAdminEmployee(client, partner)).At(partner),
			change: access.BecomePartnerAdmin{Client: client, KeepBilling: g.oneIn(2)}}
	}},

	{4, func(g *theoremGenerator) theoremAct {
		partner := g.partner()
		return theoremAct{by: g.manager(partner), issue: g.employee(partner)}
	}},
	{1, func(g *theoremGenerator) theoremAct {
		return theoremAct{by: g.manager(g.partner()), link: g.link()}
	}},
	{1, func(g *theoremGenerator) theoremAct {
		return theoremAct{by: g.manager(g.partner()), link: g.link(), change: access.RevokeLink{}}
	}},

	{2, byHead(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		return access.AddEmployee{Employee: g.user(), Kind: relationship.Contractor, View: true, Edit: !g.oneIn(4)}
	})},
	{2, byHead(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		return access.ChangeEmployee{Employee: g.employee(partner), Kind: relationship.Staff,
			View: !g.oneIn(4), Edit: !g.oneIn(4), SuperAdmin: g.oneIn(5)}
	})},
	{1, byHead(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		return access.SuspendEmployee{Employee: g.employee(partner)}
	})},
	{2, byHead(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		return access.ResumeEmployee{Employee: g.employee(partner)}
	})},
	{1, byHead(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		return access.PauseEmployee{Employee: g.employee(partner), Until: g.end()}
	})},
	{2, byHead(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		return access.UnpauseEmployee{Employee: g.employee(partner)}
	})},
	{1, byHead(func(g *theoremGenerator, partner relationship.PartnerID) access.Change {
		return access.EndEmployment{Employee: g.employee(partner)}
	})},
	{3, func(g *theoremGenerator) theoremAct {
		partner := g.partner()
		return theoremAct{by: access.By(g.unverified(partner)), change: access.ConfirmEmployment{Partner: partner}}
	}},

	{10, func(g *theoremGenerator) theoremAct {
		return theoremAct{turn: theoremPick(g, []time.Duration{
			time.Minute, time.Hour, time.Hour, accesstest.Day, accesstest.Day, 5 * accesstest.Day, 5 * accesstest.Day, 61 * accesstest.Day,
		})}
	}},
}

func byPartnerAdmin(build func(*theoremGenerator, relationship.ClientID, relationship.PartnerID) access.Change) func(*theoremGenerator) theoremAct {
	return func(g *theoremGenerator) theoremAct {
		client := g.client()
		by, partner, found := g.partnerAdmin(client)
		if !found && !g.oneIn(4) {
			return g.letIn(client)
		}
		return theoremAct{by: by, change: build(g, client, partner)}
	}
}

func byManager(build func(*theoremGenerator, relationship.PartnerID) access.Change) func(*theoremGenerator) theoremAct {
	return func(g *theoremGenerator) theoremAct {
		partner := g.partner()
		return theoremAct{by: g.manager(partner), change: build(g, partner)}
	}
}

func byHead(build func(*theoremGenerator, relationship.PartnerID) access.Change) func(*theoremGenerator) theoremAct {
	return func(g *theoremGenerator) theoremAct {
		partner := g.partner()
		return theoremAct{by: g.head(partner), change: build(g, partner)}
	}
}

// some are one or two people.
func (g *theoremGenerator) some(partner relationship.PartnerID, who func(relationship.PartnerID) relationship.UserID) []relationship.UserID {
	some := []relationship.UserID{who(partner)}
	if other := who(partner); g.oneIn(4) && other != some[0] {
		some = append(some, other)
	}
	return some
}

func (g *theoremGenerator) managedIn(client relationship.ClientID) func(relationship.PartnerID) relationship.UserID {
	return func(partner relationship.PartnerID) relationship.UserID { return g.managed(client, partner) }
}

func (g *theoremGenerator) allOrSome(client relationship.ClientID, partner relationship.PartnerID) []relationship.UserID {
	if g.oneIn(3) {
		return nil
	}
	return g.some(partner, g.managedIn(client))
}

func (g *theoremGenerator) clients() []relationship.ClientID {
	if g.oneIn(3) {
		return nil
	}
	return []relationship.ClientID{g.client()}
}

func (g *theoremGenerator) oneWithRole(client relationship.ClientID, role relationship.Role) relationship.UserID {
	return g.member(client, func(m relationship.Member) bool { return m.Role == role })
}

// unverified is an employee without an address of a partner's, mostly.
func (g *theoremGenerator) unverified(partner relationship.PartnerID) relationship.UserID {
	if g.oneIn(3) {
		return g.employee(partner)
	}
	return g.userWho(func(user relationship.UserID) bool {
		employee, _ := storage.Get[relationship.Employee](g.state, relationship.EmployeeKey(partner, user))
		known, _ := storage.Get[relationship.User](g.state, relationship.UserKey(user))
		return employee.Present() && !employee.Confirmed && known.Email.Domain() == "mail.example"
	})
}

// superAdminEmployee is a super admin of the client who works for the partner.
func (g *theoremGenerator) superAdminEmployee(client relationship.ClientID, partner relationship.PartnerID) relationship.UserID {
	return g.member(client, func(m relationship.Member) bool {
		employee, _ := storage.Get[relationship.Employee](g.state, relationship.EmployeeKey(partner, m.User))
		return m.Role == relationship.SuperAdmin && employee.Present()
	})
}

// link is a link that was issued, the newest mostly; 0 when there is none.
func (g *theoremGenerator) link() int {
	issued := g.stage.issuedLinks()
	switch {
	case len(issued) == 0:
		return 0
	case g.oneIn(3):
		return theoremPick(g, issued)
	}
	return issued[len(issued)-1]
}
