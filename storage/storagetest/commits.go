package storagetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var commitTests = []test{
	{"revisions count 1, 2, 3 without a gap, whatever was refused", gapless},
	{"instants never decrease, whatever the clock does", instants},
	{"the chain holds every commit (LOG-1)", chain},
	{"every commit has an id of its own", commitIDs},
}

func gapless(t *testing.T, store storage.Store) {
	errNo := errors.New("no")
	for i := range 30 {
		_, err := store.Update(context.Background(), func(tx storage.Tx) error {
			return errors.Join(tx.Put(numbered("lumen", 1000)), tx.Log(event("Write")), errNo)
		})
		require.ErrorIs(t, err, errNo)
		_, err = store.Update(context.Background(), func(tx storage.Tx) error { return tx.Put(numbered("lumen", 1000)) })
		require.ErrorIs(t, err, storage.ErrUnlogged)
		require.Equal(t, storage.Revision(i), update(t, store, func(storage.Tx) error { return nil }))
		require.Equal(t, storage.Revision(i+1), commit(t, store, numbered("lumen", i)))
		require.Equal(t, storage.Revision(i+1), store.Snapshot().Revision())
	}
	for i, commit := range commits(t, store, 0) {
		require.Equal(t, storage.Revision(i+1), commit.Revision)
		require.NotEmpty(t, commit.Events)
	}
}

// instants logs events at minutes, several to a commit. A commit has the
// latest of its events, and never one before the commit before it.
func instants(t *testing.T, store storage.Store) {
	for i, step := range []struct {
		events []int
		want   int
	}{
		{[]int{0}, 0},
		{[]int{5}, 5},
		{[]int{3}, 5},        // the clock went back
		{[]int{6, 9, 7}, 9},  // the latest of several
		{[]int{-60, 2}, 9},   // an event of the clock is dated to when it came true
		{[]int{9}, 9},        // the same instant again
		{[]int{-60, 10}, 10}, // and on
	} {
		update(t, store, func(tx storage.Tx) error {
			for _, minute := range step.events {
				logged := event("Write")
				logged.At = start.Add(time.Duration(minute) * time.Minute)
				if err := tx.Log(logged); err != nil {
					return err
				}
			}
			return nil
		})
		want := start.Add(time.Duration(step.want) * time.Minute)
		require.Equal(t, want, store.Snapshot().At(), "step %d", i)
		logged := commits(t, store, storage.Revision(i))[0]
		require.Equal(t, want, logged.At, "step %d", i)
		for j, minute := range step.events {
			require.Equal(t, start.Add(time.Duration(minute)*time.Minute), logged.Events[j].At, "an event keeps its own")
		}
	}
}

func chain(t *testing.T, store storage.Store) {
	commit(t, store, user("ann", "ann@northwind.example"), member("lumen", "ann"))
	update(t, store, func(tx storage.Tx) error {
		return errors.Join(tx.Put(client("lumen")), tx.Log(event("AddClient")),
			tx.Delete(memberKey("lumen", "ann")), tx.Log(event("RemoveMember")))
	})
	commit(t, store)
	remove(t, store, clientKey("lumen"))
	verify(t, commits(t, store, 0))
}

// verify checks the numbers, the instants and the chain of a log from its
// beginning.
func verify(t require.TestingT, log []storage.Commit) {
	var before storage.Commit
	for _, commit := range log {
		require.Equal(t, before.Revision+1, commit.Revision)
		require.False(t, commit.At.Before(before.At))
		require.NotEmpty(t, commit.Events)
		chain, err := storage.Seal(before.Chain, commit)
		require.NoError(t, err)
		require.Equal(t, chain, commit.Chain, "revision %d", commit.Revision)
		before = commit
	}
}

func commitIDs(t *testing.T, store storage.Store) {
	seen := map[string]bool{}
	for i := range 20 {
		commit(t, store, numbered("lumen", i))
	}
	for _, commit := range commits(t, store, 0) {
		require.NoError(t, relationship.CheckText("commit", "id", commit.ID))
		require.False(t, seen[commit.ID], fmt.Sprint(commit.Revision))
		seen[commit.ID] = true
	}
	require.Len(t, seen, 20)
}
