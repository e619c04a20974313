package storagetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var refusedTests = []test{
	{"a record that fails its Check changes nothing", refusedRecords},
	{"an id that is no id is refused in every place", refusedIDs},
	{"deleting what is not there is ErrNotFound", deleteMissing},
}

// wrapped gets by the compiler as a Record, and would get by no type switch.
type wrapped struct{ relationship.Client }

func refusedRecords(t *testing.T, store storage.Store) {
	commit(t, store, client("lumen"), user("ann", "ann@northwind.example"), member("lumen", "ann"))
	pointed := client("lumen")
	noName := client("lumen")
	noName.Name = ""
	forged := user("ann", "ann@northwind.example")
	forged.Name = "Somebody Else"
	admin := member("lumen", "ann")
	admin.Role = relationship.PartnerAdmin
	halfSecond := member("lumen", "ann")
	halfSecond.End = start.Add(time.Second / 2)
	elsewhere := member("lumen", "ann")
	elsewhere.Since = start.In(time.FixedZone("elsewhere", 3600))
	empty := limited("northwind", "lumen", start)
	empty.Members = 0
	refused := map[string]relationship.Record{
		"nothing":                          nil,
		"a pointer to a record":            &pointed,
		"a struct around a record":         wrapped{client("lumen")},
		"a client without a name":          noName,
		"a user whose digest does not fit": forged,
		"an own partner admin":             admin,
		"an end with half a second":        halfSecond,
		"an instant in another zone":       elsewhere,
		"an active relationship of nobody": empty,
		"a catalogue without a content":    relationship.Catalog{},
	}
	check := unchanged(t, store)
	for name, record := range refused {
		t.Run(name, func(t *testing.T) {
			revision := update(t, store, func(tx storage.Tx) error {
				var field *relationship.FieldError
				require.ErrorAs(t, tx.Put(record), &field)
				require.Empty(t, tx.Changed())
				got, _ := tx.Get(clientKey("lumen"))
				require.Equal(t, client("lumen"), got)
				return nil
			})
			require.Equal(t, storage.Revision(1), revision)
			check()
			_, err := store.Update(context.Background(), func(tx storage.Tx) error {
				return errors.Join(tx.Put(client("aster")), tx.Put(record), tx.Log(event("Write")))
			})
			require.Error(t, err)
			check()
		})
	}
}

// noIDs are texts that no store has to keep.
var noIDs = map[string]string{
	"empty":              "",
	"only U+0000":        "\x00",
	"U+0000 in it":       "a\x00b",
	"U+0000 at the end":  "a\x00",
	"a lone byte":        "\xff",
	"half a rune":        "a\xc3",
	"a surrogate":        "\xed\xa0\x80",
	"an overlong slash":  "\xc0\xaf",
	"257 bytes":          strings.Repeat("x", relationship.MaxText+1),
	"257 bytes of runes": strings.Repeat("ÿ", relationship.MaxText/2) + "x",
}

func refusedIDs(t *testing.T, store storage.Store) {
	commit(t, store, member("a", "b"), client("a"))
	check := unchanged(t, store)
	for name, id := range noIDs {
		t.Run(name, func(t *testing.T) {
			update(t, store, func(tx storage.Tx) error {
				for _, record := range []relationship.Record{
					client(id), member(id, "b"), member("a", id), limited(id, "a", start), limited("a", id, start),
					relationship.Standing{Client: relationship.ClientID(id), User: "b"},
				} {
					var field *relationship.FieldError
					require.ErrorAs(t, tx.Put(record), &field)
				}
				return nil
			})
			check()
			// Asking for one is no error: there is nothing.
			snapshot := store.Snapshot()
			for _, key := range []relationship.Key{clientKey(id), memberKey(id, "b"), memberKey("a", id)} {
				_, found := snapshot.Get(key)
				require.False(t, found)
			}
			require.Empty(t, keysOf(snapshot.Scan(relationship.KindMember, id, "")))
			require.Empty(t, keysOf(snapshot.Reverse(relationship.KindMember, id, "")))
		})
	}
}

func deleteMissing(t *testing.T, store storage.Store) {
	commit(t, store, client("lumen"))
	check := unchanged(t, store)
	for _, key := range []relationship.Key{
		{}, clientKey("lume"), clientKey("lumen "), userKey("lumen"), memberKey("lumen", "lumen"),
		{Kind: relationship.KindClient, First: "lumen", Second: "lumen"}, {Kind: "no kind", First: "lumen"},
	} {
		update(t, store, func(tx storage.Tx) error {
			require.ErrorIs(t, tx.Delete(key), storage.ErrNotFound, key.String())
			require.Empty(t, tx.Changed())
			return nil
		})
	}
	check()
	update(t, store, func(tx storage.Tx) error {
		require.NoError(t, tx.Delete(clientKey("lumen")))
		require.ErrorIs(t, tx.Delete(clientKey("lumen")), storage.ErrNotFound)
		return tx.Log(event("Delete"))
	})
	require.Empty(t, content(store.Snapshot()))
}
