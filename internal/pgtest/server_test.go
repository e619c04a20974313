package pgtest_test

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgserver"
	"github.com/clientaccess/clientaccess/internal/pgtest"
)

// recorder is a test that notes how it would have ended.
type recorder struct {
	testing.TB
	skipped, failed string
}

func (r *recorder) Helper()                            {}
func (r *recorder) Skipf(format string, values ...any) { r.skipped = fmt.Sprintf(format, values...) }
func (r *recorder) Fatal(values ...any)                { r.failed = fmt.Sprint(values...) }

// TestMissing_IsSkippedOrFails asks what a test does that lacks a program, and
// one that has it and cannot start it.
func TestMissing_IsSkippedOrFails(t *testing.T) {
	absent := fmt.Errorf("PostgreSQL is %w (on Debian: apt-get install postgresql)", pgserver.ErrNotFound)
	for _, c := range []struct {
		ci              string
		err             error
		skipped, failed string
	}{
		{"", nil, "", ""},
		{"1", nil, "", ""},
		{"", absent, "PostgreSQL is not installed here (on Debian: apt-get install postgresql), or set CLIENTACCESS_TEST_DSN", ""},
		{"1", absent, "", "PostgreSQL is not installed here (on Debian: apt-get install postgresql)"},
		{"", errors.New("no room"), "", "no room"},
		{"1", errors.New("no room"), "", "no room"},
	} {
		t.Setenv("CLIENTACCESS_CI", c.ci)
		r := &recorder{TB: t}
		pgtest.Missing(r, c.err)
		require.Equal(t, c.skipped, r.skipped)
		require.Equal(t, c.failed, r.failed)
	}
}

// TestDSN_OfAServerThatIsThere runs tests of this package on a server that their
// environment names, in both forms of a connection string: that is where their
// databases are, and none is left.
func TestDSN_OfAServerThatIsThere(t *testing.T) {
	t.Parallel()
	server := pgtest.Primary(t, pgserver.Settings{Fast: true, Parameters: []string{"log_statement=ddl"}})
	asURL := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "postgres"}
	asURL.RawQuery = url.Values{"host": {filepath.Dir(server.Socket())}, "port": {"5432"}}.Encode()
	for _, dsn := range []string{server.DSN("postgres"), asURL.String()} {
		before := made(t, server)
		inner := exec.Command(os.Args[0], "-test.run=^TestDatabase_", "-test.count=1")
		inner.Env = append(os.Environ(), "CLIENTACCESS_TEST_DSN="+dsn)
		out, err := inner.CombinedOutput()
		require.NoError(t, err, "%s\n%s", dsn, out)
		require.GreaterOrEqual(t, made(t, server)-before, 10, "%s\n%s", dsn, out)
		left := value[int](t, connect(t, server.DSN("postgres")), "SELECT count(*) FROM pg_database WHERE datname LIKE 'clientaccess%'")
		require.Zero(t, left, dsn)
	}
}

// made is how many databases a server has made, by its log.
func made(t *testing.T, server *pgserver.Server) int {
	t.Helper()
	text, err := os.ReadFile(server.Log())
	require.NoError(t, err)
	return strings.Count(string(text), "CREATE DATABASE clientaccess_test_")
}

func TestThrough_KeepsTheDatabase(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{
		"host=/tmp/x port=5432 user=ann dbname=lumen sslmode=prefer",
		"postgres://ann@/lumen?host=/tmp/x&port=5432&sslmode=prefer",
		"postgres://ann@db.example:5433/lumen",
	} {
		config, err := pgx.ParseConfig(pgtest.Through(dsn, 4242))
		require.NoError(t, err, dsn)
		require.Equal(t, "127.0.0.1", config.Host, dsn)
		require.Equal(t, uint16(4242), config.Port, dsn)
		require.Equal(t, "lumen", config.Database, dsn)
		require.Equal(t, "ann", config.User, dsn)
		require.Nil(t, config.TLSConfig, dsn)
	}
}

// TestBouncer_InFrontOfADatabase writes through pgbouncer, and through a proxy
// in front of it.
func TestBouncer_InFrontOfADatabase(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t, pgtest.Options{Template: template})
	_, bounced := pgtest.Bouncer(t, dsn, 2)
	_, proxied := pgtest.Proxy(t, bounced)
	for i, path := range []string{dsn, bounced, proxied} {
		config, err := pgx.ParseConfig(path)
		require.NoError(t, err)
		config.DefaultQueryExecMode = pgx.QueryExecModeExec
		conn, err := pgx.ConnectConfig(t.Context(), config)
		require.NoError(t, err)
		execute(t, conn, "INSERT INTO person VALUES ($1)", path)
		require.Equal(t, i+2, value[int](t, conn, "SELECT count(*) FROM person"))
		require.NoError(t, conn.Close(t.Context()))
	}
}
