package relationship

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Kind says what a record is about. Its text is what stands in keys, in the
// log and in a journal; it never changes.
type Kind string

// The kinds of record.
const (
	KindCatalog      Kind = "catalog"
	KindUser         Kind = "user"
	KindPartner      Kind = "partner"
	KindEmployee     Kind = "employee"
	KindTemplate     Kind = "template"
	KindLink         Kind = "link"
	KindClient       Kind = "client"
	KindMember       Kind = "member"
	KindRelationship Kind = "relationship"
	KindTerms        Kind = "terms"
	KindStanding     Kind = "standing"
	KindOnce         Kind = "once"
)

// Kinds returns every kind of record, in the order in which one can be
// rebuilt from nothing: what others refer to comes first.
func Kinds() []Kind {
	return []Kind{
		KindCatalog, KindUser, KindPartner, KindEmployee, KindTemplate, KindLink,
		KindClient, KindMember, KindRelationship, KindTerms, KindStanding, KindOnce,
	}
}

// Key names one record. First and Second are the ids that make it up; Second
// is empty for a noun with an id of its own.
type Key struct {
	Kind   Kind   `json:"kind"`
	First  string `json:"first"`
	Second string `json:"second,omitzero"`
}

// String returns the key as text for messages, with its ids quoted.
func (k Key) String() string {
	if k.Second == "" {
		return fmt.Sprintf("%s %q", k.Kind, k.First)
	}
	return fmt.Sprintf("%s %q %q", k.Kind, k.First, k.Second)
}

// Record is one stored thing: a value that is never changed in place. It is
// a sealed sum: Catalog, User, Partner, Employee, Template, Link, Client,
// Member, Relationship, Terms, Standing and Once. Every record is comparable
// with ==, and is held by value.
type Record interface {
	// Key names the record. It is made of ids and never changes.
	Key() Key
	// Check returns a *FieldError when the record is not one that may be
	// stored.
	Check() error
	// Summary describes the record in one line: what it allows and to whom.
	// It leaves out secrets and everything that the clock or chance put in,
	// so that two runs of the same change give the same summary.
	Summary() string

	sealed()
}

func (Catalog) sealed()      {}
func (User) sealed()         {}
func (Partner) sealed()      {}
func (Employee) sealed()     {}
func (Template) sealed()     {}
func (Link) sealed()         {}
func (Client) sealed()       {}
func (Member) sealed()       {}
func (Relationship) sealed() {}
func (Terms) sealed()        {}
func (Standing) sealed()     {}
func (Once) sealed()         {}

// CheckRecord is what every store asks before it keeps a record: whether it is
// one of the sum, held by value, and passes its own Check. A pointer to a
// noun, or a struct around one, would get by the compiler, and by every type
// switch later.
func CheckRecord(record Record) error {
	switch record.(type) {
	case Catalog, User, Partner, Employee, Template, Link, Client, Member, Relationship, Terms, Standing, Once:
		return record.Check()
	}
	return &FieldError{"record", "type", "is not a noun held by value"}
}

// envelope is the written form of a record, and opened the same for reading.
type envelope struct {
	Kind Kind   `json:"kind"`
	Body Record `json:"body"`
}

type opened struct {
	Kind Kind            `json:"kind"`
	Body json.RawMessage `json:"body"`
}

// EncodeRecord writes a record as one line of JSON. The same record gives the
// same bytes.
func EncodeRecord(record Record) ([]byte, error) {
	return json.Marshal(envelope{record.Key().Kind, record})
}

// DecodeRecord reads what EncodeRecord wrote. It refuses unknown kinds,
// unknown fields and records that may not be stored.
func DecodeRecord(data []byte) (Record, error) {
	var written opened
	if err := strict(data, &written); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	decode, known := decoders[written.Kind]
	if !known {
		return nil, &FieldError{"record", "kind", "is unknown"}
	}
	record, err := decode(written.Body)
	if err != nil {
		return nil, fmt.Errorf("%s record: %w", written.Kind, err)
	}
	return record, record.Check()
}

var decoders = map[Kind]func([]byte) (Record, error){
	KindCatalog:      decodeAs[Catalog],
	KindUser:         decodeAs[User],
	KindPartner:      decodeAs[Partner],
	KindEmployee:     decodeAs[Employee],
	KindTemplate:     decodeAs[Template],
	KindLink:         decodeAs[Link],
	KindClient:       decodeAs[Client],
	KindMember:       decodeAs[Member],
	KindRelationship: decodeAs[Relationship],
	KindTerms:        decodeAs[Terms],
	KindStanding:     decodeAs[Standing],
	KindOnce:         decodeAs[Once],
}

func decodeAs[R Record](data []byte) (Record, error) {
	var record R
	err := strict(data, &record)
	return record, err
}

// strict decodes exactly one JSON value without unknown fields.
func strict(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("there is something behind the value")
	}
	return nil
}
