package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var idTests = []test{
	{"hostile ids are told apart, and sorted byte by byte", hostileIDs},
	{"hostile ids are kept as they are in every kind of record", hostileRecords},
}

// hostile are ids that a store may not confuse, fold, escape or cut. Sorted
// by anything else than their bytes, most of them come out elsewhere.
var hostile = []string{
	"a", "aa", "aaa", "A", "b", "a ", " a", "a b", " ", "  ", "\u00a0",
	"\x01", "\x01\x01", "a\x01", "a\x01b", "\x1f", "a\x1fb", "\x7f",
	"\n", "a\nb", "\r\n", "\t", "\u2028", "\u202ea", "\ufeff", "\u200b",
	"/", "a/b", "a//b", "a/", "/a", "..", "a,b", "a|b", "a:b", "a;b", "a.b", "a-b", "a_b",
	"%", "a%b", "%00", "%25", "_", "*", "?", "'", "''", `"`, `\`, `\0`, `a\x00b`, "--", "$1", "{}", "[0]", "<a>", "&amp;",
	"0", "00", "1", "10", "2", "-1", "NULL", "null", "nil", "true",
	"ÿ", "ÿÿ", "Ã¿", "é", "e\u0301", "ß", "ss", "ı", "I", "i", "日本", "\uffff", "\ufffd", "𝔘", "\U0010ffff", "a\U0010ffff",
	strings.Repeat("x", relationship.MaxText), strings.Repeat("x", relationship.MaxText-1),
	strings.Repeat("ÿ", relationship.MaxText/2), strings.Repeat("\U0010ffff", relationship.MaxText/4),
}

func hostileIDs(t *testing.T, store storage.Store) {
	update(t, store, func(tx storage.Tx) error {
		for _, first := range hostile {
			for _, second := range hostile {
				if err := tx.Put(member(first, second)); err != nil {
					return fmt.Errorf("%q %q: %w", first, second, err)
				}
			}
		}
		return tx.Log(event("Write"))
	})
	sorted := slices.Sorted(slices.Values(hostile))
	require.Len(t, slices.Compact(slices.Clone(sorted)), len(hostile))
	snapshot := store.Snapshot()
	var all []relationship.Key
	for _, first := range sorted {
		var scan, reverse []relationship.Key
		for _, second := range sorted {
			found, is := snapshot.Get(memberKey(first, second))
			require.True(t, is)
			require.True(t, member(first, second) == found)
			scan = append(scan, memberKey(first, second))
			reverse = append(reverse, memberKey(second, first))
		}
		sameKeys(t, scan, keysOf(snapshot.Scan(relationship.KindMember, first, "")))
		sameKeys(t, reverse, keysOf(snapshot.Reverse(relationship.KindMember, first, "")))
		for i, cursor := range sorted {
			sameKeys(t, scan[i+1:][:min(2, len(sorted)-i-1)],
				keysOf(slices.Values(take(snapshot.Scan(relationship.KindMember, first, cursor), 2))), "after", first, cursor)
			sameKeys(t, reverse[i+1:][:min(2, len(sorted)-i-1)],
				keysOf(slices.Values(take(snapshot.Reverse(relationship.KindMember, first, cursor), 2))), "after", first, cursor)
		}
		all = append(all, scan...)
	}
	sameKeys(t, all, keysOf(snapshot.All(relationship.KindMember, relationship.Key{})))
	for i, cursor := range all {
		sameKeys(t, all[i+1:][:min(1, len(all)-i-1)], keysOf(slices.Values(take(snapshot.All(relationship.KindMember, cursor), 1))), "after", cursor)
	}
	// One is deleted, and only that one goes.
	remove(t, store, memberKey("a/b", "a"), memberKey("a", "b"))
	require.Len(t, content(store.Snapshot()), len(all)-2)
}

func hostileRecords(t *testing.T, store storage.Store) {
	want := map[relationship.Key]relationship.Record{}
	update(t, store, func(tx storage.Tx) error {
		clear(want)
		for i, id := range hostile {
			ann := user(id, fmt.Sprintf("u%d@northwind.example", i))
			ann.Name = id
			ann, err := relationship.NewUser(ann.ID, ann.Name, string(ann.Email), ann.Salt)
			if err != nil {
				return err
			}
			northwind := partner(id, fmt.Sprintf("p%d.example", i))
			northwind.Name, northwind.Kind = id, relationship.PartnerKind(id)
			called := limited(id, id, start)
			called.ClientName = id
			templated := member(id, id)
			templated.Template, templated.Manager = id, relationship.PartnerID(id)
			for _, record := range []relationship.Record{
				ann, northwind, called, templated,
				relationship.Client{ID: relationship.ClientID(id), Name: id},
				relationship.Employee{
					Partner: relationship.PartnerID(id), User: relationship.UserID(id), Kind: relationship.Staff,
					Status: relationship.Employed, Since: start,
				},
				relationship.Template{Partner: relationship.PartnerID(id), Name: id},
				relationship.Link{
					Selector: relationship.Selector(id), Partner: relationship.PartnerID(id), Employee: relationship.UserID(id),
					IssuedBy: relationship.UserID(id), Hash: relationship.Digest{1}, Issued: start, Expires: start.AddDate(0, 0, 30),
				},
				relationship.Terms{Client: relationship.ClientID(id), Partner: relationship.PartnerID(id)},
				relationship.Standing{Client: relationship.ClientID(id), User: relationship.UserID(id), Barred: true},
			} {
				if err := tx.Put(record); err != nil {
					return err
				}
				want[record.Key()] = record
			}
		}
		logged := event("Write")
		logged.Reason = "'; DROP TABLE record; -- %s \x01 \U0010ffff"
		return errors.Join(tx.Put(relationship.Catalog{Declaration: `{"é": "\\"}`}), tx.Log(logged))
	})
	catalog := relationship.Catalog{Declaration: `{"é": "\\"}`}
	want[catalog.Key()] = catalog
	same(t, want, content(store.Snapshot()))
	log := commits(t, store, 0)
	verify(t, log)
	same(t, want, replay(t, log))
}
