package storage_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// A change writes records and covers them with an event. Its commit is one
// revision, which every snapshot shows whole or not at all.
func Example() {
	ctx := context.Background()
	var store storage.Store = memdb.New()
	defer store.Close()

	before := store.Snapshot()
	revision, err := store.Update(ctx, func(tx storage.Tx) error {
		// This function may run more than once: it acts through tx alone.
		if err := tx.Put(relationship.Client{ID: "lumen", Name: "Lumen AG"}); err != nil {
			return err
		}
		return tx.Log(relationship.Event{
			Change: "AddClient", Actor: relationship.Actor{Kind: relationship.ByHost},
			At: time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC),
		})
	})
	fmt.Println("revision", revision, err)

	client, found := storage.Get[relationship.Client](store.Snapshot(), relationship.ClientKey("lumen"))
	fmt.Println(client.Summary(), found)
	_, found = storage.Get[relationship.Client](before, relationship.ClientKey("lumen"))
	fmt.Println("in the snapshot from before:", found)
	// Output:
	// revision 1 <nil>
	// Lumen AG, open true
	// in the snapshot from before: false
}

// There is no silent write: what no event covers is refused as a whole.
func ExampleTx() {
	store := memdb.New()
	defer store.Close()
	_, err := store.Update(context.Background(), func(tx storage.Tx) error {
		return tx.Put(relationship.Client{ID: "lumen", Name: "Lumen AG"})
	})
	fmt.Println(errors.Is(err, storage.ErrUnlogged), store.Snapshot().Revision())
	// Output:
	// true 0
}

// A follower reads the commits behind the revision it knows, one after the
// other and without a gap. Each holds the hash of the one before it.
func ExampleStore() {
	ctx := context.Background()
	store := memdb.New()
	defer store.Close()
	for _, name := range []string{"Lumen", "Lumen AG"} {
		_, err := store.Update(ctx, func(tx storage.Tx) error {
			return errors.Join(tx.Put(relationship.Client{ID: "lumen", Name: name}), tx.Log(relationship.Event{
				Change: "NameClient", Actor: relationship.Actor{Kind: relationship.ByHost}, Reason: "as in the register",
			}))
		})
		if err != nil {
			fmt.Println(err)
		}
	}
	var chain relationship.Digest
	for commit, err := range store.Changes(ctx, 0) {
		if err != nil {
			fmt.Println(err)
			break
		}
		for _, event := range commit.Events {
			for _, line := range event.Lines {
				fmt.Println(commit.Revision, event.Change, line.Key(), "->", line.After.Summary())
			}
		}
		sealed, err := storage.Seal(chain, commit)
		fmt.Println(sealed == commit.Chain, err)
		chain = commit.Chain
	}
	// Output:
	// 1 NameClient client "lumen" -> Lumen, open
	// true <nil>
	// 2 NameClient client "lumen" -> Lumen AG, open
	// true <nil>
}

// A preview runs upon a snapshot and is never committed.
func ExampleSnapshot() {
	store := memdb.New()
	defer store.Close()
	draft := store.Snapshot().Draft()
	err := draft.Put(relationship.Client{ID: "lumen", Name: "Lumen AG"})
	for _, line := range draft.Changed() {
		fmt.Println("would add", line.Key(), err)
	}
	fmt.Println("revision", store.Snapshot().Revision())
	// Output:
	// would add client "lumen" <nil>
	// revision 0
}

// A conflict names the record that was refused, and the one that has the
// value.
func ExampleConflictError() {
	store := memdb.New()
	defer store.Close()
	_, err := store.Update(context.Background(), func(tx storage.Tx) error {
		for _, id := range []relationship.UserID{"ann", "anna"} {
			user, err := relationship.NewUser(id, "Ann", "ann@northwind.example", relationship.Digest{1})
			if err != nil {
				return err
			}
			if err := tx.Put(user); err != nil {
				return err
			}
		}
		return nil
	})
	var conflict *storage.ConflictError
	if errors.As(err, &conflict) {
		fmt.Println(conflict.Holder, "has it, so not", conflict.Key)
	}
	// Output:
	// user "ann" has it, so not user "anna"
}
