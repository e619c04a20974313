package access

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"sync"
)

// Cursor says where the next page of a list begins (SEE-5). It is a text to be
// handed back with the same query by the same viewer, in a URL if you like.
// The zero Cursor is the beginning of a list, and as Page.Next its end.
//
// It grants nothing and holds no secret: the query alone decides what is
// shown. The name of the last row of its page stands in it, coded and not
// encrypted: in a list of people that is a person's name, which then is in
// every log that has the URL.
type Cursor string

// cursorVersion is the first byte of every cursor. Behind it come the digest
// of the query, the length of the name, the name, the id, and a checksum.
const cursorVersion = 1

var cursorText = base64.RawURLEncoding.Strict()

// queryDigest tells a query of a list by a viewer from every other.
type queryDigest [16]byte

// digestOf makes the digest of a query, a struct of plain fields, and of what
// else the list depends on.
func digestOf(query any, parts ...string) queryDigest {
	written, err := json.Marshal(struct {
		Parts []string
		Query any
	}{parts, query})
	if err != nil {
		panic(fmt.Sprintf("access: a query cannot be written: %v", err)) // it has plain fields only
	}
	sum := sha256.Sum256(written)
	return queryDigest(sum[:len(queryDigest{})])
}

// digestOfNames is digestOf for a list without a query, about a client or a user.
func digestOfNames(list, about string, viewer Call, partner string) queryDigest {
	room := cursorRooms.Get().(*cursorRoom)
	defer cursorRooms.Put(room)
	as := "user"
	if viewer.host {
		as = "host"
	}
	raw := room.raw[:0]
	for _, part := range [...]string{list, about, as, string(viewer.user), partner} {
		raw = append(append(raw, part...), 0) // no id has U+0000
	}
	room.raw = raw
	sum := sha256.Sum256(raw)
	return queryDigest(sum[:len(queryDigest{})])
}

// newCursor makes the cursor of the page behind a position.
func newCursor(of queryDigest, at position) Cursor {
	room := cursorRooms.Get().(*cursorRoom)
	defer cursorRooms.Put(room)
	return Cursor(writeCursor(room, of, at.name, at.id))
}

// cursorRoom is where cursors are read and written, so that making one takes no
// other memory than its own.
type cursorRoom struct{ read, raw, text []byte }

var cursorRooms = sync.Pool{New: func() any { return new(cursorRoom) }}

func writeCursor[Text string | []byte](room *cursorRoom, of queryDigest, name, id Text) []byte {
	raw := append(append(room.raw[:0], cursorVersion), of[:]...)
	raw = binary.AppendUvarint(raw, uint64(len(name)))
	raw = append(append(raw, name...), id...)
	room.raw = binary.BigEndian.AppendUint32(raw, crc32.ChecksumIEEE(raw))
	room.text = cursorText.AppendEncode(room.text[:0], room.raw)
	return room.text
}

// position reads the cursor for a query. A cursor that newCursor did not make
// is an ErrInvalid, and one of another query an ErrCursor.
func (c Cursor) position(of queryDigest) (position, error) {
	if c == "" {
		return position{}, nil
	}
	room := cursorRooms.Get().(*cursorRoom)
	defer cursorRooms.Put(room)
	name, id, err := c.readIn(room, of)
	return position{string(name), string(id)}, err
}

// readIn is position for a cursor that is not empty, and takes no memory but the
// room, in which the answer stands.
func (c Cursor) readIn(room *cursorRoom, of queryDigest) (name, id []byte, err error) {
	made, name, id, whole := c.parts(room)
	switch {
	case !whole || string(writeCursor(room, made, name, id)) != string(c): // there is one text for a position
		return nil, nil, invalid("list", "cursor", "is malformed")
	case made != of:
		return nil, nil, refuse("SEE-5", ErrCursor, "it was made for another query, or another viewer")
	}
	return name, id, nil
}

func (c Cursor) parts(room *cursorRoom) (of queryDigest, name, id []byte, whole bool) {
	room.text = append(room.text[:0], c...)
	raw, err := cursorText.AppendDecode(room.read[:0], room.text)
	room.read = raw
	if err != nil || len(raw) < 1+len(of) {
		return of, nil, nil, false
	}
	copy(of[:], raw[1:])
	rest := raw[1+len(of):]
	length, size := binary.Uvarint(rest)
	if size <= 0 || length > uint64(len(rest)-size) {
		return of, nil, nil, false
	}
	rest = rest[size:]
	id, check := rest[length:], crc32.Size
	if len(id) <= check {
		return of, nil, nil, false
	}
	return of, rest[:length], id[:len(id)-check], true
}
