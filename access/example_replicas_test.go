package access_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/storage/memdb"
	"github.com/clientaccess/clientaccess/storage/storagetest"
)

// site is a Manager in another process than the world, with its store.
type site struct {
	*access.Manager
	store *memdb.Store
}

// twoSites are two processes over one database: a world in the one, and a site
// in the other. The database is the one of the test kit, which can lose its newest
// commits.
func twoSites() (*accesstest.World, site, *storagetest.Shared) {
	database := storagetest.NewShared()
	open := func() *memdb.Store {
		store, err := memdb.Open(context.Background(), database.Open())
		if err != nil {
			panic(err)
		}
		return store
	}
	w := world(accesstest.WithStore(open()))
	w.AddEmployee("bob", "support", "tickets.view.own")
	store := open()
	other, err := access.Open(context.Background(), store, access.Options{Catalog: w.Catalog, Clock: w.Clock.Now})
	if err != nil {
		panic(err)
	}
	return w, site{other, store}, database
}

// A request that is served by another process than the one before brings a token
// along, as text, and sees what the one before has done.
func ExampleManager_Token() {
	w, other, _ := twoSites()
	w.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	text := w.Manager.Token().String() // travels with the answer, and with the next request

	token, err := access.ParseToken(text)
	if err != nil {
		fmt.Println(err)
	}
	if err := other.WaitFor(context.Background(), token); err != nil {
		fmt.Println(err)
	}
	fmt.Println(other.CheckName("bob", "lumen", "tickets.view.own"))
	// Output:
	// refused: not a member
}

// The wait ends: with the context, after Options.MaxStaleness, or because there
// is nothing to wait for.
func ExampleManager_WaitFor() {
	w, other, database := twoSites()
	w.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	token := w.Manager.Token()
	fmt.Println(other.WaitFor(context.Background(), token))

	database.Lose(1) // a standby has taken over that never got the newest commit
	fmt.Println(other.store.Refresh(context.Background()))
	fmt.Println(errors.Is(other.WaitFor(context.Background(), token), access.ErrLostTail))
	fmt.Println(other.WaitFor(context.Background(), world().Manager.Token()))
	// Output:
	// <nil>
	// <nil>
	// true
	// the token is of another store
}

// An answer says how old it may be. Past Options.MaxStaleness it is a refusal.
func ExampleManager_Staleness() {
	_, other, _ := twoSites()
	fmt.Println("less than a minute:", other.Staleness() < time.Minute)
	d := other.CheckName("bob", "lumen", "tickets.view.own")
	fmt.Println(d, d.Staleness() < time.Minute)
	fmt.Println("on a store of its own:", world().Manager.Staleness())
	// Output:
	// less than a minute: true
	// allowed true
	// on a store of its own: 0s
}

// The database has lost a commit that took Bob's access away. In the process that
// had seen it, it stays taken; the host sees what was lost.
func ExampleManager_LostTails() {
	w, other, database := twoSites()
	w.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	fmt.Println(other.WaitFor(context.Background(), w.Manager.Token()))
	database.Lose(1)
	fmt.Println(other.store.Refresh(context.Background())) // or its next look

	fmt.Println(other.CheckName("bob", "lumen", "tickets.view.own"))
	tails, err := other.LostTails(access.Host())
	if err != nil {
		fmt.Println(err)
	}
	for _, tail := range tails {
		fmt.Println(len(tail.Commits), "lost,", tail.Held, "held")
		for _, commit := range tail.Commits {
			for _, event := range commit.Events {
				fmt.Println(event.Change, "by", event.Actor.User)
			}
		}
	}
	// Output:
	// <nil>
	// <nil>
	// refused: taken by a commit that was lost
	// 1 lost, 1 held
	// RemoveEmployee by ann
}

// The host makes the lost revocations again, or lets them go, and acknowledges.
func ExampleManager_AcknowledgeLost() {
	ctx := context.Background()
	w, other, database := twoSites()
	w.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	fmt.Println(other.WaitFor(ctx, w.Manager.Token()))
	database.Lose(1)
	fmt.Println(other.store.Refresh(ctx))

	if _, err := other.Do(ctx, access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true}); err != nil {
		fmt.Println(err)
	}
	tails, _ := other.LostTails(access.Host())
	for _, tail := range tails {
		fmt.Println("acknowledged:", other.AcknowledgeLost(access.Host(), tail.Number) == nil)
	}
	fmt.Println(other.CheckName("bob", "lumen", "tickets.view.own"))
	// Output:
	// <nil>
	// <nil>
	// acknowledged: true
	// refused: not a member
}
