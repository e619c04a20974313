package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// Who there is: an agency with its head and its employees, of whom two are
// watched, and clients with a super admin for all.
const (
	agency             = "northwind"
	ann                = "ann"
	carla              = "carla"
	bob, dora          = "bob", "dora"
	employees, clients = 60, 40
	template           = "reports"
)

func employee(i int) relationship.UserID {
	return relationship.UserID(fmt.Sprintf("employee-%02d", i))
}

func client(i int) relationship.ClientID {
	return relationship.ClientID(fmt.Sprintf("client-%02d", i))
}

// office is the part of the host that makes the changes, in this process.
type office struct {
	manager *access.Manager
	store   *memdb.Store

	made, failed atomic.Int64
	// end ends the stream of changes, and ended is closed then.
	end   context.CancelFunc
	ended chan struct{}
}

// openOffice opens the library, and makes everybody known.
func openOffice(ctx context.Context, dsn string) (*office, error) {
	manager, store, err := openManager(ctx, dsn)
	if err != nil {
		return nil, err
	}
	o := &office{manager: manager, store: store}
	people := access.All{
		access.AddUser{ID: ann, Name: "Ann", Email: "ann@northwind.example"},
		access.AddUser{ID: carla, Name: "Carla", Email: "carla@lumen.example"},
	}
	staff := access.All{access.MakeTemplate{Name: template, Permissions: []string{crm.ReportsView}}}
	hire := func(id relationship.UserID) {
		people = append(people, access.AddUser{ID: id, Name: string(id), Email: string(id) + "@northwind.example"})
		staff = append(staff, access.AddEmployee{Employee: id, Kind: relationship.Staff})
	}
	hire(bob)
	hire(dora)
	for i := range employees {
		hire(employee(i))
	}
	err = o.do(ctx, access.Host(), append(people, access.CreatePartner{
		ID: agency, Name: "Northwind", Kind: relationship.Provider, Domains: []string{"northwind.example"}, SuperAdmin: ann,
	}))
	if err == nil {
		err = o.do(ctx, access.By(ann), staff)
	}
	for i := range clients {
		if err == nil {
			err = o.do(ctx, access.Host(), access.CreateClient{ID: client(i), Name: "Client", SuperAdmin: carla})
		}
		if err == nil {
			err = o.do(ctx, access.By(carla), access.MakePartnerAdmin{Client: client(i), Partner: agency, Employee: ann})
		}
	}
	if err == nil {
		err = o.give(ctx, client(0), dora)
	}
	if err != nil {
		_ = store.Close()
		return nil, err
	}
	return o, nil
}

func (o *office) do(ctx context.Context, call access.Call, change access.Change) error {
	_, err := o.manager.Do(ctx, call, change)
	if err == nil {
		o.made.Add(1)
	}
	return err
}

// give adds an employee to a client, and take removes one.
func (o *office) give(ctx context.Context, at relationship.ClientID, user relationship.UserID) error {
	return o.do(ctx, access.By(ann), access.AddEmployees{Client: at, Employees: []relationship.UserID{user}, Template: template})
}

func (o *office) take(ctx context.Context, at relationship.ClientID, user relationship.UserID) error {
	return o.do(ctx, access.By(ann), access.RemoveEmployees{Client: at, Employees: []relationship.UserID{user}})
}

// pace is the time between two changes of the stream.
const pace = 20 * time.Millisecond

// stream makes changes until halt is called: every employee is added to the
// clients and removed from them, one after the other.
func (o *office) stream(ctx context.Context) {
	ctx, o.end = context.WithCancel(ctx)
	o.ended = make(chan struct{})
	go func() {
		defer close(o.ended)
		for n := 0; ctx.Err() == nil; n++ {
			user, at := employee(n/2%employees), client(n/2/employees%clients)
			change := o.give
			if n%2 == 1 {
				change = o.take
			}
			// It may be there already, or be gone, from the time before a loss.
			if err := change(context.WithoutCancel(ctx), at, user); err != nil {
				o.failed.Add(1)
			}
			pause(ctx, pace)
		}
	}()
}

func (o *office) halt() {
	o.end()
	<-o.ended
}

// head is the newest commit that this process knows.
func (o *office) head() storage.Head { return o.store.Snapshot().Head() }

func (o *office) close() error { return o.store.Close() }
