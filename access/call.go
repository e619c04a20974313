package access

import (
	"github.com/clientaccess/clientaccess/relationship"
)

// Call says on whose behalf something is done: who, for which partner, and
// why. It is a plain value; make one with By or Host, and keep it for as many
// calls as you like. The zero Call is refused.
//
// The host has already established who the user is: a Call is a statement of
// the host's, not a proof.
type Call struct {
	host    bool
	user    relationship.UserID
	partner relationship.PartnerID
	reason  string
	once    string
}

// By is a call of a user. Without At they act for themselves, for a client
// that they are a member of, or for the only partner that employs them, as
// the change asks.
func By(user relationship.UserID) Call { return Call{user: user} }

// Host is a call of the embedding program in its own name. It may make the
// changes whose rule names the host, and no others (ORG-1).
func Host() Call { return Call{host: true} }

// At says for which partner the user acts. Give it in every call of a partner's
// side: another partner can employ the user at any time, and then a change or a
// partner's list without it is refused with ErrWhichPartner, and the other
// questions see nothing of either partner's side (ErrNotAllowed).
func (c Call) At(partner relationship.PartnerID) Call {
	c.partner = partner
	return c
}

// Because gives the reason, which stands in the log for good (LOG-1). Do not
// put personal data in it.
func (c Call) Because(reason string) Call {
	c.reason = reason
	return c
}

// Once gives the call a key that makes it happen once (PLAN-4): when a call of
// the same user and partner, as they are given here, has been committed with
// this key, Do, Apply, IssueLink and RotateLink do nothing and answer that it is
// Replayed, with the revision and the counts of then, and never a secret; of
// DoEach this is so for each chunk. The same key with another content is refused
// (ErrOnce), and made each for itself is another content. A key is remembered
// for 24 hours unless the Options say otherwise; a call that was refused, or
// that changed nothing, is not remembered. Questions and Plan take no notice of
// it, and Import takes none.
//
// A key has up to 256 bytes. Make it anew for each thing to be done, and use it
// again when you do not know whether it was done.
func (c Call) Once(key string) Call {
	c.once = key
	return c
}

// check refuses the zero Call and malformed ids.
func (c Call) check() error {
	if c.host {
		if c.user != "" || c.partner != "" {
			return invalid("call", "actor", "is the host and somebody else")
		}
	} else if err := relationship.CheckText("call", "user", string(c.user)); err != nil {
		return invalidCause(err)
	}
	for _, text := range []struct{ field, value string }{{"partner", string(c.partner)}, {"reason", c.reason}, {"key", c.once}} {
		if text.value == "" {
			continue
		}
		if err := relationship.CheckText("call", text.field, text.value); err != nil {
			return invalidCause(err)
		}
	}
	return nil
}

// String describes the call for people.
func (c Call) String() string {
	switch {
	case c.host:
		return "the host"
	case c.user == "":
		return "nobody"
	case c.partner == "":
		return string(c.user)
	}
	return string(c.user) + " of " + string(c.partner)
}
