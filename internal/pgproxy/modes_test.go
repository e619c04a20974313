package pgproxy_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgproxy"
	"github.com/clientaccess/clientaccess/internal/pgserver"
	"github.com/clientaccess/clientaccess/internal/pgtest"
)

func TestCut_EndsConnectionsUntilResume(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	conns := []*pgx.Conn{w.connect(w.through), w.connect(w.through)}
	w.proxy.Cut()
	w.alone()
	for _, conn := range conns {
		require.Error(t, conn.Ping(w.context()))
	}
	_, err := pgx.Connect(w.context(), w.through)
	require.Error(t, err)
	w.proxy.Resume()
	require.NoError(t, w.connect(w.through).Ping(w.context()))

	last := w.connect(w.through)
	w.proxy.CutAll()
	require.Error(t, last.Ping(w.context()))
	require.NoError(t, w.connect(w.through).Ping(w.context()))
	counts := w.proxy.Counts()
	require.Equal(t, 5, counts.Connections)
	require.Equal(t, 4, counts.Cut)
	require.Positive(t, counts.Refused)
}

// TestHold_NobodyIsToldAnything writes, reads, connects and disconnects while
// everything is held: the server and the clients learn of it after Resume.
func TestHold_NobodyIsToldAnything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	writer, leaver := w.connect(w.through), w.connect(w.through)
	w.proxy.Hold()
	w.proxy.Hold() // the same

	written := make(chan error, 1)
	go func() {
		_, err := writer.Exec(w.context(), "INSERT INTO number VALUES (1)")
		written <- err
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := pgx.Connect(ctx, w.through)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	leaver.PgConn().Conn().Close()
	var others int
	require.NoError(t, w.beside.QueryRow(w.context(),
		"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").Scan(&others))
	require.Equal(t, 2, others, "the server was told that one is gone, or of the one that came")
	require.Zero(t, w.count())
	require.Empty(t, written)

	w.proxy.Resume()
	require.NoError(t, <-written)
	require.Equal(t, 1, w.count())
	require.NoError(t, writer.Close(w.context()))
	w.alone()
}

// TestHold_EndsWithTheProxy closes it while everything waits.
func TestHold_EndsWithTheProxy(t *testing.T) {
	t.Parallel()
	p, err := pgproxy.Listen("unix", "/nowhere")
	require.NoError(t, err)
	p.Hold()
	conn, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", p.Port()))
	require.NoError(t, err)
	_, err = conn.Write([]byte{0, 0, 0, 8, 4, 210, 22, 47}) // whoever asks for TLS
	require.NoError(t, err)
	require.NoError(t, p.Close())
	_, err = io.ReadAll(conn)
	if err != nil { // an end in the middle is one, too
		require.ErrorContains(t, err, "reset")
	}
}

// TestRoundTrips counts what a client waits for: one for a batch, however long
// it is.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	conn := w.connect(w.through)
	before := w.proxy.Counts().RoundTrips
	var batch pgx.Batch
	for n := range 500 {
		batch.Queue("INSERT INTO number VALUES ($1)", n)
	}
	require.NoError(t, conn.SendBatch(w.context(), &batch).Close())
	require.Equal(t, 500, w.count())
	batched := w.proxy.Counts().RoundTrips - before
	for n := range 10 {
		_, err := conn.Exec(w.context(), "DELETE FROM number WHERE n = $1", n)
		require.NoError(t, err)
	}
	singly := w.proxy.Counts().RoundTrips - before - batched
	require.LessOrEqual(t, batched, 3)
	require.GreaterOrEqual(t, singly, 10)
}

// TestListen_TakesNoRubbish sends what is not the protocol: the connection ends,
// and the next one is served.
func TestListen_TakesNoRubbish(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, rubbish := range []string{
		"\x00\x00\x00\x04abcd", "\x00\x00\x00\x00abcd", "\xff\xff\xff\xffabcd",
		"\x00\x00\x00\x08\x04\xd2\x16\x2e",                                          // cancels nothing
		"\x00\x00\x00\x08\x00\x03\x00\x00" + "Q\x00\x00\x00\x05a",                   // a text without an end
		"\x00\x00\x00\x08\x00\x03\x00\x00" + "B\x00\x00\x00\x06a\x00" + "S\x00\x00", // a name is missing
	} {
		conn, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", w.proxy.Port()))
		require.NoError(t, err)
		_, err = conn.Write([]byte(rubbish))
		require.NoError(t, err)
		require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
		_, err = io.Copy(io.Discard, conn)
		require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "%q", rubbish)
	}
	require.NoError(t, w.connect(w.through).Ping(w.context()))
}

// TestTLS_IsDeclined has a client insist.
func TestTLS_IsDeclined(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := pgx.Connect(w.context(), w.through+" sslmode=require")
	require.ErrorContains(t, err, "TLS")
	require.NoError(t, w.connect(w.through+" sslmode=prefer").Ping(w.context()))
}

// TestProxy_BetweenPrimaryAndStandby cuts and holds the stream itself.
func TestProxy_BetweenPrimaryAndStandby(t *testing.T) {
	t.Parallel()
	w := &world{T: t}
	primary := pgtest.Primary(t, pgserver.Settings{Fast: true})
	proxy, _ := pgtest.Proxy(t, primary.DSN("postgres"))
	standby := pgtest.Standby(t, primary, pgserver.StandbySettings{Through: fmt.Sprint("host=127.0.0.1 port=", proxy.Port())})
	w.beside = w.connect(primary.DSN("postgres"))
	_, err := w.beside.Exec(w.context(), "CREATE TABLE number (n int)")
	require.NoError(t, err)
	require.NoError(t, standby.CatchUp(w.context()))

	for _, interrupt := range []func(){proxy.Hold, proxy.Cut} {
		interrupt()
		_, err = w.beside.Exec(w.context(), "INSERT INTO number VALUES (1)")
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		require.ErrorIs(t, standby.CatchUp(ctx), context.DeadlineExceeded)
		cancel()
		proxy.Resume()
		require.NoError(t, standby.CatchUp(w.context()))
	}
}
