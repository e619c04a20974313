package storagetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// tellsHistories asks for what is behind each commit of a journal, by the chain
// of that commit, by other chains, and by none, before and after a part of the
// log is forgotten.
func tellsHistories(t *testing.T, _ Engine, journal storage.Journal) {
	const all, upto = 130, 40
	ctx := context.Background()
	heads := []storage.Head{{}}
	var batch []storage.Commit
	last := storage.Commit{}
	for i := range all {
		last = sealed(t, last, last.Revision+1, client(fmt.Sprint(i)))
		batch = append(batch, last)
		heads = append(heads, storage.Head{Revision: last.Revision, At: last.At, Chain: last.Chain})
	}
	require.NoError(t, journal.Commit(ctx, storage.Head{}, func([]storage.Commit) ([]storage.Commit, error) { return batch, nil }))

	// ask returns what both ways of asking come to, and requires that it is the
	// same.
	ask := func(after storage.Head) (behind int, err error) {
		for _, failed := range journal.Changes(ctx, after) {
			if err = failed; err == nil {
				behind++
			}
		}
		ran := false
		errCommit := journal.Commit(ctx, after, func(missed []storage.Commit) ([]storage.Commit, error) {
			ran = true
			require.Len(t, missed, behind)
			return nil, nil
		})
		require.Equal(t, err == nil, ran, "a function that is run although nothing can be handed to it")
		if err != nil {
			require.ErrorIs(t, errCommit, err)
		} else {
			require.NoError(t, errCommit)
		}
		return behind, err
	}
	asked := 0
	for _, forgotten := range []storage.Revision{0, upto} {
		require.NoError(t, journal.Trim(ctx, forgotten))
		for _, head := range heads {
			other := head
			other.Chain[7] ^= 1
			for _, one := range []struct {
				after storage.Head
				want  error
			}{
				{head, nil},
				{storage.Head{Revision: head.Revision, Chain: head.Chain}, nil},
				{storage.Head{Revision: head.Revision}, nil},
				{other, storage.ErrDiverged},
				{storage.Head{Revision: head.Revision + all + 1, Chain: head.Chain}, storage.ErrDiverged},
				{storage.Head{Revision: head.Revision + all + 1}, storage.ErrAhead},
			} {
				switch compared := one.after.Chain != (relationship.Digest{}); {
				case one.after.Revision > all && !compared:
					one.want = storage.ErrAhead
				case one.after.Revision < forgotten:
					one.want = storage.ErrCompacted
				}
				behind, err := ask(one.after)
				asked++
				require.ErrorIs(t, err, one.want, "behind %d, forgotten up to %d", one.after.Revision, forgotten)
				if one.want == nil {
					require.Equal(t, all-int(one.after.Revision), behind)
				}
			}
		}
	}
	t.Logf("asked %d times", asked)
}
