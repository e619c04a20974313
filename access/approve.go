package access

import (
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// ApproveLink lets the employee whom an access link names in, as partner
// admin (LINK-3, LINK-4). An active super admin of the client does so, or an
// own user with "add and edit users", whose own permissions then bound what
// is given (DEL-1); never a managed member, and never an employee of the
// asking partner.
//
// In one step the employee is a managed member with role, set, seat and
// credit, the relationship starts or revives, and a notification to the
// employee is recorded (LINK-5). Who already is a member, own or this
// partner's, becomes that, and active. Approving again while they are an
// active partner admin changes nothing.
//
// Errors: ErrLink; ErrLinkChanged when what the link shows is no longer so;
// ErrSuperAdmin for a super admin of the client, who is not lowered this way;
// ErrOtherPartner for a member that another partner manages (ADD-7).
type ApproveLink struct {
	Client relationship.ClientID `json:"client"`
	Secret relationship.Secret   `json:"secret"`
	// End is when the membership runs out; the zero time is never (TIME-1).
	End time.Time `json:"end,omitzero"`
}

func (c ApproveLink) apply(w *work) error {
	by, link, err := w.openedLink(c.Client, c.Secret)
	if err != nil {
		return err
	}
	if err := w.v.linkChanged(w.tx, link, w.now); err != nil {
		return err
	}
	return w.makePartnerAdmin(by, c.Client, link.Partner, link.Employee, link.Asks, c.End)
}

// openedLink opens a link for whoever may approve or decline it. The actor is
// asked for first, so that an outsider learns nothing about links.
func (w *work) openedLink(client relationship.ClientID, secret relationship.Secret) (authority, relationship.Link, error) {
	by, err := w.asClientSide(client)
	if err != nil {
		return by, relationship.Link{}, err
	}
	link, err := findLink(w.tx, secret, w.now)
	if err != nil {
		return by, link, err
	}
	return by, link, mayApprove(w.tx, client, link.Partner, w.call.user)
}

// DeclineLink tells the employee whom an access link names that the client
// declines (LINK-3). Whoever may approve it may decline it. Nothing else
// changes: the link stays good for other clients, and for a later yes.
type DeclineLink struct {
	Client relationship.ClientID `json:"client"`
	Secret relationship.Secret   `json:"secret"`
}

func (c DeclineLink) apply(w *work) error {
	_, link, err := w.openedLink(c.Client, c.Secret)
	if err != nil {
		return err
	}
	w.notifications = append(w.notifications, relationship.Notification{
		Kind: relationship.NotifyDeclined, To: link.Employee, Partner: link.Partner, Client: c.Client,
	})
	return nil
}

// MakePartnerAdmin makes an employee of an eligible partner a partner admin of
// the client without a link (LINK-7). Whoever may approve a link does so, and
// what follows is the same as of ApproveLink: the seat comes in the same
// step.
type MakePartnerAdmin struct {
	Client   relationship.ClientID  `json:"client"`
	Partner  relationship.PartnerID `json:"partner"`
	Employee relationship.UserID    `json:"employee"`
	// End is when the membership runs out; the zero time is never (TIME-1).
	End time.Time `json:"end,omitzero"`
}

func (c MakePartnerAdmin) apply(w *work) error {
	by, err := w.asApprover(c.Client, c.Partner)
	if err != nil {
		return err
	}
	return w.makePartnerAdmin(by, c.Client, c.Partner, c.Employee, w.v.partnerAdmin, c.End)
}

// makePartnerAdmin is the one step behind LINK-4 and LINK-7.
func (w *work) makePartnerAdmin(by authority, client relationship.ClientID, partner relationship.PartnerID,
	employee relationship.UserID, set permset.Names, end time.Time) error {
	end, err := w.future("change", "end", end)
	if err != nil {
		return err
	}
	if _, err := w.activeEmployee(partner, employee); err != nil {
		return err
	}
	if _, err := w.eligible(partner); err != nil {
		return err
	}
	before, found, err := w.member(client, employee)
	switch {
	case err != nil:
		return err
	case found && before.Role == relationship.SuperAdmin:
		return refuse("LINK-4", ErrSuperAdmin, client, employee, "see MIG-5")
	case found && before.Managed() && before.Manager != partner:
		return refuse("ADD-7", ErrOtherPartner, client, employee)
	case before.Role == relationship.PartnerAdmin && w.isOn(client, employee):
		return nil
	}
	if err := w.letIn(client, employee); err != nil {
		return err
	}
	place := Place{client, employee}
	after := w.makeManaged(before, partner)
	after.Client, after.User, after.Role = client, employee, relationship.PartnerAdmin
	after.Set = w.bound(by, place, before.Set, w.replacement(before.Set, set, true))
	after.Deactivated, after.Linked, after.Template = relationship.NoSide, false, relationship.PartnerAdminTemplate
	after.End = by.shorten(end)
	after.EndByClient = !after.End.IsZero()
	w.mayStart = true
	w.notifications = append(w.notifications, relationship.Notification{
		Kind: relationship.NotifyApproved, To: employee, Partner: partner, Client: client,
	})
	if found {
		err = w.changeMember(before, after)
	} else {
		err = w.addMember(after)
	}
	if err != nil {
		return err
	}
	return w.begin(partner, client)
}

// isOn reports whether a member is active but for a pause of the client's own,
// which approving does not lift (LIM-3).
func (w *work) isOn(client relationship.ClientID, user relationship.UserID) bool {
	failed := failures(gather(w.tx, client, user, w.now))
	return failed.without(ReasonMemberPaused).without(ReasonPartnerPaused) == 0
}

// begin counts what starts or revives a relationship as activity, also where
// it was active already (REL-4).
func (w *work) begin(partner relationship.PartnerID, client relationship.ClientID) error {
	r, _, err := w.relationship(partner, client)
	if err != nil {
		return err
	}
	return w.put(r.Begin(w.now))
}
