package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

func TestExitStatus(t *testing.T) {
	folder := t.TempDir()
	empty := filepath.Join(folder, "empty.db")
	store, err := openFile(empty)
	require.NoError(t, err)
	require.NoError(t, store.Close())
	foreign := filepath.Join(folder, "foreign.db")
	require.NoError(t, os.WriteFile(foreign, []byte("something else"), 0o600))
	none := filepath.Join(folder, "none.db")

	for _, test := range []struct {
		name   string
		args   []string
		status int
		stderr string
	}{
		{"help", []string{"-h"}, statusDone, "usage: mailer -demo\n"},
		{"nothing", nil, statusUsage, "usage: mailer -demo\n"},
		{"unknown flag", []string{"-dmeo"}, statusUsage, "flag provided but not defined: -dmeo"},
		{"one word too many", []string{"-demo", "now"}, statusUsage, "usage: "},
		{"no sender", []string{"-store", empty, "-smtp", "127.0.0.1:25"}, statusUsage, "usage: "},
		{"demonstration and store", []string{"-demo", "-store", empty}, statusUsage, "usage: "},
		{"demonstration and all", []string{"-demo", "-store", empty, "-smtp", "127.0.0.1:25", "-from", "a@b.example"}, statusUsage, "usage: "},
		{"no address", []string{"-store", empty, "-smtp", "127.0.0.1:25", "-from", "access"}, statusFailed, `sender "access": `},
		{"no domain", []string{"-store", empty, "-smtp", "127.0.0.1:25", "-from", "access@localhost"}, statusFailed, "has no proper domain"},
		{"no server", []string{"-store", empty, "-smtp", "127.0.0.1", "-from", "a@b.example"}, statusFailed, "missing port"},
		{"no file", []string{"-store", none, "-smtp", "127.0.0.1:25", "-from", "a@b.example"}, statusFailed, "no such file"},
		{"foreign file", []string{"-store", foreign, "-smtp", "127.0.0.1:25", "-from", "a@b.example"}, statusFailed, "foreign.db"},
		{"another catalogue", []string{"-store", empty, "-smtp", "127.0.0.1:25", "-from", "a@b.example"}, statusFailed, "its catalogue is not this program's"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			require.Equal(t, test.status, run(t.Context(), test.args, &stdout, &stderr), stderr.String())
			require.Contains(t, stderr.String(), test.stderr)
			require.Empty(t, stdout.String())
		})
	}
	require.NoFileExists(t, none)
	store, err = openFile(empty)
	require.NoError(t, err)
	require.Zero(t, store.Snapshot().Revision(), "nothing was laid down")
	require.NoError(t, store.Close())
}

// interrupted is a terminal where somebody interrupts the program when it says
// a word.
type interrupted struct {
	bytes.Buffer
	word      string
	interrupt func()
}

func (i *interrupted) Write(text []byte) (int, error) {
	if bytes.Contains(text, []byte(i.word)) {
		i.interrupt()
	}
	return i.Buffer.Write(text)
}

// The whole program delivers what is in a file, and ends when it is
// interrupted.
func TestDeliversFromAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.db")
	store, err := openFile(path)
	require.NoError(t, err)
	s := &scene{World: accesstest.New(alone{t}, accesstest.WithStore(store)), t: t, office: &Office{}}
	s.Verify()
	require.NoError(t, store.Close())
	require.NoError(t, s.office.Open())
	defer func() { require.NoError(t, s.office.Close()) }()

	ctx, cancel := context.WithCancel(t.Context())
	stdout, stderr := &interrupted{word: "msg=", interrupt: cancel}, &bytes.Buffer{}
	args := []string{"-store", path, "-smtp", s.office.Address, "-from", "Zugänge <access@bücher.example>"}
	require.Equal(t, statusDone, run(ctx, args, stdout, stderr), stderr.String())
	require.Equal(t, 1, strings.Count(stdout.String(), "\n"), stdout.String())
	require.Contains(t, stdout.String(), "msg=delivered")
	letters := s.office.Letters()
	require.Len(t, letters, 1)
	letter := read(t, letters[0])
	from, err := letter.header.AddressList("From")
	require.NoError(t, err)
	require.Equal(t, "access@xn--bcher-kva.example", from[0].Address)
	require.Equal(t, "Zugänge", from[0].Name)
	require.Contains(t, letter.header.Get("Message-ID"), "@xn--bcher-kva.example>")

	store, err = openFile(path)
	require.NoError(t, err)
	s.Store = store
	manager, err := openManager(t.Context(), store, crm.Catalog())
	require.NoError(t, err)
	s.Manager = manager
	s.nothingLeft()
	require.NoError(t, store.Close())
}

func TestTheDemonstrationFails(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.Error(t, playDemo(ctx, &bytes.Buffer{}))
	_, err := openManager(t.Context(), memdb.New(), nil)
	require.Error(t, err)
}
