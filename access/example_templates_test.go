package access_test

import (
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// A template is a named set. It holds what its permissions imply, and gives
// nobody anything until it is applied.
func ExampleMakeTemplate() {
	w := world()
	fmt.Print(w.Do(access.By("ann"), access.MakeTemplate{
		Name: "content", Permissions: []string{"content.pages.edit", "reports.view"},
	}))
	fmt.Println(w.Refused(access.By("ann"), access.MakeTemplate{Name: "content", Permissions: nil}))
	// Output:
	// template "northwind" "content": nothing → content.pages.edit content.pages.view reports.view
	// exists already, partner "northwind": template "content" (PSET-4)
}

// Carla takes Reports away from Ann. When Ann then gives Bob another template,
// he keeps his Reports: she can take away only what she holds (DEL-1).
func ExampleChangeTemplate() {
	w := world()
	w.AddEmployee("bob", "analyst", "deals.view.own", "reports.view")
	w.Template("content", "content.pages.view")
	w.Do(access.By("carla"), access.ChangeMemberPermissions{Client: "lumen", User: "ann", Remove: []string{"reports.view"}})

	result := w.Do(access.By("ann"), access.ChangeTemplate{
		Client: "lumen", Employees: []relationship.UserID{"bob"}, Template: "content",
	})
	bob, _ := result.Member("lumen", "bob")
	fmt.Println("granted: ", bob.Granted)
	fmt.Println("revoked: ", bob.Revoked)
	fmt.Println("retained:", bob.Retained)
	fmt.Println("now:     ", bob.After.Set)
	// Output:
	// granted:  content.pages.view
	// revoked:  deals.view.own
	// retained: reports.view
	// now:      content.pages.view reports.view
}

// The template "partner admin" is built in, and gives the role too (DEL-5).
func ExampleChangeTemplate_partnerAdmin() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	result := w.Do(access.By("ann"), access.ChangeTemplate{
		Client: "lumen", Employees: []relationship.UserID{"bob"}, Template: relationship.PartnerAdminTemplate,
	})
	bob, _ := result.Member("lumen", "bob")
	fmt.Println(bob.Before)
	fmt.Println(bob.After)
	// Output:
	// standard, managed by northwind, template "support", partner seat
	// partner admin, managed by northwind, template "partner admin", partner seat
}

// Adding a permission adds what it implies; removing one removes what implies
// it (PSET-2).
func ExampleChangeEmployeePermissions() {
	w := world()
	w.AddEmployee("bob", "sales", "deals.edit.own", "reports.view")
	result := w.Do(access.By("ann"), access.ChangeEmployeePermissions{
		Client: "lumen", Employee: "bob",
		Add: []string{"tickets.edit.own"}, Remove: []string{"deals.view.own"},
	})
	bob, _ := result.Member("lumen", "bob")
	fmt.Println("granted:", bob.Granted)
	fmt.Println("revoked:", bob.Revoked)
	fmt.Println("now:    ", bob.After.Set)
	// Output:
	// granted: tickets.edit.own tickets.view.own
	// revoked: deals.edit.own deals.view.own
	// now:     reports.view tickets.edit.own tickets.view.own
}
