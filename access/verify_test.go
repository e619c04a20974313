package access_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// tamperedStore is a store whose log or state somebody has changed behind its
// back.
type tamperedStore struct {
	storage.Store
	log    func([]storage.Commit) []storage.Commit
	broken error
	// records stand in the state in place of what is there; nil is none.
	records map[relationship.Key]relationship.Record
}

func (s *tamperedStore) Changes(ctx context.Context, after storage.Revision) iter.Seq2[storage.Commit, error] {
	return func(yield func(storage.Commit, error) bool) {
		var commits []storage.Commit
		for commit := range s.Store.Changes(ctx, after) {
			// A deep enough copy, so that only this log is changed.
			commit.Events = slices.Clone(commit.Events)
			for i := range commit.Events {
				commit.Events[i].Lines = slices.Clone(commit.Events[i].Lines)
				commit.Events[i].Notifications = slices.Clone(commit.Events[i].Notifications)
			}
			commits = append(commits, commit)
		}
		if s.log != nil && len(commits) > 0 {
			commits = s.log(commits)
		}
		for _, commit := range commits {
			if !yield(commit, nil) {
				return
			}
		}
		if s.broken != nil {
			yield(storage.Commit{}, s.broken)
		}
	}
}

func (s *tamperedStore) Snapshot() storage.Snapshot {
	return &tamperedSnapshot{s.Store.Snapshot(), s.records}
}

type tamperedSnapshot struct {
	storage.Snapshot
	records map[relationship.Key]relationship.Record
}

func (s *tamperedSnapshot) All(kind relationship.Kind, after relationship.Key) iter.Seq[relationship.Record] {
	return func(yield func(relationship.Record) bool) {
		for record := range s.Snapshot.All(kind, after) {
			if instead, tampered := s.records[record.Key()]; tampered {
				record = instead
			}
			if record != nil && !yield(record) {
				return
			}
		}
	}
}

func (s *tamperedSnapshot) Get(key relationship.Key) (relationship.Record, bool) {
	if instead, tampered := s.records[key]; tampered {
		return instead, instead != nil
	}
	return s.Snapshot.Get(key)
}

// verifyTampered opens the world's store as somebody else has left it, and
// verifies.
func verifyTampered(t *testing.T, w *accesstest.World, store *tamperedStore) (access.Verification, error) {
	t.Helper()
	store.Store = w.Store
	m, err := access.Open(t.Context(), store, access.Options{Catalog: w.Catalog, Clock: w.Clock.Now})
	require.NoError(t, err)
	return m.Verify(t.Context())
}

// verifyWorld ends with a commit that writes no record: a client declined.
func verifyWorld(t *testing.T) *accesstest.World {
	w := accesstest.New(t)
	w.AddEmployee("bob", "support", crm.ReportsView)
	w.Do(access.By(accesstest.Admin).Because("spring"), access.ChangeEmployeePermissions{
		Client: accesstest.Client, Employee: "bob", Add: []string{crm.ReportsEdit},
	})
	w.Do(access.Host(), access.ChangeUser{ID: "bob", Name: "Robert", Email: "bob@northwind.example"})
	w.Do(access.Host(), access.ChangeUser{ID: "bob", Name: "Bobby", Email: "bob@northwind.example"})
	w.Do(access.By(accesstest.SuperAdmin), access.DeclineLink{Client: accesstest.Client, Secret: w.Link.Secret})
	return w
}

// TestLOG1_VerifyFindsAChangedLog: whoever changes, drops, adds or reorders
// anything in the log is found, and the first broken entry is the first fault.
func TestLOG1_VerifyFindsAChangedLog(t *testing.T) {
	w := verifyWorld(t)
	head := int(w.Store.Snapshot().Revision())
	bob := relationship.MemberKey(accesstest.Client, "bob")
	line := func(c *storage.Commit) *relationship.Line {
		i := slices.IndexFunc(c.Events[0].Lines, func(l relationship.Line) bool { return l.Key() == bob })
		return &c.Events[0].Lines[i]
	}
	changed := head - 3 // the commit that changed bob's permissions
	for _, tampering := range []struct {
		name  string
		log   func([]storage.Commit) []storage.Commit
		first string
	}{
		{"what became of a record", func(c []storage.Commit) []storage.Commit {
			after := line(&c[changed-1]).After.(relationship.Member)
			after.Set = after.Set.Union(permset.MustNames(crm.ContactsExport))
			line(&c[changed-1]).After = after
			return c
		}, "commit {changed} breaks the hash chain"},
		{"what a record was before", func(c []storage.Commit) []storage.Commit {
			before := line(&c[changed-1]).Before.(relationship.Member)
			before.Role = relationship.PartnerAdmin
			line(&c[changed-1]).Before = before
			return c
		}, "commit {changed}: member \"lumen\" \"bob\" was not what the log says"},
		{"a record that never was", func(c []storage.Commit) []storage.Commit {
			first := &c[1].Events[0].Lines[0] // somebody is made known
			first.Before = first.After.(relationship.User).Erase()
			return c
		}, "commit 2: user"},
		{"who", editEvent(changed, func(e *relationship.Event) { e.Actor.User = "eve" }), "commit {changed} breaks the hash chain"},
		{"for whom", editEvent(changed, func(e *relationship.Event) { e.Actor.Partner = "evil" }), "commit {changed} breaks the hash chain"},
		{"what", editEvent(changed, func(e *relationship.Event) { e.Change = "RenameClient" }), "commit {changed} breaks the hash chain"},
		{"why", editEvent(changed, func(e *relationship.Event) { e.Reason = "autumn" }), "commit {changed} breaks the hash chain"},
		{"when", editEvent(changed, func(e *relationship.Event) { e.At = e.At.Add(-time.Hour) }), "commit {changed} breaks the hash chain"},
		{"which call", editEvent(changed, func(e *relationship.Event) { e.Call = "another" }), "commit {changed} breaks the hash chain"},
		{"a line is gone", editEvent(changed, func(e *relationship.Event) { e.Lines = e.Lines[1:] }), "commit {changed} breaks the hash chain"},
		{"whom it told", editEvent(head, func(e *relationship.Event) { e.Notifications[0].To = "eve" }), "commit {head} breaks the hash chain"},
		{"an event more", func(c []storage.Commit) []storage.Commit {
			c[changed-1].Events = append(c[changed-1].Events, c[changed].Events...)
			return c
		}, "commit {changed} breaks the hash chain"},
		{"its hash", func(c []storage.Commit) []storage.Commit { c[changed-1].Chain[0] ^= 1; return c }, "commit {changed} breaks the hash chain"},
		{"its instant", func(c []storage.Commit) []storage.Commit {
			c[changed-1].At = c[changed-1].At.Add(-time.Hour)
			return c
		}, "commit {changed} is earlier than the one before it"},
		{"its id", func(c []storage.Commit) []storage.Commit { c[changed-1].ID = "another"; return c }, "commit {changed} breaks the hash chain"},
		{"a commit is dropped", func(c []storage.Commit) []storage.Commit {
			return slices.Delete(c, changed-1, changed)
		}, "commit {after} follows commit {before}"},
		{"the first one is dropped", func(c []storage.Commit) []storage.Commit { return c[1:] }, "commit 2 follows commit 0"},
		{"the last one is dropped", func(c []storage.Commit) []storage.Commit { return c[:head-1] }, ""},
		{"everything is dropped", func([]storage.Commit) []storage.Commit { return nil }, ""},
		{"two commits change places", func(c []storage.Commit) []storage.Commit {
			c[changed-1], c[changed] = c[changed], c[changed-1]
			return c
		}, "commit {after} follows commit {before}"},
		{"a commit comes twice", func(c []storage.Commit) []storage.Commit {
			return slices.Insert(c, changed, c[changed-1])
		}, "commit {changed} follows commit {changed}"},
		{"all hashes are made anew upon a lie", func(c []storage.Commit) []storage.Commit {
			after := line(&c[changed-1]).After.(relationship.Member)
			after.Set = after.Set.Union(permset.MustNames(crm.ContactsExport))
			line(&c[changed-1]).After = after
			return resealed(t, c)
		}, "member \"lumen\" \"bob\" is not what the log leaves"},
		{"a name that somebody had", func(c []storage.Commit) []storage.Commit {
			rename := func(record relationship.Record) relationship.Record {
				user := record.(relationship.User)
				user.Name = "Roberta"
				return user
			}
			robert := &c[changed].Events[0].Lines[0]
			robert.After = rename(robert.After)
			bobby := &c[changed+1].Events[0].Lines[0]
			bobby.Before = rename(bobby.Before)
			return c
		}, "commit {after}"},
	} {
		t.Run(tampering.name, func(t *testing.T) {
			found, err := verifyTampered(t, w, &tamperedStore{log: tampering.log})
			require.ErrorIs(t, err, access.ErrCorrupt)
			require.NotEmpty(t, found.Faults)
			number := strings.NewReplacer("{changed}", strconv.Itoa(changed), "{before}", strconv.Itoa(changed-1), "{after}", strconv.Itoa(changed+1), "{head}", strconv.Itoa(head))
			require.Contains(t, found.Faults[0], number.Replace(tampering.first))
			require.ErrorContains(t, err, found.Faults[0])
		})
	}
}

// TestLOG1_VerifyFindsAChangedState: the state is what the log leaves.
func TestLOG1_VerifyFindsAChangedState(t *testing.T) {
	w := verifyWorld(t)
	bob := w.Member(accesstest.Client, "bob")
	grown := bob
	grown.Set = grown.Set.Union(permset.MustNames(crm.ContactsExport))
	for name, records := range map[string]map[relationship.Key]relationship.Record{
		`member "lumen" "bob" is not what the log leaves`: {bob.Key(): grown},
		`member "lumen" "bob" is missing`:                 {bob.Key(): nil},
	} {
		found, err := verifyTampered(t, w, &tamperedStore{records: records})
		require.ErrorIs(t, err, access.ErrCorrupt)
		require.Contains(t, found.Faults, name)
	}
}

// TestLOG1_VerifyCountsAndPassesErrorsOn: what could not be read is no fault.
func TestLOG1_VerifyCountsAndPassesErrorsOn(t *testing.T) {
	w := verifyWorld(t)
	found, err := w.Manager.Verify(t.Context())
	require.NoError(t, err)
	revision := w.Store.Snapshot().Revision()
	require.Equal(t, revision, found.Revision)
	require.Equal(t, int(revision), found.Commits)
	require.GreaterOrEqual(t, found.Events, found.Commits)
	records := 0
	for _, n := range w.Manager.Stats().Records {
		records += n
	}
	require.Equal(t, records, found.Records)

	broken := errors.New("the disk is gone")
	_, err = verifyTampered(t, w, &tamperedStore{broken: broken})
	require.ErrorIs(t, err, broken)
	require.NotErrorIs(t, err, access.ErrCorrupt)
}
