package pgserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// StandbySettings are how a standby follows its primary. The zero value streams
// from the primary's socket, and nobody waits for it.
type StandbySettings struct {
	// Synchronous has every commit of the primary wait until the standby has
	// it on the disk.
	Synchronous bool
	// Through is what the standby connects to instead of the primary's socket,
	// as host=… port=…: a proxy in front of it.
	Through string
}

// Standby copies the server, while it runs, and starts the copy as a standby
// that streams from it. It returns when the stream flows. The primary keeps what
// the standby has not had yet. A standby is removed by its own Remove.
func (s *Server) Standby(ctx context.Context, settings StandbySettings) (*Server, error) {
	standby, err := newServer(s.programs, s.settings)
	if err != nil {
		return nil, err
	}
	if err = s.copyTo(ctx, standby, settings); err == nil {
		if err = standby.Start(ctx); err == nil {
			err = standby.streams(ctx)
		}
	}
	if err == nil && settings.Synchronous {
		err = s.waitForStandbys(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("a standby: %w", err), standby.Remove())
	}
	return standby, nil
}

// copyTo copies the data to a server that has none, and makes it a standby.
func (s *Server) copyTo(ctx context.Context, standby *Server, settings StandbySettings) error {
	standby.primary = s
	slot := strings.ToLower(filepath.Base(standby.folder.path))
	err := standby.folder.run(ctx, s.programs.path("pg_basebackup"), "-D", standby.data(), "-d", s.DSN("postgres"),
		"-R", "-C", "-S", slot, "-X", "stream", "-c", "fast", "--no-sync")
	if err != nil {
		return err
	}
	from := settings.Through
	if from == "" {
		from = fmt.Sprintf("host=%s port=%s", s.folder.path, port)
	}
	standby.follows = fmt.Sprintf("%s user=%s sslmode=disable application_name=%s", from, superuser, slot)
	file, err := os.OpenFile(filepath.Join(standby.data(), "postgresql.auto.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	// The last line counts. When the standby is promoted, it waits for nobody.
	_, err = fmt.Fprintf(file, "primary_conninfo = '%s'\nsynchronous_standby_names = ''\nwal_retrieve_retry_interval = '50ms'\n", standby.follows)
	return errors.Join(err, file.Close())
}

// waitForStandbys has all commits wait for a standby.
func (s *Server) waitForStandbys(ctx context.Context) error {
	if err := s.execute(ctx, "ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"); err != nil {
		return err
	}
	return s.until(ctx, "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')")
}

// streams waits until the standby receives what its primary writes.
func (s *Server) streams(ctx context.Context) error {
	return s.until(ctx, "SELECT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')")
}

// Withhold ends the stream to a standby, and returns when it is ended: what the
// primary acknowledges from now on, the standby does not get before Deliver.
func (s *Server) Withhold(ctx context.Context) error {
	if err := s.execute(ctx, "ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()"); err != nil {
		return err
	}
	return s.until(ctx, "SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver)")
}

// Deliver lets the stream flow again that Withhold ended, and returns when it
// flows.
func (s *Server) Deliver(ctx context.Context) error {
	if err := s.execute(ctx, "ALTER SYSTEM SET primary_conninfo = '"+s.follows+"'", "SELECT pg_reload_conf()"); err != nil {
		return err
	}
	return s.streams(ctx)
}

// CatchUp waits until a standby shows everything that its primary had
// acknowledged when it was called.
func (s *Server) CatchUp(ctx context.Context) error {
	var position string
	if err := s.primary.query(ctx, &position, "SELECT pg_current_wal_flush_lsn()::text"); err != nil {
		return err
	}
	return s.until(ctx, "SELECT pg_last_wal_replay_lsn() >= '"+position+"'")
}

// Promote makes a standby a primary, and returns when it takes writes. Whoever
// was its primary goes on as if nothing had happened, if it runs: nobody fences
// it.
func (s *Server) Promote(ctx context.Context) error {
	var done bool
	if err := s.query(ctx, &done, "SELECT pg_promote(true, 60)"); err != nil {
		return err
	}
	if !done {
		return errors.New("the standby was not promoted within 60 s")
	}
	return s.until(ctx, "SELECT NOT pg_is_in_recovery()")
}

// until asks the server a question until it says yes.
func (s *Server) until(ctx context.Context, question string) error {
	conn, err := pgx.Connect(ctx, s.DSN("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for {
		var yes bool
		if err = conn.QueryRow(ctx, question).Scan(&yes); err != nil || yes {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: still no after %s", context.Cause(ctx), question)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// execute runs statements, each by itself.
func (s *Server) execute(ctx context.Context, statements ...string) error {
	conn, err := pgx.Connect(ctx, s.DSN("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, statement := range statements {
		if _, err = conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// query reads one value.
func (s *Server) query(ctx context.Context, value any, question string) error {
	conn, err := pgx.Connect(ctx, s.DSN("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	return conn.QueryRow(ctx, question).Scan(value)
}
