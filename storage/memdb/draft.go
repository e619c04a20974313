package memdb

import (
	"iter"
	"slices"
	"time"

	"github.com/hashicorp/go-memdb"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// draft is a transaction upon a state. It works on a fork of the database, so
// that it needs no lock, and dropping it is rolling it back. Forking also
// keeps go-memdb from comparing whole trees for its own watches when many
// records change; this store has a change feed of its own.
type draft struct {
	base *state
	read *memdb.Txn // of the base
	fork *memdb.MemDB
	txn  *memdb.Txn
	// written is what was written so far, nil for deleted. Reading it spares
	// go-memdb the read after a write, which makes its next writes dear.
	written map[relationship.Key]relationship.Record
	// touched are the keys written since the last Log, in order; before is
	// what they were then, nil for nothing.
	touched []relationship.Key
	before  map[relationship.Key]relationship.Record
	events  []relationship.Event
	// pending are memberships that are written and not yet in rosters.
	pending pending
}

func newDraft(base *state) *draft {
	fork := base.db.Snapshot()
	return &draft{
		base: base, read: base.db.Txn(false), fork: fork, txn: fork.Txn(true),
		written: map[relationship.Key]relationship.Record{},
		before:  map[relationship.Key]relationship.Record{},
	}
}

// Revision implements storage.Reader.
func (d *draft) Revision() storage.Revision { return d.base.revision }

// At implements storage.Reader.
func (d *draft) At() time.Time { return d.base.at }

// Get implements storage.Reader.
func (d *draft) Get(key relationship.Key) (relationship.Record, bool) {
	if record, is := d.written[key]; is {
		return record, record != nil
	}
	return get(d.read, key)
}

// Scan implements storage.Reader.
func (d *draft) Scan(kind relationship.Kind, first, after string) iter.Seq[relationship.Record] {
	if kind != relationship.KindMember {
		return scan(d.txn, kind, first, after)
	}
	return func(yield func(relationship.Record) bool) {
		d.flushClient(relationship.ClientID(first))
		scan(d.txn, kind, first, after)(yield)
	}
}

// Reverse implements storage.Reader.
func (d *draft) Reverse(kind relationship.Kind, second, after string) iter.Seq[relationship.Record] {
	if kind != relationship.KindMember {
		return reverse(d.txn, kind, second, after)
	}
	return func(yield func(relationship.Record) bool) {
		d.flushUser(relationship.UserID(second))
		p, _ := placesOf(d.txn, relationship.UserID(second))
		var found []relationship.Record // as they are when the run begins
		for client := range p.clients.from(itself, after) {
			record, _ := d.Get(relationship.MemberKey(client, p.user))
			found = append(found, record)
		}
		for _, record := range found {
			if !yield(record) {
				return
			}
		}
	}
}

// All implements storage.Reader.
func (d *draft) All(kind relationship.Kind, after relationship.Key) iter.Seq[relationship.Record] {
	if kind != relationship.KindMember {
		return all(d.txn, kind, after)
	}
	return func(yield func(relationship.Record) bool) {
		d.flush()
		all(d.txn, kind, after)(yield)
	}
}

// Find implements storage.Reader.
func (d *draft) Find(what storage.Unique, value string) (relationship.Record, bool) {
	return find(d.txn, storage.UniqueValue{What: what, Value: value})
}

// Due implements storage.Reader.
func (d *draft) Due(at time.Time) iter.Seq[relationship.Relationship] { return due(d.txn, at) }

// Put implements storage.Tx. go-memdb does not enforce Unique: this does.
func (d *draft) Put(record relationship.Record) error {
	if err := relationship.CheckRecord(record); err != nil {
		return err
	}
	key := record.Key()
	for _, unique := range storage.UniqueValues(record) {
		if holder, found := d.Find(unique.What, unique.Value); found && holder.Key() != key {
			return &storage.ConflictError{What: unique.What, Key: key, Holder: holder.Key()}
		}
	}
	d.touch(key)
	d.written[key] = record
	if key.Kind == relationship.KindMember {
		d.pending.note(key)
		return nil
	}
	return d.txn.Insert(recordTable, record)
}

// Delete implements storage.Tx.
func (d *draft) Delete(key relationship.Key) error {
	record, found := d.Get(key)
	if !found {
		return storage.ErrNotFound
	}
	d.touch(key)
	d.written[key] = nil
	if key.Kind == relationship.KindMember {
		d.pending.note(key)
		return nil
	}
	return d.txn.Delete(recordTable, record)
}

func (d *draft) touch(key relationship.Key) {
	if _, touched := d.before[key]; touched {
		return
	}
	record, _ := d.Get(key)
	d.before[key] = record
	d.touched = append(d.touched, key)
}

// Changed implements storage.Tx.
func (d *draft) Changed() []relationship.Line {
	var lines []relationship.Line
	for _, key := range d.touched {
		line := relationship.Line{Before: d.before[key], After: d.written[key]}
		if line.Before != line.After {
			lines = append(lines, line)
		}
	}
	return lines
}

// Log implements storage.Tx.
func (d *draft) Log(event relationship.Event) error {
	event.At = relationship.Instant(event.At)
	if err := event.Check(); err != nil {
		return err
	}
	event.Lines, event.Notifications = d.Changed(), slices.Clone(event.Notifications)
	d.events = append(d.events, event)
	d.touched = nil
	clear(d.before)
	return nil
}

// commit makes the next state of what was logged. It returns the base itself
// when nothing was.
func (d *draft) commit(id string) (*state, storage.Commit, error) {
	none := storage.Commit{}
	if len(d.Changed()) > 0 {
		return nil, none, storage.ErrUnlogged
	}
	if len(d.events) == 0 {
		return d.base, none, nil
	}
	commit := storage.Commit{Revision: d.base.revision + 1, ID: id, At: d.base.at, Events: d.events}
	for _, event := range d.events {
		if event.At.After(commit.At) {
			commit.At = event.At
		}
	}
	chain, err := storage.Seal(d.base.chain, commit)
	if err != nil {
		return nil, none, err
	}
	commit.Chain = chain
	if erased := commit.Erased(); erased != nil {
		commit, _ = commit.Without(erased...)
	}
	d.flush()
	d.txn.Commit()
	next := *d.base
	next.db, next.revision, next.at, next.chain = d.fork, commit.Revision, commit.At, chain
	return &next, commit, nil
}
