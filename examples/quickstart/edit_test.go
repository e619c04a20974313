package main

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func itoa(n int) string { return strconv.Itoa(n) }

// edited plays the built-in file with texts replaced, each exactly once.
func edited(t *testing.T, replacements ...string) (status int, stdout, stderr string) {
	t.Helper()
	text := string(agency)
	for i := 0; i < len(replacements); i += 2 {
		require.Equal(t, 1, strings.Count(text, replacements[i]), replacements[i])
		text = strings.Replace(text, replacements[i], replacements[i+1], 1)
	}
	return command(t, "-data", written(t, text))
}

// TestEditsAreSeen: whoever edits the file sees it in the story.
func TestEditsAreSeen(t *testing.T) {
	status, stdout, stderr := edited(t,
		`name="Ann Archer"`, `name="Änne Archer-Löwenstein"`,
		"# These two contractors", "user kim name=\"Kim Kite\" email=kim@northwind.example\n# These two",
		"employee eve ", "employee kim partner=northwind kind=staff\nemployee eve ",
		"add employees=ida ", "add employees=kim partner=northwind client=quay by=ben template=campaigns\nadd employees=ida ",
		`template insights `, "template campaigns partner=northwind permissions=marketing.emails.publish,-marketing.emails.view\ntemplate insights ",
	)
	require.Equal(t, statusDone, status, stderr)
	readable(t, stdout)
	require.NotContains(t, stdout, "Ann Archer")
	require.Contains(t, stdout, "Änne Archer-Löwenstein of Northwind Digital gets an access link.")
	require.Contains(t, stdout, "Ben Brook of Northwind Digital adds Kim Kite to Quay Street Bakery with the template \"campaigns\".")
	require.Contains(t, stdout, "Northwind Digital  3: marketing.emails.publish and 2 more")
}

// TestNotPlayed: a scene that is not in the file, or cannot be played as the
// file has it, says so, and is no failure.
func TestNotPlayed(t *testing.T) {
	for _, test := range []struct{ name, was, is, says string }{
		{"no scene", "scene pause             client=lumen  partner=northwind  member=dora\n    question=tickets.edit.all  days=7\n", "", "the file has no line that begins with: scene pause"},
		{"no partner admin", "scene linking           client=tern", "scene linking           client=quay", "Ann Archer is no active partner admin of Quay"},
		{"no access", "by=ben  admin=ann", "by=eve  admin=ann", "Eve Ember has no Client Access Manager access at Northwind"},
		{"two super admins", "last-super-admin  client=quay", "last-super-admin  client=moss", "Moss & Fern Garden Centre has another super admin"},
		{"no super admin", "scene migration         client=tern", "scene migration         client=quay", "Ben Brook is no super admin of Quay Street Bakery."},
		{"not managed", "pause             client=lumen", "pause             client=tern", ""},
		{"nobody to end", "ending            client=moss", "ending            client=lumen", ""},
		{"nobody there", "scene ending            client=moss   partner=northwind  by=ben", "scene ending client=moss partner=harbor by=hugo", "Harbor Analytics manages nobody in Moss"},
		{"no own user", "admin=ann  employee=gus", "admin=ann  employee=jo", "Jo Jansen is no standard own user of Tern Travel AB."},
		{"through no other", "admin=hugo employee=fay", "admin=hugo employee=ida", "Ida Iversen is not managed by another partner"},
		{"no member", "partner=northwind  by=ben  employee=jo", "partner=northwind  by=jo  employee=jo", "Jo Jansen is no member of Tern"},
		{"a member already", "newcomer=jo", "newcomer=dora", "Dora Dale is a member of Lumen Lighting Ltd already."},
		{"ticked nothing", "ticks=lumen,moss", "ticks=quay", ""},
		{"in no client", "employee=dora  ticks", "employee=gus  ticks", "none of the clients ticked is in the plan"},
		{"nothing withheld", "newcomer=jo  asks=reporting", `newcomer=jo  asks="content only"`, "Nothing was withheld"},
		{"nothing retained", "keeper=eve ", "keeper=felix ", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, stdout, stderr := edited(t, test.was, test.is)
			require.Equal(t, statusDone, status, stderr)
			require.Contains(t, strings.Join(strings.Fields(stdout), " "), test.says)
		})
	}
}

// TestAnyLineMayGo: without any one of its records the file either has a
// fault that is told, or is played to its end, readably.
func TestAnyLineMayGo(t *testing.T) {
	var records []string // each with the lines that go on with it
	for line := range strings.Lines(string(agency)) {
		if startsBlank(line) {
			records[len(records)-1] += line
		} else {
			records = append(records, line)
		}
	}
	for i, record := range records {
		if strings.HasPrefix(record, "#") || strings.TrimSpace(record) == "" {
			continue
		}
		text := strings.Join(records[:i], "") + strings.Join(records[i+1:], "")
		status, stdout, stderr := command(t, "-data", written(t, text))
		readable(t, stdout)
		require.Equal(t, status == statusFailed, stderr != "", record)
		require.Equal(t, stdout == "", !strings.Contains(stdout, "What is on record"), record)
		require.NotContains(t, stdout+stderr, "panic", record)
	}
}
