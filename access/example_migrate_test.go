package access_test

import (
	"errors"
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
)

// Harbor once made Ann super admin, as there was no other way. Now she makes
// herself partner admin, and gives up what a partner does not need (MIG-1).
func ExampleBecomePartnerAdmin() {
	w := withHarbor(world())
	w.Do(access.By("olga"), access.AddMember{Client: "harbor", User: "ann"})
	w.Do(access.By("olga"), access.MakeSuperAdmin{Client: "harbor", User: "ann"})

	result := w.Do(access.By("ann"), access.BecomePartnerAdmin{Client: "harbor"})
	ann, _ := result.Member("harbor", "ann")
	fmt.Println("before:", ann.Before)
	fmt.Println("after: ", ann.After)
	fmt.Println("gave up billing:", w.Catalog.Marked(permset.Billing).Names().SubsetOf(ann.Revoked))
	for _, t := range result.Relationships {
		fmt.Printf("%s with %s: %s\n", t.Partner, t.Client, t.To)
	}
	// Output:
	// before: super admin, own, partner seat
	// after:  partner admin, managed by northwind, template "partner admin", partner seat
	// gave up billing: true
	// northwind with harbor: active
}

// A lone super admin stays one: the client must not be left without (OFF-8).
func ExampleBecomePartnerAdmin_last() {
	w := world()
	w.Do(access.Host(), access.CreateClient{ID: "harbor", Name: "Harbor Hotels", SuperAdmin: "ann"})
	fmt.Println(w.Refused(access.By("ann"), access.BecomePartnerAdmin{Client: "harbor"}))
	// Output: the last active super admin, client "harbor" (OFF-8)
}

// Ann, partner admin of Harbor, changes a colleague who is super admin there.
// He keeps the bills, as he pays them (MIG-2).
func ExampleChangeSuperAdmins() {
	w := withHarbor(world())
	w.Employee("bob")
	w.Do(access.By("olga"), access.AddMember{Client: "harbor", User: "bob"})
	w.Do(access.By("olga"), access.MakeSuperAdmin{Client: "harbor", User: "bob"})
	w.Do(access.By("olga"), access.ApproveLink{Client: "harbor", Secret: w.Link.Secret})

	result := w.Do(access.By("ann"), access.ChangeSuperAdmins{
		Client: "harbor", Employees: []access.SuperAdminChoice{{Employee: "bob", KeepBilling: true}},
	})
	bob, _ := result.Member("harbor", "bob")
	fmt.Println(bob.After)
	fmt.Println("keeps billing:", bob.After.Set.Has("account.billing.edit"))
	fmt.Println("makes super admins:", bob.After.Set.Has("account.super-admins.manage"))
	// Output:
	// partner admin, managed by northwind, template "partner admin", partner seat
	// keeps billing: true
	// makes super admins: false
}

// The client's side can do the same to any super admin who works for an
// eligible partner (MIG-5).
func ExampleChangeToPartnerAdmin() {
	w := withHarbor(world())
	w.Do(access.By("olga"), access.AddMember{Client: "harbor", User: "ann"})
	w.Do(access.By("olga"), access.MakeSuperAdmin{Client: "harbor", User: "ann"})

	result := w.Do(access.By("olga"), access.ChangeToPartnerAdmin{Client: "harbor", User: "ann", Partner: "northwind"})
	ann, _ := result.Member("harbor", "ann")
	fmt.Println(ann.After)

	err := w.Refused(access.By("olga"), access.ChangeToPartnerAdmin{Client: "harbor", User: "olga", Partner: "northwind"})
	fmt.Println("olga:", errors.Is(err, access.ErrUnknownEmployee))
	// Output:
	// partner admin, managed by northwind, template "partner admin", partner seat
	// olga: true
}
