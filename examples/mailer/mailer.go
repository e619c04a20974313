package main

import (
	"context"
	"errors"
	"log/slog"
	netmail "net/mail"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

const (
	// firstDelay is how long a notification waits after the first time that
	// the server did not take it; mostDelay is the longest that it ever waits.
	firstDelay = time.Minute
	mostDelay  = time.Hour
	// sendTime is how long one mail may take, with connecting to the server.
	// It is well below the length of a lease: else somebody else would get
	// the notification meanwhile, and send it too.
	sendTime = 20 * time.Second
	// answerTime is how long saying what became of a mail may take when the
	// mailer is being stopped.
	answerTime = 5 * time.Second
)

// Mailer delivers the notifications of a store by e-mail (LINK-5): each at
// least once, or it is listed by Manager.UndeliveredNotifications.
//
// Delivered means that the mail server has taken the mail. What it sends back
// later goes to the address in From, and the mailer does not see it.
//
// A Mailer belongs to one goroutine. Any number of them, in any number of
// programs, may work on one store.
type Mailer struct {
	Manager *access.Manager
	// Store is the Manager's: the names and addresses are read from it.
	Store storage.Store
	// Clock is the Manager's, too.
	Clock func() time.Time
	// From is the sender, and has an address.
	From netmail.Address
	// Line leads to the mail server.
	Line *Line
	// Log hears what became of each notification. It is told ids and the
	// server's codes, no names, no addresses and no text of the server's.
	Log *slog.Logger
}

// Run delivers what is due now, and again each time something comes from
// wake, until ctx ends or wake is closed. In between it waits. A ticker's
// channel is a good wake.
//
// It stops at once: the mail that is being sent is then acknowledged, given
// back, or, when nobody can tell whether the server has taken it, leased until
// its lease runs out. What goes wrong in the store is logged and tried again
// at the next wake; a closed store ends the run, with its error.
func (m *Mailer) Run(ctx context.Context, wake <-chan time.Time) error {
	for {
		switch err := m.DeliverDue(ctx); {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, storage.ErrClosed):
			return err
		case err != nil:
			m.Log.Error("the store fails", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case _, more := <-wake:
			if !more {
				return nil
			}
		}
	}
}

// DeliverDue delivers what is due, the oldest first, until nothing is, the
// server cannot be reached, or ctx ends. Errors are those of the store.
//
// It leases one notification at a time. So a lease has to last for one mail,
// and not for the queue before it; and whoever is killed holds up one.
func (m *Mailer) DeliverDue(ctx context.Context) error {
	defer m.Line.hangUp(ctx)
	for ctx.Err() == nil {
		leased, err := m.Manager.LeaseNotifications(ctx, access.Host(), 1)
		if err != nil || len(leased) == 0 {
			return err
		}
		if goOn, err := m.deliver(ctx, leased[0]); err != nil || !goOn {
			return err
		}
	}
	return nil
}

// deliver sends one notification and says what became of it. It reports
// whether there is any point in going on with the next.
func (m *Mailer) deliver(ctx context.Context, d access.Delivery) (goOn bool, err error) {
	message, why := m.compose(d)
	if why != "" {
		return true, m.giveUp(ctx, d, why)
	}
	outcome, why := m.Line.send(ctx, message)
	switch outcome {
	case taken:
		return true, m.acknowledge(ctx, d)
	case refused:
		return true, m.giveUp(ctx, d, why)
	case notNow:
		return true, m.giveBack(ctx, d, why)
	case unreached:
		return false, m.giveBack(ctx, d, why)
	}
	// Nobody can tell whether the server has taken it. Without an answer the
	// lease runs out, which counts as a try: so it is sent again, but not for
	// ever to somebody who may have got it each time.
	m.Log.Warn("the mail server gave no answer", "notification", d.ID.String(), "try", d.Try, "why", why)
	return false, nil
}

func (m *Mailer) acknowledge(ctx context.Context, d access.Delivery) error {
	ctx, cancel := afterwards(ctx)
	defer cancel()
	if err := m.Manager.Delivered(ctx, access.Host(), d); err != nil {
		return err // the lease runs out, and the mail is sent again
	}
	m.Log.Info("delivered", "notification", d.ID.String(), "kind", string(d.Kind), "user", string(d.To))
	return nil
}

// giveBack delays a notification and does not count the try. It comes back at
// once when the mailer itself was stopped.
func (m *Mailer) giveBack(ctx context.Context, d access.Delivery, why string) error {
	var until time.Time
	if ctx.Err() == nil {
		until = m.now().Add(delay(d.Lease))
	}
	answering, cancel := afterwards(ctx)
	defer cancel()
	err := m.Manager.DeliverLater(answering, access.Host(), d, until)
	if errors.Is(err, access.ErrNotLeased) {
		return nil // it took longer than the lease: somebody else has it
	}
	if err == nil && !until.IsZero() {
		m.Log.Warn("to be sent later", "notification", d.ID.String(), "until", until, "why", why)
	}
	return err
}

// giveUp puts a notification on the list of the undelivered. The log is told
// afterwards, and so once at most.
func (m *Mailer) giveUp(ctx context.Context, d access.Delivery, why string) error {
	ctx, cancel := afterwards(ctx)
	defer cancel()
	err := m.Manager.Undeliverable(ctx, access.Host(), d, why)
	if errors.Is(err, access.ErrNotLeased) {
		return nil
	}
	if err == nil {
		m.Log.Error("undeliverable", "notification", d.ID.String(), "kind", string(d.Kind), "user", string(d.To), "why", why)
	}
	return err
}

// now is the clock's instant, and never before the last commit, as the Manager
// has it. So a delay lies ahead, whatever the clock does.
func (m *Mailer) now() time.Time {
	now, last := m.Clock(), m.Store.Snapshot().At()
	if now.Before(last) {
		now = last
	}
	return relationship.Instant(now)
}

// delay is how long a notification waits that was leased so many times: twice
// as long each time, within bounds. Leases are counted in the store, so the
// delay goes on growing where the program was started again.
func delay(leases int) time.Duration {
	wait := firstDelay
	for range leases - 1 {
		if wait *= 2; wait >= mostDelay {
			return mostDelay
		}
	}
	return wait
}

// afterwards is the context for saying what became of a mail. It outlives ctx
// a little: stopping the mailer is no reason to send a mail twice.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), answerTime)
}
