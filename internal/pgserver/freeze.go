package pgserver

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// Freeze stops a process where it stands, with SIGSTOP, and returns when it
// stands still. It hears nothing until Thaw, and does not know afterwards that
// time has passed.
func Freeze(p *os.Process) error {
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	return await(p.Pid, 'T')
}

// Thaw has a frozen process go on.
func Thaw(p *os.Process) error { return p.Signal(syscall.SIGCONT) }

// await waits until a process is in the state, or is dead.
func await(pid int, wanted byte) error {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		state, _, err := stat(pid)
		switch {
		case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH):
			return nil
		case err != nil:
			return err
		case state == wanted || state == 'Z' || state == 'X':
			return nil
		}
	}
	return fmt.Errorf("process %d does not get into the state %c", pid, wanted)
}

// stat reads what the system knows of a process: its state, of which T is
// stopped and Z dead, and its parent.
func stat(pid int) (state byte, parent int, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, err
	}
	// The program's name stands in brackets, and may have brackets itself.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 2 {
		return 0, 0, fmt.Errorf("/proc/%d/stat has %q", pid, text)
	}
	parent, err = strconv.Atoi(string(fields[1]))
	return fields[0][0], parent, err
}

// children are the processes that a process has started, dead ones included. Of
// a process that is frozen they stay the same, and nobody else gets their ids.
func children(of int) ([]int, error) {
	paths, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, errors.New("there is no /proc to find a server's processes in")
	}
	var found []int
	for _, path := range paths {
		pid, err := strconv.Atoi(filepath.Base(path))
		if err != nil {
			continue
		}
		if _, parent, err := stat(pid); err == nil && parent == of { // others may have ended meanwhile
			found = append(found, pid)
		}
	}
	return found, nil
}
