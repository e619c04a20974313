package relationship

import (
	"fmt"
	"strconv"
	"time"
)

// OnceLife is how long a call that carried a key is remembered, when the host
// sets no other time (PLAN-4).
const OnceLife = 24 * time.Hour

// Counts says how much a call did: how many members and other records it
// changed or held something back from, how many relationships passed from one
// phase to another, how many notifications it made, and how many members it
// left as they are.
type Counts struct {
	Members       int `json:"members,omitzero"`
	Records       int `json:"records,omitzero"`
	Relationships int `json:"relationships,omitzero"`
	Notifications int `json:"notifications,omitzero"`
	Skipped       int `json:"skipped,omitzero"`
}

// Once remembers a call that carried a key, so that it happens once (PLAN-4).
// It is stored in the commit of the call.
type Once struct {
	// Owner is the digest of who called and of the key: see OnceOwner, and
	// OnceChunk.
	Owner Digest `json:"owner"`
	// Content is the digest of what was asked for.
	Content Digest `json:"content"`
	// Revision is the commit, and Counts what it did.
	Revision uint64 `json:"revision"`
	Counts   Counts `json:"counts,omitzero"`
	// Until is when the key is forgotten.
	Until time.Time `json:"until"`
}

// OnceOwner is what a key is kept under: the digest of who called, for which
// partner, and of the key itself. The host is no user.
func OnceOwner(user UserID, partner PartnerID, key string) Digest {
	return digest("once", string(user), string(partner), key)
}

// OnceChunk is what one chunk of a call that is made each for itself is kept
// under, where the call is kept under owner.
func OnceChunk(owner Digest, number int) Digest {
	return digest("chunk", owner.String(), strconv.Itoa(number))
}

// OnceContent is the digest of the content of a call, in its written form. The
// key is in it, so that nobody finds out by trying names and addresses whom the
// call was about who does not know the key: what is kept outlives people
// (ORG-5).
func OnceContent(key, written string) Digest { return digest("content", key, written) }

// Key names the record.
func (o Once) Key() Key { return OnceKey(o.Owner) }

// OnceKey names the record of a call that carried a key.
func OnceKey(owner Digest) Key { return Key{KindOnce, owner.String(), ""} }

// KeptAt reports whether the call is still remembered.
func (o Once) KeptAt(now time.Time) bool { return now.Before(o.Until) }

// Check reports whether the record may be stored.
func (o Once) Check() error {
	var field error
	switch {
	case o.Owner == Digest{}:
		field = &FieldError{"once", "owner", "is missing"}
	case o.Content == Digest{}:
		field = &FieldError{"once", "content", "is missing"}
	case o.Revision == 0:
		field = &FieldError{"once", "revision", "is missing"}
	case min(o.Counts.Members, o.Counts.Records, o.Counts.Relationships, o.Counts.Notifications, o.Counts.Skipped) < 0:
		field = &FieldError{"once", "counts", "are negative"}
	case o.Until.IsZero():
		field = &FieldError{"once", "end", "is missing"}
	}
	return firstError(field, checkInstant("once", "end", o.Until))
}

// Summary describes the record in one line.
func (o Once) Summary() string {
	return fmt.Sprintf("a call kept by its key, of %d members and %d other records", o.Counts.Members, o.Counts.Records)
}
