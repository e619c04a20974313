package access_test

import (
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// The templates that a partner can pick from.
func ExampleManager_Templates() {
	w := world()
	w.AddEmployee("bob", "Support", "reports.view")
	w.Template("audit", "contacts.view.team", "reports.view")
	for row, err := range w.Manager.Templates(access.By("ann"), access.TemplateQuery{}).All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		if row.BuiltIn {
			fmt.Printf("%s (built in), used by %d\n", row.Name, row.Members)
			continue
		}
		fmt.Printf("%s: %s, used by %d\n", row.Name, row.Set, row.Members)
	}
	// Output:
	// audit: contacts.view.own contacts.view.team reports.view, used by 0
	// partner admin (built in), used by 1
	// Support: reports.view, used by 1
}

// The access links that a partner has issued. A link's secret is not among
// what is listed: it was shown once, when the link was issued.
func ExampleManager_Links() {
	w := world() // where ann has sent a link of her own to Lumen
	w.Employee("bob")
	w.Clock.Turn(time.Hour)
	w.Issue(access.By("ann"), "bob")
	lost := w.Issue(access.By("ann"), "bob")
	w.Do(access.By("ann"), access.RevokeLink{Selector: lost.Selector})
	show := func(query access.LinkQuery) {
		for row, err := range w.Manager.Links(access.By("ann"), query).All() {
			if err != nil {
				fmt.Println(err)
				return
			}
			fmt.Printf("for %s by %s, until %s: %s\n", row.Name, row.IssuedByName, row.Expires.Format(time.DateOnly), row.State)
		}
	}
	show(access.LinkQuery{States: []access.LinkState{access.LinkLive}})
	fmt.Println("revoked:")
	show(access.LinkQuery{States: []access.LinkState{access.LinkRevoked}, Employees: []relationship.UserID{"bob"}})
	// Output:
	// for User ann by User ann, until 2026-04-01: live
	// for User bob by User ann, until 2026-04-01: live
	// revoked:
	// for User bob by User ann, until 2026-04-01: revoked
}

// The client's side sees who serves it, and what it has laid down for each.
func ExampleManager_Partners() {
	w := world()
	w.Do(access.By("carla"), access.SetCeiling{
		Client: "lumen", Partner: "northwind", Permissions: []string{"reports.view"},
	})
	w.Do(access.By("carla"), access.PausePartner{Client: "lumen", Partner: "northwind", Until: w.Clock.Now().Add(accesstest.Day)})
	for row, err := range w.Manager.Partners(access.By("carla"), "lumen", access.PartnerQuery{}).All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s, %s: %s, members: %d\n", row.Name, row.Kind, row.Phase, row.Members)
		fmt.Printf("  at most %s; paused: %t, until %s\n", row.Ceiling, row.Paused, row.PausedUntil.Format(time.DateOnly))
	}
	// Output:
	// Northwind, solutions partner: active, members: 1
	//   at most reports.view; paused: true, until 2026-03-03
}

// Where a user is a member, as they see it themselves.
func ExampleManager_Places() {
	w := withHarbor(world())
	w.Do(access.By("olga"), access.AddMember{Client: "harbor", User: "ann", Permissions: []string{"reports.view"}})
	w.Do(access.By("olga"), access.DeactivateMember{Client: "harbor", User: "ann"})
	for row, err := range w.Manager.Places(access.By("ann"), access.PlaceQuery{}).All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: %s, active: %t (%s)\n", row.ClientName, row.Role, row.Active, row.Why)
	}
	// Output:
	// Harbor Hotels: standard, active: false (deactivated)
	// Lumen Ltd: partner admin, active: true (allowed)
}

// Who works for several partners picks the one that they act for.
func ExampleManager_Employers() {
	w := world()
	w.User("petra", "southwind.example")
	w.Do(access.Host(), access.CreatePartner{
		ID: "southwind", Name: "Southwind", Kind: relationship.Provider, SuperAdmin: "petra",
	})
	w.Do(access.By("petra"), access.AddEmployee{Employee: "ann", Kind: relationship.Contractor})
	for row, err := range w.Manager.Employers(access.By("ann"), access.EmployerQuery{}).All() {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s: %s, may act for it: %t\n", row.Name, row.Kind, row.MayAct)
		if row.MayAct {
			_, err := w.Manager.Templates(access.By("ann").At(row.Partner), access.TemplateQuery{}).Page(10, "")
			fmt.Println("  its templates:", err)
		}
	}
	// Output:
	// Northwind: staff, may act for it: true
	//   its templates: <nil>
	// Southwind: contractor, may act for it: false
}

// A screen asks whether what it shows is still the newest state.
func ExampleManager_Revision() {
	w := world()
	page, err := w.Manager.Partners(access.By("carla"), "lumen", access.PartnerQuery{}).Page(10, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("newest:", page.Revision == w.Manager.Revision())
	w.Employee("bob")
	fmt.Println("newest:", page.Revision == w.Manager.Revision())
	// Output:
	// newest: true
	// newest: false
}
