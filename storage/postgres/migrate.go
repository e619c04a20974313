package postgres

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

//go:embed migrations/*.sql
var files embed.FS

// migrations are the texts of the migrations: that of version 1 first.
var migrations = func() []string {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		panic(err) // the pattern is wrong
	}
	texts := make([]string, len(names)) // Glob sorts
	for i, name := range names {
		if !strings.HasPrefix(name, fmt.Sprintf("migrations/%04d_", i+1)) {
			panic("postgres: " + name + " is not migration " + fmt.Sprint(i+1))
		}
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err) // it is in the program
		}
		texts[i] = string(text)
	}
	return texts
}()

const versionQuery = "SELECT coalesce(max(version), 0) FROM clientaccess.migrations"

// checkVersion refuses a database of another version.
func checkVersion(version int) error {
	switch known := len(migrations); {
	case version > known:
		return fmt.Errorf("%w: %d, and this package knows %d", ErrNewer, version, known)
	case version < known:
		return fmt.Errorf("%w: it has version %d, and this package needs %d", ErrNotMigrated, version, known)
	}
	return nil
}

// Migrate makes the tables, or brings those of an older version up to this one,
// and makes the store when there is none. On a database of this version it does
// nothing. Any number of processes may call it at the same time, also while
// others use the journal: those of an older version are refused from then on.
//
// It needs a role that may create a schema in the database, or a schema that is
// there and in which it may create tables. Who opens the journal needs no more
// than to select, insert, update and delete.
//
// Errors: ErrNewer, a *relationship.FieldError for what is chosen wrongly, and
// what the driver says. A migration is applied as a whole or not at all.
func Migrate(ctx context.Context, config *pgxpool.Config, options Options) error {
	return migrate(ctx, config, options, len(migrations))
}

func migrate(ctx context.Context, config *pgxpool.Config, options Options, upTo int) error {
	if config == nil {
		return fmt.Errorf("postgres: migrate: %w", &relationship.FieldError{Noun: "journal", Field: "config", Problem: "is missing"})
	}
	options, err := options.complete()
	if err != nil {
		return fmt.Errorf("postgres: migrate: %w", err)
	}
	conn, err := connect(ctx, config)
	if err != nil {
		return wrap("migrate", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // what counts is committed
	m := migrator{options, conn}
	err = m.prepare(ctx)
	for version, text := range migrations[:upTo] {
		if err == nil {
			err = m.apply(ctx, version+1, text)
		}
	}
	if err == nil {
		err = m.makeStore(ctx)
	}
	return wrap("migrate", err)
}

// connect makes a connection beside the pool.
func connect(ctx context.Context, config *pgxpool.Config) (*pgx.Conn, error) {
	one := config.ConnConfig.Copy()
	settle(one)
	if config.BeforeConnect != nil {
		if err := config.BeforeConnect(ctx, one); err != nil {
			return nil, err
		}
	}
	return pgx.ConnectConfig(ctx, one)
}

type migrator struct {
	Options
	conn *pgx.Conn
}

// prepare makes the table of migrations. IF NOT EXISTS is no promise: of those
// who make the same thing at once, some fail.
func (m migrator) prepare(ctx context.Context) error {
	var version int
	for try := 1; ; try++ {
		err := m.conn.QueryRow(ctx, m.sql(versionQuery)).Scan(&version)
		if err == nil {
			if version > len(migrations) {
				return checkVersion(version)
			}
			return nil
		}
		if code := codeOf(err); try > mostTries || code != codeNoSuchTable && code != codeNoSuchSchema {
			return err
		}
		if _, err = m.conn.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{m.Schema}.Sanitize()); err == nil {
			_, err = m.conn.Exec(ctx, m.sql("CREATE TABLE IF NOT EXISTS clientaccess.migrations"+
				" (version bigint PRIMARY KEY, applied timestamptz NOT NULL DEFAULT current_timestamp)"))
		}
		switch codeOf(err) {
		case codeUniqueViolation, codeDuplicateTable, codeDuplicateSchema, codeDuplicateObject, codeConcurrentlyUpdated,
			codeSerialization, codeDeadlock:
			pause(try)
		default:
			if err != nil {
				return err
			}
		}
	}
}

// apply applies a migration unless it is applied. Who comes second waits at the
// row that the first has inserted.
func (m migrator) apply(ctx context.Context, version int, text string) error {
	for try := 1; ; try++ {
		err := pgx.BeginTxFunc(ctx, m.conn, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
			done, err := tx.Exec(ctx, m.sql("INSERT INTO clientaccess.migrations (version) VALUES ($1::bigint) ON CONFLICT DO NOTHING"), int64(version))
			if err != nil || done.RowsAffected() == 0 {
				return err
			}
			if _, err = tx.Exec(ctx, m.sql(text)); err != nil {
				return fmt.Errorf("version %d: %w", version, err)
			}
			return nil
		})
		if code := codeOf(err); try > mostTries || code != codeSerialization && code != codeDeadlock {
			return err
		}
		pause(try)
	}
}

// makeStore makes the head, and with it the ID of the store.
func (m migrator) makeStore(ctx context.Context) error {
	var none relationship.Digest
	sum, err := storage.Sum{}.MarshalText()
	if err != nil {
		return err
	}
	_, err = m.conn.Exec(ctx, m.sql("INSERT INTO clientaccess.head"+
		" (one, store, rev, chain, checkpoint_rev, checkpoint_chain, checkpoint_sum, aside)"+
		" VALUES (true, $1::text, 0, $2::text::bytea, 0, $2::text::bytea, $3::text, '') ON CONFLICT DO NOTHING"),
		newID(), hexText(none[:]), string(sum))
	return err
}
