package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"

	"github.com/clientaccess/clientaccess/storage"
)

// The reasons for which a database is not opened, or not written to any longer.
var (
	// ErrNotMigrated: the tables are not there, or are of an older version.
	// Migrate makes them.
	ErrNotMigrated = errors.New("the database is not migrated")
	// ErrNewer: a newer version of this package has migrated the database.
	ErrNewer = errors.New("the database has a newer version")
)

// What the server says by code.
const (
	codeStatementUnknown    = "40003"
	codeSerialization       = "40001"
	codeDeadlock            = "40P01"
	codeUniqueViolation     = "23505"
	codeNoSuchTable         = "42P01"
	codeNoSuchSchema        = "3F000"
	codeDuplicateTable      = "42P07"
	codeDuplicateSchema     = "42P06"
	codeDuplicateObject     = "42710"
	codeLockNotAvailable    = "55P03"
	codeQueryCanceled       = "57014"
	codeConcurrentlyUpdated = "XX000"
)

// codeOf is what the server said was wrong; empty when it said nothing.
func codeOf(err error) string {
	if said, is := errors.AsType[*pgconn.PgError](err); is {
		return said.Code
	}
	return ""
}

// wrap names this package in an error of the driver. Where the database is,
// and who connects with which password, stand in no message of either; nor do
// values of rows.
func wrap(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, puddle.ErrClosedPool), errors.Is(err, storage.ErrClosed):
		return storage.ErrClosed
	case codeOf(err) == codeNoSuchTable, codeOf(err) == codeNoSuchSchema:
		err = fmt.Errorf("%w: %w", ErrNotMigrated, err)
	}
	if failed, is := errors.AsType[*pgconn.ConnectError](err); is {
		err = fmt.Errorf("no connection to the database: %w", failed.Unwrap())
	}
	return fmt.Errorf("postgres: %s: %w", doing, err)
}

// wrapWait is wrap for what waits for its turn.
func wrapWait(ctx context.Context, doing string, err error) error {
	switch code := codeOf(err); {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", storage.ErrContended, ctx.Err())
	case code == codeLockNotAvailable, code == codeQueryCanceled:
		return fmt.Errorf("%w: %w", storage.ErrContended, wrap(doing, err))
	}
	return wrap(doing, err)
}
