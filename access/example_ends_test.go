package access_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// The client's side says when a membership runs out. Nobody has to be there at
// the instant (TIME-1).
func ExampleSetMemberEnd() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	end := w.Clock.Now().Add(30 * accesstest.Day)
	w.Do(access.By("carla"), access.SetMemberEnd{Client: "lumen", User: "bob", End: end})

	w.Clock.Set(end.Add(-time.Second))
	fmt.Println("a second before:", w.Manager.CheckName("bob", "lumen", "tickets.view.own"))
	w.Clock.Set(end)
	fmt.Println("then:           ", w.Manager.CheckName("bob", "lumen", "tickets.view.own"))
	// Output:
	// a second before: allowed
	// then:            refused: membership has run out
}

// Ann renews Bob, whose end is her own side's. Cleo's was set by the client,
// and is moved later only by the client (DEL-6).
func ExampleRenewEmployees() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	w.AddEmployee("cleo", "reports", "reports.view")
	month := w.Clock.Now().Add(30 * accesstest.Day)
	w.Do(access.By("ann"), access.RenewEmployees{Client: "lumen", Employees: []relationship.UserID{"bob"}, End: month})
	w.Do(access.By("carla"), access.SetMemberEnd{Client: "lumen", User: "cleo", End: month})

	year := w.Clock.Now().Add(365 * accesstest.Day)
	fmt.Print(w.Do(access.By("ann"), access.RenewEmployees{
		Client: "lumen", Employees: []relationship.UserID{"bob"}, End: year,
	}))
	err := w.Refused(access.By("ann"), access.RenewEmployees{
		Client: "lumen", Employees: []relationship.UserID{"cleo"}, End: year,
	})
	fmt.Println("cleo:", errors.Is(err, access.ErrOutlasts))
	// Output:
	// "bob" in "lumen": standard, managed by northwind, template "support", partner seat, until 2026-04-01T09:00:00Z → standard, managed by northwind, template "support", partner seat, until 2027-03-02T09:00:00Z
	// cleo: true
}

// The client limits a whole relationship. At the instant it is over, and its
// memberships with it (REL-5).
func ExampleSetRelationshipEnd() {
	w := world()
	end := w.Clock.Now().Add(90 * accesstest.Day)
	fmt.Print(w.Do(access.By("carla"), access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: end}))

	w.Clock.Set(end)
	fmt.Println(w.Manager.CheckName("ann", "lumen", "reports.view"))
	// Output:
	// relationship "northwind" "lumen": active → active, limited to 2026-05-31T09:00:00Z
	// refused: relationship is over
}

// The client demands that every membership of a partner ends after 90 days,
// unless it is renewed. That also concerns those that are there already.
func ExampleSetLongestMembership() {
	w := world()
	fmt.Print(w.Do(access.By("carla"), access.SetLongestMembership{
		Client: "lumen", Partner: "northwind", Longest: 90 * accesstest.Day,
	}))
	w.Clock.Turn(90 * accesstest.Day)
	fmt.Println(w.Manager.CheckName("ann", "lumen", "reports.view"))
	// Output:
	// terms "lumen" "northwind": nothing → memberships end after 2160h0m0s
	// refused: membership has run out
}
