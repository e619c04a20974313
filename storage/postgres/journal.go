package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Options are what can be chosen. The zero value is good.
type Options struct {
	// Schema is where the tables are; empty is "clientaccess". Each schema
	// holds one store, so one database can have several.
	Schema string
	// Poll is how often the log is looked at when no hint comes; zero is a
	// tenth of a second. It bounds how late others' changes are seen.
	Poll time.Duration
	// NoNotify does without LISTEN and NOTIFY. It is for databases that have
	// none, and behind pgbouncer, where a session is not one's own.
	NoNotify bool
}

const (
	defaultSchema = "clientaccess"
	defaultPoll   = 100 * time.Millisecond
)

func (o Options) complete() (Options, error) {
	if o.Schema == "" {
		o.Schema = defaultSchema
	}
	if o.Poll == 0 {
		o.Poll = defaultPoll
	}
	switch {
	case len(o.Schema) > 63:
		return o, &relationship.FieldError{Noun: "options", Field: "schema", Problem: "is longer than 63 bytes"}
	case !utf8.ValidString(o.Schema) || strings.ContainsFunc(o.Schema, unicode.IsControl):
		return o, &relationship.FieldError{Noun: "options", Field: "schema", Problem: "is not plain text"}
	case o.Poll < 0:
		return o, &relationship.FieldError{Noun: "options", Field: "poll interval", Problem: "is negative"}
	}
	return o, nil
}

// sql is a statement on the schema that was chosen; as written it is on
// clientaccess.
func (o Options) sql(statement string) string {
	if o.Schema == defaultSchema {
		return statement
	}
	return strings.ReplaceAll(statement, defaultSchema+".", pgx.Identifier{o.Schema}.Sanitize()+".")
}

// Journal is a storage.Journal in a PostgreSQL database. Make one with Open.
// All methods are safe for concurrent use.
type Journal struct {
	options Options
	pool    *pgxpool.Pool
	notices *notices
	hints   *hints
	idle    time.Duration // idleLimit
	few     int           // fewRecords

	// local is the queue of this process's writers, so that not more than one
	// of them waits in the database.
	local chan struct{}
	// alone says that nobody else had written before the last turn.
	alone atomic.Bool

	// mu guards what follows. done is closed when the journal is.
	mu   sync.Mutex
	id   string
	done chan struct{}
}

var (
	_ storage.Shared = (*Journal)(nil)
	_ storage.Joiner = (*Journal)(nil)
)

// Open opens the journal in a database that Migrate has prepared. It makes a
// pool of connections of its own; config, which pgxpool.ParseConfig made, stays
// the caller's.
//
// Errors: a *relationship.FieldError for what is chosen wrongly; ErrNotMigrated
// and ErrNewer; storage.ErrCorrupt for a database whose encoding is not UTF8;
// and what the driver says.
func Open(ctx context.Context, config *pgxpool.Config, options Options) (*Journal, error) {
	if config == nil {
		return nil, fmt.Errorf("postgres: open: %w", &relationship.FieldError{Noun: "journal", Field: "config", Problem: "is missing"})
	}
	options, err := options.complete()
	if err != nil {
		return nil, fmt.Errorf("postgres: open: %w", err)
	}
	j := &Journal{
		options: options, notices: newNotices(), idle: idleLimit, few: fewRecords, local: make(chan struct{}, 1), done: make(chan struct{}),
	}
	config = config.Copy()
	j.notices.install(config.ConnConfig)
	settle(config.ConnConfig)
	if j.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, wrap("open", err)
	}
	if err := j.check(ctx); err != nil {
		j.pool.Close()
		return nil, wrap("open", err)
	}
	j.hints = newHints(j, config)
	return j, nil
}

// settle asks for the settings under which values are read and written as text.
func settle(config *pgx.ConnConfig) {
	config.RuntimeParams["client_encoding"] = "UTF8"
	config.RuntimeParams["datestyle"] = "ISO, YMD"
	config.RuntimeParams["timezone"] = "UTC"
}

// check finds out whether the database is one that this package can use, and
// its ID.
func (j *Journal) check(ctx context.Context) error {
	var encoding string
	if err := j.pool.QueryRow(ctx, "SELECT current_setting('server_encoding')").Scan(&encoding); err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fmt.Errorf("%w: the encoding of the database is %s and not UTF8", storage.ErrCorrupt, encoding)
	}
	var version int
	if err := j.pool.QueryRow(ctx, j.options.sql(versionQuery)).Scan(&version); err != nil {
		return err
	}
	if err := checkVersion(version); err != nil {
		return err
	}
	err := j.pool.QueryRow(ctx, j.options.sql("SELECT store FROM clientaccess.head")).Scan(&j.id)
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("%w: it has no head", storage.ErrCorrupt)
	}
	return err
}

// ID implements storage.Journal.
func (j *Journal) ID() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.id
}

// Close implements storage.Journal. It waits for whoever is in the middle of
// something.
func (j *Journal) Close() error {
	j.mu.Lock()
	closed := j.closed()
	if !closed {
		close(j.done)
	}
	j.mu.Unlock()
	if !closed {
		j.hints.stop()
		j.local <- struct{}{} // who has the turn goes to the end
		j.pool.Close()
	}
	return nil
}

func (j *Journal) closed() bool {
	select {
	case <-j.done:
		return true
	default:
		return false
	}
}

// newID is random: the name of a store, or of a change of the notes.
func newID() string { return rand.Text() }
