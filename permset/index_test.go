package permset_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
)

// catalogOf declares permissions of these names, which imply nothing.
func catalogOf(names ...string) *permset.Catalog {
	d := permset.Declaration{AddAndEditUsers: names[0], PartnerAdmin: names[:1]}
	for _, name := range names {
		d.Permissions = append(d.Permissions, permset.Declared{Name: name, Title: "Title", Group: "Group"})
	}
	return must(permset.NewCatalog(d))
}

// asker asks a catalogue and a map of its names, and counts.
type asker struct {
	catalog        *permset.Catalog
	plain          map[string]bool
	known, unknown int
}

func newAsker(names ...string) *asker {
	a := &asker{catalog: catalogOf(names...), plain: map[string]bool{}}
	for _, name := range names {
		a.plain[name] = true
	}
	return a
}

// ask reports whether both say the same. It formats nothing where they do: there are millions of questions.
func (a *asker) ask(name string) bool {
	p, known := a.catalog.Lookup(name)
	if a.plain[name] {
		a.known++
		return known && p.Name() == name && p.Catalog() == a.catalog
	}
	a.unknown++
	return !known && p == permset.Permission{}
}

// around asks for a name and for its neighbours: one byte another, one byte less, some more.
func (a *asker) around(t *testing.T, name string) {
	t.Helper()
	ask := func(name string) {
		if !a.ask(name) {
			t.Fatalf("Lookup and the map do not agree on %q", name)
		}
	}
	for i := range len(name) {
		for _, other := range []byte{'a', 'b', '.', 0, 0xff, name[i] ^ 1, name[i] ^ 0x80} {
			ask(name[:i] + string([]byte{other}) + name[i+1:])
		}
		ask(name[:i])
		ask(name[i:])
		ask(name[:i] + name[i+1:])
	}
	for _, more := range []string{"", "a", "\x00", name, strings.Repeat("a", 1<<12)} {
		ask(name + more)
		ask(more + name)
	}
}

func TestASK4_LookupAgreesWithAMap(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(9, 1))
	text := func(length int) string {
		b := make([]byte, length)
		for i := range b {
			b[i] = byte('a' + random.IntN(26))
		}
		return string(b)
	}
	kinds := map[string][]string{}
	for length := range permset.MaxNameBytes + 1 {
		if length > 0 {
			kinds["of one letter"] = append(kinds["of one letter"], strings.Repeat("a", length))
			kinds["of every length"] = append(kinds["of every length"], text(length))
		}
	}
	// Names that differ in one place: at the beginning, in the middle or at the end.
	for _, length := range []int{1, 2, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 39, 40, 48, 49, 64, permset.MaxNameBytes} {
		kind, base := fmt.Sprintf("alike, of %d bytes", length), text(length)
		for i := range length {
			for _, other := range []string{"x", "y"} {
				kinds[kind] = append(kinds[kind], base[:i]+other+base[i+1:])
			}
		}
	}
	known, unknown := 0, 0
	for kind, names := range kinds {
		slices.Sort(names)
		names = slices.Compact(names)
		a := newAsker(names...)
		for _, name := range names {
			a.around(t, name)
		}
		require.GreaterOrEqual(t, a.known, len(names), kind)
		require.Greater(t, a.unknown, len(names), kind)
		known, unknown = known+a.known, unknown+a.unknown
	}
	t.Logf("%d catalogues, %d look-ups of known names and %d of unknown ones: as a map says", len(kinds), known, unknown)
}

// A full catalogue has look-ups that begin where others do, and that go round the end of the table.
func TestASK4_LookupInAFullCatalogue(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range permset.MaxPermissions {
		names = append(names, fmt.Sprintf("custom.object%d.properties.edit", i))
	}
	a := newAsker(names...)
	for i := range 64 * permset.MaxPermissions {
		for _, form := range []string{"custom.object%d.properties.edit", "custom.object%d.properties.view", "%d"} {
			if name := fmt.Sprintf(form, i); !a.ask(name) {
				t.Fatalf("Lookup and the map do not agree on %q", name)
			}
		}
	}
	require.Equal(t, permset.MaxPermissions, a.known)
	t.Logf("%d look-ups of known names and %d of unknown ones: as a map says", a.known, a.unknown)
}
