package access

import (
	"errors"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/storage"
)

// On a store with other writers every question asks how old the state is, on the
// monotonic clock and when the answer is given: a process that was frozen
// refuses when it wakes up (ASK-1).

// maxStaleness is how old the state may be when the Options say nothing else.
const maxStaleness = 5 * time.Second

// Staleness is how old what this Manager knows may be, now: what others have
// committed before is known here. It is zero on a store without other writers.
func (m *Manager) Staleness() time.Duration {
	if !m.follows {
		return 0
	}
	return time.Since(m.store.FreshAt())
}

// aged gives a decision its age: it was taken from a state that was read behind
// an instant. Past the bound it is a refusal.
func (m *Manager) aged(d Decision, fresh time.Time) Decision {
	age := time.Since(fresh)
	if age > m.options.MaxStaleness && !d.Failed(ReasonClosed) {
		d.told = reasons(0).with(ReasonStale)
	}
	return d.since(age)
}

// refused is a decision of which one reason says everything.
func (v *view) refused(reason Reason) Decision {
	return newDecision(v.revision, reasons(0).with(reason))
}

// state returns the newest state for a question that can answer with an error:
// it is ErrStale, or storage.ErrClosed.
func (m *Manager) state() (storage.Snapshot, error) {
	fresh := m.freshAt()
	snapshot := m.newest()
	return snapshot, m.outdated(fresh)
}

// seen is state for a question that is answered from the index besides.
func (m *Manager) seen() (*view, error) {
	fresh := m.freshAt()
	v := m.look()
	return v, m.outdated(fresh)
}

// freshAt is read before a state is.
func (m *Manager) freshAt() time.Time {
	if !m.follows {
		return time.Time{}
	}
	return m.store.FreshAt()
}

// outdated says that a state is of no use, which was read behind an instant.
func (m *Manager) outdated(fresh time.Time) error {
	if m.store.Closed() {
		return storage.ErrClosed
	}
	if m.follows {
		if age := time.Since(fresh); age > m.options.MaxStaleness {
			return fmt.Errorf("%w: %v", ErrStale, age.Round(time.Millisecond))
		}
	}
	return nil
}

// isCommitted reports whether a change has been made, whatever else its error
// says.
func isCommitted(err error) bool { return err == nil || errors.Is(err, storage.ErrUnconfirmed) }
