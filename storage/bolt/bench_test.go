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
// together.
func BenchmarkCommit(b *testing.B) {
	b.Run("one writer", func(b *testing.B) {
		store := benchStore(b, filepath.Join(b.TempDir(), "access.db"))
		defer func() { _ = store.Close() }()
		for b.Loop() {
			writeOne(b, store)
		}
	})
	b.Run("64 writers", func(b *testing.B) {
		store := benchStore(b, filepath.Join(b.TempDir(), "access.db"))
		defer func() { _ = store.Close() }()
		b.SetParallelism(32) // times the processors
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				writeOne(b, store)
			}
		})
	})
}

// BenchmarkOpen is opening a file with 500,000 memberships, with the log of how
// they came about.
func BenchmarkOpen(b *testing.B) {
	const clients, members = 10_000, 50
	path := filepath.Join(b.TempDir(), "access.db")
	store := benchStore(b, path)
	at := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	for first := 0; first < clients; first += 200 {
		_, err := store.Update(context.Background(), func(tx storage.Tx) error {
			for c := first; c < first+200; c++ {
				for m := range members {
					member := relationship.Member{
						Client: relationship.ClientID(fmt.Sprintf("client-%05d", c)), User: relationship.UserID(fmt.Sprintf("user-%02d", m)),
						Role: relationship.Standard, Manager: "northwind", Set: crm.Support(), Template: "support", Since: at, TermFrom: at,
					}
					if err := tx.Put(member); err != nil {
						return err
					}
				}
			}
			return tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}, At: at})
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		store := benchStore(b, path)
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(info.Size())/(clients*members), "disk-B/membership")
}
