package relationship_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientaccess/clientaccess/relationship"
)

// TestREL_AnyLife plays a life of random steps and checks, after each, what is
// always true.
func TestREL_AnyLife(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, now := never, day
		var lastActivity time.Time
		count := func(at time.Time) {
			if at.After(lastActivity) {
				lastActivity = at
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				if r.Phase == "" {
					return
				}
				require.NoError(t, r.Check())
				phase := r.PhaseAt(now)
				require.Equal(t, phase == relationship.Active || phase == relationship.Ending, r.EarnsCreditAt(now))
				require.Equal(t, r.DueAt(now), phase == relationship.Ended && r.Phase != relationship.Ended)
				if r.Phase == relationship.Ending {
					require.Equal(t, relationship.EndInstant(lastActivity.Add(sixty)), r.EndsAt)
				}
				require.Equal(t, lastActivity, r.Activity)
				later := now.Add(time.Duration(rapid.Int64Range(0, int64(100*24*hour)).Draw(t, "later")))
				if phase == relationship.Ended {
					require.Equal(t, relationship.Ended, r.PhaseAt(later), "the clock alone never revives")
				}
			},
			"time passes": func(t *rapid.T) {
				now = relationship.Instant(now.Add(time.Duration(rapid.Int64Range(0, int64(40*24*hour)).Draw(t, "passes"))))
				if r.DueAt(now) { // the next commit writes it first
					r = r.End(r.Due())
				}
			},
			"a member comes": func(*rapid.T) {
				r = r.Begin(now)
				r.Members++
				count(now)
			},
			"a member goes": func(t *rapid.T) {
				if r.Members == 0 {
					t.Skip("there is none")
				}
				if r.Members--; r.Members == 0 {
					r = r.LastGone(now, sixty)
					count(now)
				}
			},
			"activity": func(t *rapid.T) {
				at := relationship.Instant(now.Add(-time.Duration(rapid.Int64Range(0, int64(hour)).Draw(t, "ago"))))
				if r.Phase == relationship.Active || r.Phase == relationship.Ending {
					count(at)
				}
				before := r
				r = r.Touch(at, sixty)
				require.Equal(t, before.Phase, r.Phase)
				require.False(t, r.Due().Before(before.Due()))
			},
			"the client sets a limit": func(t *rapid.T) {
				if r.Phase == relationship.Active {
					r.Limit = relationship.EndInstant(now.Add(time.Duration(rapid.IntRange(1, 90).Draw(t, "days")) * 24 * hour))
				}
			},
		})
	})
}
