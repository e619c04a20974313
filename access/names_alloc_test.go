//go:build !race

// The race detector has pools drop what they hold.

package access_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// A row of a run over ids allocates nothing: a client with a hundred more members
// takes not one allocation more. A page of names takes two, its rows and its
// cursor, also where it goes on from another.
func TestSEE5_ARowAllocatesNothing(t *testing.T) {
	w := accesstest.New(t)
	view := w.Permission("reports.view")
	w.AddEmployee("bob", "support", "reports.view")
	host := access.Host()
	runs := map[string]func() int{
		"members":   func() int { return count(w.Manager.MemberIDs(host, accesstest.Client)) },
		"who can":   func() int { return count(w.Manager.AllWhoCan(host, accesstest.Client, view)) },
		"places":    func() int { return count(w.Manager.PlaceIDs(host, accesstest.Admin)) },
		"where can": func() int { return count(w.Manager.AllWhereCan(host, accesstest.Admin, view)) },
	}
	allocations, rows := map[string]float64{}, map[string]int{}
	for name, run := range runs {
		rows[name] = run()
		allocations[name] = testing.AllocsPerRun(100, func() { run() })
		require.Zero(t, allocations[name], name)
	}
	for i := range 100 {
		id := relationship.UserID(fmt.Sprint("user-", i))
		w.AddEmployee(id, fmt.Sprint("template ", i), "reports.view")
		client := relationship.ClientID(fmt.Sprint("client-", i))
		w.Do(host, access.CreateClient{ID: client, Name: fmt.Sprint("Client ", i), SuperAdmin: accesstest.SuperAdmin})
		w.Do(access.By(accesstest.SuperAdmin), access.MakePartnerAdmin{
			Client: client, Partner: accesstest.Partner, Employee: accesstest.Admin,
		})
	}
	for name, run := range runs {
		require.Equal(t, rows[name]+100, run(), name)
		require.Equal(t, allocations[name], testing.AllocsPerRun(100, func() { run() }), name)
	}
	page, err := w.Manager.MemberNames(host, accesstest.Client, 50, "")
	require.NoError(t, err)
	require.Len(t, page.Rows, 50)
	for _, from := range []access.Cursor{"", page.Next} {
		require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
			_, _ = w.Manager.MemberNames(host, accesstest.Client, 50, from)
		}), 2.0)
	}
	places, err := w.Manager.PlaceNames(host, accesstest.Admin, 50, "")
	require.NoError(t, err)
	require.Len(t, places.Rows, 50)
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
		_, _ = w.Manager.PlaceNames(host, accesstest.Admin, 50, places.Next)
	}), 2.0)
}
