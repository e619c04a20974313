package memdb_test

import (
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// TestCountingRecordsAreRunOverAsTheyAre: of a client and of a relationship
// go-memdb may have an earlier record than the one that holds. A run shows the
// one that held when it began, whatever is written and read in the middle of it;
// and one that begins later shows the later one, in its order.
func TestCountingRecordsAreRunOverAsTheyAre(t *testing.T) {
	t.Parallel()
	began := time.Unix(1000, 0).UTC()
	client := func(i, count int) relationship.Client {
		id := relationship.ClientID(fmt.Sprintf("client%d", i))
		return relationship.Client{ID: id, Name: "name", SuperAdmins: count}
	}
	served := func(i, count int) relationship.Relationship {
		return relationship.Relationship{
			Partner: "northwind", Client: client(i, 0).ID, Phase: relationship.Active, Started: began, Activity: began, Members: count,
			Limit: began.Add(time.Duration(1+i) * time.Hour),
		}
	}
	runs := map[string]func(r storage.Reader) iter.Seq[relationship.Record]{
		"scan": func(r storage.Reader) iter.Seq[relationship.Record] {
			return r.Scan(relationship.KindRelationship, "northwind", "")
		},
		"reverse": func(r storage.Reader) iter.Seq[relationship.Record] {
			return r.Reverse(relationship.KindRelationship, "client1", "")
		},
		"all relationships": func(r storage.Reader) iter.Seq[relationship.Record] {
			return r.All(relationship.KindRelationship, relationship.Key{})
		},
		"all clients": func(r storage.Reader) iter.Seq[relationship.Record] {
			return r.All(relationship.KindClient, relationship.Key{})
		},
		"one client": func(r storage.Reader) iter.Seq[relationship.Record] {
			return r.Scan(relationship.KindClient, "client2", "")
		},
		"due": func(r storage.Reader) iter.Seq[relationship.Record] {
			return func(yield func(relationship.Record) bool) {
				for due := range r.Due(began.Add(100 * time.Hour)) {
					if !yield(due) {
						return
					}
				}
			}
		},
	}
	const n = 6
	put := func(tx storage.Tx, count int) {
		for i := range n {
			require.NoError(t, tx.Put(client(i, count)))
			require.NoError(t, tx.Put(served(i, count)))
		}
	}
	for name, run := range runs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := memdb.New()
			update := func(change func(tx storage.Tx)) {
				_, err := store.Update(t.Context(), func(tx storage.Tx) error {
					change(tx)
					return tx.Log(relationship.Event{Change: "Test", Actor: relationship.Actor{Kind: relationship.ByHost}, At: began})
				})
				require.NoError(t, err)
			}
			update(func(tx storage.Tx) { put(tx, 1) })
			before := slices.Collect(run(store.Snapshot()))
			require.NotEmpty(t, before)
			held := store.Snapshot()
			update(func(tx storage.Tx) {
				require.Equal(t, before, slices.Collect(run(tx)))
				put(tx, 2) // so that the draft has tables of its own
				begun := slices.Collect(run(tx))
				require.Len(t, begun, len(before))
				count, shown := 2, []relationship.Record(nil)
				for record := range run(tx) {
					shown = append(shown, record)
					count++
					put(tx, count)
					for later := range run(tx) {
						is, _ := tx.Get(later.Key())
						require.Equal(t, is, later)
						require.NotContains(t, begun, later)
					}
				}
				require.Equal(t, begun, shown)
				require.NoError(t, tx.Delete(client(5, 0).Key()))
				require.NoError(t, tx.Delete(served(5, 0).Key()))
				first := served(0, count)
				first.Limit = began.Add(50 * time.Hour) // now it is the last that is due
				require.NoError(t, tx.Put(first))
			})
			require.Equal(t, before, slices.Collect(run(held)))
			after := slices.Collect(run(store.Snapshot()))
			require.NotEmpty(t, after)
			for _, record := range after {
				is, _ := store.Snapshot().Get(record.Key())
				require.Equal(t, is, record)
				require.NotContains(t, before, record)
			}
			if name == "due" {
				require.Equal(t, served(0, 0).Key(), after[len(after)-1].Key())
				require.Len(t, after, n-1)
			}
		})
	}
}
