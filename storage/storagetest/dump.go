package storagetest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// dump is what a store writes.
func dump(t *testing.T, store storage.Store) string {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, storage.Dump(context.Background(), store, &text))
	return text.String()
}

// filled puts something of everything into a store, and trims some of it.
func filled(t *testing.T, store storage.Store) {
	t.Helper()
	commit(t, store, user("ann", "ann@northwind.example"), client("lumen"), member("lumen", "ann"))
	for i := range 40 {
		commit(t, store, numbered("lumen", i), user(fmt.Sprint(i), fmt.Sprintf("u%d@northwind.example", i)))
	}
	remove(t, store, userKey("7"), memberKey("lumen", "ann"))
	bob, _ := storage.Get[relationship.User](store.Snapshot(), userKey("8"))
	commit(t, store, bob.Erase())
	aside(t, store, func(notes storage.Aside) error {
		if err := notes.Put("tries/one", []byte("3")); err != nil {
			return err
		}
		return notes.Put("tries/two", []byte{0xff, 0, 0xfe})
	})
	trim(t, store, 15)
}

func restoresToTheByte(t *testing.T, engine Engine, open func(t *testing.T) storage.Journal) {
	journal := open(t)
	first := build(t, engine, journal)
	t.Cleanup(func() { require.NoError(t, first.Close()) })
	filled(t, first)
	text := dump(t, first)
	require.Equal(t, text, dump(t, first), "dumping changes nothing")

	other := open(t)
	require.NoError(t, storage.Restore(context.Background(), other, strings.NewReader(text)))
	second := build(t, engine, other)
	require.Equal(t, text, dump(t, second))
	require.Equal(t, content(first.Snapshot()), content(second.Snapshot()))
	require.Equal(t, checkpoint(t, first), checkpoint(t, second))
	require.Equal(t, first.ID(), second.ID())
	commit(t, second, client("goes on"))

	require.ErrorIs(t, storage.Restore(context.Background(), other, strings.NewReader(text)), storage.ErrNotEmpty)
	require.NoError(t, second.Close())
}

func restoresWholeOrNothing(t *testing.T, engine Engine, open func(t *testing.T) storage.Journal) {
	source := build(t, engine, open(t))
	t.Cleanup(func() { require.NoError(t, source.Close()) })
	filled(t, source)
	text := strings.SplitAfter(dump(t, source), "\n")
	for cut := range len(text) - 1 {
		if cut%9 != 0 && cut < len(text)-4 {
			continue
		}
		journal := open(t)
		err := storage.Restore(context.Background(), journal, strings.NewReader(strings.Join(text[:cut], "")))
		require.ErrorIs(t, err, storage.ErrCorrupt)
		// What was not restored to its end is either empty or not usable.
		store, err := engine(context.Background(), stays(journal))
		if err == nil {
			_, err = store.Update(context.Background(), func(tx storage.Tx) error { return tx.Log(event("Nothing")) })
			require.True(t, err != nil || store.Snapshot().Revision() == 1, "half a dump goes on as a store")
			require.NoError(t, store.Close())
		}
		_ = journal.Close() // it may be broken
	}
}

func trimOutlives(t *testing.T, engine Engine, journal storage.Journal) {
	first := build(t, engine, stays(journal))
	filled(t, first)
	point := checkpoint(t, first)
	require.NoError(t, first.Close())
	second := build(t, engine, stays(journal))
	require.Equal(t, point, checkpoint(t, second))
	compacted(t, second, point.Revision-1)
	require.NotEmpty(t, commits(t, second, point.Revision))
	require.NoError(t, second.Close())
}

// Two engines over one journal: what the one has not seen was trimmed by the
// other. It reads everything anew and goes on.
func reloads(t *testing.T, engine Engine, journal storage.Journal) {
	one, other := build(t, engine, stays(journal)), build(t, engine, stays(journal))
	for i := range 10 {
		commit(t, one, numbered("lumen", i))
	}
	trim(t, one, 8)
	update(t, other, func(tx storage.Tx) error {
		if err := tx.Put(numbered("lumen", number(tx, "lumen")+100)); err != nil {
			return err
		}
		return tx.Log(event("Count"))
	})
	require.Equal(t, 109, number(other.Snapshot(), "lumen"))
	require.Equal(t, storage.Revision(11), other.Snapshot().Revision())
	require.NoError(t, one.Close())
	require.NoError(t, other.Close())
}
