package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/bolt"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

func benchStore(b *testing.B, path string) storage.Store {
	b.Helper()
	journal, err := bolt.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	store, err := memdb.Open(context.Background(), journal)
	if err != nil {
		b.Fatal(err)
	}
	return store
}

var written atomic.Int64

func writeOne(b *testing.B, store storage.Store) {
	id := relationship.ClientID(fmt.Sprintf("client-%09d", written.Add(1)))
	_, err := store.Update(context.Background(), func(tx storage.Tx) error {
		return errors.Join(tx.Put(relationship.Client{ID: id, Name: "A Client"}),
			tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}}))
	})
	if err != nil {
		b.Error(err)
	}
}

// BenchmarkCommit is one commit on the disk: one writer, and 64 who wait
// together; of a record of its own, and of one member in one of 1,000 clients
// of 50.
func BenchmarkCommit(b *testing.B) {
	for _, what := range []struct {
		name  string
		first int // clients before
		write func(b *testing.B, store storage.Store)
	}{{"record", 0, writeOne}, {"member", 1000, writeMember}} {
		path := filepath.Join(b.TempDir(), "access.db")
		build(b, path, what.first)
		b.Run(what.name+"/one writer", func(b *testing.B) {
			store := benchStore(b, path)
			defer func() { _ = store.Close() }()
			for b.Loop() {
				what.write(b, store)
			}
		})
		b.Run(what.name+"/64 writers", func(b *testing.B) {
			store := benchStore(b, path)
			defer func() { _ = store.Close() }()
			b.SetParallelism(32) // times the processors
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					what.write(b, store)
				}
			})
		})
	}
}

// writeMember adds a member, or changes one.
func writeMember(b *testing.B, store storage.Store) {
	n := int(written.Add(1))
	member := relationship.Member{
		Client: relationship.ClientID(fmt.Sprintf("client-%07d", n*7%1000)), User: relationship.UserID(fmt.Sprintf("user-%06d", n%60)),
		Role: relationship.Standard, Set: sets[n%len(sets)], Manager: "northwind",
	}
	_, err := store.Update(context.Background(), func(tx storage.Tx) error {
		return errors.Join(tx.Put(member), tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}}))
	})
	if err != nil {
		b.Error(err)
	}
}

// size is how large a world is: L with CLIENTACCESS_BENCH_L, else M.
func size() (name string, clients int) {
	if os.Getenv("CLIENTACCESS_BENCH_L") != "" {
		return "L", 100_000
	}
	return "M", 10_000
}

const perClient = 50 // members of each client

// sets are the permission sets of a world.
var sets = func() (sets []permset.Names) {
	var names []string
	for _, permission := range crm.Declaration().Permissions {
		names = append(names, permission.Name)
	}
	for i := range 6 { // of 15 to 40 names
		sets = append(sets, permset.MustNames(names[:15+5*i]...))
	}
	return sets
}()

// world puts the records of some clients of one partner: with the first of them,
// everybody who works there.
func world(first, behind, clients int, put func(relationship.Record)) {
	at := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	users := max(clients/2, 2*perClient*13)
	user := func(i int) relationship.UserID { return relationship.UserID(fmt.Sprintf("user-%06d", i%users)) }
	for i := 0; first == 0 && i < users; i++ {
		person, err := relationship.NewUser(user(i), "A Person", string(user(i))+"@northwind.example", relationship.Digest{1})
		if err != nil {
			panic(err)
		}
		employee, err := relationship.NewEmployee("northwind", person.ID, relationship.Staff, at)
		if err != nil {
			panic(err)
		}
		put(person)
		put(employee)
	}
	for c := first; c < behind; c++ {
		client := relationship.ClientID(fmt.Sprintf("client-%07d", c))
		put(relationship.Client{ID: client, Name: string(client)})
		put(relationship.Relationship{
			Partner: "northwind", Client: client, Phase: relationship.Active, Started: at, Activity: at, Members: perClient,
		})
		for m := range perClient {
			member := relationship.Member{
				Client: client, User: user(c*7 + m*13), Role: relationship.Standard, Set: sets[(c+m)%len(sets)], Manager: "northwind",
				Template: "support", Since: at.Add(time.Duration(c) * time.Minute), By: relationship.Actor{Kind: relationship.ByHost},
			}
			member.TermFrom = member.Since
			if (c+3*m)%33 == 0 {
				member.Deactivated = relationship.PartnerSide
			}
			if (c+m)%10 == 0 {
				member.End = at.AddDate(1, 0, m)
			}
			put(member)
		}
	}
}

// build puts a world into a new file, 200 clients in each commit.
func build(b *testing.B, path string, clients int) {
	b.Helper()
	store := benchStore(b, path)
	for first := 0; first < clients; first += 200 {
		_, err := store.Update(context.Background(), func(tx storage.Tx) (err error) {
			world(first, first+200, clients, func(record relationship.Record) { err = errors.Join(err, tx.Put(record)) })
			return errors.Join(err, tx.Log(relationship.Event{Change: "Import", Actor: relationship.Actor{Kind: relationship.ByHost}}))
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkOpen is opening a file with 500,000 memberships, and everybody in
// them, with the log of how they came about: the journal alone, as it hands
// everything over, with the engine over it, and with a Manager that has answered
// its first question.
func BenchmarkOpen(b *testing.B) {
	name, clients := size()
	path := filepath.Join(b.TempDir(), "access.db")
	build(b, path, clients)
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	open := func(b *testing.B) *bolt.Journal {
		journal, err := bolt.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		return journal
	}
	end := func(b *testing.B, err error) {
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/float64(clients*perClient), "disk-B/membership")
	}
	b.Run(name+"/journal", func(b *testing.B) {
		for b.Loop() {
			end(b, open(b).Close())
		}
	})
	b.Run(name+"/journal, read", func(b *testing.B) {
		for b.Loop() {
			journal, n := open(b), 0
			_, err := journal.LoadMembers(context.Background(),
				func(relationship.Record) error { return nil },
				func(members []relationship.Member) error { n += len(members); return nil })
			end(b, errors.Join(err, journal.Close()))
			if n != clients*perClient {
				b.Fatal(n)
			}
		}
	})
	b.Run(name+"/engine", func(b *testing.B) {
		for b.Loop() {
			end(b, benchStore(b, path).Close())
		}
	})
	serve := func(b *testing.B) storage.Store {
		store := benchStore(b, path)
		manager, err := access.Open(context.Background(), store, access.Options{Catalog: crm.Catalog()})
		if err != nil {
			b.Fatal(err)
		}
		if answer := manager.CheckName("user-000000", "client-0000000", sets[0].Slice()[0]); answer.Reason() == access.ReasonUndecided {
			b.Fatal(answer)
		}
		return store
	}
	end(b, serve(b).Close()) // the first Manager lays the catalogue down
	b.Run(name+"/serving", func(b *testing.B) {
		for b.Loop() {
			end(b, serve(b).Close())
		}
	})
}
