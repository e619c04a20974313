package permset_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientaccess/clientaccess/permset"
)

func TestPSET2_CirclesAreFoundWhereverThereAreAny(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(r, "permissions")
		d := flatDeclaration(n)
		reach := make([][]bool, n) // by walking, in any number of steps
		for i := range reach {
			reach[i] = make([]bool, n)
		}
		for range rapid.IntRange(0, 2*n).Draw(r, "implications") {
			i, j := rapid.IntRange(0, n-1).Draw(r, "from"), rapid.IntRange(0, n-1).Draw(r, "to")
			if i != j {
				d.Permissions[i].Implies = append(d.Permissions[i].Implies, flatName(j))
				reach[i][j] = true
			}
		}
		for k := range n {
			for i := range n {
				for j := range n {
					reach[i][j] = reach[i][j] || reach[i][k] && reach[k][j]
				}
			}
		}
		inCircle := map[string]bool{} // by name
		for i := range n {
			if reach[i][i] {
				inCircle[flatName(i)] = true
			}
		}

		found := map[string]bool{}
		for _, fault := range faultsOf(t, d) {
			names := strings.Split(strings.TrimPrefix(fault.Problem, "a circle: "), " implies ")
			require.Equal(t, names[0], names[len(names)-1])
			require.Equal(t, fault.Permission, names[0])
			for k, name := range names[1:] {
				require.False(t, found[name], "the circles share nothing")
				require.True(t, inCircle[name])
				at := slices.IndexFunc(d.Permissions, func(p permset.Declared) bool { return p.Name == names[k] })
				require.Contains(t, d.Permissions[at].Implies, name)
			}
			for _, name := range names[1:] {
				found[name] = true
			}
		}
		// Every group of permissions that imply each other has at least one circle.
		for i := range n {
			if reach[i][i] {
				met := false
				for j := range n {
					met = met || reach[i][j] && reach[j][i] && found[flatName(j)]
				}
				require.True(t, met, "nothing found around %s", flatName(i))
			}
		}
	})
}
