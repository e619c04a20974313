package pgproxy

import (
	"net"
	"sync"
)

// Proxy is a proxy in front of one server. It is safe for concurrent use.
type Proxy struct {
	network, address string // of the server
	listener         net.Listener
	running          sync.WaitGroup

	mu       sync.Mutex
	refusing bool
	open     chan struct{}     // closed unless connections are held
	sessions map[*session]bool // whether it counts as a connection that there is
	dead     map[string]bool   // keys of the server, of sessions that were cut
	trap     *trap
	counts   Counts
}

// Counts is what a proxy has seen since it began.
type Counts struct {
	Connections int // that were let through, without requests to cancel
	Refused     int // that came after Cut, with requests to cancel
	Cut         int // of the Connections, that the proxy ended
	RoundTrips  int // requests that a client waits for: simple queries and Syncs
}

// Listen begins to pass connections to the server at an address, as net.Dial
// takes it.
func Listen(network, address string) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{network: network, address: address, listener: listener, open: make(chan struct{}), sessions: map[*session]bool{}, dead: map[string]bool{}}
	close(p.open)
	p.running.Go(p.accept)
	return p, nil
}

// Port is the port of 127.0.0.1 to connect to.
func (p *Proxy) Port() int { return p.listener.Addr().(*net.TCPAddr).Port }

// Close ends all connections and listens no more. It returns when nothing of the
// proxy runs.
func (p *Proxy) Close() error {
	p.Cut()
	err := p.listener.Close()
	p.running.Wait()
	return err
}

// Counts returns what was seen until now.
func (p *Proxy) Counts() Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts
}

// CutAll ends all connections that there are. New ones get through.
func (p *Proxy) CutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cutAll()
}

// Cut ends all connections, and those that come before Resume, at once.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refusing = true
	p.cutAll()
}

func (p *Proxy) cutAll() {
	for s := range p.sessions {
		s.end()
		p.bury(s)
	}
}

// Hold holds everything back, in both directions, the end of a connection, too:
// nobody is told anything, as when packets are lost. New connections are taken,
// and nothing answers. What was being passed on at that very instant still
// arrives.
func (p *Proxy) Hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.open:
		p.open = make(chan struct{})
	default: // held already
	}
}

// Resume passes everything on again, what was held back included, and lets new
// connections through.
func (p *Proxy) Resume() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refusing = false
	select {
	case <-p.open:
	default:
		close(p.open)
	}
}

// passing is closed when nothing is held.
func (p *Proxy) passing() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		if s := p.admit(client); s != nil {
			p.running.Go(s.serve)
		}
	}
}

// admit makes a session of a connection, or ends it.
func (p *Proxy) admit(client net.Conn) *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refusing {
		p.counts.Refused++
		client.Close()
		return nil
	}
	s := newSession(p, client)
	p.sessions[s] = false
	return s
}

// begun counts a session that is more than a request to cancel.
func (p *Proxy) begun(s *session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sessions[s] = true
	p.counts.Connections++
}

// leave forgets a session that has ended.
func (p *Proxy) leave(s *session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.sessions, s)
}

// cut counts a session that is cut.
func (p *Proxy) cut(s *session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bury(s)
}

func (p *Proxy) bury(s *session) {
	if p.sessions[s] {
		p.sessions[s] = false
		p.counts.Cut++
	}
	if key := s.serverKey(); key != "" {
		p.dead[key] = true
	}
}

// isDead tells whether a key is that of a session that was cut.
func (p *Proxy) isDead(key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dead[key]
}

func (p *Proxy) countRoundTrip() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts.RoundTrips++
}
