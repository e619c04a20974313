package permset

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// indexOf is the index of some names.
func indexOf(names ...string) index {
	permissions := make([]Declared, len(names))
	for i, name := range names {
		permissions[i].Name = name
	}
	return newIndex(permissions)
}

// Names with the same tag in the same slot are one in two million, so here they are forged: the index is that of a name, and what it then says
// of that name is altered in one part. A look-up of the name finds tag and slot, and has to notice.
func TestASK4_EveryPartOfASpellingCounts(t *testing.T) {
	t.Parallel()
	for length := 1; length <= MaxNameBytes; length++ {
		name := strings.Repeat("a", length)
		alter := map[string]func(s *spelling){
			"a":          func(s *spelling) { s.a ^= 1 },
			"b":          func(s *spelling) { s.b ^= 1 << 63 },
			"c":          func(s *spelling) { s.c ^= 1 << 31 },
			"d":          func(s *spelling) { s.d ^= 1 << 7 },
			"the length": func(s *spelling) { s.name += "a" },
		}
		if length > wholeBytes {
			alter["a byte between"] = func(s *spelling) { s.name = name[:length/2] + "b" + name[length/2+1:] }
		}
		for part, alter := range alter {
			x := indexOf(name)
			position, known := x.find(name)
			require.True(t, known && position == 0)
			alter(&x.names[0])
			_, known = x.find(name)
			require.False(t, known, "%d bytes, %s", length, part)
		}
	}
}

// Up to wholeBytes, words of equal length are equal for equal names alone: each byte is in one of them. In a longer name, each byte is in the
// hash.
func TestASK4_EveryByteCounts(t *testing.T) {
	t.Parallel()
	for length := 1; length <= MaxNameBytes; length++ {
		name := strings.Repeat("a", length)
		a, b, c, d := spell(name)
		for i := range length {
			for bit := range 8 {
				other := []byte(name)
				other[i] ^= 1 << bit
				e, f, g, h := spell(string(other))
				require.NotEqual(t, [4]uint64{a, b, c, d}, [4]uint64{e, f, g, h}, "%d bytes, bit %d of byte %d", length, bit, i)
				require.NotEqual(t, hashOf(length, a, b, c, d), hashOf(length, e, f, g, h), "%d bytes, bit %d of byte %d", length, bit, i)
			}
		}
	}
}

func TestASK4_LookupsLookAtFewSlots(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"p%d", "crm.object%d.edit", "edit.%d" + strings.Repeat("-object", 15), strings.Repeat("o", 60) + "%d" + strings.Repeat("x", 60)} {
		for _, n := range []int{1, 2, 40, 150, 512, 4096, MaxPermissions} {
			names := make([]string, n)
			for i := range names {
				names[i] = fmt.Sprintf(form, i)
			}
			x := indexOf(names...)
			require.GreaterOrEqual(t, len(x.slots), slotsPerName*n)
			run, longest := 0, 0
			for range 2 { // a run may go round the end
				for _, slot := range x.slots {
					if run++; slot == 0 {
						run = 0
					}
					longest = max(longest, run)
				}
			}
			require.LessOrEqual(t, longest, 12, "%d names as %q", n, form)
		}
	}
}
