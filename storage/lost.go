package storage

import "time"

// LostTail is an end of the history that a store had applied and that its
// journal came back without: a database whose asynchronous standby took over
// has lost what had not reached it. What it says is known to this process
// alone, and is gone with it.
type LostTail struct {
	// Number counts the lost tails of this store from 1.
	Number uint64
	// Found is when the store noticed.
	Found time.Time
	// Lost is the newest state of the history that was lost. It is nil where so
	// many tails wait to be acknowledged that this one is not kept.
	Lost Snapshot
	// Ancestor is the newest commit that both histories are known to have. Where
	// Complete is false it is the zero Head.
	Ancestor Head
	// Commits are the commits behind Ancestor that were lost, in order. Where
	// Complete is false, memory did not reach back to an Ancestor: these are
	// lost, and more before them may be.
	Commits  []Commit
	Complete bool
}
