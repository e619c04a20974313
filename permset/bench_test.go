package permset_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
)

// Results go here, so that the compiler keeps the work.
var (
	sinkBool       bool
	sinkSet        permset.Set
	sinkDelegation permset.Delegation
	sinkNames      permset.Names
)

// benchWidths are the widths at which the figures are stated.
var benchWidths = []int{64, 512, 4096, 8192}

// everyOther is the set of the permissions at positions that leave the remainder when divided by the step; chained catalogues are not
// used here, so it is closed.
func everyOther(c *permset.Catalog, step, remainder int) permset.Set {
	var names []string
	i := 0
	for p := range c.Permissions() {
		if i%step == remainder {
			names = append(names, p.Name())
		}
		i++
	}
	return must(c.Set(names...))
}

// The two questions are asked in the loop itself: a call more would cost as much as they do.

func BenchmarkHas(b *testing.B) {
	for _, width := range benchWidths {
		c := flatCatalog(width)
		half := everyOther(c, 2, 0)
		last, _ := c.Lookup(flatName(width - 2))
		b.Run(fmt.Sprint(width), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				half.Has(last)
			}
		})
	}
}

func BenchmarkSubsetOf(b *testing.B) {
	for _, width := range benchWidths {
		c := flatCatalog(width)
		half, all := everyOther(c, 2, 0), c.All()
		b.Run(fmt.Sprint(width), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				half.SubsetOf(all)
			}
		})
		b.Run(fmt.Sprintf("In/%d", width), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				half.In(&all)
			}
		})
	}
}

// The names are in random order, lie in the cache, and share no memory with the catalogue, as if they came with a request. Beside it stands a
// Go map of the names, and what the loop itself costs.
func BenchmarkLookup(b *testing.B) {
	c := crm.Catalog()
	plain := map[string]permset.Permission{}
	var known, unknown []string
	for p := range c.Permissions() {
		plain[p.Name()] = p
		if len(known) < 40 {
			known = append(known, strings.Clone(p.Name()))
			unknown = append(unknown, p.Name()[:len(p.Name())-1]+"0")
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for kind, names := range [][]string{known, unknown} {
		kind := []string{"known", "unknown"}[kind]
		asked := make([]string, 1<<16)
		for i := range asked {
			asked[i] = names[random.IntN(len(names))]
		}
		run := func(name string, look func(name string) bool) {
			b.Run(kind+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				i, found := 0, 0
				for b.Loop() {
					if look(asked[i%len(asked)]) {
						found++
					}
					i++
				}
				sinkBool = found > 0
			})
		}
		run("nothing", func(name string) bool { return len(name) > 20 })
		run("map", func(name string) bool { _, known := plain[name]; return known })
		run("Lookup", func(name string) bool { _, known := c.Lookup(name); return known })
	}
}

func BenchmarkSet(b *testing.B) {
	for _, width := range benchWidths {
		c := flatCatalog(width)
		half, third := everyOther(c, 2, 0), everyOther(c, 3, 0)
		run := func(name string, work func()) {
			b.Run(fmt.Sprintf("%s/%d", name, width), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					work()
				}
			})
		}
		run("Equal", func() { sinkBool = half == third })
		run("Union", func() { sinkSet = half.Union(third) })
		run("Intersect", func() { sinkSet = half.Intersect(third) })
		run("Minus", func() { sinkSet = half.Minus(third) })
		run("Close", func() { sinkSet = c.Close(half) })
		run("Names", func() { sinkNames = half.Names() })
		names := half.Names()
		run("Bind", func() { sinkSet, sinkNames = c.Bind(names) })
	}
}

func BenchmarkDelegate(b *testing.B) {
	for _, width := range benchWidths {
		c := flatCatalog(width)
		all, half, third := c.All(), everyOther(c, 2, 0), everyOther(c, 3, 0)
		b.Run(fmt.Sprintf("Next/actor holds current/%d", width), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				permset.Next(half, all, third)
			}
		})
		b.Run(fmt.Sprintf("all/actor holds current/%d", width), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				permset.Delegate(half, all, third)
			}
		})
		b.Run(fmt.Sprintf("all/actor lacks some/%d", width), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				permset.Delegate(half, third, all)
			}
		})
	}
}
