package memdb

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/hashicorp/go-memdb"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// The tables and indexes of go-memdb. All records but memberships stand in one
// table, under keys that begin with the kind.
const (
	recordTable = "record"
	asideTable  = "aside"

	byKey     = "id" // kind, first, second; the name that go-memdb demands
	byReverse = "reverse"
	byDue     = "due"
)

var schema = &memdb.DBSchema{Tables: map[string]*memdb.TableSchema{
	recordTable: {Name: recordTable, Indexes: map[string]*memdb.IndexSchema{
		byKey:     {Name: byKey, Unique: true, Indexer: indexer{one: keyOf}},
		byReverse: {Name: byReverse, Unique: true, AllowMissing: true, Indexer: indexer{one: reverseOf}},
		byDue:     {Name: byDue, Unique: true, AllowMissing: true, Indexer: indexer{one: dueOf}},
	}},
}}

// oneIndex is a table whose objects are found by one text.
func oneIndex(name string, keyOf func(any) string) *memdb.TableSchema {
	return &memdb.TableSchema{Name: name, Indexes: map[string]*memdb.IndexSchema{
		byKey: {Name: byKey, Unique: true, Indexer: textIndexer(keyOf)},
	}}
}

var asideSchema = &memdb.DBSchema{Tables: map[string]*memdb.TableSchema{
	asideTable: oneIndex(asideTable, func(object any) string { return object.(note).key }),
}}

// Clients and relationships count their members: they are written with every one
// who comes or goes. As long as such a record has the same place in every order,
// go-memdb keeps the one that it has, for its place alone, and who runs over an
// order takes the record itself from the table.

// standsAsBefore reports whether go-memdb need not be told of a record.
func standsAsBefore(before, after relationship.Record) bool {
	switch after := after.(type) {
	case relationship.Client:
		return before != nil
	case relationship.Relationship:
		before, is := before.(relationship.Relationship)
		return is && before.Due() == after.Due()
	}
	return false
}

// isCounting reports whether a record of the kind can be another than the one
// that go-memdb has.
func isCounting(kind relationship.Kind) bool {
	return kind == relationship.KindClient || kind == relationship.KindRelationship
}

// current returns a record as it is, which go-memdb has in an order.
func (t *tables) current(ordered relationship.Record) relationship.Record {
	key := ordered.Key()
	if !isCounting(key.Kind) {
		return ordered
	}
	r, _ := t.records.get(hashKey(key), key)
	return r.record
}

// join writes the parts of a key. Ids have no U+0000, so no two keys are the
// same, and keys sort as their parts do.
func join(parts ...string) []byte {
	size := len(parts)
	for _, part := range parts {
		size += len(part)
	}
	key := make([]byte, 0, size)
	for i, part := range parts {
		if i > 0 {
			key = append(key, 0)
		}
		key = append(key, part...)
	}
	return key
}

func keyBytes(key relationship.Key) []byte {
	return join(string(key.Kind), key.First, key.Second)
}

func keyOf(record relationship.Record) []byte { return keyBytes(record.Key()) }

func reverseOf(record relationship.Record) []byte {
	second := storage.ReverseOf(record)
	if second == "" {
		return nil
	}
	key := record.Key()
	return join(string(key.Kind), second, key.First)
}

func dueOf(record relationship.Record) []byte {
	r, is := record.(relationship.Relationship)
	if !is || r.Due().IsZero() {
		return nil
	}
	return append(dueBytes(r.Due()), keyBytes(r.Key())...)
}

// dueBytes writes an instant so that earlier ones sort first.
func dueBytes(at time.Time) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(at.UnixMicro())^(1<<63))
}

// indexer is a go-memdb indexer that makes one key of a record with a plain
// function. The stock indexers reflect, and take "" for missing.
type indexer struct {
	one func(relationship.Record) []byte
}

func (i indexer) FromObject(object any) (bool, []byte, error) {
	key := i.one(object.(relationship.Record))
	return key != nil, key, nil
}

func (indexer) FromArgs(args ...any) ([]byte, error) { return bytesFromArgs(args) }

// textIndexer is an indexer by one text.
type textIndexer func(any) string

func (i textIndexer) FromObject(object any) (bool, []byte, error) {
	return true, []byte(i(object)), nil
}

func (textIndexer) FromArgs(args ...any) ([]byte, error) { return bytesFromArgs(args) }

type note struct {
	key  string
	note []byte
}

// bytesFromArgs takes the finished key: all look-ups here make their own.
func bytesFromArgs(args []any) ([]byte, error) {
	if len(args) == 1 {
		if key, is := args[0].([]byte); is {
			return key, nil
		}
	}
	return nil, fmt.Errorf("a look-up takes one key, made by this package")
}
