package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var writerTests = []test{
	{"a change reads its own writes, and nobody else does", ownWrites},
	{"a change reads the newest state", newestState},
	{"a run over a change in the making shows where it began", runWhileWriting},
	{"two changes that check first never both pass", writeSkew},
	{"no increment is lost", lostUpdate},
}

func ownWrites(t *testing.T, store storage.Store) {
	commit(t, store, user("ann", "ann@northwind.example"), member("lumen", "ann"), member("aster", "ann"),
		limited("northwind", "lumen", start))
	check := unchanged(t, store)
	update(t, store, func(tx storage.Tx) error {
		require.NoError(t, putAll(tx, user("ann", "new@northwind.example"), member("lumen", "bob"),
			limited("northwind", "aster", start.AddDate(0, 0, -1))))
		require.NoError(t, tx.Delete(memberKey("aster", "ann")))

		require.Equal(t, storage.Revision(1), tx.Revision())
		require.Equal(t, start, tx.At())
		got, found := tx.Get(userKey("ann"))
		require.True(t, found)
		require.Equal(t, user("ann", "new@northwind.example"), got)
		_, found = tx.Get(memberKey("aster", "ann"))
		require.False(t, found)
		_, found = tx.Find(storage.ByEmail, "ann@northwind.example")
		require.False(t, found)
		got, found = tx.Find(storage.ByEmail, "new@northwind.example")
		require.True(t, found)
		require.Equal(t, userKey("ann"), got.Key())
		require.Equal(t, []relationship.Key{memberKey("lumen", "ann"), memberKey("lumen", "bob")},
			keysOf(tx.Scan(relationship.KindMember, "lumen", "")))
		require.Equal(t, []relationship.Key{memberKey("lumen", "ann")},
			keysOf(tx.Reverse(relationship.KindMember, "ann", "")))
		require.Len(t, keysOf(tx.All(relationship.KindMember, relationship.Key{})), 2)
		require.Equal(t, []relationship.Key{
			relationship.RelationshipKey("northwind", "aster"), relationship.RelationshipKey("northwind", "lumen"),
		}, keysOf(tx.Due(start)))

		check() // nothing of it can be seen from outside
		return tx.Log(event("Write"))
	})
	require.Len(t, content(store.Snapshot()), 5)
}

func newestState(t *testing.T, store storage.Store) {
	for i := range 10 {
		revision := update(t, store, func(tx storage.Tx) error {
			require.Equal(t, storage.Revision(i), tx.Revision())
			require.Equal(t, i, number(tx, "lumen"))
			return errors.Join(tx.Put(numbered("lumen", i+1)), tx.Log(event("Write")))
		})
		require.Equal(t, storage.Revision(i+1), revision)
	}
}

func runWhileWriting(t *testing.T, store storage.Store) {
	commit(t, store, member("lumen", "ann"), member("lumen", "bob"), member("lumen", "carla"), member("lumen", "dora"))
	update(t, store, func(tx storage.Tx) error {
		if err := tx.Delete(memberKey("lumen", "carla")); err != nil {
			return err
		}
		var met []string
		for found := range storage.As[relationship.Member](tx.Scan(relationship.KindMember, "lumen", "")) {
			met = append(met, string(found.User))
			// None of these is met by the run that is under way.
			if err := putAll(tx, member("lumen", string(found.User)+" junior")); err != nil {
				return err
			}
			if err := tx.Delete(found.Key()); err != nil {
				return err
			}
		}
		require.Equal(t, []string{"ann", "bob", "dora"}, met)
		return tx.Log(event("Rename"))
	})
	same(t, []relationship.Key{
		memberKey("lumen", "ann junior"), memberKey("lumen", "bob junior"), memberKey("lumen", "dora junior"),
	}, keysOf(store.Snapshot().All(relationship.KindMember, relationship.Key{})))
}

// writeSkew lets two changes race, each of which closes one of two clients if
// the other is still open. Exactly one of them may.
func writeSkew(t *testing.T, store storage.Store) {
	errLast := errors.New("it is the last one")
	for round := range 100 {
		pair := [2]string{fmt.Sprint("left ", round), fmt.Sprint("right ", round)}
		commit(t, store, client(pair[0]), client(pair[1]))
		var outcomes [2]error
		var racers sync.WaitGroup
		for i := range pair {
			racers.Go(func() {
				_, outcomes[i] = store.Update(context.Background(), func(tx storage.Tx) error {
					own, _ := storage.Get[relationship.Client](tx, clientKey(pair[i]))
					other, _ := storage.Get[relationship.Client](tx, clientKey(pair[1-i]))
					if other.Closed {
						return errLast
					}
					own.Closed = true
					return errors.Join(tx.Put(own), tx.Log(event("CloseClient")))
				})
			})
		}
		racers.Wait()
		failed := errors.Join(outcomes[0], outcomes[1])
		require.ErrorIs(t, failed, errLast)
		require.True(t, outcomes[0] == nil || outcomes[1] == nil, "%v", failed)
	}
}

func lostUpdate(t *testing.T, store storage.Store) {
	const writers, each = 4, 25
	commit(t, store, numbered("lumen", 0))
	var racers sync.WaitGroup
	for range writers {
		racers.Go(func() {
			for range each {
				_, err := store.Update(context.Background(), func(tx storage.Tx) error {
					return errors.Join(tx.Put(numbered("lumen", number(tx, "lumen")+1)), tx.Log(event("Count")))
				})
				assert.NoError(t, err)
			}
		})
	}
	racers.Wait()
	require.Equal(t, writers*each, number(store.Snapshot(), "lumen"))
	require.Equal(t, storage.Revision(1+writers*each), store.Snapshot().Revision())
}
