package memdb_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/bolt"
	"github.com/clientaccess/clientaccess/storage/memdb"
	"github.com/clientaccess/clientaccess/storage/storagetest"
)

// counted counts how often a journal is committed to.
type counted struct {
	storage.Journal
	mu      sync.Mutex
	batches []int
}

func (j *counted) Commit(ctx context.Context, after storage.Head, run func([]storage.Commit) ([]storage.Commit, error)) error {
	return j.Journal.Commit(ctx, after, func(missed []storage.Commit) ([]storage.Commit, error) {
		batch, err := run(missed)
		j.mu.Lock()
		defer j.mu.Unlock()
		j.batches = append(j.batches, len(batch))
		return batch, err
	})
}

// Changes that wait at the same time are written together, and each gets its
// own answer.
func TestOpen_GroupsWhatWaits(t *testing.T) {
	journal, err := bolt.Open(filepath.Join(t.TempDir(), "access.db"))
	require.NoError(t, err)
	counting := &counted{Journal: journal}
	store, err := memdb.Open(context.Background(), counting)
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()

	const changes = 200
	odd := errors.New("an odd number")
	var together sync.WaitGroup
	revisions := make([]storage.Revision, changes)
	for i := range changes {
		together.Go(func() {
			revision, err := store.Update(context.Background(), func(tx storage.Tx) error {
				lumen, _ := storage.Get[relationship.Client](tx, relationship.ClientKey("lumen"))
				lumen.ID, lumen.Name, lumen.SuperAdmins = "lumen", "Lumen", lumen.SuperAdmins+1
				if err := tx.Put(lumen); err != nil {
					return err
				}
				if i%2 == 1 {
					return odd // after it has written something
				}
				return tx.Log(relationship.Event{Change: "Count", Actor: relationship.Actor{Kind: relationship.ByHost}})
			})
			if i%2 == 1 {
				if !errors.Is(err, odd) || revision != 0 {
					t.Errorf("change %d: %v at revision %d", i, err, revision)
				}
				return
			}
			if err != nil {
				t.Errorf("change %d: %v", i, err)
			}
			revisions[i] = revision
		})
	}
	together.Wait()
	lumen, _ := storage.Get[relationship.Client](store.Snapshot(), relationship.ClientKey("lumen"))
	require.Equal(t, changes/2, lumen.SuperAdmins)
	seen := map[storage.Revision]bool{}
	for i, revision := range revisions {
		if i%2 == 0 {
			require.False(t, seen[revision], "two changes with one revision")
			seen[revision] = true
		}
	}
	t.Logf("%d changes in %d batches: %v", changes, len(counting.batches), counting.batches)
	require.Less(t, len(counting.batches), changes)
}

// What a journal cannot vouch for is no store.
func TestOpen_RefusesWhatTheJournalHoldsTwice(t *testing.T) {
	ann := func(id relationship.UserID) relationship.Record {
		user, err := relationship.NewUser(id, "Ann", "ann@northwind.example", relationship.Digest{1})
		require.NoError(t, err)
		return user
	}
	for name, records := range map[string][]relationship.Record{
		"one address, two users": {ann("ann"), ann("anna")},
		"not to be stored":       {relationship.Client{ID: "lumen"}},
	} {
		_, err := memdb.Open(context.Background(), loading{records: records})
		require.ErrorIs(t, err, storage.ErrCorrupt, name)
	}
}

// loading is a journal that is only loaded.
type loading struct {
	storage.Journal
	records []relationship.Record
}

func (loading) ID() string { return "loading" }

func (l loading) Load(_ context.Context, record func(relationship.Record) error) (storage.Head, error) {
	for _, r := range l.records {
		if err := record(r); err != nil {
			return storage.Head{}, err
		}
	}
	return storage.Head{}, nil
}

// gated is a journal in which nobody gets the turn before it is opened.
type gated struct {
	storage.Journal
	gate chan struct{}
}

func (j *gated) Commit(ctx context.Context, after storage.Head, run func([]storage.Commit) ([]storage.Commit, error)) error {
	<-j.gate
	return j.Journal.Commit(ctx, after, run)
}

// Whoever comes while the turn is waited for is written in that turn, too.
func TestOpen_TakesAlongWhoComesWhileItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &counted{Journal: storagetest.NewShared().Open()}
		gate := make(chan struct{})
		store, err := memdb.Open(context.Background(), &gated{counting, gate})
		require.NoError(t, err)
		var together sync.WaitGroup
		for range 10 {
			together.Go(func() {
				_, err := store.Update(context.Background(), func(tx storage.Tx) error {
					return errors.Join(tx.Put(relationship.Client{ID: "lumen", Name: rand.Text()}),
						tx.Log(relationship.Event{Change: "Name", Actor: relationship.Actor{Kind: relationship.ByHost}}))
				})
				assert.NoError(t, err)
			})
			synctest.Wait() // the first waits for its turn, and each after it behind it
		}
		close(gate)
		together.Wait()
		require.Equal(t, []int{10}, counting.batches)
		require.NoError(t, store.Close())
	})
}

// Whoever comes first is written first, also where not all fit into one batch.
func TestOpen_InTheOrderInWhichTheyCome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		journal := storagetest.NewShared().Open()
		counting := &counted{Journal: journal}
		gate := make(chan struct{})
		store, err := memdb.Open(context.Background(), &gated{counting, gate})
		require.NoError(t, err)
		var together sync.WaitGroup
		var came []string
		for i := range 600 {
			name := fmt.Sprint("change ", i)
			came = append(came, name)
			together.Go(func() {
				revision, err := store.Update(context.Background(), func(tx storage.Tx) error {
					return errors.Join(tx.Put(relationship.Client{ID: "lumen", Name: name}),
						tx.Log(relationship.Event{Change: name, Actor: relationship.Actor{Kind: relationship.ByHost}}))
				})
				assert.NoError(t, err)
				assert.Equal(t, storage.Revision(i+1), revision)
			})
			synctest.Wait()
		}
		close(gate)
		together.Wait()
		var written []string
		for commit, err := range store.Changes(t.Context(), 0) {
			require.NoError(t, err)
			written = append(written, commit.Events[0].Change)
		}
		require.Equal(t, came, written)
		require.Equal(t, []int{256, 256, 88}, counting.batches)
		require.NoError(t, store.Close())
	})
}
