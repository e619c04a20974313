package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

// pages are what is held against the code, from the root of the module.
var pages = []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "access/RULES.md"}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	require.NoError(t, err)
	return string(text)
}

// block is a fenced block of a page.
type block struct {
	language string
	line     int // of its first line
	text     string
}

func blocks(t *testing.T, page string) []block {
	t.Helper()
	var found []block
	inside := false
	for i, line := range strings.SplitAfter(read(t, page), "\n") {
		language, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && inside:
			inside = false
		case fence:
			inside = true
			found = append(found, block{language: strings.TrimSpace(language), line: i + 2})
		case inside:
			found[len(found)-1].text += line
		}
	}
	require.False(t, inside, "%s: a block is not closed", page)
	return found
}

var link = regexp.MustCompile(`\]\(([^)]*)\)`)

// TestLinks requires that every link within the repository leads somewhere.
func TestLinks(t *testing.T) {
	count := 0
	for _, page := range pages {
		for _, found := range link.FindAllStringSubmatch(read(t, page), -1) {
			target, _, _ := strings.Cut(found[1], "#")
			if strings.Contains(target, "://") || target == "" {
				continue
			}
			count++
			require.FileExists(t, onlyFile(filepath.Join(root, filepath.Dir(page), target)), "%s links to it", page)
		}
	}
	require.NotZero(t, count)
}

// onlyFile names a file in a folder, so that a link may lead to the folder.
func onlyFile(path string) string {
	entries, err := os.ReadDir(path)
	if err != nil || len(entries) == 0 {
		return path
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			return filepath.Join(path, entry.Name())
		}
	}
	return path
}

var (
	command = regexp.MustCompile(`\bgo (?:run|test|build) [^\n#&;]*`)
	module  = regexp.MustCompile(`\bgo -C (\S+) `)
)

// TestCommands requires that the folders and files that the shell blocks name
// are there.
func TestCommands(t *testing.T) {
	count := 0
	for _, page := range pages {
		for _, b := range blocks(t, page) {
			for _, words := range module.FindAllStringSubmatch(b.text, -1) {
				count++
				require.FileExists(t, filepath.Join(root, words[1], "go.mod"), "%s, line %d", page, b.line)
			}
			for _, words := range command.FindAllString(b.text, -1) {
				for word := range strings.FieldsSeq(words) {
					if path, found := strings.CutPrefix(word, "./"); found && path != "..." {
						count++
						require.DirExists(t, filepath.Join(root, path), "%s, line %d: %s", page, b.line, words)
					}
				}
			}
		}
	}
	require.NotZero(t, count)
}
