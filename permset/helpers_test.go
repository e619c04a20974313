package permset_test

import (
	"fmt"

	"github.com/clientaccess/clientaccess/permset"
)

// must is the value of a call that cannot fail in a test.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// flatName is the name of the i-th permission of a flat catalogue.
func flatName(i int) string { return fmt.Sprintf("p%d", i) }

// flatDeclaration declares n permissions that imply nothing.
func flatDeclaration(n int) permset.Declaration {
	d := permset.Declaration{AddAndEditUsers: flatName(0), PartnerAdmin: []string{flatName(0)}}
	for i := range n {
		d.Permissions = append(d.Permissions, permset.Declared{Name: flatName(i), Title: "Title", Group: "Group"})
	}
	return d
}

// flatCatalog is the catalogue of flatDeclaration.
func flatCatalog(n int) *permset.Catalog { return must(permset.NewCatalog(flatDeclaration(n))) }

// salesDeclaration is a small catalogue with every kind of thing in it.
func salesDeclaration() permset.Declaration {
	return permset.Declaration{
		Permissions: []permset.Declared{
			{Name: "contacts.view.team", Title: "View the team's contacts", Group: "CRM"},
			{Name: "contacts.edit.team", Title: "Edit the team's contacts", Group: "CRM", Implies: []string{"contacts.view.team"}},
			{Name: "contacts.edit.all", Title: "Edit all contacts", Group: "CRM", Implies: []string{"contacts.edit.team"}},
			{Name: "reports.view", Title: "View reports", Group: "Reports"},
			{Name: "reports.custom", Title: "Build reports", Group: "Reports", Marks: permset.Paid, Implies: []string{"reports.view"}},
			{Name: "users.edit", Title: "Add and edit users", Group: "Account"},
			{Name: "billing.view", Title: "View bills", Group: "Account", Marks: permset.Billing},
			{Name: "billing.edit", Title: "Pay bills", Group: "Account", Marks: permset.Billing, Implies: []string{"billing.view"}},
			{Name: "super-admins.manage", Title: "Manage super admins", Group: "Account",
				Marks: permset.SuperAdminOnly | permset.NeverManaged, Implies: []string{"users.edit"}},
			{Name: "users.provision", Title: "Provision users", Group: "Account", Marks: permset.NeverManaged},
		},
		AddAndEditUsers: "users.edit",
		PartnerAdmin:    []string{"contacts.edit.all", "reports.custom", "users.edit"},
	}
}

// salesCatalog is the catalogue of salesDeclaration.
func salesCatalog() *permset.Catalog { return must(permset.NewCatalog(salesDeclaration())) }
