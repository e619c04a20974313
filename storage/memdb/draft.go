package memdb

import (
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/hashicorp/go-memdb"

	"github.com/clientaccess/clientaccess/internal/both"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// draft is a transaction upon a state. It copies what it changes, so that it
// needs no lock, and dropping it is rolling it back. What is written waits to
// be put into tables, rosters and the order of go-memdb until somebody asks for
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
	// writes is what was written, by its key; room is memory for more of it.
	writes hashed[relationship.Key, *write]
	room   []write
	// touched was written since the last Log, in order.
	touched []*write
	events  []relationship.Event
	// members and rows wait to be put where they belong.
	members, rows []*write
	flushing      flushing
	// last is what was read or written last, a record of each kind: rules come
	// back to the same client, partner and relationship again and again.
	last     [16]remembered
	foreseen foreseen
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

func (w *write) is(key relationship.Key) bool { return w.key == key }

// remembered is a record that was read, or nil for nothing, and the write of it
// if it was written.
type remembered struct {
	key    relationship.Key
	hash   uint64
	record relationship.Record
	write  *write
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
	}
}

// Revision implements storage.Reader.
func (d *draft) Revision() storage.Revision { return d.base.revision }

// At implements storage.Reader.
func (d *draft) At() time.Time { return d.base.at }

// Get implements storage.Reader.
func (d *draft) Get(key relationship.Key) (relationship.Record, bool) {
	record := d.look(key).record
	return record, record != nil
}

// look reads a record, unless it is remembered.
func (d *draft) look(key relationship.Key) *remembered {
	last := d.remembers(key.Kind)
	at, foreseen := d.foresaw(key)
	if last.hash != 0 && last.key == key {
		return last
	}
	if !foreseen {
		at = remembered{key: key, hash: hashKey(key)}
	}
	if w, written := d.writes.get(at.hash, key); written {
		at.record, at.write = w.after, w
	} else if !foreseen {
		at.record, _ = d.get(at.hash, key)
	}
	*last = at
	return last
}

// Member is what storage.GetMember asks for.
func (d *draft) Member(client relationship.ClientID, user relationship.UserID) (relationship.Member, bool) {
	if key := relationship.MemberKey(client, user); len(d.members) > 0 {
		if w, written := d.writes.get(hashKey(key), key); written {
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
		scan(d.asNow(kind), d.txn, kind, first, after)(yield)
	}
}

// Reverse implements storage.Reader.
func (d *draft) Reverse(kind relationship.Kind, second, after string) iter.Seq[relationship.Record] {
	if kind != relationship.KindMember {
		return func(yield func(relationship.Record) bool) {
			d.flush(kind)
			reverse(d.asNow(kind), d.txn, kind, second, after)(yield)
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
		all(d.asNow(kind), d.txn, kind, after)(yield)
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
		due(d.asNow(relationship.KindRelationship), d.txn, at)(yield)
	}
}

// asNow returns the tables for a run over a kind, as they are when it begins. Where
// the run takes records from the table, what is written later goes into copies.
func (d *draft) asNow(kind relationship.Kind) *tables {
	if !isCounting(kind) {
		return &d.tables
	}
	now := d.tables
	d.number = drafts.Add(1)
	return &now
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
	last := d.look(key)
	w := last.write
	if w == nil {
		w = d.write()
		w.key, w.after = key, last.record
		d.writes.put(last.hash, key, w)
	}
	if !w.touched {
		w.before, w.touched = w.after, true
		d.touched = append(d.touched, w)
	}
	if !w.waits {
		w.waits = true
		if key.Kind == relationship.KindMember {
			d.members = append(d.members, w)
		} else {
			d.rows = append(d.rows, w)
		}
	}
	d.hold(d.number, w.after, record)
	if record == nil {
		w.row = w.after
	}
	w.after, d.current = record, false
	last.record, last.write = record, w
}

// write returns memory for a write. It is taken for many at once, the more the
// more there are.
func (d *draft) write() *write {
	if len(d.room) == 0 {
		d.room = make([]write, min(max(1, d.writes.used), 128))
	}
	w := &d.room[0]
	d.room = d.room[1:]
	return w
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

// flushRows puts the rows that wait into the table and into go-memdb. An error of
// go-memdb here can only mean that this package asks for a table that its schema
// does not have.
func (d *draft) flushRows() {
	for _, w := range d.rows {
		w.waits = false
		before := d.tables.put(d.number, w.key, w.after)
		var err error
		switch {
		case w.after == nil:
			err = d.txn.Delete(recordTable, w.row)
		case !standsAsBefore(before, w.after):
			err = d.txn.Insert(recordTable, w.after)
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
	next := *d.base
	var chain relationship.Digest
	var err error
	both.Do(d.isLarge(), func() { d.become(&next) }, func() { chain, err = storage.Seal(d.base.chain, commit) })
	if err != nil {
		return nil, none, err
	}
	commit.Chain = chain
	if erased := commit.Erased(); erased != nil {
		commit, _ = commit.Without(erased...)
	}
	next.revision, next.at, next.chain = commit.Revision, commit.At, chain
	return &next, commit, nil
}

// become makes a state show what the draft has written. Memberships and rows lie
// apart. The draft is of no use after that.
func (d *draft) become(next *state) {
	both.Do(d.isLarge(), d.flushMembers, d.flushRows)
	d.txn.Commit()
	next.tables, next.db = d.tables, d.fork
}

// isLarge reports whether what waits is worth a second goroutine.
func (d *draft) isLarge() bool { return len(d.members) >= both.Large }
