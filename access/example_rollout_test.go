package access_test

import (
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// Editing a template changes the template alone.
func ExampleEditTemplate() {
	w := world()
	w.AddEmployee("bob", "support", "reports.view")
	fmt.Print(w.Do(access.By("ann"), access.EditTemplate{
		Name: "support", Permissions: []string{"reports.view", "tickets.view.own"},
	}))
	fmt.Println("bob has", w.Member("lumen", "bob").Set)
	// Output:
	// template "northwind" "support": reports.view → reports.view tickets.view.own
	// bob has reports.view
}

// Whoever uses a template goes on using it under its new name.
func ExampleRenameTemplate() {
	w := world()
	w.AddEmployee("bob", "support", "reports.view")
	fmt.Print(w.Do(access.By("ann"), access.RenameTemplate{Name: "support", To: "first line"}))
	// Output:
	// "bob" in "lumen": standard, managed by northwind, template "support", partner seat → standard, managed by northwind, template "first line", partner seat
	// template "northwind" "support": reports.view → nothing
	// template "northwind" "first line": nothing → reports.view
}

// A template that somebody uses stays.
func ExampleDeleteTemplate() {
	w := world()
	w.AddEmployee("bob", "support", "reports.view")
	fmt.Println(w.Refused(access.By("ann"), access.DeleteTemplate{Name: "support"}))

	w.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	fmt.Print(w.Do(access.By("ann"), access.DeleteTemplate{Name: "support"}))
	// Output:
	// a member uses it, partner "northwind", client "lumen", user "bob": template "support" (PSET-4)
	// template "northwind" "support": reports.view → nothing
}

// Bob works in two clients with one template. Ann edits it and rolls it out.
// In each client she is bounded by what she holds there herself: at Harbor,
// Olga has taken Reports from her.
func ExampleRollOutTemplate() {
	w := withHarbor(world())
	w.Do(access.By("olga"), access.MakePartnerAdmin{Client: "harbor", Partner: "northwind", Employee: "ann"})
	w.AddEmployee("bob", "support", "tickets.view.own")
	w.Do(access.By("ann"), access.LinkClients{Employee: "bob", Clients: []relationship.ClientID{"harbor"}, Template: "support"})
	w.Do(access.By("olga"), access.ChangeMemberPermissions{Client: "harbor", User: "ann", Remove: []string{"reports.view"}})
	w.Do(access.By("ann"), access.EditTemplate{Name: "support", Permissions: []string{"tickets.view.own", "reports.view"}})

	result := w.Do(access.By("ann"), access.RollOutTemplate{Name: "support", All: true})
	for _, member := range result.Members {
		fmt.Printf("%s: granted %q, withheld %q\n", member.Place, member.Granted, member.Withheld)
	}
	fmt.Print(w.Do(access.By("ann"), access.RollOutTemplate{Name: "support", Clients: []relationship.ClientID{"lumen"}}))
	// Output:
	// "bob" in "harbor": granted "", withheld "reports.view"
	// "bob" in "lumen": granted "reports.view", withheld ""
	// "bob" in "lumen" is left as is: they have it as it is (PSET-4)
}

// Carla has taken Reports from Bob, and given him something else.
func ExampleManager_Drift() {
	w := world()
	w.AddEmployee("bob", "support", "reports.view", "tickets.view.own")
	w.Do(access.By("carla"), access.ChangeMemberPermissions{
		Client: "lumen", User: "bob", Add: []string{"deals.view.own"}, Remove: []string{"reports.view"},
	})
	for drift, err := range w.Manager.Drift(access.By("ann"), "support") {
		if err != nil {
			panic(err)
		}
		fmt.Println(drift)
	}
	// Output: "bob" in "lumen": missing: reports.view; extra: deals.view.own
}
