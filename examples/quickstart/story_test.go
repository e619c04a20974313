package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

// command runs the whole command.
func command(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), args, &out, &errs)
	return status, out.String(), errs.String()
}

// written writes a data file.
func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "agency.txt")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// readable checks that a terminal shows the text as it is.
func readable(t *testing.T, text string) {
	t.Helper()
	require.True(t, utf8.ValidString(text))
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		require.LessOrEqual(t, utf8.RuneCountInString(line), width, line)
		require.False(t, strings.ContainsFunc(line, func(c rune) bool { return !unicode.IsGraphic(c) }), "%q", line)
		require.Equal(t, strings.TrimRight(line, " "), line)
	}
}

// TestTheWholeStory compares all that the built-in file gives with what it
// should. After a change that is meant: go test ./examples/quickstart -update
func TestTheWholeStory(t *testing.T) {
	const golden = "testdata/story.txt"
	status, stdout, stderr := command(t)
	require.Empty(t, stderr)
	require.Equal(t, statusDone, status)
	readable(t, stdout)
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(stdout), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	if difference := cmp.Diff(string(want), stdout); difference != "" {
		t.Errorf("the story differs from %s (-want +got):\n%s", golden, difference)
	}
}

// TestEveryActIsPlayed guards the built-in file: nothing in it may be missing
// for an act, and every one of the sets of DEL-2 has to be seen.
func TestEveryActIsPlayed(t *testing.T) {
	_, stdout, _ := command(t)
	for _, word := range []string{"Not played", "Nothing was", "FAILED"} {
		require.NotContains(t, stdout, word)
	}
	for _, word := range []string{"granted ", "revoked ", "withheld ", "retained ", "clipped ", "owns "} {
		require.Contains(t, stdout, word)
	}
	for _, rule := range []string{
		"LINK-3", "LINK-4", "ADD-1", "ADD-5", "ADD-7", "DEL-1", "UPD-1", "UPD-2", "LIM-1", "LIM-3", "OFF-1", "OFF-3", "OFF-4",
		"OFF-5", "OFF-6", "OFF-8", "PLAN-1", "PLAN-2", "ORG-2", "MIG-1", "REL-2", "REL-3", "REL-6", "REL-7", "LOG-1",
	} {
		require.Contains(t, stdout, rule)
	}
}

// TestNoSecret lets the story plant the secrets of its access links, and
// looks for them in all that it prints. What is planted goes on to the file
// that the test run itself was given, if any.
func TestNoSecret(t *testing.T) {
	const variable = "CLIENTACCESS_PLANTED_SECRETS"
	outer := os.Getenv(variable)
	path := filepath.Join(t.TempDir(), "planted.txt")
	t.Setenv(variable, path)
	status, stdout, stderr := command(t)
	require.Equal(t, statusDone, status)

	planted, err := os.ReadFile(path)
	require.NoError(t, err)
	secrets := strings.Fields(string(planted))
	require.NotEmpty(t, secrets)
	for _, secret := range secrets {
		require.Greater(t, len(secret), 40)
		if strings.Contains(stdout, secret) || strings.Contains(stderr, secret) {
			t.Error("a secret was printed") // and not printed here again
		}
	}
	require.NotContains(t, stdout+stderr, "calink_")
	if outer != "" {
		file, err := os.OpenFile(outer, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		require.NoError(t, err)
		_, err = file.Write(planted)
		require.NoError(t, err)
		require.NoError(t, file.Close())
	}
}
