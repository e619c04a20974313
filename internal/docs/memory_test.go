package docs

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

const (
	clients          = 2000
	membersPerClient = 50
	employees        = 500
	memberships      = clients * membersPerClient
)

// BenchmarkMemory loads 100,000 memberships through a Manager, log included,
// and reports what the heap has grown by: per membership, and then per change
// of one member. One round says all there is to say:
//
//	go test -run '^$' -bench Memory -benchtime 1x ./internal/docs
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		empty := heap()
		m, teams := load(b)
		loaded := heap()
		for c, team := range teams {
			for _, user := range team {
				do(b, m, access.By("employee-0"), access.DeactivateEmployee{
					Employee: user, Clients: []relationship.ClientID{clientID(c)},
				})
			}
		}
		changed := heap()
		runtime.KeepAlive(m)
		changes := clients * (membersPerClient - 1)
		b.ReportMetric(float64(loaded-empty)/memberships, "B/membership")
		b.ReportMetric(float64(changed-loaded)/float64(changes), "B/change")
	}
}

// load makes one partner with 500 employees and 2,000 clients. In each client
// 50 of them are members: the partner admin, whom the client lets in, and 49
// whom they add in one call.
func load(b *testing.B) (*access.Manager, [][]relationship.UserID) {
	b.Helper()
	m, err := access.Open(context.Background(), memdb.New(), access.Options{Catalog: crm.Catalog()})
	require.NoError(b, err)
	user := func(id relationship.UserID, domain string) access.AddUser {
		return access.AddUser{ID: id, Name: "User " + string(id), Email: string(id) + "@" + domain}
	}
	admin := access.By(employeeID(0))
	do(b, m, access.Host(), user(employeeID(0), "northwind.example"))
	do(b, m, access.Host(), access.CreatePartner{
		ID: "northwind", Name: "Northwind", Kind: relationship.SolutionsPartner,
		Domains: []string{"northwind.example"}, SuperAdmin: employeeID(0),
	})
	do(b, m, admin, access.MakeTemplate{Name: "support", Permissions: crm.Support().Slice()})
	for e := 1; e < employees; e++ {
		do(b, m, access.Host(), user(employeeID(e), "northwind.example"))
		do(b, m, admin, access.AddEmployee{Employee: employeeID(e), Kind: relationship.Staff})
	}
	teams := make([][]relationship.UserID, clients)
	for c := range teams {
		owner := relationship.UserID(fmt.Sprintf("owner-%d", c))
		do(b, m, access.Host(), user(owner, fmt.Sprintf("client-%d.example", c)))
		do(b, m, access.Host(), access.CreateClient{ID: clientID(c), Name: string(clientID(c)), SuperAdmin: owner})
		do(b, m, access.By(owner), access.MakePartnerAdmin{Client: clientID(c), Partner: "northwind", Employee: employeeID(0)})
		for i := range membersPerClient - 1 {
			teams[c] = append(teams[c], employeeID(1+(c*membersPerClient+i)%(employees-1)))
		}
		do(b, m, admin, access.AddEmployees{Client: clientID(c), Employees: teams[c], Template: "support"})
	}
	return m, teams
}

func employeeID(e int) relationship.UserID { return relationship.UserID(fmt.Sprintf("employee-%d", e)) }

func clientID(c int) relationship.ClientID { return relationship.ClientID(fmt.Sprintf("client-%d", c)) }

func do(b *testing.B, m *access.Manager, call access.Call, change access.Change) {
	b.Helper()
	_, err := m.Do(context.Background(), call, change)
	require.NoError(b, err)
}

// heap is what is in use after a collection. Two, because the first leaves
// what has a finalizer.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
