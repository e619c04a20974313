package memdb

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// loadable are records to load: memberships of many shapes, and others.
func loadable(t *testing.T) []relationship.Record {
	t.Helper()
	at := time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)
	var records []relationship.Record
	for u := range 300 {
		id := relationship.UserID(fmt.Sprintf("user-%03d", u))
		person, err := relationship.NewUser(id, "A Person", string(id)+"@northwind.example", relationship.Digest{1})
		require.NoError(t, err)
		records = append(records, person)
		for c := u % 3; c < 200; c += 1 + u%7 {
			records = append(records, relationship.Member{
				Client: relationship.ClientID(fmt.Sprintf("client-%03d", c)), User: id, Role: relationship.Standard, Manager: "northwind",
				Set: permset.MustNames(fmt.Sprintf("area.p%d", u%6)), Since: at.Add(time.Duration(c) * time.Second), TermFrom: at, Linked: c%2 == 0,
			})
		}
	}
	return records
}

func loaded(t *testing.T, load func(l *loading) error) (*Store, error) {
	t.Helper()
	l := newLoading()
	if err := load(l); err != nil {
		return nil, err
	}
	if err := l.finish(); err != nil {
		return nil, err
	}
	store, next := New(), &state{revision: 1}
	l.draft.become(next)
	store.publish(next)
	return store, nil
}

// In whatever order records are loaded, all is found as if they had been
// written: by key, by client, by user, and in order.
func TestLoading_InAnyOrder(t *testing.T) {
	records := loadable(t)
	written := New()
	_, err := written.Update(context.Background(), func(tx storage.Tx) error {
		for _, record := range records {
			require.NoError(t, tx.Put(record))
		}
		return tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}})
	})
	require.NoError(t, err)
	want := written.Snapshot()
	random := rand.New(rand.NewPCG(1, 2))
	for range 3 {
		random.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		store, err := loaded(t, func(l *loading) error {
			for _, record := range records {
				if err := l.add(record); err != nil {
					return err
				}
			}
			return nil
		})
		require.NoError(t, err)
		got := store.Snapshot()
		for _, kind := range relationship.Kinds() {
			require.True(t, slices.Equal(slices.Collect(want.All(kind, relationship.Key{})), slices.Collect(got.All(kind, relationship.Key{}))), "%s", kind)
		}
		for i := range 300 {
			client, user := fmt.Sprintf("client-%03d", i), fmt.Sprintf("user-%03d", i)
			require.True(t, slices.Equal(slices.Collect(want.Scan(relationship.KindMember, client, "")), slices.Collect(got.Scan(relationship.KindMember, client, ""))))
			require.True(t, slices.Equal(slices.Collect(want.Reverse(relationship.KindMember, user, "")), slices.Collect(got.Reverse(relationship.KindMember, user, ""))))
			found, is := got.Find(storage.ByEmail, user+"@northwind.example")
			require.True(t, is && found.Key() == relationship.UserKey(relationship.UserID(user)))
		}
		// What is loaded can be written upon.
		_, err = store.Update(context.Background(), func(tx storage.Tx) error {
			require.NoError(t, tx.Delete(relationship.MemberKey("client-000", "user-000")))
			return tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}})
		})
		require.NoError(t, err)
		require.Len(t, slices.Collect(got.Scan(relationship.KindMember, "client-000", "")),
			len(slices.Collect(store.Snapshot().Scan(relationship.KindMember, "client-000", "")))+1)
	}
	t.Logf("%d records", len(records))
}

func TestLoading_RefusesWhatCannotBe(t *testing.T) {
	records := loadable(t)
	ann, err := relationship.NewUser("ann", "Ann", "user-007@northwind.example", relationship.Digest{1})
	require.NoError(t, err)
	for name, wrong := range map[string]relationship.Record{
		"a membership twice":        records[1],
		"an address of another":     ann,
		"a record that fails Check": relationship.Client{ID: "lumen"},
		"a member that fails Check": relationship.Member{Client: "lumen", User: "ann"},
	} {
		_, err := loaded(t, func(l *loading) error {
			for _, record := range append(slices.Clone(records), wrong) {
				if err := l.add(record); err != nil {
					return err
				}
			}
			return nil
		})
		require.ErrorIs(t, err, storage.ErrCorrupt, name)
	}
}

// Texts that share memory with much else are copied, once each.
func TestLoading_KeepsNoMemoryOfTheJournal(t *testing.T) {
	text := "lumen ann and a lot besides"
	member := relationship.Member{Client: relationship.ClientID(text[:5]), User: relationship.UserID(text[6:9]), Role: relationship.Standard}
	within := func(s string) bool {
		at, from := uintptr(unsafe.Pointer(unsafe.StringData(s))), uintptr(unsafe.Pointer(unsafe.StringData(text)))
		return at >= from && at < from+uintptr(len(text))
	}
	require.True(t, within(string(member.User)))
	store, err := loaded(t, func(l *loading) error { return l.putMembers([]relationship.Member{member}) })
	require.NoError(t, err)
	now := store.now.Load()
	r, p := now.roster("lumen"), now.placesOf("ann")
	got := r.members[0][0]
	for _, kept := range []string{string(r.client), string(p.user), string(p.clients[0][0]), string(got.user), string(got.shape.Value().role)} {
		require.False(t, within(kept), kept)
	}
	require.Equal(t, unsafe.StringData(string(p.user)), unsafe.StringData(string(got.user)), "one text for each user")
	require.Equal(t, unsafe.StringData(string(r.client)), unsafe.StringData(string(p.clients[0][0])), "and one for each client")
}
