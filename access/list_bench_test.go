package access_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-memdb"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/internal/worlds"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// BenchmarkList runs over the lists of all clients and users, in random order, and
// of 64 of them again and again (hot), in five turns beside rows of go-memdb with
// the same members in the same process: ids, who can and where can, and pages of
// 50 names. It tells the median of the turns, least and most. Name a size:
//
//	go test -run '^$' -bench 'List/M' -timeout 1h ./access
func BenchmarkList(b *testing.B) {
	for _, size := range worlds.Sizes() {
		b.Run(size.Name, func(b *testing.B) { benchLists(b, size) })
	}
}

// listTurns is how often each list is measured; the median is reported. listsHot
// are so many that all that they read stays near the processor.
const (
	listTurns = 5
	listsHot  = 64
)

func benchLists(b *testing.B, size worlds.Size) {
	w := worlds.New(size)
	m, err := w.Open(context.Background())
	require.NoError(b, err)
	rows := memberRows(b, w)
	w.Settle()
	random := rand.New(rand.NewPCG(3, 4))
	var clients []relationship.ClientID
	for c := range w.Clients {
		clients = append(clients, relationship.ClientID(strings.Clone(string(w.Client(c)))))
	}
	seen := map[relationship.UserID]bool{}
	for member := range w.Members() {
		seen[member.User] = true
	}
	var users []relationship.UserID
	for user := range seen {
		users = append(users, relationship.UserID(strings.Clone(string(user))))
	}
	slices.Sort(users)
	random.Shuffle(len(clients), func(i, j int) { clients[i], clients[j] = clients[j], clients[i] })
	random.Shuffle(len(users), func(i, j int) { users[i], users[j] = users[j], users[i] })
	permission := func(i int) permset.Permission { return w.Permissions[i%6] } // those that every set has
	host := access.Host()
	lists := []struct {
		name string
		run  func(i int) int
	}{
		{"members", func(i int) int { return count(m.MemberIDs(host, clients[i%len(clients)])) }},
		{"clients", func(i int) int { return count(m.PlaceIDs(host, users[i%len(users)])) }},
		{"who-can", func(i int) int { return count(m.AllWhoCan(host, clients[i%len(clients)], permission(i))) }},
		{"where-can", func(i int) int { return count(m.AllWhereCan(host, users[i%len(users)], permission(i))) }},
		{"member names", func(i int) int {
			page, err := m.MemberNames(host, clients[i%len(clients)], 50, "")
			require.NoError(b, err)
			return len(page.Rows)
		}},
		{"place names", func(i int) int {
			page, err := m.PlaceNames(host, users[i%len(users)], 50, "")
			require.NoError(b, err)
			return len(page.Rows)
		}},
		{"go-memdb/members", func(i int) int { return countRows(b, rows, "client", string(clients[i%len(clients)])) }},
		{"go-memdb/clients", func(i int) int { return countRows(b, rows, "user", string(users[i%len(users)])) }},
	}
	for _, client := range clients { // the orders of the pages are worked out
		_, err := m.MemberNames(host, client, 1, "")
		require.NoError(b, err)
	}
	for _, user := range users {
		_, err := m.PlaceNames(host, user, 1, "")
		require.NoError(b, err)
	}
	all, hot := map[string][]float64{}, map[string][]float64{}
	for range listTurns {
		for _, list := range lists {
			all[list.name] = append(all[list.name], timePerRow(list.run))
			hot[list.name] = append(hot[list.name], timePerRow(func(i int) int { return list.run(i % listsHot) }))
		}
	}
	for _, list := range lists {
		i := 0
		allocations := testing.AllocsPerRun(200, func() {
			list.run(i)
			i++
		})
		b.Logf("%-16s ns a row: all %s, hot %s; %.0f allocations a list", list.name, spread(all[list.name]), spread(hot[list.name]), allocations)
	}
}

// spread is the median of figures, the least and the most.
func spread(of []float64) string {
	slices.Sort(of)
	return fmt.Sprintf("%.1f (%.1f to %.1f)", of[len(of)/2], of[0], of[len(of)-1])
}

// timePerRow returns the nanoseconds for each row: the median of many short
// runs, so that what else the machine does in between counts little.
func timePerRow(run func(i int) int) float64 {
	var runs []float64
	begin := time.Now()
	for i := 0; time.Since(begin) < 300*time.Millisecond; {
		rows := 0
		start := time.Now()
		for range 40 {
			rows += run(i)
			i++
		}
		runs = append(runs, float64(time.Since(start).Nanoseconds())/float64(rows))
	}
	slices.Sort(runs)
	return runs[len(runs)/2]
}

func count[ID any](ids func(func(ID, error) bool)) int {
	n := 0
	for _, err := range ids {
		if err == nil {
			n++
		}
	}
	return n
}

// memberRow is a membership as a row of go-memdb.
type memberRow struct{ Client, User string }

func memberRows(b *testing.B, w *worlds.World) *memdb.MemDB {
	field := func(name string) *memdb.IndexSchema {
		return &memdb.IndexSchema{Name: strings.ToLower(name), Indexer: &memdb.StringFieldIndex{Field: name}}
	}
	db, err := memdb.NewMemDB(&memdb.DBSchema{Tables: map[string]*memdb.TableSchema{"member": {
		Name: "member", Indexes: map[string]*memdb.IndexSchema{
			"id": {Name: "id", Unique: true, Indexer: &memdb.CompoundIndex{Indexes: []memdb.Indexer{
				&memdb.StringFieldIndex{Field: "Client"}, &memdb.StringFieldIndex{Field: "User"},
			}}},
			"client": field("Client"), "user": field("User"),
		},
	}}})
	require.NoError(b, err)
	txn := db.Txn(true)
	n := 0
	for member := range w.Members() {
		require.NoError(b, txn.Insert("member", &memberRow{string(member.Client), string(member.User)}))
		if n++; n%5000 == 0 {
			txn.Commit()
			txn = db.Txn(true)
		}
	}
	txn.Commit()
	return db
}

func countRows(b *testing.B, db *memdb.MemDB, index, id string) int {
	found, err := db.Txn(false).Get("member", index, id)
	require.NoError(b, err)
	n := 0
	for row := found.Next(); row != nil; row = found.Next() {
		if row.(*memberRow).User != "" {
			n++
		}
	}
	return n
}
