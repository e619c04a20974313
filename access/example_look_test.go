package access_test

import (
	"errors"
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
)

// What a screen shows of one member.
func ExampleManager_Member() {
	w := world()
	w.AddEmployee("bob", "support", "reports.view")
	bob, err := w.Manager.Member(access.By("carla"), "bob", "lumen")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bob)
	fmt.Println("verified:", bob.Verified, "active:", bob.Active)

	// It is no business of bob's who ann is there.
	_, err = w.Manager.Member(access.By("bob"), "ann", "lumen")
	fmt.Println(errors.Is(err, access.ErrNotAllowed))
	// Output:
	// "bob" in "lumen": standard, managed by northwind, template "support", partner seat
	// verified: true active: true
	// true
}

// A relationship ends by the clock, whether or not anybody writes it down.
func ExampleManager_Relationship() {
	w := world()
	w.Do(access.By("ann"), access.RemoveEmployees{Client: "lumen", All: true})
	for range 2 {
		r, err := w.Manager.Relationship(access.By("carla"), "northwind", "lumen")
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(r.Phase, r.Ends.Format("2006-01-02"))
		w.Clock.Turn(60 * accesstest.Day)
	}
	// Output:
	// ending 2026-05-01
	// ended 2026-05-01
}
