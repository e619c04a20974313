package access_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// The host knows who the user is, and says so with By.
func ExampleBy() {
	w := world()
	w.Do(access.By("carla"), access.PausePartner{Client: "lumen", Partner: "northwind"})
	fmt.Println(w.Refused(access.By("ann"), access.UnpausePartner{Client: "lumen", Partner: "northwind"}))
	// Output: not allowed, client "lumen", user "ann": only an active super admin of the client may do this (ORG-3)
}

// The host acts in its own name for what is its own (ORG-1), and for nothing
// else.
func ExampleHost() {
	w := world()
	w.Do(access.Host(), access.RenameClient{Client: "lumen", Name: "Lumen Group"})
	fmt.Println(w.Refused(access.Host(), access.RemoveEmployees{Client: "lumen", All: true}))
	// Output: not allowed: this belongs to a partner's side, not to the host (ORG-1)
}

// Ann works for two partners, so a call has to say for which one she acts.
func ExampleCall_At() {
	w := world()
	w.User("pia", "papertrail.example")
	w.Do(access.Host(), access.CreatePartner{
		ID: "papertrail", Name: "Papertrail", Kind: relationship.Provider, SuperAdmin: "pia",
	})
	w.Do(access.By("pia"), access.AddEmployee{Employee: "ann", Kind: relationship.Contractor})

	template := access.MakeTemplate{Name: "reports", Permissions: []string{"reports.view"}}
	fmt.Println(w.Refused(access.By("ann"), template))
	fmt.Print(w.Do(access.By("ann").At("northwind"), template))
	// Output:
	// the call does not say for which partner, user "ann": they work for several (ORG-2)
	// template "northwind" "reports": nothing → reports.view
}

// The first answer was lost on its way. The same call with the same key is not
// made again: the answer says what was done, and when.
func ExampleCall_Once() {
	w := world()
	w.Employee("bob")
	w.Template("support", "tickets.view.own")
	add := access.AddEmployees{Client: "lumen", Employees: []relationship.UserID{"bob"}, Template: "support"}

	first := w.Do(access.By("ann").Once("order 17"), add)
	again := w.Do(access.By("ann").Once("order 17"), add)
	fmt.Println("replayed:", again.Replayed, "members:", again.Counts.Members, "same revision:", again.Revision == first.Revision)

	fmt.Println(w.Refused(access.By("ann").Once("order 17"), access.RemoveEmployees{Client: "lumen", All: true}))
	// Output:
	// replayed: true members: 1 same revision: true
	// the key was used for something else, user "ann" (PLAN-4)
}

// The reason stands in the log for good.
func ExampleCall_Because() {
	w := world()
	ann := access.By("ann").Because("client asked by phone")
	done := w.Do(ann, access.NameClient{Client: "lumen", Name: "Lumen (retainer)"})
	for event, err := range w.Manager.Events(context.Background(), access.Host(), done.Revision-1) {
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s by %s: %s\n", event.Change, event.Actor, event.Reason)
	}
	// Output: NameClient by ann of northwind: client asked by phone
}

// A refused call says which rule refused it, and whom it is about.
func ExampleRefusedError() {
	w := withHarbor(world())
	_, err := w.Manager.Do(context.Background(), access.By("olga"), access.RemoveMember{Client: "harbor", User: "olga"})

	var refused *access.RefusedError
	if errors.As(err, &refused) {
		fmt.Println("rule:  ", refused.Rule)
		fmt.Println("client:", refused.Client)
		fmt.Println("reason:", refused.Err)
	}
	fmt.Println(errors.Is(err, access.ErrLastSuperAdmin))
	// Output:
	// rule:   OFF-8
	// client: harbor
	// reason: the last active super admin
	// true
}
