package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

var start = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// following makes the commit behind one that writes records, and deletes those
// of keys.
func following(t require.TestingT, head storage.Head, records []relationship.Record, gone ...relationship.Record) storage.Commit {
	var lines []relationship.Line
	for _, record := range records {
		lines = append(lines, relationship.Line{After: record})
	}
	for _, record := range gone {
		lines = append(lines, relationship.Line{Before: record})
	}
	return ofLines(t, head, lines)
}

func ofLines(t require.TestingT, head storage.Head, lines []relationship.Line) storage.Commit {
	event := relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}, At: start, Lines: lines}
	commit := storage.Commit{Revision: head.Revision + 1, ID: rand.Text(), At: start, Events: []relationship.Event{event}}
	chain, err := storage.Seal(head.Chain, commit)
	require.NoError(t, err)
	commit.Chain = chain
	return commit
}

// write commits records behind whatever is there.
func write(ctx context.Context, t require.TestingT, journal storage.Journal, records ...relationship.Record) error {
	return journal.Commit(ctx, storage.Head{}, func(missed []storage.Commit) ([]storage.Commit, error) {
		return []storage.Commit{following(t, headOf(missed), records)}, nil
	})
}

func headOf(commits []storage.Commit) (head storage.Head) {
	for _, last := range commits {
		head = storage.Head{Revision: last.Revision, At: last.At, Chain: last.Chain}
	}
	return head
}

// all reads a feed to its end, and checks that it is one history.
func all(t testing.TB, journal storage.Journal, after storage.Head) []storage.Commit {
	t.Helper()
	var commits []storage.Commit
	for commit, err := range journal.Changes(context.Background(), after) {
		require.NoError(t, err)
		require.Equal(t, after.Revision+1, commit.Revision)
		chain, err := storage.Seal(after.Chain, commit)
		require.NoError(t, err)
		require.Equal(t, chain, commit.Chain)
		commits = append(commits, commit)
		after = headOf(commits[len(commits)-1:])
	}
	return commits
}

// load reads all records.
func load(t testing.TB, journal storage.Journal) map[relationship.Key]relationship.Record {
	t.Helper()
	records := map[relationship.Key]relationship.Record{}
	_, err := journal.Load(context.Background(), func(record relationship.Record) error {
		records[record.Key()] = record
		return nil
	})
	require.NoError(t, err)
	return records
}

func client(id string) relationship.Client {
	return relationship.Client{ID: relationship.ClientID(id), Name: "A Client"}
}

func user(t require.TestingT, id string) relationship.User {
	user, err := relationship.NewUser(relationship.UserID(id), "A Name", id+"@northwind.example", relationship.Digest{1})
	require.NoError(t, err)
	return user
}

func member(client, user string) relationship.Member {
	return relationship.Member{
		Client: relationship.ClientID(client), User: relationship.UserID(user),
		Role: relationship.Standard, Since: start, TermFrom: start,
	}
}

// build makes an engine over a journal; whoever closes the journal closes it.
func build(t testing.TB, journal storage.Journal) *memdb.Store {
	t.Helper()
	store, err := memdb.Open(context.Background(), journal)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	return store
}

// count adds one to what a client counts.
func count(ctx context.Context, store storage.Store, id string) error {
	_, err := store.Update(ctx, func(tx storage.Tx) error {
		counted, found := storage.Get[relationship.Client](tx, relationship.ClientKey(relationship.ClientID(id)))
		if !found {
			counted = client(id)
		}
		counted.SuperAdmins++
		return errors.Join(tx.Put(counted), tx.Log(relationship.Event{
			Change: "Count", Actor: relationship.Actor{Kind: relationship.ByHost}, At: start,
		}))
	})
	return err
}

func counted(t testing.TB, journal storage.Journal, id string) int {
	t.Helper()
	found, _ := load(t, journal)[relationship.ClientKey(relationship.ClientID(id))].(relationship.Client)
	return found.SuperAdmins
}
