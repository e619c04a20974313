package pgproxy

import "bufio"

// requests passes on what the client says, until it ends or the session does. It
// is false when the server is to be left to do what it was sent.
func (s *session) requests(from *bufio.Reader) (end bool) {
	to := bufio.NewWriter(s.server)
	known := prepared{statements: map[string]string{}, portals: map[string]string{}}
	var sent *trap // to be cut when the request is sent
	for {
		m, err := read(from)
		if err != nil {
			return true
		}
		sql, runs, err := known.runs(m)
		if err != nil || !s.pass() {
			return true
		}
		if runs {
			if t := s.proxy.spring(sql); t != nil {
				if t.place == Unsent {
					s.cut(t)
					return true
				}
				if s.silence(t); t.place == Sent {
					sent = t
				}
			}
		}
		if m.endsRequest() {
			s.proxy.countRoundTrip()
			s.expect()
		}
		if _, err = to.Write(m.wire); err != nil {
			return true
		}
		if from.Buffered() == 0 || m.endsRequest() {
			if err = to.Flush(); err != nil {
				return true
			}
		}
		if sent != nil && m.endsRequest() {
			s.leave(sent)
			return false
		}
	}
}

// answers passes on what the server says, until it ends or the session does.
func (s *session) answers(from *bufio.Reader) {
	to := bufio.NewWriter(s.client)
	for {
		m, err := read(from)
		if !s.pass() || err != nil {
			return
		}
		silent, t := s.hear(m)
		if t != nil {
			s.cut(t)
			return
		}
		if silent {
			continue
		}
		if _, err = to.Write(m.wire); err != nil {
			return
		}
		if from.Buffered() == 0 {
			if err = to.Flush(); err != nil {
				return
			}
		}
	}
}

// silence has the client told nothing any more, and the session cut when what it
// is about to ask is answered.
func (s *session) silence(t *trap) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = true
	s.answered, s.awaited = t, s.pending+1
}

// expect notes that the server will say once more that it is ready.
func (s *session) expect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending++
}

// hear takes note of what the server says. It tells whether the client is not to
// hear it, and whom to cut now.
func (s *session) hear(m message) (silent bool, cut *trap) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.kind == backendKey {
		s.key = string(m.wire[5:])
	}
	if m.kind != readyForQuery {
		return s.silent, nil
	}
	s.pending--
	if s.answered == nil {
		return s.silent, nil
	}
	if s.awaited--; s.awaited > 0 {
		return true, nil
	}
	return true, s.answered
}
