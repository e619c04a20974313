package memdb

import (
	"bytes"
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/hashicorp/go-memdb"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// state is everything at one revision. It is never changed: a commit makes
// the next one.
type state struct {
	tables
	// db has the records that are no memberships, in their orders.
	db       *memdb.MemDB
	revision storage.Revision
	at       time.Time
	chain    relationship.Digest
	// epoch counts the histories that the journal has lost before this one.
	epoch int
}

// Head implements storage.Snapshot.
func (s *state) Head() storage.Head {
	return storage.Head{Revision: s.revision, At: s.at, Chain: s.chain}
}

// Revision implements storage.Reader.
func (s *state) Revision() storage.Revision { return s.revision }

// At implements storage.Reader.
func (s *state) At() time.Time { return s.at }

// Draft implements storage.Snapshot.
func (s *state) Draft() storage.Tx { return newDraft(s) }

// Get implements storage.Reader.
func (s *state) Get(key relationship.Key) (relationship.Record, bool) {
	return s.get(hashKey(key), key)
}

// Member is what storage.GetMember asks for.
func (s *state) Member(client relationship.ClientID, user relationship.UserID) (relationship.Member, bool) {
	return s.member(client, user)
}

// Scan implements storage.Reader.
func (s *state) Scan(kind relationship.Kind, first, after string) iter.Seq[relationship.Record] {
	return scan(&s.tables, s.db.Txn(false), kind, first, after)
}

// Reverse implements storage.Reader.
func (s *state) Reverse(kind relationship.Kind, second, after string) iter.Seq[relationship.Record] {
	return reverse(&s.tables, s.db.Txn(false), kind, second, after)
}

// All implements storage.Reader.
func (s *state) All(kind relationship.Kind, after relationship.Key) iter.Seq[relationship.Record] {
	return all(&s.tables, s.db.Txn(false), kind, after)
}

// Find implements storage.Reader.
func (s *state) Find(what storage.Unique, value string) (relationship.Record, bool) {
	return s.find(storage.UniqueValue{What: what, Value: value})
}

// Due implements storage.Reader.
func (s *state) Due(at time.Time) iter.Seq[relationship.Relationship] {
	return due(&s.tables, s.db.Txn(false), at)
}

// The functions below serve a state and a draft alike. An error of go-memdb
// here can only mean that this package asks for a table or an index that its
// schema does not have.

// from iterates over an index from a key on.
func from(txn *memdb.Txn, table, index string, key []byte) memdb.ResultIterator {
	found, err := txn.LowerBound(table, index, key)
	if err != nil {
		panic(err)
	}
	return found
}

func scan(t *tables, txn *memdb.Txn, kind relationship.Kind, first, after string) iter.Seq[relationship.Record] {
	if kind != relationship.KindMember {
		return below(t, txn, byKey, keyOf, join(string(kind), first, ""), after)
	}
	return func(yield func(relationship.Record) bool) {
		r := t.roster(relationship.ClientID(first))
		r.run(after, yield)
	}
}

// run yields the members behind one, and reports whether to go on.
func (r *roster) run(after string, yield func(relationship.Record) bool) bool {
	for m := range r.members.from(userOf, after) {
		if !yield(m.of(r.client)) {
			return false
		}
	}
	return true
}

func reverse(t *tables, txn *memdb.Txn, kind relationship.Kind, second, after string) iter.Seq[relationship.Record] {
	if kind != relationship.KindMember {
		return below(t, txn, byReverse, reverseOf, join(string(kind), second, ""), after)
	}
	return func(yield func(relationship.Record) bool) {
		p := t.placesOf(relationship.UserID(second))
		for client := range p.clients.from(itself, after) {
			member, _ := t.member(client, p.user)
			if !yield(member) {
				return
			}
		}
	}
}

// below runs over the records whose key in the index is the prefix and some id
// behind after.
func below(t *tables, txn *memdb.Txn, index string, keyOf func(relationship.Record) []byte, prefix []byte, after string) iter.Seq[relationship.Record] {
	start := append(bytes.Clone(prefix), after...)
	return func(yield func(relationship.Record) bool) {
		found := from(txn, recordTable, index, start)
		for object := found.Next(); object != nil; object = found.Next() {
			record := object.(relationship.Record)
			key := keyOf(record)
			if !bytes.HasPrefix(key, prefix) {
				return
			}
			if after != "" && bytes.Equal(key, start) {
				continue
			}
			if !yield(t.current(record)) {
				return
			}
		}
	}
}

func all(t *tables, txn *memdb.Txn, kind relationship.Kind, after relationship.Key) iter.Seq[relationship.Record] {
	if kind == relationship.KindMember {
		return allMembers(t, after)
	}
	start := join(string(kind), "")
	if after != (relationship.Key{}) {
		start = join(string(kind), after.First, after.Second)
	}
	return func(yield func(relationship.Record) bool) {
		found := from(txn, recordTable, byKey, start)
		for object := found.Next(); object != nil; object = found.Next() {
			record := object.(relationship.Record)
			key := record.Key()
			if key.Kind != kind {
				return
			}
			if key.First == after.First && key.Second == after.Second {
				continue
			}
			if !yield(t.current(record)) {
				return
			}
		}
	}
}

// allMembers runs over the rosters in the order of their clients, which is made
// for the run.
func allMembers(t *tables, after relationship.Key) iter.Seq[relationship.Record] {
	return func(yield func(relationship.Record) bool) {
		var rosters []*roster
		for r := range t.rosters.all {
			if string(r.client) >= after.First {
				rosters = append(rosters, r)
			}
		}
		slices.SortFunc(rosters, func(a, b *roster) int { return cmp.Compare(a.client, b.client) })
		for _, r := range rosters {
			behind := ""
			if string(r.client) == after.First {
				behind = after.Second
			}
			if !r.run(behind, yield) {
				return
			}
		}
	}
}

func due(t *tables, txn *memdb.Txn, at time.Time) iter.Seq[relationship.Relationship] {
	return func(yield func(relationship.Relationship) bool) {
		found := from(txn, recordTable, byDue, nil)
		for object := found.Next(); object != nil; object = found.Next() {
			r := t.current(object.(relationship.Relationship)).(relationship.Relationship)
			if r.Due().After(at) || !yield(r) {
				return
			}
		}
	}
}
