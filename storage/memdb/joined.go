package memdb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/storage"
)

// joined reports whether a context carries a transaction of the host's that
// reaches the journal.
func (s *Store) joined(ctx context.Context) bool {
	joiner, is := s.journal.(storage.Joiner)
	return is && joiner.Joined(ctx)
}

// join runs a change within the host's transaction: alone, in the goroutine of
// its caller, and once. It does not wait for the batches of this process, which
// wait for the host.
func (s *Store) join(ctx context.Context, run func(storage.Tx) error) (revision storage.Revision, err error) {
	if s.Closed() {
		return 0, storage.ErrClosed
	}
	base := s.now.Load()
	var panicked any
	err = s.journal.Commit(ctx, base.Head(), func(missed []storage.Commit) (batch []storage.Commit, err error) {
		defer func() {
			if panicked = recover(); panicked != nil {
				batch, err = nil, errors.New("panic")
			}
		}()
		next, err := base.follow(missed)
		if err != nil {
			return nil, err
		}
		draft := newDraft(next)
		if err := run(draft); err != nil {
			return nil, err
		}
		after, commit, err := draft.commit(rand.Text())
		if err != nil {
			return nil, err
		}
		if revision = after.revision; after == next {
			return nil, nil
		}
		return []storage.Commit{commit}, nil
	})
	switch {
	case panicked != nil:
		panic(panicked)
	case err == nil || errors.Is(err, storage.ErrUnconfirmed):
		return revision, err
	case s.beginAnew(err) != nil:
		// Nothing was written. The follower finds the same, and goes over.
		if s.follower != nil {
			s.follower.want(time.Now())
		}
		err = fmt.Errorf("%w: %w", storage.ErrContended, err)
	}
	return 0, err
}
