package permset

import "math/bits"

// edges is a directed graph over the positions of a catalogue: from i to each of to[start[i]:start[i+1]].
type edges struct {
	start []uint32
	to    []uint32
	some  words // from which there are any edges
}

// from lists where the edges of i lead.
func (e *edges) from(i int) []uint32 { return e.to[e.start[i]:e.start[i+1]] }

// reversed is the graph with every edge turned round.
func (e *edges) reversed() edges {
	n := len(e.start) - 1
	r := edges{start: make([]uint32, n+1), to: make([]uint32, len(e.to))}
	for _, j := range e.to {
		r.start[j+1]++
	}
	for i := range n {
		r.start[i+1] += r.start[i]
	}
	next := append([]uint32(nil), r.start...)
	for i := range n {
		for _, j := range e.from(i) {
			r.to[next[j]] = uint32(i)
			next[j]++
		}
	}
	return r
}

// seal notes from which permissions there are edges. Before it, spread must not be used.
func (e *edges) seal() {
	for i := range len(e.start) - 1 {
		if len(e.from(i)) > 0 {
			e.some[i/64] |= 1 << (i % 64)
		}
	}
}

// spread adds to reached all that can be reached from it, visiting each permission with edges once. pending is room for as many words.
// It works from the last word to the first, as most catalogues declare the implied permission before those that imply it.
func (e *edges) spread(reached, pending []uint64) {
	for w := range pending {
		pending[w] = reached[w] & e.some[w]
	}
	for w := len(pending) - 1; w >= 0; {
		if pending[w] == 0 {
			w--
			continue
		}
		i := w*64 + bits.TrailingZeros64(pending[w])
		pending[w] &= pending[w] - 1
		for _, j := range e.from(i) {
			word, bit := int(j/64), uint64(1)<<(j%64)
			if reached[word]&bit == 0 {
				reached[word] |= bit
				pending[word] |= bit & e.some[word]
				w = max(w, word)
			}
		}
	}
}
