package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
// an engine that neither loses a change nor makes one twice. Over a
// storage.Shared several engines follow one journal besides.
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
		{"memberships are loaded in order, many at a time", loadsMembers},
		{"commits that were missed are handed over", handsOver},
		{"of what was missed, values may have gone from one to the other", handsOverSwaps},
		{"a batch is written as a whole or not at all", writesWhole},
		{"whoever is erased is erased from all of the batch", erasesFromBatch},
		{"a log of any length is trimmed in one call", trimsLongLog},
		{"another history is told from one's own", tellsHistories},
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
	t.Run("shared", func(t *testing.T) {
		for _, test := range sharedTests {
			t.Run(test.name, func(t *testing.T) {
				journal, is := open(t).(storage.Shared)
				if !is {
					return // it belongs to one process
				}
				t.Cleanup(func() { require.NoError(t, journal.Close()) })
				test.run(t, engine, journal)
			})
		}
	})
	t.Run("a dump is restored to the byte", func(t *testing.T) { restoresToTheByte(t, engine, open) })
	t.Run("half a dump is no store", func(t *testing.T) { restoresWholeOrNothing(t, engine, open) })
}

// twice runs every function that is handed to a journal twice. What the first
// run came to is dropped.
type twice struct{ storage.Journal }

func (j twice) Commit(ctx context.Context, after storage.Head, run func([]storage.Commit) ([]storage.Commit, error)) error {
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

// stays wraps a journal. What it is besides, the wrapped one is too.
func stays(journal storage.Journal) storage.Journal {
	if loader, is := journal.(storage.MembersLoader); is {
		return struct {
			kept
			storage.MembersLoader
		}{kept{journal}, loader}
	}
	return kept{journal}
}

func loadsAgain(t *testing.T, engine Engine, journal storage.Journal) {
	first := build(t, engine, stays(journal))
	commit(t, first, user("ann", "ann@northwind.example"), client("lumen"), member("lumen", "ann"))
	commit(t, first, client("harbor"))
	remove(t, first, clientKey("harbor"))
	before := first.Snapshot()
	require.NoError(t, first.Close())

	second := build(t, engine, stays(journal))
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
	one, other := build(t, engine, stays(journal)), build(t, engine, stays(journal))
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

// The one engine follows what the other has done, in which two exchanged what
// no two may have.
func handsOverSwaps(t *testing.T, engine Engine, journal storage.Journal) {
	one, other := build(t, engine, stays(journal)), build(t, engine, stays(journal))
	commit(t, one, user("ann", "ann@northwind.example"), user("bob", "bob@northwind.example"), user("carla", "carla@lumen.example"),
		partner("northwind", "northwind.example", "nw.example"), partner("harbor", "harbor.example"))
	update(t, one, func(tx storage.Tx) error {
		return errors.Join(swap(tx), tx.Delete(userKey("carla")), tx.Put(user("dora", "carla@lumen.example")), tx.Log(event("Swap")))
	})
	commit(t, other, client("lumen"))
	require.NoError(t, one.Close())
	one = build(t, engine, stays(journal))
	require.Equal(t, content(one.Snapshot()), content(other.Snapshot()))
	for _, address := range []string{"ann@northwind.example", "bob@northwind.example", "carla@lumen.example"} {
		found, is := other.Snapshot().Find(storage.ByEmail, address)
		require.True(t, is, address)
		require.Equal(t, address, string(found.(relationship.User).Email))
	}
	require.NoError(t, one.Close())
	require.NoError(t, other.Close())
}

// Group commit puts changes of many callers into one batch: who is erased there
// goes out of what came before, in the batch and before it, whoever else is
// erased with them. Nothing else changes.
func erasesFromBatch(t *testing.T, engine Engine, journal storage.Journal) {
	ctx := context.Background()
	people := map[string]relationship.User{}
	var batch []storage.Commit
	last := storage.Commit{}
	add := func(record relationship.User) {
		last = sealed(t, last, last.Revision+1, record)
		if before, known := people[string(record.ID)]; known {
			last.Events[0].Lines[0].Before = before // not in the chain
		}
		people[string(record.ID)] = record
		if record.Erased() {
			last, _ = last.Without(record.ID)
		}
		batch = append(batch, last)
	}
	write := func() {
		require.NoError(t, journal.Commit(ctx, storage.Head{Revision: batch[0].Revision - 1}, func([]storage.Commit) ([]storage.Commit, error) { return batch, nil }))
		batch = nil
	}
	for _, name := range []string{"ann", "anna", "bob", "carla", "<b>&", "\u2028"} {
		add(user(name, "one@"+fmt.Sprintf("%x", name)+".example"))
	}
	write()
	for _, name := range []string{"ann", "bob", "<b>&", "\u2028"} {
		add(user(name, "two@"+fmt.Sprintf("%x", name)+".example"))
		add(people[name].Erase())
		add(user("anna", fmt.Sprintf("%x@anna.example", name)))
	}
	write()
	store := build(t, engine, stays(journal))
	checkErased(t, store, "ann", "bob", "<b>&", "\u2028")
	require.NoError(t, store.Close())
}

func trimsLongLog(t *testing.T, engine Engine, journal storage.Journal) {
	const all = 2600
	var batch []storage.Commit
	last := storage.Commit{}
	for i := range all {
		last = sealed(t, last, last.Revision+1, client(fmt.Sprint(i)))
		batch = append(batch, last)
	}
	require.NoError(t, journal.Commit(context.Background(), storage.Head{}, func([]storage.Commit) ([]storage.Commit, error) { return batch, nil }))
	store := build(t, engine, stays(journal))
	for _, upto := range []storage.Revision{1000, 1001, 2000, 2500} {
		trim(t, store, upto)
		point := checkpoint(t, store)
		require.Equal(t, storage.Head{Revision: upto, At: batch[upto-1].At, Chain: batch[upto-1].Chain}, point.Head)
		then, err := storage.Past(context.Background(), store, store.Snapshot(), upto)
		require.NoError(t, err)
		require.Equal(t, sumOf(t, then), point.Sum)
		require.Len(t, commits(t, store, upto), all-int(upto))
	}
	require.NoError(t, store.Close())
}

// checkErased requires those named to be erased from the log and the state, and
// nobody else, and the chain to hold.
func checkErased(t *testing.T, store storage.Store, names ...string) {
	t.Helper()
	verify(t, commits(t, store, 0))
	check := func(record relationship.Record) {
		if person, is := record.(relationship.User); is {
			require.Equal(t, slices.Contains(names, string(person.ID)), person.Erased(), "%s", person.ID)
			require.NoError(t, person.Check())
		}
	}
	for _, commit := range commits(t, store, 0) {
		for _, event := range commit.Events {
			for _, line := range event.Lines {
				check(line.Before)
				check(line.After)
			}
		}
	}
	for _, record := range content(store.Snapshot()) {
		check(record)
	}
}

func writesWhole(t *testing.T, _ Engine, journal storage.Journal) {
	ctx := context.Background()
	good := sealed(t, storage.Commit{}, 1, client("lumen"))
	wrong := sealed(t, good, 3, client("harbor")) // 2 is left out
	err := journal.Commit(ctx, storage.Head{}, func([]storage.Commit) ([]storage.Commit, error) {
		return []storage.Commit{good, wrong}, nil
	})
	require.Error(t, err)
	head, err := journal.Load(ctx, func(record relationship.Record) error {
		return fmt.Errorf("%s was written", record.Key())
	})
	require.NoError(t, err)
	require.Zero(t, head.Revision)
	require.NoError(t, journal.Commit(ctx, storage.Head{}, func(missed []storage.Commit) ([]storage.Commit, error) {
		require.Empty(t, missed)
		return []storage.Commit{good}, nil
	}))
	require.NoError(t, journal.Commit(ctx, storage.Head{}, func(missed []storage.Commit) ([]storage.Commit, error) {
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
	first := build(t, engine, stays(journal))
	aside(t, first, func(notes storage.Aside) error { return notes.Put("tries/one", []byte("3")) })
	require.NoError(t, first.Close())
	second := build(t, engine, stays(journal))
	aside(t, second, func(notes storage.Aside) error {
		note, found := notes.Get("tries/one")
		require.True(t, found)
		require.Equal(t, "3", string(note))
		return nil
	})
	require.NoError(t, second.Close())
}
