package access

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
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

// newCursor makes the cursor of the page behind a position.
func newCursor(of queryDigest, at position) Cursor {
	raw := append([]byte{cursorVersion}, of[:]...)
	raw = binary.AppendUvarint(raw, uint64(len(at.name)))
	raw = append(append(raw, at.name...), at.id...)
	raw = binary.BigEndian.AppendUint32(raw, crc32.ChecksumIEEE(raw))
	return Cursor(cursorText.EncodeToString(raw))
}

// position reads the cursor for a query. A cursor that newCursor did not make
// is an ErrInvalid, and one of another query an ErrCursor.
func (c Cursor) position(of queryDigest) (position, error) {
	if c == "" {
		return position{}, nil
	}
	made, at, whole := c.read()
	switch {
	case !whole || newCursor(made, at) != c: // there is one text for a position
		return position{}, invalid("list", "cursor", "is malformed")
	case made != of:
		return position{}, refuse("SEE-5", ErrCursor, "it was made for another query, or another viewer")
	}
	return at, nil
}

func (c Cursor) read() (of queryDigest, at position, whole bool) {
	raw, err := cursorText.DecodeString(string(c))
	if err != nil || len(raw) < 1+len(of) {
		return of, at, false
	}
	copy(of[:], raw[1:])
	rest := raw[1+len(of):]
	length, size := binary.Uvarint(rest)
	if size <= 0 || length > uint64(len(rest)-size) {
		return of, at, false
	}
	rest = rest[size:]
	id, check := rest[length:], crc32.Size
	if len(id) <= check {
		return of, at, false
	}
	return of, position{string(rest[:length]), string(id[:len(id)-check])}, true
}
