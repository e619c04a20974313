//go:build !race

package access

// UnderRace is whether the race detector watches.
const UnderRace = false
