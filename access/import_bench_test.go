package access_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

// importedAgency is a partner with 500 employees, and clients in each of which
// one of them is partner admin and 49 are standard members.
func importedAgency(clients int) iter.Seq[access.ImportRow] {
	const employees, perClient = 500, 50
	employee := func(i int) relationship.UserID { return relationship.UserID(fmt.Sprintf("employee-%d", i%employees)) }
	support, admin := crm.Support().Slice(), crm.Catalog().PartnerAdmin().Names().Slice()
	return func(yield func(access.ImportRow) bool) {
		user := func(id relationship.UserID, domain string) bool {
			return yield(access.ImportUser{ID: id, Name: string(id), Email: string(id) + "@" + domain})
		}
		for e := range employees {
			if !user(employee(e), "northwind.example") {
				return
			}
		}
		if !yield(access.ImportPartner{
			ID: "northwind", Name: "Northwind", Kind: relationship.SolutionsPartner,
			Domains: []string{"northwind.example"}, SuperAdmin: employee(0),
		}) || !yield(access.ImportTemplate{Partner: "northwind", Name: "support", Permissions: support}) {
			return
		}
		for e := 1; e < employees; e++ {
			if !yield(access.ImportEmployee{Partner: "northwind", User: employee(e), Kind: relationship.Staff}) {
				return
			}
		}
		for c := range clients {
			id := relationship.ClientID(fmt.Sprintf("client-%d", c))
			owner := relationship.UserID(fmt.Sprintf("owner-%d", c))
			if !user(owner, string(id)+".example") || !yield(access.ImportClient{ID: id, Name: string(id), SuperAdmin: owner}) {
				return
			}
			row := access.ImportMember{
				Client: id, User: employee(c), Role: relationship.PartnerAdmin, Partner: "northwind", Permissions: admin,
			}
			for i := 1; i <= perClient; i++ {
				if !yield(row) {
					return
				}
				row = access.ImportMember{
					Client: id, User: employee(c + i), Role: relationship.Standard, Partner: "northwind",
					Permissions: support, Template: "support",
				}
			}
		}
	}
}

// BenchmarkImport imports an agency with 400 clients and 20,000 managed
// members, and with CLIENTACCESS_FULL one with 10,000 and 500,000:
//
//	CLIENTACCESS_FULL=1 go test -run '^$' -bench Import -benchtime 1x ./access
func BenchmarkImport(b *testing.B) {
	clients := 400
	if os.Getenv("CLIENTACCESS_FULL") != "" {
		clients = 10_000
	}
	rows := 0
	for b.Loop() {
		w := accesstest.New(failsWithoutVerify{b}, accesstest.Empty())
		counts, err := w.Manager.Import(context.Background(), access.Host(), importedAgency(clients), nil)
		require.NoError(b, err)
		require.Equal(b, counts.Applied, counts.Total())
		rows += counts.Total()
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

// failsWithoutVerify is a test whose world is not verified at its end.
type failsWithoutVerify struct{ accesstest.T }
