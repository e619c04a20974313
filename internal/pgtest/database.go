package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// Options are what a test asks of its database. The zero value is an empty
// database that sorts by bytes, on a server that does not wait for the disk.
type Options struct {
	Collation Collation
	// Template is what the database is a copy of; nil is an empty one.
	Template *Template
	// Durable is a server with PostgreSQL's own settings, which waits for the
	// disk. It is for tests that measure. Whether a server that
	// CLIENTACCESS_TEST_DSN names does, is its own affair.
	Durable bool
}

// Collation is how a database sorts text where nothing else is said.
type Collation string

const (
	// Bytes sorts by bytes, PostgreSQL's collation C.
	Bytes Collation = ""
	// English sorts as people do: a, B, c; ICU's en-US.
	English Collation = "en-US"
)

// patience is how long a server may take for what tests ask of it.
const patience = time.Minute

// Database makes a database for the test and returns its connection string. The
// database is dropped when the test is over, whoever is still connected.
func Database(t testing.TB, o Options) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s := sharedServer(t, o.Durable)
	name, err := s.create(ctx, o)
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		require.NoError(t, s.execute(ctx, "DROP DATABASE "+name+" WITH (FORCE)"))
	})
	return s.dsn(name)
}

// create makes a database as the options say and returns its name.
func (s *shared) create(ctx context.Context, o Options) (string, error) {
	switch {
	case o.Template == nil:
		return s.createEmpty(ctx, o.Collation)
	case s.given:
		// A template would be left behind on a server that is not ours.
		name, err := s.createEmpty(ctx, o.Collation)
		if err != nil {
			return "", err
		}
		return name, o.Template.prepare(ctx, s.dsn(name))
	default:
		template, err := o.Template.on(ctx, s, o.Collation)
		if err != nil {
			return "", fmt.Errorf("the template: %w", err)
		}
		name := newName()
		return name, s.execute(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template)
	}
}

func (s *shared) createEmpty(ctx context.Context, collation Collation) (string, error) {
	provider := "LOCALE_PROVIDER libc"
	if collation != Bytes {
		provider = "LOCALE_PROVIDER icu ICU_LOCALE '" + string(collation) + "'"
	}
	name := newName()
	return name, s.execute(ctx, "CREATE DATABASE "+name+" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' "+provider)
}

// newName is a database's name that nobody else has, also not another test
// program on the same server.
func newName() string {
	return "clientaccess_test_" + strings.ToLower(rand.Text())
}

// execute runs a statement that is not about a single database.
func (s *shared) execute(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, s.admin)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if _, err = conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
