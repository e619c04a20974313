package storagetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Engine builds a store over a journal, as memdb.Open does.
type Engine func(ctx context.Context, journal storage.Journal) (storage.Store, error)

// RunJournal runs the suite for a journal. open returns a new, empty journal
// each time; the suite closes it. engine is what builds a store over it.
//
// The whole suite of a store runs over the journal, and again over it with
// every function run twice. What is said of a journal alone is tested besides,
// and that a journal which fails in each way that the interface names leaves
// an engine that neither loses a change nor makes one twice.
func RunJournal(t *testing.T, engine Engine, open func(t *testing.T) storage.Journal) {
	over := func(wrap func(storage.Journal) storage.Journal) func(t *testing.T) storage.Store {
		return func(t *testing.T) storage.Store {
			store, err := engine(context.Background(), wrap(open(t)))
			require.NoError(t, err)
			return store
		}
	}
	t.Run("store", func(t *testing.T) {
		Run(t, over(func(journal storage.Journal) storage.Journal { return journal }))
	})
	t.Run("every function run twice", func(t *testing.T) {
		Run(t, over(func(journal storage.Journal) storage.Journal { return twice{journal} }))
	})
	for _, test := range []struct {
		name string
		run  func(t *testing.T, engine Engine, journal storage.Journal)
	}{
		{"what was written is loaded again", loadsAgain},
		{"commits that were missed are handed over", handsOver},
		{"a batch is written as a whole or not at all", writesWhole},
		{"notes outlive the engine", notesOutlive},
		{"what was trimmed stays trimmed", trimOutlives},
		{"who missed what was trimmed reads everything anew", reloads},
		{"a failing journal loses nothing and does nothing twice", survivesFailures},
		{"whatever else fails is told and changes nothing", tellsFailures},
	} {
		t.Run(test.name, func(t *testing.T) {
			journal := open(t)
			t.Cleanup(func() { require.NoError(t, journal.Close()) })
			test.run(t, engine, journal)
		})
	}
	t.Run("a dump is restored to the byte", func(t *testing.T) { restoresToTheByte(t, engine, open) })
	t.Run("half a dump is no store", func(t *testing.T) { restoresWholeOrNothing(t, engine, open) })
}

// twice runs every function that is handed to a journal twice. What the first
// run came to is dropped.
type twice struct{ storage.Journal }

func (j twice) Commit(ctx context.Context, after storage.Revision, run func([]storage.Commit) ([]storage.Commit, error)) error {
	return j.Journal.Commit(ctx, after, func(missed []storage.Commit) ([]storage.Commit, error) {
		if batch, err := run(missed); err != nil {
			return batch, err
		}
		return run(missed)
	})
}

func build(t *testing.T, engine Engine, journal storage.Journal) storage.Store {
	t.Helper()
	store, err := engine(context.Background(), journal)
	require.NoError(t, err)
	return store
}

// kept is a journal that an engine can close while the test goes on with it.
type kept struct{ storage.Journal }

func (kept) Close() error { return nil }

func loadsAgain(t *testing.T, engine Engine, journal storage.Journal) {
	first := build(t, engine, kept{journal})
	commit(t, first, user("ann", "ann@northwind.example"), client("lumen"), member("lumen", "ann"))
	commit(t, first, client("harbor"))
	remove(t, first, clientKey("harbor"))
	before := first.Snapshot()
	require.NoError(t, first.Close())

	second := build(t, engine, kept{journal})
	after := second.Snapshot()
	require.Equal(t, before.Revision(), after.Revision())
	require.Equal(t, before.At(), after.At())
	require.Equal(t, content(before), content(after))
	require.Equal(t, first.ID(), second.ID())
	commit(t, second, client("tern"))
	verify(t, commits(t, second, 0))
	require.NoError(t, second.Close())
}

func handsOver(t *testing.T, engine Engine, journal storage.Journal) {
	one, other := build(t, engine, kept{journal}), build(t, engine, kept{journal})
	for i := range 20 {
		writer := one
		if i%3 == 0 {
			writer = other
		}
		// A change of the one stands on what the other has written.
		update(t, writer, func(tx storage.Tx) error {
			if err := tx.Put(numbered("lumen", number(tx, "lumen")+1)); err != nil {
				return err
			}
			return tx.Log(event("Count"))
		})
	}
	commit(t, one, client("last"))
	require.Equal(t, 20, number(one.Snapshot(), "lumen"))
	verify(t, commits(t, one, 0))
	require.NoError(t, one.Close())
	require.NoError(t, other.Close())
}

func writesWhole(t *testing.T, _ Engine, journal storage.Journal) {
	ctx := context.Background()
	good := sealed(t, storage.Commit{}, 1, client("lumen"))
	wrong := sealed(t, good, 3, client("harbor")) // 2 is left out
	err := journal.Commit(ctx, 0, func([]storage.Commit) ([]storage.Commit, error) {
		return []storage.Commit{good, wrong}, nil
	})
	require.Error(t, err)
	head, err := journal.Load(ctx, func(record relationship.Record) error {
		return fmt.Errorf("%s was written", record.Key())
	})
	require.NoError(t, err)
	require.Zero(t, head.Revision)
	require.NoError(t, journal.Commit(ctx, 0, func(missed []storage.Commit) ([]storage.Commit, error) {
		require.Empty(t, missed)
		return []storage.Commit{good}, nil
	}))
	require.NoError(t, journal.Commit(ctx, 0, func(missed []storage.Commit) ([]storage.Commit, error) {
		require.Equal(t, []storage.Commit{good}, missed)
		return nil, nil
	}))
}

// sealed makes a commit that writes one record, upon the one before.
func sealed(t *testing.T, before storage.Commit, revision storage.Revision, record relationship.Record) storage.Commit {
	t.Helper()
	written := event("Write")
	written.Lines = []relationship.Line{{After: record}}
	made := storage.Commit{Revision: revision, ID: fmt.Sprint("commit ", revision), At: start, Events: []relationship.Event{written}}
	chain, err := storage.Seal(before.Chain, made)
	require.NoError(t, err)
	made.Chain = chain
	return made
}

func notesOutlive(t *testing.T, engine Engine, journal storage.Journal) {
	first := build(t, engine, kept{journal})
	aside(t, first, func(notes storage.Aside) error { return notes.Put("tries/one", []byte("3")) })
	require.NoError(t, first.Close())
	second := build(t, engine, kept{journal})
	aside(t, second, func(notes storage.Aside) error {
		note, found := notes.Get("tries/one")
		require.True(t, found)
		require.Equal(t, "3", string(note))
		return nil
	})
	require.NoError(t, second.Close())
}
