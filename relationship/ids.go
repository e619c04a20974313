package relationship

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxText is the greatest length, in bytes, of an id, a name or any other
// text that is stored.
const MaxText = 256

// The ids of the nouns are the host's own keys. They are compared byte by
// byte and never folded. Each has its own type, so that the compiler finds a
// swapped pair. An id is valid when it is 1 to MaxText bytes of UTF-8 without
// U+0000. The zero value names nobody.
type (
	// UserID names one person.
	UserID string
	// PartnerID names one partner account.
	PartnerID string
	// ClientID names one client account.
	ClientID string
	// Selector is the public part of an access link: it names the link and
	// lets nobody in.
	Selector string
)

// A FieldError reports a value that a constructor refused. Nothing was made.
type FieldError struct {
	// Noun is the noun that was to be made, such as "user".
	Noun string
	// Field is the field that was refused, such as "e-mail address".
	Field string
	// Problem says what is wrong with it.
	Problem string
}

// Error names the noun, the field and the reason. It never repeats the value,
// which may be personal or secret.
func (e *FieldError) Error() string {
	return fmt.Sprintf("%s: %s %s", e.Noun, e.Field, e.Problem)
}

// checkText is the one check of every id, name and text that is stored.
func checkText(noun, field, text string) error {
	if text == "" {
		return &FieldError{noun, field, "is empty"}
	}
	return checkOptional(noun, field, text)
}

// checkOptional is checkText for a text that may be left empty.
func checkOptional(noun, field, text string) error {
	if len(text) <= MaxText && plain(text) {
		return nil
	}
	switch {
	case len(text) > MaxText:
		return &FieldError{noun, field, fmt.Sprintf("is longer than %d bytes", MaxText)}
	case !utf8.ValidString(text):
		return &FieldError{noun, field, "is not valid UTF-8"}
	case strings.ContainsRune(text, 0):
		return &FieldError{noun, field, "contains U+0000"}
	}
	return nil
}

// plain reports whether a text is ASCII without U+0000, as nearly all are: then
// it needs no closer look.
func plain(text string) bool {
	for i := range len(text) {
		if text[i]-1 >= utf8.RuneSelf-1 {
			return false
		}
	}
	return true
}

// firstError returns the first error that is not nil.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// CheckText reports whether text may be stored as the named field of the
// named noun. It is for texts that come with a call, such as its reason.
func CheckText(noun, field, text string) error { return checkText(noun, field, text) }

// Instant brings t into the form in which instants are stored: UTC, whole
// microseconds, no monotonic reading. Two such instants are equal exactly
// when == says so.
func Instant(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// EndInstant brings an end into the form in which ends are stored: whole
// seconds, rounded down, so that rounding takes away and never gives
// (TIME-1).
func EndInstant(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Second)
}

// checkInstant is the one check of every instant that is stored: zero, or in
// the form that Instant gives. Any other would not equal itself once it was
// written and read again, and a year of five digits could not be written.
func checkInstant(noun, field string, t time.Time) error {
	if storable(t) {
		return nil
	}
	switch {
	case t != Instant(t):
		return &FieldError{noun, field, "is not in UTC and whole microseconds"}
	case t.Year() < 0 || t.Year() > 9999:
		return &FieldError{noun, field, "is not within the years 0 to 9999"}
	}
	return nil
}

// The instants that can be stored are those of the years 0 to 9999, in
// microseconds since 1970. The zero time is one of them.
var (
	zeroInstant   = time.Time{}.UnixMicro()
	firstInstant  = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	behindInstant = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
)

// storable is checkInstant, for whoever does not ask what is wrong.
func storable(t time.Time) bool {
	micro := t.UnixMicro()
	return micro >= firstInstant && micro < behindInstant && t == time.UnixMicro(micro).UTC()
}

// checkEnd is checkInstant for an end.
func checkEnd(noun, field string, t time.Time) error {
	if t.Nanosecond() == 0 && storable(t) {
		return nil
	}
	if t != EndInstant(t) {
		return &FieldError{noun, field, "is not in UTC and whole seconds"}
	}
	return checkInstant(noun, field, t)
}

// Earlier returns the earlier of two ends, where the zero time means no end.
func Earlier(a, b time.Time) time.Time {
	switch {
	case a.IsZero():
		return b
	case b.IsZero() || a.Before(b):
		return a
	}
	return b
}

// Outlasts reports whether something that ends at a lasts longer than
// something that ends at b. The zero time means no end.
func Outlasts(a, b time.Time) bool {
	if b.IsZero() {
		return false
	}
	return a.IsZero() || a.After(b)
}
