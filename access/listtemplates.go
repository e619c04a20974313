package access

import (
	"iter"
	"sync"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// TemplateQuery asks for templates of a partner. The zero value is all of
// them.
type TemplateQuery struct {
	// Partner is as of ClientQuery.
	Partner relationship.PartnerID `json:"partner,omitempty"`
	// Search is the beginning of a word of the name, and may go on with the
	// words behind it. Case does not count.
	Search string `json:"search,omitempty"`
}

// TemplateRow is one template that a partner can apply (SEE-2, PSET-4).
type TemplateRow struct {
	Partner relationship.PartnerID
	Name    string
	// BuiltIn marks "partner admin", which gives that role and the
	// catalogue's set (DEL-5). It is listed for every partner, and nobody
	// edits, renames or deletes it.
	BuiltIn bool
	// Role is the role that applying the template gives.
	Role relationship.Role
	// Set are the permissions, by name.
	Set permset.Names
	// Members counts the members who use it, deactivated ones among them: of
	// each, the template last applied.
	Members int
}

// Templates lists the templates of a partner, the built-in "partner admin"
// among them, with how many members use each (SEE-2), ordered by name. An
// employee with Client Access Manager access sees it, and the host. Counting
// takes a walk over the places of the partner's employees, once for a page.
func (m *Manager) Templates(viewer Call, query TemplateQuery) List[TemplateRow] {
	return List[TemplateRow]{func() (listing[TemplateRow], error) {
		s, err := m.sightOfPartner(viewer, query.Partner)
		if err != nil {
			return listing[TemplateRow]{}, err
		}
		find, err := newSearch(query.Search)
		uses := sync.OnceValue(s.templateUses)
		return listing[TemplateRow]{
			revision: s.r.Revision(), query: s.digest("templates", "", query),
			positions: s.templates(find),
			row:       func(name string) TemplateRow { return s.templateRow(name, uses()[name]) },
		}, err
	}}
}

// templates runs over the templates that are found. The id of a row is the
// template's name.
func (s sight) templates(find search) iter.Seq[position] {
	return func(yield func(position) bool) {
		look := func(name string) bool {
			folded := fold(name)
			return !find.inName(folded) || yield(position{folded, name})
		}
		if !look(relationship.PartnerAdminTemplate) {
			return
		}
		templates := s.r.Scan(relationship.KindTemplate, string(s.partner.ID), "")
		for template := range storage.As[relationship.Template](templates) {
			if !look(template.Name) {
				return
			}
		}
	}
}

// templateUses counts the members who use each template of the partner. It
// goes through the employees, as templateUsers does.
func (s sight) templateUses() map[string]int {
	uses := map[string]int{}
	for employee := range employeesOf(s.r, s.partner.ID) {
		for member := range memberships(s.r, employee.User) {
			if member.Manager == s.partner.ID && s.shows(member) {
				uses[member.Template]++
			}
		}
	}
	return uses
}

func (s sight) templateRow(name string, members int) TemplateRow {
	set, role, _ := s.m.vocabulary.template(s.r, s.partner.ID, name) // it is there
	return TemplateRow{
		Partner: s.partner.ID, Name: name, BuiltIn: name == relationship.PartnerAdminTemplate,
		Role: role, Set: set, Members: members,
	}
}
