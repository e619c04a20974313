package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// crowd is so many members of one client, with all that they refer to in the
// first result.
func crowd(b *testing.B, members int) (scene, crowd []relationship.Record) {
	northwind, err := relationship.NewPartner("northwind", "Northwind", relationship.Provider)
	require.NoError(b, err)
	scene = append(scene, northwind, client("lumen"), relationship.Relationship{
		Partner: "northwind", Client: "lumen", Phase: relationship.Active, Members: members,
	})
	for i := range members {
		id := fmt.Sprintf("user-%06d", i)
		scene = append(scene, user(b, id))
		one := member("lumen", id)
		one.Manager, one.Set, one.Template = "northwind", crm.Support(), "support"
		one.By = relationship.Actor{Kind: relationship.ByPartnerSide, User: "ann", Partner: "northwind"}
		crowd = append(crowd, one)
	}
	return scene, crowd
}

func benchJournal(b *testing.B, durable bool) (string, *postgres.Journal) {
	dsn := pgtest.Database(b, pgtest.Options{Template: migrated, Durable: durable})
	return dsn, open(b, config(b, dsn), postgres.Options{})
}

// BenchmarkBulk is 10,000 members added in one call, through the engine, with
// the log; and the same rows copied into a table of the same shape, without and
// with its constraints and indexes.
func BenchmarkBulk(b *testing.B) {
	const members = 10_000
	ctx := context.Background()
	dsn, journal := benchJournal(b, true)
	scene, crowd := crowd(b, members)
	require.NoError(b, write(ctx, b, journal, scene...))
	store := build(b, journal)
	change := func(b *testing.B, do func(storage.Tx, relationship.Record) error) {
		_, err := store.Update(ctx, func(tx storage.Tx) error {
			for _, record := range crowd {
				if err := do(tx, record); err != nil {
					return err
				}
			}
			return tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}, At: start})
		})
		require.NoError(b, err)
	}
	remove := func(tx storage.Tx, record relationship.Record) error { return tx.Delete(record.Key()) }
	b.Run("add 10,000 members", func(b *testing.B) {
		for b.Loop() {
			change(b, storage.Tx.Put)
			b.StopTimer()
			change(b, remove)
			b.StartTimer()
		}
	})
	conn, err := pgx.Connect(ctx, dsn)
	require.NoError(b, err)
	defer conn.Close(ctx)
	change(b, storage.Tx.Put)
	execute(b, dsn, "CREATE TABLE bare AS SELECT * FROM clientaccess.members WHERE false")
	execute(b, dsn, "CREATE TABLE bound (LIKE clientaccess.members INCLUDING ALL)")
	for _, key := range []string{
		"(own_client_id) REFERENCES clientaccess.clients", "(user_id) REFERENCES clientaccess.users",
		"(manager_id, client_id) REFERENCES clientaccess.relationships",
	} {
		execute(b, dsn, "ALTER TABLE bound ADD FOREIGN KEY "+key)
	}
	columns := texts(b, dsn, "SELECT column_name FROM information_schema.columns"+
		" WHERE table_schema = 'clientaccess' AND table_name = 'members' AND is_generated = 'NEVER'")
	rows, err := conn.Query(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM clientaccess.members")
	require.NoError(b, err)
	values, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	require.NoError(b, err)
	require.Len(b, values, members)
	for _, table := range []string{"bare", "bound"} {
		b.Run("COPY 10,000 rows, "+table, func(b *testing.B) {
			for b.Loop() {
				_, err := conn.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(values))
				require.NoError(b, err)
				b.StopTimer()
				execute(b, dsn, "TRUNCATE "+table)
				b.StartTimer()
			}
		})
	}
}

// BenchmarkSingle is single changes from 8 goroutines of one process; and from
// 8 goroutines a transaction each that updates one row of its own.
func BenchmarkSingle(b *testing.B) {
	const goroutines = 8
	ctx := context.Background()
	dsn, journal := benchJournal(b, true)
	store := build(b, journal)
	execute(b, dsn, "CREATE TABLE bare (id bigint PRIMARY KEY, n bigint)")
	execute(b, dsn, "INSERT INTO bare SELECT i, 0 FROM generate_series(0, 7) AS i")
	wide := config(b, dsn)
	wide.MaxConns = goroutines
	pool, err := pgxpool.NewWithConfig(ctx, wide)
	require.NoError(b, err)
	defer pool.Close()
	for name, change := range map[string]func(who int) error{
		"changes": func(who int) error { return count(ctx, store, fmt.Sprint(who)) },
		"bare transaction": func(who int) error {
			return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
				_, err := tx.Exec(ctx, "UPDATE bare SET n = n + 1 WHERE id = $1", who)
				return err
			})
		},
	} {
		b.Run(name, func(b *testing.B) {
			var next atomic.Int64
			done := make(chan error)
			began := time.Now()
			for who := range goroutines {
				go func() {
					var err error
					for next.Add(1) <= int64(b.N) {
						err = errors.Join(err, change(who))
					}
					done <- err
				}()
			}
			for range goroutines {
				require.NoError(b, <-done)
			}
			b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "changes/s")
		})
	}
}

// BenchmarkOpen is a process that starts: 500,000 memberships, read by the
// journal alone, and with the engine over it.
func BenchmarkOpen(b *testing.B) {
	const clients, members = 10_000, 50
	ctx := context.Background()
	dsn, journal := benchJournal(b, false)
	people, _ := crowd(b, 1)
	for i := range 1000 {
		people = append(people, user(b, fmt.Sprintf("user-%04d", i)))
	}
	require.NoError(b, write(ctx, b, journal, people...))
	head := headOf(all(b, journal, storage.Head{}))
	for first := 0; first < clients; first += 500 {
		var records []relationship.Record
		for c := first; c < first+500; c++ {
			id := fmt.Sprintf("client-%06d", c)
			records = append(records, client(id), relationship.Relationship{
				Partner: "northwind", Client: relationship.ClientID(id), Phase: relationship.Active, Members: members,
			})
			for m := range members {
				one := member(id, fmt.Sprintf("user-%04d", (c*7+m*13)%1000))
				one.Manager, one.Set, one.Template = "northwind", crm.Support(), "support"
				records = append(records, one)
			}
		}
		commit := following(b, head, records)
		require.NoError(b, journal.Commit(ctx, head, func([]storage.Commit) ([]storage.Commit, error) {
			return []storage.Commit{commit}, nil
		}))
		head = headOf([]storage.Commit{commit})
	}
	execute(b, dsn, "VACUUM ANALYZE")
	b.Run("journal", func(b *testing.B) {
		for b.Loop() {
			n := 0
			_, err := journal.Load(ctx, func(relationship.Record) error { n++; return nil })
			require.NoError(b, err)
			require.Greater(b, n, clients*members)
		}
	})
	b.Run("engine", func(b *testing.B) {
		for b.Loop() {
			store := build(b, open(b, config(b, dsn), postgres.Options{}))
			require.NoError(b, store.Close())
		}
	})
}
