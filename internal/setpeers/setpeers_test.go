package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// TestAllGiveTheSameAnswers is what makes the figures comparable.
func TestAllGiveTheSameAnswers(t *testing.T) {
	t.Parallel()
	answered, yes, no := 0, 0, 0
	for _, width := range []int{1, 63, 64, 65, 512, 513, 4096} {
		for _, holdsAll := range []bool{true, false} {
			questions := questionsOf(width, 20, holdsAll)
			all := make([]loaded, len(contestants))
			for i, contestant := range contestants {
				all[i] = contestant.load(width, questions)
			}
			for i, q := range questions {
				want := byHand(width, q)
				for c, contestant := range contestants {
					at := fmt.Sprintf("%s, %d permissions, question %d", contestant.name, width, i)
					require.Empty(t, cmp.Diff(want, all[c].answer(i)), at)
					require.Equal(t, 3*count(want.Has), all[c].has(i, 3), at)
					require.Equal(t, 3*count(want.Subset), all[c].subset(i, 3), at)
					answered++
				}
				yes += count(want.Subset)
				no += 1 - count(want.Subset)
				require.True(t, !holdsAll || want.Subset)
			}
		}
	}
	require.Greater(t, no, 50)
	t.Logf("%d answers of %d contestants are those worked out by hand; the actor holds all in %d questions, and not in %d",
		answered, len(contestants), yes, no)
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// byHand works out the answers position by position, as the rule is written.
func byHand(width int, q question) answers {
	in := func(positions []int) []bool {
		set := make([]bool, width)
		for _, i := range positions {
			set[i] = true
		}
		return set
	}
	current, actor, requested := in(q.current), in(q.actor), in(q.requested)
	list := func(keep func(i int) bool) []int {
		found := []int{}
		for i := range width {
			if keep(i) {
				found = append(found, i)
			}
		}
		return found
	}
	next := func(i int) bool { return current[i] && !actor[i] || requested[i] && actor[i] }
	return answers{
		Has:      current[q.permission],
		Subset:   len(list(func(i int) bool { return current[i] && !actor[i] })) == 0,
		Next:     list(next),
		All:      list(next),
		Granted:  list(func(i int) bool { return next(i) && !current[i] }),
		Revoked:  list(func(i int) bool { return current[i] && !next(i) }),
		Withheld: list(func(i int) bool { return requested[i] && !next(i) }),
		Retained: list(func(i int) bool { return current[i] && !requested[i] && next(i) }),
	}
}

// TestTheTableHasEveryFigure takes the shortest turns: it is about the table and not the time.
func TestTheTableHasEveryFigure(t *testing.T) {
	t.Parallel()
	cells := measure([]int{64, 512}, 2, time.Microsecond)
	require.Len(t, cells, 2*len(contestants)*len(columns))
	for _, c := range cells {
		require.Len(t, c.nanoseconds, 2)
	}
	lines := strings.Split(strings.TrimSpace(table(cells)), "\n")
	require.Len(t, lines, 2+2*len(contestants))
	for i, line := range lines {
		require.Equal(t, len(columns)+3, strings.Count(line, "|"), line)
		require.NotContains(t, line, "|  |")
		if i >= 2 {
			require.Contains(t, line, contestants[(i-2)%len(contestants)].name)
		}
	}
	require.Contains(t, heading(), "roaring")
}

func TestACellsText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		cell cell
		want string
	}{
		{cell{nanoseconds: []float64{2, 1.04, 1.96}}, "2.0 (1.0–2.0)"},
		{cell{nanoseconds: []float64{80, 90}, allocations: 0.99}, "85 (80–90), 1 allocation"},
		{cell{nanoseconds: []float64{9.96, 1234, 1234567.8}, allocations: 4}, "1,234 (10–1,234,568), 4 allocations"},
	} {
		require.Equal(t, test.want, test.cell.String())
	}
}
