package storage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// nameLumen makes a store with a client, and two commits.
func nameLumen(names ...string) *memdb.Store {
	store := memdb.New()
	for _, name := range names {
		_, err := store.Update(context.Background(), func(tx storage.Tx) error {
			return errors.Join(tx.Put(relationship.Client{ID: "lumen", Name: name}), tx.Log(relationship.Event{
				Change: "NameClient", Actor: relationship.Actor{Kind: relationship.ByHost},
			}))
		})
		if err != nil {
			fmt.Println(err)
		}
	}
	return store
}

// A store is written as text, and read into another one. A bolt.Journal takes
// the text just as well.
func ExampleDump() {
	ctx := context.Background()
	store := nameLumen("Lumen", "Lumen AG")

	var text bytes.Buffer
	if err := storage.Dump(ctx, store, &text); err != nil {
		fmt.Println(err)
	}
	for line := range strings.Lines(text.String()) {
		fmt.Println(line[:strings.IndexByte(line, ':')+1], "…")
	}

	other := memdb.New()
	if err := storage.Restore(ctx, other, &text); err != nil {
		fmt.Println(err)
	}
	fmt.Println("revision", other.Snapshot().Revision(), "of the same store:", other.ID() == store.ID())
	// Output:
	// {"clientaccess": …
	// {"commit": …
	// {"commit": …
	// {"end": …
	// revision 2 of the same store: true
}

// A text without a history, as a program writes it.
func ExampleRestore() {
	const text = `{"clientaccess":{"dump":1}}
{"checkpoint":{"revision":1,"at":"2026-03-02T09:00:00Z"}}
{"record":{"kind":"user","body":{"id":"ann","name":"Ann Abel","email":"ann@northwind.example"}}}
{"record":{"kind":"client","body":{"id":"lumen","name":"Lumen AG","superAdmins":0}}}
{"end":{"records":2,"commits":0,"notes":0}}
`
	store := memdb.New()
	fmt.Println(storage.Restore(context.Background(), store, strings.NewReader(text)))
	ann, _ := storage.Get[relationship.User](store.Snapshot(), relationship.UserKey("ann"))
	fmt.Println(ann.Summary())

	cut := strings.Join(strings.SplitAfter(text, "\n")[:3], "")
	fmt.Println(storage.Restore(context.Background(), memdb.New(), strings.NewReader(cut)))
	// Output:
	// <nil>
	// Ann Abel <ann@northwind.example>
	// restore: line 3: corrupt: the end is missing
}

// The log forgets its beginning. The checkpoint stands for it; a reader who has
// not come so far is told.
func ExampleStore_trim() {
	ctx := context.Background()
	store := nameLumen("Lumen", "Lumen AG", "Lumen Group")
	if err := store.Trim(ctx, 2); err != nil {
		fmt.Println(err)
	}
	for _, err := range store.Changes(ctx, 1) {
		fmt.Println("behind 1:", err)
	}
	for commit, err := range store.Changes(ctx, 2) {
		fmt.Println("behind 2: commit", commit.Revision, err)
	}
	then, err := storage.Past(ctx, store, store.Snapshot(), 2)
	if err != nil {
		fmt.Println(err)
	}
	lumen, _ := storage.Get[relationship.Client](then, relationship.ClientKey("lumen"))
	fmt.Println("at revision 2 it was called", lumen.Name)
	// Output:
	// behind 1: compacted
	// behind 2: commit 3 <nil>
	// at revision 2 it was called Lumen AG
}
