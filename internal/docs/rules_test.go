package docs

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	ruleItem = regexp.MustCompile(`(?s)^- \*\*([A-Z]+-[0-9]+)\*\* (.*)$`)
	ruleName = regexp.MustCompile(`\b(?:ORG|ADM|LINK|ADD|DEL|UPD|OFF|REL|MIG|SEE|ASK|PSET|PLAN|LIM|TIME|LOG|LEAVE)-[0-9]+\b`)
	goFile   = regexp.MustCompile("`([a-z/]+\\.go)`")
)

// rules reads RULES.md: each rule with its text.
func rules(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for item := range strings.SplitSeq(read(t, "access/RULES.md"), "\n- ") {
		item, _, _ = strings.Cut(item, "\n\n") // a heading behind a list is not part of it
		if rule := ruleItem.FindStringSubmatch("- " + item); rule != nil {
			require.NotContains(t, found, rule[1], "it stands there twice")
			found[rule[1]] = rule[2]
		}
	}
	require.Greater(t, len(found), 60)
	return found
}

// TestRulesAreComplete requires that a rule named in the Manager's code leads
// to a line in RULES.md.
func TestRulesAreComplete(t *testing.T) {
	known := rules(t)
	files, err := filepath.Glob(filepath.Join(root, "access", "*.go"))
	require.NoError(t, err)
	named := map[string]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, rule := range ruleName.FindAllString(string(text), -1) {
			named[rule] = filepath.Base(file)
		}
	}
	require.Greater(t, len(named), 60)
	for _, rule := range slices.Sorted(maps.Keys(named)) {
		require.Contains(t, known, rule, "%s names it", named[rule])
	}
}

// TestRulesLeadToCode requires that every rule names files, that they are
// there, and that each of them names the rule. A rule that follows from others
// names those, and has no line of code of its own.
func TestRulesLeadToCode(t *testing.T) {
	known := rules(t)
	for rule, text := range known {
		files := goFile.FindAllStringSubmatch(text, -1)
		require.NotEmpty(t, files, rule)
		_, from, follows := strings.Cut(text, "Follows from ")
		if follows {
			others := ruleName.FindAllString(from, -1)
			require.NotEmpty(t, others, rule)
			for _, other := range others {
				require.Contains(t, known, other, rule)
			}
		}
		for _, file := range files {
			path := file[1]
			if !strings.Contains(path, "/") {
				path = "access/" + path
			}
			code := read(t, path)
			require.True(t, follows || slices.Contains(ruleName.FindAllString(code, -1), rule), "%s does not name %s", path, rule)
		}
	}
}
