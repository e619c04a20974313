package permset_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientaccess/clientaccess/permset"
)

// A model is a set as anybody would write it down. The laws below compare every operation with its plain counterpart on models, at
// widths around the edges of a word and of the part of a Set that needs no allocation.
type model map[string]bool

var modelWidths = []int{1, 63, 64, 65, 511, 512, 513, 4096}

// modelOf lists a Set through its iterator.
func modelOf(s permset.Set) model {
	m := model{}
	for p := range s.All() {
		m[p.Name()] = true
	}
	return m
}

func (m model) union(o model) model {
	u := maps.Clone(m)
	maps.Copy(u, o)
	return u
}

func (m model) filter(keep func(string) bool) model {
	f := model{}
	for name := range m {
		if keep(name) {
			f[name] = true
		}
	}
	return f
}

func (m model) intersect(o model) model { return m.filter(func(n string) bool { return o[n] }) }
func (m model) minus(o model) model     { return m.filter(func(n string) bool { return !o[n] }) }

// String is the canonical text, by sorting.
func (m model) String() string { return strings.Join(slices.Sorted(maps.Keys(m)), " ") }

// world is a catalogue with implications at random, and the declaration to compare with.
type world struct {
	catalog *permset.Catalog
	implies map[string][]string
	names   []string
}

// newWorld makes a catalogue of the width in which most permissions imply up to three others. The declared order says nothing about who
// implies whom.
func newWorld(width int, seed uint64) world {
	random := rand.New(rand.NewPCG(seed, uint64(width)))
	d := flatDeclaration(width)
	rank := random.Perm(width)
	w := world{implies: map[string][]string{}}
	for i := range d.Permissions {
		for range random.IntN(4) {
			if j := random.IntN(width); rank[j] < rank[i] && random.IntN(3) > 0 {
				d.Permissions[i].Implies = append(d.Permissions[i].Implies, flatName(j))
			}
		}
		w.implies[flatName(i)] = d.Permissions[i].Implies
		w.names = append(w.names, flatName(i))
	}
	w.catalog = must(permset.NewCatalog(d))
	return w
}

// close adds what is implied until nothing more is.
func (w world) close(m model) model {
	closed := maps.Clone(m)
	pending := slices.Collect(maps.Keys(m))
	for len(pending) > 0 {
		name := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		for _, implied := range w.implies[name] {
			if !closed[implied] {
				closed[implied] = true
				pending = append(pending, implied)
			}
		}
	}
	return closed
}

// floor keeps a permission only if all it implies, itself included, is in m.
func (w world) floor(m model) model {
	return m.filter(func(name string) bool { return len(w.close(model{name: true}).minus(m)) == 0 })
}

// without keeps a permission only if nothing that is removed is among what it implies.
func (w world) without(m, remove model) model {
	return m.filter(func(name string) bool { return len(w.close(model{name: true}).intersect(remove)) == 0 })
}

// draw is a set of any kind: nothing, all, a few, all but a few, or a part of all.
func (w world) draw(t *rapid.T, label string) permset.Set {
	width := len(w.names)
	some := func() permset.Set {
		picked := rapid.SliceOfN(rapid.SampledFrom(w.names), 0, 12).Draw(t, label)
		return must(w.catalog.Exactly(picked...))
	}
	switch rapid.IntRange(0, 4).Draw(t, label+" kind") {
	case 0:
		return permset.Set{}
	case 1:
		return w.catalog.All()
	case 2:
		return some()
	case 3:
		return w.catalog.All().Minus(some())
	}
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, label+" seed"), 1))
	picked := make([]string, 0, width)
	upTo := 1 + random.IntN(width) // so that the high part has every length
	for _, name := range w.names[:upTo] {
		if random.IntN(3) > 0 {
			picked = append(picked, name)
		}
	}
	return must(w.catalog.Exactly(picked...))
}

// eachWidth checks a law at every width.
func eachWidth(t *testing.T, law func(t *rapid.T, w world)) {
	t.Helper()
	for _, width := range modelWidths {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			t.Parallel()
			if width > 1000 && testing.Short() {
				t.Skip("the widest takes seconds under the race detector")
			}
			w := newWorld(width, 7)
			rapid.Check(t, func(t *rapid.T) { law(t, w) })
		})
	}
}

// same checks that a Set is what the model says, in every way of looking at it.
func same(t *rapid.T, what string, want model, got permset.Set) {
	t.Helper()
	require.Equal(t, want.String(), got.String(), what)
	require.Equal(t, len(want), got.Len(), what)
	require.Equal(t, len(want) == 0, got.IsEmpty(), what)
	require.Equal(t, len(want) == 0, got == permset.Set{}, what)
}

func TestPSET3_OperationsAgreeWithAModel(t *testing.T) {
	eachWidth(t, func(t *rapid.T, w world) {
		a, b := w.draw(t, "a"), w.draw(t, "b")
		x, y := modelOf(a), modelOf(b)
		same(t, "a", x, a)
		same(t, "union", x.union(y), a.Union(b))
		same(t, "intersect", x.intersect(y), a.Intersect(b))
		same(t, "minus", x.minus(y), a.Minus(b))
		require.Equal(t, len(x.minus(y)) == 0, a.SubsetOf(b))
		require.Equal(t, a.SubsetOf(b), a.In(&b))
		require.Equal(t, maps.Equal(x, y), a == b)
		for p := range w.catalog.Permissions() {
			if a.Has(p) != x[p.Name()] {
				t.Fatalf("Has(%s) is %t", p, a.Has(p))
			}
			if p.In(&a) != a.Has(p) {
				t.Fatalf("%s.In is %t", p, p.In(&a))
			}
		}
		require.True(t, a.Union(b).Minus(b) == a.Minus(b), "== whatever way a set was made")
		require.True(t, a.Minus(b).Union(a.Intersect(b)) == a)
	})
}

func TestPSET2_ClosuresAgreeWithAModel(t *testing.T) {
	eachWidth(t, func(t *rapid.T, w world) {
		a, b := w.draw(t, "a"), w.draw(t, "b")
		if len(w.names) > 1000 && a.Len() > 200 { // the model takes the square of the size
			a = a.Intersect(must(w.catalog.Exactly(w.names[len(w.names)-200:]...)))
		}
		x, y := modelOf(a), modelOf(b)
		closed, floor := w.catalog.Close(a), w.catalog.Floor(a)
		same(t, "close", w.close(x), closed)
		same(t, "floor", w.floor(x), floor)
		same(t, "without", w.without(x, y), w.catalog.Without(a, b))
		require.True(t, a.SubsetOf(closed) && floor.SubsetOf(a))
		require.True(t, w.catalog.Close(closed) == closed && w.catalog.Floor(closed) == closed)
		require.True(t, w.catalog.Close(floor) == floor, "a floor is closed")
		without := w.catalog.Without(closed, b)
		require.True(t, w.catalog.Close(without) == without, "taking away from a closed set leaves a closed set")
	})
}

func TestPSET3_BindAgreesWithAModel(t *testing.T) {
	eachWidth(t, func(t *rapid.T, w world) {
		a := w.draw(t, "a")
		lost, err := permset.NewNames(rapid.SliceOfN(rapid.SampledFrom([]string{"lost", "gone.view", "p", "zz"}), 0, 3).Draw(t, "lost")...)
		require.NoError(t, err)
		stored := a.Names().Union(lost)
		set, rest := w.catalog.Bind(stored)
		require.True(t, set == w.catalog.Floor(a))
		require.Equal(t, a.Minus(set).Names().Union(lost), rest)
		require.Equal(t, stored, set.Names().Union(rest), "nothing is lost")
	})
}

func TestDEL1_AgreesWithAModel(t *testing.T) {
	eachWidth(t, func(t *rapid.T, w world) {
		current := w.catalog.Close(w.draw(t, "current"))
		actor := w.catalog.Close(w.draw(t, "actor"))
		requested := w.catalog.Close(w.draw(t, "requested"))
		c, a, r := modelOf(current), modelOf(actor), modelOf(requested)
		next := w.close(c.minus(a).union(r.intersect(a)))

		d := permset.Delegate(current, actor, requested)
		same(t, "next", next, d.Next)
		same(t, "granted", next.minus(c), d.Granted)
		same(t, "revoked", c.minus(next), d.Revoked)
		same(t, "withheld", r.minus(next), d.Withheld)
		same(t, "retained", c.minus(r).intersect(next), d.Retained)
		require.True(t, permset.Next(current, actor, requested) == d.Next)

		// What the comment on the function proves.
		require.True(t, d.Granted.SubsetOf(requested.Intersect(actor)))
		require.True(t, d.Revoked.SubsetOf(actor.Minus(requested)))
		require.True(t, d.Withheld.Intersect(actor).IsEmpty())
		require.True(t, d.Next.SubsetOf(current.Union(actor)), "PSET-2: the closure adds nothing that neither had")
		require.True(t, w.catalog.Close(d.Next) == d.Next)
		require.True(t, permset.Delegate(d.Next, actor, requested).Next == d.Next, "doing it again changes nothing")
	})
}

func TestDEL1_TheBoundHoldsForSetsThatAreNotClosed(t *testing.T) {
	eachWidth(t, func(t *rapid.T, w world) {
		current, actor, requested := w.draw(t, "current"), w.draw(t, "actor"), w.draw(t, "requested")
		d := permset.Delegate(current, actor, requested)
		require.True(t, d.Granted.SubsetOf(requested.Intersect(actor)))
		require.True(t, d.Next.SubsetOf(current.Union(requested.Intersect(actor))))
		require.True(t, d.Withheld.Intersect(actor).IsEmpty())
	})
}
