package access_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// tidyManager is a manager over the world's store that keeps less of the log.
func tidyManager(t *testing.T, w *accesstest.World, commits int, age time.Duration) *access.Manager {
	t.Helper()
	m, err := access.Open(t.Context(), w.Store, access.Options{
		Catalog: w.Catalog, Clock: w.Clock.Now, KeepCommits: commits, KeepTime: age,
	})
	require.NoError(t, err)
	return m
}

// rename makes one commit.
func rename(t *testing.T, m *access.Manager, name string) {
	t.Helper()
	_, err := m.Do(t.Context(), access.Host(), access.RenameClient{Client: accesstest.Client, Name: name})
	require.NoError(t, err)
}

func TestLOG1_TheLogKeepsWhatIsNewOrYoung(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		name    string
		commits int
		age     time.Duration
		kept    int // of 30 commits, one a day
	}{
		{"the newest 7", 7, -1, 7},
		{"those of the last 10 days", -1, 10 * day, 10},
		{"the newest 7 and those of the last 10 days", 7, 10 * day, 10},
		{"the newest 12 and those of the last 10 days", 12, 10 * day, 12},
		{"none", -1, -1, 0},
		{"all, by default", 0, 0, 30},
	} {
		w := accesstest.New(t)
		m := tidyManager(t, w, test.commits, test.age)
		for i := range 30 {
			w.Clock.Turn(day)
			rename(t, m, string(rune('A'+i%26))+" Ltd")
		}
		head := w.Store.Snapshot().Revision()
		swept, err := m.Sweep(t.Context())
		require.NoError(t, err)
		first := head - storage.Revision(test.kept)
		if test.commits == 0 {
			first = 0
		}
		require.Equal(t, first, swept.Trimmed, test.name)
		found, err := m.Verify(t.Context())
		require.NoError(t, err, test.name)
		require.Equal(t, int(head-first), found.Commits, test.name)
		for range 2 { // and again, with nothing left to do
			again, err := m.Sweep(t.Context())
			require.NoError(t, err)
			require.Equal(t, swept.Trimmed, again.Trimmed)
		}
	}
}

func TestLOG1_AReaderThatFellBehindIsTold(t *testing.T) {
	w := accesstest.New(t)
	m := tidyManager(t, w, 3, -1)
	seen := w.Store.Snapshot().Revision()
	for range 5 {
		rename(t, m, time.Now().String())
	}
	_, err := m.Sweep(t.Context())
	require.NoError(t, err)
	met := 0
	for _, err := range m.Events(t.Context(), access.Host(), seen) {
		require.ErrorIs(t, err, storage.ErrCompacted)
		met++
	}
	require.Equal(t, 1, met)
	for _, err := range m.Events(t.Context(), access.Host(), seen+2) {
		require.NoError(t, err)
		met++
	}
	require.Equal(t, 1+3, met)
}

// Nobody has to call Sweep: every thousand commits or so, one of them tidies.
func TestLOG1_TheLogIsTidiedByItself(t *testing.T) {
	w := accesstest.New(t)
	m := tidyManager(t, w, 100, -1)
	_, err := m.Do(t.Context(), access.Host().Once("k"), access.RenameClient{Client: accesstest.Client, Name: "Once"})
	require.NoError(t, err)
	w.Clock.Turn(48 * time.Hour)
	most := 0
	for i := range 2500 {
		rename(t, m, time.Duration(i).String())
		point, err := w.Store.Checkpoint(t.Context())
		require.NoError(t, err)
		most = max(most, int(w.Store.Snapshot().Revision()-point.Revision))
	}
	require.Less(t, most, 100+1100)
	require.Zero(t, m.Stats().Records[relationship.KindOnce])
}

// Whichever way the commits come.
func TestLOG1_EveryWayOfChangingTidies(t *testing.T) {
	for name, change := range map[string]func(*access.Manager, int) error{
		"each for itself": func(m *access.Manager, i int) error {
			_, err := m.DoEach(t.Context(), access.Host(), access.RenameClient{Client: accesstest.Client, Name: fmt.Sprint("Lumen ", i)}, nil)
			return err
		},
		"links": func(m *access.Manager, i int) error {
			link, err := m.IssueLink(t.Context(), access.By(accesstest.Admin), access.IssueLink{Employee: accesstest.Admin})
			plant(t, link.Secret)
			return err
		},
		"imports": func(m *access.Manager, i int) error {
			row := access.ImportUser{ID: relationship.UserID(fmt.Sprint(i)), Name: "E", Email: fmt.Sprintf("e%d@lumen.example", i)}
			_, err := m.Import(t.Context(), access.Host(), slices.Values([]access.ImportRow{row}), nil)
			return err
		},
	} {
		w := accesstest.New(t)
		m := tidyManager(t, w, 10, -1)
		for i := range 1100 {
			require.NoError(t, change(m, i), name)
		}
		point, err := w.Store.Checkpoint(t.Context())
		require.NoError(t, err)
		require.Greater(t, point.Revision, storage.Revision(1000), name)
	}
}

// Tidying is not part of the call that happens to do it: when that one's context
// ends, it goes on.
func TestLOG1_TidyingOutlivesTheCall(t *testing.T) {
	w := accesstest.New(t)
	cancel := func() {}
	m, err := access.Open(t.Context(), w.Store, access.Options{
		Catalog: w.Catalog, KeepCommits: 10, KeepTime: -1,
		Clock: func() time.Time { // asked in the middle of each call
			cancel()
			return w.Clock.Now()
		},
	})
	require.NoError(t, err)
	for i := range 1100 {
		ctx, end := context.WithCancel(t.Context())
		cancel = end
		_, err := m.Do(ctx, access.Host(), access.RenameClient{Client: accesstest.Client, Name: fmt.Sprint("Lumen ", i)})
		require.NoError(t, err)
		end()
	}
	point, err := w.Store.Checkpoint(t.Context())
	require.NoError(t, err)
	require.Greater(t, point.Revision, storage.Revision(1000))
}

// What stands in the state and is not mentioned in the log any more is held
// against the checkpoint.
func TestLOG1_VerifyFindsAChangedRecordBehindTheCheckpoint(t *testing.T) {
	for name, tamper := range map[string]func(relationship.Member) relationship.Record{
		"more than was given": func(m relationship.Member) relationship.Record { m.PaidSeat = true; return m },
		"taken away":          func(relationship.Member) relationship.Record { return nil },
	} {
		w := accesstest.New(t)
		w.User("otto", "lumen.example")
		w.Do(access.By(accesstest.SuperAdmin), access.AddMember{Client: accesstest.Client, User: "otto", Permissions: []string{crm.ReportsView}})
		require.NoError(t, w.Store.Trim(t.Context(), w.Store.Snapshot().Revision()))
		w.Do(access.Host(), access.RenameClient{Client: accesstest.Client, Name: "New"})
		w.Verify()
		found, err := verifyTampered(t, w, &tamperedStore{records: map[relationship.Key]relationship.Record{
			relationship.MemberKey(accesstest.Client, "otto"): tamper(w.Member(accesstest.Client, "otto")),
		}})
		require.ErrorIs(t, err, access.ErrCorrupt, name)
		require.Contains(t, found.Faults[0], "not those of the checkpoint", name)
	}
}

// A trimmed world goes on as any other does.
func TestLOG1_LifeGoesOnBehindACheckpoint(t *testing.T) {
	w := accesstest.New(t, accesstest.WithStore(memdb.New()))
	require.NoError(t, w.Store.Trim(t.Context(), w.Store.Snapshot().Revision()))
	w.AddEmployee("bob", "support", crm.ReportsView)
	require.NoError(t, w.Store.Trim(t.Context(), w.Store.Snapshot().Revision()-1))
	w.Do(access.By(accesstest.Admin), access.RemoveEmployee{Employee: "bob", All: true})
	w.Verify()
}

// What was not delivered yet is not forgotten with its commit (LINK-5).
func TestLINK5_TrimmingLosesNoNotification(t *testing.T) {
	w := accesstest.New(t) // ann was let in
	m := tidyManager(t, w, -1, -1)
	swept, err := m.Sweep(t.Context())
	require.NoError(t, err)
	require.Equal(t, w.Store.Snapshot().Revision(), swept.Trimmed)
	leased, err := m.LeaseNotifications(t.Context(), access.Host(), 10)
	require.NoError(t, err)
	require.Len(t, leased, 1)
	require.Equal(t, relationship.NotifyApproved, leased[0].Kind)
}

// In a store whose log was trimmed before anything was taken, as one that was
// restored from a text without a log, it begins where the log does.
func TestLINK5_TakingBeginsWithTheLog(t *testing.T) {
	w := accesstest.New(t)
	require.NoError(t, w.Store.Trim(t.Context(), w.Store.Snapshot().Revision()))
	leased, err := w.Manager.LeaseNotifications(t.Context(), access.Host(), 10)
	require.NoError(t, err)
	require.Empty(t, leased)
	w.Do(access.By(accesstest.SuperAdmin), access.DeclineLink{Client: accesstest.Client, Secret: w.Link.Secret})
	leased, err = w.Manager.LeaseNotifications(t.Context(), access.Host(), 10)
	require.NoError(t, err)
	require.Len(t, leased, 1)
}
