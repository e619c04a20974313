package bolt_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/bolt"
)

// damages is how many damaged files are tried; CLIENTACCESS_FULL tries more.
func damages() int {
	if os.Getenv("CLIENTACCESS_FULL") != "" {
		return 1000
	}
	return 60
}

// A damaged file changes no record, or is reported when it is opened or when
// its log is walked.
func TestDamage_IsReportedOrChangesNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "access.db")
	store := openStore(t, path)
	members := rand.New(rand.NewPCG(7, 8))
	for i := range 200 {
		write(t, store, fmt.Sprintf("client-%03d", i))
		_, err := store.Update(context.Background(), func(tx storage.Tx) error {
			for m := range 3 {
				client, user := fmt.Sprintf("client-%03d", i/50), fmt.Sprintf("user-%03d", (i*3+m)*7%500)
				require.NoError(t, tx.Put(someMember(members, client, user)))
			}
			return tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}})
		})
		require.NoError(t, err)
		if i%3 == 0 {
			write(t, store, fmt.Sprintf("client-%03d", i/2))
		}
		require.NoError(t, store.Aside(context.Background(), func(notes storage.Aside) error {
			return notes.Put(fmt.Sprintf("note-%d", i%7), []byte{byte(i)})
		}))
	}
	want := records(store.Snapshot())
	require.NoError(t, store.Close())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)

	random := rand.New(rand.NewPCG(1, 2))
	onOpen, onWalk, without := 0, 0, 0
	for i := range damages() {
		damaged := append([]byte(nil), whole...)
		what := ""
		if i%5 == 4 {
			size := random.IntN(len(damaged))
			damaged, what = damaged[:size], fmt.Sprintf("cut to %d bytes", size)
		} else {
			at, bit := random.IntN(len(damaged)), random.IntN(8)
			damaged[at] ^= 1 << bit
			what = fmt.Sprintf("bit %d of byte %d", bit, at)
		}
		hurt := filepath.Join(folder, fmt.Sprintf("damaged-%d.db", i))
		require.NoError(t, os.WriteFile(hurt, damaged, 0o600))
		got, errOpen, errWalk := readAll(hurt)
		switch {
		case errOpen != nil:
			onOpen++
		case errWalk != nil:
			onWalk++
		default:
			require.True(t, maps.Equal(want, got), "%s changed a record, and nobody said so", what)
			without++
		}
		require.NoError(t, os.Remove(hurt))
	}
	t.Logf("%d damaged files: %d reported when opened, %d when walked, %d without effect", damages(), onOpen, onWalk, without)
	require.Positive(t, onOpen)
}

func records(r storage.Reader) map[relationship.Key]relationship.Record {
	all := map[relationship.Key]relationship.Record{}
	for _, kind := range relationship.Kinds() {
		for record := range r.All(kind, relationship.Key{}) {
			all[record.Key()] = record
		}
	}
	return all
}

// readAll opens a file, and walks its log as Verify does.
func readAll(path string) (got map[relationship.Key]relationship.Record, errOpen, errWalk error) {
	journal, err := bolt.Open(path)
	if err != nil {
		return nil, err, nil
	}
	store, err := engine(context.Background(), journal)
	if err != nil {
		_ = journal.Close()
		return nil, err, nil
	}
	defer func() { _ = store.Close() }()
	var last storage.Commit
	for commit, err := range store.Changes(context.Background(), 0) {
		if err != nil {
			return nil, nil, err
		}
		chain, err := storage.Seal(last.Chain, commit)
		if err != nil {
			return nil, nil, err
		}
		if chain != commit.Chain {
			return nil, nil, fmt.Errorf("commit %d breaks the chain", commit.Revision)
		}
		last = commit
	}
	return records(store.Snapshot()), nil, nil
}
