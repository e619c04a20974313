package pgserver

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNewestFirst(t *testing.T) {
	t.Parallel()
	require.Equal(t,
		[]string{"/usr/lib/postgresql/17/bin", "/usr/pgsql-16/bin", "/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/9/bin", "/usr/local/pgsql/bin"},
		newestFirst([]string{"/usr/lib/postgresql/15/bin", "/usr/local/pgsql/bin", "/usr/lib/postgresql/9/bin", "/usr/lib/postgresql/17/bin", "/usr/pgsql-16/bin"}))
}

// TestFind_ThePathComesFirst makes a folder with what looks like a server; one
// without the server itself is no use.
func TestFind_ThePathComesFirst(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("PATH", folder)
	before, _ := Find()
	for _, name := range []string{"initdb", "postgres"} {
		found, _ := Find()
		require.Equal(t, before, found)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"), 0o700))
	}
	found, err := Find()
	require.NoError(t, err)
	folder, err = filepath.EvalSymlinks(folder)
	require.NoError(t, err)
	require.Equal(t, folder, found.Folder())
}
