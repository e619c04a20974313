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
}

// By is a call of a user. Without At they act for themselves, for a client
// that they are a member of, or for the only partner that employs them, as
// the change asks.
func By(user relationship.UserID) Call { return Call{user: user} }

// Host is a call of the embedding program in its own name. It may make the
// changes whose rule names the host, and no others (ORG-1).
func Host() Call { return Call{host: true} }

// At says for which partner the user acts.
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

// check refuses the zero Call and malformed ids.
func (c Call) check() error {
	if c.host {
		if c.user != "" || c.partner != "" {
			return invalid("call", "actor", "is the host and somebody else")
		}
	} else if err := relationship.CheckText("call", "user", string(c.user)); err != nil {
		return invalidCause(err)
	}
	for _, text := range []struct{ field, value string }{{"partner", string(c.partner)}, {"reason", c.reason}} {
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
