package clientaccess_test

import (
	"context"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// The life of a small agency with one client: Lumen lets Northwind in, Bob is
// added, works, is stopped, and 60 days after everybody has gone the
// relationship is over.
func Example() {
	ctx := context.Background()
	now := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	manager, err := access.Open(ctx, memdb.New(), access.Options{
		Catalog: crm.Catalog(),
		Clock:   func() time.Time { return now }, // leave it out: time.Now
	})
	if err != nil {
		panic(err)
	}
	do := func(call access.Call, change access.Change) access.Result {
		result, err := manager.Do(ctx, call, change)
		if err != nil {
			panic(err)
		}
		return result
	}

	// The host makes people and accounts known.
	do(access.Host(), access.All{
		access.AddUser{ID: "ann", Name: "Ann Archer", Email: "ann@northwind.example"},
		access.AddUser{ID: "bob", Name: "Bob Baker", Email: "bob@northwind.example"},
		access.AddUser{ID: "carla", Name: "Carla Cruz", Email: "carla@lumen.example"},
		access.CreatePartner{
			ID: "northwind", Name: "Northwind", Kind: relationship.SolutionsPartner,
			Domains: []string{"northwind.example"}, SuperAdmin: "ann",
		},
		access.CreateClient{ID: "lumen", Name: "Lumen Ltd", SuperAdmin: "carla"},
	})

	// Ann sends an access link to Lumen; Carla approves, and so Ann is partner
	// admin there.
	ann, carla := access.By("ann"), access.By("carla")
	link, err := manager.IssueLink(ctx, ann, access.IssueLink{Employee: "ann"})
	if err != nil {
		panic(err)
	}
	do(carla, access.ApproveLink{Client: "lumen", Secret: link.Secret})

	// Ann staffs the account. The template asks for more than she holds.
	do(ann, access.All{
		access.AddEmployee{Employee: "bob", Kind: relationship.Staff},
		access.MakeTemplate{Name: "support", Permissions: []string{"tickets.edit.own", "account.billing.view"}},
	})
	added := do(ann, access.AddEmployees{
		Client: "lumen", Employees: []relationship.UserID{"bob"}, Template: "support",
	})
	for _, m := range added.Members {
		fmt.Printf("%s: granted %s; withheld %s\n", m.User, m.Granted, m.Withheld)
	}

	// Bob works. The host asks before everything that he does.
	ask := func() { fmt.Println("edit a ticket?", manager.CheckName("bob", "lumen", "tickets.edit.own")) }
	ask()

	// Carla stays in charge.
	do(carla.Because("audit"), access.PausePartner{Client: "lumen", Partner: "northwind"})
	ask()
	do(carla, access.UnpausePartner{Client: "lumen", Partner: "northwind"})

	// The project is over. Ann looks first, then does exactly that.
	plan, err := manager.Plan(ctx, ann, access.RemoveEmployees{Client: "lumen", All: true})
	if err != nil {
		panic(err)
	}
	for _, m := range plan.Members {
		fmt.Println("to go:", m.User)
	}
	removed, err := manager.Apply(ctx, ann.Because("project over"), plan)
	if err != nil {
		panic(err)
	}
	fmt.Println("relationship:", removed.Relationships[0].To)

	// 60 days later it has ended, and nobody had to do anything.
	now = now.Add(relationship.EndingTime)
	swept, err := manager.Sweep(ctx) // writes down what is true already
	if err != nil {
		panic(err)
	}
	fmt.Println("relationships ended:", swept.Ended)
	// Output:
	// bob: granted tickets.edit.own tickets.view.own; withheld account.billing.view
	// edit a ticket? allowed
	// edit a ticket? refused: partner is paused
	// to go: ann
	// to go: bob
	// relationship: ending
	// relationships ended: 1
}
