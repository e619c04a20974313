package postgres_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// An agency's life passes all constraints of the schema, leaves what a process
// that starts finds, and of somebody who is erased nothing.
func TestWorld(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	store := build(t, open(t, config(t, dsn), postgres.Options{}))
	world := accesstest.New(t, accesstest.WithStore(store))
	admin, host := access.By(accesstest.Admin).At(accesstest.Partner), access.Host()
	world.Template("support", "contacts.view.all")
	var team []relationship.UserID
	for i := range 20 {
		id := relationship.UserID(fmt.Sprintf("employee-%02d", i))
		world.Employee(id)
		team = append(team, id)
	}
	world.Do(admin, access.AddEmployees{Client: accesstest.Client, Employees: team, Template: "support"})
	world.Do(admin, access.RemoveEmployee{Employee: team[0], All: true})
	world.Do(admin, access.EndEmployment{Employee: team[1]})
	world.Do(host, access.EraseUser{ID: team[1]})
	world.Verify()

	other := build(t, open(t, config(t, dsn), postgres.Options{}))
	m, err := access.Open(ctx, other, access.Options{Catalog: crm.Catalog(), Clock: world.Clock.Now})
	require.NoError(t, err)
	_, err = m.Verify(ctx)
	require.NoError(t, err)
	require.Equal(t, content(store.Snapshot()), content(other.Snapshot()))
	view := world.Permission("contacts.view.all")
	require.False(t, m.Can(team[0], accesstest.Client, view))
	require.False(t, m.Can(team[1], accesstest.Client, view))
	require.True(t, m.Can(team[2], accesstest.Client, view))

	for _, table := range texts(t, dsn, "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'clientaccess'::regnamespace") {
		for what, found := range map[string]string{
			"a row":    fmt.Sprintf("SELECT row::text FROM %s AS row WHERE strpos(row::text, $1) > 0", table),
			"some log": "SELECT rev::text FROM clientaccess.log WHERE position(convert_to($1, 'UTF8') IN body) > 0",
		} {
			require.NotEmpty(t, texts(t, dsn, "SELECT email FROM clientaccess.users WHERE strpos(email, 'employee-02@') > 0"))
			require.Empty(t, texts(t, dsn, found, "employee-01@"), "%s of %s", what, table)
		}
	}
}

// content is everything that a Reader shows.
func content(r storage.Reader) map[relationship.Key]relationship.Record {
	all := map[relationship.Key]relationship.Record{}
	for _, kind := range relationship.Kinds() {
		for record := range r.All(kind, relationship.Key{}) {
			all[record.Key()] = record
		}
	}
	return all
}
