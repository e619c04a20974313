package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/pgtest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// scene is a partner with an employee who is a member of a client.
func scene(t *testing.T) []relationship.Record {
	northwind, err := relationship.NewPartner("northwind", "Northwind", relationship.Provider, "northwind.example", "nw.example")
	require.NoError(t, err)
	ann := member("lumen", "ann")
	ann.Manager, ann.Set = "northwind", permset.MustNames("crm.contacts.edit", "crm.contacts.view")
	own := member("lumen", "bob")
	own.Role, own.PaidSeat = relationship.SuperAdmin, true
	return []relationship.Record{
		own, ann, // in an order in which nothing could be written as it comes
		relationship.Relationship{Partner: "northwind", Client: "lumen", Phase: relationship.Active, Members: 1},
		relationship.Link{Selector: "s", Partner: "northwind", Employee: "ann", IssuedBy: "ann", Hash: relationship.Digest{1}},
		relationship.Template{Partner: "northwind", Name: "support"},
		relationship.Employee{Partner: "northwind", User: "ann", Kind: relationship.Staff, Status: relationship.Employed},
		relationship.Terms{Client: "lumen", Partner: "northwind"}, relationship.Standing{Client: "lumen", User: "ann"},
		northwind, user(t, "ann"), user(t, "bob"), client("lumen"),
	}
}

// What no rule can have left, the schema refuses, too.
func TestSchema_RefusesWhatNoRuleLeaves(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	require.NoError(t, write(ctx, t, journal, scene(t)...))
	before := load(t, journal)

	managed := member("lumen", "bob")
	managed.Manager = "harbor"
	taken := user(t, "carla")
	taken.Email = user(t, "ann").Email
	foreign, err := relationship.NewPartner("harbor", "Harbor", relationship.Provider, "nw.example")
	require.NoError(t, err)
	superAdmin := member("lumen", "ann")
	superAdmin.Role, superAdmin.Manager = relationship.SuperAdmin, "northwind"
	partnerAdmin := member("lumen", "bob")
	partnerAdmin.Role = relationship.PartnerAdmin
	for _, refused := range []struct {
		name, constraint string
		record           relationship.Record
	}{
		{"a member of no client", "members_client", member("harbor", "ann")},
		{"a member who is nobody", "members_user", member("lumen", "carla")},
		{"a member managed without a relationship", "members_relationship", managed},
		{"an employee of no partner", "employees_partner", relationship.Employee{
			Partner: "harbor", User: "ann", Kind: relationship.Staff, Status: relationship.Employed}},
		{"an employee who is nobody", "employees_user", relationship.Employee{
			Partner: "northwind", User: "carla", Kind: relationship.Staff, Status: relationship.Employed}},
		{"a template of no partner", "templates_partner", relationship.Template{Partner: "harbor", Name: "support"}},
		{"a link of no employee", "links_employee", relationship.Link{
			Selector: "t", Partner: "northwind", Employee: "bob", IssuedBy: "ann", Hash: relationship.Digest{1}}},
		{"a relationship with no client", "relationships_client", relationship.Relationship{
			Partner: "northwind", Client: "harbor", Phase: relationship.Active, Members: 1}},
		{"a relationship with no partner", "relationships_partner", relationship.Relationship{
			Partner: "harbor", Client: "lumen", Phase: relationship.Active, Members: 1}},
		{"an active relationship without members", "relationships_members", relationship.Relationship{
			Partner: "northwind", Client: "lumen", Phase: relationship.Active}},
		{"terms of no client", "terms_client", relationship.Terms{Client: "harbor", Partner: "northwind"}},
		{"terms for no partner", "terms_partner", relationship.Terms{Client: "lumen", Partner: "harbor"}},
		{"a standing with no client", "standings_client", relationship.Standing{Client: "harbor", User: "ann"}},
		{"a standing of nobody", "standings_user", relationship.Standing{Client: "lumen", User: "carla"}},
		{"an address that is another's", "users_email_key", taken},
		{"a domain that is another's", "partner_domains_pkey", foreign},
		{"a managed super admin", "members_super_admin_own", superAdmin},
		{"an own partner admin", "members_partner_admin_managed", partnerAdmin},
	} {
		err := write(ctx, t, journal, refused.record)
		said, is := errors.AsType[*pgconn.PgError](err)
		require.True(t, is, "%s: %v", refused.name, err)
		require.Equal(t, refused.constraint, said.ConstraintName, refused.name)
	}
	for _, key := range []relationship.Record{client("lumen"), user(t, "ann")} {
		commit := following(t, storage.Head{}, nil, key)
		err := journal.Commit(ctx, storage.Head{}, func(missed []storage.Commit) ([]storage.Commit, error) {
			commit = following(t, headOf(missed), nil, key)
			return []storage.Commit{commit}, nil
		})
		require.Error(t, err, "others refer to it")
	}
	for _, twice := range []string{
		"INSERT INTO clientaccess.members SELECT * FROM clientaccess.members",
		"INSERT INTO clientaccess.head SELECT * FROM clientaccess.head",
		"INSERT INTO clientaccess.log SELECT * FROM clientaccess.log",
		"UPDATE clientaccess.members SET role = 'owner'",
		"UPDATE clientaccess.members SET deactivated = 'nobody'",
		"UPDATE clientaccess.members SET paid_seat = true",
	} {
		conn, err := pgx.Connect(ctx, dsn)
		require.NoError(t, err)
		_, err = conn.Exec(ctx, twice)
		require.Error(t, err, twice)
		require.NoError(t, conn.Close(ctx))
	}
	require.Equal(t, before, load(t, journal))
	require.Len(t, all(t, journal, storage.Head{}), 1)
}

// Someone has written a row by hand that is not in the log. Many new ones, among
// which is the same, are refused as a whole.
func TestSchema_CopyReplacesNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	execute(t, dsn, "INSERT INTO clientaccess.clients (client_id, name, closed, super_admins) VALUES ('lumen', 'By hand', false, 0)")
	before := load(t, journal)
	journal.SetFew(1)
	err := write(ctx, t, journal, client("harbor"), client("lumen"))
	said, is := errors.AsType[*pgconn.PgError](err)
	require.True(t, is, "%v", err)
	require.Equal(t, "clients_pkey", said.ConstraintName)
	require.Equal(t, before, load(t, journal))
	require.Empty(t, all(t, journal, storage.Head{}))
	require.NoError(t, write(ctx, t, journal, client("harbor"), client("aster")))
}

// All of it is given up in one batch, and exchanged in another, without anything
// deferred: what is unique is given free first.
func TestSchema_OneBatchTurnsEverythingRound(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	first := following(t, storage.Head{}, scene(t))
	head := headOf([]storage.Commit{first})
	ann, err := relationship.NewUser("ann", "Ann", string(user(t, "bob").Email), relationship.Digest{1})
	require.NoError(t, err)
	bob, err := relationship.NewUser("bob", "Bob", string(user(t, "ann").Email), relationship.Digest{1})
	require.NoError(t, err)
	swapped := following(t, head, []relationship.Record{ann, bob})
	var gone []relationship.Record
	for _, record := range scene(t) {
		switch record.Key() {
		case ann.Key():
			record = ann
		case bob.Key():
			record = bob
		}
		gone = append(gone, record)
	}
	carla, err := relationship.NewUser("carla", "Carla", string(ann.Email), ann.Salt)
	require.NoError(t, err)
	harbor, err := relationship.NewPartner("harbor", "Harbor", relationship.Provider, "nw.example")
	require.NoError(t, err)
	last := following(t, headOf([]storage.Commit{swapped}), []relationship.Record{carla, harbor}, gone...)
	for _, commit := range []storage.Commit{first, swapped, last} {
		require.NoError(t, journal.Commit(ctx, storage.Head{Revision: commit.Revision - 1}, func([]storage.Commit) ([]storage.Commit, error) {
			return []storage.Commit{commit}, nil
		}), "commit %d", commit.Revision)
	}
	require.Equal(t, map[relationship.Key]relationship.Record{carla.Key(): carla, harbor.Key(): harbor}, load(t, journal))
}

// Of a record that comes and goes in one batch nothing is left, and of one that
// goes and comes the last.
func TestSchema_OneBatchAddsAndRemoves(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	journal.SetFew(0)
	require.NoError(t, write(ctx, t, journal, client("aster")))
	head := headOf(all(t, journal, storage.Head{}))
	closed := client("aster")
	closed.Closed = true
	var batch []storage.Commit
	for _, lines := range [][]relationship.Line{
		{{After: client("lumen")}, {Before: client("aster")}}, {{Before: client("lumen")}, {After: closed}},
	} {
		batch = append(batch, ofLines(t, head, lines))
		head = headOf(batch)
	}
	require.NoError(t, journal.Commit(ctx, storage.Head{Revision: 1}, func([]storage.Commit) ([]storage.Commit, error) { return batch, nil }))
	require.Equal(t, map[relationship.Key]relationship.Record{closed.Key(): closed}, load(t, journal))
}

// A person with a SQL prompt can ask.
func TestSchema_CanBeAsked(t *testing.T) {
	t.Parallel()
	dsn := pgtest.Database(t, pgtest.Options{Template: migrated})
	journal := open(t, config(t, dsn), postgres.Options{NoNotify: true})
	require.NoError(t, write(context.Background(), t, journal, scene(t)...))
	require.Equal(t, []string{"ann@northwind.example works for Northwind in lumen"}, texts(t, dsn, `
		SELECT email || ' works for ' || partners.name || ' in ' || client_id
		FROM clientaccess.members
		JOIN clientaccess.users USING (user_id)
		JOIN clientaccess.partners ON partner_id = manager_id
		WHERE 'crm.contacts.edit' = ANY (permissions) AND deactivated IS NULL`))
}
