package pgproxy

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// message is one message as it stands on the wire, length and all; the first of
// a connection has no kind.
type message struct {
	kind byte
	wire []byte
}

// The kinds of messages that mean something here.
const (
	query         = 'Q' // from the client
	parse         = 'P'
	bind          = 'B'
	execute       = 'E'
	synchronize   = 'S'
	call          = 'F'
	readyForQuery = 'Z' // from the server
	backendKey    = 'K'
)

// What a first message may ask for, instead of beginning.
const (
	askTLS    = 80877103
	askGSS    = 80877104
	askCancel = 80877102
)

// largest is more than any message of ours has.
const largest = 1 << 30

// readFirst reads a message without a kind and what it asks for.
func readFirst(r *bufio.Reader) (m message, code uint32, err error) {
	header, err := r.Peek(8)
	if err != nil {
		return message{}, 0, err
	}
	code = binary.BigEndian.Uint32(header[4:]) // before the buffer is read on
	if m, err = readWire(r, 0); err == nil && len(m.wire) < 8 {
		err = fmt.Errorf("a first message of %d bytes", len(m.wire))
	}
	return m, code, err
}

// read reads a message with a kind.
func read(r *bufio.Reader) (message, error) { return readWire(r, 1) }

// readWire reads a message whose length stands behind so many bytes.
func readWire(r *bufio.Reader, before int) (message, error) {
	header, err := r.Peek(before + 4)
	if err != nil {
		return message{}, err
	}
	length := binary.BigEndian.Uint32(header[before:])
	if length < 4 || length > largest {
		return message{}, fmt.Errorf("a message of %d bytes", length)
	}
	m := message{wire: make([]byte, before+int(length))}
	if before > 0 {
		m.kind = header[0]
	}
	_, err = io.ReadFull(r, m.wire)
	return m, err
}

// texts are the first strings of a message with a kind, each of which ends with
// a zero byte.
func (m message) texts(n int) ([]string, error) {
	rest, found := m.wire[5:], make([]string, n)
	for i := range found {
		text, after, ok := bytes.Cut(rest, []byte{0})
		if !ok {
			return nil, fmt.Errorf("a message %c lacks text", m.kind)
		}
		found[i], rest = string(text), after
	}
	return found, nil
}

// endsRequest tells whether the server will say that it is ready.
func (m message) endsRequest() bool {
	return m.kind == query || m.kind == synchronize || m.kind == call
}

// prepared knows the text of what was prepared on a connection.
type prepared struct {
	statements, portals map[string]string
}

// runs notes what a message of the client prepares, and returns the text of what
// it runs, if it runs something.
func (p *prepared) runs(m message) (sql string, ok bool, err error) {
	var texts []string
	switch m.kind {
	case query:
		if texts, err = m.texts(1); err == nil {
			return texts[0], true, nil
		}
	case parse: // name, text
		if texts, err = m.texts(2); err == nil {
			p.statements[texts[0]] = texts[1]
		}
	case bind: // portal, statement
		if texts, err = m.texts(2); err == nil {
			p.portals[texts[0]] = p.statements[texts[1]]
		}
	case execute:
		if texts, err = m.texts(1); err == nil {
			return p.portals[texts[0]], true, nil
		}
	}
	return "", false, err
}
