package access_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

// The host imports an agency from another system, and hears of every row what
// became of it (ORG-4). Some rows are not as they should be: they are refused,
// and harm no other.
func ExampleManager_Import() {
	w := world(accesstest.Empty())
	rows := []access.ImportRow{
		access.ImportUser{ID: "ann", Name: "Ann", Email: "ann@northwind.example"},
		access.ImportUser{ID: "bob", Name: "Bob", Email: "bob@northwind.example"},
		access.ImportUser{ID: "carla", Name: "Carla", Email: "carla@lumen.example"},
		access.ImportUser{ID: "carlo", Name: "Carlo", Email: "carla@lumen.example"},
		access.ImportPartner{
			ID: "northwind", Name: "Northwind", Kind: relationship.SolutionsPartner,
			Domains: []string{"northwind.example"}, SuperAdmin: "ann",
		},
		access.ImportEmployee{Partner: "northwind", User: "bob", Kind: relationship.Staff},
		access.ImportClient{ID: "lumen", Name: "Lumen Ltd", SuperAdmin: "carla"},
		access.ImportMember{
			Client: "lumen", User: "ann", Partner: "northwind", Role: relationship.PartnerAdmin,
			Permissions: []string{crm.ContactsViewAll, crm.AccountAppsManageUsers},
			Since:       accesstest.Start.AddDate(-3, 0, 0),
		},
		access.ImportMember{
			Client: "lumen", User: "bob", Partner: "northwind", Role: relationship.Standard,
			Permissions: []string{"contacts.veiw.all"},
		},
		access.ImportRelationship{Partner: "northwind", Client: "lumen", ClientName: "Lumen (retainer)"},
	}
	counts, err := w.Manager.Import(context.Background(), access.Host(), slices.Values(rows), func(o access.ImportedRow) {
		fmt.Println(o)
	})
	fmt.Println(counts, err)
	fmt.Println("ann:", w.Manager.CheckName("ann", "lumen", "contacts.view.all"))

	// Importing changes nothing that is there, so it can be done again.
	rows[3] = access.ImportUser{ID: "carlo", Name: "Carlo", Email: "carlo@lumen.example"}
	counts, err = w.Manager.Import(context.Background(), access.Host(), slices.Values(rows), nil)
	fmt.Println(counts, err)
	// Output:
	// row 0: applied
	// row 1: applied
	// row 2: applied
	// row 3: refused: exists already (ORG-1): conflict: user "carlo": the e-mail address belongs to user "carla"
	// row 4: applied
	// row 5: applied
	// row 6: applied
	// row 7: applied; withheld: account.apps.manage-users
	// row 8: refused: unknown permission: permset: not in the catalogue: "contacts.veiw.all" (ASK-4)
	// row 9: applied
	// 8 applied, 0 unchanged, 2 refused, 0 not attempted <nil>
	// ann: allowed
	// 1 applied, 8 unchanged, 1 refused, 0 not attempted <nil>
}
