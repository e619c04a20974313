package permset_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
)

func TestPSET1_CatalogTellsWhatWasDeclared(t *testing.T) {
	c := salesCatalog()
	require.Equal(t, 10, c.Len())
	require.Equal(t, []string{"CRM", "Reports", "Account"}, c.Groups())
	require.Equal(t, 10, c.All().Len())
	require.Equal(t, "users.edit", c.AddAndEditUsers().Name())

	p, ok := c.Lookup("reports.custom")
	require.True(t, ok)
	require.Equal(t, "reports.custom", p.Name())
	require.Equal(t, "Build reports", p.Title())
	require.Equal(t, "Reports", p.Group())
	require.Equal(t, permset.Paid, p.Marks())
	require.Same(t, c, p.Catalog())
	require.False(t, p.IsZero())

	var names []string
	for p := range c.Permissions() {
		names = append(names, p.Name())
	}
	require.Equal(t, "contacts.view.team", names[0])
	require.Equal(t, "users.provision", names[9])
}

func TestASK4_AnUnknownPermissionIsNoPermission(t *testing.T) {
	c := salesCatalog()
	for _, name := range []string{"", "reports", "Reports.View", "reports.view ", "reports.view\x00"} {
		p, ok := c.Lookup(name)
		require.False(t, ok)
		require.Equal(t, permset.Permission{}, p)
		require.True(t, p.IsZero())
		all := c.All()
		require.False(t, all.Has(p) || p.In(&all) || p.In(&permset.Set{}))
	}
	var none permset.Permission
	require.Empty(t, none.Name()+none.Title()+none.Group())
	require.Zero(t, none.Marks())
	require.Nil(t, none.Catalog())
}

func TestPSET1_Marked(t *testing.T) {
	c := salesCatalog()
	require.Equal(t, "reports.custom", c.Marked(permset.Paid).String())
	require.Equal(t, "billing.edit billing.view", c.Marked(permset.Billing).String())
	require.Equal(t, "super-admins.manage users.provision", c.Marked(permset.NeverManaged).String())
	require.Equal(t, "billing.edit billing.view super-admins.manage", c.Marked(permset.Billing|permset.SuperAdminOnly).String(), "any of them")
	require.True(t, c.Marked(0).IsEmpty())
	require.True(t, c.Marked(0x80).IsEmpty())
	for mark := range permset.Mark(16) {
		rest := c.All().Minus(c.Marked(mark))
		require.True(t, c.Close(rest) == rest, "PSET-2: marks climb, so what is left is closed")
	}
}

func TestADM2_PartnerAdminIsClosedAndModest(t *testing.T) {
	c := salesCatalog()
	require.Equal(t, "contacts.edit.all contacts.edit.team contacts.view.team reports.custom reports.view users.edit", c.PartnerAdmin().String())
	require.True(t, c.PartnerAdmin().Intersect(c.Marked(permset.Billing|permset.SuperAdminOnly|permset.NeverManaged)).IsEmpty())
}

func TestPSET1_TheCatalogueIsACopy(t *testing.T) {
	d := salesDeclaration()
	c := must(permset.NewCatalog(d))
	before := c.Fingerprint()
	d.Permissions[0].Name = "changed"
	d.Permissions[1].Implies[0] = "changed"
	d.PartnerAdmin[0] = "changed"
	got := c.Declaration()
	got.Permissions[0].Name = "changed"
	got.Permissions[1].Implies[0] = "changed"
	got.PartnerAdmin[0] = "changed"
	c.Groups()[0] = "changed"

	require.Equal(t, must(permset.NewCatalog(salesDeclaration())).Declaration(), c.Declaration())
	require.Equal(t, before, must(permset.NewCatalog(c.Declaration())).Fingerprint())
	require.Equal(t, "CRM", c.Groups()[0])
}

func TestPSET1_NewCatalogLeavesItsInputAlone(t *testing.T) {
	d := salesDeclaration()
	d.Permissions[2].Implies = []string{"contacts.view.team", "contacts.edit.team", "contacts.view.team"}
	d.PartnerAdmin = []string{"users.edit", "contacts.edit.all", "users.edit"}
	want := d
	want.Permissions = slices.Clone(d.Permissions)
	want.Permissions[2].Implies = slices.Clone(d.Permissions[2].Implies)
	want.PartnerAdmin = slices.Clone(d.PartnerAdmin)
	c := must(permset.NewCatalog(d))
	require.Empty(t, cmp.Diff(want, d))
	require.Equal(t, []string{"contacts.edit.team", "contacts.view.team"}, c.Declaration().Permissions[2].Implies, "canonical")
	require.Equal(t, []string{"contacts.edit.all", "users.edit"}, c.Declaration().PartnerAdmin)
}

func TestPSET1_ADeclarationSurvivesJSON(t *testing.T) {
	c := salesCatalog()
	data, err := json.Marshal(c.Declaration())
	require.NoError(t, err)
	require.Contains(t, string(data), `{"name":"reports.view","title":"View reports","group":"Reports"}`)
	require.Contains(t, string(data), `"marks":["super admin only","never managed"],"implies":["users.edit"]`)
	require.Contains(t, string(data), `"addAndEditUsers":"users.edit","partnerAdmin":[`)
	var read permset.Declaration
	require.NoError(t, json.Unmarshal(data, &read))
	require.Empty(t, cmp.Diff(c.Declaration(), read))
	require.Equal(t, c.Fingerprint(), must(permset.NewCatalog(read)).Fingerprint())
}

func TestPSET1_FingerprintsTellDeclarationsApart(t *testing.T) {
	base := salesCatalog().Fingerprint()
	require.Len(t, base, 64)
	for name, spoil := range map[string]func(*permset.Declaration){
		"title":         func(d *permset.Declaration) { d.Permissions[0].Title += "!" },
		"order":         func(d *permset.Declaration) { d.Permissions[3], d.Permissions[5] = d.Permissions[5], d.Permissions[3] },
		"mark":          func(d *permset.Declaration) { d.Permissions[2].Marks = permset.Paid },
		"implication":   func(d *permset.Declaration) { d.Permissions[5].Implies = []string{"reports.view"} },
		"partner admin": func(d *permset.Declaration) { d.PartnerAdmin = d.PartnerAdmin[:2] },
		"users":         func(d *permset.Declaration) { d.AddAndEditUsers = "reports.view" },
	} {
		d := salesDeclaration()
		spoil(&d)
		require.NotEqual(t, base, must(permset.NewCatalog(d)).Fingerprint(), name)
	}
}

func TestPSET2_SetIsClosed_ExactlyIsNot(t *testing.T) {
	c := salesCatalog()
	require.Equal(t, "contacts.edit.all contacts.edit.team contacts.view.team", must(c.Set("contacts.edit.all")).String())
	require.Equal(t, "contacts.edit.all", must(c.Exactly("contacts.edit.all")).String())
}

func TestASK4_UnknownNamesAreAllListed(t *testing.T) {
	c := salesCatalog()
	for _, call := range []func(...string) (permset.Set, error){c.Set, c.Exactly} {
		s, err := call("zebra", "reports.view", "ant", "zebra", "Bad\x00Name")
		var unknown *permset.UnknownError
		require.True(t, errors.As(err, &unknown))
		require.Equal(t, []string{"Bad\x00Name", "ant", "zebra"}, unknown.Names)
		require.EqualError(t, err, `permset: not in the catalogue: "Bad\x00Name", "ant", "zebra"`)
		require.True(t, s.IsEmpty(), "never a part of what was asked for")
	}
}

func TestPSET2_RemovingRemovesAllThatImply(t *testing.T) {
	c := salesCatalog()
	s := must(c.Set("contacts.edit.all", "reports.custom"))
	for remove, left := range map[string]string{
		"contacts.edit.all":  "contacts.edit.team contacts.view.team reports.custom reports.view",
		"contacts.edit.team": "contacts.view.team reports.custom reports.view",
		"contacts.view.team": "reports.custom reports.view",
		"reports.view":       "contacts.edit.all contacts.edit.team contacts.view.team",
		"users.edit":         s.String(),
	} {
		require.Equal(t, left, c.Without(s, must(c.Exactly(remove))).String(), remove)
	}
}

func TestPSET2_ACeilingIsClosedByTakingAway(t *testing.T) {
	c := salesCatalog()
	holed := c.All().Minus(must(c.Exactly("contacts.edit.team", "billing.view")))
	require.Equal(t, "contacts.view.team reports.custom reports.view super-admins.manage users.edit users.provision", c.Floor(holed).String())
	require.True(t, c.Floor(c.All()) == c.All())
}

func TestPSET3_AStoredSetSurvivesAnotherCatalogue(t *testing.T) {
	stored := must(salesCatalog().Set("contacts.edit.all", "reports.view")).Names()
	t.Run("grown and reordered", func(t *testing.T) {
		d := salesDeclaration()
		slices.Reverse(d.Permissions)
		d.Permissions = append([]permset.Declared{{Name: "new.thing", Title: "New", Group: "New"}}, d.Permissions...)
		set, rest := must(permset.NewCatalog(d)).Bind(stored)
		require.Equal(t, stored, set.Names())
		require.True(t, rest.IsEmpty())
	})
	t.Run("a permission is lost", func(t *testing.T) {
		d := salesDeclaration()
		d.Permissions = slices.Delete(d.Permissions, 3, 5)
		d.PartnerAdmin = []string{"users.edit"}
		set, rest := must(permset.NewCatalog(d)).Bind(stored)
		require.Equal(t, "contacts.edit.all contacts.edit.team contacts.view.team", set.String())
		require.Equal(t, "reports.view", rest.String(), "kept, unusable, reported")
	})
	t.Run("a new implication fails closed", func(t *testing.T) {
		d := salesDeclaration()
		d.Permissions[1].Implies = append(d.Permissions[1].Implies, "users.edit")
		set, rest := must(permset.NewCatalog(d)).Bind(stored)
		require.Equal(t, "contacts.view.team reports.view", set.String(), "nothing is added, what is incomplete is not usable")
		require.Equal(t, "contacts.edit.all contacts.edit.team", rest.String())
	})
	t.Run("nothing", func(t *testing.T) {
		set, rest := salesCatalog().Bind(permset.Names{})
		require.True(t, set.IsEmpty() && rest.IsEmpty())
	})
}
