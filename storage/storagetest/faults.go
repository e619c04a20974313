package storagetest

import (
	"context"
	"errors"
	"fmt"
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

func (j *faulty) Commit(ctx context.Context, after storage.Revision, run func([]storage.Commit) ([]storage.Commit, error)) error {
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
	store := build(t, engine, &faulty{Journal: kept{journal}})
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

	again := build(t, engine, kept{journal})
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
