package accesstest_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access/accesstest"
)

func TestClockIsTurnedByTheTest(t *testing.T) {
	clock := accesstest.NewClock(accesstest.Start)
	require.Equal(t, accesstest.Start, clock.Now())
	require.Equal(t, accesstest.Start, clock.Now(), "it does not go by itself")
	clock.Turn(2 * accesstest.Day)
	require.Equal(t, accesstest.Start.Add(48*time.Hour), clock.Now())
	clock.Turn(-accesstest.Day)
	require.Equal(t, accesstest.Start.Add(24*time.Hour), clock.Now())
	clock.Set(accesstest.Start)
	require.Equal(t, accesstest.Start, clock.Now())
}

func TestClockIsForManyGoroutines(t *testing.T) {
	clock := accesstest.NewClock(accesstest.Start)
	var wait sync.WaitGroup
	for range 100 {
		wait.Go(func() {
			clock.Turn(time.Second)
			_ = clock.Now()
		})
	}
	wait.Wait()
	require.Equal(t, accesstest.Start.Add(100*time.Second), clock.Now())
}
