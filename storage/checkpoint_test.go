package storage_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// The sum does not depend on the order, and is carried on both ways.
func TestLOG1_ASumIsThatOfASet(t *testing.T) {
	one, two := relationship.Client{ID: "one", Name: "One"}, relationship.Client{ID: "two", Name: "Two"}
	sumOf := func(lines ...relationship.Line) storage.Sum {
		var sum storage.Sum
		for _, line := range lines {
			require.NoError(t, sum.Apply(line))
		}
		return sum
	}
	both := sumOf(relationship.Line{After: one}, relationship.Line{After: two})
	require.Equal(t, both, sumOf(relationship.Line{After: two}, relationship.Line{After: one}))
	require.Equal(t, sumOf(relationship.Line{After: two}), sumOf(relationship.Line{After: one}, relationship.Line{Before: one, After: two}))
	require.Zero(t, sumOf(relationship.Line{After: one}, relationship.Line{Before: one}))
	require.Zero(t, sumOf(relationship.Line{Before: one}, relationship.Line{After: one}))
	require.NotEqual(t, both, sumOf(relationship.Line{After: one}, relationship.Line{After: one}))
	for i, part := range both {
		require.NotZero(t, part, "%d", i)
		require.NotEqual(t, part, both[(i+1)%len(both)], "each part is another part of the hash")
	}
}

func TestLOG1_ASumTravelsAsText(t *testing.T) {
	sum := storage.Sum{1, 0, 1 << 63, 15}
	text, err := json.Marshal(sum)
	require.NoError(t, err)
	require.Equal(t, `"000000000000000100000000000000008000000000000000000000000000000f"`, string(text))
	var read storage.Sum
	require.NoError(t, json.Unmarshal(text, &read))
	require.Equal(t, sum, read)
	for _, wrong := range []string{"", "00", strings.Repeat("0", 63), strings.Repeat("0", 65), strings.Repeat("0", 66), strings.Repeat("g", 64)} {
		var field *relationship.FieldError
		require.ErrorAs(t, read.UnmarshalText([]byte(wrong)), &field, "%q", wrong)
		require.Equal(t, sum, read)
	}
}
