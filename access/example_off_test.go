package access_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// One employee is stopped in every client at once. What they have is kept.
func ExampleDeactivateEmployee() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	fmt.Print(w.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", All: true}))
	fmt.Println(w.Manager.CheckName("bob", "lumen", "tickets.view.own"))
	// Output:
	// "bob" in "lumen": standard, managed by northwind, template "support", partner seat → standard, managed by northwind, template "support", partner seat, deactivated by the partner's side
	// refused: deactivated
}

// All of the partner's members in one client are stopped. That does not end
// the relationship (REL-2).
func ExampleDeactivateEmployees() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	result := w.Do(access.By("ann"), access.DeactivateEmployees{Client: "lumen", All: true})
	for _, m := range result.Members {
		fmt.Printf("%s is deactivated by the %s's side\n", m.User, m.After.Deactivated)
	}
	fmt.Println("relationship:", w.Relationship("northwind", "lumen").Phase)

	// Nobody on the partner's side can undo it now (OFF-5). The client can.
	fmt.Println(w.Refused(access.By("ann"), access.ReactivateEmployees{Client: "lumen", All: true}))
	w.Do(access.By("carla"), access.ReactivateMember{Client: "lumen", User: "ann"})
	fmt.Println(w.Manager.CheckName("ann", "lumen", "contacts.view.all"))
	// Output:
	// ann is deactivated by the partner's side
	// bob is deactivated by the partner's side
	// relationship: active
	// not allowed, client "lumen", user "ann": only an active partner admin of the client may do this (OFF-2)
	// allowed
}

// Reactivating gives back exactly what was recorded. Whom the client's side
// deactivated, only that side lets in again (OFF-3).
func ExampleReactivateEmployees() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	w.AddEmployee("cleo", "reports", "reports.view")
	w.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", All: true})
	w.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "cleo"})

	w.Do(access.By("ann"), access.ReactivateEmployees{Client: "lumen", All: true})
	fmt.Println("bob: ", w.Manager.Permissions("bob", "lumen"))
	err := w.Refused(access.By("ann"), access.ReactivateEmployees{
		Client: "lumen", Employees: []relationship.UserID{"cleo"},
	})
	fmt.Println("cleo:", errors.Is(err, access.ErrBarred))
	// Output:
	// bob:  tickets.view.own
	// cleo: true
}

// Bob is removed from one client and stays in the other. It is final: being added again
// starts from nothing (OFF-9). To look first, see Manager.Plan.
func ExampleRemoveEmployee() {
	w := withHarbor(world())
	w.Do(access.By("olga"), access.ApproveLink{Client: "harbor", Secret: w.Link.Secret})
	w.Employee("bob")
	w.Template("support", "tickets.view.own")
	w.Do(access.By("ann"), access.LinkClients{
		Employee: "bob", Clients: []relationship.ClientID{"harbor", "lumen"}, Template: "support",
	})

	fmt.Print(w.Do(access.By("ann"), access.RemoveEmployee{
		Employee: "bob", Clients: []relationship.ClientID{"harbor"}, // nil is all of them
	}))
	fmt.Println("harbor:", w.Manager.CheckName("bob", "harbor", "tickets.view.own"))
	fmt.Println("lumen: ", w.Manager.CheckName("bob", "lumen", "tickets.view.own"))
	// Output:
	// "bob" in "harbor": standard, managed by northwind, template "support", partner seat → no member; revoked: tickets.view.own
	// harbor: refused: not a member
	// lumen:  allowed
}

// Removing all of the partner's members is how a partner leaves a client: the
// relationship is ending, and ends 60 days later (REL-2, REL-3).
func ExampleRemoveEmployees() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	result := w.Do(access.By("ann").Because("project over"), access.RemoveEmployees{Client: "lumen", All: true})
	for _, m := range result.Members {
		fmt.Printf("%s: %s\n", m.User, m.After)
	}
	for _, t := range result.Relationships {
		fmt.Printf("%s with %s: %s → %s\n", t.Partner, t.Client, t.From, t.To)
	}
	fmt.Println("ends on", w.Relationship("northwind", "lumen").EndsAt.Format(time.DateOnly))
	// Output:
	// ann: no member
	// bob: no member
	// northwind with lumen: active → ending
	// ends on 2026-05-01
}
