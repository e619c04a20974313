package docs

import (
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// TestPrograms builds and runs every program in README.md and CONTRIBUTING.md,
// as it stands there. A program of package main has to print what the block
// behind it shows; a test has to pass.
func TestPrograms(t *testing.T) {
	programs := 0
	for _, page := range []string{"README.md", "CONTRIBUTING.md"} {
		all := blocks(t, page)
		for i, b := range all {
			if b.language != "go" {
				continue
			}
			programs++
			t.Run(fmt.Sprintf("%s line %d", page, b.line), func(t *testing.T) {
				t.Parallel()
				require.True(t, strings.HasPrefix(b.text, "package "),
					"a go block is a whole program or test, so that it can be run")
				formatted(t, b.text)
				if !strings.HasPrefix(b.text, "package main\n") {
					goes(t, "vet", "page_test.go", b.text)
					goes(t, "test", "page_test.go", b.text)
					return
				}
				goes(t, "vet", "main.go", b.text)
				printed := goes(t, "run", "main.go", b.text)
				require.NotEmpty(t, printed)
				require.True(t, i+1 < len(all) && all[i+1].language == "text", "a text block with what it prints follows a program")
				require.Empty(t, cmp.Diff(all[i+1].text, printed), "- is the page, + is what the program prints")
			})
		}
	}
	require.Greater(t, programs, 2)
}

// goes hands a file to the go command, in this module, and returns what was
// printed.
func goes(t *testing.T, verb, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	cmd := exec.Command("go", verb, path)
	cmd.Dir = root
	// Whoever runs the tests may want more of them; a reader who copies the
	// program does not.
	cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false", "GOWORK=off")
	printed, err := cmd.CombinedOutput()
	require.NoError(t, err, "go %s:\n%s", verb, printed)
	return string(printed)
}

// formatted requires that gofmt has nothing to do.
func formatted(t *testing.T, text string) {
	t.Helper()
	tidy, err := format.Source([]byte(text))
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(text, string(tidy)), "- is the page, + is what gofmt makes of it")
}

// TestFirstProgramIsFirst: what .ci/run takes for the first program is
// the first go block of the README.
func TestFirstProgramIsFirst(t *testing.T) {
	for _, b := range blocks(t, "README.md") {
		if b.language == "go" {
			require.True(t, strings.HasPrefix(b.text, "package main\n"))
			return
		}
	}
	t.Fatal("README.md has no go block")
}

// TestTwoCommands: nothing stands before the quickstart and the tests but
// getting the repository.
func TestTwoCommands(t *testing.T) {
	for _, b := range blocks(t, "README.md") {
		if b.language != "sh" {
			continue
		}
		lines := strings.Split(strings.TrimSpace(b.text), "\n")
		require.Len(t, lines, 3)
		require.Contains(t, lines[0], "git clone ")
		require.Equal(t, []string{"go run ./examples/quickstart", "go test ./..."}, lines[1:])
		return
	}
	t.Fatal("README.md has no sh block")
}
