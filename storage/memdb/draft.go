package memdb

import (
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/hashicorp/go-memdb"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// draft is a transaction upon a state. It copies what it changes, so that it
// needs no lock, and dropping it is rolling it back. What is written waits to
// be put into rosters and into the order of go-memdb until somebody asks for
// an order, or for the end: there it goes together.
type draft struct {
	tables
	base   *state
	number uint64
	// fork is go-memdb upon which txn works. Forking keeps go-memdb from
	// comparing whole trees for its own watches when many records change; this
	// store has a change feed of its own.
	fork *memdb.MemDB
	txn  *memdb.Txn
	// writes are by the key of what is written.
	writes map[relationship.Key]*write
	// touched was written since the last Log, in order.
	touched []*write
	events  []relationship.Event
	// members and rows wait to be put where they belong.
	members, rows []*write
	shapes        shapes
	// last is what was read or written last, a record of each kind: rules come
	// back to the same client, partner and relationship again and again.
	last [16]remembered
	// lines are what Changed returned, as long as nothing is written.
	lines   []relationship.Line
	current bool
}

// write is a record that was written.
type write struct {
	key relationship.Key
	// before is the record at the last Log, and after the record now; nil for
	// nothing.
	before, after relationship.Record
	// row is the record as it was last, before it was deleted.
	row     relationship.Record
	touched bool
	waits   bool
}

// remembered is a record that was read, or nil for nothing.
type remembered struct {
	key    relationship.Key
	record relationship.Record
}

// remembers returns where a record of a kind is remembered. Two kinds may have
// one place: then they drive each other out.
func (d *draft) remembers(kind relationship.Kind) *remembered {
	if kind == "" {
		return &d.last[0]
	}
	return &d.last[(int(kind[0])+3*len(kind))&15]
}

func newDraft(base *state) *draft {
	fork := base.db.Snapshot()
	return &draft{
		tables: base.tables, base: base, number: drafts.Add(1), fork: fork, txn: fork.Txn(true),
		writes: map[relationship.Key]*write{},
	}
}

// Revision implements storage.Reader.
func (d *draft) Revision() storage.Revision { return d.base.revision }

// At implements storage.Reader.
func (d *draft) At() time.Time { return d.base.at }

// Get implements storage.Reader.
func (d *draft) Get(key relationship.Key) (relationship.Record, bool) {
	last := d.remembers(key.Kind)
	if last.key != key || key == (relationship.Key{}) {
		last.key, last.record = key, d.read(key)
	}
	return last.record, last.record != nil
}

func (d *draft) read(key relationship.Key) relationship.Record {
	if key.Kind == relationship.KindMember && len(d.members) > 0 {
		if w, is := d.writes[key]; is {
			return w.after
		}
	}
	record, _ := d.get(key)
	return record
}

// Member is what storage.GetMember asks for.
func (d *draft) Member(client relationship.ClientID, user relationship.UserID) (relationship.Member, bool) {
	if len(d.members) > 0 {
		if w, is := d.writes[relationship.MemberKey(client, user)]; is {
			member, is := w.after.(relationship.Member)
			return member, is
		}
	}
	return d.member(client, user)
}

// Scan implements storage.Reader.
func (d *draft) Scan(kind relationship.Kind, first, after string) iter.Seq[relationship.Record] {
	return func(yield func(relationship.Record) bool) {
		d.flush(kind)
		scan(&d.tables, d.txn, kind, first, after)(yield)
	}
}

// Reverse implements storage.Reader.
func (d *draft) Reverse(kind relationship.Kind, second, after string) iter.Seq[relationship.Record] {
	if kind != relationship.KindMember {
		return func(yield func(relationship.Record) bool) {
			d.flush(kind)
			reverse(&d.tables, d.txn, kind, second, after)(yield)
		}
	}
	return func(yield func(relationship.Record) bool) {
		d.flush(kind)
		// As they are when the run begins.
		for _, record := range slices.Collect(reverse(&d.tables, d.txn, kind, second, after)) {
			if !yield(record) {
				return
			}
		}
	}
}

// All implements storage.Reader.
func (d *draft) All(kind relationship.Kind, after relationship.Key) iter.Seq[relationship.Record] {
	return func(yield func(relationship.Record) bool) {
		d.flush(kind)
		all(&d.tables, d.txn, kind, after)(yield)
	}
}

// Find implements storage.Reader.
func (d *draft) Find(what storage.Unique, value string) (relationship.Record, bool) {
	return d.find(storage.UniqueValue{What: what, Value: value})
}

// Due implements storage.Reader.
func (d *draft) Due(at time.Time) iter.Seq[relationship.Relationship] {
	return func(yield func(relationship.Relationship) bool) {
		d.flush(relationship.KindRelationship)
		due(d.txn, at)(yield)
	}
}

// Put implements storage.Tx.
func (d *draft) Put(record relationship.Record) error {
	if err := relationship.CheckRecord(record); err != nil {
		return err
	}
	key := record.Key()
	values := storage.UniqueValues(record)
	for _, unique := range values {
		if holder, found := d.find(unique); found && holder.Key() != key {
			return &storage.ConflictError{What: unique.What, Key: key, Holder: holder.Key()}
		}
	}
	d.set(key, record)
	return nil
}

// Delete implements storage.Tx.
func (d *draft) Delete(key relationship.Key) error {
	if _, found := d.Get(key); !found {
		return storage.ErrNotFound
	}
	d.set(key, nil)
	return nil
}

// set writes what becomes of a key; nil is nothing.
func (d *draft) set(key relationship.Key, record relationship.Record) {
	w := d.writes[key]
	if w == nil {
		before, _ := d.Get(key)
		w = &write{key: key, after: before}
		d.writes[key] = w
	}
	if !w.touched {
		w.before, w.touched = w.after, true
		d.touched = append(d.touched, w)
	}
	if key.Kind == relationship.KindMember {
		if !w.waits {
			d.members = append(d.members, w)
		}
	} else {
		d.tables.put(d.number, key, w.after, record)
		if !w.waits {
			d.rows = append(d.rows, w)
		}
	}
	if record == nil {
		w.row = w.after
	}
	w.after, w.waits, d.current = record, true, false
	*d.remembers(key.Kind) = remembered{key, record}
}

// flush puts what waits where it belongs, for a kind that is to be read in
// order.
func (d *draft) flush(kind relationship.Kind) {
	if kind == relationship.KindMember {
		d.flushMembers()
		return
	}
	d.flushRows()
}

// flushRows puts the rows that wait into go-memdb. An error of go-memdb here can
// only mean that this package asks for a table that its schema does not have.
func (d *draft) flushRows() {
	for _, w := range d.rows {
		w.waits = false
		var err error
		if w.after != nil {
			err = d.txn.Insert(recordTable, w.after)
		} else {
			err = d.txn.Delete(recordTable, w.row)
		}
		if err != nil && !errors.Is(err, memdb.ErrNotFound) { // what came and went is not there
			panic(err)
		}
	}
	d.rows = d.rows[:0]
}

// Changed implements storage.Tx.
func (d *draft) Changed() []relationship.Line {
	if d.current {
		return d.lines
	}
	d.lines, d.current = nil, true
	for _, w := range d.touched {
		if w.before != w.after {
			if d.lines == nil {
				d.lines = make([]relationship.Line, 0, len(d.touched))
			}
			d.lines = append(d.lines, relationship.Line{Before: w.before, After: w.after})
		}
	}
	return d.lines
}

// Log implements storage.Tx.
func (d *draft) Log(event relationship.Event) error {
	event.At = relationship.Instant(event.At)
	if err := event.Check(); err != nil {
		return err
	}
	event.Lines, event.Notifications = d.Changed(), slices.Clone(event.Notifications)
	d.events = append(d.events, event)
	for _, w := range d.touched {
		w.touched = false
	}
	d.touched, d.current = d.touched[:0], false
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
	next := *d.base
	d.become(&next)
	next.revision, next.at, next.chain = commit.Revision, commit.At, chain
	return &next, commit, nil
}

// become makes a state show what the draft has written. The draft is of no use
// after that.
func (d *draft) become(next *state) {
	d.flushMembers()
	d.flushRows()
	d.txn.Commit()
	next.tables, next.db = d.tables, d.fork
}
