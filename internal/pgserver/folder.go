package pgserver

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
)

//go:embed janitor.sh
var janitor string

// longest is the longest path of a temporary folder beneath which a Unix socket
// still has a path that every system takes (104 bytes).
const longest = 70

// folder is a temporary folder with its janitor.
type folder struct {
	path       string
	credential *syscall.Credential

	mu      sync.Mutex
	cleaner *exec.Cmd
	pipe    io.WriteCloser
}

// onDisk is where temporary files go.
func onDisk() string {
	if beneath := os.TempDir(); len(beneath) <= longest {
		return beneath
	}
	return "/tmp"
}

// inMemory is where Linux has a file system in memory, in which a server's
// thousand files are made in a tenth of the time. Where it lacks room, as in
// many containers, it is onDisk.
func inMemory() string {
	const memory, room = "/dev/shm", 4 << 30
	var system syscall.Statfs_t
	if err := syscall.Statfs(memory, &system); err != nil || uint64(system.Bavail)*uint64(system.Bsize) < room {
		return onDisk()
	}
	return memory
}

func newFolder(beneath string) (*folder, error) {
	credential, err := account()
	if err != nil {
		return nil, err
	}
	f := &folder{credential: credential}
	f.cleaner = exec.Command("/bin/sh", "-c", janitor, "janitor", beneath)
	// In a session of its own it outlives what ends the tests with their group.
	f.cleaner.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	var said strings.Builder
	f.cleaner.Stderr = &said
	if f.pipe, err = f.cleaner.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := f.cleaner.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err = f.cleaner.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("no temporary folder beneath %s: %w", beneath, errors.Join(f.remove(), errors.New(said.String())))
	}
	f.path = strings.TrimSuffix(line, "\n")
	if credential != nil {
		if err = os.Chown(f.path, int(credential.Uid), int(credential.Gid)); err != nil {
			return nil, errors.Join(err, f.remove())
		}
	}
	return f, nil
}

// tell tells the janitor that a process was started, or has ended.
func (f *folder) tell(word string, pid int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.pipe != nil {
		fmt.Fprintf(f.pipe, "%s %d\n", word, pid) // a janitor that is gone cannot be told
	}
}

// remove has the janitor stop what runs and delete the folder, and waits for
// it. Once is enough; more do nothing.
func (f *folder) remove() error {
	f.mu.Lock()
	pipe := f.pipe
	f.pipe = nil
	f.mu.Unlock()
	if pipe == nil {
		return nil
	}
	return errors.Join(pipe.Close(), f.cleaner.Wait())
}
