package api

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

const before = `package shop // import "example.test/m/shop"

import "time"

const Limit = 10

func Open(name string) (*Shop, error)

type Event interface {
	At() time.Time
	event()
}

type Key struct {
	Name string
	_    struct{} // unexported fields
}

type Shop struct {
	Name string
}
func (*Shop) Close() error

type Sold struct{}
func (Sold) At() time.Time
func (Sold) event()
`

const after = `package shop // import "example.test/m/shop"

import "time"

const Limit = 20

func Open(name string, wait time.Duration) (*Shop, error)

type Event interface {
	At() time.Time
	Kind() string
	event()
}

type Key struct {
	Name string
	_    []struct{} // unexported fields that cannot be compared
}

type Shop struct {
	Name string
	Town string
}

type Sold struct{}
func (Sold) At() time.Time
func (Sold) event()
`

func listed(t *testing.T, listing string) *Module {
	t.Helper()
	m, err := ParseListing("example.test/m", "listing", []byte(listing), NewDependencies("."))
	require.NoError(t, err)
	return m
}

// TestIncompatibleIsFound plays the way from a released listing to a line that
// is missing in the changelog, on two small packages.
func TestIncompatibleIsFound(t *testing.T) {
	found := changes(listed(t, before), listed(t, after), incompatible)
	require.Empty(t, cmp.Diff([]string{
		"./shop.(*Shop).Close: removed",
		"./shop.Key: old is comparable, new is not",
		"./shop.Limit: value changed from 10 to 20",
		"./shop.Open: changed from func(string) (*Shop, error) to func(string, time.Duration) (*Shop, error)",
		"./shop.Sold: no longer implements ./shop.Event",
	}, found))

	log, err := ParseChangelog("# Changelog\n\n## Unreleased\n\n" +
		"- `./shop.(*Shop).Close: removed`: a shop needs no closing now.\n" +
		"- ./shop.Key: old is comparable, new is not\n" +
		"- `./shop.Limit: value changed from 10 to 200`\n" +
		"\n## v1.0.0 - 2026-01-02\n\n" +
		"- ./shop.Sold: no longer implements ./shop.Event\n")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff([]string{
		"./shop.Limit: value changed from 10 to 20",
		"./shop.Open: changed from func(string) (*Shop, error) to func(string, time.Duration) (*Shop, error)",
		"./shop.Sold: no longer implements ./shop.Event",
	}, log.Missing(found)), "another value, no item, and an item of an older release do not count")
}

func TestCompatibleIsLeftAlone(t *testing.T) {
	require.Empty(t, changes(listed(t, before), listed(t, before), everyChange))
	// A sealed interface may grow, and a struct or a package may gain something.
	more := before + "\nfunc (*Shop) Open() error\n\nvar Default *Shop\n"
	require.Empty(t, changes(listed(t, before), listed(t, more), incompatible))
	require.Empty(t, cmp.Diff([]string{"./shop.(*Shop).Open: added", "./shop.Default: added"},
		changes(listed(t, before), listed(t, more), everyChange)))
}

func TestRemovedPackageIsFound(t *testing.T) {
	two := before + "\npackage till // import \"example.test/m/till\"\n"
	require.Equal(t, []string{"package example.test/m/till: removed"},
		changes(listed(t, two), listed(t, before), incompatible))
}

func TestParseListingRefuses(t *testing.T) {
	for name, tc := range map[string]struct{ listing, want string }{
		"nothing":         {"", "no package in it"},
		"no declaration":  {before + "\nfunc {", "listing:28"},
		"an unknown type": {before + "\nfunc Bad() Unknown", "undefined: Unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseListing("example.test/m", "listing", []byte(tc.listing), NewDependencies("."))
			require.ErrorContains(t, err, tc.want)
		})
	}
}
