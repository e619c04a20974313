package memdb

import (
	"bytes"
	"iter"
	"time"

	"github.com/hashicorp/go-memdb"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// state is everything at one revision. It is never changed: a commit makes
// the next one.
type state struct {
	db       *memdb.MemDB
	revision storage.Revision
	at       time.Time
	chain    relationship.Digest
	// log is the log behind the checkpoint. Later states append to the same
	// array behind the end that this one sees. Over a journal both are the
	// journal's, and empty here.
	log        []storage.Commit
	checkpoint storage.Checkpoint
}

// Revision implements storage.Reader.
func (s *state) Revision() storage.Revision { return s.revision }

// At implements storage.Reader.
func (s *state) At() time.Time { return s.at }

// Draft implements storage.Snapshot.
func (s *state) Draft() storage.Tx { return newDraft(s) }

// Get implements storage.Reader.
func (s *state) Get(key relationship.Key) (relationship.Record, bool) {
	return get(s.db.Txn(false), byKey, keyBytes(key))
}

// Scan implements storage.Reader.
func (s *state) Scan(kind relationship.Kind, first, after string) iter.Seq[relationship.Record] {
	return scan(s.db.Txn(false), byKey, join(string(kind), first, ""), after)
}

// Reverse implements storage.Reader.
func (s *state) Reverse(kind relationship.Kind, second, after string) iter.Seq[relationship.Record] {
	return scan(s.db.Txn(false), byReverse, join(string(kind), second, ""), after)
}

// All implements storage.Reader.
func (s *state) All(kind relationship.Kind, after relationship.Key) iter.Seq[relationship.Record] {
	return all(s.db.Txn(false), kind, after)
}

// Find implements storage.Reader.
func (s *state) Find(what storage.Unique, value string) (relationship.Record, bool) {
	return get(s.db.Txn(false), byUnique, uniqueBytes(storage.UniqueValue{What: what, Value: value}))
}

// Due implements storage.Reader.
func (s *state) Due(at time.Time) iter.Seq[relationship.Relationship] {
	return due(s.db.Txn(false), at)
}

// The functions below serve a state and a draft alike. An error of go-memdb
// here can only mean that this package asks for a table or an index that its
// schema does not have.

func get(txn *memdb.Txn, index string, key []byte) (relationship.Record, bool) {
	found, err := txn.First(recordTable, index, key)
	if err != nil {
		panic(err)
	}
	record, is := found.(relationship.Record)
	return record, is
}

// from iterates over an index from a key on.
func from(txn *memdb.Txn, index string, key []byte) memdb.ResultIterator {
	found, err := txn.LowerBound(recordTable, index, key)
	if err != nil {
		panic(err)
	}
	return found
}

// scan runs over the records whose key in the index is the prefix and some
// id behind after.
func scan(txn *memdb.Txn, index string, prefix []byte, after string) iter.Seq[relationship.Record] {
	keyOf := keyOf
	if index == byReverse {
		keyOf = reverseOf
	}
	start := append(bytes.Clone(prefix), after...)
	return func(yield func(relationship.Record) bool) {
		found := from(txn, index, start)
		for object := found.Next(); object != nil; object = found.Next() {
			record := object.(relationship.Record)
			key := keyOf(record)
			if !bytes.HasPrefix(key, prefix) {
				return
			}
			if after != "" && bytes.Equal(key, start) {
				continue
			}
			if !yield(record) {
				return
			}
		}
	}
}

func all(txn *memdb.Txn, kind relationship.Kind, after relationship.Key) iter.Seq[relationship.Record] {
	start := join(string(kind), "")
	if after != (relationship.Key{}) {
		start = join(string(kind), after.First, after.Second)
	}
	return func(yield func(relationship.Record) bool) {
		found := from(txn, byKey, start)
		for object := found.Next(); object != nil; object = found.Next() {
			record := object.(relationship.Record)
			key := record.Key()
			if key.Kind != kind {
				return
			}
			if key.First == after.First && key.Second == after.Second {
				continue
			}
			if !yield(record) {
				return
			}
		}
	}
}

func due(txn *memdb.Txn, at time.Time) iter.Seq[relationship.Relationship] {
	return func(yield func(relationship.Relationship) bool) {
		found := from(txn, byDue, nil)
		for object := found.Next(); object != nil; object = found.Next() {
			r := object.(relationship.Relationship)
			if r.Due().After(at) || !yield(r) {
				return
			}
		}
	}
}
