package pgproof_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// The world of the tests that ask: Ann of Northwind gives her employees access
// to Lumen and takes it away.
const (
	lumen    = "lumen"
	template = "reports"
)

// openManager opens the library over the database of an order.
func openManager(ctx context.Context, o order) (*access.Manager, *memdb.Store, error) {
	store, err := openStore(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	manager, err := access.Open(ctx, store, access.Options{Catalog: crm.Catalog(), MaxStaleness: o.MaxStaleness})
	return manager, store, err
}

// office makes the changes, in the test's own process.
type office struct {
	t       testing.TB
	manager *access.Manager
	store   *memdb.Store
}

func newOffice(t testing.TB, o order) *office {
	t.Helper()
	manager, store, err := openManager(context.Background(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return &office{t, manager, store}
}

// settle makes everybody known.
func (o *office) settle(employees ...relationship.UserID) {
	o.t.Helper()
	users := access.All{
		access.AddUser{ID: "ann", Name: "Ann", Email: "ann@northwind.example"},
		access.AddUser{ID: "carla", Name: "Carla", Email: "carla@lumen.example"},
	}
	hire := access.All{access.MakeTemplate{Name: template, Permissions: []string{crm.ReportsView}}}
	for _, id := range employees {
		users = append(users, access.AddUser{ID: id, Name: string(id), Email: string(id) + "@northwind.example"})
		hire = append(hire, access.AddEmployee{Employee: id, Kind: relationship.Staff})
	}
	o.do(access.Host(), users)
	o.do(access.Host(), access.CreatePartner{ID: "northwind", Name: "Northwind", Kind: relationship.Provider, SuperAdmin: "ann"})
	o.do(access.Host(), access.CreateClient{ID: lumen, Name: "Lumen", SuperAdmin: "carla"})
	o.do(access.By("ann"), hire)
	o.do(access.By("carla"), access.MakePartnerAdmin{Client: lumen, Partner: "northwind", Employee: "ann"})
}

func (o *office) do(call access.Call, change access.Change) {
	o.t.Helper()
	_, err := o.manager.Do(context.Background(), call, change)
	require.NoError(o.t, err)
}

func (o *office) give(user relationship.UserID) {
	o.t.Helper()
	o.do(access.By("ann"), access.AddEmployees{Client: lumen, Employees: []relationship.UserID{user}, Template: template})
}

// take takes access away, and returns when that was acknowledged.
func (o *office) take(user relationship.UserID) time.Time {
	o.t.Helper()
	o.do(access.By("ann"), access.RemoveEmployees{Client: lumen, Employees: []relationship.UserID{user}})
	return time.Now()
}

// rename is a change of no consequence.
func (o *office) rename(name string) {
	o.t.Helper()
	o.do(access.Host(), access.RenameClient{Client: lumen, Name: name})
}

func (o *office) head() storage.Head { return o.store.Snapshot().Head() }

// answers are answers in a row that were the same: first and last are when they
// were asked for.
type answers struct {
	Reason      access.Reason
	First, Last time.Time
	Count       int
}

// lostTail is what a replica says of access.LostTail.
type lostTail struct {
	Ancestor storage.Revision
	IDs      []string
	Complete bool
}

// asker asks whether users may view reports, over and over.
type asker struct {
	manager *access.Manager
	store   *memdb.Store
	// asking begins with the first watch: a process that watches nobody rests.
	asking sync.Once

	mu      sync.Mutex
	watched map[relationship.UserID][]answers
}

// askEvery is the pause between two rounds of questions.
const askEvery = time.Millisecond

// replica is the process that answers. It is told, one at a time:
//
//	watch USER…      ask about them, over and over
//	until yes USER   say when, as soon as the answer is so
//	until no USER
//	until fresh USER the answer is any but that the state is too old
//	until rev N      the state is that of this revision, or a later one
//	until lost       commits were lost
//	answers          say all answers since watch
//	lost             say what was lost
//	acknowledge      the loss
func replica(ctx context.Context, o order, t talk) error {
	manager, store, err := openManager(ctx, o)
	if err != nil {
		return err
	}
	a := &asker{manager: manager, store: store, watched: map[relationship.UserID][]answers{}}
	for err = t.say("ready"); err == nil; {
		words := strings.Fields(t.hear())
		var said any
		if said, err = a.obey(ctx, words); err == nil {
			err = t.say(said)
		}
	}
	return err
}

func (a *asker) obey(ctx context.Context, words []string) (said any, err error) {
	switch words[0] {
	case "watch":
		a.asking.Do(func() { go a.ask() })
		a.mu.Lock()
		defer a.mu.Unlock()
		clear(a.watched)
		for _, user := range words[1:] {
			a.watched[relationship.UserID(user)] = nil
		}
		return "ok", nil
	case "until":
		return a.until(ctx, words[1:])
	case "answers":
		a.mu.Lock()
		defer a.mu.Unlock()
		said := map[relationship.UserID][]answers{}
		for user, runs := range a.watched {
			said[user] = slices.Clone(runs)
		}
		return said, nil
	}
	tails, err := a.manager.LostTails(access.Host())
	if err != nil {
		return nil, err
	}
	var lost []lostTail
	for _, tail := range tails {
		one := lostTail{Ancestor: tail.Ancestor.Revision, Complete: tail.Complete}
		for _, commit := range tail.Commits {
			one.IDs = append(one.IDs, commit.ID)
		}
		lost = append(lost, one)
		if words[0] == "acknowledge" {
			err = a.manager.AcknowledgeLost(access.Host(), tail.Number)
		}
	}
	return lost, err
}

// until returns the instant at which something holds.
func (a *asker) until(ctx context.Context, words []string) (time.Time, error) {
	for {
		revision := a.manager.Revision()
		var holds bool
		switch words[0] {
		case "yes":
			holds = a.reason(words[1]) == access.ReasonAllowed
		case "no":
			holds = a.reason(words[1]) != access.ReasonAllowed
		case "fresh":
			holds = a.reason(words[1]) != access.ReasonStale
		case "rev":
			holds = fmt.Sprint(revision) == words[1]
		case "lost":
			holds = len(a.store.LostTails()) > 0
		}
		if holds {
			return time.Now(), nil
		}
		wait, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
		_ = a.store.Wait(wait, revision+1) // what is no commit does not end it
		cancel()
	}
}

func (a *asker) reason(user string) access.Reason {
	return a.manager.CheckName(relationship.UserID(user), lumen, crm.ReportsView).Reason()
}

func (a *asker) ask() {
	for range time.Tick(askEvery) {
		a.mu.Lock()
		for user, said := range a.watched {
			asked := time.Now()
			reason := a.reason(string(user))
			if len(said) == 0 || said[len(said)-1].Reason != reason {
				said = append(said, answers{Reason: reason, First: asked})
			}
			last := &said[len(said)-1]
			last.Last = asked
			last.Count++
			a.watched[user] = said
		}
		a.mu.Unlock()
	}
}

// tellAll tells all processes something, and returns what each says to that.
func tellAll[V any](t testing.TB, replicas []*process, format string, args ...any) []V {
	t.Helper()
	for _, p := range replicas {
		p.tell(t, format, args...)
	}
	said := make([]V, len(replicas))
	for i, p := range replicas {
		said[i] = hear[V](t, p)
	}
	return said
}

// startReplicas starts so many, and waits until they answer.
func startReplicas(t testing.TB, o order, n int) []*process {
	t.Helper()
	replicas := make([]*process, n)
	o.Role = "replica"
	for i := range replicas {
		o.Name = fmt.Sprint(i)
		replicas[i] = start(t, o)
	}
	for _, p := range replicas {
		require.Equal(t, "ready", hear[string](t, p))
	}
	return replicas
}

// stop ends a process in order.
func (p *process) stop(t testing.TB) {
	t.Helper()
	require.NoError(t, p.in.Close())
	require.NoError(t, p.cmd.Wait(), p.name)
}
