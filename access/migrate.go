package access

import (
	"github.com/clientaccess/clientaccess/relationship"
)

// BecomePartnerAdmin changes the actor, who is super admin of the client and
// works for an eligible partner, to partner admin, from the partner account
// (MIG-1). It needs Client Access Manager access. Billing permissions are kept
// only if chosen. Another active super admin must remain (MIG-3, OFF-8). The
// relationship starts if need be (REL-1).
type BecomePartnerAdmin struct {
	Client      relationship.ClientID `json:"client"`
	KeepBilling bool                  `json:"keepBilling,omitzero"`
}

func (c BecomePartnerAdmin) apply(w *work) error {
	actor, err := w.asEmployee()
	if err != nil {
		return err
	}
	member, found, err := w.member(c.Client, actor.User)
	switch {
	case err != nil:
		return err
	case !found:
		return refuse("MIG-1", ErrNotSuperAdmin, c.Client, actor.User)
	case member.Linked:
		return refuse("ADD-5", ErrLinked, c.Client, actor.User)
	}
	return w.migrate("MIG-1", member, actor.Partner, c.KeepBilling)
}

// SuperAdminChoice is one super admin to be changed to partner admin, and
// whether they keep billing permissions.
type SuperAdminChoice struct {
	Employee    relationship.UserID `json:"employee"`
	KeepBilling bool                `json:"keepBilling,omitzero"`
}

// ChangeSuperAdmins changes super admins of the client who are employees of
// the actor's partner to partner admins (MIG-2). An active partner admin of
// the client for the same partner does so. It reaches employees who are
// verified, or have confirmed that they work for the partner (ADD-5). Another
// active super admin must remain (MIG-3, OFF-8). As it gives the role without
// an end, an actor whose own membership ends cannot do it (DEL-6).
type ChangeSuperAdmins struct {
	Client    relationship.ClientID `json:"client"`
	Employees []SuperAdminChoice    `json:"employees"`
}

func (c ChangeSuperAdmins) split(func() ([]Place, error)) ([]Change, error) {
	return splitBy(c.Employees, func(id SuperAdminChoice) Change { c.Employees = []SuperAdminChoice{id}; return c }), nil
}

func (c ChangeSuperAdmins) apply(w *work) error {
	ids := make([]relationship.UserID, len(c.Employees))
	for i, choice := range c.Employees {
		ids[i] = choice.Employee
	}
	if err := each("employees", ids); err != nil {
		return err
	}
	by, err := w.asPartnerAdmin(c.Client)
	if err != nil {
		return err
	}
	for _, choice := range c.Employees {
		place := Place{c.Client, choice.Employee}
		if !w.ticked(place) {
			continue
		}
		member, err := w.reach(by.partner, place)
		switch {
		case err != nil:
			return err
		case member.Linked:
			return refuse("ADD-5", ErrLinked, c.Client, choice.Employee)
		case !by.until.IsZero():
			return refuse("DEL-6", ErrOutlasts, c.Client, choice.Employee, "they would outlast whoever gives the role")
		}
		if err := w.migrate("MIG-2", member, by.partner, choice.KeepBilling); err != nil {
			return err
		}
	}
	return nil
}

// ChangeToPartnerAdmin changes a super admin of the client who is an employee
// of an eligible partner to partner admin, from the client's side (MIG-5). A
// super admin of the client does so. Another active super admin must remain
// (MIG-3, OFF-8).
type ChangeToPartnerAdmin struct {
	Client      relationship.ClientID  `json:"client"`
	User        relationship.UserID    `json:"user"`
	Partner     relationship.PartnerID `json:"partner"`
	KeepBilling bool                   `json:"keepBilling,omitzero"`
}

func (c ChangeToPartnerAdmin) apply(w *work) error {
	if _, err := w.asSuperAdmin(c.Client); err != nil {
		return err
	}
	member, err := w.mustMember(c.Client, c.User)
	if err != nil {
		return err
	}
	return w.migrate("MIG-5", member, c.Partner, c.KeepBilling)
}

// migrate carries out MIG-4: the super admin becomes a managed member with the
// partner-admin role and set, and billing permissions if kept; never more
// than before, the seat apart. One who is deactivated is reactivated first:
// else a partner could reactivate what only a super admin may (OFF-3).
func (w *work) migrate(rule string, member relationship.Member, partner relationship.PartnerID, keepBilling bool) error {
	if member.Role != relationship.SuperAdmin {
		return refuse(rule, ErrNotSuperAdmin, member.Client, member.User)
	}
	if member.Deactivated != relationship.NoSide {
		return refuse("OFF-3", ErrDeactivated, member.Client, member.User)
	}
	if _, err := w.openClient(member.Client); err != nil {
		return err
	}
	if _, err := w.activeEmployee(partner, member.User); err != nil {
		return err
	}
	if _, err := w.eligible(partner); err != nil {
		return err
	}
	set := w.v.catalog.PartnerAdmin()
	if keepBilling {
		set = set.Union(w.v.catalog.Close(w.v.billing).Intersect(w.v.askable(true)))
	}
	after := w.makeManaged(member, partner)
	after.Role, after.Set = relationship.PartnerAdmin, w.texts.one(w.v, set.Names())
	after.Template = relationship.PartnerAdminTemplate
	w.mayStart = true
	if err := w.changeMember(member, after); err != nil {
		return err
	}
	return w.begin(partner, member.Client)
}
