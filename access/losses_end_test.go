package access_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/bolt"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

func TestASK1_LossesEndWithAnError(t *testing.T) {
	follow := func(c cast, ctx context.Context, viewer access.Call, after storage.Revision) error {
		for losses, err := range c.Manager.Losses(ctx, viewer, after) {
			if err != nil {
				require.Zero(c.t, losses)
				return err
			}
		}
		return nil
	}
	host := access.Host()
	t.Run("not the host", func(t *testing.T) {
		c := newCast(t)
		for _, viewer := range []access.Call{{}, access.By("ann"), access.By("carla"), access.By("ann").At("northwind")} {
			for losses, err := range c.Manager.Losses(t.Context(), viewer, 0) {
				require.ErrorIs(t, err, access.ErrNotAllowed)
				require.Zero(t, losses)
			}
		}
	})
	t.Run("ahead", func(t *testing.T) {
		c := newCast(t)
		require.ErrorIs(t, follow(c, t.Context(), host, c.Store.Snapshot().Revision()+1), storage.ErrAhead)
	})
	t.Run("compacted", func(t *testing.T) {
		c := newCast(t)
		require.NoError(t, c.Store.Trim(t.Context(), 3))
		require.ErrorIs(t, follow(c, t.Context(), host, 2), storage.ErrCompacted)
		require.NotEmpty(t, lossesBehind(t, c.Manager, c.Store, 3))
	})
	t.Run("compacted on the way", func(t *testing.T) {
		c := newCast(t)
		var told error
		for _, err := range c.Manager.Losses(t.Context(), host, 1) {
			if err != nil {
				told = err
				break
			}
			c.Do(host, access.RenameClient{Client: "lumen", Name: "Lumen " + c.Store.Snapshot().At().String()})
			c.Do(host, access.RenameClient{Client: "lumen", Name: "Lumen"})
			require.NoError(t, c.Store.Trim(t.Context(), c.Store.Snapshot().Revision()))
		}
		require.ErrorIs(t, told, storage.ErrCompacted)
	})
	t.Run("the end of ctx", func(t *testing.T) {
		c := newCast(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, follow(c, ctx, host, 0), context.Canceled)
		synctest.Test(t, func(t *testing.T) {
			c := newCast(t)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			require.ErrorIs(t, follow(c, ctx, host, 0), context.DeadlineExceeded, "while it waits")
		})
	})
	t.Run("the store is closed", func(t *testing.T) {
		c := newCast(t)
		require.NoError(t, c.Store.Close())
		require.ErrorIs(t, follow(c, t.Context(), host, 0), storage.ErrClosed)
	})
}

// The loop can be left at any commit, and the sequence run over again.
func TestASK1_LossesCanBeLeft(t *testing.T) {
	c := newCast(t)
	losses := c.Manager.Losses(t.Context(), access.Host(), 0)
	for range 2 {
		seen := storage.Revision(0)
		for told, err := range losses {
			require.NoError(t, err)
			if seen++; told.Revision == 3 {
				break
			}
		}
		require.Equal(t, storage.Revision(3), seen)
	}
}

// The clock's losses can be left, too.
func TestASK1_LossesOfTheClockCanBeLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCast(t)
		c.own("otto", crm.ReportsView)
		c.Do(access.By("carla"), memberEnd("otto", in(time.Hour)))
		c.Clock.Set(in(time.Hour))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for told, err := range c.Manager.Losses(ctx, access.Host(), c.Store.Snapshot().Revision()) {
			require.NoError(t, err)
			require.Equal(t, []string{lossOfOtto}, lossLines([]access.Losses{told}))
			break
		}
	})
}

// A Manager whose catalogue is no longer in force stops; the next one tells
// what the change of catalogue took, by the names of then (PSET-3).
func TestPSET5_WhatAnotherCatalogueTakes(t *testing.T) {
	w := catalogWorld(t)
	kept := w.store.Snapshot().Revision()
	w.must(access.By("carla"), access.ChangeMemberPermissions{Client: "gamma", User: "otto", Remove: []string{"bills.view"}})
	again, err := w.reopen(func(d *permset.Declaration) {
		declaredPermission(d, "reports.view").Marks = permset.SuperAdminOnly
		declaredPermission(d, "reports.build").Marks |= permset.SuperAdminOnly
		declaredPermission(d, "notes.delete").Name = "notes.destroy"
		d.PartnerAdmin = []string{"notes.edit"}
	})
	require.NoError(t, err)

	for losses, err := range w.manager.Losses(t.Context(), access.Host(), kept) {
		require.Zero(t, losses)
		require.ErrorIs(t, err, access.ErrCatalog)
	}
	told := lossesBehind(t, again, w.store, kept)
	require.Len(t, told, 2)
	require.Equal(t, []string{`"otto" in "gamma" lost bills.view`}, lossLines(told[:1]))
	require.Contains(t, lossLines(told[1:]), `"otto" in "gamma" lost everything: reports.view`)
	require.Contains(t, lossLines(told[1:]), `"carla" in "gamma" lost notes.delete`, "it has another name now")
	for _, line := range lossLines(told[1:]) {
		require.NotContains(t, line, "olga", "the same set means the same")
	}
}

// Who was erased has left the log. Whoever follows it later is told all the
// same that they lost everything.
func TestORG5_LossesOfWhoWasErased(t *testing.T) {
	c := newCast(t)
	c.superAdmin("max", "northwind.example")
	c.employ("max")
	kept, usable := c.Store.Snapshot().Revision(), c.Manager.Permissions("max", "lumen")
	c.Do(access.Host(), access.SetPartnerDomains{Partner: "northwind"})
	c.Do(access.Host(), access.EraseUser{ID: "max"})
	told := onlyLosses(lossesBehind(t, c.Manager, c.Store, kept))
	require.Equal(t, []access.Loss{{
		Place: access.Place{Client: "lumen", User: "max"}, Permissions: usable.Names(), All: true,
	}}, told[len(told)-1].Lost)
}

// A host that ends takes up the losses in the next process.
func TestASK1_LossesAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.db")
	open := func() storage.Store {
		journal, err := bolt.Open(path)
		require.NoError(t, err)
		store, err := memdb.Open(t.Context(), journal)
		require.NoError(t, err)
		return store
	}
	c := cast{accesstest.New(deliveryT{t}, accesstest.WithStore(open())), t}
	c.own("otto", crm.ReportsView)
	c.AddEmployee("bob", "support", crm.ReportsView, "tickets.view.own")
	c.Do(access.By("carla"), memberEnd("bob", in(time.Hour)))
	told := lossesBehind(t, c.Manager, c.Store, 0)
	kept := told[len(told)-1].Revision
	c.Clock.Set(in(2 * time.Hour))
	c.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "otto"})
	require.NoError(t, c.Store.Close())

	store := open()
	manager, err := access.Open(t.Context(), store, access.Options{Catalog: c.Catalog, Clock: c.Clock.Now})
	require.NoError(t, err)
	require.Equal(t, []string{lossOfBob, lossOfOtto}, lossLines(lossesBehind(t, manager, store, kept)))
	require.NoError(t, store.Close())
}
