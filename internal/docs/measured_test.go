package docs

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var measuredRow = regexp.MustCompile(`(?m)^\| clientaccess \| `)

// TestMeasuredTables requires that README.md has the tables that internal/peers
// writes, between the lines where it writes them, with the command and our own
// figures.
func TestMeasuredTables(t *testing.T) {
	page := read(t, "README.md")
	for name, command := range map[string]string{
		"peers": "go -C internal/peers run . ", "growth": "go -C internal/peers run . growth ",
	} {
		first, last := "\n<!-- "+name+" -->\n", "\n<!-- end of "+name+" -->\n"
		require.Equal(t, 1, strings.Count(page, first), name)
		_, rest, _ := strings.Cut(page, first)
		written, _, found := strings.Cut(rest, last)
		require.True(t, found, "%s: it has no end", name)
		require.Contains(t, written, command, name)
		require.Regexp(t, measuredRow, written, name)
	}
}
