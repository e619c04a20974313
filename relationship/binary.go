package relationship

import (
	"crypto/sha256"
	"sync"
	"time"
)

// Encoder writes records and events in binary form: compact, and one way to
// write anything, so that the same calls give the same bytes. What they have
// in common, such as a permission set, is written once: records that belong
// together go into one stream. The form has a version, and a stream of one
// version is read by every later version of this package.
//
// Reset begins a stream. The zero Encoder has none. It belongs to one
// goroutine. An error stays until Reset; Bytes returns it.
//
// It does not ask Check. What it refuses is what it could not write: an
// instant that is not in the form of Instant, and a record that is no noun
// held by value.
type Encoder struct{ w wire }

// Reset begins a stream behind dst, which may be nil. The Encoder writes on
// into the memory of dst.
func (e *Encoder) Reset(dst []byte) { e.w.write(dst) }

// Bytes ends the stream and returns it, behind dst.
func (e *Encoder) Bytes() ([]byte, error) {
	written := e.w.out
	e.w.out = nil
	return written, e.w.err
}

// Record writes a record.
func (e *Encoder) Record(record Record) { e.w.put(record) }

// Member writes a record, as Record does, without wrapping it.
func (e *Encoder) Member(member *Member) { e.w.putMember(member) }

// Event writes an event.
func (e *Encoder) Event(event *Event) { e.w.event(event) }

// EventForChain writes an event as it enters the hash chain: of the records,
// what they are after it. A person's name and address stand there only as a
// salted digest (LOG-1).
func (e *Encoder) EventForChain(event *Event) { e.w.eventForChain(event) }

// Uint writes a number.
func (e *Encoder) Uint(n uint64) { e.w.number(n) }

// Text writes a text.
func (e *Encoder) Text(text string) { e.w.text(&text) }

// Instant writes an instant.
func (e *Encoder) Instant(t time.Time) { e.w.moment(&t) }

// Digest writes a digest.
func (e *Encoder) Digest(d Digest) { e.w.digest(&d) }

// Decoder reads what an Encoder wrote, with the same calls in the same order.
// It refuses everything else, and records that may not be stored, with a
// *FieldError. It belongs to one goroutine.
//
// An error stays until the next Reset, and what is returned with it and after
// it is of no use; so a reader asks Err, or Finish, before it believes anything.
type Decoder struct{ w wire }

// Reset begins to read a stream. Texts are copied out of data.
func (d *Decoder) Reset(data []byte) {
	d.w.whole = false
	d.w.read(string(data))
}

// ResetShared is Reset; texts share the memory of data instead. Whoever keeps
// one of them keeps all of data, unless they copy it.
func (d *Decoder) ResetShared(data string) {
	d.w.whole = true
	d.w.read(data)
}

// Err returns the first error since Reset.
func (d *Decoder) Err() error { return d.w.err }

// Finish ends reading and returns the first error since Reset. Something behind
// what was read is one.
func (d *Decoder) Finish() error {
	err := d.w.finish()
	d.w.in, d.w.at = "", 0
	return err
}

// More reports whether there is more to read, and no error.
func (d *Decoder) More() bool { return d.w.err == nil && d.w.at < len(d.w.in) }

// Record reads a record; nil with an error.
func (d *Decoder) Record() Record { return d.w.get() }

// Member reads a record that has to be a member, as Record does, without
// wrapping it.
func (d *Decoder) Member(member *Member) { d.w.getMember(member) }

// Event reads an event. It does not ask Event.Check.
func (d *Decoder) Event() (event Event) {
	d.w.event(&event)
	return event
}

// Uint reads a number.
func (d *Decoder) Uint() uint64 { return d.w.number(0) }

// Count reads a number of items that follow. More than what is left to read
// has room for are refused.
func (d *Decoder) Count() int { return d.w.count(0) }

// Text reads a text.
func (d *Decoder) Text() (text string) {
	d.w.text(&text)
	return text
}

// Instant reads an instant.
func (d *Decoder) Instant() (t time.Time) {
	d.w.moment(&t)
	return t
}

// Digest reads a digest.
func (d *Decoder) Digest() (read Digest) {
	d.w.digest(&read)
	return read
}

// AppendRecord writes a record alone, in binary form, behind dst. The same
// record gives the same bytes. Errors are those of an Encoder.
func AppendRecord(dst []byte, record Record) ([]byte, error) {
	e := idleEncoders.Get().(*Encoder)
	defer idleEncoders.Put(e)
	e.Reset(dst)
	e.Record(record)
	return e.Bytes()
}

// ReadRecord reads what AppendRecord wrote. It refuses everything else, and
// records that may not be stored, with a *FieldError.
func ReadRecord(data []byte) (Record, error) {
	d := idleDecoders.Get().(*Decoder)
	defer idleDecoders.Put(d)
	d.ResetShared(string(data))
	record := d.Record()
	if err := d.Finish(); err != nil {
		return nil, err
	}
	return record, nil
}

var (
	idleEncoders = sync.Pool{New: func() any { return new(Encoder) }}
	idleDecoders = sync.Pool{New: func() any { return new(Decoder) }}
)

// forChain is a record as it enters the hash chain. What identifies a person
// stands there only as a salted digest, so that it can be erased and the chain
// still verifies (LOG-1).
func forChain(record Record) Record {
	if user, ok := record.(User); ok {
		return user.Erase()
	}
	return record
}

// HashRecord returns the hash of a record as it enters the hash chain, which is
// over its binary form: that of a user is the same before and after erasing
// (ORG-5).
func HashRecord(record Record) (Digest, error) {
	h := idleHashers.Get().(*hasher)
	defer idleHashers.Put(h)
	h.Reset(h.memory[:0])
	h.Record(forChain(record))
	written, err := h.Bytes()
	h.memory = written
	return sha256.Sum256(written), err
}

// hasher is an Encoder with the memory that it writes into. What is hashed tells of
// no person who they are, so it may lie about.
type hasher struct {
	Encoder
	memory []byte
}

var idleHashers = sync.Pool{New: func() any { return new(hasher) }}
