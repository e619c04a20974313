package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
)

// Questions find the stored sets bound to the catalogue, whether the Manager's own
// change has stored them, another's, or one before it was opened.
func TestPSET3_StoredSetsAreBound(t *testing.T) {
	t.Parallel()
	w := accesstest.New(t)
	other, err := access.Open(t.Context(), w.Store, access.Options{Catalog: w.Manager.Catalog(), Clock: w.Clock.Now})
	require.NoError(t, err)
	require.Zero(t, access.Unbound(other))
	w.AddEmployee("emil", "support", "reports.view")
	w.Do(access.By(accesstest.SuperAdmin), access.SetCeiling{
		Client: accesstest.Client, Partner: accesstest.Partner, Permissions: []string{"reports.view", "reports.edit"},
	})
	later, err := access.Open(t.Context(), w.Store, access.Options{Catalog: w.Manager.Catalog(), Clock: w.Clock.Now})
	require.NoError(t, err)
	for name, m := range map[string]*access.Manager{"own": w.Manager, "another's": other, "before": later} {
		require.Zero(t, access.Unbound(m), name)
	}
}
