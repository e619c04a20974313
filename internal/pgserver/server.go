package pgserver

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// Settings are how a server is set up. The zero value is a server that keeps
// what it has acknowledged, as PostgreSQL does when nobody changes anything.
type Settings struct {
	// Fast is a server that does not wait for the disk (fsync and
	// full_page_writes are off), and has its data in memory where Linux has
	// room for them there (/dev/shm). They survive kill -9 of the server, but
	// no crash of the machine.
	Fast bool
	// Parameters are added, as name=value.
	Parameters []string
}

// Server is one PostgreSQL server with its data in a folder of its own. It may
// be stopped and started. It is safe for concurrent use, as far as what is asked
// for makes sense together.
type Server struct {
	programs Programs
	settings Settings
	folder   *folder
	args     []string
	primary  *Server // of a standby
	follows  string  // of a standby: what it connects to

	mu      sync.Mutex
	process *process // the newest one, nil before the first
	frozen  bool
}

const (
	superuser = "postgres"
	port      = "5432" // of the socket's name; nothing listens on it
)

// Start sets up a new server and starts it; it returns when the server takes
// connections. The context bounds that, and not the server's life.
func Start(ctx context.Context, programs Programs, settings Settings) (*Server, error) {
	s, err := newServer(programs, settings)
	if err != nil {
		return nil, err
	}
	if err = s.initialize(ctx); err == nil {
		err = s.Start(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("a new PostgreSQL server: %w", err), s.Remove())
	}
	return s, nil
}

// newServer makes the folder for a server that has no data yet.
func newServer(programs Programs, settings Settings) (*Server, error) {
	beneath := onDisk()
	if settings.Fast {
		beneath = inMemory()
	}
	folder, err := newFolder(beneath)
	if err != nil {
		return nil, err
	}
	parameters := []string{
		"listen_addresses=", "port=" + port, "unix_socket_directories=" + folder.path,
		"max_connections=300", "dynamic_shared_memory_type=mmap", "timezone=UTC",
	}
	if settings.Fast {
		parameters = append(parameters, "fsync=off", "full_page_writes=off")
	}
	s := &Server{programs: programs, settings: settings, folder: folder, args: []string{"-D", filepath.Join(folder.path, "data")}}
	for _, parameter := range slices.Concat(parameters, settings.Parameters) {
		s.args = append(s.args, "-c", parameter)
	}
	return s, nil
}

func (s *Server) data() string { return filepath.Join(s.folder.path, "data") }

// DSN is the connection string for a database of the server, as its superuser.
func (s *Server) DSN(database string) string {
	return fmt.Sprintf("host=%s port=%s user=%s dbname=%s sslmode=disable", s.folder.path, port, superuser, database)
}

// Either is the connection string for a database of whichever of the servers
// takes writes, a primary or its standby after Promote.
func Either(database string, servers ...*Server) string {
	var folders []string
	for _, s := range servers {
		folders = append(folders, s.folder.path)
	}
	return fmt.Sprintf("host=%s port=%s user=%s dbname=%s sslmode=disable target_session_attrs=read-write",
		strings.Join(folders, ","), port, superuser, database)
}

// Socket is the path of the server's Unix socket.
func (s *Server) Socket() string { return filepath.Join(s.folder.path, ".s.PGSQL."+port) }

// Start starts a server that was stopped or killed, and returns when it takes
// connections.
func (s *Server) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil && s.process.runs() {
		return errors.New("the server runs already")
	}
	p, err := s.folder.start("server.log", s.programs.path("postgres"), s.args...)
	if err != nil {
		return err
	}
	s.process = p
	return p.ready(ctx, s.DSN("postgres"))
}

// Stop stops the server in order: it ends all connections, writes everything,
// and can be started again. When the context ends before that, it is killed.
func (s *Server) Stop(ctx context.Context) error {
	p, err := s.running()
	if err != nil {
		return err
	}
	if err = p.Signal(syscall.SIGINT); err != nil {
		return err
	}
	return p.wait(ctx)
}

// Remove stops the server, immediately, and deletes all that it had. More than
// once does nothing.
func (s *Server) Remove() error {
	s.mu.Lock()
	frozen := s.frozen
	s.mu.Unlock()
	if frozen { // it would be waited for, for five seconds
		s.Thaw()
	}
	return s.folder.remove()
}

// Log is the file with the server's messages.
func (s *Server) Log() string { return filepath.Join(s.folder.path, "server.log") }

var errStopped = errors.New("the server does not run")

func (s *Server) running() (*process, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil || !s.process.runs() {
		return nil, errStopped
	}
	return s.process, nil
}
