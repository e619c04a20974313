package access_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

var errFault = errors.New("a fault of the test's own")

// faultyStore fails the n-th write of a change; zero fails none.
type faultyStore struct {
	storage.Store
	failAt int
}

func (s *faultyStore) Update(ctx context.Context, run func(storage.Tx) error) (storage.Revision, error) {
	return s.Store.Update(ctx, func(tx storage.Tx) error { return run(&faultyTx{tx, s.failAt}) })
}

type faultyTx struct {
	storage.Tx
	left int
}

func (tx *faultyTx) fails() bool {
	tx.left--
	return tx.left == 0
}

func (tx *faultyTx) Put(record relationship.Record) error {
	if tx.fails() {
		return errFault
	}
	return tx.Tx.Put(record)
}

func (tx *faultyTx) Delete(key relationship.Key) error {
	if tx.fails() {
		return errFault
	}
	return tx.Tx.Delete(key)
}

func (tx *faultyTx) Log(event relationship.Event) error {
	if tx.fails() {
		return errFault
	}
	return tx.Tx.Log(event)
}

// Every write of every step of a story fails once. The change is refused with
// that error and has changed nothing, and goes through when it is tried again.
func TestOwed_AWriteThatFailsChangesNothing(t *testing.T) {
	store := &faultyStore{Store: memdb.New()}
	w := accesstest.New(t, accesstest.WithStore(store))
	failed := 0
	do := func(call access.Call, change access.Change) {
		t.Helper()
		before := store.Snapshot().Revision()
		for store.failAt = 1; ; store.failAt++ {
			_, err := w.Manager.Do(context.Background(), call, change)
			if err == nil {
				break
			}
			require.ErrorIs(t, err, errFault, "%T", change)
			require.Equal(t, before, store.Snapshot().Revision(), "%T", change)
			failed++
		}
		store.failAt = 0
	}
	w.User("bob", "northwind.example")
	w.User("eve", "northwind.example")
	w.User("otto", "lumen.example")
	end := w.Clock.Now().Add(100 * accesstest.Day)
	ann, carla := access.By("ann"), access.By("carla")
	do(access.Host(), access.AddUser{ID: "zoe", Name: "Zoe", Email: "zoe@tern.example"})
	do(access.Host(), access.CreatePartner{ID: "harbor", Name: "Harbor", Kind: relationship.Provider, SuperAdmin: "zoe"})
	do(access.Host(), access.CreateClient{ID: "tern", Name: "Tern", SuperAdmin: "zoe"})
	do(carla, access.AddMember{Client: "lumen", User: "eve", Permissions: []string{"reports.view"}})
	do(ann, access.AddEmployee{Employee: "eve", Kind: relationship.Staff}) // linked in the same step
	do(ann, access.AddEmployee{Employee: "bob", Kind: relationship.Staff})
	do(ann, access.MakeTemplate{Name: "support", Permissions: []string{"reports.view", "contacts.view.all"}})
	do(ann, access.AddEmployees{Client: "lumen", Employees: []relationship.UserID{"bob"}, Template: "support"})
	do(ann, access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Remove: []string{"reports.view"}})
	do(carla, access.SetMemberEnd{Client: "lumen", User: "bob", End: end})
	do(carla, access.SetCeiling{Client: "lumen", Partner: "northwind", Permissions: []string{"reports.view"}})
	do(carla, access.PauseMember{Client: "lumen", User: "bob"})
	do(ann, access.RemoveEmployee{Employee: "bob", All: true}) // its end is noted
	do(ann, access.AddEmployees{Client: "lumen", Employees: []relationship.UserID{"bob"}, Template: "support"})
	do(carla, access.DeactivateMember{Client: "lumen", User: "bob"})
	do(carla, access.ReactivateMember{Client: "lumen", User: "bob"})
	do(carla, access.RemoveMember{Client: "lumen", User: "bob"}) // and barred
	do(carla, access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "bob"})
	do(carla, access.MakeSuperAdmin{Client: "lumen", User: "bob"})
	do(access.By("bob"), access.LowerSuperAdmin{Client: "lumen", User: "bob", Permissions: []string{"reports.view"}})
	do(access.Host(), access.All{
		access.AddUser{ID: "max", Name: "Max", Email: "max@northwind.example"}, access.RenameClient{Client: "lumen", Name: "Lumen plc"},
	})
	do(ann, access.EndEmployment{Employee: "eve"})
	do(carla, access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: end})
	w.Clock.Set(end.Add(time.Second)) // what the clock ends is written with the next step
	do(carla, access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "ann"})
	do(ann, access.RemoveEmployees{Client: "lumen", All: true})
	w.Clock.Turn(60 * accesstest.Day)
	for store.failAt = 1; store.failAt < 3; store.failAt++ {
		swept, err := w.Manager.Sweep(context.Background())
		require.ErrorIs(t, err, errFault)
		require.Zero(t, swept.Ended)
	}
	store.failAt = 0
	swept, err := w.Manager.Sweep(context.Background())
	require.NoError(t, err)
	require.Equal(t, 1, swept.Ended)
	t.Logf("%d writes failed", failed)
	require.Greater(t, failed, 60)
}
