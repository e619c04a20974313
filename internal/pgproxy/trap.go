package pgproxy

import (
	"strings"
	"sync"
)

// Place is where a connection is cut, seen from a statement.
type Place int

const (
	// Unsent is before the server gets the statement.
	Unsent Place = iota
	// Sent is when the server has been sent the statement, and everything that
	// its client waits for together with it, and before any answer. The server
	// is left to do it: its own connection ends when it has.
	Sent
	// Answered is when the server has done it and answered; the client gets
	// nothing of the answer.
	Answered
)

func (p Place) String() string {
	return [...]string{"unsent", "sent", "answered"}[p]
}

// trap waits for a statement.
type trap struct {
	place   Place
	matches func(sql string) bool
	sprung  chan struct{}
	once    sync.Once
}

// close says that the connection is cut.
func (t *trap) close() { t.once.Do(func() { close(t.sprung) }) }

// CutAt cuts the connection on which the next statement runs that matches, there
// and then, and no other. The channel is closed when that is done, or when the connection
// has ended otherwise after the statement was seen. It takes the place of one
// that still waits.
//
// A statement is seen with the text that was prepared for it when it is run: as
// a simple query, or by Execute. A simple query may have several statements in
// one text. A request to cancel what was cut is not passed on.
func (p *Proxy) CutAt(place Place, matches func(sql string) bool) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trap = &trap{place: place, matches: matches, sprung: make(chan struct{})}
	return p.trap.sprung
}

// spring gives the trap to the first who runs what it waits for.
func (p *Proxy) spring(sql string) *trap {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.trap
	if t == nil || !t.matches(sql) {
		return nil
	}
	p.trap = nil
	return t
}

// Commit matches the statement that ends a transaction well, alone or as the
// last of several.
func Commit(sql string) bool {
	words := strings.Fields(strings.ToLower(strings.TrimRight(sql, "; \t\r\n")))
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	return last == "commit" || strings.HasSuffix(last, ";commit")
}
