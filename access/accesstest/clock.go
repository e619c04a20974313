package accesstest

import (
	"sync"
	"time"
)

// Clock is a clock that a test turns. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Start is where the clock of a new World stands.
var Start = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// NewClock returns a clock that stands at an instant.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now returns the instant at which the clock stands. It is what
// access.Options wants as its Clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Turn moves the clock on; a negative duration turns it back.
func (c *Clock) Turn(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// Set moves the clock to an instant.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}

// Day is 24 hours, for turning the clock.
const Day = 24 * time.Hour
