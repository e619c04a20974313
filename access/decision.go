package access

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"time"

	"github.com/clientaccess/clientaccess/storage"
)

// Reason is why a permission may not be used (ASK-2). Reasons are codes that
// do not change; String has the words.
type Reason uint8

// The reasons, in the order in which they are told: the first that fails is
// the Reason of a Decision. The zero Reason is that of the zero Decision.
const (
	// ReasonUndecided: nothing was asked. It is the zero Reason.
	ReasonUndecided Reason = iota
	// ReasonAllowed: the permission may be used.
	ReasonAllowed
	// ReasonUnknownPermission: the catalogue has no such permission (ASK-4).
	ReasonUnknownPermission
	// ReasonUnknownClient: there is no such client (ASK-4).
	ReasonUnknownClient
	// ReasonUnknownUser: there is no such user (ASK-4).
	ReasonUnknownUser
	// ReasonClientClosed: the client is closed.
	ReasonClientClosed
	// ReasonNotMember: the user is no member of the client.
	ReasonNotMember
	// ReasonDeactivated: the member is deactivated (OFF-3).
	ReasonDeactivated
	// ReasonRunOut: the membership has run out (TIME-1).
	ReasonRunOut
	// ReasonMemberPaused: the client has paused the member (LIM-3).
	ReasonMemberPaused
	// ReasonRelationshipOver: the relationship has ended (REL-6).
	ReasonRelationshipOver
	// ReasonPartnerPaused: the client has paused the partner (LIM-3).
	ReasonPartnerPaused
	// ReasonPartnerClosed: the partner is closed.
	ReasonPartnerClosed
	// ReasonEmployeeInactive: the employee is suspended or paused, or has
	// left (ORG-2, LIM-3).
	ReasonEmployeeInactive
	// ReasonNotInSet: the member does not have the permission.
	ReasonNotInSet
	// ReasonSuperAdminOnly: the permission is for super admins only (ADM-1).
	ReasonSuperAdminOnly
	// ReasonNeverManaged: no managed member may use the permission (ADM-3).
	ReasonNeverManaged
	// ReasonCeiling: the client's ceiling for the partner cuts it (LIM-1).
	ReasonCeiling
	// ReasonNoSeat: the permission is paid, and the member has no seat
	// (ADM-4).
	ReasonNoSeat
	// ReasonOtherCatalog: another Manager has laid down another catalogue
	// since this one was opened (ErrCatalog).
	ReasonOtherCatalog
	// ReasonRevocationLost: the journal has lost a commit that took this away,
	// and nobody has acknowledged the loss yet (LostTails).
	ReasonRevocationLost
	// ReasonStale: what is known here is older than Options.MaxStaleness. No
	// other reason is given with it.
	ReasonStale
	// ReasonClosed: the store has been closed. No other reason is given with it.
	ReasonClosed

	reasonEnd
	reasonNone = ReasonUndecided
)

var reasonTexts = [reasonEnd]string{
	"undecided", "allowed", "unknown permission", "unknown client", "unknown user", "client is closed",
	"not a member", "deactivated", "membership has run out", "member is paused", "relationship is over",
	"partner is paused", "partner is closed", "employee is not active", "not in the member's set",
	"for super admins only", "never for managed members", "cut by the client's ceiling", "no seat for a paid permission",
	"another catalogue is in force", "taken by a commit that was lost", "what is known is too old", "store is closed",
}

// String returns the reason in words.
func (r Reason) String() string {
	if r >= reasonEnd {
		return fmt.Sprintf("reason %d", uint8(r))
	}
	return reasonTexts[r]
}

// reasonCodes are the reasons as they stand in JSON. They never change.
var reasonCodes = [reasonEnd]string{
	"undecided", "allowed", "unknown_permission", "unknown_client", "unknown_user", "client_closed",
	"not_member", "deactivated", "run_out", "member_paused", "relationship_over",
	"partner_paused", "partner_closed", "employee_inactive", "not_in_set",
	"super_admin_only", "never_managed", "ceiling", "no_seat",
	"other_catalog", "revocation_lost", "stale", "closed",
}

// MarshalText returns the reason as a code for programs, such as "not_in_set".
func (r Reason) MarshalText() ([]byte, error) {
	if r >= reasonEnd {
		return nil, invalid("reason", "code", "is unknown")
	}
	return []byte(reasonCodes[r]), nil
}

// UnmarshalText reads what MarshalText wrote.
func (r *Reason) UnmarshalText(text []byte) error {
	for reason, code := range reasonCodes {
		if code == string(text) {
			*r = Reason(reason)
			return nil
		}
	}
	return invalid("reason", "code", "is unknown")
}

// reasons is a set of reasons.
type reasons uint32

func (r reasons) with(reason Reason) reasons { return r | 1<<reason }

func (r reasons) without(reason Reason) reasons { return r &^ (1 << reason) }

func (r reasons) has(reason Reason) bool { return r&(1<<reason) != 0 }

// stillMember reports whether a member for whom the reasons fail is still one: with
// the relationship, its members are gone (REL-6).
func (r reasons) stillMember() bool { return !r.has(ReasonRelationshipOver) }

func (r reasons) first() Reason {
	if r == 0 {
		return ReasonAllowed
	}
	return Reason(bits.TrailingZeros32(uint32(r)))
}

// Decision is the answer to one question: a small value without strings. The
// zero Decision refuses. It is 16 bytes, because lists of them are made.
type Decision struct {
	revision storage.Revision
	// staleness is in milliseconds.
	staleness uint32
	// told are the reasons that fail; ReasonAllowed where none does, and none
	// in the zero Decision.
	told reasons
}

// allowed is what is told of a yes.
const allowed = reasons(1 << ReasonAllowed)

// newDecision is the answer from a revision, by the reasons that fail.
func newDecision(revision storage.Revision, failed reasons) Decision {
	if failed == 0 {
		failed = allowed
	}
	return Decision{revision: revision, told: failed}
}

// Allowed reports whether the permission may be used.
func (d Decision) Allowed() bool { return d.told == allowed }

// Reason is the first reason that fails, or ReasonAllowed.
func (d Decision) Reason() Reason {
	if d.told == 0 {
		return ReasonUndecided
	}
	return d.told.first()
}

// Failed reports whether a reason is one of those that fail. Explain lists
// them all.
func (d Decision) Failed(reason Reason) bool { return reason != ReasonAllowed && d.told.has(reason) }

// Revision is the revision of the state that the answer comes from.
func (d Decision) Revision() storage.Revision { return d.revision }

// Staleness is how old the state may have been that the answer comes from, when
// it was given: by then, others could have committed what it does not show. It
// is rounded up to the millisecond, and zero on a store without other writers.
// Past 49 days it stays there.
func (d Decision) Staleness() time.Duration { return time.Duration(d.staleness) * time.Millisecond }

// since gives the answer its age.
func (d Decision) since(age time.Duration) Decision {
	d.staleness = uint32(min(age/time.Millisecond+1, math.MaxUint32))
	return d
}

// String returns the answer in words.
func (d Decision) String() string {
	if d.Allowed() {
		return "allowed"
	}
	return "refused: " + d.Reason().String()
}

// MarshalJSON returns the answer, its first reason and its revision, for a
// program on the other side. A Decision is not read back: ask again.
func (d Decision) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Allowed  bool             `json:"allowed"`
		Reason   Reason           `json:"reason"`
		Revision storage.Revision `json:"revision"`
	}{d.Allowed(), d.Reason(), d.revision})
}

// Err returns nil for a yes and a *DeniedError otherwise.
func (d Decision) Err() error {
	if d.Allowed() {
		return nil
	}
	return &DeniedError{d.Reason()}
}

// ErrDenied is what every refused Decision is: match it with errors.Is.
var ErrDenied = errors.New("access denied")

// DeniedError is a refused Decision as an error. It matches ErrDenied and,
// where something asked about is unknown, ErrUnknownPermission,
// ErrUnknownClient or ErrUnknownUser (ASK-4); and ErrStale, storage.ErrClosed or
// ErrRevocationLost where that is the reason.
type DeniedError struct {
	// Reason is why.
	Reason Reason
}

// Error says why.
func (e *DeniedError) Error() string {
	rule := "ASK-1"
	switch e.Reason {
	case ReasonUnknownPermission, ReasonUnknownClient, ReasonUnknownUser:
		rule = "ASK-4"
	}
	return fmt.Sprintf("%v: %v (%s)", ErrDenied, e.Reason, rule)
}

// Unwrap returns ErrDenied, and what is unknown.
func (e *DeniedError) Unwrap() []error {
	switch e.Reason {
	case ReasonUnknownPermission:
		return []error{ErrDenied, ErrUnknownPermission}
	case ReasonUnknownClient:
		return []error{ErrDenied, ErrUnknownClient}
	case ReasonUnknownUser:
		return []error{ErrDenied, ErrUnknownUser}
	case ReasonRevocationLost:
		return []error{ErrDenied, ErrRevocationLost}
	case ReasonStale:
		return []error{ErrDenied, ErrStale}
	case ReasonClosed:
		return []error{ErrDenied, storage.ErrClosed}
	}
	return []error{ErrDenied}
}
