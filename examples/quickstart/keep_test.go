package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/storage/bolt"
)

// acts are the headings of a story that was printed.
func acts(printed string) []string {
	var headings []string
	lines := strings.Split(printed, "\n")
	for i, line := range lines[1:] {
		if strings.HasPrefix(line, "----") {
			headings = append(headings, lines[i])
		}
	}
	return headings
}

// Played in parts, with the process ended in between, the story is the one that
// is played at once.
func TestStore_GoesOnWhereItStopped(t *testing.T) {
	_, whole, _ := command(t)
	path := filepath.Join(t.TempDir(), "agency.db")
	var parts, said string
	for _, n := range []string{"1", "4", "6", "20"} {
		status, stdout, stderr := command(t, "-store", path, "-acts", n)
		require.Equal(t, statusDone, status, stderr)
		parts += stdout
		said = stdout
	}
	require.Equal(t, acts(whole), acts(parts))
	require.Contains(t, said, "It goes on behind act 11, at revision")
	// What was done is the same to the last record.
	from := func(text string) string {
		return text[strings.Index(text, "* Every change is one event"):strings.LastIndex(text, "refused ")]
	}
	require.Equal(t, from(whole), from(parts))

	status, stdout, stderr := command(t, "-store", path)
	require.Equal(t, statusDone, status, stderr)
	require.Contains(t, stdout, "All 16 acts have been played.")
	require.Empty(t, acts(stdout))
}

func TestStore_BelongsToOneStory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "agency.db")
	status, _, stderr := command(t, "-store", path, "-acts", "1")
	require.Equal(t, statusDone, status, stderr)
	other := written(t, strings.Replace(string(agency), "2026-03-02", "2026-04-02", 1))
	status, _, stderr = command(t, "-store", path, "-data", other)
	require.Equal(t, statusFailed, status)
	require.Equal(t, fmt.Sprintf("quickstart: %s: it holds another story\n", path), stderr)

	journal, err := bolt.Open(path)
	require.NoError(t, err)
	status, _, stderr = command(t, "-store", path)
	require.Equal(t, statusFailed, status)
	require.Contains(t, stderr, "the file is in use")
	require.NoError(t, journal.Close())
	status, _, stderr = command(t, "-store", written(t, "no journal"))
	require.Equal(t, statusFailed, status)
	require.Contains(t, stderr, "the file is not a journal")
}

// Whoever kills it in the middle of an act is told, and the story goes on.
func TestStore_AnActThatWasBrokenOff(t *testing.T) {
	path := filepath.Join(t.TempDir(), "agency.db")
	status, _, stderr := command(t, "-store", path, "-acts", "3")
	require.Equal(t, statusDone, status, stderr)
	store, err := openStore(t.Context(), path)
	require.NoError(t, err)
	told, _ := parse(agency)
	mark, err := openBookmark(t.Context(), store, agency, told.start)
	require.NoError(t, err)
	mark.Acts, mark.Broken = 4, true
	require.NoError(t, mark.keep(t.Context(), store))
	require.NoError(t, store.Close())
	_, stdout, _ := command(t, "-store", path, "-acts", "1")
	require.Contains(t, stdout, "Act 4 was broken off in its middle.")
	require.Len(t, acts(stdout), 1)
	require.Contains(t, stdout, "\n5. ")
}
