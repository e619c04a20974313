package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

const foreignKeyViolation = "23503"

// insert is a membership as somebody would write it by hand.
func insert(client, user, manager string) string {
	return "INSERT INTO clientaccess.members (client_id, user_id, role, permissions, manager_id, linked, paid_seat, ends_by_client)" +
		" VALUES ('" + client + "', '" + user + "', 'standard', '{}', " + manager + ", false, false, false)"
}

// byHand is a world in which ann has an own membership and bob a managed one, in
// a client each; nobody is a member of aster and harbor, where northwind has a
// relationship with harbor.
func byHand(t *testing.T) (dsn string) {
	dsn = pgtest.Database(t, pgtest.Options{Template: migrated})
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	northwind, err := relationship.NewPartner("northwind", "Northwind", relationship.Provider)
	require.NoError(t, err)
	managed := member("managed", "bob")
	managed.Manager = "northwind"
	served := func(client relationship.ClientID, phase relationship.Phase, members int) relationship.Record {
		return relationship.Relationship{Partner: "northwind", Client: client, Phase: phase, Members: members}
	}
	require.NoError(t, write(context.Background(), t, journal, northwind, user(t, "ann"), user(t, "bob"), user(t, "carla"),
		client("own"), client("managed"), client("aster"), client("harbor"),
		served("managed", relationship.Active, 1), served("harbor", relationship.Ended, 0), member("own", "ann"), managed))
	return dsn
}

// No statement that somebody writes by hand leaves a member without a client, a
// user, or the relationship that they are managed in.
func TestByHand_NoOrphans(t *testing.T) {
	t.Parallel()
	dsn := byHand(t)
	for _, refused := range []string{
		insert("nowhere", "carla", "NULL"), insert("nowhere", "carla", "'northwind'"),
		insert("own", "nobody", "NULL"), insert("managed", "nobody", "'northwind'"),
		insert("aster", "carla", "'northwind'"), insert("own", "carla", "'harbor'"),
		"DELETE FROM clientaccess.clients WHERE client_id = 'own'",
		"DELETE FROM clientaccess.clients WHERE client_id = 'managed'",
		"DELETE FROM clientaccess.users WHERE user_id = 'ann'",
		"DELETE FROM clientaccess.users WHERE user_id = 'bob'",
		"DELETE FROM clientaccess.relationships WHERE client_id = 'managed'",
		"UPDATE clientaccess.clients SET client_id = 'other' WHERE client_id = 'own'",
		"UPDATE clientaccess.clients SET client_id = 'other' WHERE client_id = 'managed'",
		"UPDATE clientaccess.users SET user_id = 'other' WHERE user_id = 'bob'",
		"UPDATE clientaccess.relationships SET client_id = 'aster' WHERE client_id = 'managed'",
		"UPDATE clientaccess.members SET client_id = 'nowhere' WHERE user_id = 'ann'",
		"UPDATE clientaccess.members SET client_id = 'nowhere' WHERE user_id = 'bob'",
		"UPDATE clientaccess.members SET manager_id = 'northwind' WHERE user_id = 'ann'",
		"UPDATE clientaccess.members SET manager_id = NULL, client_id = 'nowhere' WHERE user_id = 'bob'",
	} {
		require.Equal(t, foreignKeyViolation, outcome(t, dsn, refused), refused)
	}
	for _, taken := range []string{
		insert("aster", "carla", "NULL"), insert("harbor", "carla", "'northwind'"),
		"UPDATE clientaccess.members SET manager_id = NULL WHERE user_id = 'bob'",
		"DELETE FROM clientaccess.relationships WHERE client_id = 'managed'",
		"UPDATE clientaccess.members SET client_id = 'own' WHERE user_id = 'bob'",
		"DELETE FROM clientaccess.clients WHERE client_id = 'managed'",
	} {
		require.Empty(t, outcome(t, dsn, taken), taken)
	}
	require.Equal(t, []string{"aster carla", "own ann", "own bob"}, texts(t, dsn,
		"SELECT own_client_id || ' ' || user_id FROM clientaccess.members WHERE own_client_id IS NOT NULL ORDER BY 1"))
}

// outcome is the server's code for a statement; empty when it was carried out.
func outcome(t *testing.T, dsn, statement string) (code string) {
	onConnection(t, dsn, func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, statement)
		if said, is := errors.AsType[*pgconn.PgError](err); is {
			code = said.Code
			return nil
		}
		return err
	})
	return code
}

// The same of two at once: who comes second waits for the first, and is refused
// when that has committed.
func TestByHand_NoOrphansOfTwo(t *testing.T) {
	t.Parallel()
	for _, two := range []struct{ name, one, other string }{
		{"own, client", insert("aster", "carla", "NULL"), "DELETE FROM clientaccess.clients WHERE client_id = 'aster'"},
		{"own, user", insert("aster", "carla", "NULL"), "DELETE FROM clientaccess.users WHERE user_id = 'carla'"},
		{"managed, relationship", insert("harbor", "ann", "'northwind'"), "DELETE FROM clientaccess.relationships WHERE client_id = 'harbor'"},
		{"managed, user", insert("harbor", "carla", "'northwind'"), "DELETE FROM clientaccess.users WHERE user_id = 'carla'"},
		{"managed, client", insert("harbor", "carla", "'northwind'"),
			"WITH gone AS (DELETE FROM clientaccess.relationships WHERE client_id = 'harbor') DELETE FROM clientaccess.clients WHERE client_id = 'harbor'"},
		{"own from now on, client", "UPDATE clientaccess.members SET manager_id = NULL, client_id = 'aster' WHERE user_id = 'bob'",
			"DELETE FROM clientaccess.clients WHERE client_id = 'aster'"},
	} {
		for _, order := range [][2]string{{two.one, two.other}, {two.other, two.one}} {
			t.Run(two.name, func(t *testing.T) {
				t.Parallel()
				ctx := context.Background()
				dsn := byHand(t)
				conn, err := pgx.Connect(ctx, dsn)
				require.NoError(t, err)
				defer conn.Close(ctx)
				first, err := conn.Begin(ctx)
				require.NoError(t, err)
				_, err = first.Exec(ctx, order[0])
				require.NoError(t, err)
				second := make(chan string)
				go func() { second <- outcome(t, dsn, order[1]) }()
				for len(texts(t, dsn, "SELECT pid::text FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")) == 0 {
					select {
					case code := <-second:
						t.Fatalf("it has not waited: %q", code)
					default:
					}
				}
				require.NoError(t, first.Commit(ctx))
				require.Equal(t, foreignKeyViolation, <-second)
			})
		}
	}
}
