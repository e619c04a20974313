package access_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// The host reads the log: who did what, for whom, when and why. To go on
// reading later, remember the last revision.
func ExampleManager_Events() {
	w := world()
	seen := w.Manager.Stats().Revision
	w.AddEmployee("bob", "support", "tickets.view.own")
	w.Do(access.By("carla").Because("audit"), access.DeactivateMember{Client: "lumen", User: "bob"})

	for event, err := range w.Manager.Events(context.Background(), access.Host(), seen) {
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s: %s %q\n", event.Actor, event.Change, event.Reason)
	}
	// Output:
	// host: AddUser ""
	// ann of northwind: AddEmployee ""
	// ann of northwind: MakeTemplate ""
	// ann of northwind: AddEmployees ""
	// carla (client side): DeactivateMember "audit"
}

// Verify walks the whole log and the whole state.
func ExampleManager_Verify() {
	w := world()
	found, err := w.Manager.Verify(context.Background())
	if err != nil {
		panic(err)
	}
	fmt.Println("up to the newest revision:", found.Revision == w.Manager.Stats().Revision)
	fmt.Println("faults:", len(found.Faults))
	// Output:
	// up to the newest revision: true
	// faults: 0
}

// 60 days after the last of Northwind's people has gone, the relationship is
// over. Every answer says so already; a sweep writes it down, dated to the
// instant (REL-6).
func ExampleManager_Sweep() {
	w := world()
	gone := w.Do(access.By("ann"), access.RemoveEmployees{Client: "lumen", All: true})
	w.Clock.Turn(2 * relationship.EndingTime)

	swept, err := w.Manager.Sweep(context.Background())
	if err != nil {
		panic(err)
	}
	fmt.Println("ended:", swept.Ended)
	for event, err := range w.Manager.Events(context.Background(), access.Host(), gone.Revision) {
		if err != nil {
			panic(err)
		}
		fmt.Println(event.At.Format(time.DateOnly), event.Actor, event.Change)
	}
	// Output:
	// ended: 1
	// 2026-05-01 clock RelationshipEnds
}

// Stats are figures for monitoring: what is stored, and what was refused.
func ExampleManager_Stats() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	_, err := w.Manager.Do(context.Background(), access.By("bob"), access.RemoveEmployees{Client: "lumen", All: true})
	fmt.Println("bob:", errors.Is(err, access.ErrNotAllowed))

	stats := w.Manager.Stats()
	fmt.Println("members:", stats.Records[relationship.KindMember])
	fmt.Println("employees:", stats.Records[relationship.KindEmployee])
	for reason, times := range stats.Refused {
		fmt.Printf("refused as %q: %d\n", reason, times)
	}
	// Output:
	// bob: true
	// members: 4
	// employees: 2
	// refused as "not allowed": 1
}
