package access_test

import (
	"errors"
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// The clients of a partner, under the names that it knows them by.
func ExampleManager_Clients() {
	w := withHarbor(world())
	w.Do(access.By("olga"), access.MakePartnerAdmin{Client: "harbor", Partner: "northwind", Employee: "ann"})
	w.Employee("bob")
	w.Do(access.By("olga"), access.MakePartnerAdmin{Client: "harbor", Partner: "northwind", Employee: "bob"})
	w.Do(access.By("ann"), access.RemoveEmployee{Employee: "ann", Clients: []relationship.ClientID{"harbor"}})
	w.Do(access.By("ann"), access.NameClient{Client: "harbor", Name: "Aunt Olga's hotels"})
	for row, err := range w.Manager.Clients(access.By("ann"), access.ClientQuery{}).All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s (%s): %s, members: %d, access: %s\n", row.Name(), row.OfficialName, row.Phase, row.Members, row.Access)
	}
	// Output:
	// Aunt Olga's hotels (Harbor Hotels): active, members: 1, access: a colleague's
	// Lumen Ltd (Lumen Ltd): active, members: 1, access: partner admin
}

// A screen goes through a list page by page. The cursor can travel in a URL.
func ExampleList_Page() {
	w := world()
	for _, name := range []relationship.UserID{"dan", "bob", "cyd"} {
		w.Employee(name)
	}
	list := w.Manager.Employees(access.By("ann"), access.EmployeeQuery{})
	var next access.Cursor
	for {
		page, err := list.Page(2, next)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, row := range page.Rows {
			fmt.Print(row.Name, "; ")
		}
		fmt.Println("more:", page.Next != "")
		if next = page.Next; next == "" {
			break
		}
		// Somebody comes before the place where the page stopped, and somebody
		// goes: that moves nobody else to another page.
		w.Employee("bea")
		w.Do(access.By("ann"), access.EndEmployment{Employee: "bob"})
	}
	// Output:
	// User ann; User bob; more: true
	// User cyd; User dan; more: false
}

// Contractors, and whether their address is one of the partner's.
func ExampleManager_Employees() {
	w := world()
	w.AddEmployee("bob", "support", "reports.view")
	w.User("fred", "mail.example")
	w.Do(access.By("ann"), access.AddEmployee{Employee: "fred", Kind: relationship.Contractor})
	show := func(query access.EmployeeQuery) {
		for row, err := range w.Manager.Employees(access.By("ann"), query).All() {
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Printf("%s <%s>: %s, %s, verified: %t, clients: %d\n",
				row.Name, row.Email, row.Kind, row.Status, row.Verified, row.Clients)
		}
	}
	show(access.EmployeeQuery{})
	fmt.Println("and of these, the contractors:")
	show(access.EmployeeQuery{Kinds: []relationship.EmployeeKind{relationship.Contractor}})
	// Output:
	// User ann <ann@northwind.example>: staff, employed, verified: true, clients: 1
	// User bob <bob@northwind.example>: staff, employed, verified: true, clients: 1
	// User fred <fred@mail.example>: contractor, employed, verified: false, clients: 0
	// and of these, the contractors:
	// User fred <fred@mail.example>: contractor, employed, verified: false, clients: 0
}

// Each row says what the viewer may do with the client as a whole. Whoever has
// access takes away; a partner admin of the client also gives.
func ExampleClientActions() {
	w := world()
	w.AddEmployee("bob", "support", "reports.view")
	w.Employee("dora")
	w.Do(access.By("ann"), access.ChangeEmployee{Employee: "dora", Kind: relationship.Staff, View: true, Edit: true})
	for _, viewer := range []relationship.UserID{"ann", "dora"} {
		for row, err := range w.Manager.Clients(access.By(viewer), access.ClientQuery{}).All() {
			if err != nil {
				fmt.Println(err)
				return
			}
			can := row.Actions
			fmt.Printf("%s with %s: name %t, add %t, change %t, deactivate all %t, remove all %t\n",
				viewer, row.Name(), can.Name, can.Add, can.Change, can.DeactivateAll, can.RemoveAll)
		}
	}
	// Output:
	// ann with Lumen Ltd: name true, add true, change true, deactivate all true, remove all true
	// dora with Lumen Ltd: name true, add false, change false, deactivate all true, remove all true
}

// Each row says what the viewer may do with the employee.
func ExampleEmployeeActions() {
	w := world()
	w.AddEmployee("bob", "support", "reports.view")
	w.Employee("cyd")
	w.Do(access.By("ann"), access.SuspendEmployee{Employee: "cyd"})
	for row, err := range w.Manager.Employees(access.By("ann"), access.EmployeeQuery{}).All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		can := row.Actions
		fmt.Printf("%s: suspend %t, resume %t, end the employment %t, link %t, remove everywhere %t\n",
			row.Name, can.Suspend, can.Resume, can.EndEmployment, can.IssueLink, can.RemoveEverywhere)
	}
	// Output:
	// User ann: suspend false, resume false, end the employment false, link true, remove everywhere true
	// User bob: suspend true, resume false, end the employment true, link true, remove everywhere true
	// User cyd: suspend false, resume true, end the employment true, link false, remove everywhere false
}

// Where one employee is, and with what.
func ExampleManager_EmployeeDetails() {
	w := withHarbor(world())
	w.AddEmployee("bob", "support", "reports.view")
	w.Do(access.By("olga"), access.MakePartnerAdmin{Client: "harbor", Partner: "northwind", Employee: "bob"})
	for row, err := range w.Manager.EmployeeDetails(access.By("ann"), "bob", access.MemberQuery{}).All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: %s, template %q, %s, active: %t\n", row.OfficialName, row.Role, row.Template, row.Seat, row.Active)
	}
	// Output:
	// Harbor Hotels: partner admin, template "partner admin", partner seat, active: true
	// Lumen Ltd: standard, template "support", partner seat, active: true
}

// Each row says which buttons work for who looks at it.
func ExampleManager_ClientDetails() {
	w := world()
	w.AddEmployee("bob", "support", "reports.view")
	w.Employee("dora")
	w.Do(access.By("ann"), access.ChangeEmployee{Employee: "dora", Kind: relationship.Staff, View: true, Edit: true})
	w.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", All: true})
	for _, viewer := range []relationship.UserID{"ann", "dora"} {
		list := w.Manager.ClientDetails(access.By(viewer), "lumen", access.MemberQuery{Search: "bob"})
		for row, err := range list.All() {
			if err != nil {
				fmt.Println(err)
				return
			}
			can := row.Actions
			fmt.Printf("%s sees %s (%s): change %t, reactivate %t, deactivate %t, remove %t\n",
				viewer, row.UserName, row.Why, can.Change, can.Reactivate, can.Deactivate, can.Remove)
		}
	}
	// Output:
	// ann sees User bob (deactivated): change false, reactivate true, deactivate false, remove true
	// dora sees User bob (deactivated): change false, reactivate false, deactivate false, remove true
}

// The client's side sees who is in its account, and by whose act.
func ExampleManager_Members() {
	w := world()
	w.AddEmployee("bob", "support", "reports.view")
	for row, err := range w.Manager.Members(access.By("carla"), accesstest.Client, access.MemberQuery{}).All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		from := "own"
		if row.Manager != "" {
			from = row.PartnerName
		}
		fmt.Printf("%s: %s, %s, since %s by %s\n", row.UserName, from, row.Role, row.Since.Format("2006-01-02"), row.By)
		if row.User == "bob" {
			fmt.Println("  with", row.Set)
		}
	}

	// No partner sees it.
	_, err := w.Manager.Members(access.By("ann"), accesstest.Client, access.MemberQuery{}).Page(10, "")
	fmt.Println(errors.Is(err, access.ErrNotAllowed))
	// Output:
	// User ann: Northwind, partner admin, since 2026-03-02 by carla (client side)
	// User bob: Northwind, standard, since 2026-03-02 by ann of northwind
	//   with reports.view
	// User carla: own, super admin, since 2026-03-02 by host
	// User sven: own, super admin, since 2026-03-02 by carla (client side)
	// true
}
