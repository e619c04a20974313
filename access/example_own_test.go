package access_test

import (
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// Mia may add and edit users at Lumen. She adds a colleague, within what she
// holds herself (DEL-1).
func ExampleAddMember() {
	w := world()
	w.User("mia", "lumen.example")
	w.User("tom", "lumen.example")
	w.Do(access.By("carla"), access.AddMember{
		Client: "lumen", User: "mia", Permissions: []string{"account.users.edit", "deals.view.own"},
	})

	result := w.Do(access.By("mia"), access.AddMember{
		Client: "lumen", User: "tom", Permissions: []string{"deals.view.own", "reports.view"},
	})
	tom, _ := result.Member("lumen", "tom")
	fmt.Println(tom.After)
	fmt.Println("granted: ", tom.Granted)
	fmt.Println("withheld:", tom.Withheld)
	// Output:
	// standard, own
	// granted:  deals.view.own
	// withheld: reports.view
}

// The client's side changes single permissions of any member, own or managed.
// A super admin can give a partner's employee what the partner could not; what
// is for super admins only is withheld from everybody else (ADM-1).
func ExampleChangeMemberPermissions() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	result := w.Do(access.By("carla"), access.ChangeMemberPermissions{
		Client: "lumen", User: "bob", Add: []string{"account.billing.view", "account.close"},
	})
	bob, _ := result.Member("lumen", "bob")
	fmt.Println("granted: ", bob.Granted)
	fmt.Println("withheld:", bob.Withheld)
	// Output:
	// granted:  account.billing.view
	// withheld: account.close
}

// A paid permission cannot be used without a seat (ADM-4).
func ExampleSetSeat() {
	w := world()
	w.User("mia", "lumen.example")
	w.Do(access.By("carla"), access.AddMember{Client: "lumen", User: "mia", Permissions: []string{"reports.custom.edit"}})
	fmt.Println(w.Manager.CheckName("mia", "lumen", "reports.custom.edit"))

	fmt.Print(w.Do(access.By("carla"), access.SetSeat{Client: "lumen", User: "mia", Paid: true}))
	fmt.Println(w.Manager.CheckName("mia", "lumen", "reports.custom.edit"))
	// Output:
	// refused: no seat for a paid permission
	// "mia" in "lumen": standard, own → standard, own, paid seat
	// allowed
}

// A super admin of the client stops anybody at once, also a partner admin.
func ExampleDeactivateMember() {
	w := world()
	w.Do(access.By("carla").Because("unusual exports"), access.DeactivateMember{Client: "lumen", User: "ann"})
	fmt.Println(w.Manager.CheckName("ann", "lumen", "contacts.export"))
	// Output: refused: deactivated
}

// Super admins can be deactivated, but for the last one (OFF-8).
func ExampleDeactivateMember_last() {
	w := world()
	w.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "sven"})
	fmt.Println(w.Refused(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "carla"}))
	// Output: the last active super admin, client "lumen" (OFF-8)
}

// The client's side reactivates whomever it wants, whoever deactivated them.
func ExampleReactivateMember() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	w.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", All: true})
	w.Do(access.By("carla"), access.ReactivateMember{Client: "lumen", User: "bob"})
	fmt.Println(w.Manager.Permissions("bob", "lumen"))
	// Output: tickets.view.own
}

// Whom the client's side removed, the partner does not bring back (OFF-3).
func ExampleRemoveMember() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	w.Do(access.By("carla"), access.RemoveMember{Client: "lumen", User: "bob"})
	fmt.Println(w.Refused(access.By("ann"), access.AddEmployees{
		Client: "lumen", Employees: []relationship.UserID{"bob"}, Template: "support",
	}))
	// Output: only the client's side lets them in again, client "lumen", user "bob" (OFF-3)
}

// A managed member who is made super admin becomes the client's own. Ann was
// the only one whom Northwind managed, so the relationship is ending (REL-3).
func ExampleMakeSuperAdmin() {
	w := world()
	result := w.Do(access.By("carla"), access.MakeSuperAdmin{Client: "lumen", User: "ann"})
	ann, _ := result.Member("lumen", "ann")
	fmt.Println(ann.After)
	for _, t := range result.Relationships {
		fmt.Printf("%s with %s: %s → %s\n", t.Partner, t.Client, t.From, t.To)
	}
	// Output:
	// super admin, own, partner seat
	// northwind with lumen: active → ending
}

// Sven becomes a standard user with the permissions given. After that Carla is
// the last super admin, and cannot do the same to herself.
func ExampleLowerSuperAdmin() {
	w := world()
	result := w.Do(access.By("carla"), access.LowerSuperAdmin{
		Client: "lumen", User: "sven", Permissions: []string{"reports.view"},
	})
	sven, _ := result.Member("lumen", "sven")
	fmt.Println(sven.After, "with", sven.After.Set)
	fmt.Println(w.Refused(access.By("carla"), access.LowerSuperAdmin{Client: "lumen", User: "carla"}))
	// Output:
	// standard, own with reports.view
	// the last active super admin, client "lumen" (OFF-8)
}
