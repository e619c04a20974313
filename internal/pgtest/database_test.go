package pgtest_test

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgtest"
)

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func value[V any](t *testing.T, conn *pgx.Conn, query string, args ...any) V {
	t.Helper()
	var v V
	require.NoError(t, conn.QueryRow(t.Context(), query, args...).Scan(&v), query)
	return v
}

func execute(t *testing.T, conn *pgx.Conn, statement string, args ...any) {
	t.Helper()
	_, err := conn.Exec(t.Context(), statement, args...)
	require.NoError(t, err, statement)
}

var prepared atomic.Int32

var template = pgtest.NewTemplate(func(ctx context.Context, dsn string) error {
	prepared.Add(1)
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "CREATE TABLE person (name text); INSERT INTO person VALUES ('ann')")
	return err
})

// TestDatabase_IsTheTestsOwn has many tests write to the same table of the same
// template at once: each sees what the template had, and its own. The template
// was prepared once for each collation that the tests ask for.
func TestDatabase_IsTheTestsOwn(t *testing.T) {
	t.Parallel()
	for i := range 6 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			conn := connect(t, pgtest.Database(t, pgtest.Options{Template: template}))
			execute(t, conn, "INSERT INTO person VALUES ($1)", fmt.Sprint("bob", i))
			names, _ := conn.Query(t.Context(), "SELECT name FROM person ORDER BY name")
			found, err := pgx.CollectRows(names, pgx.RowTo[string])
			require.NoError(t, err)
			require.Equal(t, []string{"ann", fmt.Sprint("bob", i)}, found)
			if os.Getenv("CLIENTACCESS_TEST_DSN") == "" {
				require.LessOrEqual(t, prepared.Load(), int32(2))
			}
		})
	}
}

// TestDatabase_IsDropped looks for a test's database after the test, with a
// connection still open.
func TestDatabase_IsDropped(t *testing.T) {
	t.Parallel()
	name := ""
	t.Run("test", func(t *testing.T) {
		conn, err := pgx.Connect(t.Context(), pgtest.Database(t, pgtest.Options{}))
		require.NoError(t, err)
		name = value[string](t, conn, "SELECT current_database()")
	})
	conn := connect(t, pgtest.Database(t, pgtest.Options{}))
	require.Zero(t, value[int](t, conn, "SELECT count(*) FROM pg_database WHERE datname = $1", name))
}

// TestDatabase_Collation sorts words where the two collations differ.
func TestDatabase_Collation(t *testing.T) {
	t.Parallel()
	for collation, want := range map[pgtest.Collation]string{pgtest.Bytes: "Bob ann carl", pgtest.English: "ann Bob carl"} {
		for _, template := range []*pgtest.Template{nil, template} {
			conn := connect(t, pgtest.Database(t, pgtest.Options{Collation: collation, Template: template}))
			sorted := value[string](t, conn, "SELECT string_agg(word, ' ' ORDER BY word) FROM (VALUES ('carl'), ('Bob'), ('ann')) AS w(word)")
			require.Equal(t, want, sorted, "collation %q, template %v", collation, template != nil)
		}
	}
}

// TestDatabase_Durable asks the server whether it waits for the disk. One that
// the environment names does as it likes.
func TestDatabase_Durable(t *testing.T) {
	t.Parallel()
	for durable, want := range map[bool]string{false: "off", true: "on"} {
		conn := connect(t, pgtest.Database(t, pgtest.Options{Durable: durable}))
		if os.Getenv("CLIENTACCESS_TEST_DSN") != "" {
			want = value[string](t, conn, "SELECT current_setting('fsync')")
		}
		for _, setting := range []string{"fsync", "full_page_writes"} {
			require.Equal(t, want, value[string](t, conn, "SELECT current_setting($1)", setting), setting)
		}
		require.Equal(t, "on", value[string](t, conn, "SELECT current_setting('synchronous_commit')"))
	}
}
