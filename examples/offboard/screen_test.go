package main

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// shown is what stands on a terminal after all that was written.
func shown(t *testing.T, written string) []string {
	t.Helper()
	lines, column := []string{""}, 0
	for _, c := range written {
		line := []rune(lines[len(lines)-1])
		switch {
		case c == '\n':
			lines, column = append(lines, ""), 0
		case c == '\r':
			column = 0
		default:
			require.True(t, unicode.IsGraphic(c), "%q", c)
			if column == len(line) {
				line = append(line, c)
			}
			line[column] = c
			column++
			require.LessOrEqual(t, column, 79, "it would wrap")
			lines[len(lines)-1] = string(line)
		}
	}
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return lines
}

// On a terminal, progress is one line that is written over, and gone when
// something else is printed.
func TestProgressOnATerminal(t *testing.T) {
	var out strings.Builder
	s := &screen{out: &out, terminal: true}
	s.line("first")
	s.progress("Taking out: %d of 3, %s", 1, "Somebody With a Long Name")
	require.Equal(t, []string{"first", "Taking out: 1 of 3, Somebody With a Long Name"}, shown(t, out.String()))
	s.progress("Taking out: 2 of 3")
	require.Equal(t, []string{"first", "Taking out: 2 of 3"}, shown(t, out.String()))
	s.progress("%s", strings.Repeat("long ", 40))
	require.Len(t, shown(t, out.String())[1], 79)
	s.progress("wide: 幅 é \x1b[2J")
	require.Equal(t, "wide: ? ? ?[2J", shown(t, out.String())[1])
	s.line("second")
	require.Equal(t, []string{"first", "second", ""}, shown(t, out.String()))
	s.progress("third")
	s.prompt("Go on? ")
	require.Equal(t, []string{"first", "second", "Go on?"}, shown(t, out.String()))
}

// Elsewhere each step is a plain line.
func TestProgressElsewhere(t *testing.T) {
	var out strings.Builder
	s := &screen{out: &out}
	s.line("first")
	s.progress("one of %s", "Zoë")
	s.progress("two\r")
	s.line("a\tname\x1b[31m with\u202e all\n in it ")
	require.Equal(t, "first\none of Zoë\ntwo?\na?name?[31m with? all? in it\n", out.String())
}

// The whole run on a terminal leaves no progress behind.
func TestARunOnATerminal(t *testing.T) {
	plain := offboard(t, "-yes")
	drawn := offboardAt(t.Context(), command{stdin: strings.NewReader(""), draws: true}, "-yes")
	require.Contains(t, drawn.stdout, "\rTaking out: 2 of 3, Felix Frost")
	require.Equal(t, plain.stderr, drawn.stderr)
	var left []string
	for line := range strings.Lines(plain.stdout) {
		if !strings.HasPrefix(line, "Taking out:") {
			left = append(left, strings.TrimSuffix(line, "\n"))
		}
	}
	var lines []string
	for line := range strings.Lines(drawn.stdout) {
		line = strings.TrimSuffix(line, "\n")
		lines = append(lines, strings.TrimRight(line[strings.LastIndex(line, "\r")+1:], " "))
	}
	require.Equal(t, left, lines)
	require.NotContains(t, drawn.stdout, "\x1b")
}
