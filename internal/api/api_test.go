package api

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/exp/apidiff"
)

const (
	root    = "../.."
	current = "current.txt"
)

var update = flag.Bool("update", false, "write "+current+" from the code")

// TestCurrent requires that current.txt is the API of the code.
func TestCurrent(t *testing.T) {
	_, listing := theCode(t)
	if *update {
		require.NoError(t, os.WriteFile(current, []byte(listing), 0o666))
		return
	}
	written, err := os.ReadFile(current)
	require.NoError(t, err, "to write it, run: go generate ./internal/api")
	if diff := cmp.Diff(string(written), listing); diff != "" {
		t.Fatalf("the API has changed (- is %s, + is the code).\nIf that is meant, run: go generate ./internal/api\n%s", current, diff)
	}
}

// TestListingIsTheAPI requires that the listing says all there is to say: after
// type-checking it, apidiff sees the same API as in the code.
func TestListingIsTheAPI(t *testing.T) {
	code, listing := theCode(t)
	require.NotEmpty(t, code.Packages)
	listed, err := ParseListing(code.Path, "listing", []byte(listing), NewDependencies(root))
	require.NoError(t, err, listing)
	require.Empty(t, changes(code, listed, everyChange), "from the code to its listing")
	require.Empty(t, changes(listed, code, everyChange), "from the listing to its code")
}

// TestReleased requires that every change since the last release with which a
// user's program may no longer compile stands in the changelog.
func TestReleased(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	require.NoError(t, err)
	log, err := ParseChangelog(string(text))
	require.NoError(t, err)
	files, err := filepath.Glob("released/*.txt")
	require.NoError(t, err)
	for i := range files {
		files[i] = filepath.Base(files[i])
	}

	last, err := log.LastRelease(files)
	require.NoError(t, err)
	if last == "" {
		// LastRelease has seen both sides empty. Said again here, since
		// nothing else is left to compare.
		require.Empty(t, log.Released)
		require.Empty(t, files)
		t.Log("CHANGELOG.md has no release and released/ has no listing: there is nothing yet to be incompatible with")
		return
	}

	code, _ := theCode(t)
	name := filepath.Join("released", last+".txt")
	listing, err := os.ReadFile(name)
	require.NoError(t, err)
	released, err := ParseListing(code.Path, name, listing, NewDependencies(root))
	require.NoError(t, err)
	require.Empty(t, log.Missing(changes(released, code, incompatible)),
		`incompatible with %s, and no item under "Unreleased" in CHANGELOG.md (add each as "- `+"`MESSAGE`"+`: what to do instead")`, last)
}

func theCode(t *testing.T) (*Module, string) {
	t.Helper()
	code, err := LoadCode(root, NewDependencies(root))
	require.NoError(t, err)
	listing, err := List(code)
	require.NoError(t, err)
	return code, string(listing)
}

func everyChange(apidiff.Change) bool    { return true }
func incompatible(c apidiff.Change) bool { return !c.Compatible }

// changes lists apidiff's messages about what was changed from before to after.
func changes(before, after *Module, wanted func(apidiff.Change) bool) []string {
	report := apidiff.ModuleChanges(
		&apidiff.Module{Path: before.Path, Packages: before.Packages},
		&apidiff.Module{Path: after.Path, Packages: after.Packages})
	var messages []string
	for _, c := range report.Changes {
		if wanted(c) {
			messages = append(messages, c.Message)
		}
	}
	return messages
}
