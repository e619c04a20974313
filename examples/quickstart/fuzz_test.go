package main

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// FuzzData reads anything as a data file. It must not panic; it gives a story
// or faults and never both; and every fault names a line of the file, in one
// line of text that a terminal shows as it is. The corpus is in
// testdata/fuzz/FuzzData. The fuzzer spends most of its time on making files
// smaller, unless it is run so:
//
//	go test -run '^$' -fuzz FuzzData -fuzztime 5m -fuzzminimizetime 10x ./examples/quickstart
func FuzzData(f *testing.F) {
	f.Add([]byte(sound))
	f.Add(agency)
	f.Fuzz(func(t *testing.T, text []byte) {
		told, faults := parse(text)
		require.Equal(t, told == nil, len(faults) > 0)
		lines := strings.Count(string(text), "\n") + 1
		for _, fault := range faults {
			require.GreaterOrEqual(t, fault.line, 1)
			require.LessOrEqual(t, fault.line, lines)
			require.NotEmpty(t, fault.text)
			require.True(t, utf8.ValidString(fault.text))
			require.False(t, strings.ContainsFunc(fault.text, func(c rune) bool { return !unicode.IsGraphic(c) }), "%q", fault.text)
		}
		_, again := parse(text)
		require.True(t, slices.Equal(faults, again))
	})
}

// FuzzStory plays whatever is a story to its end, in lines that a terminal
// shows as they are. It is run like FuzzData.
func FuzzStory(f *testing.F) {
	f.Add(agency)
	f.Add([]byte(sound))
	f.Fuzz(func(t *testing.T, text []byte) {
		told, _ := parse(text)
		if told == nil {
			return
		}
		var out strings.Builder
		_, err := playIn(t.Context(), told, text, "", 0, &out)
		require.NoError(t, err)
		readable(t, out.String())
	})
}
