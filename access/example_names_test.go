package access_test

import (
	"fmt"

	"github.com/clientaccess/clientaccess/access"
)

// Carla's screen shows everybody in her account by name, three a page.
func ExampleManager_MemberNames() {
	w := world()
	w.AddEmployee("bob", "support", "reports.view")
	w.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "bob"})
	for from := access.Cursor(""); ; {
		page, err := w.Manager.MemberNames(access.By("carla"), "lumen", 3, from)
		if err != nil {
			panic(err)
		}
		for _, row := range page.Rows {
			fmt.Println(row.User, row.Why)
		}
		if from = page.Next; from == "" {
			break
		}
		fmt.Println("next page")
	}
	// Output:
	// ann allowed
	// bob deactivated
	// carla allowed
	// next page
	// sven allowed
}

// Ann sees where Northwind manages Bob.
func ExampleManager_PlaceNames() {
	w := world()
	w.AddEmployee("bob", "support", "reports.view")
	w.Do(access.By("ann"), access.NameClient{Client: "lumen", Name: "The lamps"})
	page, err := w.Manager.PlaceNames(access.By("ann"), "bob", 50, "")
	fmt.Println(page.Rows, err)
	_, err = w.Manager.PlaceNames(access.By("carla"), "bob", 50, "")
	fmt.Println("carla:", err)
	// Output:
	// [{lumen The lamps allowed}] <nil>
	// carla: not allowed, user "bob" (ASK-3)
}

// A program that has rows of its own for people asks for the ids alone.
func ExampleManager_MemberIDs() {
	w := world()
	w.AddEmployee("bob", "support", "reports.view")
	for user, err := range w.Manager.MemberIDs(access.By("ann"), "lumen") {
		fmt.Println(user, err)
	}
	// Output:
	// ann <nil>
	// bob <nil>
}

// Bob's own program asks where he is a member.
func ExampleManager_PlaceIDs() {
	w := world()
	w.AddEmployee("bob", "support", "reports.view")
	for client, err := range w.Manager.PlaceIDs(access.By("bob"), "bob") {
		fmt.Println(client, err)
	}
	// Output:
	// lumen <nil>
}
