package relationship

import (
	"fmt"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/permset"
)

// Role is a member's role in a client account.
type Role string

// The roles of a member.
const (
	// SuperAdmin has every permission and is always the client's own.
	SuperAdmin Role = "super admin"
	// PartnerAdmin manages the partner's staff in the client account. Only
	// a managed member has this role.
	PartnerAdmin Role = "partner admin"
	// Standard has the permissions of its set and no more.
	Standard Role = "standard"
)

// Side is one side, or both, of those who can deactivate a member.
type Side string

// The sides. The client's side counts more: what it has done, only it undoes
// (OFF-3), so there is no need to remember that the partner did it too.
const (
	NoSide      Side = ""
	PartnerSide Side = "partner"
	ClientSide  Side = "client"
)

// Member is a user's place in one client account. A user has one membership
// in a client (ADD-7).
type Member struct {
	Client ClientID `json:"client"`
	User   UserID   `json:"user"`
	Role   Role     `json:"role"`
	// Set is what the member was given, by name. A super admin's is empty:
	// they have the whole catalogue (ADM-1).
	Set permset.Names `json:"set,omitzero"`
	// Manager is the partner through which the member came; empty for the
	// client's own.
	Manager PartnerID `json:"manager,omitzero"`
	// Linked marks a member that came from the client's own by linking. The
	// partner side never gives them the partner-admin role (ADD-5).
	Linked bool `json:"linked,omitzero"`
	// Deactivated says who has deactivated the member: nobody, the partner's
	// side or the client's.
	Deactivated Side `json:"deactivated,omitzero"`
	// PaidSeat is set when the client's side gave an own user a paid seat
	// (ADM-4). A managed member has the partner seat instead.
	PaidSeat bool `json:"paidSeat,omitzero"`
	// Template is the name of the template last applied; empty when none
	// was.
	Template string `json:"template,omitzero"`
	// End is when the membership runs out; zero for never (TIME-1).
	End time.Time `json:"end,omitzero"`
	// EndByClient is set when the client's side set the end: then only it
	// moves the end later (DEL-6).
	EndByClient bool `json:"endByClient,omitzero"`
	// Since is when the user became a member.
	Since time.Time `json:"since"`
	// TermFrom is when the membership was begun or renewed: from here the
	// client's longest term counts (TIME-1).
	TermFrom time.Time `json:"termFrom"`
	// By is by whose act the user became a member, or last passed from own to
	// managed or back; zero where that is not known (SEE-4).
	By Actor `json:"by,omitzero"`
}

// Key names the member's record.
func (m Member) Key() Key { return MemberKey(m.Client, m.User) }

// MemberKey names the record of a member.
func MemberKey(client ClientID, user UserID) Key {
	return Key{KindMember, string(client), string(user)}
}

// Managed reports whether the member is managed by a partner, and not the
// client's own.
func (m Member) Managed() bool { return m.Manager != "" }

// Until returns the instant at which the membership runs out under the
// client's terms for its manager; the zero time for never. The longest term
// bounds every managed membership, without rewriting it.
func (m Member) Until(terms Terms) time.Time {
	if !m.Managed() || terms.Longest == 0 {
		return m.End
	}
	return Earlier(m.End, EndInstant(m.TermFrom.Add(terms.Longest)))
}

// Check reports whether the member may be stored. The shape of a member
// carries several rules: a super admin is own and has no end, and a partner
// admin is managed.
func (m Member) Check() error {
	var field error
	switch {
	case m.Role != SuperAdmin && m.Role != PartnerAdmin && m.Role != Standard:
		field = &FieldError{"member", "role", "is unknown"}
	case m.Role == SuperAdmin && m.Managed():
		field = &FieldError{"member", "manager", "is set for a super admin, who is always own"}
	case m.Role == SuperAdmin && !m.End.IsZero():
		field = &FieldError{"member", "end", "is set for a super admin, who has none"}
	case m.Role == SuperAdmin && !m.Set.IsEmpty():
		field = &FieldError{"member", "set", "is set for a super admin, who has the whole catalogue"}
	case m.Role == PartnerAdmin && !m.Managed():
		field = &FieldError{"member", "role", "is partner admin for an own member"}
	case m.Deactivated != NoSide && m.Deactivated != PartnerSide && m.Deactivated != ClientSide:
		field = &FieldError{"member", "deactivated", "names no side"}
	case m.PaidSeat && m.Managed():
		field = &FieldError{"member", "paid seat", "is set for a managed member, who has the partner seat"}
	}
	return firstError(checkText("member", "client", string(m.Client)),
		checkText("member", "user", string(m.User)),
		checkOptional("member", "manager", string(m.Manager)),
		checkOptional("member", "template", m.Template), field,
		checkEnd("member", "end", m.End), checkInstant("member", "since", m.Since),
		checkInstant("member", "term", m.TermFrom), m.By.check("member", "actor"))
}

// Summary describes the member in one line.
func (m Member) Summary() string {
	parts := []string{string(m.Role)}
	add := func(on bool, format string, args ...any) {
		if on {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(m.Deactivated != NoSide, "deactivated by the %s", m.Deactivated)
	add(m.Managed(), "managed by %q", m.Manager)
	add(m.Linked, "linked")
	add(m.PaidSeat, "paid seat")
	add(m.Template != "", "template %q", m.Template)
	add(!m.End.IsZero(), "until %s", m.End.Format(time.RFC3339))
	add(m.EndByClient, "end set by the client")
	add(m.Role != SuperAdmin, "permissions: %s", orNone(m.Set.String()))
	return strings.Join(parts, ", ")
}
