package access_test

import (
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// The host creates a client account together with its first super admin, who
// has every permission in the catalogue (ADM-1).
func ExampleCreateClient() {
	w := world()
	w.User("olga", "harbor.example")
	result := w.Do(access.Host(), access.CreateClient{ID: "harbor", Name: "Harbor Hotels", SuperAdmin: "olga"})

	olga, _ := result.Member("harbor", "olga")
	fmt.Println(olga.After)
	fmt.Println("has the whole catalogue:", olga.Granted == w.Catalog.All().Names())
	fmt.Println("can use paid permissions:", w.Manager.CheckName("olga", "harbor", "sales.sequences.use"))
	// Output:
	// super admin, own
	// has the whole catalogue: true
	// can use paid permissions: refused: no seat for a paid permission
}

// The official name is the host's to change. What a partner calls the client
// is another thing: see NameClient.
func ExampleRenameClient() {
	w := world()
	fmt.Print(w.Do(access.Host(), access.RenameClient{Client: "lumen", Name: "Lumen Group plc"}))
	// Output:
	// client "lumen": Lumen Ltd, open → Lumen Group plc, open
}

// In its own lists the partner calls the client what it is called in its own
// CRM; both names are kept (ADD-2).
func ExampleNameClient() {
	w := world()
	fmt.Print(w.Do(access.By("ann"), access.NameClient{Client: "lumen", Name: "Lumen (retainer)"}))
	// Output:
	// relationship "northwind" "lumen": active → active, client called "Lumen (retainer)"
}

// In a closed client nobody can use anything, its super admins included.
func ExampleCloseClient() {
	w := world()
	w.Do(access.Host(), access.CloseClient{Client: "lumen"})
	fmt.Println("carla:", w.Manager.CheckName("carla", "lumen", "contacts.view.all"))
	fmt.Println("ann:  ", w.Manager.CheckName("ann", "lumen", "contacts.view.all"))
	// Output:
	// carla: refused: client is closed
	// ann:   refused: client is closed
}

// The only super admin of Harbor cannot be reached any more. The host names a
// successor in the same call, so that the client never is without (OFF-8).
func ExampleReplaceSuperAdmin() {
	w := withHarbor(world())
	w.User("otto", "harbor.example")
	result := w.Do(access.Host().Because("ticket 4711"), access.ReplaceSuperAdmin{Client: "harbor", Successor: "otto"})
	for _, m := range result.Members {
		fmt.Printf("%s: %s → %s\n", m.User, m.Before, m.After)
	}

	// Lumen has two super admins, who can help each other.
	fmt.Println(w.Refused(access.Host(), access.ReplaceSuperAdmin{Client: "lumen", Successor: "otto"}))
	// Output:
	// olga: super admin, own → no member
	// otto: no member → super admin, own
	// not allowed, client "lumen": another active super admin is there (ORG-1)
}

// Work that the host reports moves the end of a relationship that is ending
// (REL-4). It revives nothing.
func ExampleReportActivity() {
	w := world()
	w.Do(access.By("ann"), access.RemoveEmployees{Client: "lumen", All: true})
	show := func() {
		r := w.Relationship("northwind", "lumen")
		fmt.Println(r.Phase, "until", r.EndsAt.Format(time.DateOnly))
	}
	show()

	w.Clock.Turn(10 * accesstest.Day)
	w.Do(access.Host(), access.ReportActivity{Partner: "northwind", Client: "lumen"})
	show()

	w.Clock.Turn(relationship.EndingTime)
	fmt.Println(w.Refused(access.Host(), access.ReportActivity{Partner: "northwind", Client: "lumen"}))
	// Output:
	// ending until 2026-05-01
	// ending until 2026-05-11
	// no relationship, partner "northwind", client "lumen" (REL-4)
}
