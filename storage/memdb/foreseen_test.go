package memdb

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Whatever a draft is told ahead, right or wrong, and whatever is written after
// that, it answers as one that is told nothing.
func TestForeseen_ChangesNoAnswer(t *testing.T) {
	t.Parallel()
	foresaw := 0
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 11))
		store := New()
		some := func() relationship.Record {
			client := relationship.ClientID(fmt.Sprint("client", random.IntN(3)))
			user := relationship.UserID(fmt.Sprint("user", random.IntN(12)))
			switch random.IntN(3) {
			case 0:
				return relationship.Employee{
					Partner: "northwind", User: user, Kind: relationship.Staff, Status: relationship.Employed, Confirmed: random.IntN(2) == 0, Since: time.Unix(0, 0).UTC(),
				}
			case 1:
				return relationship.Standing{Client: client, User: user, Barred: random.IntN(2) == 0}
			}
			return relationship.Member{
				Client: client, User: user, Role: relationship.Standard, PaidSeat: random.IntN(2) == 0,
				Since: time.Unix(0, 0).UTC(), TermFrom: time.Unix(0, 0).UTC(),
			}
		}
		_, err := store.Update(t.Context(), func(tx storage.Tx) error {
			for range 30 {
				if err := tx.Put(some()); err != nil {
					return err
				}
			}
			return tx.Log(relationship.Event{
				Change: "Test", Actor: relationship.Actor{Kind: relationship.ByHost}, At: time.Unix(1, 0).UTC(),
			})
		})
		require.NoError(t, err)
		told, other := newDraft(store.now.Load()), newDraft(store.now.Load())
		for step := range 60 {
			var keys []relationship.Key
			for range random.IntN(70) {
				keys = append(keys, some().Key())
			}
			storage.Ahead(told, keys)
			for i, key := range keys {
				if random.IntN(4) == 0 {
					record := some()
					if random.IntN(2) == 0 {
						record = changed(record, keys[min(i+random.IntN(2), len(keys)-1)])
					}
					if _, is := other.Get(record.Key()); is && random.IntN(3) == 0 {
						require.NoError(t, told.Delete(record.Key()))
						require.NoError(t, other.Delete(record.Key()))
					} else {
						require.NoError(t, told.Put(record))
						require.NoError(t, other.Put(record))
					}
				}
				if random.IntN(8) == 0 {
					for range told.Scan(relationship.KindStanding, "client1", "") { // what waits is put where it belongs
					}
				}
				if random.IntN(20) > 0 { // most are asked for in the order that was told
					if len(told.foreseen.next) > 0 && told.foreseen.next[0].key == key {
						foresaw++
					}
					want, is := other.Get(key)
					got, found := told.Get(key)
					require.Equal(t, is, found, "seed %d, step %d: %s", seed, step, key)
					require.Equal(t, want, got, "seed %d, step %d: %s", seed, step, key)
				}
			}
		}
		require.Equal(t, other.Changed(), told.Changed())
	}
	t.Logf("%d answers were foreseen", foresaw)
	require.Greater(t, foresaw, 100_000)
}

// changed is a record of the key, if it is of the same kind.
func changed(record relationship.Record, key relationship.Key) relationship.Record {
	switch r := record.(type) {
	case relationship.Employee:
		if key.Kind == relationship.KindEmployee {
			r.User = relationship.UserID(key.Second)
		}
		return r
	case relationship.Standing:
		if key.Kind == relationship.KindStanding {
			r.Client, r.User = relationship.ClientID(key.First), relationship.UserID(key.Second)
		}
		return r
	}
	return record
}

// Two keys with one hash: what is likely is looked at, and the other is found.
func TestForeseen_LikelyIsNotCertain(t *testing.T) {
	var table keyed[string, numbered]
	_, found := table.likely(7)
	require.False(t, found)
	require.Zero(t, table.touch(7))
	table.put(1, 7, "ann", numbered{"ann", 1})
	table.put(1, 7, "bob", numbered{"bob", 2})
	likely, found := table.likely(7)
	require.True(t, found)
	require.Equal(t, numbered{"ann", 1}, likely)
	require.Equal(t, uint64(7), table.touch(7))
	_, found = table.likely(9)
	require.False(t, found)

	ann, bob := relationship.Standing{Client: "lumen", User: "ann", Barred: true}, relationship.Standing{Client: "lumen", User: "bob"}
	draft := newDraft(New().now.Load())
	draft.tables.put(draft.number, ann.Key(), ann)
	at := remembered{key: ann.Key(), hash: hashKey(ann.Key())}
	draft.settle(&at, &row{bob.Key(), bob})
	require.Equal(t, ann, at.record)
}
