package access_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// declared makes a catalogue of the ready-made one, changed.
func declared(t *testing.T, change func(*permset.Declaration)) *permset.Catalog {
	t.Helper()
	declaration := crm.Declaration()
	change(&declaration)
	catalog, err := permset.NewCatalog(declaration)
	require.NoError(t, err)
	return catalog
}

// reopened is the same store under another catalogue.
func (c cast) reopened(catalog *permset.Catalog) cast {
	c.t.Helper()
	return cast{accesstest.New(c.t, accesstest.WithStore(c.Store), accesstest.WithCatalog(catalog), accesstest.Empty()), c.t}
}

// stored is a template as it is stored.
func (c cast) stored(partner relationship.PartnerID, name string) (relationship.Template, bool) {
	return storage.Get[relationship.Template](c.Store.Snapshot(), relationship.TemplateKey(partner, name))
}

func TestPSET1_TheCatalogueNamesWhoAddsAndEditsUsers(t *testing.T) {
	c := newCast(t, accesstest.WithCatalog(declared(t, func(d *permset.Declaration) { d.AddAndEditUsers = "account.teams.edit" })))
	c.own("uma", "account.teams.edit")
	c.own("otto", "account.users.edit")
	c.User("zoe", "lumen.example")
	add := access.AddMember{Client: "lumen", User: "zoe"}
	c.deny(access.By("otto"), add, access.ErrNotAllowed, "lumen", "otto")
	c.Do(access.By("uma"), add)
}

func TestPSET1_TheCatalogueNamesThePartnerAdminSet(t *testing.T) {
	c := newCast(t, accesstest.WithCatalog(declared(t, func(d *permset.Declaration) { d.PartnerAdmin = []string{"contacts.edit.own"} })))
	require.Equal(t, perms("contacts.edit.own", "contacts.view.own"), c.lumen("ann").Set)
	require.Equal(t, perms("contacts.edit.own", "contacts.view.own"), c.Link.Asks)
}

func TestPSET1_AManagerNeedsACatalogue(t *testing.T) {
	_, err := access.Open(context.Background(), memdb.New(), access.Options{})
	require.ErrorIs(t, err, access.ErrInvalid)
	_, err = access.Open(context.Background(), nil, access.Options{Catalog: crm.Catalog()})
	require.ErrorIs(t, err, access.ErrInvalid)
}

func TestPSET1_FourThousandPermissions(t *testing.T) {
	declaration := permset.Declaration{AddAndEditUsers: "p.n0", PartnerAdmin: []string{"p.n4095"}}
	for i := range 4096 {
		declaration.Permissions = append(declaration.Permissions, permset.Declared{
			Name: fmt.Sprintf("p.n%d", i), Title: fmt.Sprintf("Number %d", i), Group: "All",
		})
	}
	catalog, err := permset.NewCatalog(declaration)
	require.NoError(t, err)
	c := newCast(t, accesstest.WithCatalog(catalog))
	c.AddEmployee("bob", "last two", "p.n4095", "p.n4094")
	require.True(t, c.may("bob", "p.n4095"))
	require.False(t, c.may("bob", "p.n4094"), "ann has only the last")
	require.Equal(t, 4096, c.Manager.Permissions("carla", "lumen").Len())
}

func TestPSET2_ATemplateIsClosedUnderImplication(t *testing.T) {
	c := newCast(t)
	c.Template("editor", "contacts.edit.team")
	template, _ := c.stored("northwind", "editor")
	require.Equal(t, perms("contacts.edit.own", "contacts.edit.team", "contacts.view.own", "contacts.view.team"), template.Set)
}

func TestPSET2_ACeilingIsClosedByTakingAway(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "editor", "contacts.edit.team", "reports.view")
	// Editing is named without viewing, and so nothing of it is kept.
	c.Do(access.By("carla"), access.SetCeiling{Client: "lumen", Partner: "northwind",
		Permissions: []string{"contacts.edit.team", "contacts.edit.own", "reports.view"}})
	require.Equal(t, perms("reports.view"), c.Manager.Permissions("bob", "lumen").Names())
	require.Equal(t, access.ReasonCeiling, c.reason("bob", "contacts.edit.team"))
}

// A set holds names, so a catalogue may be put in another order.
func TestPSET3_AStoredSetSurvivesReordering(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view", "contacts.edit.own")
	before := c.Manager.Permissions("bob", "lumen").Names()
	later := c.reopened(declared(t, func(d *permset.Declaration) {
		for i, j := 0, len(d.Permissions)-1; i < j; i, j = i+1, j-1 {
			d.Permissions[i], d.Permissions[j] = d.Permissions[j], d.Permissions[i]
		}
	}))
	require.Equal(t, before, later.Manager.Permissions("bob", "lumen").Names())
	require.Equal(t, c.lumen("bob"), later.lumen("bob"))
}

func TestPSET3_AStoredSetSurvivesGrowing(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	later := c.reopened(declared(t, func(d *permset.Declaration) {
		first := permset.Declared{Name: "aaa.first", Title: "First", Group: "New"}
		d.Permissions = append([]permset.Declared{first}, d.Permissions...)
		d.PartnerAdmin = append(d.PartnerAdmin, "aaa.first")
	}))
	require.Equal(t, perms("reports.view"), later.Manager.Permissions("bob", "lumen").Names())
	require.False(t, later.may("ann", "aaa.first"), "a built-in template that grows reaches nobody by itself (PSET-5)")
	require.True(t, later.may("carla", "aaa.first"))
	later.deny(access.By("ann").At("northwind"), access.MakeTemplate{Name: "x", Permissions: []string{"aaa.frist"}},
		access.ErrUnknownPermission, "aaa.frist")
}

// What a catalogue has lost is kept, is not usable, is reported, and can be
// removed by the client's side.
func TestPSET3_ALostPermission(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "exporter", "reports.export")
	later := c.reopened(without(t, "reports.export"))
	require.Equal(t, perms("reports.export", "reports.view"), later.lumen("bob").Set)
	require.Equal(t, perms("reports.view"), later.Manager.Permissions("bob", "lumen").Names())
	require.Equal(t, access.ReasonUnknownPermission, later.reason("bob", "reports.export"))

	got := later.change(access.By("ann"), access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Add: []string{"crm.views.edit"}}, "bob")
	require.Equal(t, perms("reports.export"), got.Lost)
	later.Employee("eve")
	got = later.change(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: people("eve"), Template: "exporter"}, "eve")
	requireSets(t, sets{granted: perms("reports.view"), withheld: perms("reports.export")}, got)

	got = later.change(access.By("carla"), access.ChangeMemberPermissions{Client: "lumen", User: "bob", Remove: []string{"reports.export"}}, "bob")
	requireSets(t, sets{revoked: perms("reports.export")}, got)
}

func TestPSET3_SetsAreValues(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view", "crm.views.edit")
	c.AddEmployee("eve", "helper", "crm.views.edit", "reports.view")
	bob, eve := c.Manager.Permissions("bob", "lumen"), c.Manager.Permissions("eve", "lumen")
	require.True(t, bob == eve)
	require.Len(t, map[permset.Set]bool{bob: true, eve: true}, 1)
	require.Equal(t, "crm.views.edit reports.view", bob.String())
	require.Equal(t, "crm.views.edit reports.view", c.lumen("bob").Set.String())
}

func TestPSET4_MakingATemplate(t *testing.T) {
	c := newCast(t)
	c.manager("dan") // Client Access Manager access is enough: no member of any client, and no permission
	done := c.Do(access.By("dan"), access.MakeTemplate{Name: "support", Permissions: []string{"reports.view", "account.billing.view"}})
	require.Equal(t, []access.RecordChange{{
		Key: relationship.TemplateKey("northwind", "support"), After: "account.billing.view reports.view",
	}}, done.Records)
	require.Empty(t, done.Members, "it gives nobody anything")
	template, found := c.stored("northwind", "support")
	require.True(t, found)
	require.Equal(t, relationship.Template{Partner: "northwind", Name: "support", Set: perms("account.billing.view", "reports.view")}, template)

	c.Do(access.By("dan"), access.MakeTemplate{Name: "nothing"})
}

func TestPSET4_WhoMayNotMakeOne(t *testing.T) {
	c := newCast(t)
	c.Employee("eve")
	template := access.MakeTemplate{Name: "support", Permissions: []string{"reports.view"}}
	c.deny(access.By("eve"), template, access.ErrNotAllowed, "northwind", "eve")
	c.deny(access.By("carla"), template, access.ErrWhichPartner, "carla")
	c.deny(access.By("carla").At("northwind"), template, access.ErrNotAllowed, "northwind", "carla")
	c.deny(access.Host(), template, access.ErrNotAllowed)
}

func TestPSET4_ATemplateBelongsToAPartner(t *testing.T) {
	c := newCast(t)
	c.southwind()
	c.Template("support", "reports.view")
	c.Do(access.By("pia"), access.MakeTemplate{Name: "support", Permissions: []string{"crm.views.edit"}})
	c.Template("mine", "reports.view")
	c.User("sid", "southwind.example")
	c.Do(access.By("pia"), access.AddEmployee{Employee: "sid", Kind: relationship.Staff})

	c.deny(access.By("pia"), access.AddEmployees{Client: "lumen", Employees: people("sid"), Template: "mine"},
		access.ErrUnknownTemplate, "southwind", "mine")
	c.Do(access.By("pia"), access.AddEmployees{Client: "lumen", Employees: people("sid"), Template: "support"})
	require.Equal(t, perms("crm.views.edit"), c.lumen("sid").Set)
}

func TestPSET4_NamesThatAreRefused(t *testing.T) {
	c := newCast(t)
	c.Template("support", "reports.view")
	for name, reason := range map[string]error{
		"support": access.ErrExists, "": access.ErrInvalid, "a\x00b": access.ErrInvalid, "\xff": access.ErrInvalid,
		"partner admin": access.ErrInvalid, "Partner Admin": access.ErrInvalid, " partner admin ": access.ErrInvalid,
		"super admin": access.ErrInvalid, string(make([]byte, relationship.MaxText+1)): access.ErrInvalid,
	} {
		err := c.deny(access.By("ann"), access.MakeTemplate{Name: name, Permissions: []string{"reports.view"}}, reason)
		var field *relationship.FieldError
		require.Equal(t, reason == access.ErrInvalid, errors.As(err, &field), "%q: %v", name, err)
	}
	c.deny(access.By("ann"), access.MakeTemplate{Name: "new", Permissions: []string{"reports.veiw"}}, access.ErrUnknownPermission, "reports.veiw")
}

func TestPSET4_PartnerAdminIsBuiltIn(t *testing.T) {
	c := newCast(t)
	c.Employee("bob")
	got := c.change(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: people("bob"), Template: "partner admin"}, "bob")
	require.Equal(t, relationship.PartnerAdmin, got.After.Role)
	require.Equal(t, c.Catalog.PartnerAdmin().Names(), got.After.Set)
}
