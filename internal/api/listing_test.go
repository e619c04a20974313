package api

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// TestListing shows the form, on a module with one of everything.
func TestListing(t *testing.T) {
	code, err := LoadCode("testdata/sample", NewDependencies("."))
	require.NoError(t, err)
	listing, err := List(code)
	require.NoError(t, err)
	want := filepath.Join("testdata", "sample.txt")
	if *update {
		require.NoError(t, os.WriteFile(want, listing, 0o666))
	}
	text, err := os.ReadFile(want)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(text), string(listing)))

	again, err := ParseListing(code.Path, want, listing, NewDependencies("."))
	require.NoError(t, err)
	require.Empty(t, changes(code, again, everyChange))
	require.Empty(t, changes(again, code, everyChange))
	relisted, err := List(again)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(text), string(relisted)), "the listing of the listing is the listing")
}

// TestListingOfInternals requires that no exported name leads where no user can
// follow.
func TestListingOfInternals(t *testing.T) {
	_, err := List(listed(t, `package hidden // import "example.test/m/internal/hidden"

type Thing struct{}

package shop // import "example.test/m/shop"

import "example.test/m/internal/hidden"

type Shop struct{ Things map[string][]hidden.Thing }
`))
	require.EqualError(t, err, "package example.test/m/shop: Shop mentions internal/hidden.Thing, which no user can import")
}
