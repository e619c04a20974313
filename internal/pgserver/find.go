package pgserver

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// ErrNotFound is in the error about a program that is not on this machine, which
// says what to install.
var ErrNotFound = errors.New("not installed here")

// Programs are the programs of one version of PostgreSQL.
type Programs struct {
	folder string
}

// usual is where distributions put the programs, with a version in the path.
var usual = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/usr/libexec/postgresql*",
	"/usr/local/pgsql/bin",
	"/opt/homebrew/opt/postgresql*/bin",
	"/usr/local/opt/postgresql*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// Find looks for initdb and postgres, in one folder: on the PATH first, then
// where distributions put them, the newest version first. The error matches
// ErrNotFound.
func Find() (Programs, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil && complete(filepath.Dir(path)) {
			return Programs{filepath.Dir(path)}, nil
		}
	}
	var folders []string
	for _, pattern := range usual {
		found, _ := filepath.Glob(pattern) // the patterns are well-formed
		folders = append(folders, found...)
	}
	for _, folder := range newestFirst(folders) {
		if complete(folder) {
			return Programs{folder}, nil
		}
	}
	return Programs{}, fmt.Errorf("PostgreSQL is %w (on Debian: apt-get install postgresql)", ErrNotFound)
}

// Folder is where the programs are.
func (p Programs) Folder() string { return p.folder }

func (p Programs) path(name string) string { return filepath.Join(p.folder, name) }

// complete tells whether a folder has a server, and not a client alone.
func complete(folder string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
			return false
		}
	}
	return true
}

var number = regexp.MustCompile(`[0-9]+`)

// newestFirst sorts paths by the first number in each, the version; those
// without come last.
func newestFirst(folders []string) []string {
	version := func(folder string) int {
		n, err := strconv.Atoi(number.FindString(folder))
		if err != nil {
			return -1
		}
		return n
	}
	return slices.SortedStableFunc(slices.Values(folders), func(a, b string) int { return cmp.Compare(version(b), version(a)) })
}
