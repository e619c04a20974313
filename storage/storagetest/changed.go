package storagetest

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var changedTests = []test{
	{"there is one line per record, in the order of the first write", netLines},
	{"what is written back to what it was leaves no line", noOpWrites},
	{"a second Log begins where the first one ended", severalLogs},
	{"a write that no event covers refuses the whole change", unlogged},
	{"a change that logs nothing makes no revision", nothingLogged},
}

func netLines(t *testing.T, store storage.Store) {
	commit(t, store, numbered("a", 1), numbered("b", 1), numbered("c", 1))
	update(t, store, func(tx storage.Tx) error {
		require.NoError(t, putAll(tx, numbered("b", 2), numbered("a", 2), numbered("d", 1), numbered("b", 3)))
		require.NoError(t, tx.Delete(clientKey("a")))
		require.NoError(t, tx.Put(numbered("a", 4)))
		require.NoError(t, tx.Delete(clientKey("c")))
		same(t, []string{
			`client "b": 1 -> 3`, `client "a": 1 -> 4`, `client "d": nothing -> 1`, `client "c": 1 -> nothing`,
		}, lines(tx.Changed()))
		return tx.Log(event("Write"))
	})
	logged := commits(t, store, 1)
	require.Len(t, logged, 1)
	require.Len(t, logged[0].Events, 1)
	require.Equal(t, []relationship.Line{
		{Before: numbered("b", 1), After: numbered("b", 3)},
		{Before: numbered("a", 1), After: numbered("a", 4)},
		{After: numbered("d", 1)},
		{Before: numbered("c", 1)},
	}, logged[0].Events[0].Lines)
}

func noOpWrites(t *testing.T, store storage.Store) {
	commit(t, store, numbered("a", 1), numbered("b", 1))
	check := unchanged(t, store)
	noOps := func(tx storage.Tx) error {
		return errors.Join(
			tx.Put(numbered("a", 1)),                           // the same
			tx.Put(numbered("a", 2)), tx.Put(numbered("a", 1)), // there and back
			tx.Delete(clientKey("b")), tx.Put(numbered("b", 1)), // gone and back
			tx.Put(client("new")), tx.Delete(clientKey("new")), // come and gone
			tx.Put(client("new")), tx.Put(numbered("new", 9)), tx.Delete(clientKey("new")), // and again
		)
	}
	revision := update(t, store, func(tx storage.Tx) error {
		require.NoError(t, noOps(tx))
		require.Empty(t, tx.Changed())
		return nil // there is nothing that an event would have to cover
	})
	require.Equal(t, storage.Revision(1), revision)
	check()
	update(t, store, func(tx storage.Tx) error {
		require.NoError(t, noOps(tx))
		require.NoError(t, tx.Put(numbered("b", 2)))
		return tx.Log(event("Write"))
	})
	same(t, []string{`client "b": 1 -> 2`}, lines(commits(t, store, 1)[0].Events[0].Lines))
}

func severalLogs(t *testing.T, store storage.Store) {
	commit(t, store, numbered("a", 1))
	revision := update(t, store, func(tx storage.Tx) error {
		require.NoError(t, putAll(tx, numbered("b", 1), numbered("a", 2)))
		require.NoError(t, tx.Log(event("First")))
		require.Empty(t, tx.Changed())
		require.NoError(t, putAll(tx, numbered("a", 3), numbered("a", 4)))
		require.NoError(t, tx.Log(event("Second")))
		require.NoError(t, tx.Log(event("Third")))
		require.NoError(t, putAll(tx, numbered("a", 1)))
		require.NoError(t, tx.Delete(clientKey("b")))
		return tx.Log(event("Fourth"))
	})
	require.Equal(t, storage.Revision(2), revision, "one change is one commit")
	events := commits(t, store, 1)[0].Events
	require.Len(t, events, 4)
	for i, want := range []struct {
		change string
		lines  []string
	}{
		{"First", []string{`client "b": nothing -> 1`, `client "a": 1 -> 2`}},
		{"Second", []string{`client "a": 2 -> 4`}},
		{"Third", []string{}},
		{"Fourth", []string{`client "a": 4 -> 1`, `client "b": 1 -> nothing`}},
	} {
		require.Equal(t, want.change, events[i].Change)
		same(t, want.lines, lines(events[i].Lines))
	}
}

func unlogged(t *testing.T, store storage.Store) {
	commit(t, store, numbered("a", 1))
	check := unchanged(t, store)
	for name, run := range map[string]func(tx storage.Tx) error{
		"nothing logged at all": func(tx storage.Tx) error { return tx.Put(numbered("a", 2)) },
		"a write after the last Log": func(tx storage.Tx) error {
			return errors.Join(tx.Put(numbered("a", 2)), tx.Log(event("Write")), tx.Put(numbered("b", 1)))
		},
		"a deletion after the last Log": func(tx storage.Tx) error {
			return errors.Join(tx.Put(numbered("b", 1)), tx.Log(event("Write")), tx.Delete(clientKey("b")))
		},
		"going back after the last Log": func(tx storage.Tx) error {
			return errors.Join(tx.Put(numbered("a", 2)), tx.Log(event("Write")), tx.Put(numbered("a", 1)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := store.Update(context.Background(), run)
			require.ErrorIs(t, err, storage.ErrUnlogged)
			check()
		})
	}
	commit(t, store, numbered("a", 5))
}

func nothingLogged(t *testing.T, store storage.Store) {
	revision := update(t, store, func(storage.Tx) error { return nil })
	require.Zero(t, revision)
	commit(t, store, numbered("a", 1))
	check := unchanged(t, store)
	revision = update(t, store, func(tx storage.Tx) error {
		_ = number(tx, "a")
		return nil
	})
	require.Equal(t, storage.Revision(1), revision)
	check()
}
