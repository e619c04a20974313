package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExitStatus(t *testing.T) {
	for _, test := range []struct {
		name   string
		args   []string
		status int
		stderr string
	}{
		{"help", []string{"-h"}, statusDone, "usage: quickstart [-data FILE] [-store FILE] [-acts N]\n"},
		{"unknown flag", []string{"-dta", "x"}, statusUsage, "flag provided but not defined: -dta"},
		{"one word too many", []string{"agency.txt"}, statusUsage, `"agency.txt" is one word too many`},
		{"no such file", []string{"-data", filepath.Join(t.TempDir(), "none")}, statusFailed, "no such file"},
		{"empty file", []string{"-data", os.DevNull}, statusFailed, os.DevNull + ":1: the file has no line that begins with user"},
		{"too large", []string{"-data", written(t, strings.Repeat("#\n", maxFile))}, statusFailed, "is larger than 1048576 bytes"},
		{"the built-in file by name", []string{"-data", agencyName}, statusDone, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, stdout, stderr := command(t, test.args...)
			require.Equal(t, test.status, status, stderr)
			require.Contains(t, stderr, test.stderr)
			if status != statusDone {
				require.Empty(t, stdout)
			}
		})
	}
}

// TestEveryFaultIsTold: a broken file gives one message per fault, each with
// its line, in the order of the file, and nothing is played.
func TestEveryFaultIsTold(t *testing.T) {
	path := written(t, `start 2026-13-02
user ann name="Ann Archer"
usr ben
partner northwind name=Northwind kind=provider admin=anne domains=northwind
client lumen admin=ann name="Lumen Ltd"
template t partner=northwind permissions=reports.veiw
`)
	status, stdout, stderr := command(t, "-data", path)
	require.Equal(t, statusFailed, status)
	require.Empty(t, stdout)
	require.Equal(t, []string{
		path + `:1: start: date "2026-13-02" is no day; write it as 2026-03-31`,
		path + `:2: user: email is missing`,
		path + `:3: "usr" is no keyword; there are add, alias, approve, asset, client, employee, member, partner, start, template, user and scene`,
		path + `:4: partner: there is no user "anne"`,
		path + `:4: partner: "northwind": domain is not a full domain name`,
		path + `:6: template: permissions: there is no permission "reports.veiw"`,
	}, strings.Split(strings.TrimSpace(stderr), "\n"))
}

// TestFailedStep: a step that the library refuses is told in the story and
// with its line, the story goes on, and the status is 1.
func TestFailedStep(t *testing.T) {
	text := strings.Replace(string(agency), "way=direct", "way=link", 1)
	text = strings.Replace(text, "client=lumen  by=ann   template=reporting", "client=lumen  by=ben   template=reporting", 1)
	path := written(t, text)
	status, stdout, stderr := command(t, "-data", path)
	require.Equal(t, statusFailed, status)
	line := 1 + strings.Count(text[:strings.Index(text, "add employees=eve ")], "\n")
	require.Regexp(t, `:`+itoa(line)+`: the step failed: not allowed, client "lumen", user "ben".*\(OFF-2\)`, stderr)
	require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	require.Contains(t, stdout, "FAILED: not allowed")
	require.Contains(t, stdout, "What is on record")
	require.Contains(t, stdout, "Not played: Eve Ember is not managed by Northwind Digital in Lumen Lighting Ltd.")
}

// broken is a terminal that has gone.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("no terminal") }

func TestOutputThatCannotBeWritten(t *testing.T) {
	var stderr strings.Builder
	require.Equal(t, statusFailed, run(t.Context(), nil, broken{}, &stderr))
	require.Equal(t, "quickstart: no terminal\n", stderr.String())
	require.Equal(t, statusFailed, run(t.Context(), nil, broken{}, io.Discard))
}
