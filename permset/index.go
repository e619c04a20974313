package permset

import "math/bits"

// index finds the position of a permission by its name. It is a hash table with open addressing that is filled once. It takes half the time
// of a Go map, because nothing in it depends on how long a name is, which a processor cannot foresee. Eight slots stand ready for each name,
// so that a look-up, which goes on to the first empty slot, looks at one or two.
//
// The hash needs no secret: who could choose names that collide is the host, which would slow down its own catalogue.
type index struct {
	slots []uint32 // a tag of the hash above, a position plus one below; 0 is empty
	names []spelling
}

const (
	slotsPerName = 8
	positionBits = 14 // of a slot
	positionMask = 1<<positionBits - 1
	_            = uint(positionMask - MaxPermissions) // every position plus one has room
)

// wholeBytes is how long a name may be to be read whole by spell.
const wholeBytes = 32

// spelling is a name, and four of its words as spell reads them.
type spelling struct {
	name       string
	a, b, c, d uint64
}

// newIndex is the index of names that are unique and well-formed.
func newIndex(permissions []Declared) index {
	x := index{
		slots: make([]uint32, 1<<bits.Len(uint(slotsPerName*len(permissions)-1))),
		names: make([]spelling, len(permissions)),
	}
	for i, p := range permissions {
		a, b, c, d := spell(p.Name)
		x.names[i] = spelling{p.Name, a, b, c, d}
		hash := hashOf(len(p.Name), a, b, c, d)
		at := x.slot(hash)
		for x.slots[at] != 0 {
			at = x.slot(at + 1)
		}
		x.slots[at] = tagOf(hash) | uint32(i+1)
	}
	return x
}

// find is the position of the permission with the name, if there is one.
func (x *index) find(name string) (position uint32, known bool) {
	if len(name) > MaxNameBytes {
		return 0, false
	}
	a, b, c, d := spell(name)
	hash := hashOf(len(name), a, b, c, d)
	tag := tagOf(hash)
	for at := x.slot(hash); ; at = x.slot(at + 1) {
		slot := x.slots[at]
		if slot == 0 {
			return 0, false
		}
		if slot&^positionMask != tag {
			continue
		}
		position = slot&positionMask - 1
		n := &x.names[position]
		if n.a == a && n.b == b && n.c == c && n.d == d && len(n.name) == len(name) && (len(name) <= wholeBytes || n.name == name) {
			return position, true
		}
	}
}

// slot is where the search for a hash begins, or goes on after the last slot.
func (x *index) slot(hash uint64) uint64 { return hash & uint64(len(x.slots)-1) }

// tagOf is what a slot keeps of a hash: bits that do not say where it lies.
func tagOf(hash uint64) uint32 { return uint32(hash>>32) &^ positionMask }

// spell reads four words of a name: its beginning and its end, which overlap when it is short, and in a longer one c is mixed with what lies
// between. Up to [wholeBytes] bytes, names of one length are equal when the four are.
func spell(name string) (a, b, c, d uint64) {
	n := len(name)
	if n < 8 {
		for i := range n {
			a |= uint64(name[i]) << (8 * i)
		}
		return a, 0, 0, 0
	}
	inner := 8
	if n < wholeBytes {
		inner = n / 16 * 8 // 0 when two words are enough
	}
	a, b, c, d = wordAt(name, 0), wordAt(name, inner), wordAt(name, n-8-inner), wordAt(name, n-8)
	for i := 16; i < n-16; i += 8 {
		c = mix(c^wordAt(name, i), 0x8ebc6af09c88c6e3)
	}
	return a, b, c, d
}

// hashOf is the hash of a name by its length and its words. The factors are odd numbers without a pattern. No word of a well-formed name is
// one of them, as none of its bytes is above 127: that would make a product 0, whatever the other word.
func hashOf(length int, a, b, c, d uint64) uint64 {
	return mix(a^0x9e3779b97f4a7c15, b^0xd1b54a32d192ed03) ^ mix(c^0xa0761d6478bd642f, d^0xe7037ed1a0b428db+uint64(length))
}

// mix is the halves of the product, one over the other: each bit of it depends on all bits of both factors.
func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}
