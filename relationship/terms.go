package relationship

import (
	"fmt"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/permset"
)

// Pause stops something for a time, or until it is lifted (LIM-3). The zero
// value is no pause.
type Pause struct {
	On bool `json:"on"`
	// Until is the instant at which the pause is over by itself; the zero
	// time means that it stays until it is lifted.
	Until time.Time `json:"until,omitzero"`
}

// NewPause makes a pause. Until is rounded up to a whole second, so that
// rounding takes away and never gives.
func NewPause(until time.Time) Pause {
	down := EndInstant(until)
	if !until.IsZero() && down.Before(until) {
		down = down.Add(time.Second)
	}
	return Pause{On: true, Until: down}
}

// ActiveAt reports whether the pause is in force.
func (p Pause) ActiveAt(now time.Time) bool {
	return p.On && (p.Until.IsZero() || now.Before(p.Until))
}

func (p Pause) check(noun string) error { return checkEnd(noun, "pause", p.Until) }

func (p Pause) until() string {
	if p.Until.IsZero() {
		return ""
	}
	return " until " + p.Until.Format(time.RFC3339)
}

// Terms is what a client has laid down for one partner. It belongs to the
// client and outlives the relationship (LIM-3).
type Terms struct {
	Client  ClientID  `json:"client"`
	Partner PartnerID `json:"partner"`
	// HasCeiling says whether Ceiling is in force. Without one, nothing is
	// cut (LIM-1).
	HasCeiling bool `json:"hasCeiling,omitzero"`
	// Ceiling is the most that a member managed by the partner may use.
	Ceiling permset.Names `json:"ceiling,omitzero"`
	// Pause stops every member that the partner manages (LIM-3).
	Pause Pause `json:"pause,omitzero"`
	// Longest is the longest time for which a membership of this partner
	// lasts, counted from the step that began or renewed it. Zero means no
	// bound (TIME-1).
	Longest time.Duration `json:"longest,omitzero"`
}

// Key names the record of the terms.
func (t Terms) Key() Key { return TermsKey(t.Client, t.Partner) }

// TermsKey names the record of a client's terms for a partner.
func TermsKey(client ClientID, partner PartnerID) Key {
	return Key{KindTerms, string(client), string(partner)}
}

// Check reports whether the terms may be stored.
func (t Terms) Check() error {
	var field error
	switch {
	case t.Longest < 0 || t.Longest%time.Second != 0:
		field = &FieldError{"terms", "longest membership", "is not a number of whole seconds"}
	case !t.HasCeiling && !t.Ceiling.IsEmpty():
		field = &FieldError{"terms", "ceiling", "is there and not in force"}
	}
	return firstError(checkText("terms", "client", string(t.Client)),
		checkText("terms", "partner", string(t.Partner)), field, t.Pause.check("terms"))
}

// Summary describes the terms in one line.
func (t Terms) Summary() string {
	var parts []string
	if t.HasCeiling {
		ceiling := t.Ceiling.String()
		if ceiling == "" {
			ceiling = "nothing"
		}
		parts = append(parts, "at most "+ceiling)
	}
	if t.Pause.On {
		parts = append(parts, "paused"+t.Pause.until())
	}
	if t.Longest > 0 {
		parts = append(parts, fmt.Sprintf("memberships end after %s", t.Longest))
	}
	return orNone(strings.Join(parts, "; "))
}

// Standing is what a client's side has said about one user, apart from any
// membership. It stays when the membership goes, so that removing somebody
// and adding them again does not undo what the client's side did.
type Standing struct {
	Client ClientID `json:"client"`
	User   UserID   `json:"user"`
	// Barred is set when the client's side removed the user, or had
	// deactivated them when they were removed. Only the client's side lets
	// them in again (OFF-3).
	Barred bool `json:"barred,omitzero"`
	// End is the end that the client's side had set for a membership that is
	// gone. Whatever the partner's side adds after it ends no later: else
	// removing and adding would move it (DEL-6).
	End time.Time `json:"end,omitzero"`
	// Pause stops the user's membership, unless they are super admin (LIM-3).
	// It is set while a partner manages them.
	Pause Pause `json:"pause,omitzero"`
}

// Key names the record of the standing.
func (s Standing) Key() Key { return StandingKey(s.Client, s.User) }

// StandingKey names the record of a user's standing with a client.
func StandingKey(client ClientID, user UserID) Key {
	return Key{KindStanding, string(client), string(user)}
}

// Check reports whether the standing may be stored.
func (s Standing) Check() error {
	return firstError(checkText("standing", "client", string(s.Client)),
		checkText("standing", "user", string(s.User)), checkEnd("standing", "end", s.End), s.Pause.check("standing"))
}

// Summary describes the standing in one line.
func (s Standing) Summary() string {
	var parts []string
	if s.Barred {
		parts = append(parts, "only the client's side lets them in again")
	}
	if !s.End.IsZero() {
		parts = append(parts, "no later than "+s.End.Format(time.RFC3339))
	}
	if s.Pause.On {
		parts = append(parts, "paused"+s.Pause.until())
	}
	return orNone(strings.Join(parts, "; "))
}
