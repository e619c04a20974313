package postgres_test

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/storage/memdb"
	"github.com/clientaccess/clientaccess/storage/postgres"
)

// A service brings the tables up to date and opens the journal. Any number of
// processes may do this at the same time.
func ExampleOpen() {
	ctx := context.Background()
	config, err := pgxpool.ParseConfig("host=/run/postgresql dbname=crm")
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := postgres.Migrate(ctx, config, postgres.Options{}); err != nil {
		fmt.Println(err)
		return
	}
	journal, err := postgres.Open(ctx, config, postgres.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	store, err := memdb.Open(ctx, journal)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }() // closes the journal, too
	m, err := access.Open(ctx, store, access.Options{Catalog: crm.Catalog()})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.CheckName("ann", "lumen", "contacts.view.all").Allowed())
}

// A row of the host's own and a change are committed together.
func ExampleWithTx() {
	signUp := func(ctx context.Context, conn *pgx.Conn, m *access.Manager) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "INSERT INTO accounts (id) VALUES ('ann')"); err != nil {
				return err
			}
			_, err := m.Do(postgres.WithTx(ctx, tx), access.Host(), access.AddUser{
				ID: "ann", Name: "Ann", Email: "ann@northwind.example",
			})
			return err
		})
	}
	_ = signUp
}
