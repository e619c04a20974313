package access_test

import (
	"context"
	"iter"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// interrupted is a store in which somebody else does something before the n-th
// time that it is asked. It hands the log out commit by commit, as a store does
// that reads it in pages.
type interrupted struct {
	storage.Store
	left     int
	inside   bool
	happens  func()
	happened string // what has happened, if anything
}

// at has something happen before the n-th time from now on; never when n is 0.
func (s *interrupted) at(n int, happens func()) { s.left, s.happens = n, happens }

func (s *interrupted) asked() {
	if s.inside {
		return
	}
	if s.left--; s.left == 0 {
		s.happens()
	}
}

func (s *interrupted) Snapshot() storage.Snapshot {
	s.asked()
	return s.Store.Snapshot()
}

func (s *interrupted) Checkpoint(ctx context.Context) (storage.Checkpoint, error) {
	s.asked()
	return s.Store.Checkpoint(ctx)
}

func (s *interrupted) Aside(ctx context.Context, run func(storage.Aside) error) error {
	s.asked()
	return s.Store.Aside(ctx, func(notes storage.Aside) error {
		s.inside = true // nobody else gets a turn meanwhile
		defer func() { s.inside = false }()
		return run(notes)
	})
}

func (s *interrupted) Changes(ctx context.Context, after storage.Revision) iter.Seq2[storage.Commit, error] {
	return func(yield func(storage.Commit, error) bool) {
		s.asked()
		last := s.Store.Snapshot().Revision()
		for more := true; more; {
			more = false
			for commit, err := range s.Store.Changes(ctx, after) {
				more = err == nil && commit.Revision < last
				after = commit.Revision
				if err == nil && commit.Revision > last {
					return
				}
				if !yield(commit, err) {
					return
				}
				s.asked()
				break
			}
		}
	}
}

// interruptions is more often than a store is asked in any of these tests.
const interruptions = 40

// interruptedWorld has bob, who was changed twice and is still a member, and of
// whom the log says so.
func interruptedWorld(t *testing.T) (*accesstest.World, *interrupted) {
	store := &interrupted{Store: memdb.New()}
	w := accesstest.New(t, accesstest.WithStore(store))
	w.AddEmployee("bob", "support", crm.ReportsView)
	_, err := tidyManager(t, w, 4, -1).Sweep(t.Context())
	require.NoError(t, err)
	for _, name := range []string{"Robert", "Bobby"} {
		w.Do(access.Host(), access.ChangeUser{ID: "bob", Name: name, Email: "bob@northwind.example"})
	}
	return w, store
}

// meanwhile is what others may do at any moment.
func meanwhile(t *testing.T, w *accesstest.World, store *interrupted) map[string]func() {
	others := func() *access.Manager {
		return tidyManager(t, &accesstest.World{Store: store.Store, Catalog: w.Catalog, Clock: w.Clock}, -1, -1)
	}
	rename := func() { rename(t, others(), "Lumen plc") }
	sweep := func() {
		_, err := others().Sweep(t.Context())
		require.NoError(t, err)
	}
	return map[string]func(){
		"a commit":              rename,
		"an erased person":      func() { w.Do(access.Host(), access.EraseUser{ID: "bob"}) },
		"a trimmed log":         sweep,
		"a commit, trimmed":     func() { rename(); sweep() },
		"a commit, then erased": func() { rename(); w.Do(access.Host(), access.EraseUser{ID: "bob"}) },
		"erased, and trimmed":   func() { w.Do(access.Host(), access.EraseUser{ID: "bob"}); sweep() },
		"a notification, trimmed": func() {
			w.Do(access.By(accesstest.SuperAdmin), access.DeclineLink{Client: accesstest.Client, Secret: w.Link.Secret})
			sweep()
		},
	}
}

// everyMoment runs a test once for each thing that others may do and each moment
// at which they may.
func everyMoment(t *testing.T, run func(t *testing.T, w *accesstest.World, store *interrupted)) {
	w, store := interruptedWorld(t)
	for name := range meanwhile(t, w, store) {
		t.Run(name, func(t *testing.T) {
			happened := 0
			for n := 1; n < interruptions; n++ {
				w, store := interruptedWorld(t)
				happens := meanwhile(t, w, store)[name]
				store.at(n, func() { store.happened = name; happens() })
				run(t, w, store)
				store.at(0, nil)
				if store.happened == "" {
					break
				}
				happened++
			}
			require.Greater(t, happened, 3)
			require.Less(t, happened, interruptions-1, "not every moment was tried")
		})
	}
}

// Whatever others do while a store is verified: it is sound.
func TestLOG1_VerifyAtAnyMoment(t *testing.T) {
	everyMoment(t, func(t *testing.T, w *accesstest.World, _ *interrupted) {
		_, err := w.Manager.Verify(t.Context())
		require.NoError(t, err)
	})
}

// Whatever others do while a store is dumped: the dump is refused, to be made
// again, or it is restored to a store that is sound, whose notifications go on.
func TestORG4_DumpAtAnyMoment(t *testing.T) {
	dumped, refused := 0, 0
	everyMoment(t, func(t *testing.T, w *accesstest.World, store *interrupted) {
		var text strings.Builder
		if err := storage.Dump(t.Context(), store, &text); err != nil {
			require.ErrorIs(t, err, storage.ErrCompacted)
			refused++
			return
		}
		dumped++
		restored := memdb.New()
		require.NoError(t, storage.Restore(t.Context(), restored, strings.NewReader(text.String())))
		again := accesstest.World{T: t, Store: restored, Catalog: w.Catalog, Clock: w.Clock}
		again.Manager = tidyManager(t, &again, -1, -1)
		again.Verify()
		require.Contains(t, waitingFor(t, again.Manager), relationship.NotifyApproved)
		again.Do(access.Host(), access.RenameClient{Client: accesstest.Client, Name: "New"})
		_, err := again.Manager.Sweep(t.Context())
		require.NoError(t, err)
		again.Verify()
	})
	t.Logf("%d dumped, %d to be made again", dumped, refused)
	require.Positive(t, dumped)
	require.Positive(t, refused)
}

// waitingFor leases all notifications there are.
func waitingFor(t *testing.T, m *access.Manager) []relationship.NotificationKind {
	t.Helper()
	leased, err := m.LeaseNotifications(t.Context(), access.Host(), 100)
	require.NoError(t, err)
	var kinds []relationship.NotificationKind
	for _, delivery := range leased {
		kinds = append(kinds, delivery.Kind)
	}
	return kinds
}

// Whatever others do while somebody tidies up, or takes notifications: both go
// on, and no notification is lost.
func TestLINK5_TidyingAndLeasingAtAnyMoment(t *testing.T) {
	for _, sweeps := range []bool{true, false} {
		everyMoment(t, func(t *testing.T, w *accesstest.World, store *interrupted) {
			m := tidyManager(t, &accesstest.World{Store: store, Catalog: w.Catalog, Clock: w.Clock}, -1, -1)
			var told []relationship.NotificationKind
			if sweeps {
				_, err := m.Sweep(t.Context())
				require.NoError(t, err)
			} else {
				told = waitingFor(t, m)
			}
			store.at(0, nil)
			want := []relationship.NotificationKind{relationship.NotifyApproved}
			if store.happened == "a notification, trimmed" {
				want = append(want, relationship.NotifyDeclined)
			}
			require.ElementsMatch(t, want, append(told, waitingFor(t, m)...))
		})
	}
}
