package access

import (
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// ChangeTemplate applies another template to members of a client whom the
// actor's partner manages, staff and contractors alike (UPD-1). An active
// partner admin of the client for the same partner does so, within DEL-1 and
// DEL-6. The template "partner admin" gives the role too (DEL-5), except to a
// linked member (ErrLinked, ADD-5); every other template gives the standard
// role.
type ChangeTemplate struct {
	Client    relationship.ClientID `json:"client"`
	Employees []relationship.UserID `json:"employees"`
	Template  string                `json:"template"`
}

func (c ChangeTemplate) split(func() ([]Place, error)) ([]Change, error) {
	return splitBy(c.Employees, func(id relationship.UserID) Change { c.Employees = []relationship.UserID{id}; return c }), nil
}

func (c ChangeTemplate) apply(w *work) error {
	if err := each("employees", c.Employees); err != nil {
		return err
	}
	by, err := w.asPartnerAdmin(c.Client)
	if err != nil {
		return err
	}
	set, role, err := w.template(by.partner, c.Template)
	if err != nil {
		return err
	}
	for _, employee := range c.Employees {
		place := Place{c.Client, employee}
		if !w.ticked(place) {
			continue
		}
		before, after, err := w.applied(by, place, c.Template, set, role)
		if err != nil {
			return err
		}
		if err := w.changeMember(before, after); err != nil {
			return err
		}
	}
	return nil
}

// applied returns a managed member as they are, and as they are to be with a
// template: within DEL-1 and DEL-6, and without what a refusal would leave
// behind. It is how a template meets a member who is there already.
func (w *work) applied(by authority, place Place, template string, set permset.Names, role relationship.Role) (before, after relationship.Member, err error) {
	if before, err = w.changeable(by, place); err != nil {
		return before, before, err
	}
	if role == relationship.PartnerAdmin && before.Role != role && before.Linked {
		return before, before, refuse("ADD-5", ErrLinked, place.Client, place.User)
	}
	after = before
	after.Role, after.Template = role, template
	after.Set = w.bound(by, place, before.Set, w.replacement(before.Set, set, true))
	if err := w.mayGrant(by, before, after); err != nil {
		delete(w.notes, place)
		return before, before, err
	}
	return before, after, nil
}

// changeable returns a managed member whom the partner's side may change: one
// who is not deactivated (OFF-3).
func (w *work) changeable(by authority, place Place) (relationship.Member, error) {
	member, err := w.managedHere(by.partner, place.Client, place.User)
	if err == nil && member.Deactivated != relationship.NoSide {
		err = refuse("OFF-3", ErrDeactivated, place.Client, place.User)
	}
	return member, err
}

// ChangeEmployeePermissions adds and removes single permissions of one member
// whom the actor's partner manages (UPD-2). An active partner admin of the
// client for the same partner does so, within DEL-1 and DEL-6. Adding a
// permission adds what it implies, and removing one removes what implies it
// (PSET-2). Role and template stay. From the client's side it is
// ChangeMemberPermissions.
type ChangeEmployeePermissions struct {
	Client   relationship.ClientID `json:"client"`
	Employee relationship.UserID   `json:"employee"`
	Add      []string              `json:"add,omitempty"`
	Remove   []string              `json:"remove,omitempty"`
}

func (c ChangeEmployeePermissions) apply(w *work) error {
	by, err := w.asPartnerAdmin(c.Client)
	if err != nil {
		return err
	}
	place := Place{c.Client, c.Employee}
	before, err := w.changeable(by, place)
	if err != nil {
		return err
	}
	return w.editSet(by, before, c.Add, c.Remove)
}

// ChangeMemberPermissions adds and removes single permissions of any member of
// the client but a super admin, own or managed (UPD-2, UPD-3, ORG-3). A super
// admin of the client does so; for standard own users, an own user with "add
// and edit users" too, within DEL-1. While the member is deactivated,
// permissions can only be removed (OFF-3). A super admin can also remove what
// is lost to the catalogue (PSET-3).
type ChangeMemberPermissions struct {
	Client relationship.ClientID `json:"client"`
	User   relationship.UserID   `json:"user"`
	Add    []string              `json:"add,omitempty"`
	Remove []string              `json:"remove,omitempty"`
}

func (c ChangeMemberPermissions) apply(w *work) error {
	by, member, err := w.asKeeper(c.Client, c.User)
	if err != nil {
		return err
	}
	if member.Role == relationship.SuperAdmin {
		return refuse("UPD-3", ErrSuperAdmin, c.Client, c.User, "see MIG-5 and LowerSuperAdmin")
	}
	return w.editSet(by, member, c.Add, c.Remove)
}

func (w *work) editSet(by authority, before relationship.Member, add, remove []string) error {
	want, err := w.edit(before.Set, add, remove, before.Managed())
	if err != nil {
		return err
	}
	after := before
	after.Set = w.bound(by, Place{before.Client, before.User}, before.Set, want)
	if err := mayRaise(before, after); err != nil {
		return err
	}
	if err := w.mayGrant(by, before, after); err != nil {
		return err
	}
	return w.changeMember(before, after)
}
