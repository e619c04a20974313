package access_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

func TestORG4_ImportsOneOfEachKind(t *testing.T) {
	w := newImporting(t)
	w.applied(importStory()...)

	require.Equal(t, relationship.Employee{
		Partner: "south", User: "kim", Kind: relationship.Contractor, Status: relationship.Suspended,
		Confirmed: true, Since: accesstest.Start,
	}, importRecords(w.Store.Snapshot())[relationship.EmployeeKey("south", "kim")])
	require.Equal(t, relationship.Member{
		Client: "harbor", User: "jo", Role: relationship.PartnerAdmin, Manager: "south", Template: "partner admin",
		Set:   w.Catalog.Close(crmSet(t, crm.ContactsViewAll)).Names(),
		Since: importLongAgo, TermFrom: importLongAgo, By: relationship.Actor{Kind: relationship.ByHost},
	}, w.Member("harbor", "jo"))
	require.Equal(t, relationship.Relationship{
		Partner: "south", Client: "harbor", ClientName: "Harbor (retainer)", Phase: relationship.Active, Members: 2,
		Started: importLongAgo, Activity: importLongAgo.Add(time.Hour), Limit: accesstest.Start.Add(400 * accesstest.Day),
	}, w.Relationship("south", "harbor"))
	require.True(t, w.Manager.Can("jo", "harbor", w.Permission(crm.ContactsViewAll)))
	require.False(t, w.Manager.Can("kim", "harbor", w.Permission(crm.TicketsViewAll)))

	w.Clock.Turn(accesstest.Day)
	w.unchanged(importStory()...)
	w.Clock.Turn(500 * accesstest.Day) // what was imported has run out meanwhile
	for _, o := range w.rows(importStory()...)[:10] {
		require.Equal(t, access.Unchanged, o.Outcome, "%s", o)
	}
}

func crmSet(t *testing.T, names ...string) permset.Set {
	t.Helper()
	set, err := crm.Catalog().Set(names...)
	require.NoError(t, err)
	return set
}

// The host alone imports; to everybody else the answer comes before a row is
// read.
func TestORG4_TheHostAloneImports(t *testing.T) {
	w := newImporting(t)
	unread := func(func(access.ImportRow) bool) { t.Fatal("rows were read") }
	for _, call := range []access.Call{access.By("ann"), access.By("carla"), access.By("ann").At("northwind"), {}} {
		counts, err := w.Manager.Import(context.Background(), call, unread, nil)
		require.Error(t, err)
		require.Zero(t, counts)
		if call != (access.Call{}) {
			require.ErrorIs(t, err, access.ErrNotAllowed)
		}
	}
	_, err := w.Manager.Import(context.Background(), access.Host(), nil, nil)
	require.ErrorIs(t, err, access.ErrInvalid)
	require.EqualValues(t, 3, w.Manager.Stats().Refused[access.ErrNotAllowed.Error()])
}

// PLAN-3: chunks of at most 1,000 rows, one event each, and all of one call;
// reported after their commit, in order.
func TestPLAN3_ImportCommitsInChunksAndReportsAfterThem(t *testing.T) {
	w := newImporting(t)
	start := w.Store.Snapshot().Revision()
	var reported []access.ImportedRow
	counts, err := w.Manager.Import(context.Background(), access.Host().Because("moving in"), manyUsers(2500), func(o access.ImportedRow) {
		require.Equal(t, len(reported), o.Number)
		require.Equal(t, start+storage.Revision(o.Number/1000)+1, o.Revision)
		require.Equal(t, o.Revision, w.Store.Snapshot().Revision(), "it was reported after its commit, and before the next")
		reported = append(reported, o)
	})
	require.NoError(t, err)
	require.Equal(t, access.Tally{Applied: 2500}, counts)
	importCounted(t, counts, reported)

	var lines []int
	var calls []string
	for event, err := range w.Manager.Events(context.Background(), access.Host(), start) {
		require.NoError(t, err)
		require.Equal(t, "Import", event.Change)
		require.Equal(t, relationship.Actor{Kind: relationship.ByHost}, event.Actor)
		require.Equal(t, "moving in", event.Reason)
		lines, calls = append(lines, len(event.Lines)), append(calls, event.Call)
	}
	require.Equal(t, []int{1000, 1000, 500}, lines)
	require.Len(t, slices.Compact(calls), 1)
}

func manyUsers(n int) iter.Seq[access.ImportRow] {
	return func(yield func(access.ImportRow) bool) {
		for i := range n {
			if !yield(importUser(relationship.UserID(fmt.Sprintf("user-%d", i)), "many.example")) {
				return
			}
		}
	}
}

func TestPLAN3_CancellingStopsAnImportBetweenChunksAndItGoesOnWhenRepeated(t *testing.T) {
	w := newImporting(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	read := 0
	outcomes, counts, err := w.run(ctx, func(yield func(access.ImportRow) bool) {
		for row := range manyUsers(3000) {
			if read++; read == 1700 {
				cancel()
			}
			if !yield(row) {
				return
			}
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, access.Tally{Applied: 1000, NotAttempted: 700}, counts, "what was read is counted, and no more")
	require.ErrorIs(t, outcomes[1000].Err, context.Canceled)
	require.Len(t, everyRecord[relationship.User](w.Store.Snapshot(), relationship.KindUser), 1003)

	_, counts, err = w.run(context.Background(), manyUsers(3000))
	require.NoError(t, err)
	require.Equal(t, access.Tally{Applied: 2000, Unchanged: 1000}, counts)
	_, counts, err = w.run(context.Background(), manyUsers(3000))
	require.NoError(t, err)
	require.Equal(t, access.Tally{Unchanged: 3000}, counts)
}

func TestPLAN3_AnImportThatIsCancelledBeforehandReadsOneRow(t *testing.T) {
	w := newImporting(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, counts, err := w.run(ctx, manyUsers(3000))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, access.Tally{NotAttempted: 1}, counts)
}

// importTwice runs every function upon the state of another store first, as a
// store may that has to try again upon what others have written.
type importTwice struct {
	storage.Store
	first *accesstest.World
}

func (s importTwice) Update(ctx context.Context, run func(storage.Tx) error) (storage.Revision, error) {
	if s.first != nil {
		if err := run(s.first.Store.Snapshot().Draft()); err != nil {
			return 0, err
		}
	}
	return s.Store.Update(ctx, run)
}

// The outcomes are those of the run that was committed.
func TestPLAN3_ImportForgetsTheRunsThatWereDropped(t *testing.T) {
	store := memdb.New()
	w := newImporting(t, accesstest.WithStore(store))
	story := append(importStory(), importUser("free", "home.example"), importUser("ann", "home.example"))

	other := importTroubled(t)
	other.applied(access.ImportUser{ID: "other", Name: "Other", Email: "free@home.example"})
	manager, err := access.Open(context.Background(), importTwice{store, other.World}, access.Options{Catalog: w.Catalog, Clock: w.Clock.Now})
	require.NoError(t, err)
	w.Manager = manager
	outcomes := w.rows(story...)
	for _, o := range outcomes[:len(story)-1] {
		require.Equal(t, access.Applied, o.Outcome, "%s", o)
	}
	require.ErrorIs(t, outcomes[len(story)-1].Err, access.ErrExists)
}

// A store that fails stops the import; its rows were not attempted.
func TestPLAN3_AStoreThatFailsStopsTheImport(t *testing.T) {
	store := &faultyStore{Store: memdb.New()}
	w := newImporting(t, accesstest.WithStore(store))
	before := store.Snapshot().Revision()
	for store.failAt = 1; ; store.failAt++ {
		_, counts, err := w.run(context.Background(), slices.Values(importStory()))
		if err == nil {
			require.Equal(t, access.Tally{Applied: len(importStory())}, counts)
			break
		}
		require.ErrorIs(t, err, errFault)
		require.Equal(t, access.Tally{NotAttempted: len(importStory())}, counts)
		require.Equal(t, before, store.Snapshot().Revision())
	}
	require.Greater(t, store.failAt, len(importStory()))
	store.failAt = 0

	require.NoError(t, w.Store.Close())
	_, counts, err := w.run(context.Background(), slices.Values(importStory()))
	require.ErrorIs(t, err, storage.ErrClosed)
	require.Equal(t, access.Tally{NotAttempted: len(importStory())}, counts)
}

// Another catalogue in force stops an import, like every change.
func TestPLAN3_AnotherCatalogueStopsTheImport(t *testing.T) {
	w := newImporting(t)
	declared := crm.Catalog().Declaration()
	declared.Permissions = append(declared.Permissions, permset.Declared{Name: "zoo.visit", Title: "Visit", Group: "Zoo"})
	grown, err := permset.NewCatalog(declared)
	require.NoError(t, err)
	other, err := access.Open(context.Background(), w.Store, access.Options{Catalog: grown, Clock: w.Clock.Now})
	require.NoError(t, err)
	_, _, err = w.run(context.Background(), slices.Values(importStory()))
	require.ErrorIs(t, err, access.ErrCatalog)
	w.Manager = other
	w.applied(importStory()...)
}
