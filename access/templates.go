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

// template finds a template by name, and the role that it gives. The built-in
// "partner admin" gives the catalogue's set of that name and the role
// (DEL-5); every other gives the standard role. Super admin is no template.
func (w *work) template(partner relationship.PartnerID, name string) (permset.Names, relationship.Role, error) {
	if name == relationship.PartnerAdminTemplate {
		return w.v.partnerAdmin, relationship.PartnerAdmin, nil
	}
	template, found := storage.Get[relationship.Template](w.tx, relationship.TemplateKey(partner, name))
	if !found {
		return noNames, "", refuse("PSET-4", ErrUnknownTemplate, partner, fmt.Sprintf("%q", name))
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
