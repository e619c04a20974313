package permset_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientaccess/clientaccess/permset"
)

func TestPSET3_NamesAreCanonical(t *testing.T) {
	a, err := permset.NewNames("reports.view", "a-b", "a.b", "ab", "a_b", "a.b")
	require.NoError(t, err)
	b, err := permset.ParseNames("\n a_b\tab  a.b a-b\u00a0reports.view\r\n a-b ")
	require.NoError(t, err)
	require.True(t, a == b)
	require.Equal(t, "a-b a.b a_b ab reports.view", a.String())
	require.Equal(t, 5, a.Len())
	require.Equal(t, []string{"a-b", "a.b", "a_b", "ab", "reports.view"}, a.Slice())
	for i, name := range a.Slice() {
		require.True(t, a.Has(name), "%d", i)
	}
	for _, name := range []string{"", " ", "a", "b", "view", "reports", "a-b a.b", "zz", "A"} {
		require.False(t, a.Has(name), name)
	}
	for name := range a.All() {
		require.Equal(t, "a-b", name)
		break
	}
}

func TestPSET3_TheEmptyNames(t *testing.T) {
	var empty permset.Names
	require.Equal(t, empty, must(permset.NewNames()))
	require.Equal(t, empty, must(permset.ParseNames(" \n\t")))
	require.True(t, empty.IsEmpty() && empty.IsZero())
	require.Zero(t, empty.Len())
	require.Nil(t, empty.Slice())
	require.False(t, empty.Has(""))
	require.True(t, empty.SubsetOf(empty))
	require.False(t, permset.MustNames("a").IsEmpty() || permset.MustNames("a").IsZero())
}

func TestMustNamesPanicsOnABadName(t *testing.T) {
	require.Equal(t, "a b", permset.MustNames("b", "a").String())
	require.Panics(t, func() { permset.MustNames("Not A Name") })
}

func TestPSET3_NamesAsJSON(t *testing.T) {
	type record struct {
		Names permset.Names            `json:"names"`
		Rest  permset.Names            `json:"rest,omitzero"`
		By    map[permset.Names]string `json:"by,omitempty"`
	}
	data, err := json.Marshal(record{Names: permset.MustNames("b.view", "a"), By: map[permset.Names]string{permset.MustNames("y", "x"): "xy"}})
	require.NoError(t, err)
	require.Equal(t, `{"names":["a","b.view"],"by":{"x y":"xy"}}`, string(data))
	var read record
	require.NoError(t, json.Unmarshal(data, &read))
	require.Equal(t, permset.MustNames("a", "b.view"), read.Names)
	require.Equal(t, "xy", read.By[permset.MustNames("x", "y")])

	data, err = json.Marshal(permset.Names{})
	require.NoError(t, err)
	require.Equal(t, `[]`, string(data))

	names := permset.MustNames("kept")
	for _, bad := range []string{`"a B"`, `"a`, `["a b"]`, `["a",null]`, `[1]`, `{}`, `["A"]`, `["a\u0000"]`, `[["a"]]`} {
		require.Error(t, names.UnmarshalJSON([]byte(bad)), bad)
		require.Equal(t, "kept", names.String(), "an error changes nothing")
	}
	require.NoError(t, names.UnmarshalJSON([]byte(`["b", "a", "b"]`)))
	require.Equal(t, "a b", names.String())
	require.NoError(t, names.UnmarshalJSON([]byte(`null`)))
	require.True(t, names.IsEmpty())
}

func TestPSET3_NamesAsText(t *testing.T) {
	names := permset.MustNames("kept")
	require.Error(t, names.UnmarshalText([]byte("a B")))
	require.Equal(t, "kept", names.String())
	require.NoError(t, names.UnmarshalText([]byte("b  a")))
	text, err := names.MarshalText()
	require.NoError(t, err)
	require.Equal(t, "a b", string(text))
}

func TestPSET3_NamesAgreeWithAModel(t *testing.T) {
	one := rapid.StringMatching(`[a-c](\.[a-c]|[a-c0-1]|-[a-b]|_a){0,3}`)
	many := rapid.SliceOfN(one, 0, 30)
	modelOf := func(names []string) model {
		m := model{}
		for _, name := range names {
			m[name] = true
		}
		return m
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := many.Draw(t, "a"), many.Draw(t, "b")
		x, y := modelOf(a), modelOf(b)
		n, o := permset.MustNames(a...), permset.MustNames(b...)
		require.Equal(t, x.String(), n.String())
		require.Equal(t, len(x), n.Len())
		require.Equal(t, slices.Sorted(maps.Keys(x)), n.Slice())
		require.Equal(t, x.union(y).String(), n.Union(o).String())
		require.Equal(t, x.intersect(y).String(), n.Intersect(o).String())
		require.Equal(t, x.minus(y).String(), n.Minus(o).String())
		require.Equal(t, len(x.minus(y)) == 0, n.SubsetOf(o))
		require.Equal(t, maps.Equal(x, y), n == o)
		require.True(t, n.SubsetOf(n.Union(o)) && n.Intersect(o).SubsetOf(o))
		for _, name := range append(b, strings.Fields(o.Union(n).String())...) {
			require.Equal(t, x[name], n.Has(name), name)
		}
		read, err := permset.ParseNames(n.String())
		require.NoError(t, err)
		require.True(t, read == n)
	})
}
