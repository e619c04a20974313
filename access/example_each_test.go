package access_test

import (
	"context"
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// Three employees are added, each for themselves: that one of them cannot be
// harms no other. Progress is told after every commit.
func ExampleManager_DoEach() {
	w := world()
	for _, id := range []relationship.UserID{"bob", "eve", "kim"} {
		w.Employee(id)
	}
	w.Template("support", "tickets.view.own")
	w.Do(access.By("ann"), access.SuspendEmployee{Employee: "eve"})

	result, err := w.Manager.DoEach(context.Background(), access.By("ann"), access.AddEmployees{
		Client: "lumen", Employees: []relationship.UserID{"bob", "eve", "kim"}, Template: "support",
	}, func(sofar access.Tally) { fmt.Println("so far:", sofar) })
	if err != nil {
		panic(err)
	}
	for _, item := range result.Items {
		fmt.Println(item.Outcome, item.Err)
	}
	// Output:
	// so far: 2 applied, 0 unchanged, 1 refused, 0 not attempted
	// applied <nil>
	// refused employee is not active, partner "northwind", user "eve" (ORG-2)
	// applied <nil>
}

// What would become of each can be looked at first.
func ExampleManager_PlanEach() {
	w := world()
	plan, err := w.Manager.PlanEach(context.Background(), access.By("carla"), access.All{
		access.RemoveMember{Client: "lumen", User: "sven"},
		access.RemoveMember{Client: "lumen", User: "carla"},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(plan)
	fmt.Println(plan.Items[1].Err)
	// Output:
	// 1 applied, 0 unchanged, 1 refused, 0 not attempted
	// the last active super admin, client "lumen" (OFF-8)
}
