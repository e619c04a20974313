package access

import "fmt"

// chunk is how many items are committed at once (PLAN-3).
const chunk = 1000

// Outcome says what became of one item of a call that is made each for itself,
// or of one row of an import (PLAN-3).
type Outcome string

// The outcomes.
const (
	// Applied: it was done.
	Applied Outcome = "applied"
	// Unchanged: there was nothing to do.
	Unchanged Outcome = "unchanged"
	// Refused: a rule forbids it; it has changed nothing.
	Refused Outcome = "refused"
	// NotAttempted: the call ended before its turn came.
	NotAttempted Outcome = "not attempted"
	// Replayed: it was decided by an earlier call with the same key (PLAN-4).
	// What became of it is not kept.
	Replayed Outcome = "replayed"
)

// Tally counts the items of a call by their outcome. They add up to the number
// of items.
type Tally struct {
	Applied, Unchanged, Refused, NotAttempted, Replayed int
}

// Total is the number of items.
func (t Tally) Total() int { return t.Applied + t.Unchanged + t.Refused + t.NotAttempted + t.Replayed }

// String tells the counts.
func (t Tally) String() string {
	text := fmt.Sprintf("%d applied, %d unchanged, %d refused, %d not attempted", t.Applied, t.Unchanged, t.Refused, t.NotAttempted)
	if t.Replayed > 0 {
		text += fmt.Sprintf(", %d replayed", t.Replayed)
	}
	return text
}

func (t *Tally) add(outcome Outcome) {
	switch outcome {
	case Applied:
		t.Applied++
	case Unchanged:
		t.Unchanged++
	case Refused:
		t.Refused++
	case Replayed:
		t.Replayed++
	default:
		t.NotAttempted++
	}
}
