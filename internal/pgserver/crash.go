package pgserver

import (
	"errors"
	"syscall"
)

// Kill kills the server and all its processes with SIGKILL, as when its machine
// is gone, and returns when they are dead. What it had acknowledged is on the
// disk as far as its settings promise that. Start starts it again.
func (s *Server) Kill() error {
	p, err := s.running()
	if err != nil {
		return err
	}
	// The first process is frozen, so that it does not begin to mend, and so
	// that the others' ids stay theirs until it has ended itself.
	if err = Freeze(p.Process); err != nil {
		return err
	}
	others, err := children(p.Pid)
	if err == nil {
		err = each(others, syscall.SIGKILL, 'Z')
	}
	if err = errors.Join(err, p.Kill()); err != nil {
		return err
	}
	<-p.ended
	s.setFrozen(false)
	return nil
}

// Freeze stops the server with all its processes where they stand, with
// SIGSTOP: connections stay open, and nothing answers until Thaw.
func (s *Server) Freeze() error {
	p, err := s.running()
	if err != nil {
		return err
	}
	if err = Freeze(p.Process); err != nil {
		return err
	}
	s.setFrozen(true)
	others, err := children(p.Pid)
	if err != nil {
		return err
	}
	return each(others, syscall.SIGSTOP, 'T')
}

// Thaw has a frozen server go on.
func (s *Server) Thaw() error {
	p, err := s.running()
	if err != nil {
		return err
	}
	others, err := children(p.Pid)
	if err != nil {
		return err
	}
	for _, pid := range others {
		err = errors.Join(err, syscall.Kill(pid, syscall.SIGCONT))
	}
	s.setFrozen(false)
	return errors.Join(err, Thaw(p.Process))
}

func (s *Server) setFrozen(frozen bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frozen = frozen
}

// each sends a signal to the processes and waits until all are in the state.
func each(pids []int, signal syscall.Signal, state byte) error {
	var failed []error
	for _, pid := range pids {
		failed = append(failed, syscall.Kill(pid, signal))
	}
	for _, pid := range pids {
		failed = append(failed, await(pid, state))
	}
	return errors.Join(failed...)
}
