package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var uniqueTests = []test{
	{"an e-mail address belongs to one user", emailConflict},
	{"a domain belongs to one partner", domainConflict},
	{"a record keeps its own values", ownValue},
	{"a freed value can be used again", freedValue},
	{"a freed value can be used again in the same change", freedValueAtOnce},
	{"values can go from one to the other in one change", swappedValues},
	{"a rolled back change frees and takes nothing", freedValueRollback},
	{"of two that claim a value at once, one gets it", claimRace},
	{"Find takes the whole value and nothing else", findWhole},
}

// conflicts checks that the error is a conflict and says everything.
func conflicts(t *testing.T, err error, what storage.Unique, key, holder relationship.Key) {
	t.Helper()
	require.ErrorIs(t, err, storage.ErrConflict)
	var conflict *storage.ConflictError
	require.ErrorAs(t, err, &conflict)
	require.Equal(t, storage.ConflictError{What: what, Key: key, Holder: holder}, *conflict)
}

func emailConflict(t *testing.T, store storage.Store) {
	commit(t, store, user("ann", "ann@northwind.example"), user("bob", "bob@northwind.example"))
	update(t, store, func(tx storage.Tx) error {
		conflicts(t, tx.Put(user("carla", "ann@northwind.example")), storage.ByEmail, userKey("carla"), userKey("ann"))
		conflicts(t, tx.Put(user("bob", "ann@northwind.example")), storage.ByEmail, userKey("bob"), userKey("ann"))
		require.Empty(t, tx.Changed())
		require.NoError(t, tx.Put(user("dora", "dora@northwind.example")))
		conflicts(t, tx.Put(user("carla", "dora@northwind.example")), storage.ByEmail, userKey("carla"), userKey("dora"))
		// A change goes on after a conflict, without what was refused.
		return tx.Log(event("AddUser"))
	})
	same(t, map[relationship.Key]relationship.Record{
		userKey("ann"):  user("ann", "ann@northwind.example"),
		userKey("bob"):  user("bob", "bob@northwind.example"),
		userKey("dora"): user("dora", "dora@northwind.example"),
	}, content(store.Snapshot()))
	check := unchanged(t, store)
	_, err := store.Update(context.Background(), func(tx storage.Tx) error {
		return tx.Put(user("carla", "ann@northwind.example"))
	})
	conflicts(t, err, storage.ByEmail, userKey("carla"), userKey("ann"))
	check()
}

func domainConflict(t *testing.T, store storage.Store) {
	commit(t, store, partner("northwind", "northwind.example", "northwind.test"))
	update(t, store, func(tx storage.Tx) error {
		for _, domains := range [][]string{
			{"northwind.test"}, {"a.example", "northwind.test"}, {"northwind.test", "z.example"},
			{"a.example", "northwind.test", "z.example"},
		} {
			conflicts(t, tx.Put(partner("umbra", domains...)), storage.ByDomain, partnerKey("umbra"), partnerKey("northwind"))
		}
		require.Empty(t, tx.Changed())
		// What was refused has taken nothing, not even a part.
		require.NoError(t, tx.Put(partner("vega", "a.example", "z.example")))
		return tx.Log(event("AddPartner"))
	})
	_, found := store.Snapshot().Get(partnerKey("umbra"))
	require.False(t, found)
}

func ownValue(t *testing.T, store storage.Store) {
	commit(t, store, user("ann", "ann@northwind.example"), partner("northwind", "northwind.example"))
	renamed := partner("northwind", "northwind.example", "northwind.test")
	renamed.Name = "Northwind Digital"
	commit(t, store, renamed, user("ann", "ann@northwind.example"))
	for _, domain := range []string{"northwind.example", "northwind.test"} {
		holder, found := store.Snapshot().Find(storage.ByDomain, domain)
		require.True(t, found)
		require.Equal(t, renamed, holder)
	}
}

func freedValue(t *testing.T, store storage.Store) {
	commit(t, store, user("ann", "team@northwind.example"), partner("northwind", "northwind.example", "northwind.test"))
	commit(t, store, user("ann", "ann@northwind.example"), partner("northwind", "northwind.test"))
	commit(t, store, user("bob", "team@northwind.example"), partner("umbra", "northwind.example"))
	remove(t, store, userKey("bob"), partnerKey("umbra"))
	_, found := store.Snapshot().Find(storage.ByEmail, "team@northwind.example")
	require.False(t, found)
	commit(t, store, user("carla", "team@northwind.example"), partner("vega", "northwind.example"))
	holder, _ := store.Snapshot().Find(storage.ByEmail, "team@northwind.example")
	require.Equal(t, userKey("carla"), holder.Key())
	holder, _ = store.Snapshot().Find(storage.ByDomain, "northwind.example")
	require.Equal(t, partnerKey("vega"), holder.Key())
}

func freedValueAtOnce(t *testing.T, store storage.Store) {
	commit(t, store, user("ann", "ann@northwind.example"), user("bob", "bob@northwind.example"),
		partner("northwind", "a.example", "b.example"), partner("umbra", "c.example"))
	update(t, store, func(tx storage.Tx) error {
		return errors.Join(
			// Two users swap their addresses, by way of a third one.
			tx.Put(user("ann", "on-the-way@northwind.example")),
			tx.Put(user("bob", "ann@northwind.example")),
			tx.Put(user("ann", "bob@northwind.example")),
			// A domain goes over from partner to partner, and one is deleted.
			tx.Put(partner("northwind", "b.example")),
			tx.Put(partner("umbra", "a.example", "c.example")),
			tx.Delete(partnerKey("northwind")),
			tx.Put(partner("vega", "b.example")),
			tx.Log(event("Swap")))
	})
	for what, holders := range map[storage.Unique]map[string]relationship.Key{
		storage.ByEmail: {"ann@northwind.example": userKey("bob"), "bob@northwind.example": userKey("ann")},
		storage.ByDomain: {
			"a.example": partnerKey("umbra"), "b.example": partnerKey("vega"), "c.example": partnerKey("umbra"),
		},
	} {
		for value, key := range holders {
			holder, found := store.Snapshot().Find(what, value)
			require.True(t, found, value)
			require.Equal(t, key, holder.Key(), value)
		}
	}
	_, found := store.Snapshot().Find(storage.ByEmail, "on-the-way@northwind.example")
	require.False(t, found)
}

// swap has ann and bob exchange their addresses, by way of a third, and two
// partners their domains, in one event.
func swap(tx storage.Tx) error {
	return putAll(tx,
		user("ann", "between@northwind.example"), user("bob", "ann@northwind.example"), user("ann", "bob@northwind.example"),
		partner("northwind", "between.example"), partner("harbor", "northwind.example", "nw.example"), partner("northwind", "harbor.example"))
}

func swappedValues(t *testing.T, store storage.Store) {
	commit(t, store, user("ann", "ann@northwind.example"), user("bob", "bob@northwind.example"),
		partner("northwind", "northwind.example", "nw.example"), partner("harbor", "harbor.example"))
	before := content(store.Snapshot())
	update(t, store, func(tx storage.Tx) error {
		// Taken back, everything is as it was; then it is done again.
		if err := errors.Join(swap(tx), storage.TakeBack(tx)); err != nil {
			return err
		}
		require.Empty(t, tx.Changed())
		require.Equal(t, before, content(tx))
		found, _ := tx.Find(storage.ByEmail, "bob@northwind.example")
		require.Equal(t, before[userKey("bob")], found)
		return errors.Join(swap(tx), tx.Log(event("Swap")))
	})
	for value, key := range map[string]relationship.Key{
		"ann@northwind.example": userKey("bob"), "bob@northwind.example": userKey("ann"),
	} {
		found, is := store.Snapshot().Find(storage.ByEmail, value)
		require.True(t, is)
		require.Equal(t, key, found.Key())
	}
	then, err := storage.Past(context.Background(), store, store.Snapshot(), 1)
	require.NoError(t, err)
	require.Equal(t, before, content(then))
}

func freedValueRollback(t *testing.T, store storage.Store) {
	commit(t, store, user("ann", "ann@northwind.example"))
	errNo := errors.New("no")
	_, err := store.Update(context.Background(), func(tx storage.Tx) error {
		return errors.Join(tx.Delete(userKey("ann")), tx.Put(user("bob", "ann@northwind.example")),
			tx.Put(user("carla", "carla@northwind.example")), tx.Log(event("Swap")), errNo)
	})
	require.ErrorIs(t, err, errNo)
	update(t, store, func(tx storage.Tx) error {
		conflicts(t, tx.Put(user("dora", "ann@northwind.example")), storage.ByEmail, userKey("dora"), userKey("ann"))
		return errors.Join(tx.Put(user("dora", "carla@northwind.example")), tx.Log(event("AddUser")))
	})
}

func claimRace(t *testing.T, store storage.Store) {
	for round := range 20 {
		email := fmt.Sprintf("%d@northwind.example", round)
		var outcomes [3]error
		var racers sync.WaitGroup
		for i := range outcomes {
			racers.Go(func() {
				_, outcomes[i] = store.Update(context.Background(), func(tx storage.Tx) error {
					return errors.Join(tx.Put(user(fmt.Sprint(round, " ", i), email)), tx.Log(event("AddUser")))
				})
			})
		}
		racers.Wait()
		won := 0
		for i, err := range outcomes {
			if err == nil {
				won++
				holder, _ := store.Snapshot().Find(storage.ByEmail, email)
				require.Equal(t, userKey(fmt.Sprint(round, " ", i)), holder.Key())
			} else {
				require.ErrorIs(t, err, storage.ErrConflict)
			}
		}
		require.Equal(t, 1, won)
	}
}

func findWhole(t *testing.T, store storage.Store) {
	commit(t, store, user("ann", "ann@northwind.example"), user("Ann", "Ann@northwind.example"),
		partner("northwind", "northwind.example"), partner("north", "sub.northwind.example", "northwind.example.test"))
	snapshot := store.Snapshot()
	holder, _ := snapshot.Find(storage.ByEmail, "Ann@northwind.example")
	require.Equal(t, userKey("Ann"), holder.Key(), "the part before the @ is compared byte by byte")
	for what, values := range map[storage.Unique][]string{
		storage.ByEmail: {
			"", "ann", "ann@northwind.exampl", "ann@northwind.example ", "ann@northwind.example\x00", "nn@northwind.example",
			"ANN@northwind.example", "%", "northwind.example",
		},
		storage.ByDomain: {"", "northwind", "example", "northwind.exampl", "wind.example", "test", "NORTHWIND.example"},
		"something else": {"", "ann@northwind.example", "northwind.example"},
	} {
		for _, value := range values {
			found, is := snapshot.Find(what, value)
			require.False(t, is, "%s %q finds %v", what, value, found)
			require.Nil(t, found)
		}
	}
}
