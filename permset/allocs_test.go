package permset_test

import (
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
)

// The tests here are not parallel, as testing.AllocsPerRun asks.

func TestPSET3_NothingIsAllocatedUpTo512(t *testing.T) {
	checked := 0
	for _, width := range []int{1, 63, 64, 65, 511, 512} {
		w := newWorld(width, 11)
		sets := someSets(w, 64)
		for name, use := range uses(w) {
			require.Zero(t, allocationsOf(sets, use), "%s at %d permissions", name, width)
			checked += len(sets)
		}
	}
	t.Logf("%d uses, each of three sets at random, allocated nothing", checked)
}

func TestPSET3_QuestionsAllocateNothingAtAnyWidth(t *testing.T) {
	for _, width := range []int{513, 4096, permset.MaxPermissions} {
		w := newWorld(width, 11)
		sets := someSets(w, 16)
		for _, name := range []string{"has", "subset", "equal", "length", "permissions"} {
			require.Zero(t, allocationsOf(sets, uses(w)[name]), "%s at %d permissions", name, width)
		}
	}
}

// someSets are closed sets at random, the empty one and the full one among them.
func someSets(w world, n int) []permset.Set {
	random := rand.New(rand.NewPCG(5, uint64(len(w.names))))
	sets := []permset.Set{{}, w.catalog.All()}
	for len(sets) < n {
		picked := make([]string, random.IntN(len(w.names)/4+2))
		for i := range picked {
			picked[i] = w.names[random.IntN(len(w.names))]
		}
		sets = append(sets, must(w.catalog.Set(picked...)))
	}
	return sets
}

// allocationsOf is how many allocations there are when use is given every set, with two others each. Each is measured by itself, because
// an average is rounded down.
func allocationsOf(sets []permset.Set, use func(a, b, c permset.Set)) (n float64) {
	for i, a := range sets {
		b, c := sets[(i*7+3)%len(sets)], sets[(i*13+5)%len(sets)]
		n += testing.AllocsPerRun(1, func() { use(a, b, c) })
	}
	return n
}

// uses is every use of a set that programs make while they answer or change something.
func uses(w world) map[string]func(a, b, c permset.Set) {
	last, _ := w.catalog.Lookup(w.names[len(w.names)-1])
	known := map[permset.Set]bool{w.catalog.All(): true}
	return map[string]func(a, b, c permset.Set){
		"has":       func(a, _, _ permset.Set) { sinkBool = a.Has(last) },
		"in":        func(a, _, _ permset.Set) { sinkBool = last.In(&a) },
		"subset":    func(a, b, _ permset.Set) { sinkBool = a.SubsetOf(b) },
		"equal":     func(a, b, _ permset.Set) { sinkBool = a == b },
		"map key":   func(a, _, _ permset.Set) { sinkBool = known[a] },
		"length":    func(a, _, _ permset.Set) { sinkBool = a.Len() > 3 },
		"union":     func(a, b, _ permset.Set) { sinkSet = a.Union(b) },
		"intersect": func(a, b, _ permset.Set) { sinkSet = a.Intersect(b) },
		"minus":     func(a, b, _ permset.Set) { sinkSet = a.Minus(b) },
		"close":     func(a, b, _ permset.Set) { sinkSet = w.catalog.Close(a.Minus(b)) },
		"floor":     func(a, b, _ permset.Set) { sinkSet = w.catalog.Floor(a.Minus(b)) },
		"without":   func(a, b, _ permset.Set) { sinkSet = w.catalog.Without(a, b) },
		"marked":    func(a, _, _ permset.Set) { sinkSet = a.Minus(w.catalog.Marked(permset.Paid)) },
		"next":      func(a, b, c permset.Set) { sinkSet = permset.Next(a, b, c) },
		"delegate":  func(a, b, c permset.Set) { sinkDelegation = permset.Delegate(a, b, c) },
		"look up": func(a, _, _ permset.Set) {
			p, known := w.catalog.Lookup(w.names[0])
			sinkBool = known && a.Has(p)
		},
		"permissions": func(a, _, _ permset.Set) {
			for p := range a.All() {
				sinkBool = p == last
			}
		},
	}
}

func TestPSET3_ResultsThatEqualAnOperandShareIt(t *testing.T) {
	c := flatCatalog(4096)
	all, half := c.All(), everyOther(c, 2, 0)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		sinkSet = all.Union(half)
		sinkSet = half.Union(all)
		sinkSet = half.Intersect(all)
		sinkSet = all.Intersect(half)
		sinkSet = half.Minus(permset.Set{})
		sinkSet = permset.Next(half, all, half)
	}))
}

// A Set goes by value. Ten words are five moves of 16 bytes; a word more would be paid for at every call.
func TestPSET3_ASetIsTenWords(t *testing.T) {
	require.Equal(t, 8*unsafe.Sizeof(uint64(0))+2*unsafe.Sizeof(uintptr(0)), unsafe.Sizeof(permset.Set{}))
}
