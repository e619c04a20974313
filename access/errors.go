package access

import (
	"errors"
	"fmt"
	"strings"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// The reasons for which a call is refused. Match them with errors.Is. Most
// come as a *RefusedError, which names the rule and whom it is about. A
// refused call has changed nothing.
var (
	// ErrInvalid: the call itself is malformed. It comes with a
	// *relationship.FieldError that names the field.
	ErrInvalid = errors.New("invalid input")
	// ErrNotAllowed: the actor may not make this change, or the question is
	// none of theirs. It does not tell whether what they named exists.
	ErrNotAllowed = errors.New("not allowed")
	// ErrWhichPartner: the actor works for several partners, or for none,
	// and the call does not say for which one they act.
	ErrWhichPartner = errors.New("the call does not say for which partner")

	// ErrUnknownUser and the ones below it: nothing has that id.
	ErrUnknownUser       = errors.New("unknown user")
	ErrUnknownPartner    = errors.New("unknown partner")
	ErrUnknownClient     = errors.New("unknown client")
	ErrUnknownEmployee   = errors.New("unknown employee")
	ErrUnknownMember     = errors.New("unknown member")
	ErrUnknownTemplate   = errors.New("unknown template")
	ErrUnknownPermission = errors.New("unknown permission")
	// ErrUnknownNotification: no notification of that name was given up.
	ErrUnknownNotification = errors.New("unknown notification")

	// ErrExists: there is one already.
	ErrExists = errors.New("exists already")
	// ErrInUse: a member uses the template (PSET-4).
	ErrInUse = errors.New("a member uses it")
	// ErrClosed: the partner or the client is closed.
	ErrClosed = errors.New("account is closed")
	// ErrInactive: the employee is suspended, paused, or has left.
	ErrInactive = errors.New("employee is not active")
	// ErrNotEligible: the partner is of a kind whose employees cannot be
	// partner admins (LINK-1).
	ErrNotEligible = errors.New("partner is not eligible")
	// ErrAlreadyMember: the user is a member of the client already.
	ErrAlreadyMember = errors.New("already a member")
	// ErrOwnUser: the user is the client's own; they can be linked (ADD-5).
	ErrOwnUser = errors.New("an own user of the client")
	// ErrOtherPartner: the member is managed by another partner (ADD-7).
	ErrOtherPartner = errors.New("managed by another partner")
	// ErrManaged: the member is managed by a partner, and the change is for
	// the client's own.
	ErrManaged = errors.New("managed by a partner")
	// ErrSuperAdmin: the member is a super admin of the client, and the
	// change is not for super admins (UPD-3, LINK-4).
	ErrSuperAdmin = errors.New("a super admin of the client")
	// ErrNotSuperAdmin: the member is no super admin of the client, and the
	// change is for super admins only.
	ErrNotSuperAdmin = errors.New("not a super admin of the client")
	// ErrLastSuperAdmin: the client, or the partner, would be left without
	// an active super admin (OFF-8, ORG-2).
	ErrLastSuperAdmin = errors.New("the last active super admin")
	// ErrBarred: the client's side deactivated or removed the user, and only
	// it lets them in again (OFF-3).
	ErrBarred = errors.New("only the client's side lets them in again")
	// ErrDeactivated: the member is deactivated, and until they are
	// reactivated their record is only lowered, by the client's side (OFF-3).
	ErrDeactivated = errors.New("member is deactivated")
	// ErrLinked: the member was linked, and the partner-admin role is closed
	// to them from the partner's side (ADD-5).
	ErrLinked = errors.New("member is linked")
	// ErrUnconfirmed: the employee is not verified and has not confirmed
	// that they work for the partner (ADD-5).
	ErrUnconfirmed = errors.New("neither verified nor confirmed")
	// ErrOutlasts: the target's membership would last longer than the
	// actor's, or than the client's side allows (DEL-6).
	ErrOutlasts = errors.New("would outlast its bound")
	// ErrNoRelationship: there is no relationship of that partner with that
	// client, or it has ended.
	ErrNoRelationship = errors.New("no relationship")

	// ErrLink: the access link opens nothing. Malformed, unknown, revoked
	// and expired are one answer; the reason goes to the host's logger alone
	// (LINK-6).
	ErrLink = errors.New("the access link is not valid")
	// ErrLinkChanged: what the access link shows is no longer so; a new one
	// is needed (LINK-3).
	ErrLinkChanged = errors.New("what the access link shows has changed")
	// ErrChanged: the outcome differs from the plan. It comes as a
	// *ChangedError with the differences (PLAN-2).
	ErrChanged = errors.New("changed since it was planned")
	// ErrOnce: the key of the call has been used for something else (PLAN-4).
	ErrOnce = errors.New("the key was used for something else")
	// ErrAssets: the host could not say who owns what.
	ErrAssets = errors.New("assets could not be read")
	// ErrWidens: the catalogue would widen what is stored (PSET-5). It comes
	// as a *WidensError.
	ErrWidens = errors.New("catalogue widens what is stored")
	// ErrNotLeased: the notification is not leased to the caller: somebody
	// else has got it since, or it was Delivered (LINK-5).
	ErrNotLeased = errors.New("notification is not leased to the caller")
	// ErrCursor: the cursor was made for another list, query or viewer
	// (SEE-5).
	ErrCursor = errors.New("the cursor belongs to another list")
	// ErrStale: what is known here is older than Options.MaxStaleness, or older
	// than a Token asks for, and did not become newer in time.
	ErrStale = errors.New("what is known is too old")
	// ErrLostTail: the Token is of a commit that the journal has lost.
	ErrLostTail = errors.New("the token is of a commit that was lost")
	// ErrOtherStore: the Token is of another store.
	ErrOtherStore = errors.New("the token is of another store")
	// ErrRevocationLost: the journal has lost a commit that took from somebody
	// what they may use; what it took stays taken here until the loss is
	// acknowledged (Manager.AcknowledgeLost).
	ErrRevocationLost = errors.New("taken by a commit that was lost")
	// ErrBusy: the state kept changing while the call was being worked out.
	// Nothing was changed; the same call may be tried again.
	ErrBusy = errors.New("the state keeps changing")
)

// RefusedError says which rule refused a call, and whom it is about.
type RefusedError struct {
	// Err is the reason: one of the errors of this package.
	Err error
	// Rule is the name of the rule, such as "OFF-8".
	Rule string
	// Partner, Client and User are whom it is about; empty where it is about
	// none. Of a change that the actor may not make, User is the actor.
	Partner relationship.PartnerID
	Client  relationship.ClientID
	User    relationship.UserID
	// Detail says more, for people; may be empty.
	Detail string
}

// Error names the reason, the rule and whom it is about.
func (e *RefusedError) Error() string {
	var b strings.Builder
	b.WriteString(e.Err.Error())
	for _, subject := range []struct{ noun, id string }{
		{"partner", string(e.Partner)}, {"client", string(e.Client)}, {"user", string(e.User)},
	} {
		if subject.id != "" {
			fmt.Fprintf(&b, ", %s %q", subject.noun, subject.id)
		}
	}
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	fmt.Fprintf(&b, " (%s)", e.Rule)
	return b.String()
}

// Unwrap returns the reason.
func (e *RefusedError) Unwrap() error { return e.Err }

// refuse makes a RefusedError. about are ids, and texts for the detail.
func refuse(rule string, reason error, about ...any) error {
	refused := &RefusedError{Err: reason, Rule: rule}
	for _, a := range about {
		switch a := a.(type) {
		case relationship.PartnerID:
			refused.Partner = a
		case relationship.ClientID:
			refused.Client = a
		case relationship.UserID:
			refused.User = a
		case string:
			refused.Detail = a
		}
	}
	return refused
}

// invalid makes an ErrInvalid of a field.
func invalid(noun, field, problem string) error {
	return invalidCause(&relationship.FieldError{Noun: noun, Field: field, Problem: problem})
}

func invalidCause(err error) error {
	if err == nil || errors.Is(err, ErrInvalid) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrInvalid, err)
}

// unknownPermissions makes an ErrUnknownPermission of what permset says.
func unknownPermissions(err error) error {
	if unknown, is := errors.AsType[*permset.UnknownError](err); is {
		return fmt.Errorf("%w: %w (ASK-4)", ErrUnknownPermission, unknown)
	}
	return invalidCause(err)
}

// ChangedError says how the outcome differs from the plan (PLAN-2).
type ChangedError struct {
	// Differences are for people, one a line.
	Differences []string
}

// Error lists the differences.
func (e *ChangedError) Error() string {
	return ErrChanged.Error() + ": " + strings.Join(e.Differences, "; ") + " (PLAN-2)"
}

// Unwrap returns ErrChanged.
func (e *ChangedError) Unwrap() error { return ErrChanged }
