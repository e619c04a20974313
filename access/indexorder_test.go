package access

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
)

// Rows that are not as many as the snapshot has are not believed, and nor is one
// behind the last: questions go to the evaluator.
func TestIndexOrder_RowsThatDoNotFitAreNotKnown(t *testing.T) {
	var d draftRows
	d.add(forEver(3))
	d.add(newEntry(4, 5, 100))
	r := d.done()
	for of := range 4 {
		for number := range of + 1 {
			walk := r.from(number, of)
			for i := range 3 {
				want := uint16(askEvaluator)
				if at := number + i; of == 2 && at < 2 {
					want = []uint16{3, 5}[at]
				}
				require.Equal(t, want, walk.next().at(entryEpoch+100), "%d of %d, and %d", number, of, i)
			}
		}
	}
	gone := []*rowUpdate{{owner: "bob", other: "lumen", was: true, gone: true}}
	require.Zero(t, r.with(&d, gone, placeIDs{{"m", "n", "o"}, {"p", "q"}}).n, "five were to be left")
	left := r.with(&draftRows{}, gone, placeIDs{{"m"}})
	first := left.from(0, 1)
	require.Equal(t, uint16(4), first.next().at(entryEpoch+99))
}

// An owner whose rows do not fit is never taken for a newcomer: their rows stay
// unknown until all their places are gone.
func TestIndexOrder_WhoDoesNotFitIsNoNewcomer(t *testing.T) {
	hash := newHasher()
	update := func(other string, was, gone bool) []*rowUpdate {
		return []*rowUpdate{{hash: hash.of("bob"), owner: "bob", other: other, entry: forEver(3), was: was, gone: gone}}
	}
	now := &order{}
	step := func(updates []*rowUpdate, ids ...string) (rows, bool) {
		now = now.with(updates, func(string) placeIDs {
			if len(ids) == 0 {
				return nil
			}
			piece := placeIDs{nil}
			for _, id := range ids {
				piece[0] = append(piece[0], relationship.ClientID(id))
			}
			return piece
		})
		in := now.shards[hash.of("bob")>>(64-shardBits)]
		r, known := in["bob"]
		return r, known
	}
	r, _ := step(update("m", false, false), "m")
	require.Equal(t, 1, r.n, "a newcomer")
	r, known := step(update("n", false, false), "k", "m", "n")
	require.Zero(t, r.n, "k was never told of")
	require.True(t, known)
	r, known = step(update("n", true, true), "k", "m")
	require.Zero(t, r.n)
	require.True(t, known)
	r, known = step(update("p", false, false), "k", "m", "p")
	require.Zero(t, r.n, "no newcomer")
	require.True(t, known)
	_, known = step(update("p", true, true))
	require.False(t, known, "nothing is left")
	r, _ = step(update("q", false, true))
	require.Zero(t, r.n, "came and went")
	r, _ = step(update("q", false, false), "q")
	require.Equal(t, 1, r.n, "a newcomer again")
}
