package access_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// A Manager stands over a store; it needs a catalogue, and nothing else.
func ExampleOpen() {
	manager, err := access.Open(context.Background(), memdb.New(), access.Options{Catalog: crm.Catalog()})
	if err != nil {
		panic(err)
	}
	fmt.Println(manager.CheckName("ann", "lumen", "reports.view"))
	// Output: refused: unknown client
}

// A product declares its own catalogue.
func ExampleOptions() {
	catalog, err := permset.NewCatalog(permset.Declaration{
		Permissions: []permset.Declared{
			{Name: "books.view", Title: "View the books", Group: "Books"},
			{Name: "books.edit", Title: "Keep the books", Group: "Books", Implies: []string{"books.view"}},
			{Name: "users.edit", Title: "Add and edit users", Group: "Account"},
		},
		AddAndEditUsers: "users.edit",
		PartnerAdmin:    []string{"books.edit", "users.edit"},
	})
	if err != nil {
		panic(err)
	}
	manager, err := access.Open(context.Background(), memdb.New(), access.Options{
		Catalog:  catalog,
		LinkLife: 7 * accesstest.Day, // access links are good for a week
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(manager.Catalog().Groups())
	// Output: [Books Account]
}

// A later version of the program brings another catalogue, in which viewing
// reports lets people export them as well. As Bob would gain by it, it is
// refused (PSET-5).
func ExampleWidensError() {
	w := world()
	w.AddEmployee("bob", "reports", "reports.view")
	declaration := crm.Declaration()
	for i, p := range declaration.Permissions {
		switch p.Name {
		case "reports.export":
			declaration.Permissions[i].Implies = nil
		case "reports.view":
			declaration.Permissions[i].Implies = []string{"reports.export"}
		}
	}
	catalog, err := permset.NewCatalog(declaration)
	if err != nil {
		panic(err)
	}

	_, err = access.Open(context.Background(), w.Store, access.Options{Catalog: catalog, Clock: w.Clock.Now})
	var widens *access.WidensError
	if errors.As(err, &widens) {
		for _, gain := range widens.Gains {
			fmt.Println(gain.Key, "would gain", gain.Names)
		}
	}
	// Output:
	// member "lumen" "bob" would gain reports.export
	// template "northwind" "reports" would gain reports.export
}
