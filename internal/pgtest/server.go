package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgserver"
)

// The environment's variables.
const (
	// dsnVariable has the connection string of a server to be used.
	dsnVariable = "CLIENTACCESS_TEST_DSN"
	// ciVariable says that nothing may be missing.
	ciVariable = "CLIENTACCESS_CI"
)

// shared is a server on which tests have their databases.
type shared struct {
	given bool   // it was there before us
	admin string // the connection string of a database from which others are made
}

// The servers of this test program, one that waits for the disk and one that
// does not. Nobody removes them: their janitors do when the program has ended.
var (
	sharedMu sync.Mutex
	servers  = map[bool]*shared{}
)

func sharedServer(t testing.TB, durable bool) *shared {
	t.Helper()
	sharedMu.Lock()
	defer sharedMu.Unlock()
	if s := servers[durable]; s != nil {
		return s
	}
	s := &shared{admin: os.Getenv(dsnVariable)}
	if s.admin != "" {
		s.given = true
	} else {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		server, err := pgserver.Start(ctx, programs(t), pgserver.Settings{Fast: !durable})
		require.NoError(t, err)
		s.admin = server.DSN("postgres")
	}
	servers[durable] = s
	return s
}

// programs finds the server programs, or ends the test.
func programs(t testing.TB) pgserver.Programs {
	t.Helper()
	found, err := pgserver.Find()
	missing(t, err)
	return found
}

// missing ends a test that lacks a program: it is skipped, or fails where
// nothing may be missing.
func missing(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case errors.Is(err, pgserver.ErrNotFound) && os.Getenv(ciVariable) == "":
		t.Skipf("%v, or set %s", err, dsnVariable)
	default:
		t.Fatal(err)
	}
}

// dsn is the connection string of another database of the server.
func (s *shared) dsn(database string) string {
	if !strings.Contains(s.admin, "://") {
		return fmt.Sprintf("%s dbname=%s", s.admin, database) // the last one counts
	}
	u, err := url.Parse(s.admin)
	if err != nil {
		return s.admin // connecting to it has failed before
	}
	u.Path = "/" + database
	return u.String()
}
