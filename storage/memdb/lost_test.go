package memdb_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
	"github.com/clientaccess/clientaccess/storage/storagetest"
)

// process is an engine over one connection to a shared journal.
type process struct {
	*memdb.Store
	line *storagetest.Process
}

func openProcess(t *testing.T, shared *storagetest.Shared) process {
	t.Helper()
	line := shared.Open()
	store, err := memdb.Open(t.Context(), line)
	require.NoError(t, err)
	t.Cleanup(func() {
		line.Heal()
		require.NoError(t, store.Close())
	})
	return process{store, line}
}

// name commits a client, and returns its revision.
func name(t *testing.T, store storage.Store, client, name string) storage.Revision {
	t.Helper()
	revision, err := store.Update(t.Context(), naming(client, name))
	require.NoError(t, err)
	return revision
}

func naming(client, name string) func(storage.Tx) error {
	return func(tx storage.Tx) error {
		return errors.Join(tx.Put(relationship.Client{ID: relationship.ClientID(client), Name: name}),
			tx.Log(relationship.Event{Change: "Name", Actor: relationship.Actor{Kind: relationship.ByHost}}))
	}
}

func nameOf(r storage.Reader, client string) string {
	found, _ := storage.Get[relationship.Client](r, relationship.ClientKey(relationship.ClientID(client)))
	return found.Name
}

// idle makes the followers of a journal look only when they are asked to.
func idle(shared *storagetest.Shared) { shared.SetHints(false, time.Hour) }

func TestALostTailIsFoundAtTheNextLook(t *testing.T) {
	t.Parallel()
	shared := storagetest.NewShared()
	idle(shared)
	one, other := openProcess(t, shared), openProcess(t, shared)
	for i := range 10 {
		name(t, one, "lumen", fmt.Sprint(i))
	}
	require.NoError(t, other.Refresh(t.Context()))
	name(t, one, "lumen", "lost")
	name(t, one, "harbor", "lost")
	was := one.Snapshot()
	lost := shared.Lose(2)

	require.NoError(t, one.Refresh(t.Context()))
	require.NoError(t, other.Refresh(t.Context()))
	require.Equal(t, shared.Head(), one.Snapshot().Head())
	require.Equal(t, "9", nameOf(one.Snapshot(), "lumen"))
	tails := one.LostTails()
	require.Len(t, tails, 1)
	require.Equal(t, uint64(1), tails[0].Number)
	require.True(t, tails[0].Complete)
	require.Equal(t, shared.Head(), tails[0].Ancestor)
	require.Equal(t, lost, tails[0].Commits)
	require.True(t, was == tails[0].Lost)
	require.Equal(t, "lost", nameOf(tails[0].Lost, "harbor"))
	_, known := one.Since(was.Head())
	require.False(t, known)
	require.Empty(t, other.LostTails(), "it never had them")

	before := one.Snapshot()
	one.AcknowledgeLost(1)
	require.Empty(t, one.LostTails())
	require.True(t, before != one.Snapshot())
	require.Equal(t, before.Head(), one.Snapshot().Head())
	require.Equal(t, storage.Revision(11), name(t, one, "lumen", "again"))
}

// The journal compares before a change is run: what is written stands on what
// the journal has.
func TestALostTailIsFoundBeforeAnyNewWrite(t *testing.T) {
	t.Parallel()
	for _, again := range []int{0, 1, 2, 5} {
		shared := storagetest.NewShared()
		idle(shared)
		one, other := openProcess(t, shared), openProcess(t, shared)
		name(t, one, "lumen", "kept")
		for i := range 3 {
			name(t, one, "lumen", fmt.Sprint("lost ", i))
		}
		lost := shared.Lose(3)
		for i := range again { // the numbers are used again
			name(t, other, "aster", fmt.Sprint(i))
		}
		saw := []string{}
		revision, err := one.Update(t.Context(), func(tx storage.Tx) error {
			saw = append(saw, nameOf(tx, "lumen"))
			return naming("harbor", "new")(tx)
		})
		require.NoError(t, err)
		require.Equal(t, []string{"kept"}, saw, "a change was run upon what is lost")
		require.Equal(t, storage.Revision(2+again), revision)
		require.Len(t, one.LostTails(), 1)
		require.Equal(t, lost, one.LostTails()[0].Commits)
		require.Equal(t, storage.Revision(1), one.LostTails()[0].Ancestor.Revision)
		require.NoError(t, other.Refresh(t.Context()))
		require.Equal(t, one.Snapshot().Head(), other.Snapshot().Head())
		require.Empty(t, other.LostTails())
	}
}

// Memory is bounded: it says so where it does not reach back.
func TestALostTailSaysWhetherItIsKnownInFull(t *testing.T) {
	t.Parallel()
	shared := storagetest.NewShared()
	idle(shared)
	one := openProcess(t, shared)
	for i := range 10 {
		name(t, one, "lumen", fmt.Sprint(i))
	}
	late := openProcess(t, shared) // remembers nothing before this
	name(t, late, "lumen", "new")
	require.NoError(t, one.Refresh(t.Context()))
	lost := shared.Lose(5)
	name(t, one, "aster", "again")
	require.NoError(t, late.Refresh(t.Context()))

	whole, part := one.LostTails(), late.LostTails()
	require.Len(t, whole, 1)
	require.True(t, whole[0].Complete)
	require.Equal(t, lost, whole[0].Commits)
	require.Equal(t, storage.Revision(6), whole[0].Ancestor.Revision)
	require.Len(t, part, 1)
	require.False(t, part[0].Complete)
	require.Zero(t, part[0].Ancestor)
	require.Equal(t, lost[4:], part[0].Commits)
	require.Equal(t, one.Snapshot().Head(), late.Snapshot().Head())
}

func TestLostTailsAreBounded(t *testing.T) {
	t.Parallel()
	shared := storagetest.NewShared()
	idle(shared)
	one := openProcess(t, shared)
	name(t, one, "lumen", "kept")
	const all = 11
	for i := range all {
		name(t, one, "lumen", fmt.Sprint(i))
		shared.Lose(1)
		require.NoError(t, one.Refresh(t.Context()))
	}
	tails := one.LostTails()
	require.Len(t, tails, all)
	for i, tail := range tails {
		require.Equal(t, uint64(i+1), tail.Number)
		require.Equal(t, i < 8, tail.Lost != nil)
		require.Equal(t, i < 8, tail.Complete)
	}
	one.AcknowledgeLost(9)
	require.Len(t, one.LostTails(), 2)
	one.AcknowledgeLost(all)
	require.Empty(t, one.LostTails())
}

// Any number of processes, any commits, losses, cuts and freezes: each process
// that had a lost commit tells exactly it, and all come to the same state.
func TestLostTailsAreExact(t *testing.T) {
	t.Parallel()
	rounds := 60
	if testing.Short() {
		rounds = 12
	}
	losses, found, partly, reused := 0, 0, 0, 0
	for round := range rounds {
		random := rand.New(rand.NewPCG(7, uint64(round)))
		shared := storagetest.NewShared()
		idle(shared)
		crew := []process{openProcess(t, shared), openProcess(t, shared), openProcess(t, shared)}
		for _, one := range crew {
			require.NoError(t, one.Refresh(t.Context())) // from now on they look when they are told to
		}
		told := make([]int, len(crew))
		for range 30 {
			i := random.IntN(len(crew))
			switch one := crew[i]; random.IntN(6) {
			case 0, 1, 2:
				before := one.Snapshot()
				_, err := one.Update(t.Context(), naming(fmt.Sprint(random.IntN(3)), fmt.Sprint(random.Int())))
				require.NoError(t, err)
				told[i] += checkTold(t, one, before, told[i], shared)
			case 3:
				before := one.Snapshot()
				require.NoError(t, one.Refresh(t.Context()))
				told[i] += checkTold(t, one, before, told[i], shared)
			case 4:
				n := random.IntN(4)
				losses += len(shared.Lose(n))
			case 5:
				one.AcknowledgeLost(uint64(told[i]))
			}
		}
		for i, one := range crew {
			before := one.Snapshot()
			require.NoError(t, one.Refresh(t.Context()))
			told[i] += checkTold(t, one, before, told[i], shared)
			require.Equal(t, shared.Head(), one.Snapshot().Head())
			for _, tail := range one.LostTails() {
				if !tail.Complete && tail.Lost != nil {
					partly++
				}
				if tail.Lost != nil && tail.Lost.Revision() <= one.Snapshot().Revision() {
					reused++
				}
			}
			found += told[i]
			for j := range 3 {
				require.Equal(t, nameOf(crew[0].Snapshot(), fmt.Sprint(j)), nameOf(one.Snapshot(), fmt.Sprint(j)))
			}
		}
	}
	t.Logf("%d rounds: %d commits lost, %d lost tails found, %d of those kept with their numbers used again, %d known in part", rounds, losses, found, reused, partly)
	require.Positive(t, found)
	require.Positive(t, reused)
}

// checkTold requires that a process which stood on a commit that the journal no
// longer has tells exactly what it had of it, once.
func checkTold(t *testing.T, one process, before storage.Snapshot, told int, shared *storagetest.Shared) int {
	t.Helper()
	var own []storage.Commit
	for commit, err := range shared.Open().Changes(context.Background(), storage.Head{}) {
		require.NoError(t, err)
		own = append(own, commit)
	}
	diverged := before.Revision() > storage.Revision(len(own)) ||
		before.Revision() > 0 && own[before.Revision()-1].Chain != before.Head().Chain
	var newest storage.LostTail
	if tails := one.LostTails(); len(tails) > 0 {
		newest = tails[len(tails)-1]
	}
	if !diverged {
		require.LessOrEqual(t, newest.Number, uint64(told), "a tail that was not lost")
		return 0
	}
	require.Equal(t, uint64(told+1), newest.Number, "a lost tail that nobody told")
	if newest.Lost == nil || !newest.Complete {
		return 1
	}
	require.True(t, before == newest.Lost)
	at := newest.Ancestor
	if at.Revision > 0 {
		require.Equal(t, own[at.Revision-1].Chain, at.Chain, "no common ancestor")
	}
	for i, commit := range newest.Commits {
		require.Equal(t, at.Revision+1, commit.Revision)
		chain, err := storage.Seal(at.Chain, commit)
		require.NoError(t, err)
		require.Equal(t, chain, commit.Chain, "not what stood in the lost history")
		if i == 0 && int(commit.Revision) <= len(own) {
			require.NotEqual(t, own[commit.Revision-1].Chain, commit.Chain, "it is not lost")
		}
		at = storage.Head{Revision: commit.Revision, At: commit.At, Chain: commit.Chain}
	}
	require.Equal(t, before.Head(), at, "not all that was lost")
	return 1
}
