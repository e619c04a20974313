package permset_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/clientaccess/clientaccess/permset"
)

// helpDesk is the declaration that the examples use.
var helpDesk = permset.Declaration{
	Permissions: []permset.Declared{
		{Name: "tickets.view", Title: "View tickets", Group: "Service"},
		{Name: "tickets.edit", Title: "Edit tickets", Group: "Service", Implies: []string{"tickets.view"}},
		{Name: "tickets.delete", Title: "Delete tickets", Group: "Service", Implies: []string{"tickets.edit"}},
		{Name: "reports.view", Title: "View reports", Group: "Reports"},
		{Name: "reports.custom", Title: "Build reports", Group: "Reports", Marks: permset.Paid, Implies: []string{"reports.view"}},
		{Name: "users.edit", Title: "Add and edit users", Group: "Account"},
		{Name: "bills.pay", Title: "Pay bills", Group: "Account", Marks: permset.Billing},
	},
	AddAndEditUsers: "users.edit",
	PartnerAdmin:    []string{"tickets.delete", "reports.view", "users.edit"},
}

// An administrator without Reports changes the permissions of somebody who has them (DEL-1).
func ExampleDelegate() {
	catalog, err := permset.NewCatalog(helpDesk)
	if err != nil {
		panic(err)
	}
	set := func(names ...string) permset.Set {
		s, err := catalog.Set(names...)
		if err != nil {
			panic(err)
		}
		return s
	}
	current := set("tickets.edit", "reports.view")
	actor := set("tickets.edit", "users.edit")
	requested := set("tickets.view", "users.edit", "bills.pay")

	d := permset.Delegate(current, actor, requested)
	fmt.Println("next:    ", d.Next)
	fmt.Println("granted: ", d.Granted)
	fmt.Println("revoked: ", d.Revoked)
	fmt.Println("withheld:", d.Withheld)
	fmt.Println("retained:", d.Retained)
	// Output:
	// next:     reports.view tickets.view users.edit
	// granted:  users.edit
	// revoked:  tickets.edit
	// withheld: bills.pay
	// retained: reports.view
}

func ExampleNext() {
	catalog, _ := permset.NewCatalog(helpDesk)
	current, _ := catalog.Set("reports.view")
	actor, _ := catalog.Set("tickets.edit")
	fmt.Println(permset.Next(current, actor, catalog.All()))
	// Output: reports.view tickets.edit tickets.view
}

func ExampleNewCatalog() {
	catalog, err := permset.NewCatalog(helpDesk)
	if err != nil {
		panic(err)
	}
	fmt.Println(catalog.Len(), "permissions in", catalog.Groups())
	reports, _ := catalog.Lookup("reports.custom")
	fmt.Printf("%s: %s (%s)\n", reports.Name(), reports.Title(), reports.Marks())
	fmt.Println(catalog.PartnerAdmin())
	// Output:
	// 7 permissions in [Service Reports Account]
	// reports.custom: Build reports (paid)
	// reports.view tickets.delete tickets.edit tickets.view users.edit
}

// A catalogue that is not coherent is refused with every fault.
func ExampleNewCatalog_refused() {
	_, err := permset.NewCatalog(permset.Declaration{
		Permissions: []permset.Declared{
			{Name: "bills.view", Title: "View bills", Group: "Account", Marks: permset.Billing},
			{Name: "bills.pay", Title: "", Group: "Account", Implies: []string{"bills.view", "bills.see"}},
		},
		AddAndEditUsers: "users.edit",
		PartnerAdmin:    []string{"bills.view"},
	})
	var refused *permset.CatalogError
	if errors.As(err, &refused) {
		for _, fault := range refused.Faults {
			fmt.Println(fault)
		}
	}
	// Output:
	// "bills.pay": title: it is empty
	// "bills.pay": implies: there is no permission "bills.see"
	// "bills.pay": marks: it implies "bills.view", which is billing, and is not itself
	// addAndEditUsers: there is no permission "users.edit"
	// partnerAdmin: it holds "bills.view", which is billing
}

// Taking a permission away takes away what implies it, and leaves what it implies (PSET-2).
func ExampleCatalog_Without() {
	catalog, _ := permset.NewCatalog(helpDesk)
	held, _ := catalog.Set("tickets.delete", "reports.view")
	remove, _ := catalog.Exactly("tickets.edit")
	fmt.Println(catalog.Without(held, remove))
	// Output: reports.view tickets.view
}

// A stored set meets a catalogue that has lost a permission (PSET-3).
func ExampleCatalog_Bind() {
	catalog, _ := permset.NewCatalog(helpDesk)
	stored := permset.MustNames("tickets.view", "tickets.edit", "chats.answer")
	set, rest := catalog.Bind(stored)
	fmt.Println("usable:", set)
	fmt.Println("kept:  ", rest)
	// Output:
	// usable: tickets.edit tickets.view
	// kept:   chats.answer
}

// A ceiling keeps a permission only with all it implies.
func ExampleCatalog_Floor() {
	catalog, _ := permset.NewCatalog(helpDesk)
	noTickets, _ := catalog.Exactly("tickets.view")
	fmt.Println(catalog.Floor(catalog.All().Minus(noTickets)))
	// Output: bills.pay reports.custom reports.view users.edit
}

// Sets are values: they can be compared and used as keys (PSET-3).
func ExampleSet() {
	catalog, _ := permset.NewCatalog(helpDesk)
	a, _ := catalog.Set("tickets.edit")
	b, _ := catalog.Set("tickets.view", "tickets.edit")
	view, _ := catalog.Lookup("tickets.view")
	fmt.Println(a == b, a.Len(), a.Has(view), a.SubsetOf(catalog.PartnerAdmin()))
	members := map[permset.Set]int{a: 1}
	members[b]++
	fmt.Println(members)
	// Output:
	// true 2 true true
	// map[tickets.edit tickets.view:2]
}

func ExampleSet_All() {
	catalog, _ := permset.NewCatalog(helpDesk)
	for p := range catalog.PartnerAdmin().All() {
		fmt.Printf("%-8s %s\n", p.Group(), p.Title())
	}
	// Output:
	// Service  View tickets
	// Service  Edit tickets
	// Service  Delete tickets
	// Reports  View reports
	// Account  Add and edit users
}

// Names is what is written down. It needs no catalogue.
func ExampleNames() {
	a, err := permset.ParseNames("tickets.view  reports.view tickets.view")
	if err != nil {
		panic(err)
	}
	b := permset.MustNames("reports.view", "users.edit")
	fmt.Println(a)
	fmt.Println(a.Union(b), "/", a.Intersect(b), "/", a.Minus(b))
	data, _ := json.Marshal(a)
	fmt.Println(string(data))
	_, err = permset.ParseNames("tickets.view Reports")
	fmt.Println(err)
	// Output:
	// reports.view tickets.view
	// reports.view tickets.view users.edit / reports.view / tickets.view
	// ["reports.view","tickets.view"]
	// permset: "Reports" cannot name a permission: only lower-case ASCII letters, digits, dots, hyphens and underscores are allowed
}

// A declaration can be kept as JSON.
func ExampleDeclaration() {
	declared := permset.Declared{Name: "bills.pay", Title: "Pay bills", Group: "Account", Marks: permset.Billing | permset.Paid}
	data, _ := json.Marshal(declared)
	fmt.Println(string(data))
	// Output: {"name":"bills.pay","title":"Pay bills","group":"Account","marks":["paid","billing"]}
}
