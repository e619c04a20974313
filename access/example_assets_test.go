package access_test

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
)

// workflows are all that the host knows to be owned by somebody.
type workflows []access.Asset

func (all workflows) OwnedAt(_ context.Context, places []access.Place) ([]access.Asset, error) {
	var owned []access.Asset
	for _, asset := range all {
		if slices.Contains(places, asset.Place) {
			owned = append(owned, asset)
		}
	}
	return owned, nil
}

// A review of a removal shows what is owned there (OFF-6). What becomes of it
// is the host's business.
func ExampleAssets() {
	w := world(accesstest.WithAssets(workflows{
		{Place: access.Place{Client: "lumen", User: "bob"}, ID: "17", Type: "workflow", Name: "Welcome mails"},
		{Place: access.Place{Client: "lumen", User: "carla"}, ID: "3", Type: "workflow", Name: "Invoices"},
	}))
	w.AddEmployee("bob", "support", "tickets.view.own")
	plan, err := w.Manager.Plan(context.Background(), access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	if err != nil {
		panic(err)
	}
	for _, m := range plan.Members {
		fmt.Println(m.Place, "owns", m.Assets)
	}
	// Output: "bob" in "lumen" owns [workflow "17" "Welcome mails"]
}

// unreachable is a host whose own service does not answer.
type unreachable struct{}

func (unreachable) OwnedAt(context.Context, []access.Place) ([]access.Asset, error) {
	return nil, errors.New("workflow service: timeout")
}

// Nobody is removed while it is not known what they own.
func ExampleAssets_unreachable() {
	w := world(accesstest.WithAssets(unreachable{}))
	w.AddEmployee("bob", "support", "tickets.view.own")
	err := w.Refused(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	fmt.Println(errors.Is(err, access.ErrAssets))
	fmt.Println(err)
	// Output:
	// true
	// assets could not be read: workflow service: timeout (OFF-6)
}
