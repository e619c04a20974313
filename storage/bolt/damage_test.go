package bolt_test

import (
	"bytes"
	"context"
	"encoding/binary"
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

// someFile writes a file of a few hundred pages.
func someFile(t *testing.T) (folder string, whole []byte, want map[relationship.Key]relationship.Record) {
	t.Helper()
	folder = t.TempDir()
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
	want = records(store.Snapshot())
	require.NoError(t, store.Close())
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	return folder, whole, want
}

// A damaged file changes no record, or is reported when it is opened or when
// its log is walked.
func TestDamage_IsReportedOrChangesNothing(t *testing.T) {
	folder, whole, want := someFile(t)
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
			require.NotContains(t, errOpen.Error(), "freepages", "%s was found by bbolt, which goes on reading in a goroutine of its own", what)
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

// A key in a branch leads to a page whose keys begin with it. Where one is
// raised by a bit, what is below lies outside, and bbolt would find it: with a
// panic, while a goroutine of its own goes on reading what is closed by then.
func TestDamage_KeysOfBranchesAreHeldAgainstThoseBelow(t *testing.T) {
	folder, whole, _ := someFile(t)
	order, size := binary.NativeEndian, os.Getpagesize()
	raised := 0
	for page := 2 * size; page+size <= len(whole); page += size {
		head := whole[page:]
		if order.Uint64(head) != uint64(page/size) || order.Uint16(head[8:]) != 0x01 {
			continue // no branch
		}
		for i := range int(order.Uint16(head[10:])) {
			element := page + 16 + i*16
			last := element + int(order.Uint32(whole[element:])) + int(order.Uint32(whole[element+4:])) - 1
			if whole[last] == 0xff {
				continue
			}
			hurt := filepath.Join(folder, "raised.db")
			damaged := bytes.Clone(whole)
			damaged[last]++
			require.NoError(t, os.WriteFile(hurt, damaged, 0o600))
			journal, err := bolt.Open(hurt)
			if err == nil { // a page that is not in use
				require.NoError(t, journal.Close())
				continue
			}
			require.ErrorIs(t, err, storage.ErrCorrupt)
			require.Contains(t, err.Error(), "has a wrong element")
			raised++
		}
	}
	t.Logf("%d raised keys, all reported", raised)
	require.Greater(t, raised, 20)
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
