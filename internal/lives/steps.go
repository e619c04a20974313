// Package lives kills processes in the middle of their work: tests of journals
// run a process that makes changes of every kind (Write), kill it, and look what
// is there (Kill, SendAgain).
package lives

import (
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

// step is one call of the process that is killed.
type step struct {
	call   access.Call
	change access.Change
	// link says that it takes a secret that nobody else has.
	link bool
}

// Steps is how many steps a life has: each is another kind of change.
const Steps = 49

// issueLink stands for Manager.IssueLink, which is no Change.
type issueLink struct {
	access.Change
	access.IssueLink
}

// stepOf is the call of a number in a run: the same whenever it is asked for. A
// life of a partner and a client follows the other, each with ids of its own.
func stepOf(run string, number int) step {
	steps := life(fmt.Sprintf("%s-%d", run, number/Steps))
	if len(steps) != Steps {
		panic(fmt.Sprintf("a life has %d steps", len(steps)))
	}
	step := steps[number%Steps]
	step.call = step.call.Once(fmt.Sprintf("%s/%d", run, number))
	return step
}

// life goes through the kinds of change, from the first user to the end.
func life(id string) []step {
	ann, bob, carla, sven := relationship.UserID("ann"+id), relationship.UserID("bob"+id), relationship.UserID("carla"+id), relationship.UserID("sven"+id)
	partner, client := relationship.PartnerID("northwind"+id), relationship.ClientID("lumen"+id)
	domain, bobs := "northwind-"+id+".example", []relationship.UserID{bob}
	later := time.Date(2100, time.January, 1, 0, 0, 0, 0, time.UTC)
	host, byAnn, byCarla := access.Host(), access.By(ann), access.By(carla)
	var steps []step
	do := func(call access.Call, changes ...access.Change) {
		for _, change := range changes {
			_, approves := change.(access.ApproveLink)
			_, issues := change.(issueLink)
			steps = append(steps, step{call, change, approves || issues})
		}
	}
	do(host,
		access.All{
			access.AddUser{ID: ann, Name: "Ann", Email: "ann@" + domain},
			access.AddUser{ID: bob, Name: "Bob", Email: "bob@" + domain},
			access.AddUser{ID: carla, Name: "Carla", Email: "carla@lumen-" + id + ".example"},
			access.AddUser{ID: sven, Name: "Sven", Email: "sven@lumen-" + id + ".example"},
		},
		access.CreatePartner{ID: partner, Name: "Northwind", Kind: relationship.Provider, Domains: []string{domain}, SuperAdmin: ann},
		access.CreateClient{ID: client, Name: "Lumen", SuperAdmin: carla},
		access.ChangeUser{ID: bob, Name: "Robert", Email: "robert@" + domain})
	do(byAnn,
		access.AddEmployee{Employee: bob, Kind: relationship.Contractor},
		access.MakeTemplate{Name: "support", Permissions: crm.Support().Slice()},
		issueLink{IssueLink: access.IssueLink{Employee: ann}})
	do(byCarla, access.ApproveLink{Client: client})
	do(host, access.SetPartnerKind{Partner: partner, Kind: relationship.SolutionsPartner}, access.RenameClient{Client: client, Name: "Lumen AG"})
	do(byAnn,
		access.NameClient{Client: client, Name: "Lumen (retainer)"},
		access.AddEmployees{Client: client, Employees: bobs, Template: "support"},
		access.ChangeEmployeePermissions{Client: client, Employee: bob, Add: []string{crm.ReportsEdit}},
		access.ChangeTemplate{Client: client, Employees: bobs, Template: relationship.PartnerAdminTemplate},
		access.RenewEmployees{Client: client, Employees: bobs, End: later},
		access.ChangeEmployee{Employee: bob, Kind: relationship.Staff, View: true, Edit: true},
		access.DeactivateEmployee{Employee: bob, All: true}, access.ReactivateEmployees{Client: client, Employees: bobs})
	do(byCarla,
		access.SetCeiling{Client: client, Partner: partner, Permissions: crm.Support().Slice()},
		access.LiftCeiling{Client: client, Partner: partner},
		access.PausePartner{Client: client, Partner: partner}, access.UnpausePartner{Client: client, Partner: partner},
		access.PauseMember{Client: client, User: bob}, access.UnpauseMember{Client: client, User: bob},
		access.SetLongestMembership{Client: client, Partner: partner, Longest: 900 * 24 * time.Hour},
		access.SetRelationshipEnd{Client: client, Partner: partner, End: later},
		access.SetMemberEnd{Client: client, User: bob, End: later.Add(-time.Hour)},
		access.AddMember{Client: client, User: sven, Permissions: []string{crm.ReportsView}},
		access.ChangeMemberPermissions{Client: client, User: sven, Add: []string{crm.ReportsEdit}},
		access.SetSeat{Client: client, User: sven, Paid: true},
		access.DeactivateMember{Client: client, User: sven}, access.ReactivateMember{Client: client, User: sven},
		access.MakeSuperAdmin{Client: client, User: sven}, access.LowerSuperAdmin{Client: client, User: sven},
		access.DeactivateMember{Client: client, User: bob}, access.ReactivateMember{Client: client, User: bob})
	do(byAnn,
		access.PauseEmployee{Employee: bob}, access.UnpauseEmployee{Employee: bob},
		access.SuspendEmployee{Employee: bob}, access.ResumeEmployee{Employee: bob},
		access.EndEmployment{Employee: bob})
	do(byCarla, access.RemoveMember{Client: client, User: sven})
	do(byAnn, access.RemoveEmployees{Client: client, All: true})
	do(host, access.EraseUser{ID: bob}, access.CloseClient{Client: client}, access.ClosePartner{Partner: partner}, access.EraseUser{ID: sven},
		access.EraseUser{ID: carla}, access.EraseUser{ID: ann})
	return steps
}
