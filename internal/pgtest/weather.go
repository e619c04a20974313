package pgtest

import (
	"context"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgproxy"
	"github.com/clientaccess/clientaccess/internal/pgserver"
)

// Primary starts a server for the test alone, which may be killed, frozen,
// stopped and started, and may have standbys. It has an empty database,
// postgres.
func Primary(t testing.TB, settings pgserver.Settings) *pgserver.Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s, err := pgserver.Start(ctx, programs(t), settings)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Remove()) })
	return s
}

// Standby starts a standby of the server, for the test alone.
func Standby(t testing.TB, primary *pgserver.Server, settings pgserver.StandbySettings) *pgserver.Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s, err := primary.Standby(ctx, settings)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Remove()) })
	return s
}

// Bouncer starts pgbouncer in transaction mode in front of the server that a
// connection string names, with so many connections to each of its databases,
// and returns the connection string of the same database through pgbouncer.
func Bouncer(t testing.TB, dsn string, connections int) (*pgserver.Bouncer, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	config, err := pgx.ParseConfig(dsn)
	require.NoError(t, err)
	b, err := pgserver.StartBouncer(ctx, dsn, connections)
	missing(t, err)
	t.Cleanup(func() { require.NoError(t, b.Remove()) })
	return b, b.DSN(config.Database)
}

// Proxy starts a proxy in front of the server that a connection string names,
// and returns the connection string of the same database through the proxy.
func Proxy(t testing.TB, dsn string) (*pgproxy.Proxy, string) {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	require.NoError(t, err)
	network, address := target(config)
	p, err := pgproxy.Listen(network, address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p, through(dsn, p.Port())
}

// target is where a connection string leads, as net.Dial takes it.
func target(config *pgx.ConnConfig) (network, address string) {
	p := strconv.Itoa(int(config.Port))
	if strings.HasPrefix(config.Host, "/") {
		return "unix", filepath.Join(config.Host, ".s.PGSQL."+p)
	}
	return "tcp", net.JoinHostPort(config.Host, p)
}

// through is a connection string with another port, on this machine.
func through(dsn string, port int) string {
	p := strconv.Itoa(port)
	if !strings.Contains(dsn, "://") {
		return dsn + " host=127.0.0.1 port=" + p + " sslmode=disable" // the last ones count
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return dsn // it was parsed before
	}
	u.Host = "127.0.0.1:" + p
	values := u.Query()
	values.Set("sslmode", "disable")
	values.Del("host")
	values.Del("port")
	u.RawQuery = values.Encode()
	return u.String()
}
