package memdb

import "github.com/clientaccess/clientaccess/relationship"

// foreseen are records that a draft is about to be asked for, in order. A look-up
// waits for memory several times, each time to learn where to look next. Here all
// take each of these steps together, so that they wait together.
type foreseen struct {
	next []remembered
	// room is the memory that next is part of, and rows what was found for it.
	room []remembered
	rows []*row
	// touched is made of memory that is only to be fetched.
	touched uint64
}

// Ahead is what storage.Ahead asks for. Each of its loops goes one step further,
// and is so short that the processor is in many rounds of it at once.
func (d *draft) Ahead(keys []relationship.Key) {
	f := &d.foreseen
	f.room, f.rows = f.room[:0], f.rows[:0]
	for _, key := range keys {
		f.room = append(f.room, remembered{key: key, hash: hashKey(key)})
	}
	for i := range f.room {
		f.touched += d.records.touch(f.room[i].hash)
	}
	for i := range f.room {
		r, _ := d.records.likely(f.room[i].hash)
		f.rows = append(f.rows, r)
	}
	for _, r := range f.rows {
		if r != nil {
			f.touched += uint64(len(r.key.First))
		}
	}
	for i, r := range f.rows {
		d.settle(&f.room[i], r)
	}
	for i := range f.room {
		if record := f.room[i].record; record != nil {
			f.touched += uint64(len(record.Key().First))
		}
	}
	f.next = f.room
}

// settle sets the record of a key, most likely that of a row; nil is none.
func (d *draft) settle(at *remembered, likely *row) {
	switch {
	case likely != nil && likely.is(at.key):
		at.record = likely.record
	case likely != nil || at.key.Kind == relationship.KindMember:
		at.record, _ = d.get(at.hash, at.key)
	}
}

// foresaw returns what the table has of a record, and whether it is the next of
// those that were foreseen. The table has what was not written since.
func (d *draft) foresaw(key relationship.Key) (at remembered, did bool) {
	next := d.foreseen.next
	if len(next) == 0 || next[0].key != key {
		return at, false
	}
	d.foreseen.next = next[1:]
	return next[0], true
}

// aheadOf is how many members wait for the lists of their users' places together.
const aheadOf = 32

// aheadPlaces fetches the lists of the users' places.
func (d *draft) aheadPlaces(members []*write) {
	for _, w := range members {
		d.foreseen.touched += d.places.touch(hashText(w.key.Second))
	}
}
