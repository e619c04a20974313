package worlds

import "slices"

// Size is how big a world is: so many clients, with so many members each. With
// LongIDs their ids have the form and the 36 characters of a UUID, and else 11
// to 14.
type Size struct {
	Name               string
	Clients, PerClient int
	LongIDs            bool
}

// The sizes to measure at. L takes minutes to import.
var (
	S = Size{Name: "S", Clients: 1_000, PerClient: 20}
	M = Size{Name: "M", Clients: 10_000, PerClient: 50}
	L = Size{Name: "L", Clients: 100_000, PerClient: 50}
)

// Sizes are S, M and L.
func Sizes() []Size { return []Size{S, M, L} }

// Named returns the size of a name.
func Named(name string) (Size, bool) {
	i := slices.IndexFunc(Sizes(), func(s Size) bool { return s.Name == name })
	if i < 0 {
		return Size{}, false
	}
	return Sizes()[i], true
}

// Memberships is the number of members of all clients together.
func (s Size) Memberships() int { return s.Clients * s.PerClient }
