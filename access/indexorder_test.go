package access

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Rows that are not as many as the snapshot has are not believed, and nor is one
// behind the last: questions go to the evaluator.
func TestIndexOrder_RowsThatDoNotFitAreNotKnown(t *testing.T) {
	var d draftRows
	d.add(newEntry(3, 0, 0))
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
	gone := []rowUpdate{{owner: "bob", other: "lumen", was: true, gone: true}}
	require.Zero(t, r.with(&d, gone, placeIDs{{"m", "n", "o"}, {"p", "q"}}).n, "five were to be left")
	left := r.with(&draftRows{}, gone, placeIDs{{"m"}})
	first := left.from(0, 1)
	require.Equal(t, uint16(4), first.next().at(entryEpoch+99))
}
