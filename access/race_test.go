//go:build race

package access

// UnderRace is whether the race detector watches. It costs ten times as much,
// and finds nothing in what has one goroutine: so that is played less.
const UnderRace = true
