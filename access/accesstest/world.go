package accesstest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// T is what a World needs of a test: *testing.T, *testing.B, *testing.F and
// *rapid.T all fit.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
}

// The people and organisations of a new World. Northwind is a solutions
// partner with the domain northwind.example; ann is its super admin, and
// partner admin of Lumen, where carla is super admin. sven is a second super
// admin there.
const (
	Partner     relationship.PartnerID = "northwind"
	Admin       relationship.UserID    = "ann"
	Client      relationship.ClientID  = "lumen"
	SuperAdmin  relationship.UserID    = "carla"
	SuperAdmin2 relationship.UserID    = "sven"
)

// World is a manager with everything around it that a test wants to touch.
// It may be used from many goroutines as far as its fields may.
type World struct {
	T       T
	Manager *access.Manager
	Store   storage.Store
	Clock   *Clock
	Catalog *permset.Catalog
	// Link is the access link by which the client let the partner in.
	Link access.IssuedLink
}

// Option changes what a World is made of.
type Option func(*settings)

type settings struct {
	store   storage.Store
	options access.Options
	empty   bool
}

// WithStore makes the world upon a store of the test's own.
func WithStore(store storage.Store) Option { return func(s *settings) { s.store = store } }

// WithCatalog makes the world with another catalogue.
func WithCatalog(catalog *permset.Catalog) Option {
	return func(s *settings) { s.options.Catalog = catalog }
}

// WithAssets makes the world with somebody who knows who owns what.
func WithAssets(assets access.Assets) Option { return func(s *settings) { s.options.Assets = assets } }

// WithLogger makes the world with a logger.
func WithLogger(logger *slog.Logger) Option { return func(s *settings) { s.options.Logger = logger } }

// Empty makes a world without people: a manager, a store and a clock.
func Empty() Option { return func(s *settings) { s.empty = true } }

// New makes a world. What fails on the way fails the test.
func New(t T, options ...Option) *World {
	t.Helper()
	clock := NewClock(Start)
	s := settings{options: access.Options{Catalog: crm.Catalog(), Clock: clock.Now}}
	for _, option := range options {
		option(&s)
	}
	if s.store == nil {
		s.store = memdb.New()
	}
	manager, err := access.Open(context.Background(), s.store, s.options)
	if err != nil {
		t.Fatalf("accesstest: %v", err)
	}
	w := &World{T: t, Manager: manager, Store: s.store, Clock: clock, Catalog: s.options.Catalog}
	if cleaning, can := t.(interface{ Cleanup(func()) }); can {
		cleaning.Cleanup(w.Verify)
	}
	if !s.empty {
		w.settle()
	}
	return w
}

func (w *World) settle() {
	w.T.Helper()
	w.User(Admin, "northwind.example")
	w.User(SuperAdmin, "lumen.example")
	w.User(SuperAdmin2, "lumen.example")
	w.Do(access.Host(), access.CreatePartner{
		ID: Partner, Name: "Northwind", Kind: relationship.SolutionsPartner,
		Domains: []string{"northwind.example"}, SuperAdmin: Admin,
	})
	w.Do(access.Host(), access.CreateClient{ID: Client, Name: "Lumen Ltd", SuperAdmin: SuperAdmin})
	w.Do(access.By(SuperAdmin), access.AddMember{Client: Client, User: SuperAdmin2})
	w.Do(access.By(SuperAdmin), access.MakeSuperAdmin{Client: Client, User: SuperAdmin2})
	w.Link = w.Issue(access.By(Admin), Admin)
	w.Do(access.By(SuperAdmin), access.ApproveLink{Client: Client, Secret: w.Link.Secret})
}

// Do makes a change that has to succeed.
func (w *World) Do(call access.Call, change access.Change) access.Result {
	w.T.Helper()
	result, err := w.Manager.Do(context.Background(), call, change)
	if err != nil {
		w.T.Fatalf("%s: %T: %v", call, change, err)
	}
	return result
}

// Refused makes a change that has to be refused, and returns the error.
func (w *World) Refused(call access.Call, change access.Change) error {
	w.T.Helper()
	before := w.Store.Snapshot().Revision()
	_, err := w.Manager.Do(context.Background(), call, change)
	if err == nil {
		w.T.Fatalf("%s: %T was done, and should have been refused", call, change)
	}
	if after := w.Store.Snapshot().Revision(); after != before {
		w.T.Fatalf("%s: %T was refused, and changed something", call, change)
	}
	return err
}

// Issue issues an access link for an employee. When the environment variable
// CLIENTACCESS_PLANTED_SECRETS names a file, the secret is written there too,
// so that a search of a test run's output can show that none got out.
func (w *World) Issue(call access.Call, employee relationship.UserID) access.IssuedLink {
	w.T.Helper()
	link, err := w.Manager.IssueLink(context.Background(), call, access.IssueLink{Employee: employee})
	if err != nil {
		w.T.Fatalf("%s: issuing a link: %v", call, err)
	}
	w.plant(link.Secret)
	return link
}

func (w *World) plant(secret relationship.Secret) {
	w.T.Helper()
	path := os.Getenv("CLIENTACCESS_PLANTED_SECRETS")
	if path == "" {
		return
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		w.T.Fatalf("accesstest: %v", err)
	}
	parts := strings.Split(secret.Reveal(), "_")
	if _, err := fmt.Fprintf(file, "%s\n%s\n", secret.Reveal(), parts[2]); err != nil {
		w.T.Fatalf("accesstest: %v", err)
	}
	if err := file.Close(); err != nil {
		w.T.Fatalf("accesstest: %v", err)
	}
}

// User makes a user known, with an address in a domain.
func (w *World) User(id relationship.UserID, domain string) {
	w.T.Helper()
	w.Do(access.Host(), access.AddUser{ID: id, Name: "User " + string(id), Email: string(id) + "@" + domain})
}

// Template makes a template of Northwind's.
func (w *World) Template(name string, permissions ...string) {
	w.T.Helper()
	w.Do(access.By(Admin), access.MakeTemplate{Name: name, Permissions: permissions})
}

// Employee makes a user known who works for Northwind, on its staff, with an
// address of its domain.
func (w *World) Employee(id relationship.UserID) {
	w.T.Helper()
	w.User(id, "northwind.example")
	w.Do(access.By(Admin), access.AddEmployee{Employee: id, Kind: relationship.Staff})
}

// AddEmployee makes an employee and adds them to the client, with a template
// of the given name and permissions.
func (w *World) AddEmployee(id relationship.UserID, template string, permissions ...string) access.Result {
	w.T.Helper()
	w.Employee(id)
	w.Template(template, permissions...)
	return w.Do(access.By(Admin), access.AddEmployees{
		Client: Client, Employees: []relationship.UserID{id}, Template: template,
	})
}

// Permission returns a permission of the catalogue by name.
func (w *World) Permission(name string) permset.Permission {
	w.T.Helper()
	permission, known := w.Catalog.Lookup(name)
	if !known {
		w.T.Fatalf("accesstest: the catalogue has no permission %q", name)
	}
	return permission
}

// Member returns a membership as it is stored; the zero value is none.
func (w *World) Member(client relationship.ClientID, user relationship.UserID) relationship.Member {
	member, _ := storage.Get[relationship.Member](w.Store.Snapshot(), relationship.MemberKey(client, user))
	return member
}

// Relationship returns a relationship as it is stored; the zero value is none.
func (w *World) Relationship(partner relationship.PartnerID, client relationship.ClientID) relationship.Relationship {
	r, _ := storage.Get[relationship.Relationship](w.Store.Snapshot(), relationship.RelationshipKey(partner, client))
	return r
}

// Verify fails the test when anything in the world is not as the rules leave
// it. New has it run at the end of the test.
func (w *World) Verify() {
	w.T.Helper()
	if found, err := w.Manager.Verify(context.Background()); err != nil {
		w.T.Fatalf("accesstest: %v\n%s", err, strings.Join(found.Faults, "\n"))
	}
}
