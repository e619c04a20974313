package access_test

import (
	"errors"
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// Bob and Cleo come into Lumen's account with one template. It asks for more
// than Ann holds there: a partner admin has no billing, so they get none.
func ExampleAddEmployees() {
	w := world()
	w.Employee("bob")
	w.Employee("cleo")
	w.Template("accounts", "deals.view.own", "account.billing.view")

	result := w.Do(access.By("ann"), access.AddEmployees{
		Client: "lumen", Employees: []relationship.UserID{"bob", "cleo"}, Template: "accounts",
	})
	for _, m := range result.Members {
		fmt.Printf("%s: %s\n  granted:  %s\n  withheld: %s\n", m.User, m.After, m.Granted, m.Withheld)
	}
	// Output:
	// bob: standard, managed by northwind, template "accounts", partner seat
	//   granted:  deals.view.own
	//   withheld: account.billing.view
	// cleo: standard, managed by northwind, template "accounts", partner seat
	//   granted:  deals.view.own
	//   withheld: account.billing.view
}

// An administrator without Reports cannot give Reports (DEL-1).
func ExampleAddEmployees_bounded() {
	w := world()
	w.Do(access.By("carla"), access.ChangeMemberPermissions{
		Client: "lumen", User: "ann", Remove: []string{"reports.view"},
	})
	result := w.AddEmployee("bob", "support", "tickets.view.own", "reports.view")
	bob, _ := result.Member("lumen", "bob")
	fmt.Println("granted: ", bob.Granted)
	fmt.Println("withheld:", bob.Withheld)
	// Output:
	// granted:  tickets.view.own
	// withheld: reports.view
}

// Who is let in for a month lets nobody in for longer (DEL-6).
func ExampleAddEmployees_end() {
	w := world()
	w.Do(access.By("carla"), access.SetMemberEnd{
		Client: "lumen", User: "ann", End: w.Clock.Now().Add(30 * accesstest.Day),
	})
	result := w.AddEmployee("bob", "support", "tickets.view.own")
	bob, _ := result.Member("lumen", "bob")
	fmt.Println(bob.After)
	// Output: standard, managed by northwind, template "support", partner seat, until 2026-04-01T09:00:00Z
}

// One employee is added to two clients in one step.
func ExampleLinkClients() {
	w := withHarbor(world())
	w.Do(access.By("olga"), access.ApproveLink{Client: "harbor", Secret: w.Link.Secret})
	w.Employee("bob")
	w.Template("support", "tickets.view.own")

	fmt.Print(w.Do(access.By("ann"), access.LinkClients{
		Employee: "bob", Clients: []relationship.ClientID{"harbor", "lumen"}, Template: "support",
	}))
	// Output:
	// "bob" in "harbor": no member → standard, managed by northwind, template "support", partner seat; granted: tickets.view.own
	// "bob" in "lumen": no member → standard, managed by northwind, template "support", partner seat; granted: tickets.view.own
}

// Cleo is an own user of Lumen and a contractor of Northwind, with a private
// address. After she has confirmed that, Ann links her: what she has stays as
// it is, and Northwind manages her now (ADD-5).
func ExampleLinkEmployee() {
	w := world()
	w.User("cleo", "mail.example")
	w.Do(access.By("ann"), access.AddEmployee{Employee: "cleo", Kind: relationship.Contractor})
	w.Do(access.By("carla"), access.AddMember{Client: "lumen", User: "cleo", Permissions: []string{"reports.view"}})

	link := access.LinkEmployee{Client: "lumen", Employee: "cleo"}
	fmt.Println("unconfirmed:", errors.Is(w.Refused(access.By("ann"), link), access.ErrUnconfirmed))

	w.Do(access.By("cleo"), access.ConfirmEmployment{Partner: "northwind"})
	fmt.Print(w.Do(access.By("ann"), link))
	// Output:
	// unconfirmed: true
	// "cleo" in "lumen": standard, own → standard, managed by northwind, linked, partner seat
}
