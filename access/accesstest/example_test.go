package accesstest_test

import (
	"fmt"
	"log"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// t stands in for the *testing.T of a test: an example has none.
type t struct{}

func (t) Helper()                           {}
func (t) Fatalf(format string, args ...any) { log.Fatalf(format, args...) }

func ExampleNew() {
	w := accesstest.New(t{})
	w.AddEmployee("bob", "support", "contacts.view.all")
	fmt.Println(w.Manager.Check("bob", accesstest.Client, w.Permission("contacts.view.all")))
	fmt.Println(w.Manager.Check("bob", accesstest.Client, w.Permission("reports.view")))
	// Output:
	// allowed
	// refused: not in the member's set
}

// A world of one's own begins with nobody.
func ExampleEmpty() {
	w := accesstest.New(t{}, accesstest.Empty())
	w.User("zoe", "solo.example")
	w.Do(access.Host(), access.CreateClient{ID: "solo", Name: "Solo Inc", SuperAdmin: "zoe"})
	fmt.Println(w.Member("solo", "zoe").Role)
	// Output: super admin
}

// The clock is turned by the test: nothing waits.
func ExampleClock() {
	w := accesstest.New(t{})
	w.Do(access.By(accesstest.Admin), access.RemoveEmployees{Client: accesstest.Client, All: true})
	for _, days := range []int{0, 59, 60} {
		w.Clock.Set(accesstest.Start.AddDate(0, 0, days))
		r := w.Relationship(accesstest.Partner, accesstest.Client)
		fmt.Printf("day %d: %s\n", days, r.PhaseAt(w.Clock.Now()))
	}
	// Output:
	// day 0: ending
	// day 59: ending
	// day 60: ended
}

// What has to be refused is asked for by Refused, which also looks that nothing
// has changed.
func ExampleWorld_Refused() {
	w := accesstest.New(t{})
	w.Employee("bob")
	err := w.Refused(access.By("bob"), access.RemoveEmployee{Employee: "ann", All: true})
	fmt.Println(err)
	// Output: not allowed, partner "northwind", user "bob": only an active employee with Client Access Manager access may do this (LINK-1)
}

// An access link is sent to the client, whose super admin approves it.
func ExampleWorld_Issue() {
	w := accesstest.New(t{})
	w.Employee("bob")
	link := w.Issue(access.By(accesstest.Admin), "bob")
	w.Do(access.By(accesstest.SuperAdmin), access.ApproveLink{Client: accesstest.Client, Secret: link.Secret})
	fmt.Println(w.Member(accesstest.Client, "bob").Role == relationship.PartnerAdmin)
	// Output: true
}
