package postgres

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// column is one column of the table of R. Rows are sent as one array for each
// column, written as text: that is the same in every way in which pgx can send
// a query. Many new ones are sent by COPY.
type column[R any] struct {
	name string
	// sent is the type in which a value is sent; stored makes the column's
	// value of it, and loaded the value that is read; ? is the column.
	sent, stored, loaded string
	// write appends the value as an element of an array. A column that has
	// none is not written.
	write func(b []byte, noun *R) []byte
	// binary appends the value and its length in the binary form of the type;
	// a column has it that has write.
	binary func(b []byte, noun *R) []byte
	// into is what a row is scanned into.
	into func(noun *R) any
	// key appends a part of a key as an element of an array.
	key func(b []byte, part string) []byte
}

// text is a text; the empty one is NULL.
func text[R any](name string, of func(*R) *string) column[R] {
	return column[R]{
		name: name, sent: "text", stored: "?", loaded: "?",
		write:  func(b []byte, noun *R) []byte { return appendText(b, *of(noun)) },
		binary: func(b []byte, noun *R) []byte { return binaryText(b, *of(noun)) },
		into:   func(noun *R) any { return intoText{of(noun)} },
		key:    appendText,
	}
}

// flag is yes or no.
func flag[R any](name string, of func(*R) *bool) column[R] {
	return column[R]{
		name: name, sent: "boolean", stored: "?", loaded: "?",
		write:  func(b []byte, noun *R) []byte { return strconv.AppendBool(b, *of(noun)) },
		binary: func(b []byte, noun *R) []byte { return binaryFlag(b, *of(noun)) },
		into:   func(noun *R) any { return of(noun) },
	}
}

// number is a whole number.
func number[R any, N int | uint64](name string, of func(*R) *N) column[R] {
	return column[R]{
		name: name, sent: "bigint", stored: "?", loaded: "?",
		write:  func(b []byte, noun *R) []byte { return fmt.Append(b, *of(noun)) },
		binary: func(b []byte, noun *R) []byte { return binaryNumber(b, int64(*of(noun))) },
		into:   func(noun *R) any { return of(noun) },
	}
}

// seconds is a time in whole seconds.
func seconds[R any](name string, of func(*R) *time.Duration) column[R] {
	return column[R]{
		name: name, sent: "bigint", stored: "?", loaded: "?",
		write:  func(b []byte, noun *R) []byte { return strconv.AppendInt(b, int64(*of(noun)/time.Second), 10) },
		binary: func(b []byte, noun *R) []byte { return binaryNumber(b, int64(*of(noun)/time.Second)) },
		into:   func(noun *R) any { return intoSeconds{of(noun)} },
	}
}

// instant is an instant; the zero time is NULL.
func instant[R any](name string, of func(*R) *time.Time) column[R] {
	return column[R]{
		name: name, sent: "timestamptz", stored: "?", loaded: "?",
		write:  func(b []byte, noun *R) []byte { return appendInstant(b, *of(noun)) },
		binary: func(b []byte, noun *R) []byte { return binaryInstant(b, *of(noun)) },
		into:   func(noun *R) any { return intoInstant{of(noun)} },
	}
}

// digest is a hash; the zero one is NULL.
func digest[R any](name string, of func(*R) *relationship.Digest) column[R] {
	return column[R]{
		name: name, sent: "bytea", stored: "?", loaded: "?",
		write: func(b []byte, noun *R) []byte {
			if *of(noun) == (relationship.Digest{}) {
				return append(b, "NULL"...)
			}
			return appendHex(b, of(noun).String())
		},
		binary: func(b []byte, noun *R) []byte {
			if *of(noun) == (relationship.Digest{}) {
				return binaryNull(b)
			}
			return binaryText(b, string(of(noun)[:]))
		},
		into: func(noun *R) any { return intoDigest{of(noun)} },
		key:  appendHex,
	}
}

// names is a set of permissions, by name.
func names[R any](name string, of func(*R) *permset.Names) column[R] {
	return column[R]{
		name: name, sent: "text", stored: "string_to_array(?, ' ')", loaded: "array_to_string(?, ' ')",
		write:  func(b []byte, noun *R) []byte { return appendQuoted(b, of(noun).String()) },
		binary: func(b []byte, noun *R) []byte { return binaryTexts(b, of(noun).String()) },
		into: func(noun *R) any {
			return &intoNames{set: of(noun), known: map[string]permset.Names{}}
		},
	}
}

// array writes one value of each item as a text that the server reads as an
// array.
func array[Item any](items []Item, write func([]byte, *Item) []byte) string {
	b := append(make([]byte, 0, 32*len(items)), '{')
	for i := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = write(b, &items[i])
	}
	return string(append(b, '}'))
}

func appendText(b []byte, value string) []byte {
	if value == "" {
		return append(b, "NULL"...)
	}
	return appendQuoted(b, value)
}

func appendQuoted(b []byte, value string) []byte {
	b = append(b, '"')
	for {
		i := strings.IndexAny(value, `"\`)
		if i < 0 {
			return append(append(b, value...), '"')
		}
		b = append(append(b, value[:i]...), '\\', value[i])
		value = value[i+1:]
	}
}

func appendHex(b []byte, digits string) []byte {
	b = append(b, `"\\x`...)
	b = append(b, digits...)
	return append(b, '"')
}

func appendBytes(b, value []byte) []byte { return appendHex(b, hex.EncodeToString(value)) }

func appendInstant(b []byte, at time.Time) []byte {
	if at.IsZero() {
		return append(b, "NULL"...)
	}
	b = append(b, '"')
	b = append(b, instantText(at)...)
	return append(b, '"')
}

// instantText writes an instant as the server reads it under every setting. It
// has no year 0: the year before 1 is 1 BC.
func instantText(at time.Time) string {
	const layout = "2006-01-02 15:04:05.999999Z07:00"
	if at.Year() > 0 {
		return at.Format(layout)
	}
	return "0001" + at.Format(layout)[len("0000"):] + " BC"
}

// instantOrNull and hexText are single values as they are sent.
func instantOrNull(at time.Time) *string {
	if at.IsZero() {
		return nil
	}
	text := instantText(at)
	return &text
}

func hexText(value []byte) string { return `\x` + hex.EncodeToString(value) }

// The types into which columns are scanned; NULL is the zero value.
type (
	intoText    struct{ text *string }
	intoSeconds struct{ time *time.Duration }
	intoInstant struct{ at *time.Time }
	intoDigest  struct{ digest *relationship.Digest }
	// intoNames keeps the sets that it has met: there are few.
	intoNames struct {
		set   *permset.Names
		known map[string]permset.Names
	}
)

func (to intoText) ScanText(value pgtype.Text) error {
	*to.text = value.String
	return nil
}

func (to intoSeconds) ScanInt64(value pgtype.Int8) error {
	*to.time = time.Duration(value.Int64) * time.Second
	return nil
}

func (to intoInstant) ScanTimestamptz(value pgtype.Timestamptz) error {
	if value.InfinityModifier != pgtype.Finite {
		return fmt.Errorf("an instant is not finite")
	}
	*to.at = value.Time.UTC()
	return nil
}

func (to intoDigest) ScanBytes(value []byte) error {
	switch {
	case value == nil:
		*to.digest = relationship.Digest{}
	case len(value) != len(to.digest):
		return fmt.Errorf("a hash has %d bytes", len(value))
	default:
		copy(to.digest[:], value)
	}
	return nil
}

func (to *intoNames) ScanText(value pgtype.Text) error {
	set, known := to.known[value.String]
	if !known {
		var err error
		if set, err = permset.ParseNames(value.String); err != nil {
			return err
		}
		to.known[value.String] = set
	}
	*to.set = set
	return nil
}
