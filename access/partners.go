package access

import (
	"github.com/clientaccess/clientaccess/relationship"
)

// CreatePartner creates a partner account together with its first super
// admin, who becomes a member of its staff (ORG-1). The host alone does so. A
// domain belongs to one partner: a taken one is ErrExists, with a
// *storage.ConflictError that names whose it is.
type CreatePartner struct {
	ID   relationship.PartnerID   `json:"id"`
	Name string                   `json:"name"`
	Kind relationship.PartnerKind `json:"kind"`
	// Domains are the domains that the host has proven to be the partner's.
	Domains    []string            `json:"domains,omitempty"`
	SuperAdmin relationship.UserID `json:"superAdmin"`
}

func (c CreatePartner) apply(w *work) error {
	if err := w.asHost(); err != nil {
		return err
	}
	if _, known := w.tx.Get(relationship.PartnerKey(c.ID)); known {
		return refuse("ORG-1", ErrExists, c.ID)
	}
	partner, err := relationship.NewPartner(c.ID, c.Name, c.Kind, c.Domains...)
	if err != nil {
		return invalidCause(err)
	}
	if _, err := w.user(c.SuperAdmin); err != nil {
		return err
	}
	if err := w.put(partner); err != nil {
		return err
	}
	first, err := relationship.NewEmployee(c.ID, c.SuperAdmin, relationship.Staff, w.now)
	if err != nil {
		return invalidCause(err)
	}
	first.SuperAdmin = true
	return w.put(first)
}

// RenamePartner gives a partner another name. The host alone does so (ORG-1).
type RenamePartner struct {
	Partner relationship.PartnerID `json:"partner"`
	Name    string                 `json:"name"`
}

func (c RenamePartner) apply(w *work) error {
	return w.changePartner(c.Partner, func(p *relationship.Partner) error {
		p.Name = c.Name
		return nil
	})
}

// SetPartnerKind sets what kind of partner it is (ORG-1). The host alone does
// so. Whether its employees may be partner admins follows at once (LINK-1).
type SetPartnerKind struct {
	Partner relationship.PartnerID   `json:"partner"`
	Kind    relationship.PartnerKind `json:"kind"`
}

func (c SetPartnerKind) apply(w *work) error {
	return w.changePartner(c.Partner, func(p *relationship.Partner) error {
		p.Kind = c.Kind
		return nil
	})
}

// SetPartnerDomains sets the domains that the host has proven to be the
// partner's (ORG-1). Who becomes a verified employee by it is linked where
// they are a standard own user (ADD-3, ADD-5).
type SetPartnerDomains struct {
	Partner relationship.PartnerID `json:"partner"`
	Domains []string               `json:"domains"`
}

func (c SetPartnerDomains) apply(w *work) error {
	return w.changePartner(c.Partner, func(p *relationship.Partner) (err error) {
		p.Domains, err = relationship.NewDomains(c.Domains...)
		return err
	})
}

// ClosePartner closes a partner account for good (ORG-1). The host alone does
// so. Nobody acts for it any more, and what its employees had as managed
// members cannot be used. Its domains are free for another partner.
type ClosePartner struct {
	Partner relationship.PartnerID `json:"partner"`
}

func (c ClosePartner) apply(w *work) error {
	return w.changePartner(c.Partner, func(p *relationship.Partner) error {
		p.Closed, p.Domains = true, ""
		return nil
	})
}

func (w *work) changePartner(id relationship.PartnerID, change func(*relationship.Partner) error) error {
	if err := w.asHost(); err != nil {
		return err
	}
	partner, err := w.openPartner(id)
	if err != nil {
		return err
	}
	if err := change(&partner); err != nil {
		return invalidCause(err)
	}
	return w.put(partner)
}
