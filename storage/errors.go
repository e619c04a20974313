package storage

import (
	"errors"
	"fmt"

	"github.com/clientaccess/clientaccess/relationship"
)

// The named outcomes of a store. Match them with errors.Is.
var (
	// ErrNotFound: there is no record of that key.
	ErrNotFound = errors.New("not found")
	// ErrConflict: another record has that unique value. It comes as a
	// *ConflictError, which names both.
	ErrConflict = errors.New("conflict")
	// ErrContended: the writers' queue could not be entered in time. Nothing
	// was changed; the same call may be tried again.
	ErrContended = errors.New("contended")
	// ErrUnlogged: the change wrote something that no event covers. Nothing
	// was changed.
	ErrUnlogged = errors.New("a write that no event covers")
	// ErrUnknownOutcome: whether the change was committed could not be found
	// out.
	ErrUnknownOutcome = errors.New("unknown outcome")
	// ErrUnconfirmed: the change is committed, and a copy of the journal that
	// was to confirm it has not done so. It is lost if the journal fails before
	// the copy has it.
	ErrUnconfirmed = errors.New("committed, and not confirmed by a copy")
	// ErrDiverged: the journal is in another history than the one asked about:
	// it has lost commits.
	ErrDiverged = errors.New("the journal has lost this history")
	// ErrCompacted: the log no longer reaches back so far. Begin again with a
	// Snapshot, and go on behind its Revision.
	ErrCompacted = errors.New("compacted")
	// ErrAhead: the store has no such revision yet.
	ErrAhead = errors.New("no such revision")
	// ErrCorrupt: what was read is not what was written.
	ErrCorrupt = errors.New("corrupt")
	// ErrNotEmpty: only an empty store can be restored into.
	ErrNotEmpty = errors.New("store is not empty")
	// ErrClosed: the store is closed.
	ErrClosed = errors.New("store is closed")
)

// ConflictError says which record has a unique value already.
type ConflictError struct {
	// What is the kind of value, such as ByEmail.
	What Unique
	// Key names the record that was refused.
	Key relationship.Key
	// Holder names the record that has the value.
	Holder relationship.Key
}

// Error names both records. It does not repeat the value.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("conflict: %s: the %s belongs to %s", e.Key, e.What, e.Holder)
}

// Unwrap returns ErrConflict.
func (e *ConflictError) Unwrap() error { return ErrConflict }
