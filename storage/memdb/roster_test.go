package memdb

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// A row of a roster gives back the very record that was put in.
func TestRoster_ARowIsTheMember(t *testing.T) {
	at := func(second int64, micro int64) time.Time { return time.Unix(second, micro*1000).UTC() }
	for _, instant := range []time.Time{
		{}, at(0, 0), at(0, 1), at(-1, 999_999), at(1_800_000_000, 123_456),
		time.Date(1, time.January, 1, 0, 0, 1, 0, time.UTC), time.Date(9999, time.December, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(0, time.January, 1, 0, 0, 0, 0, time.UTC),
	} {
		for _, member := range []relationship.Member{
			{Client: "lumen", User: "ann", Role: relationship.SuperAdmin, Since: instant, TermFrom: instant},
			{
				Client: "lumen", User: "ann", Role: relationship.PartnerAdmin, Set: permset.MustNames("a.b", "c.d"), Manager: "northwind",
				Linked: true, Deactivated: relationship.ClientSide, Template: "x", End: relationship.EndInstant(instant), EndByClient: !instant.IsZero(),
				Since: instant, TermFrom: instant, By: relationship.Actor{Kind: relationship.ByPartnerSide, User: "bob", Partner: "northwind"},
			},
			{Client: "lumen", User: "ann", Role: relationship.Standard, PaidSeat: true, Since: instant, TermFrom: instant},
		} {
			require.True(t, member == new(shapes).member(&member).of("lumen"), "%v\n%v", member, new(shapes).member(&member).of("lumen"))
		}
	}
}

// The list against a map, with every edit at every place, and what was made
// earlier unchanged.
func TestChunks_AreASortedMap(t *testing.T) {
	type pair struct {
		key   string
		value int
	}
	keyOf := func(p pair) string { return p.key }
	random := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		var list, older chunks[pair]
		model, was := map[string]int{}, map[string]int{}
		for step := range 80 {
			var edits []edit[pair]
			for _, n := range random.Perm(600)[:1+random.IntN([]int{2, 50, 400}[step%3])] {
				key := fmt.Sprintf("%03d", n)
				e := edit[pair]{item: pair{key, random.Int()}, gone: random.IntN(3) == 0}
				edits = append(edits, e)
				if e.gone {
					delete(model, key)
				} else {
					model[key] = e.item.value
				}
			}
			slices.SortFunc(edits, func(a, b edit[pair]) int { return cmp.Compare(a.item.key, b.item.key) })
			list = list.with(keyOf, edits)
			for _, c := range list {
				require.NotEmpty(t, c)
				require.LessOrEqual(t, len(c), chunkFull)
			}
			require.Len(t, slices.Collect(list.from(keyOf, "")), len(model))
			for n := range 600 {
				key := fmt.Sprintf("%03d", n)
				want, is := model[key]
				got, found := list.get(keyOf, key)
				require.Equal(t, is, found)
				require.Equal(t, want, got.value)
			}
			after := fmt.Sprintf("%03d", random.IntN(600))
			last := after
			for p := range list.from(keyOf, after) {
				require.Greater(t, p.key, last)
				require.Equal(t, model[p.key], p.value)
				last = p.key
			}
			for key, want := range was {
				got, found := older.get(keyOf, key)
				require.True(t, found)
				require.Equal(t, want, got.value)
			}
			if step%9 == 0 {
				older, was = list, map[string]int{}
				maps.Copy(was, model)
			}
		}
	}
}
