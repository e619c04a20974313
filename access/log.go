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
// error ends the sequence.
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

// LoggedNotification is one notification to be delivered (LINK-5).
type LoggedNotification struct {
	// Revision is the commit that holds the notification; Index counts the
	// notifications of one commit from 0. Together they name it for good.
	Revision storage.Revision
	Index    int
	At       time.Time
	relationship.Notification
}

// Notifications runs over the notifications behind a revision, in order,
// ending at the newest commit (LINK-5). The host alone reads them, and
// delivers them; a host that remembers the last revision it has dealt with
// delivers each at least once. An error ends the sequence.
func (m *Manager) Notifications(ctx context.Context, viewer Call, after storage.Revision) iter.Seq2[LoggedNotification, error] {
	return func(yield func(LoggedNotification, error) bool) {
		revision, index := storage.Revision(0), 0
		for event, err := range m.Events(ctx, viewer, after) {
			if err != nil {
				yield(LoggedNotification{}, err)
				return
			}
			if event.Revision != revision {
				revision, index = event.Revision, 0
			}
			for _, notification := range event.Notifications {
				if !yield(LoggedNotification{revision, index, event.At, notification}, nil) {
					return
				}
				index++
			}
		}
	}
}
