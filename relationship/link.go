package relationship

import (
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/permset"
)

// LinkLife is how long an access link is good for when the host sets no other
// time (LINK-6).
const LinkLife = 30 * 24 * time.Hour

// LinkWrongTries is the number of wrong verifiers for one selector that
// revoke the link (LINK-6).
const LinkWrongTries = 100

// Link is an access link as it is stored: without its secret. It is personal:
// it names the employee who will become partner admin (LINK-2).
type Link struct {
	Selector Selector  `json:"selector"`
	Partner  PartnerID `json:"partner"`
	Employee UserID    `json:"employee"`
	// Asks is the permission set that the link asks for, fixed at issue
	// (LINK-3).
	Asks permset.Names `json:"asks"`
	// Shows is a digest of who asks and for whom, as it stood at issue.
	// Approving compares it with today's (LINK-3).
	Shows Digest `json:"shows"`
	// Hash is what is stored of the secret (LINK-6).
	Hash     Digest    `json:"hash"`
	IssuedBy UserID    `json:"issuedBy"`
	Issued   time.Time `json:"issued"`
	Expires  time.Time `json:"expires"`
	Revoked  bool      `json:"revoked,omitzero"`
}

// LinkShows is the digest of what an access link shows of the asking side:
// the employee with name, address and kind, and this very employment. Whether
// the partner is eligible is asked anew instead.
func LinkShows(user User, employee Employee) Digest {
	return digest("link shows", user.Person.String(), string(employee.Partner), string(employee.User),
		string(employee.Kind), employee.Since.Format(time.RFC3339Nano))
}

// Key names the link's record.
func (l Link) Key() Key { return LinkKey(l.Selector) }

// LinkKey names the record of a link.
func LinkKey(selector Selector) Key { return Key{KindLink, string(selector), ""} }

// LiveAt reports whether the link can be opened: neither revoked nor
// expired.
func (l Link) LiveAt(now time.Time) bool { return !l.Revoked && now.Before(l.Expires) }

// Check reports whether the link may be stored.
func (l Link) Check() error {
	var field error
	if l.Hash == (Digest{}) {
		field = &FieldError{"access link", "hash", "is empty"}
	}
	return firstError(checkText("access link", "selector", string(l.Selector)),
		checkText("access link", "partner", string(l.Partner)),
		checkText("access link", "employee", string(l.Employee)),
		checkText("access link", "issuer", string(l.IssuedBy)), field,
		checkInstant("access link", "issued", l.Issued), checkInstant("access link", "expiry", l.Expires))
}

// Summary describes the link in one line, without its instants.
func (l Link) Summary() string {
	state := "live"
	if l.Revoked {
		state = "revoked"
	}
	return fmt.Sprintf("%s, for %q of %q, asks for: %s", state, l.Employee, l.Partner, l.Asks)
}
