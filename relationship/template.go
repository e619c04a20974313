package relationship

import (
	"strings"
	"unicode/utf8"

	"github.com/clientaccess/clientaccess/permset"
)

// PartnerAdminTemplate is the name of the built-in template that gives the
// partner-admin role (PSET-4, DEL-5). No partner can make one of this name.
const PartnerAdminTemplate = "partner admin"

// Template is a named permission set that belongs to a partner (PSET-4).
type Template struct {
	Partner PartnerID     `json:"partner"`
	Name    string        `json:"name"`
	Set     permset.Names `json:"set"`
}

// NewTemplate makes a template.
func NewTemplate(partner PartnerID, name string, set permset.Names) (Template, error) {
	template := Template{Partner: partner, Name: name, Set: set}
	return template, template.Check()
}

// Key names the template's record.
func (t Template) Key() Key { return TemplateKey(t.Partner, t.Name) }

// TemplateKey names the record of a partner's template.
func TemplateKey(partner PartnerID, name string) Key {
	return Key{KindTemplate, string(partner), name}
}

// Check reports whether the template may be stored.
func (t Template) Check() error {
	var field error
	// A name that only looks like the built-in one would mislead, so folding
	// and surrounding space do not make another name of it.
	if folded := strings.TrimSpace(t.Name); strings.EqualFold(folded, PartnerAdminTemplate) ||
		strings.EqualFold(folded, string(SuperAdmin)) {
		field = &FieldError{"template", "name", "is built in"}
	}
	return firstError(checkText("template", "partner", string(t.Partner)),
		checkText("template", "name", t.Name), field)
}

// Summary describes the template in one line.
func (t Template) Summary() string { return orNone(t.Set.String()) }

// Catalog is the permission catalogue that the store was last opened with. It
// is kept so that a catalogue that would widen a stored set is noticed
// (PSET-5).
type Catalog struct {
	// Declaration is the catalogue's declaration as JSON.
	Declaration string `json:"declaration"`
}

// Key names the one record of the catalogue.
func (c Catalog) Key() Key { return CatalogKey() }

// CatalogKey names the one record of the catalogue.
func CatalogKey() Key { return Key{KindCatalog, "catalog", ""} }

// Check reports whether the catalogue may be stored.
func (c Catalog) Check() error {
	switch {
	case c.Declaration == "":
		return &FieldError{"catalog", "declaration", "is empty"}
	case !utf8.ValidString(c.Declaration):
		return &FieldError{"catalog", "declaration", "is not valid UTF-8"}
	case strings.ContainsRune(c.Declaration, 0):
		return &FieldError{"catalog", "declaration", "contains U+0000"}
	}
	return nil
}

// Summary describes the record in one line.
func (c Catalog) Summary() string { return "permission catalogue" }
