package access

import (
	"context"
	"math"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// UndeliveredNotification is a notification that was given up (LINK-5).
type UndeliveredNotification struct {
	ID NotificationID
	relationship.Notification
	// Recorded is when it happened: the instant of the commit.
	Recorded time.Time
	// Tries counts the tries, and GivenUp is when the last one failed.
	Tries   int
	GivenUp time.Time
	// Why is what Undeliverable was told, or that nobody answered.
	Why string
}

// UndeliveredNotifications lists the notifications that were given up, the
// oldest first. They stay until DeliverAgain, ForgetNotification or Delivered.
// The host alone may read it (ErrNotAllowed).
func (m *Manager) UndeliveredNotifications(ctx context.Context, viewer Call) ([]UndeliveredNotification, error) {
	if err := viewer.checkDelivers(); err != nil {
		return nil, err
	}
	var list []UndeliveredNotification
	err := m.inNotebook(ctx, func(n notebook) error {
		list = nil // the function may run more than once
		// The last lease of some may have run out since anybody asked.
		if _, err := n.due(m.options.NotificationTries, math.MaxInt); err != nil {
			return err
		}
		for key, note := range n.aside.Scan(notesGivenUp) {
			page, err := readPage(notesGivenUp, key, note)
			if err != nil {
				return err
			}
			list = append(list, UndeliveredNotification{
				ID: page.id, Notification: page.Notification, Recorded: page.Recorded,
				Tries: page.tries(), GivenUp: page.GivenUp, Why: page.Why,
			})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// DeliverAgain puts a notification that was given up back among those to be
// delivered, at once and with all its tries. ErrUnknownNotification: none of
// that name was given up.
func (m *Manager) DeliverAgain(ctx context.Context, viewer Call, id NotificationID) error {
	return m.fromGivenUp(ctx, viewer, id, func(n notebook, page notePage) error {
		return n.put(notesWaiting, notePage{
			id: id, Notification: page.Notification, Recorded: page.Recorded, Leases: page.Leases,
		})
	})
}

// ForgetNotification drops a notification that was given up. It stays in the
// log. ErrUnknownNotification: none of that name was given up.
func (m *Manager) ForgetNotification(ctx context.Context, viewer Call, id NotificationID) error {
	return m.fromGivenUp(ctx, viewer, id, func(notebook, notePage) error { return nil })
}

// fromGivenUp takes a notification off the list and runs what becomes of it.
func (m *Manager) fromGivenUp(ctx context.Context, viewer Call, id NotificationID, run func(notebook, notePage) error) error {
	if err := viewer.checkDelivers(); err != nil {
		return err
	}
	return m.inNotebook(ctx, func(n notebook) error {
		page, found, err := n.get(notesGivenUp, id)
		if err != nil {
			return err
		}
		if !found {
			return refuse("LINK-5", ErrUnknownNotification, "notification "+id.String())
		}
		if err := n.delete(notesGivenUp, id); err != nil {
			return err
		}
		return run(n, page)
	})
}
