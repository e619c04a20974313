package access_test

import (
	"fmt"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
)

// example stands in for the *testing.T that an example does not have: what
// goes wrong stops it.
type example struct{}

func (example) Helper() {}

func (example) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// world is the small agency in which the examples play. The partner is
// Northwind ("northwind", northwind.example); ann is its super admin. The
// client is Lumen ("lumen"); carla and sven are its super admins, and ann is
// partner admin there.
func world(options ...accesstest.Option) *accesstest.World {
	return accesstest.New(example{}, options...)
}

// withHarbor adds a second client to the world, "harbor", whose only super
// admin is olga. Northwind does not serve it yet.
func withHarbor(w *accesstest.World) *accesstest.World {
	w.User("olga", "harbor.example")
	w.Do(access.Host(), access.CreateClient{ID: "harbor", Name: "Harbor Hotels", SuperAdmin: "olga"})
	return w
}
