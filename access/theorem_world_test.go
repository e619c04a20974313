package access_test

import (
	"fmt"
	"sync"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// The stage on which the theorem is played: a small catalogue with every mark,
// two partners, two clients and a dozen people, most of whom are in somebody's
// way.

// theoremCatalog has a few permissions that partner admins are given, and a
// few that only a client's super admin can have conferred, so that a leak
// shows.
var theoremCatalog = sync.OnceValue(func() *permset.Catalog {
	catalog, err := permset.NewCatalog(theoremDeclaration())
	if err != nil {
		panic(err)
	}
	return catalog
})

func theoremDeclaration() permset.Declaration {
	declare := func(name string, marks permset.Mark, implies ...string) permset.Declared {
		return permset.Declared{Name: name, Title: name, Group: "all", Marks: marks, Implies: implies}
	}
	return permset.Declaration{
		Permissions: []permset.Declared{
			declare("contacts.view", 0),
			declare("contacts.edit", 0, "contacts.view"),
			declare("contacts.export", 0, "contacts.view"),
			declare("deals.view", 0),
			declare("deals.edit", 0, "deals.view"),
			declare("flows.edit", 0, "contacts.edit", "deals.view"),
			declare("reports.view", 0),
			declare("reports.create", permset.Paid, "reports.view"),
			declare("users.edit", 0),
			declare("billing.view", permset.Billing),
			declare("billing.edit", permset.Billing, "billing.view"),
			declare("owners.edit", permset.SuperAdminOnly),
			declare("provisioning", permset.NeverManaged),
		},
		AddAndEditUsers: "users.edit",
		PartnerAdmin:    []string{"contacts.edit", "deals.edit", "reports.create", "users.edit"},
	}
}

// The cast. northwind is ann's and harbour is pia's. All employees but eve have
// Client Access Manager access at the start.
var (
	theoremPartners = []relationship.PartnerID{"northwind", "harbour"}
	theoremClients  = []relationship.ClientID{"lumen", "onyx"}

	// theoremEmployees are the employees at the start. dan works for both
	// partners, sven is super admin of both clients; bob, cyd, dan, eve, quin
	// and rex are own users of a client. cyd and eve are not verified.
	theoremEmployees = map[relationship.PartnerID][]relationship.UserID{
		"northwind": {"ann", "bob", "cyd", "dan", "eve", "sven"},
		"harbour":   {"pia", "quin", "dan", "rex"},
	}
	theoremUsers = []relationship.UserID{
		"ann", "bob", "cyd", "dan", "eve", "sven", "pia", "quin", "rex", "carla", "otto", "olga",
	}
	theoremAddresses = []string{
		"ann@northwind.example", "bob@northwind.example", "cyd@mail.example", "dan@northwind.example",
		"eve@mail.example", "sven@northwind.example", "pia@harbour.example", "quin@harbour.example",
		"rex@harbour.example", "carla@lumen.example", "otto@onyx.example", "olga@mail.example",
	}
	theoremTemplates = map[string][]string{
		"light": {"contacts.view"},
		"sales": {"contacts.export", "deals.edit", "billing.view"},
		"all": {"flows.edit", "contacts.export", "deals.edit", "reports.create", "users.edit", "billing.edit",
			"owners.edit", "provisioning"},
	}
)

// theoremStage is one world with the access links that were issued in it.
type theoremStage struct {
	*accesstest.World
	mu     sync.Mutex
	links  map[int]relationship.Secret // by the number of the act that issued it
	issued []int                       // these numbers, in order
}

// theoremLoud turns a failure on the way into a panic: sequences are played outside
// the test's own goroutine, and thousands of worlds need no cleaning up.
type theoremLoud struct{}

func (theoremLoud) Helper() {}

func (theoremLoud) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// newTheoremStage makes a world in which nobody is let in yet.
func newTheoremStage() *theoremStage {
	w := accesstest.New(theoremLoud{}, accesstest.Empty(), accesstest.WithCatalog(theoremCatalog()))
	var people access.All
	for i, user := range theoremUsers {
		people = append(people, access.AddUser{ID: user, Name: string(user), Email: theoremAddresses[i]})
	}
	w.Do(access.Host(), append(people,
		access.CreatePartner{ID: "northwind", Name: "Northwind", Kind: relationship.SolutionsPartner,
			Domains: []string{"northwind.example"}, SuperAdmin: "ann"},
		access.CreatePartner{ID: "harbour", Name: "Harbour", Kind: relationship.Provider,
			Domains: []string{"harbour.example"}, SuperAdmin: "pia"},
		access.CreateClient{ID: "lumen", Name: "Lumen Ltd", SuperAdmin: "carla"},
		access.CreateClient{ID: "onyx", Name: "Onyx AG", SuperAdmin: "otto"},
	))
	for _, partner := range theoremPartners {
		employees := theoremEmployees[partner]
		var all access.All
		for i, employee := range employees[1:] {
			kind := []relationship.EmployeeKind{relationship.Staff, relationship.Contractor}[i%2]
			manages := employee != "eve"
			all = append(all, access.AddEmployee{Employee: employee, Kind: kind, View: manages, Edit: manages})
		}
		for name, permissions := range theoremTemplates {
			all = append(all, access.MakeTemplate{Name: name, Permissions: permissions})
		}
		w.Do(access.By(employees[0]).At(partner), all)
	}
	w.Do(access.By("carla"), access.All{
		access.AddMember{Client: "lumen", User: "sven"},
		access.MakeSuperAdmin{Client: "lumen", User: "sven"},
		access.AddMember{Client: "lumen", User: "olga", Permissions: []string{"users.edit", "contacts.view", "deals.edit"}},
		access.AddMember{Client: "lumen", User: "eve", Permissions: []string{"users.edit", "contacts.export"}},
		access.AddMember{Client: "lumen", User: "bob", Permissions: []string{"contacts.export"}},
		access.AddMember{Client: "lumen", User: "rex", Permissions: []string{"flows.edit", "provisioning", "billing.view"}},
	})
	w.Do(access.By("otto"), access.All{
		access.AddMember{Client: "onyx", User: "sven"},
		access.MakeSuperAdmin{Client: "onyx", User: "sven"},
		access.AddMember{Client: "onyx", User: "olga", Permissions: []string{"users.edit", "reports.create"}},
		access.AddMember{Client: "onyx", User: "cyd", Permissions: []string{"flows.edit", "contacts.export"}},
		access.AddMember{Client: "onyx", User: "quin", Permissions: []string{"flows.edit"}},
		access.AddMember{Client: "onyx", User: "dan", Permissions: []string{"contacts.export", "users.edit"}},
	})
	return &theoremStage{World: w, links: map[int]relationship.Secret{}}
}

// theoremMember reads a membership from a state; the zero value is none.
func theoremMember(r storage.Reader, client relationship.ClientID, user relationship.UserID) relationship.Member {
	member, _ := storage.Get[relationship.Member](r, relationship.MemberKey(client, user))
	return member
}
