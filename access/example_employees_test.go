package access_test

import (
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// A super admin of the partner takes people into the partner account. That
// alone gives them nothing in any client.
func ExampleAddEmployee() {
	w := world()
	w.User("cleo", "mail.example")
	fmt.Print(w.Do(access.By("ann"), access.AddEmployee{Employee: "cleo", Kind: relationship.Contractor}))
	fmt.Println(w.Manager.CheckName("cleo", "lumen", "contacts.view.all"))
	// Output:
	// employee "northwind" "cleo": nothing → contractor, employed
	// refused: not a member
}

// View and Edit together are Client Access Manager access: with it Bob can
// take people out of clients (OFF-1), and still not put them in (OFF-2).
func ExampleChangeEmployee() {
	w := world()
	w.AddEmployee("cleo", "support", "tickets.edit.all")
	w.Employee("bob")
	fmt.Print(w.Do(access.By("ann"), access.ChangeEmployee{
		Employee: "bob", Kind: relationship.Staff, View: true, Edit: true,
	}))

	deactivated := w.Do(access.By("bob"), access.DeactivateEmployee{Employee: "cleo", All: true})
	fmt.Print(deactivated)
	fmt.Println(w.Refused(access.By("bob"), access.ReactivateEmployees{Client: "lumen", All: true}))
	// Output:
	// employee "northwind" "bob": staff, employed → staff, employed, view, edit
	// "cleo" in "lumen": standard, managed by northwind, template "support", partner seat → standard, managed by northwind, template "support", partner seat, deactivated by the partner's side
	// not allowed, client "lumen", user "bob": only an active partner admin of the client may do this (OFF-2)
}

// Suspension keeps everything and allows nothing, in every client at once.
func ExampleSuspendEmployee() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.edit.all")
	w.Do(access.By("ann").Because("laptop stolen"), access.SuspendEmployee{Employee: "bob"})

	fmt.Println(w.Manager.CheckName("bob", "lumen", "tickets.edit.all"))
	fmt.Println("still has a template:", w.Member("lumen", "bob").Template)
	fmt.Println(w.Refused(access.By("ann"), access.SuspendEmployee{Employee: "ann"}))
	// Output:
	// refused: employee is not active
	// still has a template: support
	// the last active super admin, partner "northwind" (ORG-2)
}

// After a suspension everything is as it was.
func ExampleResumeEmployee() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.edit.all")
	w.Do(access.By("ann"), access.SuspendEmployee{Employee: "bob"})
	fmt.Println(w.Manager.CheckName("bob", "lumen", "tickets.edit.all"))

	w.Do(access.By("ann"), access.ResumeEmployee{Employee: "bob"})
	fmt.Println(w.Manager.CheckName("bob", "lumen", "tickets.edit.all"))
	// Output:
	// refused: employee is not active
	// allowed
}

// A pause can end by itself.
func ExamplePauseEmployee() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.edit.all")
	back := w.Clock.Now().Add(14 * accesstest.Day)
	w.Do(access.By("ann").Because("holiday"), access.PauseEmployee{Employee: "bob", Until: back})
	fmt.Println("today:", w.Manager.CheckName("bob", "lumen", "tickets.edit.all"))

	w.Clock.Set(back)
	fmt.Println("then: ", w.Manager.CheckName("bob", "lumen", "tickets.edit.all"))
	// Output:
	// today: refused: employee is not active
	// then:  allowed
}

// A pause is lifted by the side that set it, and by no other (LIM-3): when the
// partner lifts its own, the client's stays.
func ExampleUnpauseEmployee() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.edit.all")
	w.Do(access.By("ann"), access.PauseEmployee{Employee: "bob"})
	w.Do(access.By("carla"), access.PauseMember{Client: "lumen", User: "bob"})

	w.Do(access.By("ann"), access.UnpauseEmployee{Employee: "bob"})
	fmt.Println(w.Manager.CheckName("bob", "lumen", "tickets.edit.all"))
	// Output: refused: member is paused
}

// Bob leaves Northwind. What Northwind managed goes in the same step. Harbor
// made him super admin itself: there he stays, and is listed.
func ExampleEndEmployment() {
	w := withHarbor(world())
	w.AddEmployee("bob", "support", "service.inbox.view", "reports.view")
	w.Do(access.By("olga"), access.AddMember{Client: "harbor", User: "bob"})
	w.Do(access.By("olga"), access.MakeSuperAdmin{Client: "harbor", User: "bob"})

	fmt.Print(w.Do(access.By("ann"), access.EndEmployment{Employee: "bob"}))
	// Output:
	// "bob" in "lumen": standard, managed by northwind, template "support", partner seat → no member; revoked: reports.view service.inbox.view
	// employee "northwind" "bob": staff, employed → staff, left
	// "bob" in "harbor" is left as is: as super admin of the client they stay its own member (ORG-2)
}

// Cleo is a contractor with a private address. She confirms, acting for
// herself, that she works for Northwind (ADD-5); nobody can say so for her.
func ExampleConfirmEmployment() {
	w := world()
	w.User("cleo", "mail.example")
	w.Do(access.By("ann"), access.AddEmployee{Employee: "cleo", Kind: relationship.Contractor})

	fmt.Print(w.Do(access.By("cleo"), access.ConfirmEmployment{Partner: "northwind"}))
	// Output:
	// employee "northwind" "cleo": contractor, employed → contractor, employed, confirmed
}
