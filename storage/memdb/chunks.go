package memdb

import (
	"iter"
	"slices"
	"sort"
)

// chunks is a sorted list that is never changed: with makes another, which
// shares what did not change. Its items lie in slices that are short, so that
// changing one of many copies little.
type chunks[T any] [][]T

const (
	chunkFull   = 128 // a longer chunk is cut
	chunkFilled = 64  // into pieces of this length
)

// entryOf is how an item is found: by its key.
type entryOf[T any] func(item T) string

// chunk is the number of the chunk in which the key belongs.
func (c chunks[T]) chunk(keyOf entryOf[T], key string) int {
	if len(c) < 2 {
		return 0
	}
	return max(0, sort.Search(len(c), func(i int) bool { return keyOf(c[i][0]) > key })-1)
}

func place[T any](chunk []T, keyOf entryOf[T], key string) (int, bool) {
	return sort.Find(len(chunk), func(i int) int {
		switch at := keyOf(chunk[i]); {
		case key < at:
			return -1
		case key > at:
			return 1
		}
		return 0
	})
}

func (c chunks[T]) get(keyOf entryOf[T], key string) (item T, found bool) {
	if len(c) == 0 {
		return item, false
	}
	chunk := c[c.chunk(keyOf, key)]
	if i, found := place(chunk, keyOf, key); found {
		return chunk[i], true
	}
	return item, false
}

// from runs over the items in order, beginning behind a key.
func (c chunks[T]) from(keyOf entryOf[T], after string) iter.Seq[T] {
	return func(yield func(T) bool) {
		first := c.chunk(keyOf, after)
		for number := first; number < len(c); number++ {
			chunk := c[number]
			if number == first && after != "" {
				i, found := place(chunk, keyOf, after)
				if found {
					i++
				}
				chunk = chunk[i:]
			}
			for _, item := range chunk {
				if !yield(item) {
					return
				}
			}
		}
	}
}

// edit is what becomes of the item with the key that an item has.
type edit[T any] struct {
	item T
	gone bool
}

// with returns the list with edits, which are in the order of their keys.
func (c chunks[T]) with(keyOf entryOf[T], edits []edit[T]) chunks[T] {
	if len(c) == 0 {
		return appendCut(nil, merge(nil, keyOf, edits))
	}
	next := make(chunks[T], 0, len(c)+len(edits)/chunkFilled)
	for number, chunk := range c {
		n := len(edits)
		if number+1 < len(c) {
			limit := keyOf(c[number+1][0])
			n = sort.Search(len(edits), func(i int) bool { return keyOf(edits[i].item) >= limit })
		}
		if n == 0 {
			next = append(next, chunk)
			continue
		}
		next = appendCut(next, merge(chunk, keyOf, edits[:n]))
		edits = edits[n:]
	}
	return next
}

func merge[T any](chunk []T, keyOf entryOf[T], edits []edit[T]) []T {
	merged := make([]T, 0, len(chunk)+len(edits))
	for _, e := range edits {
		i, found := place(chunk, keyOf, keyOf(e.item))
		merged = append(merged, chunk[:i]...)
		if !e.gone {
			merged = append(merged, e.item)
		}
		if found {
			i++
		}
		chunk = chunk[i:]
	}
	return append(merged, chunk...)
}

// appendCut appends a chunk, cut to pieces when it is too long, and none when
// it is empty.
func appendCut[T any](c chunks[T], chunk []T) chunks[T] {
	if len(chunk) > chunkFull {
		for piece := range slices.Chunk(chunk, chunkFilled) {
			c = append(c, slices.Clone(piece))
		}
		return c
	}
	if len(chunk) == 0 {
		return c
	}
	return append(c, slices.Clip(chunk))
}
