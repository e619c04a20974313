package storagetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/storage"
)

var errFault = errors.New("a fault of the test's own")

// faulty fails every third commit, each time in the next of the ways that the
// interface names.
type faulty struct {
	storage.Journal
	calls atomic.Int64
}

// faultWays is in how many ways faulty fails.
const faultWays = 5

func (j *faulty) Commit(ctx context.Context, after storage.Head, run func([]storage.Commit) ([]storage.Commit, error)) error {
	call := j.calls.Add(1)
	if call%3 != 0 {
		return j.Journal.Commit(ctx, after, run)
	}
	dropped := func(missed []storage.Commit) ([]storage.Commit, error) {
		if _, err := run(missed); err != nil {
			return nil, err
		}
		return nil, errFault
	}
	switch call / 3 % faultWays {
	case 0: // before its turn came
		return fmt.Errorf("%w: %w", storage.ErrContended, errFault)
	case 1: // after the changes were worked out, and before anything was written
		return j.Journal.Commit(ctx, after, dropped)
	case 2: // written, and nobody is told
		if err := j.Journal.Commit(ctx, after, run); err != nil {
			return err
		}
		return fmt.Errorf("%w: %w", storage.ErrUnknownOutcome, errFault)
	case 3: // not written, and nobody is told
		if err := j.Journal.Commit(ctx, after, dropped); !errors.Is(err, errFault) {
			return err
		}
		return fmt.Errorf("%w: %w", storage.ErrUnknownOutcome, errFault)
	default: // nothing at all
		return errFault
	}
}

func survivesFailures(t *testing.T, engine Engine, journal storage.Journal) {
	store := build(t, engine, &faulty{Journal: stays(journal)})
	acknowledged, unknown, refused := 0, 0, 0
	for i := range 300 {
		_, err := store.Update(context.Background(), func(tx storage.Tx) error {
			if err := tx.Put(numbered("lumen", number(tx, "lumen")+1)); err != nil {
				return err
			}
			if err := tx.Put(client(fmt.Sprintf("client %03d", i))); err != nil {
				return err
			}
			return tx.Log(event("Count"))
		})
		_, written := store.Snapshot().Get(clientKey(fmt.Sprintf("client %03d", i)))
		switch {
		case err == nil:
			require.True(t, written, "acknowledged and not there")
			acknowledged++
		case errors.Is(err, storage.ErrUnknownOutcome):
			unknown++
		default:
			require.ErrorIs(t, err, errFault)
			require.False(t, written, "refused and there")
			refused++
		}
	}
	t.Logf("%d acknowledged, %d refused, %d unknown", acknowledged, refused, unknown)
	require.Positive(t, refused)
	require.Greater(t, acknowledged, refused)
	require.NoError(t, store.Close())

	again := build(t, engine, stays(journal))
	verify(t, commits(t, again, 0))
	count := 0
	for i := range 300 {
		if _, written := again.Snapshot().Get(clientKey(fmt.Sprintf("client %03d", i))); written {
			count++
		}
	}
	require.Equal(t, count, number(again.Snapshot(), "lumen"), "something was done twice or by half")
	require.GreaterOrEqual(t, count, acknowledged)
	require.LessOrEqual(t, count, acknowledged+unknown)
	require.NoError(t, again.Close())
}

// failsEverywhere fails every third call of each method but Commit, in turn in
// each way that the interface names for it.
type failsEverywhere struct {
	storage.Journal
	calls atomic.Int64
}

// fault is what the next call comes to: nil lets it through. after tells whether
// it fails only when the work is done.
func (j *failsEverywhere) fault(ways ...error) (fault error, after bool) {
	call := j.calls.Add(1)
	if call%3 != 0 {
		return nil, false
	}
	way := ways[int(call/3)%len(ways)]
	return fmt.Errorf("%w: %w", way, errFault), errors.Is(way, storage.ErrUnknownOutcome) && call%2 == 0
}

func (j *failsEverywhere) Aside(ctx context.Context, run func(storage.Aside) error) error {
	fault, after := j.fault(storage.ErrContended, storage.ErrUnknownOutcome, storage.ErrCorrupt)
	if fault != nil && !after {
		return fault
	}
	if err := j.Journal.Aside(ctx, run); err != nil {
		return err
	}
	return fault
}

func (j *failsEverywhere) Trim(ctx context.Context, upto storage.Revision) error {
	fault, after := j.fault(storage.ErrContended, storage.ErrUnknownOutcome, storage.ErrCorrupt)
	if fault != nil && !after {
		return fault
	}
	if err := j.Journal.Trim(ctx, upto); err != nil {
		return err
	}
	return fault
}

func (j *failsEverywhere) Checkpoint(ctx context.Context) (storage.Checkpoint, error) {
	if fault, _ := j.fault(storage.ErrCorrupt); fault != nil {
		return storage.Checkpoint{}, fault
	}
	return j.Journal.Checkpoint(ctx)
}

func (j *failsEverywhere) Changes(ctx context.Context, after storage.Head) iter.Seq2[storage.Commit, error] {
	fault, _ := j.fault(storage.ErrCorrupt)
	return func(yield func(storage.Commit, error) bool) {
		for commit, err := range j.Journal.Changes(ctx, after) {
			if !yield(commit, err) {
				return
			}
			if fault != nil { // in the middle
				yield(storage.Commit{}, fault)
				return
			}
		}
	}
}

// tellsFailures: whatever else fails in a journal is told to whoever asked, and
// changes nothing that others see.
func tellsFailures(t *testing.T, engine Engine, journal storage.Journal) {
	ctx := context.Background()
	store := build(t, engine, &failsEverywhere{Journal: stays(journal)})
	failed := map[string]int{}
	note := func(what string, err error) {
		if err != nil {
			require.ErrorIs(t, err, errFault, what)
			failed[what]++
		}
	}
	for i := range 120 {
		commit(t, store, numbered("lumen", i))
		want := content(store.Snapshot())
		note("aside", store.Aside(ctx, func(notes storage.Aside) error { return notes.Put("note", fmt.Append(nil, i)) }))
		_, err := store.Checkpoint(ctx)
		note("checkpoint", err)
		last := storage.Revision(0)
		for commit, err := range store.Changes(ctx, store.Snapshot().Revision()-1) {
			note("changes", err)
			if err == nil {
				last = commit.Revision
			}
		}
		require.Equal(t, store.Snapshot().Revision(), last)
		note("trim", store.Trim(ctx, store.Snapshot().Revision()/2))
		require.Equal(t, want, content(store.Snapshot()))
	}
	t.Logf("told: %v", failed)
	require.Len(t, failed, 4)
	require.NoError(t, store.Close())

	again := build(t, engine, stays(journal))
	require.Equal(t, 119, number(again.Snapshot(), "lumen"))
	require.NotEmpty(t, commits(t, again, 60))
	require.NoError(t, again.Close())
}
