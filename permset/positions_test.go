package permset_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
)

// The operations write out their words one by one. Random sets hardly ever differ in one word alone, so here each permission is, in its
// turn, the only one that matters.
func TestDEL1_PSET3_EveryPositionCounts(t *testing.T) {
	t.Parallel()
	c := flatCatalog(1000)
	all := c.All()
	for p := range c.Permissions() {
		one := must(c.Exactly(p.Name()))
		rest := all.Minus(one)
		require.False(t, one == permset.Set{} || rest == all || one == rest, p)
		require.True(t, one.Has(p) && all.Has(p) && !rest.Has(p), p)
		for q := range one.All() {
			require.Equal(t, p, q)
		}
		require.Equal(t, 999, rest.Len(), p)
		require.True(t, rest.Union(one) == all && one.Union(rest) == all, p)
		require.True(t, all.Minus(rest) == one && all.Intersect(one) == one && one.Intersect(rest) == permset.Set{}, p)
		require.True(t, one.SubsetOf(all) && rest.SubsetOf(all) && !one.SubsetOf(rest) && !all.SubsetOf(rest), p)

		require.True(t, permset.Next(one, rest, permset.Set{}) == one, "%s: who lacks it does not take it away", p)
		require.True(t, permset.Delegate(all, rest, permset.Set{}) ==
			permset.Delegation{Next: one, Revoked: rest, Retained: one}, "%s: nor among others", p)
		require.True(t, permset.Delegate(permset.Set{}, rest, all) ==
			permset.Delegation{Next: rest, Granted: rest, Withheld: one}, "%s: nor gives it", p)
		require.True(t, permset.Delegate(rest, one, one) ==
			permset.Delegation{Next: all, Granted: one, Retained: rest}, "%s: who holds it gives it", p)
		require.True(t, permset.Delegate(all, one, permset.Set{}) ==
			permset.Delegation{Next: rest, Revoked: one, Retained: rest}, "%s: and takes it", p)
	}
}
