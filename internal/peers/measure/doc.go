// Package measure measures the peers of package model, each in a process of its
// own: so the garbage of one is not collected at the cost of another, what
// lies on the heap is one peer's, and one that takes too long or too much can
// be ended. The processes take turns, and only one works at a time.
//
// A process is started with [Start]. It is this program again, with the
// argument [ServeArgument], on which main calls [Serve].
package measure

import (
	"fmt"
	"time"
)

// Limits are what a peer may take. Beyond them it is ended, and an [Overrun]
// says so.
type Limits struct {
	Time   time.Duration // for one call: loading, a turn
	Memory uint64        // bytes that live on the heap
}

// Overrun is the error of a peer that went beyond a limit.
type Overrun struct{ Reason string }

// Error says which limit it was.
func (o *Overrun) Error() string { return o.Reason }

func overTime(limit time.Duration) error { return &Overrun{fmt.Sprintf("more than %s", limit)} }

func overMemory(limit uint64) error {
	return &Overrun{fmt.Sprintf("more than %g GB", float64(limit)/1e9)}
}

// Loading is what loading a world took.
type Loading struct {
	Time time.Duration
	// Bytes is what the heap has grown by, after a collection, for each
	// membership.
	Bytes float64
}

// Asking is what a turn of questions took.
type Asking struct {
	Questions int
	// Nanoseconds is the time for each question: that of the turn, divided by
	// the questions of all goroutines together.
	Nanoseconds float64
	// Allocations is how many there were for each question.
	Allocations float64
}

// Adding is what adding members took.
type Adding struct {
	Members int
	Calls   int
	Time    time.Duration
}
