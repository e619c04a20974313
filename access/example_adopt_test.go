package access_test

import (
	"context"
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
)

// From now on, viewing tickets is to imply viewing reports. Opening the store
// with such a catalogue is refused, because Bob would gain by it. The host looks
// at who gains what, and adopts it.
func ExampleAdoptCatalog() {
	w := world()
	w.AddEmployee("bob", "planner", "tickets.view.own")
	declaration := crm.Declaration()
	for i, p := range declaration.Permissions {
		if p.Name == "tickets.view.own" {
			declaration.Permissions[i].Implies = append(p.Implies, "reports.view")
		}
	}
	catalog, err := permset.NewCatalog(declaration)
	if err != nil {
		panic(err)
	}

	plan, err := access.PlanCatalog(w.Store, catalog)
	if err != nil {
		panic(err)
	}
	fmt.Print(plan)
	manager, err := access.AdoptCatalog(context.Background(), w.Store, access.Options{Catalog: catalog, Clock: w.Clock.Now}, plan)
	if err != nil {
		panic(err)
	}
	fmt.Println(manager.CheckName("bob", "lumen", "reports.view"))
	fmt.Println(w.Manager.CheckName("bob", "lumen", "tickets.view.own"))
	// Output:
	// member "lumen" "bob" would gain reports.view
	// template "northwind" "planner" would gain reports.view
	// allowed
	// refused: another catalogue is in force
}

// A catalogue that only grows widens nothing, and can be opened without more
// ado: also one that gives more to partner admins to come. Those who are there
// have what they were given.
func ExamplePlanCatalog() {
	w := world()
	declaration := crm.Declaration()
	declaration.Permissions = append(declaration.Permissions, permset.Declared{Name: "forms.edit", Title: "Edit forms", Group: "Forms"})
	declaration.PartnerAdmin = append(declaration.PartnerAdmin, "forms.edit")
	catalog, err := permset.NewCatalog(declaration)
	if err != nil {
		panic(err)
	}
	plan, err := access.PlanCatalog(w.Store, catalog)
	if err != nil {
		panic(err)
	}
	fmt.Print(plan)
	// Output: nobody gains anything
}
