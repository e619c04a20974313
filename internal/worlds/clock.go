package worlds

import (
	"sync/atomic"
	"time"
)

// Clock is the process's own clock, set forward or back: so reading it costs
// what reading the time costs in production. It is safe for concurrent use.
type Clock struct{ ahead atomic.Int64 }

// Now returns the time.
func (c *Clock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Turn sets the clock forward; a negative duration sets it back.
func (c *Clock) Turn(by time.Duration) { c.ahead.Add(int64(by)) }
