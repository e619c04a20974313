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
// asked for, and whether there are more. The sequence is in any order, and may
// have a position more than once. It takes the memory of what it returns and
// looks at each position once.
func firstBehind(all iter.Seq[position], after position, size int) (first []position, more bool) {
	var kept farthest
	has := map[string]bool{}
	for p := range all {
		if p.compare(after) <= 0 || has[p.id] {
			continue
		}
		if len(kept) < size {
			heap.Push(&kept, p)
			has[p.id] = true
			continue
		}
		more = true
		if p.compare(kept[0]) < 0 {
			delete(has, kept[0].id)
			has[p.id] = true
			kept[0] = p
			heap.Fix(&kept, 0)
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
