package postgres_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// With one of these a process of this program does something in the database
// that it names, and nothing else.
const (
	migrateVariable = "CLIENTACCESS_TEST_MIGRATE"
	holdVariable    = "CLIENTACCESS_TEST_HOLD"
)

func TestMain(m *testing.M) {
	for variable, do := range map[string]func(*pgxpool.Config) error{
		migrateVariable: func(config *pgxpool.Config) error {
			return postgres.Migrate(context.Background(), config, postgres.Options{})
		},
		holdVariable: holdTurn,
	} {
		dsn := os.Getenv(variable)
		if dsn == "" {
			continue
		}
		config, err := pgxpool.ParseConfig(dsn)
		if err == nil {
			err = do(config)
		}
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// shortly is a limit that a test can wait for, and a process keep that runs.
const shortly = 2 * time.Second

// holdTurn takes the turn, says so, waits for a line, and then commits. It says
// each time what it has missed.
func holdTurn(config *pgxpool.Config) error {
	journal, err := postgres.Open(context.Background(), config, postgres.Options{NoNotify: true})
	if err != nil {
		return err
	}
	journal.SetIdle(shortly)
	in := bufio.NewReader(os.Stdin)
	err = journal.Commit(context.Background(), storage.Head{}, func(missed []storage.Commit) ([]storage.Commit, error) {
		fmt.Printf("missed %d\n", len(missed))
		if len(missed) == 0 {
			if _, err := in.ReadString('\n'); err != nil {
				return nil, err
			}
		}
		return []storage.Commit{following(must{}, headOf(missed), []relationship.Record{client("frozen")})}, nil
	})
	return errors.Join(err, journal.Close())
}

// must ends the process where a test would fail.
type must struct{}

func (must) Errorf(format string, args ...any) { fmt.Printf(format, args...) }
func (must) FailNow()                          { os.Exit(1) }

// full reports whether everything is tested at full length.
func full() bool { return os.Getenv("CLIENTACCESS_FULL") != "" }
