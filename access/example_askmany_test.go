package access_test

import (
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// A list shows export buttons to Bob in some clients, and others to others: all
// of it is asked at once, and comes from one revision.
func ExampleManager_CheckMany() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.edit.own")
	edit, export := w.Permission("tickets.edit.own"), w.Permission("contacts.export")
	questions := []access.Question{
		{User: "bob", Client: "lumen", Permission: edit},
		{User: "bob", Client: "lumen", Permission: export},
		{User: "carla", Client: "lumen", Permission: export},
		{User: "bob", Client: "harbor", Permission: edit},
	}
	for i, decision := range w.Manager.CheckMany(questions) {
		q := questions[i]
		fmt.Println(q.User, q.Client, q.Permission, decision)
	}
	// Output:
	// bob lumen tickets.edit.own allowed
	// bob lumen contacts.export refused: not in the member's set
	// carla lumen contacts.export allowed
	// bob harbor tickets.edit.own refused: unknown client
}

// Carla looks through everybody who can see reports in her account, two a
// page. Ann sees only those of Northwind.
func ExampleManager_WhoCan() {
	w := world()
	w.AddEmployee("bob", "support", "reports.view")
	view := w.Permission("reports.view")
	for after := relationship.UserID(""); ; {
		page, err := w.Manager.WhoCan(access.By("carla"), "lumen", view, after, 2)
		if err != nil {
			panic(err)
		}
		fmt.Println(page.Users)
		if after = page.Next; after == "" {
			break
		}
	}
	page, _ := w.Manager.WhoCan(access.By("ann"), "lumen", view, "", 100)
	fmt.Println("ann sees", page.Users)
	_, err := w.Manager.WhoCan(access.By("bob"), "lumen", view, "", 100)
	fmt.Println("bob:", err)
	// Output:
	// [ann bob]
	// [carla sven]
	// ann sees [ann bob]
	// bob: not allowed, client "lumen" (ASK-3)
}

// The whole answer at once comes from one revision.
func ExampleManager_AllWhoCan() {
	w := world()
	for user, err := range w.Manager.AllWhoCan(access.By("carla"), "lumen", w.Permission("account.super-admins.manage")) {
		if err != nil {
			panic(err)
		}
		fmt.Println(user)
	}
	// Output:
	// carla
	// sven
}

// Where can Bob edit tickets? Ann sees the clients where Northwind manages
// him; he himself sees all.
func ExampleManager_WhereCan() {
	w := withHarbor(world())
	w.AddEmployee("bob", "support", "tickets.edit.own")
	w.Do(access.By("olga"), access.AddMember{Client: "harbor", User: "bob", Permissions: []string{"tickets.edit.own"}})
	edit := w.Permission("tickets.edit.own")
	for _, viewer := range []access.Call{access.By("ann"), access.By("bob")} {
		page, err := w.Manager.WhereCan(viewer, "bob", edit, "", 100)
		if err != nil {
			panic(err)
		}
		fmt.Println(viewer, "sees", page.Clients)
	}
	_, err := w.Manager.WhereCan(access.By("olga"), "bob", edit, "", 100)
	fmt.Println("olga:", err)
	// Output:
	// ann sees [lumen]
	// bob sees [harbor lumen]
	// olga: not allowed, user "bob" (ASK-3)
}

// An error comes alone and ends the sequence.
func ExampleManager_AllWhereCan() {
	w := world()
	for _, user := range []relationship.UserID{"ann", "cleo"} {
		for client, err := range w.Manager.AllWhereCan(access.Host(), user, w.Permission("reports.view")) {
			fmt.Printf("%s: %q, %v\n", user, client, err)
		}
	}
	// Output:
	// ann: "lumen", <nil>
	// cleo: "", unknown user, user "cleo" (ASK-4)
}

// A screen sends whoever is refused to somebody who can help.
func ExampleParty() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	w.Do(access.By("ann"), access.SuspendEmployee{Employee: "bob"})
	explanation, err := w.Manager.Explain(access.By("bob"), "bob", "lumen", w.Permission("reports.view"))
	if err != nil {
		panic(err)
	}
	for _, condition := range explanation.Conditions {
		for _, party := range condition.ChangeableBy {
			fmt.Printf("%s: ask %s\n", condition.Reason, party)
		}
	}
	// Output:
	// employee is not active: ask a super admin of the partner
	// not in the member's set: ask a super admin of the client
	// not in the member's set: ask a partner admin of the client
}
