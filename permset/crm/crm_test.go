package crm_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
)

// set is the closed set of names in the catalogue.
func set(t *testing.T, names ...string) permset.Set {
	t.Helper()
	s, err := crm.Catalog().Set(names...)
	require.NoError(t, err)
	return s
}

func TestPSET1_TheCatalogueIsCoherent(t *testing.T) {
	c := crm.Catalog()
	require.Same(t, c, crm.Catalog(), "built once")
	require.GreaterOrEqual(t, c.Len(), 120)
	require.LessOrEqual(t, c.Len(), 512, "sets of it allocate nothing")
	require.Equal(t, []string{"CRM objects", "Marketing", "Sales", "Service", "Content", "Reports", "Automation", "Account"}, c.Groups())
	require.Equal(t, crm.AccountUsersEdit, c.AddAndEditUsers().Name())

	count := map[string]int{}
	titles := map[string]string{}
	for p := range c.Permissions() {
		count[p.Group()]++
		require.Empty(t, titles[p.Title()], "%s has the title of %s", p, titles[p.Title()])
		titles[p.Title()] = p.Name()
	}
	for group, n := range count {
		require.GreaterOrEqual(t, n, 10, group)
	}
}

func TestPSET1_EveryMarkIsBorne(t *testing.T) {
	c := crm.Catalog()
	for _, mark := range []permset.Mark{permset.Paid, permset.Billing, permset.SuperAdminOnly, permset.NeverManaged} {
		require.GreaterOrEqual(t, c.Marked(mark).Len(), 5, mark)
	}
	for name, marks := range map[string]permset.Mark{
		crm.SalesSequencesUse:        permset.Paid,
		crm.WorkflowsEdit:            permset.Paid,
		crm.ReportsCustom:            permset.Paid,
		crm.ReportsView:              0,
		crm.ContactsEditAll:          0,
		crm.PaymentsRefund:           permset.Billing,
		crm.AccountBillingEdit:       permset.Billing,
		crm.AccountPartnersManage:    permset.SuperAdminOnly,
		crm.AccountSuperAdminsManage: permset.SuperAdminOnly | permset.NeverManaged,
		crm.AccountUsersEdit:         0,
	} {
		p, ok := c.Lookup(name)
		require.True(t, ok, name)
		require.Equal(t, marks, p.Marks(), name)
	}
}

func TestPSET2_LevelsImplyEachOther(t *testing.T) {
	for _, object := range []string{"contacts", "companies", "deals", "tickets", "products", "tasks", "activities", "custom-objects"} {
		has := func(name, implied string) {
			t.Helper()
			require.True(t, set(t, object+implied).SubsetOf(set(t, object+name)), "%s%s implies %s", object, name, implied)
			require.False(t, set(t, object+name) == set(t, object+implied))
		}
		for _, action := range []string{".view", ".edit", ".delete"} {
			has(action+".all", action+".team")
			has(action+".team", action+".own")
			for _, level := range []string{".own", ".team", ".all"} {
				if action != ".view" {
					has(action+level, ".view"+level)
				}
			}
		}
	}
	require.Equal(t, "contacts.edit.all contacts.edit.own contacts.edit.team contacts.view.all contacts.view.own contacts.view.team",
		set(t, crm.ContactsEditAll).String())
}

func TestADM2_PartnerAdmin(t *testing.T) {
	c := crm.Catalog()
	admin := c.PartnerAdmin()
	require.True(t, admin.Intersect(c.Marked(permset.Billing|permset.SuperAdminOnly|permset.NeverManaged)).IsEmpty())
	for p := range c.Permissions() {
		barred := p.Marks() & (permset.Billing | permset.SuperAdminOnly | permset.NeverManaged)
		if barred == 0 && p.Group() != "Account" {
			require.True(t, admin.Has(p), "%s: all records, hubs and apps", p)
		}
	}
	require.True(t, set(t, crm.AccountUsersEdit, crm.AccountSettingsEdit, "account.apps.install").SubsetOf(admin))
	require.False(t, set(t, "account.api-keys.manage").SubsetOf(admin), "focused administration")
	require.Equal(t, permset.MustNames(c.Declaration().PartnerAdmin...), admin.Names(), "declared closed")
}

func TestADM3_NeverManaged(t *testing.T) {
	require.Equal(t, permset.MustNames(
		crm.AccountUsersProvision, crm.AccountAppsManageUsers, crm.AccountDataCenterMigrate, crm.AccountSensitiveDataAdmin,
		crm.AccountSuperAdminsManage,
	), crm.Catalog().Marked(permset.NeverManaged).Names())
}

func TestTemplatesAreClosedAndModest(t *testing.T) {
	c := crm.Catalog()
	for name, template := range map[string]permset.Names{
		"support": crm.Support(), "marketing": crm.Marketing(), "sales, read only": crm.SalesReadOnly(), "content": crm.Content(),
	} {
		bound, rest := c.Bind(template)
		require.True(t, rest.IsEmpty(), name)
		require.Equal(t, template, bound.Names(), name)
		require.GreaterOrEqual(t, bound.Len(), 10, name)
		require.True(t, bound.SubsetOf(c.PartnerAdmin()), "%s: a partner admin can hand all of it on", name)
		require.True(t, bound.Intersect(c.Marked(permset.Paid)).IsEmpty(), "%s needs no seat", name)
	}
	for name := range crm.SalesReadOnly().All() {
		require.True(t, strings.Contains(name, ".view"), name)
	}
	require.True(t, crm.Support().Has(crm.ReportsView))
	require.False(t, crm.Content().Has(crm.ReportsView))
}

func TestDeclarationIsTheCallers(t *testing.T) {
	d := crm.Declaration()
	d.Permissions[0].Name = "changed"
	d.Permissions[1].Implies[0] = "changed"
	d.PartnerAdmin[0] = "changed"
	require.Equal(t, crm.ContactsViewOwn, crm.Declaration().Permissions[0].Name)

	c, err := permset.NewCatalog(crm.Declaration())
	require.NoError(t, err)
	require.Equal(t, crm.Catalog().Fingerprint(), c.Fingerprint())
	data, err := json.Marshal(crm.Declaration())
	require.NoError(t, err)
	var read permset.Declaration
	require.NoError(t, json.Unmarshal(data, &read))
	require.Empty(t, cmp.Diff(crm.Declaration(), read))
}

// TestConstantsNamePermissions reads the constants from the source, so that none is forgotten.
func TestConstantsNamePermissions(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "names.go", nil, 0)
	require.NoError(t, err)
	var names []string
	ast.Inspect(file, func(node ast.Node) bool {
		if literal, ok := node.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			name, err := strconv.Unquote(literal.Value)
			require.NoError(t, err)
			names = append(names, name)
		}
		return true
	})
	require.Greater(t, len(names), 30)
	slices.Sort(names)
	require.Len(t, slices.Compact(slices.Clone(names)), len(names), "no name twice")
	_, err = crm.Catalog().Set(names...)
	require.NoError(t, err)
}

func Example() {
	catalog := crm.Catalog()
	edit, err := catalog.Set(crm.ContactsEditTeam)
	if err != nil {
		panic(err)
	}
	fmt.Println(edit)
	fmt.Println("a partner admin has it:", edit.SubsetOf(catalog.PartnerAdmin()))
	fmt.Println("content template:", crm.Content().Len(), "permissions, reports among them:", crm.Content().Has(crm.ReportsView))
	// Output:
	// contacts.edit.own contacts.edit.team contacts.view.own contacts.view.team
	// a partner admin has it: true
	// content template: 15 permissions, reports among them: false
}
