package access_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
	"github.com/clientaccess/clientaccess/storage/storagetest"
)

// aging is a store that can be made older than it is, as the store of a process
// is that was frozen.
type aging struct {
	storage.Store
	older atomic.Int64
}

func (s *aging) FreshAt() time.Time { return s.Store.FreshAt().Add(-time.Duration(s.older.Load())) }

func (s *aging) age(by time.Duration) { s.older.Store(int64(by)) }

// replica is one of several processes over one journal.
type replica struct {
	*access.Manager
	store *aging
	line  *storagetest.Process
}

// plenty is more than any test takes, so that nothing is stale by itself.
const plenty = time.Hour

func openLine(t testing.TB, shared *storagetest.Shared) (*aging, *storagetest.Process) {
	t.Helper()
	line := shared.Open()
	store, err := memdb.Open(context.Background(), line)
	require.NoError(t, err)
	t.Cleanup(func() {
		line.Heal()
		require.NoError(t, store.Close())
	})
	return &aging{Store: store}, line
}

func openReplica(t testing.TB, shared *storagetest.Shared, options access.Options) replica {
	t.Helper()
	store, line := openLine(t, shared)
	options.MaxStaleness = plenty
	manager, err := access.Open(context.Background(), store, options)
	require.NoError(t, err)
	return replica{manager, store, line}
}

// refresh has a process catch up.
func (r replica) refresh(t testing.TB) {
	t.Helper()
	require.NoError(t, r.store.Refresh(context.Background()))
}

// twoProcesses is a world in one process, and another process that follows it.
// They look at the journal when they are told to.
func twoProcesses(t *testing.T) (*accesstest.World, replica, *storagetest.Shared) {
	shared := storagetest.NewShared()
	shared.SetHints(false, plenty)
	store, line := openLine(t, shared)
	store.age(-plenty) // the world has the bound of the default
	t.Cleanup(line.Heal)
	w := accesstest.New(t, accesstest.WithStore(store))
	w.AddEmployee("bob", "support", crm.TicketsViewAll, crm.ReportsView)
	other := openReplica(t, shared, access.Options{Catalog: w.Catalog, Clock: w.Clock.Now})
	other.refresh(t)
	return w, other, shared
}

// Every way of asking is refused past the bound, and says so; with the answer
// goes how old it is. Only the monotonic clock counts.
func TestASK1_PastTheBoundEverythingIsRefused(t *testing.T) {
	t.Parallel()
	w, other, _ := twoProcesses(t)
	tickets := w.Permission(crm.TicketsViewAll)
	questions := []access.Question{{User: "bob", Client: "lumen", Permission: tickets}, {User: "nobody", Client: "lumen", Permission: tickets}}
	ask := func() map[string]error {
		errs := map[string]error{}
		_, errs["Explain"] = other.Explain(access.Host(), "bob", "lumen", tickets)
		_, errs["WhoCan"] = other.WhoCan(access.Host(), "lumen", tickets, "", 10)
		_, errs["WhereCan"] = other.WhereCan(access.Host(), "bob", tickets, "", 10)
		_, errs["Member"] = other.Member(access.Host(), "bob", "lumen")
		_, errs["Relationship"] = other.Relationship(access.Host(), "northwind", "lumen")
		_, errs["Credit"] = other.Credit(access.Host(), "lumen")
		_, errs["Members"] = other.Members(access.Host(), "lumen", access.MemberQuery{}).Page(10, "")
		_, errs["Clients"] = other.Clients(access.Host(), access.ClientQuery{Partner: "northwind"}).Page(10, "")
		_, errs["Plan"] = other.Plan(t.Context(), access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
		_, errs["PlanEach"] = other.PlanEach(t.Context(), access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
		_, errs["OpenLink"] = other.OpenLink(t.Context(), access.By("carla"), "lumen", w.Link.Secret)
		for _, err := range other.Drift(access.By("ann"), "support") {
			errs["Drift"] = err
		}
		for _, err := range other.AllWhoCan(access.Host(), "lumen", tickets) {
			errs["AllWhoCan"] = err
		}
		return errs
	}
	for _, age := range []time.Duration{0, plenty / 2, plenty + time.Nanosecond, 100 * plenty} {
		other.store.age(age)
		w.Clock.Turn(time.Second) // the business clock bears on nothing here
		d := other.Check("bob", "lumen", tickets)
		require.GreaterOrEqual(t, d.Staleness(), age)
		require.GreaterOrEqual(t, other.Staleness(), age)
		many := other.CheckMany(questions)
		if age <= plenty/2 {
			require.True(t, d.Allowed())
			require.True(t, many[0].Allowed())
			require.Equal(t, access.ReasonUnknownUser, many[1].Reason())
			require.True(t, other.Permissions("bob", "lumen").Has(tickets))
			for what, err := range ask() {
				require.NoError(t, err, what)
			}
			continue
		}
		require.Equal(t, access.ReasonStale, d.Reason())
		require.ErrorIs(t, d.Err(), access.ErrStale)
		require.ErrorIs(t, d.Err(), access.ErrDenied)
		require.False(t, d.Failed(access.ReasonUnknownUser))
		require.False(t, other.Can("bob", "lumen", tickets))
		require.True(t, other.Permissions("bob", "lumen").IsEmpty())
		for _, d := range many {
			require.Equal(t, access.ReasonStale, d.Reason())
			require.GreaterOrEqual(t, d.Staleness(), age)
		}
		errs := ask()
		require.Contains(t, errs, "Drift")
		for what, err := range errs {
			require.ErrorIs(t, err, access.ErrStale, what)
		}
		// A change asks the journal, which is never stale.
		_, err := other.Do(t.Context(), access.Host(), access.RenameClient{Client: "lumen", Name: age.String()})
		require.NoError(t, err)
	}
	require.Zero(t, accesstest.New(t).Manager.Staleness(), "nobody else writes there")
}

// After its store is closed a Manager answers nothing any more.
func TestASK1_AClosedStoreAnswersNothing(t *testing.T) {
	t.Parallel()
	alone := world()
	_, other, _ := twoProcesses(t)
	for name, process := range map[string]struct {
		*access.Manager
		store storage.Store
	}{"alone": {alone.Manager, alone.Store}, "shared": {other.Manager, other.store}} {
		tickets, _ := process.Catalog().Lookup(crm.TicketsViewAll)
		require.True(t, process.Can("carla", "lumen", tickets), name)
		require.NoError(t, process.store.Close())
		d := process.Check("carla", "lumen", tickets)
		require.Equal(t, access.ReasonClosed, d.Reason(), name)
		require.ErrorIs(t, d.Err(), storage.ErrClosed)
		require.Equal(t, process.store.Snapshot().Revision(), d.Revision())
		require.Equal(t, access.ReasonClosed, process.CheckName("nobody", "nowhere", "nothing").Reason())
		require.Equal(t, access.ReasonClosed, process.CheckMany([]access.Question{{User: "carla", Client: "lumen", Permission: tickets}})[0].Reason())
		require.True(t, process.Permissions("carla", "lumen").IsEmpty())
		_, err := process.Explain(access.Host(), "carla", "lumen", tickets)
		require.ErrorIs(t, err, storage.ErrClosed)
		_, err = process.Members(access.Host(), "lumen", access.MemberQuery{}).Page(1, "")
		require.ErrorIs(t, err, storage.ErrClosed)
	}
}

// A token of one process is honoured in another: what is asked afterwards is not
// answered from before.
func TestWaitForHonoursTheTokenOfAnotherProcess(t *testing.T) {
	t.Parallel()
	w, other, shared := twoProcesses(t)
	tickets := w.Permission(crm.TicketsViewAll)
	require.True(t, other.Can("bob", "lumen", tickets))
	w.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	require.True(t, other.Can("bob", "lumen", tickets), "it has not looked")

	text := w.Manager.Token().String()
	token, err := access.ParseToken(text)
	require.NoError(t, err)
	require.Equal(t, w.Manager.Token(), token)
	require.NoError(t, other.WaitFor(t.Context(), token))
	require.Equal(t, access.ReasonNotMember, other.Check("bob", "lumen", tickets).Reason())
	require.NoError(t, other.WaitFor(t.Context(), token), "and again")
	require.Equal(t, token, other.Token())

	// While a change of its own hangs, too.
	w.Do(access.By("carla"), access.AddMember{Client: "lumen", User: "bob", Permissions: []string{crm.TicketsViewAll}})
	host := shared.Begin()
	_, err = w.Manager.Do(host.Context(t.Context()), access.Host(), access.RenameClient{Client: "lumen", Name: "Later"})
	require.NoError(t, err)
	hanging := make(chan error, 1)
	go func() {
		_, err := other.Do(context.Background(), access.Host(), access.RenameClient{Client: "lumen", Name: "Latest"})
		hanging <- err
	}()
	require.NoError(t, other.WaitFor(t.Context(), w.Manager.Token()))
	require.True(t, other.Can("bob", "lumen", tickets))
	require.NoError(t, host.Commit())
	require.NoError(t, <-hanging)

	// Cut off, it does not come; the wait is bounded.
	other.refresh(t)
	other.line.Cut()
	w.Do(access.By("carla"), access.RemoveMember{Client: "lumen", User: "bob"})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err = other.WaitFor(ctx, w.Manager.Token())
	require.ErrorIs(t, err, access.ErrStale)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	other.line.Heal()

	// Lost, with and without the number used again, here and where it never was.
	lost := w.Manager.Token()
	shared.Lose(1)
	require.ErrorIs(t, other.WaitFor(t.Context(), lost), access.ErrLostTail)
	w.Do(access.Host(), access.RenameClient{Client: "lumen", Name: "Again"})
	w.Do(access.Host(), access.RenameClient{Client: "lumen", Name: "And again"})
	require.ErrorIs(t, other.WaitFor(t.Context(), lost), access.ErrLostTail)
	require.ErrorIs(t, w.Manager.WaitFor(t.Context(), lost), access.ErrLostTail)
	require.NoError(t, other.WaitFor(t.Context(), w.Manager.Token()))

	require.ErrorIs(t, other.WaitFor(t.Context(), accesstest.New(t).Manager.Token()), access.ErrOtherStore)
	require.ErrorIs(t, other.WaitFor(t.Context(), access.Token{}), access.ErrInvalid)
	require.NoError(t, w.Store.Trim(t.Context(), w.Manager.Revision()-1))
	fresh := openReplica(t, shared, access.Options{Catalog: w.Catalog, Clock: w.Clock.Now})
	require.NoError(t, fresh.WaitFor(t.Context(), w.Manager.Token()))
	require.ErrorIs(t, fresh.WaitFor(t.Context(), token), storage.ErrCompacted)
}

func FuzzParseToken(f *testing.F) {
	f.Add("")
	f.Add(accesstest.New(f).Manager.Token().String())
	f.Add("1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.x")
	f.Add("0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.x")
	f.Fuzz(func(t *testing.T, text string) {
		token, err := access.ParseToken(text)
		if err != nil {
			require.ErrorIs(t, err, access.ErrInvalid)
			require.True(t, token.IsZero())
			return
		}
		require.Equal(t, text, token.String(), "two texts of one token")
	})
}

// What a copy has not confirmed is done, and told as such.
func TestAChangeThatIsNotConfirmedIsDone(t *testing.T) {
	t.Parallel()
	w, other, shared := twoProcesses(t)
	shared.SetUnconfirmed(true)
	tickets := w.Permission(crm.TicketsViewAll)
	result, err := w.Manager.Do(t.Context(), access.By("ann").Once("key"), access.RemoveEmployee{Employee: "bob", All: true})
	require.ErrorIs(t, err, storage.ErrUnconfirmed)
	require.True(t, result.Changed)
	require.Equal(t, w.Store.Snapshot().Revision(), result.Revision)
	require.Len(t, result.Members, 1)
	require.False(t, w.Manager.Can("bob", "lumen", tickets))
	require.NoError(t, other.WaitFor(t.Context(), w.Manager.Token()))
	require.False(t, other.Can("bob", "lumen", tickets))
	again, err := w.Manager.Do(t.Context(), access.By("ann").Once("key"), access.RemoveEmployee{Employee: "bob", All: true})
	require.NoError(t, err)
	require.True(t, again.Replayed)

	each, err := w.Manager.DoEach(t.Context(), access.Host(), access.All{
		access.RenameClient{Client: "lumen", Name: "One"}, access.RenameClient{Client: "nowhere", Name: "Two"},
	}, nil)
	require.ErrorIs(t, err, storage.ErrUnconfirmed)
	require.Equal(t, access.Applied, each.Items[0].Outcome)
	require.Equal(t, access.Refused, each.Items[1].Outcome)

	var rows []access.ImportedRow
	_, err = w.Manager.Import(t.Context(), access.Host(), slices.Values([]access.ImportRow{
		access.ImportUser{ID: "zoe", Name: "Zoe", Email: "zoe@lumen.example"},
	}), func(row access.ImportedRow) { rows = append(rows, row) })
	require.ErrorIs(t, err, storage.ErrUnconfirmed)
	require.Equal(t, access.Applied, rows[0].Outcome)
	shared.SetUnconfirmed(false)
}

// A change is part of the host's transaction, and is seen when that is there.
func TestAChangeIsPartOfTheHostsTransaction(t *testing.T) {
	t.Parallel()
	w, other, shared := twoProcesses(t)
	tickets := w.Permission(crm.TicketsViewAll)
	tx := shared.Begin()
	ctx := tx.Context(t.Context())
	result, err := w.Manager.Do(ctx, access.By("ann"), access.DeactivateEmployee{Employee: "bob", All: true})
	require.NoError(t, err)
	require.Equal(t, w.Manager.Revision()+1, result.Revision, "provisional")
	_, err = w.Manager.Do(ctx, access.By("ann"), access.AddEmployees{Client: "lumen", Employees: nil, Template: "support"})
	require.ErrorIs(t, err, access.ErrInvalid)
	require.True(t, w.Manager.Can("bob", "lumen", tickets))
	require.NoError(t, tx.Commit())
	for _, m := range []*access.Manager{w.Manager, other.Manager} {
		require.NoError(t, w.Store.Refresh(t.Context()))
		other.refresh(t)
		require.Equal(t, access.ReasonDeactivated, m.Check("bob", "lumen", tickets).Reason())
	}
	tx = shared.Begin()
	_, err = w.Manager.Do(tx.Context(t.Context()), access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	require.NoError(t, err)
	tx.Rollback()
	w.Do(access.By("ann"), access.ReactivateEmployees{Client: "lumen", Employees: []relationship.UserID{"bob"}})
	require.True(t, w.Manager.Can("bob", "lumen", tickets))
}

// hanging is a store whose changes wait before they begin.
type hanging struct {
	storage.Store
	begun, release chan struct{}
}

func (s *hanging) Update(ctx context.Context, run func(storage.Tx) error) (storage.Revision, error) {
	select {
	case s.begun <- struct{}{}:
		<-s.release
	case <-s.release:
	}
	return s.Store.Update(ctx, run)
}

// Two Managers over one store: what the one has done the other shows after
// WaitFor, also while a change of its own hangs.
func TestWaitForOnAStoreOfOnesOwn(t *testing.T) {
	t.Parallel()
	w := accesstest.New(t)
	w.AddEmployee("bob", "support", crm.TicketsViewAll)
	store := &hanging{Store: w.Store, begun: make(chan struct{}), release: make(chan struct{})}
	close(store.release)
	other, err := access.Open(t.Context(), store, access.Options{Catalog: w.Catalog, Clock: w.Clock.Now})
	require.NoError(t, err)
	require.True(t, other.CheckName("bob", "lumen", crm.TicketsViewAll).Allowed())

	store.release = make(chan struct{})
	done := make(chan error, 1)
	go func() {
		_, err := other.Do(context.Background(), access.Host(), access.RenameClient{Client: "lumen", Name: "Later"})
		done <- err
	}()
	<-store.begun
	w.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	require.NoError(t, other.WaitFor(t.Context(), w.Manager.Token()))
	require.Equal(t, access.ReasonNotMember, other.CheckName("bob", "lumen", crm.TicketsViewAll).Reason())
	close(store.release)
	require.NoError(t, <-done)
}
