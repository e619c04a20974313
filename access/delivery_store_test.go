package access_test

import (
	"context"
	"errors"
	"iter"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/bolt"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// deliveryStore is a store whose notes and log a test touches.
type deliveryStore struct {
	storage.Store
	kept      storage.Revision // the log begins behind it
	reads     int              // how often the log was read
	commits   int              // how many commits of it
	lost      bool             // memory has another history than the log
	afterRead func()           // runs when the log was read, once
	failAside int              // the n-th Put or Delete of a note fails; zero fails none
	failNotes error            // what every use of the notes fails with
}

func (s *deliveryStore) Changes(ctx context.Context, after storage.Revision) iter.Seq2[storage.Commit, error] {
	return func(yield func(storage.Commit, error) bool) {
		s.reads++
		if after < s.kept {
			yield(storage.Commit{}, storage.ErrCompacted)
			return
		}
		s.Store.Changes(ctx, after)(func(commit storage.Commit, err error) bool {
			s.commits++
			return yield(commit, err)
		})
		if run := s.afterRead; run != nil {
			s.afterRead = nil
			run()
		}
	}
}

// Since is of a history without notifications, where the log has another.
func (s *deliveryStore) Since(after storage.Head) ([]storage.Commit, bool) {
	commits, known := s.Store.Since(after)
	if !s.lost {
		return commits, known
	}
	others := slices.Clone(commits)
	for i := range others {
		others[i].Chain[0] ^= 1
		others[i].Events = nil
	}
	return others, known
}

// Aside runs every function twice, as a store may.
func (s *deliveryStore) Aside(ctx context.Context, run func(storage.Aside) error) error {
	if s.failNotes != nil {
		return s.failNotes
	}
	again := errors.New("again")
	err := s.Store.Aside(ctx, func(aside storage.Aside) error { return errors.Join(run(aside), again) })
	if !errors.Is(err, again) {
		return err
	}
	return s.Store.Aside(ctx, func(aside storage.Aside) error { return run(&deliveryAside{aside, s.failAside}) })
}

type deliveryAside struct {
	storage.Aside
	left int
}

func (a *deliveryAside) Put(key string, note []byte) error {
	if a.left--; a.left == 0 {
		return errFault
	}
	return a.Aside.Put(key, note)
}

func (a *deliveryAside) Delete(key string) error {
	if a.left--; a.left == 0 {
		return errFault
	}
	return a.Aside.Delete(key)
}

func playOn(t *testing.T) (*scene, *deliveryStore) {
	store := &deliveryStore{Store: memdb.New()}
	s := play(t, accesstest.WithStore(store))
	t.Cleanup(func() { store.kept = 0 }) // the world's verifying comes after it, and reads the whole log
	return s, store
}

// notes reads the notes about notifications.
func (s *scene) notes() map[string]string {
	s.t.Helper()
	var all map[string]string
	require.NoError(s.t, s.Store.Aside(s.t.Context(), func(aside storage.Aside) error {
		all = map[string]string{}
		for key, note := range aside.Scan("notifications/") {
			all[key] = string(note)
		}
		return nil
	}))
	return all
}

func (s *scene) note(key, note string) {
	s.t.Helper()
	require.NoError(s.t, s.Store.Aside(s.t.Context(), func(aside storage.Aside) error { return aside.Put(key, []byte(note)) }))
}

// Every write of every step fails once: then it is an error and nothing has
// changed, and it goes through when it is tried again.
func TestLINK5_AWriteThatFailsChangesNothing(t *testing.T) {
	s, store := playOn(t)
	s.tell()
	failed := 0
	do := func(step func() error) {
		t.Helper()
		for store.failAside = 1; ; store.failAside++ {
			err := step()
			if err == nil {
				break
			}
			require.ErrorIs(t, err, errFault)
			failed++
		}
		store.failAside = 0
	}
	var deliveries []access.Delivery
	do(func() (err error) {
		deliveries, err = s.Manager.LeaseNotifications(t.Context(), access.Host(), 100)
		return err
	})
	require.Len(t, deliveries, 2)
	require.Equal(t, 1, deliveries[0].Try, "what failed was no lease")
	do(func() error { return s.later(deliveries[0], time.Time{}) })
	do(func() error { return s.undeliverable(deliveries[1], "no such address") })
	require.Len(t, s.undelivered(), 1)
	do(func() error { return s.Manager.DeliverAgain(t.Context(), access.Host(), deliveries[1].ID) })
	require.Empty(t, s.undelivered())
	deliveries = s.lease(100)
	require.Len(t, deliveries, 2)
	do(func() error { return s.undeliverable(deliveries[0], "no such address") })
	do(func() error { return s.Manager.ForgetNotification(t.Context(), access.Host(), deliveries[0].ID) })
	do(func() error { return s.Manager.Delivered(t.Context(), access.Host(), deliveries[1]) })
	require.Empty(t, s.undelivered())
	require.Len(t, s.notes(), 1, "the position")
	require.Greater(t, failed, 10)

	store.failNotes = storage.ErrUnknownOutcome
	_, errLease := s.Manager.LeaseNotifications(t.Context(), access.Host(), 1)
	_, errList := s.Manager.UndeliveredNotifications(t.Context(), access.Host())
	require.ErrorIs(t, errLease, storage.ErrUnknownOutcome)
	require.ErrorIs(t, errList, storage.ErrUnknownOutcome)
}

// What memory has need not be read, but for the last commit of it, by which the
// log says that it has the same ones. What memory alone has is not believed.
func TestLINK5_TakesFromMemoryWhatTheLogHas(t *testing.T) {
	s, store := playOn(t)
	told := 0
	for _, lost := range []bool{false, true, false} {
		s.lease(100)
		store.lost, store.commits = lost, 0
		begin := s.Manager.Revision()
		for range 5 {
			s.tell()
		}
		deliveries := s.lease(100)
		if told == 0 {
			told = len(deliveries)
		}
		require.GreaterOrEqual(t, told, 5)
		require.Len(t, deliveries, told)
		want := 1
		if lost {
			want += int(s.Manager.Revision() - begin)
		}
		require.Equal(t, want, store.commits)
	}
}

func TestLINK5_AtLeastOnceAfterACrash(t *testing.T) {
	s := play(t)
	sent := s.leaseOne()
	s.restart(0, 0) // it ended between sending and saying so
	require.Empty(t, s.lease(100))
	s.Clock.Set(sent.Until)
	again := s.leaseOne()
	require.Equal(t, sent.ID, again.ID, "the same name, so that who receives it can tell")
	s.delivered(again)
	s.restart(0, 0)
	s.Clock.Turn(time.Hour)
	require.Empty(t, s.lease(100))
}

func TestLINK5_DurableInAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.db")
	open := func() storage.Store {
		journal, err := bolt.Open(path)
		require.NoError(t, err)
		store, err := memdb.Open(t.Context(), journal)
		require.NoError(t, err)
		return store
	}
	s := &scene{World: accesstest.New(deliveryT{t}, accesstest.WithStore(open())), t: t}
	reopen := func() {
		require.NoError(t, s.Store.Close())
		s.Store = open()
		s.restart(0, 0)
	}
	s.tell()
	s.tell()
	sent := s.lease(100)
	require.Len(t, sent, 3)
	s.delivered(sent[0])
	require.NoError(t, s.undeliverable(sent[1], "no such address"))
	reopen()
	require.Empty(t, s.lease(100), "the lease outlives the process")
	require.Len(t, s.undelivered(), 1)
	s.Clock.Set(sent[2].Until)
	again := s.leaseOne()
	require.Equal(t, sent[2].ID, again.ID)
	require.Equal(t, 2, again.Try)
	s.delivered(again)
	reopen()
	s.Clock.Turn(time.Hour)
	require.Empty(t, s.lease(100))
	require.Equal(t, sent[1].ID, s.undelivered()[0].ID)
	s.Verify()
	require.NoError(t, s.Store.Close())
}

// deliveryT has no Cleanup: the world is verified before its file is closed.
type deliveryT struct{ t *testing.T }

func (d deliveryT) Helper() { d.t.Helper() }

func (d deliveryT) Fatalf(format string, args ...any) { d.t.Helper(); d.t.Fatalf(format, args...) }
