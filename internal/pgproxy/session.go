package pgproxy

import (
	"bufio"
	"net"
	"sync"
)

// session is one client's connection and ours to the server.
type session struct {
	proxy  *Proxy
	client net.Conn
	ended  chan struct{}

	mu       sync.Mutex
	over     bool
	server   net.Conn // nil before it is needed
	key      string   // that the server gave, to cancel with
	pending  int      // requests after which the server has not said that it is ready
	silent   bool     // the client is told nothing any more
	answered *trap    // because of which it ends when the server is ready
	awaited  int      // for so many more times
}

func newSession(p *Proxy, client net.Conn) *session {
	return &session{proxy: p, client: client, ended: make(chan struct{})}
}

// end closes both connections. More than once does nothing.
func (s *session) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	s.over = true
	close(s.ended)
	s.client.Close()
	if s.server != nil {
		s.server.Close()
	}
}

// cut ends the session because of a trap.
func (s *session) cut(t *trap) {
	s.proxy.cut(s)
	s.end()
	t.close()
}

// leave ends the client's connection because of a trap, and leaves the server to
// do what it was sent.
func (s *session) leave(t *trap) {
	s.proxy.cut(s)
	s.client.Close()
	t.close()
}

// pass waits until nothing is held. It is false when the session has ended.
func (s *session) pass() bool {
	select {
	case <-s.proxy.passing():
		return true
	case <-s.ended:
		return false
	}
}

// connect connects to the server.
func (s *session) connect() bool {
	server, err := net.Dial(s.proxy.network, s.proxy.address)
	if err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		server.Close()
		return false
	}
	s.server = server
	return true
}

// serve passes messages on until one side ends, or the proxy does.
func (s *session) serve() {
	defer s.proxy.leave(s)
	defer s.end()
	from := bufio.NewReader(s.client)
	first, code, err := s.begin(from)
	if err != nil || !s.pass() {
		return
	}
	// What a cut connection has sent is the server's to do: where its packets
	// are lost, a request to cancel it is lost, too.
	if code == askCancel && s.proxy.isDead(string(first.wire[8:])) || !s.connect() {
		return
	}
	if code != askCancel {
		s.proxy.begun(s)
	}
	s.pending = 1
	if _, err := s.server.Write(first.wire); err != nil {
		return
	}
	var answers sync.WaitGroup
	answers.Go(func() {
		defer s.end()
		s.answers(bufio.NewReader(s.server))
	})
	if s.requests(from) {
		s.pass() // the end of a connection is held back, too
		s.end()
	}
	answers.Wait()
	if s.answered != nil {
		s.answered.close()
	}
}

// begin reads the first message, and what it asks for, after it has declined to
// encrypt.
func (s *session) begin(from *bufio.Reader) (message, uint32, error) {
	for {
		first, code, err := readFirst(from)
		if err != nil || code != askTLS && code != askGSS {
			return first, code, err
		}
		if !s.pass() {
			return message{}, 0, net.ErrClosed
		}
		if _, err = s.client.Write([]byte{'N'}); err != nil {
			return message{}, 0, err
		}
	}
}

func (s *session) serverKey() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.key
}
