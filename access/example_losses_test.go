package access_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// A host ends sessions when their user can no longer use anything in the
// client. It keeps the revision up to which it has done so, and begins again
// there.
func ExampleManager_Losses() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own", "reports.view")
	w.User("uma", "lumen.example")
	w.Do(access.By("carla"), access.AddMember{Client: "lumen", User: "uma", Permissions: []string{"tickets.view.own"}})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	kept := w.Store.Snapshot().Revision()

	w.Do(access.By("carla"), access.SetCeiling{Client: "lumen", Partner: "northwind", Permissions: []string{"tickets.view.own"}})
	w.Do(access.By("carla"), access.SetMemberEnd{Client: "lumen", User: "uma", End: w.Clock.Now().Add(time.Hour)})
	w.Clock.Turn(2 * time.Hour) // and nobody changes anything

	for losses, err := range w.Manager.Losses(ctx, access.Host(), kept) {
		if err != nil {
			fmt.Println(err)
			break
		}
		for _, loss := range losses.Lost {
			fmt.Println(losses.At.Format(time.TimeOnly), loss)
			if loss.All {
				fmt.Println("         ending the sessions of", loss.User)
			}
			if loss.User == "uma" {
				cancel() // enough for an example
			}
		}
		kept = losses.Revision
	}
	fmt.Println("up to the newest revision:", kept == w.Store.Snapshot().Revision())
	// Output:
	// 09:00:00 "ann" in "lumen" lost 219 permissions
	// 09:00:00 "bob" in "lumen" lost reports.view
	// 10:00:00 "uma" in "lumen" lost everything: tickets.view.own
	//          ending the sessions of uma
	// context canceled
	// up to the newest revision: true
}

// When the log no longer reaches back so far, the host takes the newest
// revision, asks about every session that is open, and follows from there.
func ExampleManager_Losses_compacted() {
	w := world()
	w.AddEmployee("bob", "support", "tickets.view.own")
	kept := w.Store.Snapshot().Revision()
	sessions := map[relationship.UserID]relationship.ClientID{"ann": "lumen", "bob": "lumen"}

	// The host was away for long.
	w.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "bob"})
	if err := w.Store.Trim(context.Background(), w.Store.Snapshot().Revision()); err != nil {
		fmt.Println(err)
	}

	for _, err := range w.Manager.Losses(context.Background(), access.Host(), kept) {
		if errors.Is(err, storage.ErrCompacted) {
			kept = w.Store.Snapshot().Revision() // first this, then the questions
			for user, client := range sessions {
				if w.Manager.Permissions(user, client).IsEmpty() {
					fmt.Println("ending the session of", user)
					delete(sessions, user)
				}
			}
		}
		break
	}
	fmt.Println("following behind the newest revision:", kept == w.Store.Snapshot().Revision())
	// Output:
	// ending the session of bob
	// following behind the newest revision: true
}
