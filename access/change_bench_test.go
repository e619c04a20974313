package access_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-memdb"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/internal/worlds"
	"github.com/clientaccess/clientaccess/relationship"
)

// A world for measuring changes has besides a crew of 10,000 employees who are
// nowhere, one client that lets them in and 200 clients that do, a client in
// which 10,000 others are, one in which 50 are, and one employee who is in
// 1,000 clients.
const (
	crewSize    = 10_000
	crewClients = 200
	moverPlaces = 1_000
)

func crew(i int) relationship.UserID { return relationship.UserID(fmt.Sprintf("crew-%06d", i)) }

func crewClient(i int) relationship.ClientID {
	return relationship.ClientID(fmt.Sprintf("crew-client-%04d", i))
}

func crowded(i int) relationship.UserID { return relationship.UserID(fmt.Sprintf("crowd-%06d", i)) }

func moverClient(i int) relationship.ClientID {
	return relationship.ClientID(fmt.Sprintf("mover-client-%04d", i))
}

// changeWorld is a world of the library's own, and the same in a plain map.
type changeWorld struct {
	*worlds.World
	manager *access.Manager
	set     []string // of the crew
}

func newChangeWorld(b *testing.B, s worlds.Size) *changeWorld {
	w := &changeWorld{World: worlds.New(s)}
	w.set = w.Sets[2].Names().Slice()
	var err error
	w.manager, err = w.Open(context.Background())
	require.NoError(b, err)
	w.Settle()
	counts, err := w.manager.Import(context.Background(), access.Host(), w.changeRows(), nil)
	require.NoError(b, err)
	require.Zero(b, counts.Refused)
	w.do(b, access.MakeTemplate{Name: "crew", Permissions: w.set})
	return w
}

// do makes a change as the partner's super admin. It changes something, and
// nothing of it is withheld.
func (w *changeWorld) do(b *testing.B, change access.Change) {
	result, err := w.manager.Do(context.Background(), access.By(worlds.Boss), change)
	switch {
	case err != nil:
		b.Fatal(err)
	case !result.Changed:
		b.Fatal("nothing changes")
	case len(result.Members) > 0 && !result.Members[0].Withheld.IsEmpty():
		b.Fatal("withheld: ", result.Members[0].Withheld)
	}
}

// sweep trims the log, so that a figure does not hang on how many changes are
// measured.
func (w *changeWorld) sweep(b *testing.B) {
	_, err := w.manager.Sweep(context.Background())
	require.NoError(b, err)
}

func (w *changeWorld) changeRows() iter.Seq[access.ImportRow] {
	admin := w.Catalog.PartnerAdmin().Names().Slice()
	return func(yield func(access.ImportRow) bool) {
		employee := func(id relationship.UserID) bool {
			return yield(access.ImportUser{ID: id, Name: string(id), Email: string(id) + "@northwind.example"}) &&
				yield(access.ImportEmployee{Partner: worlds.Partner, User: id, Kind: relationship.Staff})
		}
		client := func(id relationship.ClientID) bool {
			return yield(access.ImportClient{ID: id, Name: string(id), SuperAdmin: "owner"}) &&
				yield(access.ImportMember{Client: id, User: worlds.Boss, Role: relationship.PartnerAdmin, Partner: worlds.Partner, Permissions: admin})
		}
		member := func(client relationship.ClientID, user relationship.UserID) bool {
			return yield(access.ImportMember{
				Client: client, User: user, Role: relationship.Standard, Partner: worlds.Partner, Permissions: w.set,
			})
		}
		ok := employee("mover")
		for i := range crewSize {
			ok = ok && employee(crew(i)) && employee(crowded(i))
		}
		ok = ok && client("crowd") && client("few") && client("crew-client")
		for i := range crewSize {
			ok = ok && member("crowd", crowded(i)) && (i >= 50 || member("few", crowded(i)))
		}
		for i := range crewClients {
			ok = ok && client(crewClient(i))
		}
		for i := range moverPlaces {
			ok = ok && client(moverClient(i)) && member(moverClient(i), "mover")
		}
	}
}

// addToOne adds the whole crew to one client.
func (w *changeWorld) addToOne() access.Change {
	team := make([]relationship.UserID, crewSize)
	for i := range team {
		team[i] = crew(i)
	}
	return access.AddEmployees{Client: "crew-client", Employees: team, Template: "crew"}
}

// addToMany adds the crew to 200 clients, 50 to each.
func (w *changeWorld) addToMany() access.Change {
	var all access.All
	for c := range crewClients {
		team := make([]relationship.UserID, crewSize/crewClients)
		for i := range team {
			team[i] = crew(c*len(team) + i)
		}
		all = append(all, access.AddEmployees{Client: crewClient(c), Employees: team, Template: "crew"})
	}
	return all
}

func removeFromMany() access.Change {
	var all access.All
	for c := range crewClients {
		team := make([]relationship.UserID, crewSize/crewClients)
		for i := range team {
			team[i] = crew(c*len(team) + i)
		}
		all = append(all, access.RemoveEmployees{Client: crewClient(c), Employees: team})
	}
	return all
}

// BenchmarkChange makes changes through the Manager, each beside what a host
// would have done with a plain map, or go-memdb with one row and two stock
// indexes, in turns in one process. Name a size:
//
//	go test -run '^$' -bench 'Change/M' -timeout 1h ./access
func BenchmarkChange(b *testing.B) {
	for _, s := range worlds.Sizes() {
		b.Run(s.Name, func(b *testing.B) {
			w := newChangeWorld(b, s)
			plain := worlds.NewMap(w.World)
			for m := range w.Members() {
				plain.Add(m)
			}
			for range 5 {
				w.benchBulk(b, "one", plain, w.addToOne(), access.RemoveEmployees{Client: "crew-client", Employees: w.addToOne().(access.AddEmployees).Employees})
				w.benchBulk(b, "many", plain, w.addToMany(), removeFromMany())
				w.benchLeaver(b)
				perCommit := benchCommitOfMemdb(b, s.Memberships())
				w.benchSingle(b, "few", perCommit)
				w.benchSingle(b, "crowd", perCommit)
			}
		})
	}
}

// plainLoop adds 10,000 members to the map in a loop, and tells how long that
// takes. As for the Manager, their ids are made before. The map keeps texts of its
// own, and each turn adds to another client, so that the rows are new to the map.
func plainLoop(plain *worlds.Map, team []relationship.UserID, turn int) time.Duration {
	client := crewClient(turn)
	start := time.Now()
	for _, user := range team {
		plain.Add(worlds.Member{User: relationship.UserID(strings.Clone(string(user))), Client: client, Set: 2})
	}
	took := time.Since(start)
	for _, user := range team {
		plain.Remove(user, client)
	}
	return took
}

// benchBulk makes a change of 10,000 rows. In between it takes the change back,
// trims the log, and times the loop, so that both find the processor's caches
// full of other things.
func (w *changeWorld) benchBulk(b *testing.B, name string, plain *worlds.Map, add, remove access.Change) {
	b.Run("add/"+name, func(b *testing.B) {
		b.ReportAllocs()
		team := w.addToOne().(access.AddEmployees).Employees
		var loops time.Duration
		for turn := 0; b.Loop(); turn++ {
			w.do(b, add)
			b.StopTimer()
			w.do(b, remove)
			w.sweep(b)
			loops += plainLoop(plain, team, turn)
			b.StartTimer()
		}
		rows := float64(b.N) * crewSize
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/rows, "ns/row")
		b.ReportMetric(float64(loops.Nanoseconds())/rows, "ns/row-of-the-loop")
		b.ReportMetric(float64(b.Elapsed())/float64(loops), "of-the-loop")
	})
}

// benchLeaver removes somebody from 1,000 clients in one call.
func (w *changeWorld) benchLeaver(b *testing.B) {
	b.Run("leaver", func(b *testing.B) {
		var places []access.ImportRow
		for i := range moverPlaces {
			places = append(places, access.ImportMember{
				Client: moverClient(i), User: "mover", Role: relationship.Standard, Partner: worlds.Partner, Permissions: w.set,
			})
		}
		for b.Loop() {
			w.do(b, access.RemoveEmployee{Employee: "mover", All: true})
			b.StopTimer()
			_, err := w.manager.Import(context.Background(), access.Host(), func(yield func(access.ImportRow) bool) {
				for _, row := range places {
					if !yield(row) {
						return
					}
				}
			}, nil)
			require.NoError(b, err)
			w.sweep(b)
			b.StartTimer()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/moverPlaces, "ns/client")
	})
}

// benchSingle changes one member of a client.
func (w *changeWorld) benchSingle(b *testing.B, client relationship.ClientID, perCommit float64) {
	b.Run("single/"+string(client), func(b *testing.B) {
		b.ReportAllocs()
		wider := w.Sets[3].Names().Slice()
		name := wider[len(wider)-1:]
		add := access.ChangeEmployeePermissions{Client: client, Employee: crowded(7), Add: name}
		remove := access.ChangeEmployeePermissions{Client: client, Employee: crowded(7), Remove: name}
		added := false
		for b.Loop() {
			if added = !added; added {
				w.do(b, add)
			} else {
				w.do(b, remove)
			}
		}
		if added { // the next turn begins as this one did
			w.do(b, remove)
		}
		if perCommit > 0 {
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/perCommit, "of-memdb")
		}
	})
}

// memdbRow is a membership as a row of go-memdb.
type memdbRow struct {
	ID, User, Client string
	Set              [8]uint64
	Until            time.Time
}

// benchCommitOfMemdb commits one row to go-memdb itself, with stock indexes.
func benchCommitOfMemdb(b *testing.B, rows int) float64 {
	schema := &memdb.DBSchema{Tables: map[string]*memdb.TableSchema{"members": {Name: "members", Indexes: map[string]*memdb.IndexSchema{
		"id":   {Name: "id", Unique: true, Indexer: &memdb.StringFieldIndex{Field: "ID"}},
		"user": {Name: "user", Indexer: &memdb.StringFieldIndex{Field: "User"}},
	}}}}
	db, err := memdb.NewMemDB(schema)
	require.NoError(b, err)
	rows = min(rows, 50_000)
	txn := db.Txn(true)
	for i := range rows {
		require.NoError(b, txn.Insert("members", &memdbRow{ID: fmt.Sprintf("client-%06d/user-%06d", i/50, i), User: fmt.Sprintf("user-%06d", i%5000)}))
	}
	txn.Commit()
	var perCommit float64
	b.Run("single/memdb", func(b *testing.B) {
		i := 0
		for b.Loop() {
			i++
			row := i * 7919 % rows
			txn := db.Txn(true)
			err := txn.Insert("members", &memdbRow{ID: fmt.Sprintf("client-%06d/user-%06d", row/50, row), User: fmt.Sprintf("user-%06d", row%5000)})
			if err != nil {
				b.Fatal(err)
			}
			txn.Commit()
		}
		perCommit = float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	})
	return perCommit
}
