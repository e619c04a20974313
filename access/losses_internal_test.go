package access

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientaccess/clientaccess/relationship"
)

// A kind of record that nobody has decided about would cost everybody's
// comparison at each commit.
func TestASK1_EveryKindOfRecordHasItsLine(t *testing.T) {
	for _, kind := range relationship.Kinds() {
		require.Contains(t, concerns, kind)
	}
	require.Len(t, concerns, len(relationship.Kinds()))
}

// The instants come in order, each with all its places, and each place has the
// one that was set last.
func TestTIME1_RunOutsAreAsAPlainMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		runOuts, plain := newRunOuts(), map[Place]time.Time{}
		day := func() time.Time {
			return time.Date(2026, time.March, rapid.IntRange(1, 20).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			place := Place{"lumen", relationship.UserID(rapid.StringOfN(rapid.RuneFrom([]rune("abcdefghij")), 1, 1, -1).Draw(t, "user"))}
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				now, last := day(), time.Time{}
				for at, places := range runOuts.upTo(now) {
					require.True(t, at.After(last) && !at.After(now))
					last = at
					for _, place := range places {
						require.Equal(t, at, plain[place])
						delete(plain, place)
					}
				}
				for place, at := range plain {
					require.True(t, at.After(now), "%s was left out", place)
				}
			case 1, 2:
				runOuts.set(place, time.Time{})
				delete(plain, place)
			default:
				plain[place] = day()
				runOuts.set(place, plain[place])
			}
		}
		require.Len(t, runOuts.heap.index, len(plain))
		require.Equal(t, len(plain), runOuts.heap.Len())
	})
}
