package memdb_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// A store is made with New, and is empty. The clients of a partner come in
// order, page by page.
func Example() {
	store := memdb.New()
	defer store.Close()
	_, err := store.Update(context.Background(), func(tx storage.Tx) error {
		for _, client := range []relationship.ClientID{"lumen", "aster", "harbor"} {
			if err := tx.Put(relationship.Terms{Client: client, Partner: "northwind"}); err != nil {
				return err
			}
		}
		return tx.Log(relationship.Event{Change: "SetTerms", Actor: relationship.Actor{Kind: relationship.ByHost}})
	})
	fmt.Println("revision", store.Snapshot().Revision(), err)

	state := store.Snapshot()
	for after, more := "", true; more; {
		more = false
		for terms := range storage.As[relationship.Terms](state.Reverse(relationship.KindTerms, "northwind", after)) {
			if more {
				fmt.Println("-- next page")
				break
			}
			fmt.Println(terms.Client)
			after, more = string(terms.Client), true
		}
	}
	// Output:
	// revision 1 <nil>
	// aster
	// -- next page
	// harbor
	// -- next page
	// lumen
}

// Readers that are held stay good, also when the store is closed.
func ExampleStore_Close() {
	store := memdb.New()
	_, err := store.Update(context.Background(), func(tx storage.Tx) error {
		return errors.Join(tx.Put(relationship.Client{ID: "lumen", Name: "Lumen AG"}),
			tx.Log(relationship.Event{Change: "AddClient", Actor: relationship.Actor{Kind: relationship.ByHost}}))
	})
	fmt.Println(err)
	held := store.Snapshot()
	fmt.Println(store.Close())
	_, err = store.Update(context.Background(), func(storage.Tx) error { return nil })
	fmt.Println(err)
	_, found := held.Get(relationship.ClientKey("lumen"))
	fmt.Println(found)
	// Output:
	// <nil>
	// <nil>
	// store is closed
	// true
}
