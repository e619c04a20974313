package bolt_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/storage/bolt"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// A service opens its file at the start, and finds what it had stored.
func ExampleOpen() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "clientaccess")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()

	for range 2 { // the second time it is a restart
		journal, err := bolt.Open(filepath.Join(folder, "access.db"))
		if err != nil {
			fmt.Println(err)
			return
		}
		store, err := memdb.Open(ctx, journal)
		if err != nil {
			fmt.Println(err)
			return
		}
		m, err := access.Open(ctx, store, access.Options{Catalog: crm.Catalog()})
		if err != nil {
			fmt.Println(err)
			return
		}
		_, err = m.Do(ctx, access.Host(), access.AddUser{ID: "ann", Name: "Ann", Email: "ann@northwind.example"})
		fmt.Println("added:", err == nil, "users:", m.Stats().Records["user"])
		if err := store.Close(); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// added: true users: 1
	// added: false users: 1
}
