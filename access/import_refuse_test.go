package access_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

// Each row is refused for one reason, which it names; the row that stands for
// it without that fault is applied.
func TestORG4_RefusesWhatIsNotProper(t *testing.T) {
	member := func(change func(*access.ImportMember)) access.ImportRow {
		row := access.ImportMember{Client: "harbor", User: "nia", Role: relationship.Standard}
		change(&row)
		return row
	}
	managed := func(change func(*access.ImportMember)) access.ImportRow {
		return member(func(r *access.ImportMember) {
			r.User, r.Partner = "pat", "south"
			change(r)
		})
	}
	employee := func(change func(*access.ImportEmployee)) access.ImportRow {
		row := access.ImportEmployee{Partner: "south", User: "nia", Kind: relationship.Staff}
		change(&row)
		return row
	}
	partner := func(change func(*access.ImportPartner)) access.ImportRow {
		row := access.ImportPartner{ID: "west", Name: "West", Kind: "association", SuperAdmin: "nia"}
		change(&row)
		return row
	}
	terms := func(change func(*access.ImportTerms)) access.ImportRow {
		row := access.ImportTerms{Client: "lumen", Partner: "south", Longest: time.Hour}
		change(&row)
		return row
	}
	relation := func(change func(*access.ImportRelationship)) access.ImportRow {
		row := access.ImportRelationship{Partner: "northwind", Client: "lumen", ClientName: "L"}
		change(&row)
		return row
	}
	past, future := accesstest.Start.Add(-time.Hour), accesstest.Start.Add(time.Hour)
	var nothing *access.ImportUser
	for name, is := range map[string]struct {
		row  access.ImportRow
		want error
		text string
	}{
		"no row":         {nil, access.ErrInvalid, "row is missing"},
		"a nil row":      {nothing, access.ErrInvalid, "row is missing"},
		"a user's id":    {access.ImportUser{Name: "N", Email: "n@n.example"}, access.ErrInvalid, "user: id"},
		"a user's name":  {access.ImportUser{ID: "n", Email: "n@n.example"}, access.ErrInvalid, "user: name"},
		"an address":     {access.ImportUser{ID: "n", Name: "N", Email: "n"}, access.ErrInvalid, "e-mail address has no @"},
		"address taken":  {access.ImportUser{ID: "n", Name: "N", Email: "lea@HARBOR.example"}, access.ErrExists, "lea"},
		"another user":   {access.ImportUser{ID: "lea", Name: "Lea", Email: "lea@x.example"}, access.ErrExists, "another name, e-mail address"},
		"partner's name": {partner(func(r *access.ImportPartner) { r.Name = "" }), access.ErrInvalid, "partner: name"},
		"partner's kind": {partner(func(r *access.ImportPartner) { r.Kind = "" }), access.ErrInvalid, "partner: kind"},
		"a domain":       {partner(func(r *access.ImportPartner) { r.Domains = []string{"west"} }), access.ErrInvalid, "domain"},
		"domain taken":   {partner(func(r *access.ImportPartner) { r.Domains = []string{"b.example", "south.example"} }), access.ErrExists, "south"},
		"partner's admin": {partner(func(r *access.ImportPartner) { r.SuperAdmin = "nobody" }), access.ErrUnknownUser,
			"nobody"},
		"partner's since":  {partner(func(r *access.ImportPartner) { r.Since = future }), access.ErrInvalid, "since is in the future"},
		"partner's before": {partner(func(r *access.ImportPartner) { r.Since = time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC) }), access.ErrInvalid, "since"},
		"another partner": {partner(func(r *access.ImportPartner) {
			r.ID, r.Domains, r.Since = "south", []string{"x.example"}, past
		}), access.ErrExists, "another name, kind, domains, super admin, since"},
		"employee's partner": {employee(func(r *access.ImportEmployee) { r.Partner = "nowhere" }), access.ErrUnknownPartner, "nowhere"},
		"employee's user":    {employee(func(r *access.ImportEmployee) { r.User = "nobody" }), access.ErrUnknownUser, "nobody"},
		"employee's kind":    {employee(func(r *access.ImportEmployee) { r.Kind = "boss" }), access.ErrInvalid, "employee: kind"},
		"employee's since":   {employee(func(r *access.ImportEmployee) { r.Since = future }), access.ErrInvalid, "employee: since"},
		"another employee": {access.ImportEmployee{
			Partner: "south", User: "jo", Kind: relationship.Contractor, SuperAdmin: true, Suspended: true, Confirmed: true, Since: past,
		}, access.ErrExists, "another kind, status, super admin, view, edit, confirmation, since"},
		"one who has left":   {access.ImportEmployee{Partner: "northwind", User: "gone", Kind: relationship.Staff}, access.ErrExists, "another status"},
		"template's partner": {access.ImportTemplate{Partner: "nowhere", Name: "t"}, access.ErrUnknownPartner, "nowhere"},
		"template's name":    {access.ImportTemplate{Partner: "south", Name: "Partner Admin"}, access.ErrInvalid, "template: name is built in"},
		"template's set": {access.ImportTemplate{Partner: "south", Name: "t", Permissions: []string{"no.such"}},
			access.ErrUnknownPermission, "no.such"},
		"another template": {access.ImportTemplate{Partner: "south", Name: "support"}, access.ErrExists, `another set: template "support"`},
		"client's name":    {access.ImportClient{ID: "c", SuperAdmin: "nia"}, access.ErrInvalid, "client: name"},
		"client's admin":   {access.ImportClient{ID: "c", Name: "C"}, access.ErrUnknownUser, ""},
		"client's since":   {access.ImportClient{ID: "c", Name: "C", SuperAdmin: "nia", Since: future}, access.ErrInvalid, "since"},
		"client's before": {access.ImportClient{ID: "c", Name: "C", SuperAdmin: "nia", Since: time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC)},
			access.ErrInvalid, "since"},
		"another client": {access.ImportClient{ID: "harbor", Name: "H", SuperAdmin: "nia", Since: past}, access.ErrExists,
			"another name, super admin, since"},
		"a closed client":     {access.ImportClient{ID: "shut", Name: "Shut", SuperAdmin: "carla"}, access.ErrExists, "it is closed"},
		"member's client":     {member(func(r *access.ImportMember) { r.Client = "nowhere" }), access.ErrUnknownClient, "nowhere"},
		"a member, closed":    {member(func(r *access.ImportMember) { r.Client = "shut" }), access.ErrClosed, "shut"},
		"member's user":       {member(func(r *access.ImportMember) { r.User = "nobody" }), access.ErrUnknownUser, "nobody"},
		"member's role":       {member(func(r *access.ImportMember) { r.Role = "boss" }), access.ErrInvalid, "member: role"},
		"member's set":        {member(func(r *access.ImportMember) { r.Permissions = []string{"no.such"} }), access.ErrUnknownPermission, "no.such"},
		"member's status":     {member(func(r *access.ImportMember) { r.Deactivated = "host" }), access.ErrInvalid, "member: deactivated"},
		"member's template":   {member(func(r *access.ImportMember) { r.Template = "support" }), access.ErrInvalid, "member: template"},
		"member's end":        {member(func(r *access.ImportMember) { r.End = past }), access.ErrInvalid, "member: end has passed"},
		"whose end":           {member(func(r *access.ImportMember) { r.EndByClient = true }), access.ErrInvalid, "member: end"},
		"member's since":      {member(func(r *access.ImportMember) { r.Since = future }), access.ErrInvalid, "member: since"},
		"member's term":       {member(func(r *access.ImportMember) { r.TermFrom = future }), access.ErrInvalid, "member: term"},
		"an own admin":        {member(func(r *access.ImportMember) { r.Role = relationship.PartnerAdmin }), access.ErrInvalid, "partner admin for an own"},
		"a super admin's set": {member(superAdminWith(func(r *access.ImportMember) { r.Permissions = []string{crm.TicketsViewAll} })), access.ErrInvalid, "member: permissions"},
		"a super admin's end": {member(superAdminWith(func(r *access.ImportMember) { r.End = future })), access.ErrInvalid, "member: end"},
		"a managed super admin": {managed(superAdminWith(func(r *access.ImportMember) {})), access.ErrInvalid,
			"member: manager"},
		"who was removed":       {member(func(r *access.ImportMember) { r.Client, r.User = "lumen", "barred" }), access.ErrBarred, "barred"},
		"who was limited":       {member(func(r *access.ImportMember) { r.Client, r.User = "lumen", "limited" }), access.ErrOutlasts, "limited"},
		"managed by nobody":     {managed(func(r *access.ImportMember) { r.Partner = "nowhere" }), access.ErrUnknownPartner, "nowhere"},
		"managed by the closed": {managed(func(r *access.ImportMember) { r.Partner, r.User = "closed", "nia" }), access.ErrClosed, "closed"},
		"no employee":           {managed(func(r *access.ImportMember) { r.User = "nia" }), access.ErrUnknownEmployee, "nia"},
		"an employee who left":  {managed(func(r *access.ImportMember) { r.Partner, r.User = "northwind", "gone" }), access.ErrUnknownEmployee, "gone"},
		"not eligible": {managed(func(r *access.ImportMember) { r.Partner, r.User, r.Role = "guild", "gil", relationship.PartnerAdmin }),
			access.ErrNotEligible, "guild"},
		"no such template":   {managed(func(r *access.ImportMember) { r.Template = "no such" }), access.ErrUnknownTemplate, "no such"},
		"template of a role": {managed(func(r *access.ImportMember) { r.Template = "partner admin" }), access.ErrInvalid, "does not fit the role"},
		"role of a template": {managed(func(r *access.ImportMember) { r.Role, r.Template = relationship.PartnerAdmin, "support" }), access.ErrInvalid, "does not fit the role"},
		"a second seat":      {managed(func(r *access.ImportMember) { r.PaidSeat = true }), access.ErrInvalid, "member: paid seat"},
		"past the longest": {managed(func(r *access.ImportMember) {
			r.Client, r.Partner, r.User, r.Since = "lumen", "northwind", "bob", importLongAgo
		}), access.ErrInvalid, "end has passed"},
		"a relationship that is ending": {managed(func(r *access.ImportMember) { r.Client, r.Partner, r.User = "harbor", "northwind", "bob" }),
			access.ErrNoRelationship, "it is ending"},
		"another partner's": {access.ImportMember{
			Client: "harbor", User: "jo", Role: relationship.Standard, Partner: "northwind", Template: "support",
			Linked: true, Deactivated: relationship.ClientSide, End: future, Since: past, TermFrom: past,
		}, access.ErrExists, "another role, partner, permissions, template, mark of linking, status, end, since, term"},
		"another own":            {access.ImportMember{Client: "harbor", User: "max", Role: relationship.Standard}, access.ErrExists, "another seat"},
		"terms' ceiling":         {terms(func(r *access.ImportTerms) { r.HasCeiling, r.Ceiling = true, []string{"no.such"} }), access.ErrUnknownPermission, "no.such"},
		"a ceiling not in force": {terms(func(r *access.ImportTerms) { r.Ceiling = []string{crm.TicketsViewAll} }), access.ErrInvalid, "terms: ceiling"},
		"terms' longest":         {terms(func(r *access.ImportTerms) { r.Longest = time.Millisecond }), access.ErrInvalid, "terms: longest"},
		"terms' pause":           {terms(func(r *access.ImportTerms) { r.Paused, r.PausedUntil = true, past }), access.ErrInvalid, "terms: pause has passed"},
		"no pause":               {terms(func(r *access.ImportTerms) { r.PausedUntil = future }), access.ErrInvalid, "terms: pause"},
		"terms' client":          {terms(func(r *access.ImportTerms) { r.Client = "nowhere" }), access.ErrUnknownClient, "nowhere"},
		"terms' partner":         {terms(func(r *access.ImportTerms) { r.Partner = "nowhere" }), access.ErrUnknownPartner, "nowhere"},
		"other terms": {terms(func(r *access.ImportTerms) {
			r.Partner, r.HasCeiling, r.Paused, r.Longest = "northwind", true, true, 0
		}), access.ErrExists, "another ceiling, pause, longest membership"},
		"no relationship":      {relation(func(r *access.ImportRelationship) { r.Partner = "south" }), access.ErrNoRelationship, "south"},
		"relationship's other": {relation(func(r *access.ImportRelationship) { r.Partner = "nowhere" }), access.ErrUnknownPartner, "nowhere"},
		"one that is ending":   {relation(func(r *access.ImportRelationship) { r.Client = "harbor" }), access.ErrNoRelationship, "harbor"},
		"relationship's name":  {relation(func(r *access.ImportRelationship) { r.ClientName = strings.Repeat("x", 257) }), access.ErrInvalid, "client name"},
		"relationship's start": {relation(func(r *access.ImportRelationship) { r.Started = future }), access.ErrInvalid, "relationship: started"},
		"its activity":         {relation(func(r *access.ImportRelationship) { r.Started, r.Activity = importLongAgo, future }), access.ErrInvalid, "relationship: activity"},
		"activity before":      {relation(func(r *access.ImportRelationship) { r.Started, r.Activity = past, importLongAgo }), access.ErrInvalid, "relationship: activity"},
		"activity alone":       {relation(func(r *access.ImportRelationship) { r.Activity = past }), access.ErrInvalid, "relationship: activity"},
		"relationship's limit": {relation(func(r *access.ImportRelationship) { r.Limit = past }), access.ErrInvalid, "relationship: limit"},
		"relationship, closed": {relation(func(r *access.ImportRelationship) { r.Client, r.Partner = "shut", "south" }), access.ErrClosed, "shut"},
		"another relationship": {access.ImportRelationship{
			Partner: "south", Client: "harbor", ClientName: "H", Limit: future, Started: importLongAgo.Add(-1e9), Activity: past,
		}, access.ErrExists, "another name, limit, start, activity"},
	} {
		t.Run(name, func(t *testing.T) {
			w := importTroubled(t)
			err := w.refused(is.row)
			require.ErrorIs(t, err, is.want)
			require.ErrorContains(t, err, is.text)
			if errors.Is(err, access.ErrInvalid) {
				_, names := errors.AsType[*relationship.FieldError](err)
				require.True(t, names, "the error names the field")
			}
			require.NotContains(t, err.Error(), "%!")
		})
	}
	w := importTroubled(t)
	same := func(*access.ImportMember) {}
	w.applied(
		partner(func(*access.ImportPartner) {}), employee(func(*access.ImportEmployee) {}), terms(func(*access.ImportTerms) {}),
		member(same), managed(same), relation(func(*access.ImportRelationship) {}),
		access.ImportMember{
			Client: "lumen", User: "limited", Role: relationship.Standard, End: accesstest.Start.Add(accesstest.Day), EndByClient: true,
		},
	)
}

func superAdminWith(change func(*access.ImportMember)) func(*access.ImportMember) {
	return func(r *access.ImportMember) {
		r.Role = relationship.SuperAdmin
		change(r)
	}
}

// importTroubled is a world in which there is everything that a row can run
// into.
func importTroubled(t *testing.T) importing {
	w := newImporting(t)
	w.User("gone", "northwind.example")
	w.Do(access.By("ann"), access.AddEmployee{Employee: "gone", Kind: relationship.Staff})
	w.Do(access.By("ann"), access.EndEmployment{Employee: "gone"})
	w.Employee("bob")
	w.applied(importStory()...)
	w.Do(access.By("lea"), access.MakePartnerAdmin{Client: "harbor", Partner: "northwind", Employee: "ann"})
	w.Do(access.By("ann"), access.RemoveEmployees{Client: "harbor", All: true})
	w.Do(access.By("carla"), access.SetLongestMembership{Client: "lumen", Partner: "northwind", Longest: accesstest.Day})
	w.applied(
		importUser("nia", "home.example"), importUser("pat", "home.example"), importUser("gil", "home.example"),
		importUser("barred", "home.example"), importUser("limited", "home.example"),
		access.ImportEmployee{Partner: "south", User: "pat", Kind: relationship.Staff},
		access.ImportPartner{ID: "guild", Name: "Guild", Kind: "association", SuperAdmin: "gil"},
		access.ImportPartner{ID: "closed", Name: "Closed", Kind: "association", SuperAdmin: "nia"},
		access.ImportClient{ID: "shut", Name: "Shut", SuperAdmin: "carla"},
		access.ImportMember{Client: "shut", User: "jo", Partner: "south", Role: relationship.Standard},
		access.ImportMember{Client: "lumen", User: "barred", Role: relationship.Standard},
		access.ImportEmployee{Partner: "northwind", User: "limited", Kind: relationship.Staff},
		access.ImportMember{
			Client: "lumen", User: "limited", Role: relationship.Standard, Partner: "northwind",
			End: accesstest.Start.Add(accesstest.Day), EndByClient: true,
		},
	)
	w.Do(access.By("ann"), access.RemoveEmployees{Client: "lumen", Employees: []relationship.UserID{"limited"}})
	w.Do(access.By("carla"), access.RemoveMember{Client: "lumen", User: "barred"})
	w.Do(access.Host(), access.ClosePartner{Partner: "closed"})
	w.Do(access.Host(), access.CloseClient{Client: "shut"})
	return w
}

// What a member may not have is withheld, and the outcome says so; the rest is
// given (ADM-1, ADM-3, PSET-2).
func TestORG4_WithholdsWhatMayNotBeHeld(t *testing.T) {
	w := newImporting(t, accesstest.WithCatalog(smallCatalog()), accesstest.Empty())
	everything := smallCatalog().All().Names().Slice()
	rows := []access.ImportRow{
		importUser("own", "home.example"), importUser("ines", "south.example"), importUser("lea", "home.example"),
		access.ImportPartner{ID: "south", Name: "South", Kind: relationship.Provider, SuperAdmin: "ines"},
		access.ImportClient{ID: "harbor", Name: "Harbor", SuperAdmin: "lea"},
		access.ImportMember{Client: "harbor", User: "own", Role: relationship.Standard, Permissions: everything},
		access.ImportMember{Client: "harbor", User: "ines", Partner: "south", Role: relationship.PartnerAdmin, Permissions: everything},
	}
	for range 2 { // an outcome of "unchanged" tells it, too
		outcomes := w.rows(rows...)
		require.Equal(t, smallCatalog().Marked(permset.SuperAdminOnly).Names(), outcomes[5].Withheld)
		require.Equal(t, outcomes[5].Withheld.Union(smallCatalog().Marked(permset.NeverManaged).Names()), outcomes[6].Withheld)
		for _, member := range []relationship.UserID{"own", "ines"} {
			all, is := smallCatalog().All().Names(), w.Member("harbor", member).Set
			require.Equal(t, all, is.Union(outcomes[5].Withheld).Union(outcomes[6].Withheld))
		}
		require.Contains(t, outcomes[5].String(), "withheld: admins.manage")
	}
	w.applied(importUser("two", "home.example"), access.ImportMember{
		Client: "harbor", User: "two", Role: relationship.Standard, Permissions: []string{"notes.delete"},
	})
	require.Equal(t, "notes.delete notes.edit notes.view", w.Member("harbor", "two").Set.String())
}
