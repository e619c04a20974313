package api

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func TestParseChangelog(t *testing.T) {
	log, err := ParseChangelog(`# Changelog

- not under any version

## [Unreleased]

Words that are no item.

### Changed

- the first
* the second, which goes on
  on its next line

  and a paragraph that is not part of it

## [1.1.0] - 2026-03-04

- of 1.1.0

## v1.0.0-rc.1
`)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(Changelog{
		Unreleased: []string{"the first", "the second, which goes on on its next line"},
		Released:   []string{"v1.1.0", "v1.0.0-rc.1"},
	}, log))
}

func TestParseChangelogRefuses(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"no Unreleased":         {"# Changelog\n\n## v1.0.0\n", "no heading"},
		"an unreadable version": {"## Unreleased\n\n## Version one\n", "Version one"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseChangelog(tc.text)
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestLastRelease(t *testing.T) {
	two := Changelog{Released: []string{"v1.1.0", "v1.0.0"}}
	for name, tc := range map[string]struct {
		log      Changelog
		listings []string
		last     string
		fault    string
	}{
		"before the first release": {},
		"a listing too early":      {listings: []string{"v1.0.0.txt"}, fault: "no release"},
		"the newest":               {log: two, listings: []string{"v1.1.0.txt"}, last: "v1.1.0"},
		"none":                     {log: two, fault: "v1.1.0.txt"},
		"an older one":             {log: two, listings: []string{"v1.0.0.txt"}, fault: "v1.1.0.txt"},
		"one too many":             {log: two, listings: []string{"v1.0.0.txt", "v1.1.0.txt"}, fault: "no other"},
	} {
		t.Run(name, func(t *testing.T) {
			last, err := tc.log.LastRelease(tc.listings)
			require.Equal(t, tc.last, last)
			if tc.fault == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tc.fault)
			}
		})
	}
}
