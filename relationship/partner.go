package relationship

import "fmt"

// PartnerKind says what kind of partner an organisation is. Any text may be a
// kind; two of them are eligible (LINK-1).
type PartnerKind string

// The kinds of partner whose employees may be partner admins.
const (
	SolutionsPartner PartnerKind = "solutions partner"
	Provider         PartnerKind = "provider"
)

// Eligible reports whether employees of such a partner may be partner admins
// (LINK-1).
func (k PartnerKind) Eligible() bool { return k == SolutionsPartner || k == Provider }

// Partner is an organisation that serves clients.
type Partner struct {
	ID   PartnerID   `json:"id"`
	Name string      `json:"name"`
	Kind PartnerKind `json:"kind"`
	// Domains are the domains that the host has proven to be the partner's.
	// A domain belongs to one partner (ORG-1).
	Domains Domains `json:"domains,omitzero"`
	// Closed is set for good when the host closes the partner account.
	Closed bool `json:"closed,omitzero"`
}

// NewPartner makes an open partner without employees.
func NewPartner(id PartnerID, name string, kind PartnerKind, domains ...string) (Partner, error) {
	set, err := NewDomains(domains...)
	partner := Partner{ID: id, Name: name, Kind: kind, Domains: set}
	return partner, firstError(err, partner.Check())
}

// Key names the partner's record.
func (p Partner) Key() Key { return PartnerKey(p.ID) }

// PartnerKey names the record of a partner.
func PartnerKey(id PartnerID) Key { return Key{KindPartner, string(id), ""} }

// Check reports whether the partner may be stored.
func (p Partner) Check() error {
	return firstError(checkText("partner", "id", string(p.ID)), checkText("partner", "name", p.Name),
		checkText("partner", "kind", string(p.Kind)), p.Domains.check())
}

// Summary describes the partner in one line.
func (p Partner) Summary() string {
	state := "open"
	if p.Closed {
		state = "closed"
	}
	return fmt.Sprintf("%s, %s, %s, domains: %s", p.Name, p.Kind, state, orNone(string(p.Domains)))
}

// orNone stands in for an empty text in a summary.
func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}
