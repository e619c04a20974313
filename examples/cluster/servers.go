package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/clientaccess/clientaccess/internal/pgserver"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// servers are a primary and the standby that streams from it, asynchronously:
// nobody waits for it.
type servers struct{ primary, standby *pgserver.Server }

const database = "postgres"

// startServers starts both, and makes the tables.
func startServers(ctx context.Context) (*servers, error) {
	programs, err := pgserver.Find()
	if err != nil {
		return nil, err
	}
	s := &servers{}
	if s.primary, err = pgserver.Start(ctx, programs, pgserver.Settings{}); err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(s.primary.DSN(database))
	if err == nil {
		err = postgres.Migrate(ctx, config, postgres.Options{})
	}
	if err == nil {
		s.standby, err = s.primary.Standby(ctx, pgserver.StandbySettings{})
	}
	if err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

// dsn leads to whichever of the servers takes writes.
func (s *servers) dsn() string { return pgserver.Either(database, s.primary, s.standby) }

// remove stops both and leaves nothing behind.
func (s *servers) remove() error {
	var failed error
	for _, server := range []*pgserver.Server{s.standby, s.primary} {
		if server != nil {
			failed = errors.Join(failed, server.Remove())
		}
	}
	if failed != nil {
		return fmt.Errorf("removing the servers: %w", failed)
	}
	return nil
}
