package storagetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// loadsMembers requires of a journal that is a storage.MembersLoader that it
// hands over, in order, what Load does.
func loadsMembers(t *testing.T, engine Engine, journal storage.Journal) {
	loader, is := journal.(storage.MembersLoader)
	if !is {
		return
	}
	store := build(t, engine, stays(journal))
	for _, name := range []string{"lumen", "harbor", "lume", "lumen2"} {
		records := []relationship.Record{client(name), user(name, name+"@northwind.example")}
		for i := range 300 {
			records = append(records, member(name, fmt.Sprintf("user-%03d", i*7%300)))
		}
		commit(t, store, records...)
		remove(t, store, relationship.MemberKey(relationship.ClientID(name), "user-100"))
	}
	require.NoError(t, store.Close())

	want := map[relationship.Key]relationship.Record{}
	head, err := journal.Load(context.Background(), func(record relationship.Record) error {
		want[record.Key()] = record
		return nil
	})
	require.NoError(t, err)
	require.Len(t, want, 4*(2+300-1))
	var last relationship.Key
	calls, got := 0, 0
	same := func(record relationship.Record) {
		require.True(t, want[record.Key()] == record, "%s", record.Key())
		got++
	}
	headAgain, err := loader.LoadMembers(context.Background(), func(record relationship.Record) error {
		require.NotEqual(t, relationship.KindMember, record.Key().Kind)
		same(record)
		return nil
	}, func(members []relationship.Member) error {
		calls++
		for _, m := range members {
			key := m.Key()
			require.Equal(t, members[0].Client, m.Client, "one client at a time")
			require.True(t, last.First < key.First || last.First == key.First && last.Second < key.Second, "%s behind %s", key, last)
			last = key
			same(m)
		}
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, head, headAgain)
	require.Equal(t, len(want), got)
	require.Less(t, calls, got/4, "many at a time")

	broken := errors.New("broken")
	fine := func(relationship.Record) error { return nil }
	_, err = loader.LoadMembers(context.Background(), func(relationship.Record) error { return broken },
		func([]relationship.Member) error { return nil })
	require.ErrorIs(t, err, broken)
	_, err = loader.LoadMembers(context.Background(), fine, func([]relationship.Member) error { return broken })
	require.ErrorIs(t, err, broken)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = loader.LoadMembers(ended, fine, func([]relationship.Member) error { return nil })
	require.ErrorIs(t, err, context.Canceled)
}
