package access_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// adoptCatalog is the catalogue of the world's Manager, changed.
func (w *randomWorld) adoptCatalog(change func(*permset.Declaration)) *permset.Catalog {
	w.t.Helper()
	declaration := w.manager.Catalog().Declaration()
	change(&declaration)
	catalog, err := permset.NewCatalog(declaration)
	require.NoError(w.t, err)
	return catalog
}

// adoptPlan plans the adoption, which changes nothing.
func (w *randomWorld) adoptPlan(catalog *permset.Catalog) access.CatalogPlan {
	w.t.Helper()
	revision := w.store.Snapshot().Revision()
	plan, err := access.PlanCatalog(w.store, catalog)
	require.NoError(w.t, err)
	require.Equal(w.t, revision, w.store.Snapshot().Revision())
	require.Equal(w.t, catalog.Fingerprint(), plan.Catalog)
	return plan
}

func (w *randomWorld) adopt(catalog *permset.Catalog, plan access.CatalogPlan) (*access.Manager, error) {
	return access.AdoptCatalog(context.Background(), w.store, access.Options{Catalog: catalog, Clock: w.clock.Now}, plan)
}

// adoptImplying has viewing notes imply viewing reports.
func adoptImplying(d *permset.Declaration) {
	declaredPermission(d, "notes.view").Implies = []string{"reports.view"}
}

// Adopting a new implication completes the stored sets, in one commit with one
// event by the host, and gives just what the plan showed. What a ceiling does
// not name is cut.
func TestPSET5_AdoptingANewImplication(t *testing.T) {
	w := catalogWorld(t)
	w.must(access.By("carla"), access.LiftCeiling{Client: "gamma", Partner: "north"})
	catalog := w.adoptCatalog(adoptImplying)
	_, err := w.reopen(adoptImplying)
	require.ErrorIs(t, err, access.ErrWidens)
	plan := w.adoptPlan(catalog)
	require.Contains(t, plan.String(), "member \"gamma\" \"olga\" would gain reports.view\n")
	require.Contains(t, plan.String(), "template \"north\" \"gamma\" would gain reports.view\n")

	old, before := w.manager, w.store.Snapshot()
	again, err := w.adopt(catalog, plan)
	require.NoError(t, err)
	require.True(t, again.CheckName("olga", "gamma", "reports.view").Allowed())
	require.True(t, again.CheckName("olga", "gamma", "notes.edit").Allowed(), "and she loses nothing")
	template, _ := storage.Get[relationship.Template](w.store.Snapshot(), relationship.TemplateKey("north", "gamma"))
	require.Equal(t, perms("notes.edit", "notes.view", "reports.view"), template.Set)

	// One event tells it all.
	require.Equal(t, before.Revision()+1, w.store.Snapshot().Revision())
	for event, err := range again.Events(t.Context(), access.Host(), before.Revision()) {
		require.NoError(t, err)
		require.Equal(t, "AdoptCatalog", event.Change)
		require.Equal(t, relationship.Actor{Kind: relationship.ByHost}, event.Actor)
		require.Equal(t, w.clock.Now(), event.At)
		require.NotEmpty(t, event.Call)
		require.Equal(t, stateDiff(before, w.store.Snapshot()), inKeyOrder(event.Lines))
		require.Len(t, event.Lines, len(plan.Gains)+1, "each that gains, and the catalogue")
	}
	_, err = again.Verify(t.Context())
	require.NoError(t, err)

	// The old Manager refuses, and Open works.
	_, err = old.Do(t.Context(), access.By("carla"), access.RemoveMember{Client: "gamma", User: "olga"})
	require.ErrorIs(t, err, access.ErrCatalog)
	require.Equal(t, access.ReasonOtherCatalog, old.CheckName("olga", "gamma", "notes.edit").Reason())
	opened, err := w.reopen(adoptImplying)
	require.NoError(t, err)
	require.True(t, opened.CheckName("olga", "gamma", "reports.view").Allowed())
}

// A ceiling is closed by taking away: it is not completed, and now cuts what
// implies more than it has (PSET-2).
func TestPSET5_AdoptingCompletesNoCeiling(t *testing.T) {
	w := catalogWorld(t)
	w.must(access.By("carla"), access.SetCeiling{Client: "gamma", Partner: "north", Permissions: []string{"notes.view", "users.view"}})
	terms, _ := w.store.Snapshot().Get(relationship.TermsKey("gamma", "north"))
	require.True(t, w.manager.CheckName("nora", "gamma", "notes.view").Allowed())
	catalog := w.adoptCatalog(adoptImplying)
	again, err := w.adopt(catalog, w.adoptPlan(catalog))
	require.NoError(t, err)
	now, _ := w.store.Snapshot().Get(relationship.TermsKey("gamma", "north"))
	require.Equal(t, terms, now)
	require.Equal(t, access.ReasonCeiling, again.CheckName("nora", "gamma", "reports.view").Reason())
	require.Equal(t, access.ReasonCeiling, again.CheckName("nora", "gamma", "notes.view").Reason())
}

// A mark that is dropped is adopted as well; no record changes by it.
func TestPSET5_AdoptingWithoutAMark(t *testing.T) {
	w := catalogWorld(t)
	catalog := w.adoptCatalog(func(d *permset.Declaration) { declaredPermission(d, "reports.build").Marks = 0 })
	require.Equal(t, access.ReasonNoSeat, w.manager.CheckName("otto", "gamma", "reports.build").Reason())
	before := w.store.Snapshot()
	again, err := w.adopt(catalog, w.adoptPlan(catalog))
	require.NoError(t, err)
	require.True(t, again.CheckName("otto", "gamma", "reports.build").Allowed())
	require.Len(t, stateDiff(before, w.store.Snapshot()), 1)
}

// What is adopted is exactly what was shown: if somebody would gain who did not
// when it was planned, or no longer would, nothing happens.
func TestPSET5_AdoptingWhatWasShown(t *testing.T) {
	w := catalogWorld(t)
	catalog := w.adoptCatalog(adoptImplying)
	plan := w.adoptPlan(catalog)
	w.must(access.By("carla"), access.RemoveMember{Client: "gamma", User: "olga"})
	w.must(access.By("carla"), access.ChangeMemberPermissions{Client: "gamma", User: "otto", Add: []string{"notes.view"}, Remove: []string{"reports.view"}})
	w.clock.Turn(accesstest.Day)
	before := w.store.Snapshot()
	_, err := w.adopt(catalog, plan)
	require.ErrorIs(t, err, access.ErrChanged)
	var changed *access.ChangedError
	require.ErrorAs(t, err, &changed)
	require.Equal(t, []string{
		`no longer: member "gamma" "olga" would gain reports.view`,
		`now: member "gamma" "otto" would gain reports.view`,
	}, changed.Differences)
	require.Equal(t, before.Revision(), w.store.Snapshot().Revision())
	require.True(t, w.manager.CheckName("otto", "gamma", "notes.view").Allowed(), "the Manager in force goes on")

	// What has nothing to do with it is no difference.
	plan = w.adoptPlan(catalog)
	w.must(access.By("carla"), access.SetSeat{Client: "gamma", User: "otto", Paid: true})
	_, err = w.adopt(catalog, plan)
	require.NoError(t, err)
}

// A plan is for one catalogue, and names everybody: an altered one is refused.
func TestPSET5_AdoptingNeedsThePlan(t *testing.T) {
	w := catalogWorld(t)
	catalog := w.adoptCatalog(adoptImplying)
	plan, before := w.adoptPlan(catalog), w.store.Snapshot().Revision()
	less, more := plan, plan
	less.Gains = plan.Gains[1:]
	more.Gains = append(slices.Clone(plan.Gains), access.Gain{Key: relationship.MemberKey("gamma", "carla"), Names: perms("reports.view")})
	for _, bad := range []struct {
		plan   access.CatalogPlan
		reason error
	}{
		{access.CatalogPlan{}, access.ErrInvalid},
		{access.CatalogPlan{Gains: plan.Gains}, access.ErrInvalid},
		{w.adoptPlan(w.adoptCatalog(growCatalog)), access.ErrInvalid},
		{access.CatalogPlan{Catalog: plan.Catalog}, access.ErrChanged},
		{less, access.ErrChanged},
		{more, access.ErrChanged},
	} {
		_, err := w.adopt(catalog, bad.plan)
		require.ErrorIs(t, err, bad.reason)
		require.Equal(t, before, w.store.Snapshot().Revision())
	}

	// It travels as JSON.
	text, err := json.Marshal(plan)
	require.NoError(t, err)
	var read access.CatalogPlan
	require.NoError(t, json.Unmarshal(text, &read))
	require.Equal(t, plan, read)
	_, err = w.adopt(catalog, read)
	require.NoError(t, err)
}

// Every process of a host may adopt the same plan: the first does, and the
// others open. So it is where the catalogue widens nothing, and in an empty
// store.
func TestPSET5_AdoptingTwiceIsOpening(t *testing.T) {
	w := catalogWorld(t)
	for _, change := range []func(*permset.Declaration){adoptImplying, growCatalog} {
		catalog := w.adoptCatalog(change)
		plan := w.adoptPlan(catalog)
		first, err := w.adopt(catalog, plan)
		require.NoError(t, err)
		revision := w.store.Snapshot().Revision()
		second, err := w.adopt(catalog, plan)
		require.NoError(t, err)
		require.Equal(t, revision, w.store.Snapshot().Revision())
		require.True(t, first.CheckName("carla", "gamma", "notes.view").Allowed())
		require.True(t, second.CheckName("carla", "gamma", "notes.view").Allowed())
		require.Empty(t, w.adoptPlan(catalog).Gains)
		w.manager = second
	}

	empty := memdb.New()
	plan, err := access.PlanCatalog(empty, smallCatalog())
	require.NoError(t, err)
	require.Empty(t, plan.Gains)
	manager, err := access.AdoptCatalog(t.Context(), empty, access.Options{Catalog: smallCatalog()}, plan)
	require.NoError(t, err)
	_, err = manager.Verify(t.Context())
	require.NoError(t, err)
}

func TestPSET5_AdoptingNeedsAStoreAndACatalogue(t *testing.T) {
	_, err := access.PlanCatalog(nil, smallCatalog())
	require.ErrorIs(t, err, access.ErrInvalid)
	_, err = access.PlanCatalog(memdb.New(), nil)
	require.ErrorIs(t, err, access.ErrInvalid)
	_, err = access.AdoptCatalog(t.Context(), nil, access.Options{Catalog: smallCatalog()}, access.CatalogPlan{})
	require.ErrorIs(t, err, access.ErrInvalid)
	_, err = access.AdoptCatalog(t.Context(), memdb.New(), access.Options{}, access.CatalogPlan{})
	require.ErrorIs(t, err, access.ErrInvalid)
}

// A name that comes back incomplete is shown with all that it brings.
func TestPSET5_AdoptingANameThatComesBackAsMore(t *testing.T) {
	w := catalogWorld(t)
	lost, err := w.reopen(func(d *permset.Declaration) { dropPermission(d, "notes.view") })
	require.NoError(t, err)
	w.manager = lost
	catalog := w.adoptCatalog(func(d *permset.Declaration) {
		*d = smallDeclaration()
		declaredPermission(d, "notes.view").Implies = []string{"reports.view"}
	})
	plan := w.adoptPlan(catalog)
	require.Contains(t, plan.String(), "member \"gamma\" \"olga\" would gain notes.view reports.view\n")
	again, err := w.adopt(catalog, plan)
	require.NoError(t, err)
	require.True(t, again.CheckName("olga", "gamma", "notes.view").Allowed())
	require.True(t, again.CheckName("olga", "gamma", "reports.view").Allowed())
}
