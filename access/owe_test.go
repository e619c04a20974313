package access_test

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// office is a play in which every change there is can be made: see deeds.
func office(t *testing.T) cast {
	host := &inventory{owned: []access.Asset{newsletter, quarter, prospects, welcome}}
	c := newCast(t, accesstest.WithAssets(host))
	c.southwind()
	c.client("umbra", "ulla")
	c.bareClient("solo", "sol")
	c.AddEmployee("bob", "support", "reports.view", "crm.views.edit")
	c.Do(access.By("ann"), access.LinkClients{Employee: "bob", Clients: accounts("umbra"), Template: "support"})
	c.AddEmployee("eve", "helper", "reports.view")
	c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "eve", All: true})
	c.Template("spare", "reports.view")
	c.Do(access.By("ann"), access.ChangeEmployeePermissions{Client: "umbra", Employee: "bob", Remove: []string{"crm.views.edit"}}) // drift
	c.Do(access.By("carla"), access.PauseMember{Client: "lumen", User: "eve"})
	for _, user := range people("dan", "sue", "pat") { // employees, and members of no client
		c.Employee(user)
	}
	c.Do(access.By("ann"), access.SuspendEmployee{Employee: "sue"})
	c.Do(access.By("ann"), access.PauseEmployee{Employee: "pat"})
	c.freelancer("fay")
	c.freelancer("lee") // confirmed, and an own user of Lumen
	c.Do(access.By("carla"), access.AddMember{Client: "lumen", User: "lee", Permissions: []string{"reports.view"}})
	c.Do(access.By("lee"), access.ConfirmEmployment{Partner: "northwind"})
	c.superAdmin("max", "northwind.example")
	c.employ("max")
	c.own("otto", "reports.view")
	c.own("ivy", "reports.view")
	c.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "ivy"})
	c.Do(access.By("carla"), access.SetCeiling{Client: "lumen", Partner: "southwind"})
	c.Do(access.By("carla"), access.PausePartner{Client: "lumen", Partner: "southwind"})
	c.User("zoe", "lumen.example")
	c.Clock.Turn(2 * time.Hour)
	return c
}

// deed is a change that can be made in the office, and who makes it.
type deed struct {
	call   access.Call
	change access.Change
}

// deeds has every change there is; a test says so.
func deeds(c cast) []deed {
	host, ann, carla, byMax := access.Host(), access.By("ann"), access.By("carla"), access.By("max")
	secret, end := c.Issue(ann, "dan").Secret, c.Clock.Now().Add(24*time.Hour)
	const lumen, north, south = relationship.ClientID("lumen"), relationship.PartnerID("northwind"), relationship.PartnerID("southwind")
	return []deed{
		{host, access.AddUser{ID: "new", Name: "New", Email: "new@lumen.example"}},
		{host, access.ChangeUser{ID: "zoe", Name: "Zoe", Email: "zoe@elsewhere.example"}},
		{host, access.EraseUser{ID: "zoe"}},
		{host, access.CreatePartner{ID: "west", Name: "West", Kind: relationship.Provider, Domains: []string{"west.example"}, SuperAdmin: "zoe"}},
		{host, access.RenamePartner{Partner: north, Name: "Northerly"}},
		{host, access.SetPartnerKind{Partner: north, Kind: "reseller"}},
		{host, access.SetPartnerDomains{Partner: north, Domains: []string{"northwind.example", "freelance.example"}}},
		{host, access.ClosePartner{Partner: south}},
		{host, access.CreateClient{ID: "vega", Name: "Vega", SuperAdmin: "zoe"}},
		{host, access.RenameClient{Client: lumen, Name: "Lumen plc"}},
		{host, access.CloseClient{Client: "umbra"}},
		{host, access.ReplaceSuperAdmin{Client: "solo", Successor: "zoe"}},
		{host, access.ReportActivity{Partner: north, Client: lumen}},
		{ann, access.AddEmployee{Employee: "zoe", Kind: relationship.Contractor, View: true}},
		{ann, access.ChangeEmployee{Employee: "dan", Kind: relationship.Contractor, View: true, Edit: true}},
		{ann, access.SuspendEmployee{Employee: "bob"}},
		{ann, access.ResumeEmployee{Employee: "sue"}},
		{ann, access.EndEmployment{Employee: "bob"}},
		{ann, access.PauseEmployee{Employee: "bob", Until: end}},
		{ann, access.UnpauseEmployee{Employee: "pat"}},
		{access.By("fay"), access.ConfirmEmployment{Partner: north}},
		{ann, access.RevokeLink{Selector: secret.Selector()}},
		{carla, access.ApproveLink{Client: lumen, Secret: secret, End: end}},
		{carla, access.DeclineLink{Client: lumen, Secret: secret}},
		{carla, access.MakePartnerAdmin{Client: lumen, Partner: north, Employee: "dan"}},
		{ann, access.MakeTemplate{Name: "writer", Permissions: []string{"content.blog.edit"}}},
		{ann, access.EditTemplate{Name: "helper", Permissions: []string{"content.blog.edit"}}},
		{ann, access.RenameTemplate{Name: "support", To: "first line"}},
		{ann, access.DeleteTemplate{Name: "spare"}},
		{ann, access.RollOutTemplate{Name: "support", All: true}},
		{ann, access.NameClient{Client: lumen, Name: "Lumen (retainer)"}},
		{ann, access.AddEmployees{Client: lumen, Employees: people("dan", "fay"), Template: "support", End: end}},
		{ann, access.LinkClients{Employee: "dan", Clients: accounts("lumen", "umbra"), Template: "support"}},
		{ann, access.LinkEmployee{Client: lumen, Employee: "lee"}},
		{ann, access.ChangeTemplate{Client: lumen, Employees: people("bob"), Template: "helper"}},
		{ann, access.ChangeEmployeePermissions{Client: lumen, Employee: "bob", Add: []string{"tasks.create"}, Remove: []string{"reports.view"}}},
		{ann, access.DeactivateEmployee{Employee: "bob", All: true}},
		{ann, access.DeactivateEmployees{Client: lumen, All: true}},
		{ann, access.ReactivateEmployees{Client: lumen, All: true}},
		{ann, access.RemoveEmployee{Employee: "bob", Clients: accounts("umbra", "lumen")}},
		{ann, access.RemoveEmployees{Client: lumen, All: true}},
		{ann, access.RenewEmployees{Client: lumen, Employees: people("bob"), End: end}},
		{byMax, access.BecomePartnerAdmin{Client: lumen, KeepBilling: true}},
		{ann, access.ChangeSuperAdmins{Client: lumen, Employees: []access.SuperAdminChoice{{Employee: "max", KeepBilling: true}}}},
		{carla, access.ChangeToPartnerAdmin{Client: lumen, User: "max", Partner: north}},
		{carla, access.AddMember{Client: lumen, User: "zoe", Permissions: []string{"reports.view"}, End: end}},
		{carla, access.ChangeMemberPermissions{Client: lumen, User: "otto", Add: []string{"tasks.create"}, Remove: []string{"reports.view"}}},
		{carla, access.SetSeat{Client: lumen, User: "otto", Paid: true}},
		{carla, access.DeactivateMember{Client: lumen, User: "bob"}},
		{carla, access.ReactivateMember{Client: lumen, User: "ivy"}},
		{carla, access.RemoveMember{Client: lumen, User: "bob"}},
		{carla, access.MakeSuperAdmin{Client: lumen, User: "otto"}},
		{carla, access.LowerSuperAdmin{Client: lumen, User: "sven", Permissions: []string{"reports.view"}}},
		{carla, access.SetCeiling{Client: lumen, Partner: north, Permissions: []string{"reports.view"}}},
		{carla, access.LiftCeiling{Client: lumen, Partner: south}},
		{carla, access.PausePartner{Client: lumen, Partner: north, Until: end}},
		{carla, access.UnpausePartner{Client: lumen, Partner: south}},
		{carla, access.PauseMember{Client: lumen, User: "bob"}},
		{carla, access.UnpauseMember{Client: lumen, User: "eve"}},
		{carla, access.SetMemberEnd{Client: lumen, User: "bob", End: end}},
		{carla, access.SetRelationshipEnd{Client: lumen, Partner: north, End: end}},
		{carla, access.SetLongestMembership{Client: lumen, Partner: north, Longest: time.Hour}},
	}
}

// everyDeed plays each deed in an office of its own.
func everyDeed(t *testing.T, play func(c cast, d deed)) {
	for i, d := range deeds(office(t)) {
		t.Run(reflect.TypeOf(d.change).Name(), func(t *testing.T) {
			c := office(t)
			play(c, deeds(c)[i])
		})
	}
}

// A new change has to be among the deeds: then everything below and in
// plan_test.go holds of it too.
func TestOwed_EveryChangeIsAmongTheDeeds(t *testing.T) {
	played := map[string]bool{"All": true}
	for _, d := range deeds(office(t)) {
		played[reflect.TypeOf(d.change).Name()] = true
	}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		for _, declaration := range file.Decls {
			method, is := declaration.(*ast.FuncDecl)
			if !is || method.Name.Name != "apply" || method.Recv == nil {
				continue
			}
			if kind, byValue := method.Recv.List[0].Type.(*ast.Ident); byValue && kind.IsExported() {
				require.True(t, played[kind.Name], "%s is not among the deeds", kind.Name)
			}
		}
	}
}

// Every change leaves one event in the same transaction: who, when, what,
// before and after, from which call.
func TestOwed_EveryChangeLeavesOneEvent(t *testing.T) {
	everyDeed(t, func(c cast, d deed) {
		before := c.Store.Snapshot()
		done := c.Do(d.call.Because("spring"), d.change)
		require.True(t, done.Changed)
		require.Equal(t, before.Revision()+1, done.Revision)
		var events []access.LoggedEvent
		for event, err := range c.Manager.Events(context.Background(), access.Host(), before.Revision()) {
			require.NoError(c.t, err)
			events = append(events, event)
		}
		require.Len(c.t, events, 1)
		event := events[0]
		require.Equal(c.t, reflect.TypeOf(d.change).Name(), event.Change)
		require.Equal(c.t, "spring", event.Reason)
		require.Equal(c.t, c.Clock.Now(), event.At)
		require.NotEmpty(c.t, event.Call)
		require.True(c.t, event.Actor.Kind == relationship.ByHost || d.call.String() == string(event.Actor.User), event.Actor)
		require.Equal(c.t, done.Notifications, event.Notifications)
		for _, line := range event.Lines {
			was, _ := before.Get(line.Key())
			is, _ := c.Store.Snapshot().Get(line.Key())
			require.Equal(c.t, relationship.Line{Before: asLogged(was, is), After: is}, line)
		}
	})
}

// The actor is checked in the same transaction as the change: who has lost
// their standing since planning, or while it was planned, does nothing.
func TestOwed_TheActorIsCheckedWithTheChange(t *testing.T) {
	host := &inventory{}
	c := newCast(t, accesstest.WithAssets(host))
	c.AddEmployee("bob", "support", "reports.view")
	c.manager("dan")
	host.during = func() { // while the host is asked, before the transaction
		host.during = nil
		c.Do(access.By("ann"), access.SuspendEmployee{Employee: "dan"})
	}
	_, err := c.Manager.Do(context.Background(), access.By("dan"), access.RemoveEmployee{Employee: "bob", All: true})
	require.ErrorIs(t, err, access.ErrNotAllowed)
	require.NotZero(t, c.lumen("bob"))
}

// Within All, the one who loses their standing by the first change cannot make
// the second, and then the first is not made either.
func TestOwed_TheActorIsCheckedAgainWithinAll(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.deny(access.By("carla"), access.All{
		access.LowerSuperAdmin{Client: "lumen", User: "carla"}, access.RemoveMember{Client: "lumen", User: "bob"},
	}, access.ErrNotAllowed, "lumen", "carla")
	require.Equal(t, relationship.SuperAdmin, c.lumen("carla").Role)
}

// actors are one of every kind.
func actors() []access.Call {
	calls := []access.Call{{}, access.Host(), access.Host().At("northwind"), access.By("\xff"), access.By("ann").At("southwind")}
	for _, user := range people("ann", "bob", "eve", "dan", "sue", "max", "pia", "carla", "otto", "ivy", "zoe", "nobody") {
		calls = append(calls, access.By(user), access.By(user).At("northwind"))
	}
	return calls
}

// requireOwed is what every refusal owes: it can be matched, it names a rule
// and whom it is about, and it has changed nothing.
func requireOwed(t *testing.T, c cast, before storage.Revision, change access.Change, err error) {
	t.Helper()
	require.Equal(t, before, c.Store.Snapshot().Revision(), "%#v: %v", change, err)
	refused, is := errors.AsType[*access.RefusedError](err)
	if !is {
		known := errors.Is(err, access.ErrInvalid) || errors.Is(err, access.ErrUnknownPermission) || errors.Is(err, access.ErrAssets)
		require.True(t, known, "%#v: %v", change, err)
		return
	}
	require.NotEmpty(t, refused.Rule, "%v", err)
	subject := string(refused.Partner) + string(refused.Client) + string(refused.User) + refused.Detail
	conflict := errors.Is(err, storage.ErrConflict)                 // which names the records itself
	anonymous := strings.Contains(fmt.Sprintf("%#v", change), `""`) // an empty id names nobody
	if !errors.Is(err, access.ErrLink) && !conflict && !anonymous {
		require.NotEmpty(t, subject, "%#v: %v", change, err)
	}
}

// try plans a change and does it. It recovers from nothing: a panic fails.
func try(t *testing.T, c cast, call access.Call, change access.Change) {
	t.Helper()
	before := c.Store.Snapshot().Revision()
	_, errPlan := c.Manager.Plan(context.Background(), call, change)
	if errPlan != nil {
		requireOwed(t, c, before, change, errPlan)
	}
	require.Equal(t, before, c.Store.Snapshot().Revision(), "planning changed something")
	if _, err := c.Manager.Do(context.Background(), call, change); err != nil {
		requireOwed(t, c, before, change, err)
	} else {
		require.NoError(t, errPlan, "%#v was done and could not be planned", change)
	}
}

func TestOwed_ZeroValuesAreAnswered(t *testing.T) {
	c := office(t)
	for _, d := range deeds(c) {
		for _, call := range actors() {
			try(t, c, call, reflect.Zero(reflect.TypeOf(d.change)).Interface().(access.Change))
		}
	}
	for _, call := range actors() {
		for _, change := range []access.Change{nil, access.All(nil), access.All{}, access.All{nil}, access.All{access.All{}}} {
			try(t, c, call, change)
			require.ErrorIs(t, c.Refused(call, change), access.ErrInvalid)
		}
	}
	require.NotContains(t, c.Manager.Stats().Refused, "other")
}

func TestOwed_GarbageIsAnswered(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			c := office(t)
			r := rand.New(rand.NewPCG(seed, 1))
			some := garbage{r, c.Issue(access.By("ann"), "dan").Secret}
			all, kinds := actors(), deeds(c)
			for range 3000 {
				change := reflect.New(reflect.TypeOf(kinds[r.IntN(len(kinds))].change)).Elem()
				some.fill(change)
				try(t, c, all[r.IntN(len(all))], change.Interface().(access.Change))
			}
			require.NotContains(t, c.Manager.Stats().Refused, "other")
		})
	}
}

// A pointer to a change is a Change too, as far as the compiler can tell: it
// stands for the change that it points to.
func TestOwed_APointerIsAnswered(t *testing.T) {
	c := office(t)
	rename := access.RenameClient{Client: "lumen", Name: "L"}
	require.Equal(t, c.plan(access.Host(), rename).String(), c.plan(access.Host(), &rename).String())
	require.True(t, c.apply(access.Host(), c.parsed(c.text(c.plan(access.Host(), &rename)))).Changed)
	for _, d := range deeds(c) {
		pointer := reflect.New(reflect.TypeOf(d.change))
		pointer.Elem().Set(reflect.ValueOf(d.change))
		try(t, c, d.call, pointer.Interface().(access.Change))
	}
	require.NotContains(t, c.Manager.Stats().Refused, "other")
}

func TestOwed_ANilPointerIsAnswered(t *testing.T) {
	c := office(t)
	for _, d := range deeds(c) {
		nothing := reflect.Zero(reflect.PointerTo(reflect.TypeOf(d.change))).Interface().(access.Change)
		require.NotPanics(t, func() { try(t, c, d.call, nothing) }, "%T", nothing)
	}
}

func TestOwed_APointerToAllIsAnswered(t *testing.T) {
	c := office(t)
	all := access.All{access.RenameClient{Client: "lumen", Name: "L"}}
	require.NotPanics(t, func() { try(t, c, access.Host(), &all) })
	require.NotPanics(t, func() { try(t, c, access.Host(), (*access.All)(nil)) })
}

// garbage makes values of any type that a change has: now and then a good one,
// so that it gets past the first check.
type garbage struct {
	*rand.Rand
	secret relationship.Secret
}

func (g garbage) text() string {
	texts := []string{
		"", "ann", "bob", "eve", "dan", "fay", "lee", "max", "pia", "carla", "sven", "otto", "ivy", "zoe", "nobody",
		"lumen", "umbra", "solo", "northwind", "southwind", "support", "helper", "partner admin", "super admin",
		"reports.view", "contacts.edit.all", "account.billing.view", "account.close", "no.such", "Not A Name", "*",
		"northwind.example", "zoe@lumen.example", "@", "a@b", "xn--a.example", "staff", "contractor", "provider", "solutions partner",
		"\xff", "a\x00b", " ", "ünïcode", strings.Repeat("x", relationship.MaxText+1), string(g.secret.Selector()),
	}
	return texts[g.IntN(len(texts))]
}

func (g garbage) fill(v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		times := []time.Time{
			{}, accesstest.Start, accesstest.Start.Add(24 * time.Hour), accesstest.Start.Add(24*time.Hour + 1),
			time.Unix(0, 0), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
			time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 0),
			accesstest.Start.Add(48 * time.Hour).In(time.FixedZone("far", -11*3600)),
		}
		v.Set(reflect.ValueOf(times[g.IntN(len(times))]))
		return
	case time.Duration:
		durations := []time.Duration{0, 1, -1, time.Second, time.Hour, math.MaxInt64, math.MinInt64, 400 * 24 * time.Hour}
		v.SetInt(int64(durations[g.IntN(len(durations))]))
		return
	case relationship.Secret:
		if g.IntN(3) > 0 {
			v.Set(reflect.ValueOf(g.secret))
		}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(g.text())
	case reflect.Bool:
		v.SetBool(g.IntN(2) == 0)
	case reflect.Slice:
		if g.IntN(4) > 0 {
			v.Set(reflect.MakeSlice(v.Type(), g.IntN(3), 3))
		}
		for i := range v.Len() {
			g.fill(v.Index(i))
		}
	case reflect.Struct:
		for _, field := range v.Fields() {
			g.fill(field)
		}
	default:
		panic(fmt.Sprintf("garbage of %s", v.Type()))
	}
}
