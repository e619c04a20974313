package relationship

import (
	"fmt"
	"time"
)

// Phase is where a relationship stands in its life.
type Phase string

// The phases of a relationship. The zero Phase means that there never was
// one.
const (
	// Active: at least one member is managed by the partner.
	Active Phase = "active"
	// Ending: no managed member is left, and the time since the last
	// qualifying activity is not over (REL-3).
	Ending Phase = "ending"
	// Ended: it is over. Starting it again revives it (REL-5).
	Ended Phase = "ended"
)

// EndingTime is the time that an ending relationship lasts after the last
// qualifying activity, when the host sets no other (REL-3, REL-6).
const EndingTime = 60 * 24 * time.Hour

// Relationship is the managed relationship between one partner and one
// client. Its record stays when it has ended.
//
// Phase is what was last written. A relationship also ends by the clock,
// without anybody writing it: ask PhaseAt (REL-6).
type Relationship struct {
	Partner PartnerID `json:"partner"`
	Client  ClientID  `json:"client"`
	// ClientName is the client's name in the partner's own CRM; empty while
	// the partner gave none (ADD-2).
	ClientName string `json:"clientName,omitzero"`
	Phase      Phase  `json:"phase"`
	// Started is when it last started or revived.
	Started time.Time `json:"started"`
	// Activity is the last qualifying activity (REL-4).
	Activity time.Time `json:"activity"`
	// EndsAt is when an ending relationship ends unless activity moves it;
	// zero otherwise (REL-3).
	EndsAt time.Time `json:"endsAt,omitzero"`
	// Limit is the end that the client set; zero for none (TIME-1).
	Limit time.Time `json:"limit,omitzero"`
	// Ended is when it ended; zero while it has not.
	Ended time.Time `json:"ended,omitzero"`
	// Members counts the members that the partner manages in the client,
	// active or not.
	Members int `json:"members"`
}

// Key names the relationship's record.
func (r Relationship) Key() Key { return RelationshipKey(r.Partner, r.Client) }

// RelationshipKey names the record of a relationship.
func RelationshipKey(partner PartnerID, client ClientID) Key {
	return Key{KindRelationship, string(partner), string(client)}
}

// Due returns the instant at which the clock ends the relationship if nothing
// else happens; the zero time when no such instant is set. A limit counts
// while the relationship is active, and while it is ending too.
func (r Relationship) Due() time.Time {
	switch r.Phase {
	case Active:
		return r.Limit
	case Ending:
		return Earlier(r.EndsAt, r.Limit)
	}
	return time.Time{}
}

// DueAt reports whether the clock has ended the relationship although it is
// not yet written (REL-6).
func (r Relationship) DueAt(now time.Time) bool {
	due := r.Due()
	return !due.IsZero() && !now.Before(due)
}

// PhaseAt returns the phase at an instant, by what is written and by the
// clock (REL-6).
func (r Relationship) PhaseAt(now time.Time) Phase {
	if r.DueAt(now) {
		return Ended
	}
	return r.Phase
}

// Begin starts the relationship, or revives it while ending or ended (REL-1,
// REL-5). On an active relationship it is activity only. It counts as
// qualifying activity (REL-4). A limit dies with the relationship that it
// bounded, and goes on with one that was only ending.
func (r Relationship) Begin(now time.Time) Relationship {
	if r.Phase == Ended {
		r.Limit = time.Time{}
	}
	if r.Phase != Active {
		r.Phase, r.Started, r.EndsAt, r.Ended = Active, Instant(now), time.Time{}, time.Time{}
	}
	r.Activity = later(r.Activity, Instant(now))
	return r
}

// Touch notes qualifying activity. While ending, it moves the end and does
// not revive (REL-4). On an ended relationship it changes nothing.
func (r Relationship) Touch(at time.Time, ending time.Duration) Relationship {
	if r.Phase != Active && r.Phase != Ending {
		return r
	}
	r.Activity = later(r.Activity, Instant(at))
	if r.Phase == Ending {
		r.EndsAt = later(r.EndsAt, EndInstant(r.Activity.Add(ending)))
	}
	return r
}

// LastGone notes that the last managed member is gone: the relationship is
// ending, and this step counts as activity, whoever took it (REL-3).
func (r Relationship) LastGone(now time.Time, ending time.Duration) Relationship {
	if r.Phase != Active {
		return r
	}
	r.Phase = Ending
	r.EndsAt = time.Time{}
	return r.Touch(now, ending)
}

// End notes that the relationship is over since the instant at.
func (r Relationship) End(at time.Time) Relationship {
	r.Phase, r.Ended, r.EndsAt, r.Members = Ended, Instant(at), time.Time{}, 0
	return r
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// EarnsCreditAt reports whether the partner earns managed credit for the
// client: while it manages a member there, deactivated or not, and through
// the ending phase (REL-7).
func (r Relationship) EarnsCreditAt(now time.Time) bool {
	phase := r.PhaseAt(now)
	return phase == Active || phase == Ending
}

// Check reports whether the relationship may be stored.
func (r Relationship) Check() error {
	var field error
	switch {
	case r.Phase != Active && r.Phase != Ending && r.Phase != Ended:
		field = &FieldError{"relationship", "phase", "is unknown"}
	case (r.Phase == Active) != (r.Members > 0) || r.Members < 0:
		field = &FieldError{"relationship", "members", "do not fit the phase: it is active exactly while it has some"}
	case (r.Phase == Ending) != !r.EndsAt.IsZero():
		field = &FieldError{"relationship", "end", "does not fit the phase"}
	case (r.Phase == Ended) != !r.Ended.IsZero():
		field = &FieldError{"relationship", "ended", "does not fit the phase"}
	}
	return firstError(checkText("relationship", "partner", string(r.Partner)),
		checkText("relationship", "client", string(r.Client)),
		checkOptional("relationship", "client name", r.ClientName), field,
		checkInstant("relationship", "started", r.Started), checkInstant("relationship", "activity", r.Activity),
		checkEnd("relationship", "end", r.EndsAt), checkEnd("relationship", "limit", r.Limit),
		checkInstant("relationship", "ended", r.Ended))
}

// Summary describes the relationship in one line. The number of members and
// the instants of the clock are left out.
func (r Relationship) Summary() string {
	text := string(r.Phase)
	if r.ClientName != "" {
		text += fmt.Sprintf(", client called %q", r.ClientName)
	}
	if !r.Limit.IsZero() {
		text += ", limited to " + r.Limit.Format(time.RFC3339)
	}
	return text
}
