package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// TestPSET5_NobodyGainsWhatThePlanDoesNotShow adopts random catalogues in random
// worlds. A plan shows what Open refuses, and nothing else. What anybody may use
// afterwards and could not before stands in the plan, with their own set or with
// the ceiling over it; and what stands there with a set is in it. Nothing is
// taken out of any stored set.
func TestPSET5_NobodyGainsWhatThePlanDoesNotShow(t *testing.T) {
	t.Parallel()
	worlds, adopted, gained := 8, 0, 0
	if fullRun() {
		worlds = 1000
	}
	for seed := range uint64(worlds) {
		w := newRandomWorld(t, 30_000+seed)
		for range 25 {
			w.step()
		}
		for range 8 {
			var declaration permset.Declaration
			w.mutate(&declaration)
			catalog := w.adoptCatalog(func(d *permset.Declaration) { *d = declaration })
			plan := w.adoptPlan(catalog)
			before, could := w.store.Snapshot(), w.namesAllowed()
			if _, err := w.reopen(func(d *permset.Declaration) { *d = declaration }); err == nil {
				require.Empty(t, plan.Gains)
			} else {
				var widens *access.WidensError
				require.ErrorAs(t, err, &widens)
				require.Equal(t, widens.Gains, plan.Gains)
				adopted++
			}
			again, err := w.adopt(catalog, plan)
			require.NoError(t, err)
			w.manager = again
			gained += adoptAgrees(w, seed, plan, before, could)
		}
		_, err := w.manager.Verify(t.Context())
		require.NoError(t, err)
	}
	t.Logf("%d catalogues adopted, %d places gained", adopted, gained)
	require.Positive(t, adopted)
	require.Positive(t, gained)
}

// adoptAgrees compares before and after, and counts who could use more.
func adoptAgrees(w *randomWorld, seed uint64, plan access.CatalogPlan, before storage.Reader, could map[access.Place]permset.Names) (gained int) {
	w.t.Helper()
	shown := map[relationship.Key]permset.Names{}
	for _, gain := range plan.Gains {
		shown[gain.Key] = gain.Names
	}
	after := w.store.Snapshot()
	for _, m := range everyRecord[relationship.Member](after, relationship.KindMember) {
		was, _ := storage.Get[relationship.Member](before, m.Key())
		require.True(w.t, was.Set.SubsetOf(m.Set))
		require.True(w.t, m.Set.Minus(was.Set).SubsetOf(shown[m.Key()]))
		bound, _ := w.manager.Catalog().Bind(m.Set)
		for name := range shown[m.Key()].All() {
			require.Truef(w.t, bound.Names().Has(name), "seed %d: %s was to have %s", seed, m.Key(), name)
		}
		was.Set = m.Set
		require.Equal(w.t, was, m, "nothing else changes")

		place := access.Place{Client: m.Client, User: m.User}
		more := w.manager.Permissions(m.User, m.Client).Names().Minus(could[place])
		if m.Role == relationship.SuperAdmin || more.IsEmpty() {
			continue // a super admin has the whole catalogue, whatever it is (ADM-1)
		}
		gained++
		told := shown[m.Key()].Union(shown[relationship.TermsKey(m.Client, m.Manager)])
		require.Truef(w.t, more.SubsetOf(told), "seed %d: %s may use %s, and the plan shows %s", seed, place, more, told)
	}
	for _, template := range everyRecord[relationship.Template](after, relationship.KindTemplate) {
		was, _ := storage.Get[relationship.Template](before, template.Key())
		require.True(w.t, was.Set.SubsetOf(template.Set))
		require.True(w.t, template.Set.Minus(was.Set).SubsetOf(shown[template.Key()]))
	}
	return gained
}

// TestPSET5_NoGrowthOfTheBuiltInTemplateReachesAnybody: whichever permission is
// put into the built-in template, no set widens and nobody may use anything
// more.
func TestPSET5_NoGrowthOfTheBuiltInTemplateReachesAnybody(t *testing.T) {
	t.Parallel()
	grown := 0
	for seed := range uint64(6) {
		w := newRandomWorld(t, 40_000+seed)
		for range 25 {
			w.step()
		}
		could := w.namesAllowed()
		for p := range smallCatalog().Permissions() {
			declaration := w.manager.Catalog().Declaration()
			declaration.PartnerAdmin = append(declaration.PartnerAdmin, p.Name())
			if _, err := permset.NewCatalog(declaration); err != nil {
				continue // such as are never a partner admin's
			}
			again, err := w.reopen(func(d *permset.Declaration) { *d = declaration })
			require.NoError(t, err)
			w.manager = again
			require.Equal(t, could, w.namesAllowed())
			grown++
		}
	}
	require.Positive(t, grown)
}
