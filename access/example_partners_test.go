package access_test

import (
	"errors"
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// The host creates a partner account together with its first super admin.
func ExampleCreatePartner() {
	w := world()
	w.User("pia", "papertrail.example")
	fmt.Print(w.Do(access.Host(), access.CreatePartner{
		ID: "papertrail", Name: "Papertrail", Kind: relationship.Provider,
		Domains: []string{"papertrail.example"}, SuperAdmin: "pia",
	}))
	// Output:
	// partner "papertrail": nothing → Papertrail, provider, open, domains: papertrail.example
	// employee "papertrail" "pia": nothing → staff, employed, super admin
}

// A domain belongs to one partner (ORG-1).
func ExampleCreatePartner_domainTaken() {
	w := world()
	w.User("pia", "papertrail.example")
	err := w.Refused(access.Host(), access.CreatePartner{
		ID: "papertrail", Name: "Papertrail", Kind: relationship.Provider,
		Domains: []string{"northwind.example"}, SuperAdmin: "pia",
	})
	fmt.Println(errors.Is(err, storage.ErrConflict))
	// Output: true
}

// A partner changes its name; everything else stays.
func ExampleRenamePartner() {
	w := world()
	fmt.Print(w.Do(access.Host(), access.RenamePartner{Partner: "northwind", Name: "Northwind Studio"}))
	// Output:
	// partner "northwind": Northwind, solutions partner, open, domains: northwind.example → Northwind Studio, solutions partner, open, domains: northwind.example
}

// A partner that is no longer of an eligible kind cannot use the partner-admin
// role to manage (LINK-1). What its people already may do they still may.
func ExampleSetPartnerKind() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.edit.all")
	w.Do(access.Host(), access.SetPartnerKind{Partner: "northwind", Kind: "reseller"})

	fmt.Println(w.Manager.CheckName("bob", "lumen", "tickets.edit.all"))
	fmt.Println(w.Refused(access.By("ann"), access.ReactivateEmployees{Client: "lumen", All: true}))
	// Output:
	// allowed
	// partner is not eligible, partner "northwind": its kind is "reseller" (LINK-1)
}

// Northwind proves a second domain. Dora, who has an address there and is an
// own user of Lumen, is verified by it, and linked (ADD-3, ADD-5).
func ExampleSetPartnerDomains() {
	w := world()
	w.User("dora", "northwind.studio.example")
	w.Do(access.By("ann"), access.AddEmployee{Employee: "dora", Kind: relationship.Staff})
	w.Do(access.By("carla"), access.AddMember{Client: "lumen", User: "dora"})

	result := w.Do(access.Host(), access.SetPartnerDomains{
		Partner: "northwind", Domains: []string{"northwind.example", "northwind.studio.example"},
	})
	dora, _ := result.Member("lumen", "dora")
	fmt.Println("before:", dora.Before)
	fmt.Println("after: ", dora.After)
	// Output:
	// before: standard, own
	// after:  standard, managed by northwind, linked, partner seat
}

// Nobody acts for a closed partner, and its people's access stops at once.
func ExampleClosePartner() {
	w := world()
	w.Do(access.Host().Because("contract ended"), access.ClosePartner{Partner: "northwind"})

	fmt.Println(w.Manager.CheckName("ann", "lumen", "contacts.view.all"))
	fmt.Println(w.Refused(access.By("ann"), access.RemoveEmployees{Client: "lumen", All: true}))
	// Output:
	// refused: partner is closed
	// not allowed, partner "northwind", user "ann": only an active employee with Client Access Manager access may do this (LINK-1)
}
