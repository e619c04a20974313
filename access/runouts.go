package access

import (
	"container/heap"
	"iter"
	"time"
)

// runOuts are the instants at which the clock takes away what somebody may
// use: one for a place, the earliest first.
type runOuts struct{ heap *runOutHeap }

func newRunOuts() runOuts { return runOuts{&runOutHeap{index: map[Place]int{}}} }

// set puts an instant in place of the one that the place has; the zero time
// is none.
func (r runOuts) set(place Place, at time.Time) {
	i, known := r.heap.index[place]
	switch {
	case !known && at.IsZero():
	case !known:
		heap.Push(r.heap, runOut{at, place})
	case at.IsZero():
		heap.Remove(r.heap, i)
	case !at.Equal(r.heap.list[i].at):
		r.heap.list[i].at = at
		heap.Fix(r.heap, i)
	}
}

// upTo takes out the instants that are not after the given one, in order, each
// with all its places.
func (r runOuts) upTo(now time.Time) iter.Seq2[time.Time, []Place] {
	return func(yield func(time.Time, []Place) bool) {
		for r.heap.Len() > 0 && !r.heap.list[0].at.After(now) {
			at := r.heap.list[0].at
			var places []Place
			for r.heap.Len() > 0 && r.heap.list[0].at.Equal(at) {
				places = append(places, heap.Pop(r.heap).(runOut).place)
			}
			if !yield(at, places) {
				return
			}
		}
	}
}

type runOut struct {
	at    time.Time
	place Place
}

// runOutHeap implements heap.Interface, and knows where each place is.
type runOutHeap struct {
	list  []runOut
	index map[Place]int
}

func (h *runOutHeap) Len() int           { return len(h.list) }
func (h *runOutHeap) Less(i, j int) bool { return h.list[i].at.Before(h.list[j].at) }

func (h *runOutHeap) Swap(i, j int) {
	h.list[i], h.list[j] = h.list[j], h.list[i]
	h.index[h.list[i].place], h.index[h.list[j].place] = i, j
}

func (h *runOutHeap) Push(item any) {
	added := item.(runOut)
	h.index[added.place] = len(h.list)
	h.list = append(h.list, added)
}

func (h *runOutHeap) Pop() any {
	last := h.list[len(h.list)-1]
	h.list[len(h.list)-1] = runOut{}
	h.list = h.list[:len(h.list)-1]
	delete(h.index, last.place)
	return last
}
