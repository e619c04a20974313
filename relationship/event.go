package relationship

import (
	"fmt"
	"time"
)

// ActorKind says in which quality somebody acted.
type ActorKind string

// The kinds of actor.
const (
	// ByHost is the embedding program in its own name.
	ByHost ActorKind = "host"
	// ByPartnerSide is an employee acting for their partner.
	ByPartnerSide ActorKind = "partner side"
	// ByClientSide is an own member acting for their client.
	ByClientSide ActorKind = "client side"
	// ByThemselves is a user acting for themselves (ADD-5).
	ByThemselves ActorKind = "themselves"
	// ByClock is the passing of time (REL-6).
	ByClock ActorKind = "clock"
	// ByLibrary is the library's own defence: a link revoked after too many
	// wrong verifiers (LINK-6).
	ByLibrary ActorKind = "library"
)

// Actor is who acted, and for whom.
type Actor struct {
	Kind    ActorKind `json:"kind"`
	User    UserID    `json:"user,omitzero"`
	Partner PartnerID `json:"partner,omitzero"`
}

// String describes the actor for people.
func (a Actor) String() string {
	switch {
	case a.User == "":
		return string(a.Kind)
	case a.Partner == "":
		return fmt.Sprintf("%s (%s)", a.User, a.Kind)
	}
	return fmt.Sprintf("%s of %s", a.User, a.Partner)
}

// check reports whether the actor may be stored with a record. The zero Actor
// is nobody. Every kind names those whom it stands for, and nobody else.
func (a Actor) check(noun, field string) error {
	var user, partner bool
	switch a.Kind {
	case "", ByHost, ByClock, ByLibrary:
	case ByPartnerSide:
		user, partner = true, true
	case ByClientSide, ByThemselves:
		user = true
	default:
		return &FieldError{noun, field, "is of an unknown kind"}
	}
	if (a.User != "") != user || (a.Partner != "") != partner {
		return &FieldError{noun, field, "does not fit its kind"}
	}
	return firstError(checkOptional(noun, field, string(a.User)), checkOptional(noun, field, string(a.Partner)))
}

// Line is what an event did to one record. Before is nil when the record is
// new, After is nil when it is gone.
type Line struct {
	Before, After Record
}

// Key names the record.
func (l Line) Key() Key {
	if l.After != nil {
		return l.After.Key()
	}
	return l.Before.Key()
}

// Event is one change, as it stands in the log for good (LOG-1): who, for
// whom, when, before, after, why, and which call.
type Event struct {
	// Change is the name of the change, such as "AddEmployees".
	Change string
	Actor  Actor
	// At is when it happened. An event of the clock is dated to the instant
	// at which it came true (REL-6); every other to its commit.
	At time.Time
	// Reason is why, in the caller's words; may be empty.
	Reason string
	// Call tells the calls apart: random, and the same for all events that
	// one call made.
	Call string
	// Lines are the records changed, in the order in which they changed.
	Lines []Line
	// Notifications are what somebody is to be told because of it.
	Notifications []Notification
}

// Check reports whether the event may be stored: whether it is read back as
// it was written, so that its hash can be computed anew.
func (e Event) Check() error {
	err := firstError(checkText("event", "change", e.Change),
		checkText("event", "kind of actor", string(e.Actor.Kind)),
		checkOptional("event", "user", string(e.Actor.User)),
		checkOptional("event", "partner", string(e.Actor.Partner)),
		checkOptional("event", "reason", e.Reason),
		checkOptional("event", "call", e.Call),
		checkInstant("event", "instant", e.At))
	for _, n := range e.Notifications {
		err = firstError(err, checkText("notification", "kind", string(n.Kind)),
			checkText("notification", "user", string(n.To)),
			checkOptional("notification", "partner", string(n.Partner)),
			checkOptional("notification", "client", string(n.Client)))
	}
	return err
}

// NotificationKind says what a notification is about.
type NotificationKind string

// The kinds of notification.
const (
	// NotifyApproved tells an employee that a client has let them in
	// (LINK-5).
	NotifyApproved NotificationKind = "approved"
	// NotifyDeclined tells an employee that a client has declined.
	NotifyDeclined NotificationKind = "declined"
)

// Notification is a message to one user, recorded in the step that it is
// about. The host delivers it.
type Notification struct {
	Kind    NotificationKind `json:"kind"`
	To      UserID           `json:"to"`
	Partner PartnerID        `json:"partner"`
	Client  ClientID         `json:"client"`
}
