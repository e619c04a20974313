package access

import (
	"maps"
	"slices"
)

// ChangeNames are the names of all changes, for the tests that go through
// every one.
func ChangeNames() []string { return slices.Sorted(maps.Keys(changes)) }
