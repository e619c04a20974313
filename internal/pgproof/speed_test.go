package pgproof_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/internal/worlds"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

// The tests of speed measure the library and plain SQL of one's own in turns, on
// one server that waits for the disk. They print the figures with the targets,
// and fail only when something is not done: how fast a machine is, is not a
// fault. The short sizes say little.

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "MISSED"
}

// inTurns runs two things in turns, and returns how long each took, the shortest
// first.
func inTurns(turns int, one, other func()) (took [2][]time.Duration) {
	for range turns {
		for i, run := range []func(){one, other} {
			began := time.Now()
			run()
			took[i] = append(took[i], time.Since(began))
		}
	}
	slices.Sort(took[0])
	slices.Sort(took[1])
	return took
}

// median is the median time of each.
func median(turns int, one, other func()) (time.Duration, time.Duration) {
	took := inTurns(turns, one, other)
	return took[0][turns/2], took[1][turns/2]
}

func newPool(t *testing.T, dsn string, connections int32) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(dsn)
	require.NoError(t, err)
	config.MaxConns = connections
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool
}

// TestSpeed_Questions: a process starts over 500,000 memberships, and one
// question is asked of it and, as a SELECT by primary key, of the database.
func TestSpeed_Questions(t *testing.T) {
	ctx := context.Background()
	world := worlds.New(worlds.Size{Clients: size(50, worlds.M.Clients), PerClient: worlds.M.PerClient})
	o := order{DSN: pgtest.Database(t, pgtest.Options{Template: migrated, Durable: true})}
	store, err := openStore(ctx, o)
	require.NoError(t, err)
	_, err = world.OpenOn(ctx, store)
	require.NoError(t, err)
	require.NoError(t, store.Close())
	world.Settle()

	questions := world.Questions(size(2_000, 100_000))
	began := time.Now()
	replica := open(t, o)
	manager, err := access.Open(ctx, replica, access.Options{Catalog: world.Catalog, Clock: world.Clock.Now})
	require.NoError(t, err)
	d := manager.Check(questions[0].User, questions[0].Client, questions[0].Permission)
	took := time.Since(began)
	require.NotEqual(t, access.ReasonStale, d.Reason())
	t.Logf("a replica of %d memberships answers %v after its start (target: 5s, %s)",
		world.Memberships(), took.Round(time.Millisecond), verdict(took <= 5*time.Second))

	pool := newPool(t, o.DSN, 4)
	allowed, found := 0, 0
	selects := questions[:len(questions)/50]
	check, query := median(5, func() {
		for _, q := range questions {
			if manager.Can(q.User, q.Client, q.Permission) {
				allowed++
			}
		}
	}, func() {
		for _, q := range selects {
			var has bool
			require.NoError(t, pool.QueryRow(ctx,
				"SELECT $3 = ANY(permissions) FROM clientaccess.members WHERE client_id = $1 AND user_id = $2",
				string(q.Client), string(q.User), q.Permission.Name()).Scan(&has))
			if has {
				found++
			}
		}
	})
	require.NotZero(t, allowed)
	require.NotZero(t, found)
	check, query = check/time.Duration(len(questions)), query/time.Duration(len(selects))
	times := float64(query) / float64(check)
	t.Logf("a Check takes %v, a SELECT by primary key %v: %.0f times as long (target: at least 100, %s)",
		check, query.Round(time.Microsecond), times, verdict(times >= 100))
}

// crowd are employees of Northwind, none of whom is a member anywhere, and Ann is
// partner admin of as many clients as there are goroutines that make changes.
func crowd(employees, clients int) iter.Seq[access.ImportRow] {
	return func(yield func(access.ImportRow) bool) {
		ok := yield(access.ImportUser{ID: "ann", Name: "Ann", Email: "ann@northwind.example"}) &&
			yield(access.ImportUser{ID: "carla", Name: "Carla", Email: "carla@lumen.example"}) &&
			yield(access.ImportPartner{ID: "northwind", Name: "Northwind", Kind: relationship.Provider, SuperAdmin: "ann"}) &&
			yield(access.ImportTemplate{Partner: "northwind", Name: template, Permissions: crm.Support().Slice()})
		for i := 0; ok && i < clients; i++ {
			ok = yield(access.ImportClient{ID: numbered[relationship.ClientID]("client", i), Name: "Client", SuperAdmin: "carla"}) &&
				yield(access.ImportMember{
					Client: numbered[relationship.ClientID]("client", i), User: "ann", Role: relationship.PartnerAdmin, Partner: "northwind",
					Permissions: crm.Catalog().PartnerAdmin().Names().Slice(),
				})
		}
		for i := 0; ok && i < employees; i++ {
			id := numbered[relationship.UserID]("employee", i)
			ok = yield(access.ImportUser{ID: id, Name: string(id), Email: string(id) + "@northwind.example"}) &&
				yield(access.ImportEmployee{Partner: "northwind", User: id, Kind: relationship.Staff})
		}
	}
}

func numbered[ID ~string](noun string, i int) ID { return ID(fmt.Sprintf("%s-%05d", noun, i)) }

func newCrowd(t *testing.T, employees, clients int) (order, *office) {
	t.Helper()
	o := order{DSN: pgtest.Database(t, pgtest.Options{Template: migrated, Durable: true})}
	office := newOffice(t, o)
	counts, err := office.manager.Import(context.Background(), access.Host(), crowd(employees, clients), nil)
	require.NoError(t, err)
	require.Zero(t, counts.Refused)
	return o, office
}

// TestSpeed_Bulk: 10,000 members are added in one call, with all rules and the
// log, and the same rows are copied into a table of one's own: one with nothing
// but columns, one with the same indexes, and one with the same constraints, too.
func TestSpeed_Bulk(t *testing.T) {
	ctx := context.Background()
	members := size(500, 10_000)
	o, office := newCrowd(t, members, 1)
	var all []relationship.UserID
	for i := range members {
		all = append(all, numbered[relationship.UserID]("employee", i))
	}
	add := access.AddEmployees{Client: "client-00000", Employees: all, Template: template}
	remove := access.RemoveEmployees{Client: "client-00000", Employees: all}
	by := access.By("ann")
	office.do(by, add)

	pool := newPool(t, o.DSN, 4)
	exec := func(statement string) {
		_, err := pool.Exec(ctx, statement)
		require.NoError(t, err)
	}
	exec("CREATE TABLE bare AS SELECT * FROM clientaccess.members WHERE false")
	exec("CREATE TABLE indexed (LIKE clientaccess.members INCLUDING ALL)")
	exec("CREATE TABLE bound (LIKE clientaccess.members INCLUDING ALL," +
		" FOREIGN KEY (own_client_id) REFERENCES clientaccess.clients, FOREIGN KEY (user_id) REFERENCES clientaccess.users," +
		" FOREIGN KEY (manager_id, client_id) REFERENCES clientaccess.relationships)")
	rows, err := pool.Query(ctx, "SELECT column_name::text FROM information_schema.columns"+
		" WHERE table_schema = 'clientaccess' AND table_name = 'members' AND is_generated = 'NEVER'")
	require.NoError(t, err)
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	rows, err = pool.Query(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM clientaccess.members WHERE role = 'standard'")
	require.NoError(t, err)
	values, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	require.NoError(t, err)
	require.Len(t, values, members)
	for _, table := range []string{"bare", "indexed", "bound"} {
		var added, copied []time.Duration
		for range 5 {
			office.do(by, remove)
			exec("TRUNCATE " + table)
			began := time.Now()
			office.do(by, add)
			added = append(added, time.Since(began))
			began = time.Now()
			n, err := pool.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(values))
			copied = append(copied, time.Since(began))
			require.NoError(t, err)
			require.EqualValues(t, members, n)
		}
		slices.Sort(added)
		slices.Sort(copied)
		times := float64(added[2]) / float64(copied[2])
		t.Logf("adding %d members in one call takes %v, COPY of the same rows into a table (%s) %v: %.1f times (target: at most 4, %s)",
			members, added[2].Round(time.Millisecond), table, copied[2].Round(time.Millisecond), times, verdict(times <= 4))
	}
}

// TestSpeed_Single: 8 goroutines of one process make single changes, and 8 make
// bare transactions that write one row each.
func TestSpeed_Single(t *testing.T) {
	ctx := context.Background()
	const goroutines = 8
	changes := size(20, 500) // by each
	o, office := newCrowd(t, goroutines, goroutines)
	pool := newPool(t, o.DSN, goroutines)
	_, err := pool.Exec(ctx, "CREATE TABLE bare (id bigint PRIMARY KEY, n bigint)")
	require.NoError(t, err)
	_, err = pool.Exec(ctx, "INSERT INTO bare SELECT i, 0 FROM generate_series(0, $1::int - 1) AS i", goroutines)
	require.NoError(t, err)
	atOnce := func(change func(who, n int) error) func() {
		return func() {
			failed := make([]error, goroutines)
			var all sync.WaitGroup
			for who := range goroutines {
				all.Go(func() {
					for n := 0; n < changes && failed[who] == nil; n++ {
						failed[who] = change(who, n)
					}
				})
			}
			all.Wait()
			require.NoError(t, errors.Join(failed...))
		}
	}
	before := office.head().Revision
	const turns = 5
	took := inTurns(turns, atOnce(func(who, n int) error {
		client, one := numbered[relationship.ClientID]("client", who), []relationship.UserID{numbered[relationship.UserID]("employee", who)}
		change := access.Change(access.AddEmployees{Client: client, Employees: one, Template: template})
		if n%2 == 1 {
			change = access.RemoveEmployees{Client: client, Employees: one}
		}
		_, err := office.manager.Do(ctx, access.By("ann"), change)
		return err
	}), atOnce(func(who, _ int) error {
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, "UPDATE bare SET n = n + 1 WHERE id = $1", who)
			return err
		})
	}))
	require.EqualValues(t, turns*goroutines*changes, office.head().Revision-before)
	rates := func(took []time.Duration) string {
		rate := func(i int) float64 { return float64(goroutines*changes) / took[i].Seconds() }
		return fmt.Sprintf("%.0f (%.0f to %.0f)", rate(turns/2), rate(turns-1), rate(0))
	}
	t.Logf("%d goroutines make %s changes a second, and %s bare transactions (target: at least as many changes, %s)",
		goroutines, rates(took[0]), rates(took[1]), verdict(took[0][turns/2] <= took[1][turns/2]))
}
