package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var (
	fuzzTarget = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)
	fuzzRow    = regexp.MustCompile("(?m)^\\| `(\\./[^`]+)` \\| (.*) \\|$")
	quoted     = regexp.MustCompile("`(Fuzz\\w+)`")
)

// TestFuzzTargetsAreListed requires that CONTRIBUTING.md lists the fuzz
// targets that there are.
func TestFuzzTargetsAreListed(t *testing.T) {
	there := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		for _, target := range fuzzTarget.FindAllStringSubmatch(string(text), -1) {
			there["./"+filepath.ToSlash(folder)] = append(there["./"+filepath.ToSlash(folder)], target[1])
		}
		return err
	})
	require.NoError(t, err)
	listed := map[string][]string{}
	for _, row := range fuzzRow.FindAllStringSubmatch(read(t, "CONTRIBUTING.md"), -1) {
		for _, target := range quoted.FindAllStringSubmatch(row[2], -1) {
			listed[row[1]] = append(listed[row[1]], target[1])
		}
	}
	for _, targets := range there {
		slices.Sort(targets)
	}
	for _, targets := range listed {
		slices.Sort(targets)
	}
	require.NotEmpty(t, there)
	require.Empty(t, cmp.Diff(there, listed), "- is the code, + is the table under Fuzzing in CONTRIBUTING.md")
}
