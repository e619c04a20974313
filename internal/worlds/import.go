package worlds

import (
	"context"
	"fmt"
	"iter"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// The partner, its super admin, and the super admin of every client.
const (
	Partner relationship.PartnerID = "northwind"
	Boss    relationship.UserID    = "boss"
	owner   relationship.UserID    = "owner"
)

// Open imports the world into a store in memory, forgets the log of that, and
// returns the Manager over it. The world is not settled yet.
func (w *World) Open(ctx context.Context) (*access.Manager, error) {
	return w.OpenOn(ctx, memdb.New())
}

// OpenOn is Open on an empty store of the caller's.
func (w *World) OpenOn(ctx context.Context, store storage.Store) (*access.Manager, error) {
	m, err := access.Open(ctx, store, access.Options{
		Catalog: w.Catalog, Clock: w.Clock.Now, KeepCommits: -1, KeepTime: -1,
	})
	if err != nil {
		return nil, err
	}
	counts, err := m.Import(ctx, access.Host(), w.rows(), nil)
	if err != nil {
		return nil, err
	}
	if counts.Refused > 0 {
		return nil, fmt.Errorf("importing a world: %d of %d rows were refused", counts.Refused, counts.Total())
	}
	_, err = m.Sweep(ctx)
	return m, err
}

// rows are the world as an import has it: accounts, members, and the spare
// clients, where Boss is partner admin and nobody else is a member.
func (w *World) rows() iter.Seq[access.ImportRow] {
	return func(yield func(access.ImportRow) bool) {
		_ = w.accounts(yield) && w.clients(yield) && w.spareClients(yield)
	}
}

func (w *World) accounts(yield func(access.ImportRow) bool) bool {
	ok := yield(access.ImportUser{ID: Boss, Name: "Boss", Email: "boss@northwind.example"}) &&
		yield(access.ImportUser{ID: owner, Name: "Owner", Email: "owner@clients.example"}) &&
		yield(access.ImportPartner{ID: Partner, Name: "Northwind", Kind: relationship.SolutionsPartner, SuperAdmin: Boss})
	for i, names := range w.names {
		ok = ok && yield(access.ImportTemplate{Partner: Partner, Name: Template(i), Permissions: names})
	}
	for i := range w.users() {
		id := w.user(i)
		ok = ok && yield(access.ImportUser{ID: id, Name: string(id), Email: string(id) + "@northwind.example"}) &&
			yield(access.ImportEmployee{Partner: Partner, User: id, Kind: relationship.Staff})
	}
	return ok
}

func (w *World) clients(yield func(access.ImportRow) bool) bool {
	for c := range w.Clients {
		if !yield(access.ImportClient{ID: w.Client(c), Name: string(w.Client(c)), SuperAdmin: owner}) {
			return false
		}
		for i := range w.PerClient {
			if !yield(w.row(w.member(c, i))) {
				return false
			}
		}
		if at := w.limit(c); !at.IsZero() &&
			!yield(access.ImportRelationship{Partner: Partner, Client: w.Client(c), Limit: at}) {
			return false
		}
	}
	return true
}

func (w *World) row(m Member) access.ImportMember {
	row := access.ImportMember{
		Client: m.Client, User: m.User, Role: relationship.Standard, Partner: Partner,
		Permissions: w.names[m.Set], End: m.End,
	}
	if m.Deactivated {
		row.Deactivated = relationship.PartnerSide
	}
	return row
}

func (w *World) spareClients(yield func(access.ImportRow) bool) bool {
	admin := w.Catalog.PartnerAdmin().Names().Slice()
	for c := range Turns * spare {
		if !yield(access.ImportClient{ID: spareClient(c), Name: string(spareClient(c)), SuperAdmin: owner}) ||
			!yield(access.ImportMember{
				Client: spareClient(c), User: Boss, Role: relationship.PartnerAdmin, Partner: Partner, Permissions: admin,
			}) {
			return false
		}
	}
	return true
}

// Adding is the change by which Boss adds members: those of one client who
// follow one another together, with the template of their set. They have no end.
func Adding(members []Member) access.Change {
	var all access.All
	for len(members) > 0 {
		first, n := members[0], 0
		add := access.AddEmployees{Client: first.Client, Template: Template(first.Set)}
		for n < len(members) && members[n].Client == first.Client && members[n].Set == first.Set {
			add.Employees = append(add.Employees, members[n].User)
			n++
		}
		all = append(all, add)
		members = members[n:]
	}
	return all
}
