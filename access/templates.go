package access

import (
	"fmt"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var noNames permset.Names

// MakeTemplate makes a template of the actor's partner (PSET-4): a named set
// that is closed under implication (PSET-2). Client Access Manager access is
// enough. A template gives nobody anything: applying it is bounded by DEL-1.
type MakeTemplate struct {
	Name        string   `json:"name"`
	Permissions []string `json:"permissions"`
}

func (c MakeTemplate) apply(w *work) error {
	actor, err := w.asEmployee()
	if err != nil {
		return err
	}
	set, err := w.v.catalog.Set(c.Permissions...)
	if err != nil {
		return unknownPermissions(err)
	}
	template, err := relationship.NewTemplate(actor.Partner, c.Name, set.Names())
	if err != nil {
		return invalidCause(err)
	}
	if _, found := w.tx.Get(template.Key()); found {
		return refuse("PSET-4", ErrExists, actor.Partner, fmt.Sprintf("template %q", c.Name))
	}
	return w.put(template)
}

// EditTemplate gives a template of the actor's partner another set (PSET-4).
// Client Access Manager access is enough: nobody's membership changes by it
// until the template is applied again (RollOutTemplate). A permission that the
// catalogue has lost stays where it is named (PSET-3). The built-in templates
// cannot be edited (ErrInvalid); ErrUnknownTemplate when there is none.
type EditTemplate struct {
	Name        string   `json:"name"`
	Permissions []string `json:"permissions"`
}

func (c EditTemplate) apply(w *work) error {
	template, err := w.ownTemplate(c.Name)
	if err != nil {
		return err
	}
	lost := noNames
	var known []string
	for _, name := range c.Permissions {
		if _, is := w.v.catalog.Lookup(name); !is && template.Set.Has(name) {
			lost = lost.Union(permset.MustNames(name))
		} else {
			known = append(known, name)
		}
	}
	set, err := w.v.catalog.Set(known...)
	if err != nil {
		return unknownPermissions(err)
	}
	template.Set = set.Names().Union(lost)
	return w.put(template)
}

// RenameTemplate gives a template of the actor's partner another name
// (PSET-4). Client Access Manager access is enough. The members who use it go
// on using it: their label moves in the same commit, and nothing else of
// theirs does, so it is no activity in their clients (REL-4).
//
// Errors: ErrUnknownTemplate; ErrExists when the partner has a template of
// that name, this one too; ErrInvalid for the built-in ones, on either side.
type RenameTemplate struct {
	Name string `json:"name"`
	To   string `json:"to"`
}

func (c RenameTemplate) apply(w *work) error {
	template, err := w.ownTemplate(c.Name)
	if err != nil {
		return err
	}
	renamed, err := relationship.NewTemplate(template.Partner, c.To, template.Set)
	if err != nil {
		return invalidCause(err)
	}
	if _, found := w.tx.Get(renamed.Key()); found {
		return refuse("PSET-4", ErrExists, template.Partner, fmt.Sprintf("template %q", c.To))
	}
	users, err := w.templateUsers(template.Partner, c.Name)
	if err != nil {
		return err
	}
	if err := w.tx.Delete(template.Key()); err != nil {
		return err
	}
	if err := w.put(renamed); err != nil {
		return err
	}
	w.relabels = true
	for _, place := range users {
		before, err := w.mustMember(place.Client, place.User)
		if err != nil {
			return err
		}
		after := before
		after.Template = c.To
		if err := w.changeMember(before, after); err != nil {
			return err
		}
	}
	return nil
}

// DeleteTemplate deletes a template of the actor's partner that no member uses
// (PSET-4). Client Access Manager access is enough.
//
// Errors: ErrUnknownTemplate; ErrInUse, which names one member who uses it,
// deactivated ones among them; ErrInvalid for the built-in ones.
type DeleteTemplate struct {
	Name string `json:"name"`
}

func (c DeleteTemplate) apply(w *work) error {
	template, err := w.ownTemplate(c.Name)
	if err != nil {
		return err
	}
	users, err := w.templateUsers(template.Partner, c.Name)
	if err != nil {
		return err
	}
	if len(users) > 0 {
		return refuse("PSET-4", ErrInUse, template.Partner, users[0].Client, users[0].User, fmt.Sprintf("template %q", c.Name))
	}
	return w.tx.Delete(template.Key())
}

// ownTemplate asks for a partner-side actor and returns a template that their
// partner made. The built-in ones are nobody's: their names are refused.
func (w *work) ownTemplate(name string) (relationship.Template, error) {
	actor, err := w.asEmployee()
	if err != nil {
		return relationship.Template{}, err
	}
	named, err := relationship.NewTemplate(actor.Partner, name, noNames)
	if err != nil {
		return named, invalidCause(err)
	}
	template, found := storage.Get[relationship.Template](w.tx, named.Key())
	if !found {
		return template, unknownTemplate(actor.Partner, name)
	}
	return template, nil
}

func unknownTemplate(partner relationship.PartnerID, name string) error {
	return refuse("PSET-4", ErrUnknownTemplate, partner, fmt.Sprintf("%q", name))
}

func (w *work) template(partner relationship.PartnerID, name string) (permset.Names, relationship.Role, error) {
	return w.v.template(w.tx, partner, name)
}

// template finds a template by name, and the role that it gives. The built-in
// "partner admin" gives the catalogue's set of that name and the role
// (DEL-5); every other gives the standard role. Super admin is no template.
func (v *vocabulary) template(r storage.Reader, partner relationship.PartnerID, name string) (permset.Names, relationship.Role, error) {
	if name == relationship.PartnerAdminTemplate {
		return v.partnerAdmin, relationship.PartnerAdmin, nil
	}
	template, found := storage.Get[relationship.Template](r, relationship.TemplateKey(partner, name))
	if !found {
		return noNames, "", unknownTemplate(partner, name)
	}
	return template.Set, relationship.Standard, nil
}

// NameClient sets what the actor's partner calls a client in its own lists,
// as in its own CRM (ADD-2); the client's official name stays beside it. An
// empty name takes it back. Client Access Manager access is enough, and a
// relationship, also one that has ended.
type NameClient struct {
	Client relationship.ClientID `json:"client"`
	Name   string                `json:"name"`
}

func (c NameClient) apply(w *work) error {
	actor, err := w.asEmployee()
	if err != nil {
		return err
	}
	r, found, err := w.relationship(actor.Partner, c.Client)
	if err != nil {
		return err
	}
	if !found {
		return refuse("ADD-2", ErrNoRelationship, actor.Partner, c.Client)
	}
	r.ClientName = c.Name
	return w.put(r)
}
