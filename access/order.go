package access

import (
	"cmp"
	"container/heap"
	"iter"
	"slices"
)

// position is where a row stands in a list: by the folded name, then by the
// id. It does not depend on any other row, so that a list is walked through to
// its end while rows come and go (SEE-5).
type position struct{ name, id string }

func (p position) compare(q position) int {
	return cmp.Or(cmp.Compare(p.name, q.name), cmp.Compare(p.id, q.id))
}

// firstBehind returns the first positions behind one, in order, as many as
// asked for, and whether there are more. It takes the memory of what it
// returns, and looks at each position once.
func firstBehind(all iter.Seq[position], after position, size int) (first []position, more bool) {
	var kept farthest
	for p := range all {
		switch {
		case p.compare(after) <= 0:
		case len(kept) < size:
			heap.Push(&kept, p)
		case p.compare(kept[0]) < 0:
			kept[0], more = p, true
			heap.Fix(&kept, 0)
		default:
			more = true
		}
	}
	slices.SortFunc(kept, position.compare)
	return kept, more
}

// farthest is a heap with the last position on top.
type farthest []position

func (f farthest) Len() int           { return len(f) }
func (f farthest) Less(i, j int) bool { return f[i].compare(f[j]) > 0 }
func (f farthest) Swap(i, j int)      { f[i], f[j] = f[j], f[i] }
func (f *farthest) Push(p any)        { *f = append(*f, p.(position)) }

// Pop is never called: what is dropped is replaced.
func (f *farthest) Pop() any { panic("access: a position is dropped by replacing it") }
