package postgres

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"time"
)

// copying is the binary form in which the server takes rows by COPY. It is read
// as it is sent: the server stores the first rows while the last are written.
type copying[R any] struct {
	columns []column[R]
	rows    []R
	begun   bool
	ended   bool
	ready   []byte // what was written and not read yet
	buffer  []byte
}

// copyIn is what COPY says, and what is sent.
func (t tableOf[R]) copyIn(nouns []R) (statement string, rows io.Reader) {
	c := &copying[R]{rows: nouns}
	var names []string
	for _, column := range t.columns {
		if column.binary != nil {
			names = append(names, column.name)
			c.columns = append(c.columns, column)
		}
	}
	return fmt.Sprintf("COPY clientaccess.%s (%s) FROM STDIN (FORMAT binary)", t.name, strings.Join(names, ", ")), c
}

// Read implements io.Reader.
func (c *copying[R]) Read(into []byte) (int, error) {
	if len(c.ready) == 0 {
		if c.ended {
			return 0, io.EOF
		}
		c.fill(len(into))
	}
	n := copy(into, c.ready)
	c.ready = c.ready[n:]
	return n, nil
}

// fill writes so many bytes, or somewhat more.
func (c *copying[R]) fill(size int) {
	b := c.buffer[:0]
	if !c.begun {
		b = append(b, "PGCOPY\n\xff\r\n\x00"+"\x00\x00\x00\x00"+"\x00\x00\x00\x00"...) // no flags, no more of a head
		c.begun = true
	}
	for len(c.rows) > 0 && len(b) < size {
		b = binary.BigEndian.AppendUint16(b, uint16(len(c.columns)))
		for _, column := range c.columns {
			b = column.binary(b, &c.rows[0])
		}
		c.rows = c.rows[1:]
	}
	if len(c.rows) == 0 {
		b = binary.BigEndian.AppendUint16(b, 0xffff)
		c.ended = true
	}
	c.buffer, c.ready = b, b
}

// The values of a row: each stands behind its length.

func binaryNull(b []byte) []byte { return append(b, 0xff, 0xff, 0xff, 0xff) }

func binaryText(b []byte, value string) []byte {
	if value == "" {
		return binaryNull(b)
	}
	return append(binary.BigEndian.AppendUint32(b, uint32(len(value))), value...)
}

func binaryFlag(b []byte, value bool) []byte {
	if value {
		return append(b, 0, 0, 0, 1, 1)
	}
	return append(b, 0, 0, 0, 1, 0)
}

func binaryNumber(b []byte, value int64) []byte {
	return binary.BigEndian.AppendUint64(append(b, 0, 0, 0, 8), uint64(value))
}

// year2000 is from where the server counts, in microseconds.
var year2000 = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

func binaryInstant(b []byte, at time.Time) []byte {
	if at.IsZero() {
		return binaryNull(b)
	}
	return binaryNumber(b, at.UnixMicro()-year2000)
}

// textOID is the number of the type text.
const textOID = 25

// binaryTexts writes the words of a text as an array.
func binaryTexts(b []byte, words string) []byte {
	at := len(b)
	b = append(b, 0, 0, 0, 0)
	dimensions, n := uint32(0), uint32(0)
	if words != "" {
		dimensions, n = 1, uint32(strings.Count(words, " ")+1)
	}
	b = binary.BigEndian.AppendUint32(b, dimensions)
	b = binary.BigEndian.AppendUint32(b, 0) // no NULL among them
	b = binary.BigEndian.AppendUint32(b, textOID)
	if n > 0 {
		b = binary.BigEndian.AppendUint32(b, n)
		b = binary.BigEndian.AppendUint32(b, 1) // the first is number one
		for word := range strings.SplitSeq(words, " ") {
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(word))), word...)
		}
	}
	binary.BigEndian.PutUint32(b[at:], uint32(len(b)-at-4))
	return b
}
