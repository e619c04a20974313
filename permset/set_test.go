package permset_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
)

func TestPSET3_SetsAreValues(t *testing.T) {
	for _, width := range []int{10, 600} {
		c := flatCatalog(width)
		last := flatName(width - 1)
		a := must(c.Set("p3", last, "p3"))
		b := must(c.Set(last)).Union(must(c.Set("p3")))
		require.True(t, a == b)

		seen := map[permset.Set]string{a: "a", {}: "empty"}
		require.Equal(t, "a", seen[b])
		require.Equal(t, "empty", seen[a.Minus(b)])

		copied := a
		_ = a.Minus(b)
		_ = a.Union(c.All())
		require.True(t, copied == a, "no operation changes its operands")
	}
}

func TestPSET3_TheEmptySetIsOneValue(t *testing.T) {
	c, other := flatCatalog(600), flatCatalog(600)
	all := c.All()
	for name, empty := range map[string]permset.Set{
		"minus":     all.Minus(all),
		"intersect": must(c.Set("p1")).Intersect(must(c.Set("p599"))),
		"no names":  must(c.Set()),
		"exactly":   must(c.Exactly()),
		"marked":    c.Marked(permset.Paid),
		"floor":     c.Floor(permset.Set{}),
		"close":     c.Close(permset.Set{}),
		"without":   c.Without(all, all),
		"union":     permset.Set{}.Union(permset.Set{}),
	} {
		require.True(t, empty == permset.Set{}, name)
		require.True(t, empty.IsEmpty(), name)
		require.Zero(t, empty.Len(), name)
		require.Nil(t, empty.Catalog(), name)
		require.Empty(t, empty.String(), name)
		require.Empty(t, slices.Collect(empty.All()), name)
		require.True(t, empty.Names().IsEmpty(), name)
		require.True(t, empty.Union(other.All()) == other.All(), "it goes together with every catalogue")
		require.True(t, other.All().Union(empty) == other.All())
		require.True(t, empty.SubsetOf(other.All()))
		require.False(t, other.All().SubsetOf(empty))
		require.True(t, other.All().Minus(empty) == other.All())
	}
	require.Same(t, c, all.Catalog())
}

func TestPSET3_SetsOfTwoCataloguesDoNotMix(t *testing.T) {
	c, other := flatCatalog(3), flatCatalog(3)
	a, b := c.All(), other.All()
	const message = "permset: sets of two different catalogues were combined; bind the names of both to one catalogue"
	for name, mix := range map[string]func(){
		"union":       func() { a.Union(b) },
		"intersect":   func() { a.Intersect(b) },
		"minus":       func() { a.Minus(b) },
		"subset":      func() { a.SubsetOf(b) },
		"close":       func() { c.Close(b) },
		"floor":       func() { c.Floor(b) },
		"without":     func() { c.Without(a, b) },
		"delegate":    func() { permset.Delegate(a, b, permset.Set{}) },
		"no actor":    func() { permset.Delegate(a, permset.Set{}, b) },
		"no target":   func() { permset.Delegate(permset.Set{}, a, b) },
		"next":        func() { permset.Next(a, a, b) },
		"from others": func() { other.Without(permset.Set{}, a) },
	} {
		require.PanicsWithValue(t, message, mix, name)
	}
	require.False(t, a == b)
	require.Equal(t, a.Names(), b.Names(), "names do mix")

	p, _ := other.Lookup("p0")
	require.False(t, a.Has(p) || p.In(&a), "a question is answered, with no")
	require.False(t, a.Has(permset.Permission{}))
	require.False(t, permset.Set{}.Has(permset.Permission{}))
}

func TestPSET3_TheFirst512AreNotTheWholeSet(t *testing.T) {
	c := flatCatalog(1000)
	set := func(names ...string) permset.Set { return must(c.Set(names...)) }
	require.False(t, set("p999").SubsetOf(set("p512")), "longer")
	require.False(t, set("p600", "p999").SubsetOf(set("p601", "p999")), "as long")
	require.False(t, set("p512").SubsetOf(set("p999")), "shorter")
	require.True(t, set("p512").SubsetOf(set("p512", "p999")))
	require.False(t, set("p512") == set("p513"))
	require.True(t, set("p512", "p999").Minus(set("p999")) == set("p512"), "trimmed")
	require.True(t, set("p5", "p999").Intersect(set("p5", "p998")) == set("p5"))
	p, _ := c.Lookup("p999")
	short := set("p512")
	require.False(t, short.Has(p) || p.In(&short), "past the end")
}

func TestPSET3_AllYieldsInDeclaredOrderAndStops(t *testing.T) {
	c := flatCatalog(700)
	s := must(c.Set("p699", "p12", "p511", "p512", "p2"))
	var names []string
	for p := range s.All() {
		require.Same(t, c, p.Catalog())
		names = append(names, p.Name())
		if len(names) == 4 {
			break
		}
	}
	require.Equal(t, []string{"p2", "p12", "p511", "p512"}, names)
	require.Equal(t, "p12 p2 p511 p512 p699", s.String(), "the text is sorted by name")
}

func TestPSET3_NoPositionLeavesTheProcess(t *testing.T) {
	c := salesCatalog()
	s := must(c.Set("contacts.edit.team"))
	p, _ := c.Lookup("reports.view")
	data, err := json.Marshal(map[string]any{"set": s, "permission": p, "none": permset.Set{}})
	require.NoError(t, err)
	require.JSONEq(t, `{"set":["contacts.edit.team","contacts.view.team"],"permission":"reports.view","none":[]}`, string(data))
	require.Equal(t, "contacts.edit.team contacts.view.team|reports.view|no permission",
		fmt.Sprintf("%v|%+v|%v", s, p, permset.Permission{}))
	_, reads := any(&s).(json.Unmarshaler)
	require.False(t, reads, "a set cannot be read without a catalogue")
}

func TestPSET3_SafeForManyGoroutines(t *testing.T) {
	c := salesCatalog()
	s := c.PartnerAdmin()
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 100 {
				bound, rest := c.Bind(s.Names())
				if bound != s || !rest.IsEmpty() || c.Close(s) != s || !s.SubsetOf(c.All()) {
					panic("a reader saw something else")
				}
				c.Declaration().Permissions[0].Name = "changed"
			}
		})
	}
	wait.Wait()
}
