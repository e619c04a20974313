package permset_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
)

// faultsOf are the faults that d is refused for.
func faultsOf(t *testing.T, d permset.Declaration) []permset.Fault {
	t.Helper()
	c, err := permset.NewCatalog(d)
	if err == nil {
		return nil
	}
	require.Nil(t, c)
	var refused *permset.CatalogError
	require.True(t, errors.As(err, &refused), "%T", err)
	text := err.Error()
	for _, fault := range refused.Faults {
		require.Contains(t, text, fault.String())
	}
	return refused.Faults
}

// change is one way to spoil the coherent declaration of salesDeclaration, and what is then said.
type change struct {
	name   string
	spoil  func(d *permset.Declaration)
	faults []permset.Fault
}

func testChanges(t *testing.T, changes []change) {
	t.Helper()
	require.Empty(t, faultsOf(t, salesDeclaration()))
	for _, test := range changes {
		t.Run(test.name, func(t *testing.T) {
			d := salesDeclaration()
			test.spoil(&d)
			require.Empty(t, cmp.Diff(test.faults, faultsOf(t, d)))
		})
	}
}

func TestPSET1_RefusesAnIncoherentCatalogue(t *testing.T) {
	testChanges(t, []change{
		{"empty name", func(d *permset.Declaration) { d.Permissions[9].Name = "" },
			[]permset.Fault{{"", "name", "permission 10: it is empty"}}},
		{"ill-formed name", func(d *permset.Declaration) { d.Permissions[9].Name = "Users" },
			[]permset.Fault{{"Users", "name", "permission 10: only lower-case ASCII letters, digits, dots, hyphens and underscores are allowed"}}},
		{"name twice", func(d *permset.Declaration) { d.Permissions[9].Name = "reports.view" },
			[]permset.Fault{{"reports.view", "name", "permission 10 has the name of permission 4"}}},
		{"empty title", func(d *permset.Declaration) { d.Permissions[3].Title = "" },
			[]permset.Fault{{"reports.view", "title", "it is empty"}}},
		{"blank group", func(d *permset.Declaration) { d.Permissions[3].Group = " \t" },
			[]permset.Fault{{"reports.view", "group", "it is empty"}}},
		{"title not UTF-8", func(d *permset.Declaration) { d.Permissions[3].Title = "a\xff" },
			[]permset.Fault{{"reports.view", "title", "it is not valid UTF-8"}}},
		{"title with U+0000", func(d *permset.Declaration) { d.Permissions[3].Title = "a\x00" },
			[]permset.Fault{{"reports.view", "title", "it contains a control character"}}},
		{"group with a C1 control", func(d *permset.Declaration) { d.Permissions[3].Group = "a\u0085b" },
			[]permset.Fault{{"reports.view", "group", "it contains a control character"}}},
		{"long title", func(d *permset.Declaration) { d.Permissions[3].Title = strings.Repeat("é", 129) },
			[]permset.Fault{{"reports.view", "title", "it has 258 bytes, more than 256"}}},
		{"unknown mark", func(d *permset.Declaration) { d.Permissions[2].Marks = 0x30 },
			[]permset.Fault{{"contacts.edit.all", "marks", "0x30 means nothing"}}},
		{"billing and super admin only", func(d *permset.Declaration) { d.Permissions[7].Marks |= permset.SuperAdminOnly },
			[]permset.Fault{{"billing.edit", "marks", "both billing and super admin only"}}},
		{"no add and edit users", func(d *permset.Declaration) { d.AddAndEditUsers = "" },
			[]permset.Fault{{"", "addAndEditUsers", "it names no permission"}}},
		{"unknown add and edit users", func(d *permset.Declaration) { d.AddAndEditUsers = "users" },
			[]permset.Fault{{"", "addAndEditUsers", `there is no permission "users"`}}},
		{"no partner admin", func(d *permset.Declaration) { d.PartnerAdmin = nil },
			[]permset.Fault{{"", "partnerAdmin", "it is empty"}}},
		{"unknown partner admin", func(d *permset.Declaration) { d.PartnerAdmin = []string{"z", "reports.view", "y"} },
			[]permset.Fault{{"", "partnerAdmin", `there is no permission "y"`}, {"", "partnerAdmin", `there is no permission "z"`}}},
	})
	require.Empty(t, cmp.Diff([]permset.Fault{
		{"", "permissions", "there are none"},
		{"", "addAndEditUsers", "it names no permission"},
		{"", "partnerAdmin", "it is empty"},
	}, faultsOf(t, permset.Declaration{})))
}

func TestPSET2_RefusesIncoherentImplications(t *testing.T) {
	testChanges(t, []change{
		{"unknown", func(d *permset.Declaration) { d.Permissions[0].Implies = []string{"b", "a"} },
			[]permset.Fault{
				{"contacts.view.team", "implies", `there is no permission "a"`},
				{"contacts.view.team", "implies", `there is no permission "b"`},
			}},
		{"itself", func(d *permset.Declaration) { d.Permissions[0].Implies = []string{"contacts.view.team"} },
			[]permset.Fault{{"contacts.view.team", "implies", "it implies itself"}}},
		{"circle", func(d *permset.Declaration) { d.Permissions[0].Implies = []string{"contacts.edit.all"} },
			[]permset.Fault{{"contacts.view.team", "implies",
				"a circle: contacts.view.team implies contacts.edit.all implies contacts.edit.team implies contacts.view.team"}}},
		{"two circles", func(d *permset.Declaration) {
			d.Permissions[0].Implies = []string{"contacts.edit.team"}
			d.Permissions[6].Implies = []string{"billing.edit"}
		},
			[]permset.Fault{
				{"contacts.view.team", "implies", "a circle: contacts.view.team implies contacts.edit.team implies contacts.view.team"},
				{"billing.view", "implies", "a circle: billing.view implies billing.edit implies billing.view"},
			}},
		{"a mark that does not climb", func(d *permset.Declaration) { d.Permissions[0].Marks = permset.Paid },
			[]permset.Fault{
				{"contacts.edit.team", "marks", `it implies "contacts.view.team", which is paid, and is not itself`},
				{"contacts.edit.all", "marks", `it implies "contacts.view.team", which is paid, and is not itself`},
			}},
		{"billing above and super admin only below", func(d *permset.Declaration) {
			d.Permissions[7].Implies = append(d.Permissions[7].Implies, "super-admins.manage")
			d.Permissions[7].Marks |= permset.NeverManaged
		},
			[]permset.Fault{
				{"billing.edit", "marks", `it implies "super-admins.manage", which is super admin only, and is not itself`},
				{"billing.edit", "implies",
					`it implies both "billing.edit", which is billing, and "super-admins.manage", which is super admin only`},
			}},
	})
}

func TestPSET2_RefusesAPartnerAdminThatIsTooStrong_ADM2_ADM3(t *testing.T) {
	testChanges(t, []change{
		{"ADM-2 billing", func(d *permset.Declaration) { d.PartnerAdmin = []string{"billing.edit"} },
			[]permset.Fault{
				{"", "partnerAdmin", `it holds "billing.edit", which is billing`},
				{"", "partnerAdmin", `it holds "billing.view", implied by "billing.edit", which is billing`},
			}},
		{"ADM-2 and ADM-3 super admin management", func(d *permset.Declaration) { d.PartnerAdmin = []string{"super-admins.manage"} },
			[]permset.Fault{{"", "partnerAdmin", `it holds "super-admins.manage", which is super admin only and never managed`}}},
		{"ADM-3 provisioning", func(d *permset.Declaration) { d.PartnerAdmin = []string{"users.edit", "users.provision"} },
			[]permset.Fault{{"", "partnerAdmin", `it holds "users.provision", which is never managed`}}},
	})
}

func TestPSET1_ListsEveryFaultAtOnce(t *testing.T) {
	d := permset.Declaration{
		Permissions: []permset.Declared{
			{Name: "a", Title: "A", Group: "G", Implies: []string{"b", "nowhere"}},
			{Name: "b", Title: "", Group: "G", Implies: []string{"a"}, Marks: permset.Paid},
			{Name: "b", Title: "B", Group: ""},
			{Name: "C", Title: "C", Group: "G", Marks: 0x80, Implies: []string{"C"}},
		},
		AddAndEditUsers: "c",
		PartnerAdmin:    []string{"d"},
	}
	faults := faultsOf(t, d)
	require.Len(t, faults, 11)
	_, err := permset.NewCatalog(d)
	require.ErrorContains(t, err, "permset: catalogue refused, 11 fault(s)\n")
	require.ErrorContains(t, err, "\n\t\"b\": title: it is empty")
	require.ErrorContains(t, err, "\n\taddAndEditUsers: there is no permission \"c\"")
}

func TestPSET1_AtLeast4096Permissions(t *testing.T) {
	require.GreaterOrEqual(t, permset.MaxPermissions, 4096)
	require.Equal(t, permset.MaxPermissions, flatCatalog(permset.MaxPermissions).Len())
	require.Equal(t, []permset.Fault{{"", "permissions", "there are 8193, more than 8192"}},
		faultsOf(t, flatDeclaration(permset.MaxPermissions+1)))
}

func TestPSET2_LongCirclesAreCut(t *testing.T) {
	d := flatDeclaration(100)
	for i := range d.Permissions {
		d.Permissions[i].Implies = []string{flatName((i + 1) % 100)}
	}
	faults := faultsOf(t, d)
	require.Len(t, faults, 1)
	require.Equal(t, "p0", faults[0].Permission)
	require.Contains(t, faults[0].Problem, "p14 implies p15 implies … implies p0")
}

func TestPSET2_ManyCirclesAreAllFound(t *testing.T) {
	d := flatDeclaration(permset.MaxPermissions)
	for i := 0; i < len(d.Permissions); i += 2 {
		d.Permissions[i].Implies = []string{flatName(i + 1)}
		d.Permissions[i+1].Implies = []string{flatName(i), flatName((i + 2) % len(d.Permissions))}
	}
	faults := faultsOf(t, d)
	require.Len(t, faults, len(d.Permissions)/2)
	for i, fault := range faults {
		require.Equal(t, fmt.Sprintf("a circle: p%d implies p%d implies p%d", 2*i, 2*i+1, 2*i), fault.Problem)
	}
}
