// Package worlds makes the worlds that are measured: the same clients, members
// and questions for the library's own benchmarks and for those of
// internal/peers, which put them to other libraries.
//
// A [World] is a description. It holds no member: [World.Members] works them
// out one by one, with strings of their own each time, so that whoever loads
// them shares memory with nobody. [World.Open] has a Manager import them, and
// [NewMap] is the plain map that a host would have written itself.
//
// Everything is worked out from the size alone, so two worlds of one size have
// the same members and questions. Only the instants differ: a world is laid
// out two hours ago by the process's own clock, and [World.Settle] brings it to
// the present, in which some relationships are over.
package worlds
