package access

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Any number of items, with hashes that are as good as random, that share their
// first bits, or that are all the same.
func TestSortByHash_Sorts(t *testing.T) {
	t.Parallel()
	type item struct {
		hash uint64
		name int
	}
	compare := func(a, b item) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.name, b.name)) }
	random := rand.New(rand.NewPCG(8, 9))
	for _, mask := range []uint64{^uint64(0), 0xff, 0xff << 56, 0} {
		for n := range 300 {
			items := make([]item, n)
			for i := range items {
				items[i] = item{random.Uint64() & mask, random.IntN(1000)}
			}
			want := slices.Clone(items)
			slices.SortFunc(want, compare)
			got := sortByHash(items, func(i item) uint64 { return i.hash }, compare)
			require.Equal(t, want, got, "%d of %x", n, mask)
		}
	}
}
