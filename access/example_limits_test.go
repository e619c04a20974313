package access_test

import (
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// A ceiling is the most that a partner's people may use in the client. It acts
// at once on everybody, and rewrites nothing (LIM-1).
func ExampleSetCeiling() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own", "reports.view")
	w.Do(access.By("carla"), access.SetCeiling{
		Client: "lumen", Partner: "northwind", Permissions: []string{"tickets.view.own", "tickets.edit.own"},
	})
	fmt.Println("may use:", w.Manager.Permissions("bob", "lumen"))
	fmt.Println("reports:", w.Manager.CheckName("bob", "lumen", "reports.view"))
	fmt.Println("has:    ", w.Member("lumen", "bob").Set)
	// Output:
	// may use: tickets.view.own
	// reports: refused: cut by the client's ceiling
	// has:     reports.view tickets.view.own
}

// Lifting the ceiling gives back what was there.
func ExampleLiftCeiling() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own", "reports.view")
	w.Do(access.By("carla"), access.SetCeiling{
		Client: "lumen", Partner: "northwind", Permissions: []string{"tickets.view.own"},
	})
	fmt.Println("under the ceiling:", w.Manager.Permissions("bob", "lumen"))

	w.Do(access.By("carla"), access.LiftCeiling{Client: "lumen", Partner: "northwind"})
	fmt.Println("without:          ", w.Manager.Permissions("bob", "lumen"))
	// Output:
	// under the ceiling: tickets.view.own
	// without:           reports.view tickets.view.own
}

// The client stops all of a partner's people for a week.
func ExamplePausePartner() {
	w := world()
	w.Do(access.By("carla").Because("audit"), access.PausePartner{
		Client: "lumen", Partner: "northwind", Until: w.Clock.Now().Add(7 * accesstest.Day),
	})
	fmt.Println("today:       ", w.Manager.CheckName("ann", "lumen", "reports.view"))
	w.Clock.Turn(7 * accesstest.Day)
	fmt.Println("a week later:", w.Manager.CheckName("ann", "lumen", "reports.view"))
	// Output:
	// today:        refused: partner is paused
	// a week later: allowed
}

// Pauses stack: lifting that of the partner leaves that of a single member.
func ExampleUnpausePartner() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	w.Do(access.By("carla"), access.PausePartner{Client: "lumen", Partner: "northwind"})
	w.Do(access.By("carla"), access.PauseMember{Client: "lumen", User: "bob"})

	w.Do(access.By("carla"), access.UnpausePartner{Client: "lumen", Partner: "northwind"})
	fmt.Println("ann:", w.Manager.CheckName("ann", "lumen", "tickets.view.own"))
	fmt.Println("bob:", w.Manager.CheckName("bob", "lumen", "tickets.view.own"))
	// Output:
	// ann: allowed
	// bob: refused: member is paused
}

// A pause stays when the membership goes: removing and adding does not lift it.
func ExamplePauseMember() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	w.Do(access.By("carla"), access.PauseMember{Client: "lumen", User: "bob"})

	w.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	w.Do(access.By("ann"), access.AddEmployees{
		Client: "lumen", Employees: []relationship.UserID{"bob"}, Template: "support",
	})
	fmt.Println(w.Manager.CheckName("bob", "lumen", "tickets.view.own"))
	// Output: refused: member is paused
}

// The client lifts its own pause; the partner cannot.
func ExampleUnpauseMember() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	w.Do(access.By("carla"), access.PauseMember{Client: "lumen", User: "bob"})
	fmt.Println(w.Refused(access.By("ann"), access.UnpauseMember{Client: "lumen", User: "bob"}))

	w.Do(access.By("carla"), access.UnpauseMember{Client: "lumen", User: "bob"})
	fmt.Println(w.Manager.CheckName("bob", "lumen", "tickets.view.own"))
	// Output:
	// not allowed, client "lumen", user "ann": only an active super admin of the client may do this (ORG-3)
	// allowed
}
