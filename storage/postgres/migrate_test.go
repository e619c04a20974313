package postgres_test

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// Ten processes start at the same time on a database that has nothing.
func TestMigrate_TenProcessesAtOnce(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	require.NoError(t, err)
	dsn := pgtest.Database(t, pgtest.Options{})
	var processes sync.WaitGroup
	for range 10 {
		processes.Go(func() {
			process := exec.Command(program)
			process.Env = append(os.Environ(), migrateVariable+"="+dsn)
			said, err := process.CombinedOutput()
			assert.NoError(t, err, "%s", said)
		})
	}
	processes.Wait()
	require.Equal(t, []string{strconv.Itoa(postgres.Migrations)}, texts(t, dsn, "SELECT count(*)::text FROM clientaccess.migrations"))
	require.Len(t, texts(t, dsn, "SELECT store FROM clientaccess.head"), 1)
	require.NotEmpty(t, open(t, config(t, dsn), postgres.Options{}).ID())
}

// The same within one process, where they come closer together.
func TestMigrate_TenAtOnce(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t, pgtest.Options{})
	for _, schema := range []string{"", "a realm", `"; DROP SCHEMA public; --`, "Größe"} {
		var racers sync.WaitGroup
		for range 10 {
			racers.Go(func() {
				config, err := pgxpool.ParseConfig(dsn)
				if assert.NoError(t, err) {
					assert.NoError(t, postgres.Migrate(context.Background(), config, postgres.Options{Schema: schema}))
				}
			})
		}
		racers.Wait()
		journal := open(t, config(t, dsn), postgres.Options{Schema: schema})
		require.NoError(t, write(context.Background(), t, journal, one...))
		require.Len(t, load(t, journal), 1)
	}
	ids := map[string]bool{}
	for _, schema := range []string{"", "a realm"} {
		ids[open(t, config(t, dsn), postgres.Options{Schema: schema}).ID()] = true
	}
	require.Len(t, ids, 2, "each schema is a store of its own")
}

func TestMigrate_VersionsDiffer(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := pgtest.Database(t, pgtest.Options{})
	_, err := postgres.Open(ctx, config(t, dsn), postgres.Options{})
	require.ErrorIs(t, err, postgres.ErrNotMigrated)

	migrate(t, dsn)
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	require.NoError(t, write(ctx, t, journal, one...))
	execute(t, dsn, "INSERT INTO clientaccess.migrations (version) VALUES ($1)", postgres.Migrations+1)
	_, err = postgres.Open(ctx, config(t, dsn), postgres.Options{})
	require.ErrorIs(t, err, postgres.ErrNewer)
	require.ErrorIs(t, postgres.Migrate(ctx, config(t, dsn), postgres.Options{}), postgres.ErrNewer)
	require.ErrorIs(t, write(ctx, t, journal, client("harbor")), postgres.ErrNewer, "whoever has it open already")
	require.Len(t, all(t, journal, storage.Head{}), 1)

	execute(t, dsn, "DELETE FROM clientaccess.migrations")
	_, err = postgres.Open(ctx, config(t, dsn), postgres.Options{})
	require.ErrorIs(t, err, postgres.ErrNotMigrated)
}

func TestOpen_Refuses(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	var field *relationship.FieldError
	_, err := postgres.Open(ctx, nil, postgres.Options{})
	require.ErrorAs(t, err, &field)
	require.ErrorAs(t, postgres.Migrate(ctx, nil, postgres.Options{}), &field)
	for _, options := range []postgres.Options{
		{Schema: "a\x00b"}, {Schema: "\xff"}, {Poll: -1},
		{Schema: "a name that is longer than PostgreSQL keeps: it would be cut off in silence"},
	} {
		_, err := postgres.Open(ctx, config(t, dsn), options)
		require.ErrorAs(t, err, &field, "%+v", options)
		require.ErrorAs(t, postgres.Migrate(ctx, config(t, dsn), options), &field, "%+v", options)
	}

	ascii := "clientaccess_ascii_" + strconv.Itoa(os.Getpid())
	execute(t, dsn, "CREATE DATABASE "+ascii+" TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
	t.Cleanup(func() { execute(t, dsn, "DROP DATABASE "+ascii+" WITH (FORCE)") })
	other := config(t, dsn)
	other.ConnConfig.Database = ascii
	_, err = postgres.Open(ctx, other, postgres.Options{})
	require.ErrorIs(t, err, storage.ErrCorrupt)
}

// A password, and where the database is, stand in no error.
func TestOpen_ErrorsHaveNoSecrets(t *testing.T) {
	t.Parallel()
	config, err := pgxpool.ParseConfig("postgres://carla:the-password@127.0.0.1:1/the-database?connect_timeout=5")
	require.NoError(t, err)
	_, errOpen := postgres.Open(context.Background(), config, postgres.Options{})
	for _, err := range []error{errOpen, postgres.Migrate(context.Background(), config, postgres.Options{})} {
		require.Error(t, err)
		for _, secret := range []string{"the-password", "the-database", "carla"} {
			require.NotContains(t, err.Error(), secret)
		}
	}
}

// A database of an older version, with data, is brought up to this one by ten at
// once. What it held is there, and so are the constraints.
func TestMigrate_FromAnOlderVersion(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for version := 1; version < postgres.Migrations; version++ {
		dsn := pgtest.Database(t, pgtest.Options{})
		require.NoError(t, postgres.MigrateTo(ctx, config(t, dsn), version))
		_, err := postgres.Open(ctx, config(t, dsn), postgres.Options{})
		require.ErrorIs(t, err, postgres.ErrNotMigrated)

		// It is written to as if it were of this version: what came since is not
		// written by this package, and neither is what has gone since.
		if version < 3 {
			execute(t, dsn, "ALTER TABLE clientaccess.log ALTER entry SET DEFAULT gen_random_uuid()")
		}
		execute(t, dsn, "INSERT INTO clientaccess.migrations (version) SELECT generate_series($1::int + 1, $2::int)", version, postgres.Migrations)
		older := open(t, config(t, dsn), postgres.Options{NoNotify: true})
		require.NoError(t, write(ctx, t, older, scene(t)...))
		require.NoError(t, write(ctx, t, older, client("harbor")))
		records, log := load(t, older), all(t, older, storage.Head{})
		execute(t, dsn, "DELETE FROM clientaccess.migrations WHERE version > $1", version)
		require.ErrorIs(t, write(ctx, t, older, client("aster")), postgres.ErrNotMigrated)

		var racers sync.WaitGroup
		for range 10 {
			racers.Go(func() {
				config, err := pgxpool.ParseConfig(dsn)
				if assert.NoError(t, err) {
					assert.NoError(t, postgres.Migrate(ctx, config, postgres.Options{}))
				}
			})
		}
		racers.Wait()
		journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
		require.Equal(t, older.ID(), journal.ID())
		require.Equal(t, records, load(t, journal))
		require.Equal(t, log, all(t, journal, storage.Head{}))
		require.NoError(t, write(ctx, t, journal, client("aster")))
		require.Equal(t, shape(t, pgtest.Database(t, pgtest.Options{Template: migrated})), shape(t, dsn))
		require.Equal(t, foreignKeyViolation, outcome(t, dsn, "DELETE FROM clientaccess.clients WHERE client_id = 'lumen'"))
	}
}

// shape is every column, index and constraint.
func shape(t *testing.T, dsn string) []string {
	return texts(t, dsn, `
		SELECT concat_ws(' ', table_name, column_name, data_type, collation_name, is_nullable, generation_expression)
		FROM information_schema.columns WHERE table_schema = 'clientaccess'
		UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'clientaccess'
		UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
		WHERE connamespace = 'clientaccess'::regnamespace
		ORDER BY 1`)
}
