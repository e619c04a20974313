package storagetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var volumeTests = []test{
	{"100,000 records in one change", manyRecords},
}

// manyRecords uses the smallest record there is: it is about their number.
func manyRecords(t *testing.T, store storage.Store) {
	const clients, users = 20, 5000
	record := func(i int) relationship.Standing {
		return relationship.Standing{
			Client: relationship.ClientID(fmt.Sprintf("%02d", i/users)),
			User:   relationship.UserID(fmt.Sprintf("%04d", i%users)), Barred: true,
		}
	}
	commit(t, store, record(0))
	small := store.Snapshot()
	update(t, store, func(tx storage.Tx) error {
		for i := range clients * users {
			if err := tx.Put(record(i)); err != nil {
				return err
			}
		}
		return tx.Log(event("Import"))
	})
	require.Len(t, content(small), 1)
	whole := store.Snapshot()
	i := 0
	for found := range whole.All(relationship.KindStanding, relationship.Key{}) {
		if found != record(i) {
			require.Equal(t, record(i), found)
		}
		i++
	}
	require.Equal(t, clients*users, i)
	require.Len(t, keysOf(whole.Scan(relationship.KindStanding, "07", record(users/2-1).Key().Second)), users/2)
	require.Len(t, keysOf(whole.Reverse(relationship.KindStanding, record(users-1).Key().Second, "")), clients)

	log := commits(t, store, 0)
	require.Len(t, log, 2)
	require.Len(t, log[1].Events[0].Lines, clients*users-1, "all but the one that was there")
	verify(t, log)

	update(t, store, func(tx storage.Tx) error {
		for i := range 2 * users {
			if err := tx.Delete(record(i).Key()); err != nil {
				return err
			}
		}
		return tx.Log(event("Remove"))
	})
	require.Len(t, keysOf(store.Snapshot().All(relationship.KindStanding, relationship.Key{})), (clients-2)*users)
	require.Len(t, keysOf(whole.Scan(relationship.KindStanding, "00", "")), users)
}
