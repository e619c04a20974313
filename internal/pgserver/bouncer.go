package pgserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Bouncer is pgbouncer in front of a server, in transaction mode: a client has a
// connection of the server for the length of one transaction. It is safe for
// concurrent use.
type Bouncer struct {
	folder  *folder
	process *process
}

const bouncerPort = "6432" // of the socket's name; nothing listens on it

// StartBouncer starts pgbouncer in front of the server that a connection string
// names, with as many connections to it, for each database, as connections
// says. It returns when a client gets through. The error matches ErrNotFound when
// there is no pgbouncer on the PATH or where Debian puts it.
func StartBouncer(ctx context.Context, dsn string, connections int) (*Bouncer, error) {
	program, err := FindBouncer()
	if err != nil {
		return nil, err
	}
	server, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	b := &Bouncer{}
	if b.folder, err = newFolder(onDisk()); err != nil {
		return nil, err
	}
	if err = b.start(ctx, program, server, connections); err != nil {
		return nil, errors.Join(fmt.Errorf("pgbouncer: %w", err), b.Remove())
	}
	return b, nil
}

// FindBouncer returns the path of pgbouncer. The error matches ErrNotFound when
// there is none on the PATH or where Debian puts it.
func FindBouncer() (string, error) {
	for _, name := range []string{"pgbouncer", "/usr/sbin/pgbouncer"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("pgbouncer is %w (on Debian: apt-get install pgbouncer)", ErrNotFound)
}

func (b *Bouncer) start(ctx context.Context, program string, server *pgx.ConnConfig, connections int) error {
	target := fmt.Sprintf("host=%s port=%d user=%s", quote(server.Host), server.Port, quote(server.User))
	if server.Password != "" { // pgbouncer does not understand an empty one
		target += " password=" + quote(server.Password)
	}
	configuration := fmt.Sprintf(`[databases]
* = %s
[pgbouncer]
listen_addr =
unix_socket_dir = %s
listen_port = %s
auth_type = any
pool_mode = transaction
max_client_conn = 1000
default_pool_size = %d
`, target, b.folder.path, bouncerPort, connections)
	file := filepath.Join(b.folder.path, "pgbouncer.ini")
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
		return err
	}
	if c := b.folder.credential; c != nil {
		if err := os.Chown(file, int(c.Uid), int(c.Gid)); err != nil {
			return err
		}
	}
	var err error
	if b.process, err = b.folder.start("pgbouncer.log", program, file); err != nil {
		return err
	}
	return b.process.ready(ctx, b.DSN(server.Database))
}

func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// DSN is the connection string for a database, through pgbouncer. Whoever may
// enter the folder gets in as the server's user of StartBouncer.
func (b *Bouncer) DSN(database string) string {
	return fmt.Sprintf("host=%s port=%s user=anybody dbname=%s sslmode=disable", b.folder.path, bouncerPort, database)
}

// Socket is the path of pgbouncer's Unix socket.
func (b *Bouncer) Socket() string { return filepath.Join(b.folder.path, ".s.PGSQL."+bouncerPort) }

// Process is pgbouncer's process, to be frozen or killed.
func (b *Bouncer) Process() *os.Process { return b.process.Process }

// Remove ends pgbouncer and deletes what it had. More than once does nothing.
func (b *Bouncer) Remove() error { return b.folder.remove() }
