package access

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// What a zero NotificationLease and zero NotificationTries stand for.
const (
	notificationLease = time.Minute
	notificationTries = 10
)

// mostDeliveries is how many notifications one call leases at most.
const mostDeliveries = 1000

// whyNoAnswer is why a notification is given up that nobody answered for.
const whyNoAnswer = "every lease ran out without an answer"

// NotificationID names a notification for good, within one store. It is
// comparable; the zero value names none.
type NotificationID struct {
	// Revision is the commit that recorded the notification.
	Revision storage.Revision
	// Index counts the notifications of one commit from 0.
	Index int
}

// String returns the name as text, such as "17.0". The text is the same at
// every try, and no other notification of the store has it: it is good as an
// idempotency key.
func (id NotificationID) String() string { return fmt.Sprintf("%d.%d", id.Revision, id.Index) }

// Delivery is one notification, leased to the caller to be delivered (LINK-5).
// It is a plain value; the zero value names none, and is refused.
type Delivery struct {
	ID NotificationID
	relationship.Notification
	// Recorded is when it happened: the instant of the commit.
	Recorded time.Time
	// Try is which try this is, from 1. What was given back with DeliverLater
	// does not count.
	Try int
	// Lease counts every lease of this notification, from 1. It tells this
	// lease from the earlier and the later ones.
	Lease int
	// Until is when the lease runs out.
	Until time.Time
}

// LeaseNotifications hands out notifications that are to be delivered, the
// oldest first, at most so many (1 to 1,000); none is no error. Each is leased
// to the caller for Options.NotificationLease. Until then nobody else gets it.
// The caller sends it, and then says Delivered, DeliverLater or Undeliverable.
// A lease that runs out unanswered is a try that failed: the notification is
// due again, and after Options.NotificationTries such leases it is given up
// and listed by UndeliveredNotifications.
//
// So each notification is delivered at least once or listed (LINK-5). It is
// delivered twice where a caller ends, or takes longer than its lease, between
// sending and saying so: Delivery.ID is the same then.
//
// Leases are kept beside the log and outlive the process. The Manager's clock
// decides them: the clocks of programs that share a store have to agree much
// better than to the length of a lease.
//
// The host alone may call it (ErrNotAllowed). When the log no longer reaches
// back to what was taken out of it last, some may be lost, and the answer is
// storage.ErrCompacted.
func (m *Manager) LeaseNotifications(ctx context.Context, viewer Call, most int) ([]Delivery, error) {
	if err := viewer.checkDelivers(); err != nil {
		return nil, err
	}
	if most < 1 || most > mostDeliveries {
		return nil, invalid("lease", "number of notifications", fmt.Sprintf("is not from 1 to %d", mostDeliveries))
	}
	if _, err := m.takeNotifications(ctx); err != nil {
		return nil, err
	}
	var leased []Delivery
	err := m.inNotebook(ctx, func(n notebook) error {
		leased = nil // the function may run more than once
		due, err := n.due(m.options.NotificationTries, most)
		if err != nil {
			return err
		}
		for _, page := range due {
			page.RunOut, page.Leased = page.tries(), true
			page.Leases++
			page.due = relationship.Instant(n.now.Add(m.options.NotificationLease))
			if err := n.put(notesWaiting, page); err != nil {
				return err
			}
			leased = append(leased, Delivery{
				ID: page.id, Notification: page.Notification, Recorded: page.Recorded,
				Try: page.tries(), Lease: page.Leases, Until: page.due,
			})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return leased, nil
}

// Delivered says that a notification has been delivered: it is gone for good
// (LINK-5). Saying it twice is no error, nor is saying it when the lease has
// run out, somebody else has it, or it was given up meanwhile.
func (m *Manager) Delivered(ctx context.Context, viewer Call, d Delivery) error {
	return m.answer(ctx, viewer, d, func(n notebook) error {
		return errors.Join(n.delete(notesWaiting, d.ID), n.delete(notesGivenUp, d.ID))
	})
}

// DeliverLater gives a notification back: nobody gets it before the instant,
// and this try does not count. It is for what has nothing to do with the
// notification, such as a server that cannot be reached: that only delays. The
// zero instant, or one that has passed, is at once.
//
// A lease that has run out can be given back as long as nobody else has got
// the notification; after that, and after Delivered, the answer is
// ErrNotLeased. The last answer to one lease counts.
func (m *Manager) DeliverLater(ctx context.Context, viewer Call, d Delivery, until time.Time) error {
	until = relationship.Instant(until)
	if year := until.Year(); year < 0 || year > 9999 {
		return invalid("delivery", "instant", "is not within the years 0 to 9999")
	}
	return m.answer(ctx, viewer, d, func(n notebook) error {
		page, err := n.takeBack(d)
		if err != nil {
			return err
		}
		page.Leased, page.due = false, time.Time{}
		if until.After(n.now) {
			page.due = until
		}
		return n.put(notesWaiting, page)
	})
}

// Undeliverable gives a notification up at once, for instance because the
// address was refused: UndeliveredNotifications lists it, with the caller's
// words why (at most 256 bytes; do not put personal data in them). Errors are
// as with DeliverLater.
func (m *Manager) Undeliverable(ctx context.Context, viewer Call, d Delivery, why string) error {
	if err := relationship.CheckText("delivery", "why", why); err != nil {
		return invalidCause(err)
	}
	return m.answer(ctx, viewer, d, func(n notebook) error {
		page, err := n.takeBack(d)
		if err != nil {
			return err
		}
		return n.giveUp(page, why, n.now)
	})
}

// answer runs what the caller says about a delivery.
func (m *Manager) answer(ctx context.Context, viewer Call, d Delivery, run func(notebook) error) error {
	if err := viewer.checkDelivers(); err != nil {
		return err
	}
	if d.ID.Revision == 0 || d.ID.Index < 0 {
		return invalid("delivery", "id", "names no notification")
	}
	return m.inNotebook(ctx, run)
}

// checkDelivers asks for the host: it alone delivers, because notifications
// tell about everybody.
func (c Call) checkDelivers() error {
	if !c.host {
		return refuse("LINK-5", ErrNotAllowed, c.user, "only the host delivers notifications")
	}
	return c.check()
}
