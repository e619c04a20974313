package access

import (
	"math/bits"
	"slices"
)

// sortByHash returns items in the order of their hashes; compare says which of two
// comes first, by their hashes before all else. Hashes are as good as random, so
// their first bits put each item into a heap of a few, and only those of one heap
// are compared.
func sortByHash[T any](items []T, hash func(T) uint64, compare func(a, b T) int) []T {
	width := max(0, bits.Len(uint(len(items)))-3)
	shift := 64 - width
	ends := make([]int32, 1<<width)
	for _, item := range items {
		ends[hash(item)>>shift]++
	}
	begin := int32(0)
	for heap, size := range ends {
		ends[heap], begin = begin, begin+size
	}
	sorted := make([]T, len(items))
	for _, item := range items {
		end := &ends[hash(item)>>shift]
		sorted[*end] = item
		*end++
	}
	begin = 0
	for _, end := range ends {
		slices.SortFunc(sorted[begin:end], compare)
		begin = end
	}
	return sorted
}
