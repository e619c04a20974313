package chart

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlacesAreLogarithmic(t *testing.T) {
	t.Parallel()
	a, err := newAxis([]float64{20, 5000}, 100, 400)
	require.NoError(t, err)
	require.Equal(t, axis{1, 4, 100, 400}, a, "from 10 to 10,000")
	require.InDelta(t, 100, a.place(10), 1e-9)
	require.InDelta(t, 200, a.place(100), 1e-9)
	require.InDelta(t, 400, a.place(10_000), 1e-9)
	a, err = newAxis([]float64{100}, 0, 10)
	require.NoError(t, err)
	require.Equal(t, axis{2, 3, 0, 10}, a, "a single value has an axis too")
}

func TestPowersAreShort(t *testing.T) {
	t.Parallel()
	for want, power := range map[string]int{"1": 0, "10": 1, "1k": 3, "100k": 5, "10M": 7, "0.1": -1, "0.01": -2, "1e12": 12} {
		require.Equal(t, want, short(power))
	}
}

func TestWhatHasNoPlaceIsRefused(t *testing.T) {
	t.Parallel()
	for want, lines := range map[string]map[string][]Point{
		"there is nothing to draw":       {},
		"no place on a logarithmic axis": {"a": {{1, 0}, {10, 5}}},
		`line "b" has no place`:          {"b": {{1, 1}}},
	} {
		_, err := SVG([]Panel{{"panel", lines}}, []string{"a"}, "below")
		require.ErrorContains(t, err, want)
	}
	_, err := SVG(nil, make([]string, 11), "below")
	require.ErrorContains(t, err, "11 lines, and 10 colours")
}

func TestNamesAreEscaped(t *testing.T) {
	t.Parallel()
	drawn, err := SVG([]Panel{{"a < b", map[string][]Point{"x & y": {{1, 1}}}}}, []string{"x & y"}, "n > 0")
	require.NoError(t, err)
	for _, want := range []string{"a &lt; b", "x &amp; y", "n &gt; 0"} {
		require.Contains(t, drawn, want)
	}
	require.Equal(t, 2, strings.Count(drawn, "M-4 0a4"), "a mark for the point, and one in the legend")
}
