package storagetest

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var orderTests = []test{
	{"pages of every size, from every cursor, are pieces of the sorted whole", pages},
	{"a cursor survives the deletion of what it stands on", cursorSurvives},
	{"a sequence stays within its kind and its id", sequenceBounds},
	{"the access links of a partner are found by it", linksOfPartner},
}

func compareKeys(a, b relationship.Key) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.First, b.First), cmp.Compare(a.Second, b.Second))
}

// pages checks the three sequences of a store with few clients and users, at
// every limit and from every cursor, those included that name nothing.
func pages(t *testing.T, store storage.Store) {
	clients := []string{"a", "a a", "ab", "b"}
	users := []string{"", "a", "a\x01", "aa", "ab", "b", "ÿ"} // "" is only a cursor
	cursors := append([]string{"\x01", " ", "a ", "zz", "\U0010ffff"}, users...)
	update(t, store, func(tx storage.Tx) error {
		for _, client := range clients {
			for i, user := range users[1:] {
				if err := putAll(tx, member(client, user), relationship.Standing{
					Client: relationship.ClientID(client), User: relationship.UserID(user), Barred: i%2 == 0,
				}); err != nil {
					return err
				}
			}
		}
		return tx.Log(event("Write"))
	})
	checkPages(t, store.Snapshot(), clients, users, cursors)
	update(t, store, func(tx storage.Tx) error {
		checkPages(t, tx, clients, users, cursors)
		return nil
	})
}

func checkPages(t *testing.T, r storage.Reader, clients, users, cursors []string) {
	const kind = relationship.KindMember
	members := slices.DeleteFunc(sortedKeys(content(r)), func(key relationship.Key) bool { return key.Kind != kind })
	whole := len(members) + 1
	for _, after := range cursors {
		for _, client := range append(clients, "", "a\x01", "aaa") {
			want := keep(members, func(key relationship.Key) bool { return key.First == client && key.Second > after })
			checkPage(t, want, whole, func() iter.Seq[relationship.Record] { return r.Scan(kind, client, after) },
				"Scan", client, after)
		}
		for _, user := range append(users, "c", "a\x01a") {
			want := keep(members, func(key relationship.Key) bool { return key.Second == user && key.First > after })
			checkPage(t, want, whole, func() iter.Seq[relationship.Record] { return r.Reverse(kind, user, after) },
				"Reverse", user, after)
		}
		for _, second := range cursors {
			cursor := relationship.Key{Kind: kind, First: after, Second: second}
			want := keep(members, func(key relationship.Key) bool { return compareKeys(key, cursor) > 0 })
			checkPage(t, want, whole, func() iter.Seq[relationship.Record] { return r.All(kind, cursor) },
				"All", after, second)
		}
	}
	checkPage(t, members, whole, func() iter.Seq[relationship.Record] { return r.All(kind, relationship.Key{}) }, "All")
}

func keep(keys []relationship.Key, fits func(relationship.Key) bool) []relationship.Key {
	var kept []relationship.Key
	for _, key := range keys {
		if fits(key) {
			kept = append(kept, key)
		}
	}
	return kept
}

// checkPage takes the sequence at every limit.
func checkPage(t *testing.T, want []relationship.Key, whole int, open func() iter.Seq[relationship.Record], what ...any) {
	t.Helper()
	for limit := range min(whole, len(want)+1) + 1 {
		page := take(open(), limit)
		sameKeys(t, want[:min(limit, len(want))], keysOf(slices.Values(page)), "limit", limit, what)
	}
}

func cursorSurvives(t *testing.T, store storage.Store) {
	var want []relationship.Key
	update(t, store, func(tx storage.Tx) error {
		want = nil
		for i := range 20 {
			record := member("lumen", fmt.Sprintf("%02d", i))
			if err := tx.Put(record); err != nil {
				return err
			}
			want = append(want, record.Key())
		}
		return tx.Log(event("Write"))
	})
	var met []relationship.Key
	cursor := ""
	for {
		page := take(store.Snapshot().Scan(relationship.KindMember, "lumen", cursor), 3)
		if len(page) == 0 {
			break
		}
		met = append(met, keysOf(slices.Values(page))...)
		last := page[len(page)-1].Key()
		cursor = last.Second
		remove(t, store, last)
		commit(t, store, member("lumen", "00a"), member("lumen", cursor+" before the next"), member("another", cursor))
		remove(t, store, memberKey("lumen", cursor+" before the next"))
	}
	same(t, want, met)
}

func sequenceBounds(t *testing.T, store storage.Store) {
	commit(t, store,
		client("a"), client("ab"), user("a", "a@northwind.example"), partner("a"), partner("b"),
		member("a", "x"), member("ab", "x"), member("a", "xy"), member("x", "a"),
		limited("a", "x", start), relationship.Standing{Client: "a", User: "x"}, relationship.Terms{Client: "a", Partner: "x"})
	snapshot := store.Snapshot()
	for _, kind := range relationship.Kinds() {
		for record := range snapshot.All(kind, relationship.Key{}) {
			require.Equal(t, kind, record.Key().Kind)
		}
		for record := range snapshot.Scan(kind, "a", "") {
			require.Equal(t, kind, record.Key().Kind)
			require.Equal(t, "a", record.Key().First)
		}
		for record := range snapshot.Reverse(kind, "x", "") {
			require.Equal(t, kind, record.Key().Kind)
			require.Equal(t, "x", record.Key().Second)
		}
		require.Empty(t, keysOf(snapshot.Reverse(kind, "", "")), "the empty Second is nobody's")
	}
	require.Len(t, content(snapshot), 12)
	require.Empty(t, keysOf(snapshot.All("no kind", relationship.Key{})))
	require.Empty(t, keysOf(snapshot.All("memb", relationship.Key{})))
	require.Empty(t, keysOf(snapshot.Scan("no kind", "a", "")))
	same(t, []relationship.Key{clientKey("a")}, keysOf(snapshot.Scan(relationship.KindClient, "a", "")))
	same(t, []relationship.Key{memberKey("a", "x"), memberKey("ab", "x")}, keysOf(snapshot.Reverse(relationship.KindMember, "x", "")))
}

func linksOfPartner(t *testing.T, store storage.Store) {
	link := func(selector, partner string) relationship.Link {
		return relationship.Link{
			Selector: relationship.Selector(selector), Partner: relationship.PartnerID(partner), Employee: "ann",
			IssuedBy: "ann", Hash: relationship.Digest{1}, Issued: start, Expires: start.AddDate(0, 0, 30),
		}
	}
	selectors := func(r storage.Reader, partner, after string) (found []string) {
		for link := range storage.As[relationship.Link](r.Reverse(relationship.KindLink, partner, after)) {
			found = append(found, string(link.Selector))
		}
		return found
	}
	commit(t, store, link("c", "a"), link("a", "ab"), link("b", "a"), link("a\x01", "a"))
	require.Equal(t, []string{"a\x01", "b", "c"}, selectors(store.Snapshot(), "a", ""))
	require.Equal(t, []string{"c"}, selectors(store.Snapshot(), "a", "b"))
	require.Equal(t, []string{"a"}, selectors(store.Snapshot(), "ab", ""))
	require.Empty(t, selectors(store.Snapshot(), "", ""))
	update(t, store, func(tx storage.Tx) error {
		revoked := link("b", "a")
		revoked.Revoked = true
		require.NoError(t, tx.Put(revoked))
		require.NoError(t, tx.Put(link("bb", "a")))
		require.NoError(t, tx.Delete(relationship.LinkKey("c")))
		require.Equal(t, []string{"a\x01", "b", "bb"}, selectors(tx, "a", ""))
		return tx.Log(event("Write"))
	})
	require.Equal(t, []string{"a\x01", "b", "bb"}, selectors(store.Snapshot(), "a", ""))
}
