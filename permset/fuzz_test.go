package permset_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
)

// checkCanonical checks all that a Names promises about its text.
func checkCanonical(t *testing.T, names permset.Names) {
	t.Helper()
	previous, count := "", 0
	for name := range names.All() {
		require.Less(t, previous, name)
		require.True(t, names.Has(name))
		previous = name
		count++
	}
	require.Equal(t, names.Len(), count)
	again, err := permset.ParseNames(names.String())
	require.NoError(t, err)
	require.True(t, again == names)
	data, err := json.Marshal(names)
	require.NoError(t, err)
	var read permset.Names
	require.NoError(t, json.Unmarshal(data, &read))
	require.True(t, read == names)
}

func FuzzParseNames(f *testing.F) {
	for _, seed := range []string{"", "a", "reports.view contacts.edit.all", " b\ta\n a ", "a..b", "A", "a\x00", "\xff", "a-b a.b a_b ab", "1a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		names, err := permset.ParseNames(text)
		if err != nil {
			var bad *permset.NameError
			require.True(t, errors.As(err, &bad))
			require.Contains(t, text, bad.Name)
			require.True(t, names.IsEmpty())
			return
		}
		checkCanonical(t, names)
	})
}

func FuzzNamesJSON(f *testing.F) {
	for _, seed := range []string{`null`, `[]`, `["a"]`, `["b","a","b"]`, `["a b"]`, `[null]`, `{}`, `"a"`, `["\u0061"]`, `["a\u0000"]`, `[`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		names := permset.MustNames("kept")
		if err := json.Unmarshal(data, &names); err != nil {
			require.Equal(t, "kept", names.String())
			return
		}
		checkCanonical(t, names)
	})
}

func FuzzNewCatalog(f *testing.F) {
	coherent, err := json.Marshal(salesDeclaration())
	require.NoError(f, err)
	f.Add(coherent)
	for _, seed := range []string{
		`{}`,
		`{"permissions":[{"name":"a","title":"A","group":"G"}],"addAndEditUsers":"a","partnerAdmin":["a"]}`,
		`{"permissions":[{"name":"a","title":"A","group":"G","implies":["b"]},{"name":"b","title":"B","group":"G","implies":["a"]}],"addAndEditUsers":"a","partnerAdmin":["a"]}`,
		`{"permissions":[{"name":"a","title":"A","group":"G","implies":["a"]},{"name":"a","title":"","group":"G","marks":["paid","billing","super admin only"]}]}`,
		`{"permissions":[{"name":"a","title":"A","group":"G","implies":["b"]},{"name":"b","title":"B","group":"G","marks":["never managed"]}],"addAndEditUsers":"b","partnerAdmin":["a","c"]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var d permset.Declaration
		if json.Unmarshal(data, &d) != nil {
			return
		}
		c, err := permset.NewCatalog(d)
		if err != nil {
			var refused *permset.CatalogError
			require.True(t, errors.As(err, &refused))
			require.NotEmpty(t, refused.Faults)
			require.NotEmpty(t, err.Error())
			return
		}
		again, err := permset.NewCatalog(c.Declaration())
		require.NoError(t, err)
		require.Equal(t, c.Fingerprint(), again.Fingerprint())
		require.Equal(t, c.Len(), c.All().Len())
		require.True(t, c.Floor(c.All()) == c.All(), "everything together is closed")
		require.True(t, c.PartnerAdmin().Intersect(c.Marked(permset.Billing|permset.SuperAdminOnly|permset.NeverManaged)).IsEmpty())
		require.True(t, c.All().Has(c.AddAndEditUsers()))
		set, rest := c.Bind(c.All().Names())
		require.True(t, set == c.All() && rest.IsEmpty())
		for p := range c.Permissions() {
			for implied := range must(c.Set(p.Name())).All() {
				require.True(t, p.Marks().Has(implied.Marks()), "marks climb")
			}
		}
	})
}
