package access_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// smallDeclaration is a catalogue with every mark, and with implications, that
// is small enough to ask about everything after every step.
func smallDeclaration() permset.Declaration {
	p := func(name string, marks permset.Mark, implies ...string) permset.Declared {
		return permset.Declared{Name: name, Title: "T", Group: "G", Marks: marks, Implies: implies}
	}
	return permset.Declaration{
		Permissions: []permset.Declared{
			p("notes.view", 0), p("notes.edit", 0, "notes.view"), p("notes.delete", 0, "notes.edit"),
			p("reports.view", 0), p("reports.build", permset.Paid, "reports.view"),
			p("bills.view", permset.Billing), p("bills.pay", permset.Billing|permset.Paid, "bills.view"),
			p("users.view", 0), p("users.edit", 0, "users.view"),
			p("users.provision", permset.NeverManaged, "users.edit"),
			p("vault.open", permset.NeverManaged|permset.Paid),
			p("partners.manage", permset.SuperAdminOnly),
			p("admins.manage", permset.SuperAdminOnly|permset.NeverManaged, "users.edit"),
			p("backups.restore", permset.SuperAdminOnly|permset.Paid),
		},
		AddAndEditUsers: "users.edit",
		PartnerAdmin:    []string{"notes.delete", "reports.build", "users.edit"},
	}
}

var smallCatalog = sync.OnceValue(func() *permset.Catalog {
	catalog, err := permset.NewCatalog(smallDeclaration())
	if err != nil {
		panic(err)
	}
	return catalog
})

// Who and what there is in a random world: two partners, two clients, and
// people of which one works for both partners.
var (
	randomPartners = []relationship.PartnerID{"north", "south"}
	randomClients  = []relationship.ClientID{"alpha", "beta"}
	randomUsers    = []relationship.UserID{
		"nora", "ned", "nick", "sam", "sue", "both", "carla", "dora", "olga", "otto",
	}
	// asked besides are a user and a client who do not exist.
	askedUsers   = append(slices.Clone(randomUsers), "nobody")
	askedClients = append(slices.Clone(randomClients), "nowhere")
)

// randomWorld is a world in which random actors make random changes while
// time goes on in random steps.
type randomWorld struct {
	t       testing.TB
	random  *rand.Rand
	store   storage.Store
	clock   *accesstest.Clock
	manager *access.Manager
	links   []access.IssuedLink
	done    int
	// told, if not nil, is called with what became of each call.
	told func(call access.Call, what string, result any, err error)
}

func newRandomWorld(t testing.TB, seed uint64) *randomWorld {
	return newRandomWorldOn(t, seed, memdb.New())
}

func newRandomWorldOn(t testing.TB, seed uint64, store storage.Store) *randomWorld {
	w := &randomWorld{
		t: t, random: rand.New(rand.NewPCG(seed, 1)), store: store, clock: accesstest.NewClock(accesstest.Start),
	}
	var err error
	secrets := rand.NewChaCha8([32]byte(binary.BigEndian.AppendUint64(make([]byte, 24), seed)))
	w.manager, err = access.Open(context.Background(), w.store, access.Options{
		Catalog: smallCatalog(), Clock: w.clock.Now, Random: secrets, MaxStaleness: time.Minute,
	})
	require.NoError(t, err)
	for _, user := range randomUsers {
		w.must(access.Host(), access.AddUser{ID: user, Name: "U", Email: string(user) + "@" + w.domainOf(user)})
	}
	w.must(access.Host(), access.CreatePartner{
		ID: "north", Name: "North", Kind: relationship.SolutionsPartner, Domains: []string{"north.example"}, SuperAdmin: "nora",
	})
	w.must(access.Host(), access.CreatePartner{
		ID: "south", Name: "South", Kind: relationship.Provider, Domains: []string{"south.example"}, SuperAdmin: "sam",
	})
	for _, employee := range []struct {
		by, user relationship.UserID
	}{{"nora", "ned"}, {"nora", "nick"}, {"nora", "both"}, {"sam", "sue"}, {"sam", "both"}} {
		w.must(access.By(employee.by), access.AddEmployee{
			Employee: employee.user, Kind: relationship.Staff, View: true, Edit: w.chance(2),
		})
	}
	for _, by := range []relationship.UserID{"nora", "sam"} {
		w.must(access.By(by), access.MakeTemplate{Name: "one", Permissions: w.permissions()})
		w.must(access.By(by), access.MakeTemplate{Name: "two", Permissions: w.permissions()})
	}
	w.must(access.Host(), access.CreateClient{ID: "alpha", Name: "Alpha", SuperAdmin: "carla"})
	w.must(access.Host(), access.CreateClient{ID: "beta", Name: "Beta", SuperAdmin: "dora"})
	for range 12 {
		w.letIn()
	}
	return w
}

// domainOf gives some of the people an address of a partner.
func (w *randomWorld) domainOf(user relationship.UserID) string {
	switch {
	case user[0] == 'n' && !w.chance(4):
		return "north.example"
	case user[0] == 's' && !w.chance(4):
		return "south.example"
	}
	return oneOf(w, []string{"north.example", "south.example", "home.example", "home.example"})
}

func (w *randomWorld) must(call access.Call, change access.Change) {
	w.t.Helper()
	_, err := w.manager.Do(context.Background(), call, change)
	require.NoErrorf(w.t, err, "%s: %#v", call, change)
}

// letIn has a client let a partner in, and the partner add somebody, as far as
// the rules allow.
func (w *randomWorld) letIn() {
	client, partner := oneOf(w, randomClients), oneOf(w, randomPartners)
	w.try(w.clientSide(client), access.MakePartnerAdmin{
		Client: client, Partner: partner, Employee: w.employeeOf(partner),
	})
	w.try(w.partnerAdmin(client), access.AddEmployees{
		Client: client, Employees: []relationship.UserID{w.employeeOf(partner)}, Template: w.template(),
	})
}

// try makes a change that may be refused.
func (w *randomWorld) try(call access.Call, change access.Change) bool {
	result, err := w.manager.Do(context.Background(), call, change)
	if err == nil {
		w.done++
	}
	w.tell(call, fmt.Sprintf("%T", change), result, err)
	return err == nil
}

func (w *randomWorld) tell(call access.Call, what string, result any, err error) {
	if w.told != nil {
		w.told(call, what, result, err)
	}
}

func oneOf[T any](w *randomWorld, list []T) T { return list[w.random.IntN(len(list))] }

// chance is true once in so many times.
func (w *randomWorld) chance(in int) bool { return w.random.IntN(in) == 0 }

func (w *randomWorld) permissions() []string {
	var names []string
	for p := range smallCatalog().Permissions() {
		if w.chance(2) {
			names = append(names, p.Name())
		}
	}
	return names
}

func (w *randomWorld) template() string {
	return oneOf(w, []string{"one", "two", relationship.PartnerAdminTemplate})
}

// clientSide is most often a super admin of the client.
func (w *randomWorld) clientSide(client relationship.ClientID) access.Call {
	return access.By(w.memberWith(client, relationship.SuperAdmin).User)
}

// partnerAdmin is most often a partner admin of the client.
func (w *randomWorld) partnerAdmin(client relationship.ClientID) access.Call {
	admin := w.memberWith(client, relationship.PartnerAdmin)
	return access.By(admin.User).At(admin.Manager)
}

// partnerSide is most often a super admin of a partner.
func (w *randomWorld) partnerSide() access.Call {
	employees := everyRecord[relationship.Employee](w.store.Snapshot(), relationship.KindEmployee)
	w.shuffle(len(employees), func(i, j int) { employees[i], employees[j] = employees[j], employees[i] })
	for _, employee := range employees {
		if employee.SuperAdmin || w.chance(8) {
			return access.By(employee.User).At(employee.Partner)
		}
	}
	return access.By(oneOf(w, randomUsers)).At(oneOf(w, randomPartners))
}

func (w *randomWorld) memberWith(client relationship.ClientID, role relationship.Role) relationship.Member {
	members := everyRecord[relationship.Member](w.store.Snapshot(), relationship.KindMember)
	w.shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	for _, m := range members {
		if m.Client == client && (m.Role == role || w.chance(12)) {
			return m
		}
	}
	return relationship.Member{Client: client, User: oneOf(w, randomUsers), Manager: oneOf(w, randomPartners)}
}

// employeeOf is most often an employee of the partner.
func (w *randomWorld) employeeOf(partner relationship.PartnerID) relationship.UserID {
	employees := everyRecord[relationship.Employee](w.store.Snapshot(), relationship.KindEmployee)
	w.shuffle(len(employees), func(i, j int) { employees[i], employees[j] = employees[j], employees[i] })
	for _, employee := range employees {
		if employee.Partner == partner || w.chance(12) {
			return employee.User
		}
	}
	return oneOf(w, randomUsers)
}

// someone is anybody, or a managed member of the client.
func (w *randomWorld) someone(client relationship.ClientID) relationship.UserID {
	if w.chance(2) {
		return oneOf(w, randomUsers)
	}
	return w.memberWith(client, oneOf(w, []relationship.Role{relationship.Standard, relationship.PartnerAdmin})).User
}

func (w *randomWorld) shuffle(n int, swap func(i, j int)) { w.random.Shuffle(n, swap) }

// later is an instant to come: mostly a whole second.
func (w *randomWorld) later() time.Time {
	by := oneOf(w, []time.Duration{time.Second, time.Hour, accesstest.Day, 20 * accesstest.Day, 61 * accesstest.Day})
	return w.clock.Now().Add(by + time.Duration(w.random.IntN(2))*700*time.Millisecond)
}

// perhaps is an instant to come, or none.
func (w *randomWorld) perhaps() time.Time {
	if w.chance(2) {
		return time.Time{}
	}
	return w.later()
}
