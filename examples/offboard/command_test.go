package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var update = flag.Bool("update", false, "write the golden files anew")

// today is when the tests run.
var today = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

func clock() time.Time { return today }

// testingContext is the context of a test, or one without an end for a
// property.
func testingContext(t require.TestingT) context.Context {
	if t, is := t.(interface{ Context() context.Context }); is {
		return t.Context()
	}
	return context.Background()
}

// ran is what a run of the command came to.
type ran struct {
	status         int
	stdout, stderr string
}

// faults are the lines on the standard error.
func (r ran) faults() []string { return strings.Split(strings.TrimSuffix(r.stderr, "\n"), "\n") }

// offboard runs the whole command, with nobody to ask.
func offboard(t *testing.T, args ...string) ran {
	t.Helper()
	return offboardAt(t.Context(), command{stdin: strings.NewReader("")}, args...)
}

// offboardAt runs the command in surroundings of which the rest is filled in.
func offboardAt(ctx context.Context, c command, args ...string) ran {
	var out, errs bytes.Buffer
	if c.stdout == nil {
		c.stdout = &out
	} else {
		c.stdout = io.MultiWriter(&out, c.stdout)
	}
	c.stderr, c.clock = &errs, clock
	status := c.run(ctx, args)
	return ran{status, out.String(), errs.String()}
}

// written writes a file.
func written(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// files writes a roster and a list of leavers, and gives the arguments for
// them.
func files(t *testing.T, roster, leavers string) []string {
	t.Helper()
	return []string{
		"-roster", written(t, "roster.csv", roster), "-leavers", written(t, "leavers.txt", leavers), "-domain", "northwind.example",
	}
}

// readable checks that a terminal shows the text as it is.
func readable(t require.TestingT, text string) {
	require.True(t, utf8.ValidString(text))
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		require.False(t, strings.ContainsFunc(line, func(c rune) bool { return !unicode.IsGraphic(c) }), "%q", line)
		require.Equal(t, strings.TrimRight(line, " "), line)
	}
}

// state is what a store holds at the end, one line for each record that is no
// person, after the store was verified.
func state(t *testing.T, path string) map[string]string {
	t.Helper()
	store, err := openStore(t.Context(), path, false)
	require.NoError(t, err)
	manager, err := access.Open(t.Context(), store, access.Options{Catalog: crm.Catalog(), Clock: clock})
	require.NoError(t, err)
	_, err = manager.Verify(t.Context())
	require.NoError(t, err)
	held := map[string]string{}
	for _, kind := range []relationship.Kind{
		relationship.KindUser, relationship.KindPartner, relationship.KindEmployee, relationship.KindTemplate,
		relationship.KindClient, relationship.KindMember, relationship.KindRelationship, relationship.KindStanding,
	} {
		for record := range store.Snapshot().All(kind, relationship.Key{}) {
			held[record.Key().String()] = fmt.Sprint(record.Summary())
			if m, is := record.(relationship.Member); is {
				held[record.Key().String()] += " since " + m.Since.String()
			}
		}
	}
	require.NoError(t, store.Close())
	return held
}

// memberships are the members in a state, as client and user.
func memberships(store storage.Store) map[access.Place]relationship.Member {
	found := map[access.Place]relationship.Member{}
	for m := range storage.As[relationship.Member](store.Snapshot().All(relationship.KindMember, relationship.Key{})) {
		found[access.Place{Client: m.Client, User: m.User}] = m
	}
	return found
}

// golden compares a text with a file.
func golden(t *testing.T, path, text string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	if difference := cmp.Diff(string(want), text); difference != "" {
		t.Errorf("it differs from %s (-want +got):\n%s", path, difference)
	}
}

// TestBuiltInFiles compares all that the built-in files give with what they
// should. After a change that is meant: go test ./examples/offboard -update
func TestBuiltInFiles(t *testing.T) {
	for _, test := range []struct {
		name string
		run  ran
	}{
		{"done", offboard(t, "-yes")},
		{"dry", offboard(t, "-dry-run")},
		{"asked", offboardAt(t.Context(), command{stdin: strings.NewReader("yes\n"), asks: true})},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, statusFailed, test.run.status, "some rows are bad, and two places stay")
			readable(t, test.run.stdout+test.run.stderr)
			golden(t, filepath.Join("testdata", test.name+".txt"), test.run.stdout)
			golden(t, filepath.Join("testdata", "faults.txt"), test.run.stderr)
		})
	}
}

func TestExitStatus(t *testing.T) {
	sound := files(t, soundRoster, "ben@northwind.example\n")
	none := filepath.Join(t.TempDir(), "none")
	for _, test := range []struct {
		name   string
		args   []string
		status int
		stderr string
	}{
		{"help", []string{"-h"}, statusDone, "usage: offboard [-roster FILE"},
		{"unknown flag", []string{"-rooster", "x"}, statusUsage, "flag provided but not defined: -rooster"},
		{"one word too many", []string{"roster.csv"}, statusUsage, `"roster.csv" is one word too many`},
		{"no leavers", []string{"-roster", "x"}, statusUsage, "-roster and -leavers go together"},
		{"no roster", []string{"-leavers", "x"}, statusUsage, "-roster and -leavers go together"},
		{"assets alone", []string{"-assets", "x"}, statusUsage, "-assets and -domain go with -roster"},
		{"no domain", append(sound[:4:4], "-domain", "northwind"), statusUsage, "-domain is not a full domain name"},
		{"yes and dry", []string{"-yes", "-dry-run"}, statusUsage, "do not go together"},
		{"nobody to ask", sound, statusUsage, "add -yes to take people out, or -dry-run to look"},
		{"no such roster", []string{"-yes", "-roster", none, "-leavers", none}, statusFailed, "no such file"},
		{"no such leavers", []string{"-yes", "-roster", sound[1], "-leavers", none}, statusFailed, "no such file"},
		{"no such assets", append([]string{"-yes", "-assets", none}, sound...), statusFailed, "no such file"},
		{"a store that is none", append([]string{"-yes", "-store", sound[1]}, sound...), statusFailed, "the file is not a journal"},
		{"a dry run", append([]string{"-dry-run"}, sound...), statusDone, ""},
		{"all done", append([]string{"-yes"}, sound...), statusDone, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			ran := offboard(t, test.args...)
			require.Equal(t, test.status, ran.status, ran.stderr)
			require.Contains(t, ran.stderr, test.stderr)
			if test.status == statusUsage {
				require.Empty(t, ran.stdout)
			}
			if test.status == statusDone && test.stderr == "" {
				require.Empty(t, ran.stderr)
			}
		})
	}
}

// soundRoster is a roster without a fault.
const soundRoster = `e-mail,name,client,role,contact
ann@northwind.example,Ann Archer,,super admin,
ann@northwind.example,,Lumen,partner admin,carla@lumen.example
ben@northwind.example,Ben Brook,Lumen,support,
ben@northwind.example,,Quay Bakery,content,olga@quay-bakery.example
`

// broken is a terminal that has gone.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, fmt.Errorf("no terminal") }

func TestOutputThatCannotBeWritten(t *testing.T) {
	var errs strings.Builder
	c := command{stdin: strings.NewReader(""), stdout: broken{}, stderr: &errs, clock: time.Now}
	require.Equal(t, statusFailed, c.run(t.Context(), []string{"-dry-run"}))
	require.Contains(t, errs.String(), "offboard: no terminal\n")
}
