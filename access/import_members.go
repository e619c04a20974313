package access

import (
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// ImportMember imports a user's place in a client account (ORG-4). The client
// is open and the user known; they have one membership there (ADD-7).
//
// A member whom a partner manages is an employee there who has not left. The
// first one starts the relationship, where there never was one (REL-1); one
// that is ending or has ended here is revived by the client's side alone
// (ErrNoRelationship, REL-5). A partner admin's partner is eligible (LINK-1).
// A super admin is the client's own, and has neither set nor end.
//
// Whom the client's side has removed is not imported again (ErrBarred), and
// nobody outlasts an end that it had set (ErrOutlasts). An end that has passed
// already is refused: the row says what somebody may do, and they may do
// nothing.
//
// A member whose row makes them a standard own user, and who was linked since
// (ADD-5), is unchanged.
type ImportMember struct {
	Client relationship.ClientID
	User   relationship.UserID
	Role   relationship.Role
	// Partner is the partner that manages the member; empty for the client's
	// own.
	Partner relationship.PartnerID
	// Permissions are the member's set, whatever the template is. What they
	// imply is in it too (PSET-2); what the member may not have is withheld.
	Permissions []string
	// Template is the name of the template last applied to a managed member;
	// empty when none was. A partner admin's is the built-in one, and need not
	// be given.
	Template string
	// Linked marks a member who came from the client's own by linking: the
	// partner's side cannot give them the partner-admin role (ADD-5).
	Linked      bool
	Deactivated relationship.Side
	// PaidSeat is an own member's. A managed one has the partner seat (ADM-4).
	PaidSeat bool
	// End is when the membership runs out; the zero time is never.
	End time.Time
	// EndByClient is set when the client's side has set the end (DEL-6).
	EndByClient bool
	// Since is when the user became a member; the zero time is now.
	Since time.Time
	// TermFrom is from when the client's longest term counts (TIME-1); the
	// zero time is Since.
	TermFrom time.Time
}

func (r ImportMember) checkRow(c *importChunk) (importWrite, error) {
	asked, err := c.asked(r.Permissions, r.Partner != "")
	if err != nil {
		return importWrite{}, err
	}
	member, err := r.member(c, asked)
	if err != nil {
		return importWrite{}, err
	}
	is, found, err := c.member(r.Client, r.User)
	if err != nil {
		return importWrite{}, err
	}
	if found {
		there, err := r.otherThan(member, is).there(r.Client, r.User)
		there.withheld = asked.withheld
		return there, err
	}
	if err := c.mayImport(member); err != nil {
		return importWrite{}, err
	}
	return importWrite{
		write:    func() error { return c.moveMember(relationship.Member{}, member) },
		withheld: asked.withheld,
	}, nil
}

// member is the membership that the row asks for.
func (r ImportMember) member(c *importChunk, asked askedSet) (relationship.Member, error) {
	member := relationship.Member{
		Client: r.Client, User: r.User, Role: r.Role, Set: asked.set, Manager: r.Partner, Linked: r.Linked,
		Deactivated: r.Deactivated, PaidSeat: r.PaidSeat, Template: r.Template,
		End: relationship.EndInstant(r.End), EndByClient: r.EndByClient,
	}
	if r.Role == relationship.PartnerAdmin && r.Template == "" {
		member.Template = relationship.PartnerAdminTemplate
	}
	var err error
	if member.Since, err = c.past("member", "since", r.Since); err != nil {
		return member, err
	}
	member.TermFrom = member.Since
	if !r.TermFrom.IsZero() {
		if member.TermFrom, err = c.past("member", "term", r.TermFrom); err != nil {
			return member, err
		}
	}
	builtIn := member.Template == relationship.PartnerAdminTemplate
	switch {
	case r.Role == relationship.SuperAdmin && len(r.Permissions) > 0:
		return member, invalid("member", "permissions", "are given for a super admin, who has the whole catalogue")
	case member.Template != "" && !member.Managed() && r.Role != relationship.PartnerAdmin:
		return member, invalid("member", "template", "is given for an own member")
	case builtIn != (r.Role == relationship.PartnerAdmin):
		return member, invalid("member", "template", "does not fit the role")
	case r.EndByClient && r.End.IsZero():
		return member, invalid("member", "end", "is set by the client's side, and missing")
	}
	return member, invalidCause(member.Check())
}

// otherThan compares the membership that the row asks for with the one that is
// there.
func (r ImportMember) otherThan(member, is relationship.Member) others {
	if is.Managed() && is.Linked && r.Partner == "" {
		// Linking has changed these, and nothing else (ADD-5).
		member.Manager, member.Linked, member.PaidSeat = is.Manager, true, false
		r.TermFrom = time.Time{}
	}
	var other others
	other.note("role", member.Role == is.Role)
	other.note("partner", member.Manager == is.Manager)
	other.note("permissions", member.Set == is.Set)
	other.note("template", member.Template == is.Template)
	other.note("mark of linking", member.Linked == is.Linked)
	other.note("status", member.Deactivated == is.Deactivated)
	other.note("seat", member.PaidSeat == is.PaidSeat)
	other.note("end", member.End.Equal(is.End) && member.EndByClient == is.EndByClient)
	other.noteInstant("since", r.Since, is.Since)
	other.noteInstant("term", r.TermFrom, is.TermFrom)
	return other
}

// mayImport holds a membership that is not there against what it refers to,
// and against what the client's side has said.
func (c *importChunk) mayImport(member relationship.Member) error {
	if _, err := c.openClient(member.Client); err != nil {
		return err
	}
	if _, err := c.user(member.User); err != nil {
		return err
	}
	standing := c.standing(member.Client, member.User)
	switch {
	case standing.Barred:
		return refuse("OFF-3", ErrBarred, member.Client, member.User)
	case !standing.End.IsZero() && (!member.EndByClient || relationship.Outlasts(member.End, standing.End)):
		return refuse("DEL-6", ErrOutlasts, member.Client, member.User, "the client's side had set an end")
	}
	if until := c.until(member); !until.IsZero() && !until.After(c.now) {
		return invalid("member", "end", "has passed")
	}
	if !member.Managed() {
		return nil
	}
	return c.mayManage(member)
}

// mayManage holds a managed membership against its partner.
func (c *importChunk) mayManage(member relationship.Member) error {
	if _, err := c.openPartner(member.Manager); err != nil {
		return err
	}
	if _, err := c.employee(member.Manager, member.User); err != nil {
		return err
	}
	if member.Role == relationship.PartnerAdmin {
		if _, err := c.eligible(member.Manager); err != nil {
			return err
		}
	} else if member.Template != "" {
		if _, _, err := c.template(member.Manager, member.Template); err != nil {
			return err
		}
	}
	r, found, err := c.relationship(member.Manager, member.Client)
	if err == nil && found && r.Phase != relationship.Active {
		err = refuse("REL-5", ErrNoRelationship, member.Manager, member.Client, fmt.Sprintf("it is %s, and only the client's side revives it", r.Phase))
	}
	return err
}
