package pgproxy_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgproxy"
	"github.com/clientaccess/clientaccess/internal/pgtest"
)

// world is a database with a table, a connection to it that goes around the
// proxy, and the connection string that goes through it.
type world struct {
	*testing.T
	proxy   *pgproxy.Proxy
	beside  *pgx.Conn
	through string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dsn := pgtest.Database(t, pgtest.Options{})
	w := &world{T: t}
	w.proxy, w.through = pgtest.Proxy(t, dsn)
	w.beside = w.connect(dsn)
	_, err := w.beside.Exec(t.Context(), "CREATE TABLE number (n int PRIMARY KEY)")
	require.NoError(t, err)
	return w
}

func (w *world) context() context.Context {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	w.Cleanup(cancel)
	return ctx
}

func (w *world) connect(dsn string) *pgx.Conn {
	w.Helper()
	conn, err := pgx.Connect(w.context(), dsn)
	require.NoError(w, err)
	w.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func (w *world) count() (n int) {
	w.Helper()
	require.NoError(w, w.beside.QueryRow(w.context(), "SELECT count(*) FROM number").Scan(&n))
	return n
}

// alone waits until nobody but the connection beside the proxy is connected.
func (w *world) alone() {
	w.Helper()
	require.Eventually(w, func() bool {
		var others int
		err := w.beside.QueryRow(w.context(),
			"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").Scan(&others)
		return err == nil && others == 0
	}, 20*time.Second, 5*time.Millisecond)
}

// ways are how programs run a statement: each kind of message, and a pipeline.
var ways = map[string]func(ctx context.Context, conn *pgx.Conn, insert string) error{
	"simple": func(ctx context.Context, conn *pgx.Conn, insert string) error {
		_, err := conn.Exec(ctx, "begin; "+insert+"; commit")
		return err
	},
	"transaction": func(ctx context.Context, conn *pgx.Conn, insert string) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, insert)
			return err
		})
	},
	"pipeline": func(ctx context.Context, conn *pgx.Conn, insert string) error {
		var batch pgx.Batch
		for _, statement := range []string{"begin", insert, "commit"} {
			batch.Queue(statement)
		}
		return conn.SendBatch(ctx, &batch).Close()
	},
	"requests in a row": func(ctx context.Context, conn *pgx.Conn, insert string) error {
		// The commit is on its way while the server is busy with what was
		// asked before, and says that it is ready after each.
		p := conn.PgConn().StartPipeline(ctx)
		for _, statement := range []string{"begin", insert, "select pg_sleep(0.05)", "commit"} {
			p.SendQueryParams(statement, nil, nil, nil, nil)
			if err := p.Sync(); err != nil {
				return err
			}
		}
		return p.Close()
	},
}

// slowCommit has a commit take its time.
const slowCommit = `
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.05); RETURN NULL; END';
CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON number DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()`

// TestCutAt_AroundCommit cuts at each place, for each way of committing. What
// the server got is done, once, and what it did not get is not; the client is
// told of neither. The next one gets through.
func TestCutAt_AroundCommit(t *testing.T) {
	t.Parallel()
	for way, commit := range ways {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			w, want := newWorld(t), 0
			_, err := w.beside.Exec(t.Context(), slowCommit)
			require.NoError(t, err)
			for i, place := range []pgproxy.Place{pgproxy.Unsent, pgproxy.Sent, pgproxy.Answered} {
				cut := w.proxy.CutAt(place, pgproxy.Commit)
				conn := w.connect(w.through)
				err := commit(w.context(), conn, fmt.Sprintf("INSERT INTO number VALUES (%d)", 2*i))
				require.Error(t, err, place)
				require.True(t, conn.IsClosed(), place)
				<-cut
				if place == pgproxy.Answered {
					want++
					require.Equal(t, want, w.count(), place) // at once: the server has answered
				}
				w.alone()
				if place == pgproxy.Sent {
					want++
				}
				require.Equal(t, want, w.count(), place)

				conn = w.connect(w.through)
				require.NoError(t, commit(w.context(), conn, fmt.Sprintf("INSERT INTO number VALUES (%d)", 2*i+1)))
				require.NoError(t, conn.Close(w.context()))
				want++
				require.Equal(t, want, w.count(), place)
			}
			counts := w.proxy.Counts()
			require.Equal(t, 3, counts.Cut)
			require.Equal(t, 6, counts.Connections)
		})
	}
}

// TestCutAt_OneConnection has two clients commit the same way: the one that
// comes first is cut, and only then.
func TestCutAt_OneConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, second := w.connect(w.through), w.connect(w.through)
	cut := w.proxy.CutAt(pgproxy.Answered, func(sql string) bool { return sql == "SELECT $1::int" })
	var n int
	require.NoError(t, first.QueryRow(w.context(), "SELECT 1").Scan(&n))
	select {
	case <-cut:
		t.Fatal("another statement was cut")
	default:
	}
	require.Error(t, second.QueryRow(w.context(), "SELECT $1::int", 2).Scan(&n))
	<-cut
	require.NoError(t, first.QueryRow(w.context(), "SELECT $1::int", 3).Scan(&n))
	require.Equal(t, 3, n)
}

func TestCommit(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]bool{
		"commit": true, " COMMIT;\n": true, "insert into t values (1); commit": true, "insert into t values (1);commit;": true,
		"": false, ";": false, "rollback": false, "select 'commit'": false, "commit; select 1": false, "select * from uncommit": false,
	} {
		require.Equal(t, want, pgproxy.Commit(sql), sql)
	}
}
