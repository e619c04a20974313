package access_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// offer is an action of a row, and the calls that stand behind it. When it is
// offered, one of the calls is accepted, and does something unless the action
// is one that only promises to be accepted. When it is not, none does.
type offer struct {
	is      bool
	calls   []access.Change
	link    relationship.UserID // or this: issuing a link
	perhaps bool                // accepted is enough
}

// offerTrials tries offers on a stage on which nothing stays.
type offerTrials struct {
	*randomWorld
	stage             *access.Manager
	offered, withheld map[string]int
}

func (o offerTrials) try(viewer access.Call, row string, offers map[string]offer) {
	o.t.Helper()
	for action, offer := range offers {
		works := 0
		if offer.link != "" {
			_, err := o.stage.IssueLink(context.Background(), viewer, access.IssueLink{Employee: offer.link})
			works = map[bool]int{err == nil: 1}[true]
		}
		for _, change := range offer.calls {
			done, err := o.stage.Do(context.Background(), viewer, change)
			if err == nil && (done.Changed || offer.perhaps) {
				works++
			}
		}
		require.Equal(o.t, offer.is, works > 0, "%s with %s by %s: offered is %t, and %d calls work", action, row, viewer, offer.is, works)
		if offer.is {
			o.offered[action]++
		} else {
			o.withheld[action]++
		}
	}
}

// offersOf plays random worlds, and has the rows of some viewers of each
// partner's lists tried. In the end each action was seen both ways.
func offersOf(t *testing.T, try func(o offerTrials, partner relationship.PartnerID, viewer access.Call)) {
	offered, withheld := map[string]int{}, map[string]int{}
	listWorlds(t, theoremSize(20, 600), 60, func(w *randomWorld) {
		stage, err := access.Open(context.Background(), rehearsal{w.store}, access.Options{Catalog: smallCatalog(), Clock: w.clock.Now})
		require.NoError(t, err)
		o := offerTrials{w, stage, offered, withheld}
		partner := oneOf(w, randomPartners)
		w.offerLinking(partner)
		head := map[relationship.PartnerID]relationship.UserID{"north": "nora", "south": "sam"}[partner]
		admin := w.memberWith(oneOf(w, randomClients), relationship.PartnerAdmin).User
		for _, user := range []relationship.UserID{head, admin, oneOf(w, randomUsers)} {
			try(o, partner, access.By(user).At(partner))
		}
		try(o, partner, access.Host())
	})
	t.Log("offered", offered, "withheld", withheld)
	if testing.Short() {
		return
	}
	for action := range withheld {
		require.Positive(t, offered[action], action)
	}
	for action := range offered {
		require.Positive(t, withheld[action], action)
	}
}

// offerLinking makes somebody who can be linked by hand more likely: an
// unverified employee among a client's own users, who has confirmed.
func (w *randomWorld) offerLinking(partner relationship.PartnerID) {
	client, user := oneOf(w, randomClients), oneOf(w, []relationship.UserID{"nick", "sue", "olga", "otto"})
	w.must(access.Host(), access.ChangeUser{ID: user, Name: "U", Email: string(user) + "@home.example"})
	w.try(w.partnerSide(), access.AddEmployee{Employee: user, Kind: relationship.Contractor})
	w.try(w.clientSide(client), access.AddMember{Client: client, User: user, Permissions: w.permissions()})
	w.try(access.By(user), access.ConfirmEmployment{Partner: partner})
}

// Every action that is offered with a client goes through and does something;
// every other is refused, whomever it names, or has nothing to do.
func TestSEE1_WhatIsOfferedWithAClientWorksAndNothingElseDoes(t *testing.T) {
	offersOf(t, func(o offerTrials, partner relationship.PartnerID, viewer access.Call) {
		for row, err := range o.manager.Clients(viewer, access.ClientQuery{Partner: partner}).All() {
			if errors.Is(err, access.ErrNotAllowed) {
				return
			}
			require.NoError(t, err)
			o.try(viewer, string(row.Client), o.withClient(row.Client, row.Actions))
		}
	})
}

func (o offerTrials) withClient(client relationship.ClientID, a access.ClientActions) map[string]offer {
	one := func(is, perhaps bool, changes ...access.Change) offer {
		return offer{is: is, perhaps: perhaps, calls: changes}
	}
	anyone := func(is, perhaps bool, call func([]relationship.UserID) []access.Change) offer {
		with := offer{is: is, perhaps: perhaps}
		for _, user := range randomUsers {
			with.calls = append(with.calls, call([]relationship.UserID{user})...)
		}
		return with
	}
	soon, later := o.now().Add(time.Second), o.now().Add(30*accesstest.Day)
	return map[string]offer{
		"name": one(a.Name, true, access.NameClient{Client: client, Name: "Ours"}, access.NameClient{Client: client}),
		"add": anyone(a.Add, false, func(who []relationship.UserID) []access.Change {
			return []access.Change{
				access.AddEmployees{Client: client, Employees: who, Template: o.template()},
				access.AddEmployees{Client: client, Employees: who, Template: o.template(), End: soon},
			}
		}),
		"link": anyone(a.Link, false, func(who []relationship.UserID) []access.Change {
			return []access.Change{access.LinkEmployee{Client: client, Employee: who[0]}}
		}),
		"change": anyone(a.Change, true, func(who []relationship.UserID) []access.Change {
			return []access.Change{
				access.ChangeEmployeePermissions{Client: client, Employee: who[0], Remove: o.permissions()},
				access.ChangeEmployeePermissions{Client: client, Employee: who[0], Add: o.permissions()},
				access.ChangeTemplate{Client: client, Employees: who, Template: o.template()},
			}
		}),
		"renew": anyone(a.Renew, true, func(who []relationship.UserID) []access.Change {
			return []access.Change{
				access.RenewEmployees{Client: client, Employees: who, End: soon},
				access.RenewEmployees{Client: client, Employees: who, End: later},
				access.RenewEmployees{Client: client, Employees: who},
			}
		}),
		"deactivate all": one(a.DeactivateAll, false, access.DeactivateEmployees{Client: client, All: true}),
		"reactivate all": one(a.ReactivateAll, false, access.ReactivateEmployees{Client: client, All: true}),
		"remove all":     one(a.RemoveAll, false, access.RemoveEmployees{Client: client, All: true}),
		"change over":    one(a.ChangeOver, false, access.BecomePartnerAdmin{Client: client}),
		"change others over": anyone(a.ChangeOthersOver, false, func(who []relationship.UserID) []access.Change {
			return []access.Change{access.ChangeSuperAdmins{
				Client: client, Employees: []access.SuperAdminChoice{{Employee: who[0], KeepBilling: o.chance(2)}},
			}}
		}),
	}
}

// The same of what is offered with an employee.
func TestSEE2_WhatIsOfferedWithAnEmployeeWorksAndNothingElseDoes(t *testing.T) {
	offersOf(t, func(o offerTrials, partner relationship.PartnerID, viewer access.Call) {
		for row, err := range o.manager.Employees(viewer, access.EmployeeQuery{Partner: partner}).All() {
			if errors.Is(err, access.ErrNotAllowed) {
				return
			}
			require.NoError(t, err)
			o.try(viewer, string(row.User), o.withEmployee(row))
		}
	})
}

func (o offerTrials) withEmployee(row access.EmployeeRow) map[string]offer {
	user, a := row.User, row.Actions
	one := func(is bool, changes ...access.Change) offer { return offer{is: is, calls: changes} }
	kind := map[relationship.EmployeeKind]relationship.EmployeeKind{
		relationship.Staff: relationship.Contractor, relationship.Contractor: relationship.Staff,
	}[row.Kind]
	var adding, linking []access.Change
	for _, client := range randomClients {
		clients := []relationship.ClientID{client}
		adding = append(adding, access.LinkClients{Employee: user, Clients: clients, Template: "one"},
			access.LinkClients{Employee: user, Clients: clients, Template: relationship.PartnerAdminTemplate})
		linking = append(linking, access.LinkEmployee{Client: client, Employee: user})
	}
	return map[string]offer{
		"change": one(a.Change, access.ChangeEmployee{
			Employee: user, Kind: kind, SuperAdmin: row.SuperAdmin, View: row.View, Edit: row.Edit,
		}, access.ChangeEmployee{
			Employee: user, Kind: row.Kind, SuperAdmin: !row.SuperAdmin, View: row.View, Edit: row.Edit,
		}),
		"suspend":               one(a.Suspend, access.SuspendEmployee{Employee: user}),
		"resume":                one(a.Resume, access.ResumeEmployee{Employee: user}),
		"pause":                 one(a.Pause, access.PauseEmployee{Employee: user}),
		"unpause":               one(a.Unpause, access.UnpauseEmployee{Employee: user}),
		"end the employment":    one(a.EndEmployment, access.EndEmployment{Employee: user}),
		"issue a link":          {is: a.IssueLink, link: user},
		"add":                   one(a.Add, adding...),
		"link":                  one(a.Link, linking...),
		"deactivate everywhere": one(a.DeactivateEverywhere, access.DeactivateEmployee{Employee: user, All: true}),
		"remove everywhere":     one(a.RemoveEverywhere, access.RemoveEmployee{Employee: user, All: true}),
	}
}
