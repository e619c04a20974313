package access_test

import (
	"errors"
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// May Bob edit the tickets in Lumen's account? Look a permission up once, and
// ask as often as you like: asking takes no lock.
func ExampleManager_Check() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.edit.own")
	edit, known := w.Manager.Catalog().Lookup("tickets.edit.own")
	if !known {
		panic("no such permission")
	}
	fmt.Println("bob:", w.Manager.Check("bob", "lumen", edit))

	decision := w.Manager.Check("cleo", "lumen", edit)
	fmt.Println("cleo:", decision)
	fmt.Println(decision.Allowed(), decision.Reason() == access.ReasonUnknownUser)
	// Output:
	// bob: allowed
	// cleo: refused: unknown user
	// false true
}

// A name that the catalogue does not know is refused; never a silent yes.
func ExampleManager_CheckName() {
	w := world()
	fmt.Println(w.Manager.CheckName("carla", "lumen", "reports.view"))
	fmt.Println(w.Manager.CheckName("carla", "lumen", "reports.veiw"))
	// Output:
	// allowed
	// refused: unknown permission
}

// Can is for an if.
func ExampleManager_Can() {
	w := world()
	export := w.Permission("contacts.export")
	if !w.Manager.Can("sven", "harbor", export) {
		fmt.Println("no export for sven at harbor")
	}
	// Output: no export for sven at harbor
}

// Permissions is what a screen asks before it draws its buttons.
func ExampleManager_Permissions() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.edit.own", "reports.view")
	may := w.Manager.Permissions("bob", "lumen")
	fmt.Println(may)
	for permission := range may.All() {
		fmt.Printf("[%s] ", permission.Title())
	}
	fmt.Println()
	// Output:
	// reports.view tickets.edit.own tickets.view.own
	// [View one's own tickets] [Edit one's own tickets] [View reports]
}

// Bob asks why he cannot see reports. An explanation lists every condition
// that fails, not only the first, and who could change it. Ann cannot: her
// partner is paused.
func ExampleManager_Explain() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	w.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", All: true})
	w.Do(access.By("carla"), access.PausePartner{Client: "lumen", Partner: "northwind"})

	explanation, err := w.Manager.Explain(access.By("bob"), "bob", "lumen", w.Permission("reports.view"))
	if err != nil {
		panic(err)
	}
	fmt.Print(explanation)
	// Output:
	// reports.view for "bob" in "lumen": refused: deactivated (standard, managed by northwind, template "support", partner seat, deactivated by the partner's side)
	//   fails first: deactivated; changeable by a super admin of the client, an own user who may add and edit users
	//   fails: partner is paused; changeable by a super admin of the client
	//   fails: not in the member's set; changeable by a super admin of the client
}

// An explanation tells about somebody, so not everybody gets it.
func ExampleManager_Explain_notAllowed() {
	w := withHarbor(world())
	_, err := w.Manager.Explain(access.By("olga"), "ann", "lumen", w.Permission("reports.view"))
	fmt.Println(err)
	// Output: not allowed, client "lumen", user "ann" (ASK-2)
}

// Two partners manage members at Lumen: credit is divided evenly (REL-7).
func ExampleManager_Credit() {
	w := world()
	w.User("pia", "papertrail.example")
	w.Do(access.Host(), access.CreatePartner{
		ID: "papertrail", Name: "Papertrail", Kind: relationship.Provider, SuperAdmin: "pia",
	})
	w.Do(access.By("carla"), access.MakePartnerAdmin{Client: "lumen", Partner: "papertrail", Employee: "pia"})

	shares, err := w.Manager.Credit(access.By("ann"), "lumen")
	if err != nil {
		panic(err)
	}
	for _, share := range shares {
		fmt.Printf("%s: 1/%d\n", share.Partner, share.Of)
	}
	// Output:
	// northwind: 1/2
	// papertrail: 1/2
}

// Catalog is where permissions for Check come from.
func ExampleManager_Catalog() {
	w := world()
	reports, known := w.Manager.Catalog().Lookup("reports.custom.edit")
	fmt.Println(known, reports.Title(), reports.Marks())
	// Output: true Build custom reports paid
}

// The zero Decision refuses, so what was forgotten is not allowed.
func ExampleDecision() {
	var decision access.Decision
	fmt.Println(decision.Allowed(), decision.Reason())
	// Output: false undecided
}

// Err is for a function that returns an error: nil is a yes.
func ExampleDecision_Err() {
	w := world()
	export := func(user relationship.UserID) error {
		if err := w.Manager.CheckName(user, "lumen", "contacts.export").Err(); err != nil {
			return err
		}
		fmt.Println("exported for", user)
		return nil
	}
	fmt.Println("carla:", export("carla"))
	fmt.Println("olga: ", export("olga"))
	fmt.Println("denied:", errors.Is(export("olga"), access.ErrDenied))
	// Output:
	// exported for carla
	// carla: <nil>
	// olga:  access denied: unknown user (ASK-4)
	// denied: true
}

// A DeniedError carries the reason; what is unknown can be told apart (ASK-4).
func ExampleDeniedError() {
	w := world()
	err := fmt.Errorf("export: %w", w.Manager.CheckName("ann", "nowhere", "contacts.export").Err())

	var denied *access.DeniedError
	if errors.As(err, &denied) {
		fmt.Println(denied.Reason, errors.Is(err, access.ErrUnknownClient))
	}
	// Output: unknown client true
}

// Failed asks for one reason among those that fail.
func ExampleDecision_Failed() {
	w := world()
	w.Do(access.By("carla"), access.SetCeiling{Client: "lumen", Partner: "northwind"})
	w.Do(access.By("carla"), access.PausePartner{Client: "lumen", Partner: "northwind"})
	decision := w.Manager.CheckName("ann", "lumen", "reports.view")
	fmt.Println("told first:", decision.Reason())
	fmt.Println("ceiling too:", decision.Failed(access.ReasonCeiling))
	// Output:
	// told first: partner is paused
	// ceiling too: true
}
