package guard

import (
	"errors"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// What Ask answers, beside access.ErrDenied. Match them with errors.Is.
var (
	// ErrUnauthenticated: there is no user to ask about.
	ErrUnauthenticated = errors.New("nobody is logged in")
	// ErrUnavailable: the answer cannot be had now. It is no yes, and no
	// statement about the user.
	ErrUnavailable = errors.New("the answer cannot be had")
)

// RefusedError is why Ask did not say yes. Its text is one of three that tell
// nothing about user and client, so it may be sent to whoever asked.
type RefusedError struct {
	// Err is access.ErrDenied, ErrUnauthenticated or ErrUnavailable.
	Err error
	// Decision is the Manager's answer, with the reason: for the host, and not
	// for whoever asked. It is the zero Decision where nobody was asked about.
	Decision access.Decision
}

// Error says what kind of refusal it is, and not why.
func (e *RefusedError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *RefusedError) Unwrap() error { return e.Err }

// Ask asks the Manager whether the user may use the permission in the client's
// account now (ASK-1). It returns nil for a yes, and otherwise a *RefusedError:
// access.ErrDenied, ErrUnavailable, or ErrUnauthenticated where the user is
// empty. Exactly one of the three matches. The zero Permission, as a map gives
// it for a method that nobody thought of, is denied.
//
// It is safe for concurrent use, takes no lock and logs nothing.
func Ask(manager *access.Manager, user relationship.UserID, client relationship.ClientID, permission permset.Permission) error {
	if refused := ask(manager, user, client, permission); refused != nil {
		return refused
	}
	return nil
}

func ask(manager *access.Manager, user relationship.UserID, client relationship.ClientID, permission permset.Permission) *RefusedError {
	if user == "" {
		return &RefusedError{Err: ErrUnauthenticated}
	}
	return refusal(manager.Check(user, client, permission))
}

// refusal is what a Decision means to whoever asked; nil for a yes.
func refusal(d access.Decision) *RefusedError {
	switch {
	case d.Allowed():
		return nil
	case d.Reason() == access.ReasonUndecided, d.Failed(access.ReasonOtherCatalog),
		d.Failed(access.ReasonStale), d.Failed(access.ReasonClosed):
		// Nothing was decided, or by a catalogue that is no longer in force, or
		// upon what is too old. Whatever else failed may be wrong, too.
		return &RefusedError{Err: ErrUnavailable, Decision: d}
	}
	return &RefusedError{Err: access.ErrDenied, Decision: d}
}
