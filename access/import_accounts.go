package access

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// This file has the rows of an import about people and accounts.

// ImportUser imports a user, with the address that the host has established
// (ORG-1). An address that another user has is ErrExists, with a
// *storage.ConflictError that names whose it is.
type ImportUser struct {
	ID    relationship.UserID
	Name  string
	Email string
}

func (r ImportUser) checkRow(c *importChunk) (importWrite, error) {
	var salt relationship.Digest
	// crypto/rand.Read never fails: it stops the program instead.
	_, _ = rand.Read(salt[:])
	user, err := relationship.NewUser(r.ID, r.Name, r.Email, salt)
	if err != nil {
		return importWrite{}, invalidCause(err)
	}
	if is, found := storage.Get[relationship.User](c.tx, user.Key()); found {
		var other others
		other.note("name", is.Name == user.Name)
		other.note("e-mail address", is.Email == user.Email)
		return other.there(r.ID)
	}
	return importWrite{write: func() error { return c.put(user) }}, nil
}

// ImportPartner imports a partner account together with its first super
// admin, a known user who becomes a member of its staff (ORG-1). A domain that
// another partner has is ErrExists, with a *storage.ConflictError that names
// whose it is. Other employees come in rows of their own.
type ImportPartner struct {
	ID   relationship.PartnerID
	Name string
	Kind relationship.PartnerKind
	// Domains are the domains that the host has proven to be the partner's.
	Domains    []string
	SuperAdmin relationship.UserID
	// Since is when the super admin's employment began; the zero time is now.
	Since time.Time
}

func (r ImportPartner) checkRow(c *importChunk) (importWrite, error) {
	partner, err := relationship.NewPartner(r.ID, r.Name, r.Kind, r.Domains...)
	if err != nil {
		return importWrite{}, invalidCause(err)
	}
	since, err := c.past("employee", "since", r.Since)
	if err != nil {
		return importWrite{}, err
	}
	if is, found := storage.Get[relationship.Partner](c.tx, partner.Key()); found {
		first, _ := storage.Get[relationship.Employee](c.tx, relationship.EmployeeKey(r.ID, r.SuperAdmin))
		var other others
		other.note("name", is.Name == partner.Name)
		other.note("kind", is.Kind == partner.Kind)
		other.note("domains", is.Domains == partner.Domains)
		other.note("state: it is closed", !is.Closed)
		other.note("super admin", first.Status == relationship.Employed && first.SuperAdmin)
		other.noteInstant("since", r.Since, first.Since)
		return other.there(r.ID)
	}
	if _, err := c.user(r.SuperAdmin); err != nil {
		return importWrite{}, err
	}
	first, err := relationship.NewEmployee(r.ID, r.SuperAdmin, relationship.Staff, since)
	if err != nil {
		return importWrite{}, invalidCause(err)
	}
	first.SuperAdmin = true
	return importWrite{write: func() error {
		if err := c.put(partner); err != nil {
			return err
		}
		return c.put(first)
	}}, nil
}

// ImportEmployee imports a user's place in a partner account, with the powers
// there (ORG-2). The partner's first super admin came with the partner's row: a
// row of theirs besides is unchanged or ErrExists, like any that is there. So
// is one of somebody who has left: hiring them again takes AddEmployee.
type ImportEmployee struct {
	Partner    relationship.PartnerID
	User       relationship.UserID
	Kind       relationship.EmployeeKind
	SuperAdmin bool
	View       bool
	Edit       bool
	Suspended  bool
	// Confirmed is set when the user has confirmed, for themselves, that they
	// work for the partner (ADD-5).
	Confirmed bool
	// Since is when the employment began; the zero time is now.
	Since time.Time
}

func (r ImportEmployee) checkRow(c *importChunk) (importWrite, error) {
	since, err := c.past("employee", "since", r.Since)
	if err != nil {
		return importWrite{}, err
	}
	employee, err := relationship.NewEmployee(r.Partner, r.User, r.Kind, since)
	if err != nil {
		return importWrite{}, invalidCause(err)
	}
	employee.SuperAdmin, employee.View, employee.Edit, employee.Confirmed = r.SuperAdmin, r.View, r.Edit, r.Confirmed
	if r.Suspended {
		employee.Status = relationship.Suspended
	}
	if is, found := storage.Get[relationship.Employee](c.tx, employee.Key()); found {
		var other others
		other.note("kind", is.Kind == employee.Kind)
		other.note("status", is.Status == employee.Status)
		other.note("super admin", is.SuperAdmin == employee.SuperAdmin)
		other.note("view", is.View == employee.View)
		other.note("edit", is.Edit == employee.Edit)
		other.note("confirmation", is.Confirmed == employee.Confirmed)
		other.noteInstant("since", r.Since, is.Since)
		return other.there(r.Partner, r.User)
	}
	if _, err := c.openPartner(r.Partner); err != nil {
		return importWrite{}, err
	}
	if _, err := c.user(r.User); err != nil {
		return importWrite{}, err
	}
	return importWrite{write: func() error { return c.put(employee) }}, nil
}

// ImportTemplate imports a template of a partner (PSET-4).
type ImportTemplate struct {
	Partner     relationship.PartnerID
	Name        string
	Permissions []string
}

func (r ImportTemplate) checkRow(c *importChunk) (importWrite, error) {
	set, err := c.v.catalog.Set(r.Permissions...)
	if err != nil {
		return importWrite{}, unknownPermissions(err)
	}
	template, err := relationship.NewTemplate(r.Partner, r.Name, set.Names())
	if err != nil {
		return importWrite{}, invalidCause(err)
	}
	if is, found := storage.Get[relationship.Template](c.tx, template.Key()); found {
		var other others
		other.note(fmt.Sprintf("set: template %q", r.Name), is.Set == template.Set)
		return other.there(r.Partner)
	}
	if _, err := c.openPartner(r.Partner); err != nil {
		return importWrite{}, err
	}
	return importWrite{write: func() error { return c.put(template) }}, nil
}

// ImportClient imports a client account together with its first super admin, a
// known user, so that it never is without one (ORG-1, OFF-8). Other members
// come in rows of their own.
type ImportClient struct {
	ID relationship.ClientID
	// Name is the client's official name (ADD-2).
	Name       string
	SuperAdmin relationship.UserID
	// PaidSeat gives the super admin a paid seat (ADM-4).
	PaidSeat bool
	// Since is when the super admin became a member; the zero time is now.
	Since time.Time
}

func (r ImportClient) checkRow(c *importChunk) (importWrite, error) {
	client, err := relationship.NewClient(r.ID, r.Name)
	if err != nil {
		return importWrite{}, invalidCause(err)
	}
	since, err := c.past("member", "since", r.Since)
	if err != nil {
		return importWrite{}, err
	}
	first := relationship.Member{
		Client: r.ID, User: r.SuperAdmin, Role: relationship.SuperAdmin, PaidSeat: r.PaidSeat, Since: since, TermFrom: since,
	}
	if is, found := storage.Get[relationship.Client](c.tx, client.Key()); found {
		admin, _ := storage.Get[relationship.Member](c.tx, first.Key())
		var other others
		other.note("name", is.Name == client.Name)
		other.note("state: it is closed", !is.Closed)
		other.note("super admin", activeSuperAdmin(admin) == 1)
		other.note("seat", admin.PaidSeat == r.PaidSeat)
		other.noteInstant("since", r.Since, admin.Since)
		return other.there(r.ID)
	}
	if _, err := c.user(r.SuperAdmin); err != nil {
		return importWrite{}, err
	}
	if err := first.Check(); err != nil {
		return importWrite{}, invalidCause(err)
	}
	return importWrite{write: func() error {
		if err := c.put(client); err != nil {
			return err
		}
		return c.moveMember(relationship.Member{}, first)
	}}, nil
}
