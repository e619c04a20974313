package memdb_test

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
	"github.com/clientaccess/clientaccess/storage/storagetest"
)

// moving is a journal that moves while an engine goes over to it.
type moving struct {
	storage.Shared

	mu sync.Mutex
	// commits and looks are how often Commit, and Changes behind a commit, find
	// another history than there is. loads is how often moved runs behind Load.
	commits, looks, loads int
	moved                 func()
}

// down counts one down, and reports whether there was any left.
func (j *moving) down(left *int) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	*left--
	return *left >= 0
}

func (j *moving) Commit(ctx context.Context, after storage.Head, run func([]storage.Commit) ([]storage.Commit, error)) error {
	if j.down(&j.commits) {
		return storage.ErrDiverged
	}
	return j.Shared.Commit(ctx, after, run)
}

func (j *moving) Changes(ctx context.Context, after storage.Head) iter.Seq2[storage.Commit, error] {
	if j.down(&j.looks) {
		return func(yield func(storage.Commit, error) bool) { yield(storage.Commit{}, storage.ErrDiverged) }
	}
	return j.Shared.Changes(ctx, after)
}

func (j *moving) Load(ctx context.Context, record func(relationship.Record) error) (storage.Head, error) {
	head, err := j.Shared.Load(ctx, record)
	if j.down(&j.loads) {
		j.moved()
	}
	return head, err
}

// openMoving has ten commits, and nobody looks at the journal unasked.
func openMoving(t *testing.T) (*storagetest.Shared, *moving, *memdb.Store) {
	t.Helper()
	shared := storagetest.NewShared()
	idle(shared)
	journal := &moving{Shared: shared.Open(), moved: func() { shared.Lose(1) }}
	store, err := memdb.Open(t.Context(), journal)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	for i := range 10 {
		name(t, store, "lumen", fmt.Sprint(i))
	}
	require.NoError(t, store.Refresh(t.Context()))
	return shared, journal, store
}

// The journal loses a tail, and more while the engine goes over: it goes over to
// what there is in the end, and tells of all that was lost as one. A change is
// made upon that; where the journal moves too often, it is refused as contended,
// and nothing of it is written.
func TestAJournalThatMovesIsGoneOverToWhereItStands(t *testing.T) {
	t.Parallel()
	for moves := range 4 {
		for _, how := range []string{"a change", "a look"} {
			shared, journal, store := openMoving(t)
			was := store.Snapshot()
			shared.Lose(2)
			journal.mu.Lock()
			journal.loads = moves
			journal.mu.Unlock()
			stands := storage.Revision(8 - moves)
			if how == "a look" {
				require.NoError(t, store.Refresh(t.Context()))
			} else if moves < 2 {
				require.Equal(t, stands+1, name(t, store, "harbor", "new"))
				stands++
			} else {
				_, err := store.Update(t.Context(), naming("harbor", "new"))
				require.ErrorIs(t, err, storage.ErrContended)
				require.Empty(t, nameOf(store.Snapshot(), "harbor"))
				stands = shared.Head().Revision
				require.NoError(t, store.Refresh(t.Context()))
			}
			require.Equal(t, stands, shared.Head().Revision, "%s, %d moves", how, moves)
			require.Equal(t, shared.Head(), store.Snapshot().Head())
			tails := store.LostTails()
			require.Len(t, tails, 1)
			require.True(t, tails[0].Complete)
			require.True(t, was == tails[0].Lost)
			require.Len(t, tails[0].Commits, int(was.Revision()-tails[0].Ancestor.Revision))
			require.Equal(t, fmt.Sprint(tails[0].Ancestor.Revision-1), nameOf(store.Snapshot(), "lumen"))
		}
	}
}

// What seemed lost is there when it is looked at again: nothing was lost, and
// the engine goes on.
func TestAJournalThatComesBackHasLostNothing(t *testing.T) {
	t.Parallel()
	for looks := range 2 { // it comes back before the first of them, or behind it
		shared, journal, store := openMoving(t)
		journal.mu.Lock()
		journal.commits, journal.looks = 1, looks
		journal.mu.Unlock()
		ran := 0
		revision, err := store.Update(t.Context(), func(tx storage.Tx) error {
			ran++
			return naming("harbor", "new")(tx)
		})
		require.NoError(t, err)
		require.Equal(t, storage.Revision(11), revision)
		require.Empty(t, store.LostTails())
		require.Equal(t, shared.Head(), store.Snapshot().Head())
		require.GreaterOrEqual(t, ran, 1)

		journal.mu.Lock()
		journal.looks = 1 + looks
		journal.mu.Unlock()
		require.NoError(t, store.Refresh(t.Context()))
		require.Empty(t, store.LostTails())
		require.Equal(t, "new", nameOf(store.Snapshot(), "harbor"))
	}
}
