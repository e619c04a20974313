package access

import (
	"context"
	"iter"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// LoggedEvent is one entry of the log (LOG-1).
type LoggedEvent struct {
	// Revision is the commit that holds the event; Index counts the events of
	// one commit from 0.
	Revision storage.Revision
	Index    int
	// Recorded is the commit's instant. The event's own At can be earlier:
	// the end of a relationship is dated to when it came true (REL-6).
	Recorded time.Time
	relationship.Event
}

// Events runs over the log behind a revision, in order, ending at the newest
// commit (LOG-1). The log tells about everybody: the host alone reads it. An
// error ends the sequence: storage.ErrCompacted when the log no longer reaches
// back to that revision, and storage.ErrAhead when there is none such yet. The
// notifications in it are for who audits; to deliver them there is
// LeaseNotifications.
func (m *Manager) Events(ctx context.Context, viewer Call, after storage.Revision) iter.Seq2[LoggedEvent, error] {
	return func(yield func(LoggedEvent, error) bool) {
		if !viewer.host {
			yield(LoggedEvent{}, refuse("LOG-1", ErrNotAllowed, viewer.user, "only the host reads the log"))
			return
		}
		for commit, err := range m.store.Changes(ctx, after) {
			if err != nil {
				yield(LoggedEvent{}, err)
				return
			}
			for i, event := range commit.Events {
				if !yield(LoggedEvent{commit.Revision, i, commit.At, event}, nil) {
					return
				}
			}
		}
	}
}
