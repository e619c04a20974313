package access

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDecision_AgeIsRoundedUp(t *testing.T) {
	d := newDecision(7, 0)
	require.Zero(t, d.Staleness())
	const last = math.MaxUint32 * time.Millisecond
	for age, told := range map[time.Duration]time.Duration{
		0: time.Millisecond, 1: time.Millisecond, 1500 * time.Microsecond: 2 * time.Millisecond,
		time.Hour + 1: time.Hour + time.Millisecond, last: last, math.MaxInt64: last,
	} {
		of := d.since(age)
		require.Equal(t, told, of.Staleness(), age)
		require.True(t, of.Allowed())
		require.EqualValues(t, 7, of.Revision())
	}
}
