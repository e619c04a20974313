package storagetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var feedTests = []test{
	{"the feed has every commit behind any revision", feedFromEverywhere},
	{"the feed ends with the newest commit of the time of the call", feedEnds},
	{"a revision that is not there yet is ErrAhead", feedAhead},
	{"the feed can be left at any commit, and heeds its context", feedLeft},
	{"whoever follows the feed while others write misses nothing", feedWhileWriting},
	{"replaying the feed gives the state", replayed},
}

func feedFromEverywhere(t *testing.T, store storage.Store) {
	for i := range 25 {
		commit(t, store, numbered("lumen", i))
	}
	all := commits(t, store, 0)
	verify(t, all)
	for after := range 26 {
		rest := commits(t, store, storage.Revision(after))
		require.Len(t, rest, 25-after)
		for i, commit := range rest {
			require.Equal(t, all[after+i], commit)
		}
	}
}

func feedEnds(t *testing.T, store storage.Store) {
	for i := range 5 {
		commit(t, store, numbered("lumen", i))
	}
	met := 0
	for _, err := range store.Changes(context.Background(), 0) {
		require.NoError(t, err)
		met++
		require.LessOrEqual(t, met, 5)
		commit(t, store, numbered("lumen", 100+met))
	}
	require.Equal(t, 5, met)
	require.Len(t, commits(t, store, 0), 10)
}

func feedAhead(t *testing.T, store storage.Store) {
	commit(t, store, client("lumen"))
	for _, after := range []storage.Revision{2, 3, 1 << 62, ^storage.Revision(0)} {
		met := 0
		for commit, err := range store.Changes(context.Background(), after) {
			require.ErrorIs(t, err, storage.ErrAhead)
			require.Zero(t, commit)
			met++
		}
		require.Equal(t, 1, met, "an error ends the sequence")
	}
}

func feedLeft(t *testing.T, store storage.Store) {
	for i := range 5 {
		commit(t, store, numbered("lumen", i))
	}
	for leave := 1; leave <= 5; leave++ {
		met := 0
		for _, err := range store.Changes(context.Background(), 0) {
			require.NoError(t, err)
			if met++; met == leave {
				break
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var met int
	var failure error
	for _, err := range store.Changes(ctx, 0) {
		if failure = err; err == nil {
			met++
			cancel()
		}
	}
	require.True(t, errors.Is(failure, context.Canceled) || met == 5 && failure == nil,
		"the feed is whole or says that it is not: %d, %v", met, failure)
	failure = nil
	for _, err := range store.Changes(ctx, 0) {
		failure = err
	}
	require.ErrorIs(t, failure, context.Canceled)
}

func feedWhileWriting(t *testing.T, store storage.Store) {
	const writers, each = 2, 50
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var crew sync.WaitGroup
	var logs [3][]storage.Commit
	for i := range logs {
		crew.Go(func() {
			for at := storage.Revision(0); at < writers*each; {
				if !assert.NoError(t, store.Wait(ctx, at+1)) {
					return
				}
				for commit, err := range store.Changes(ctx, at) {
					if !assert.NoError(t, err) || !assert.Equal(t, at+1, commit.Revision) {
						return
					}
					at = commit.Revision
					logs[i] = append(logs[i], commit)
				}
			}
		})
	}
	for i := range writers {
		crew.Go(func() {
			for range each {
				_, err := store.Update(ctx, func(tx storage.Tx) error {
					id := fmt.Sprint("client ", i)
					return errors.Join(tx.Put(numbered(id, number(tx, id)+1)), tx.Log(event("Count")))
				})
				assert.NoError(t, err)
			}
		})
	}
	crew.Wait()
	want := commits(t, store, 0)
	require.Len(t, want, writers*each)
	verify(t, want)
	for _, log := range logs {
		require.Equal(t, want, log)
	}
}

// replay applies a log to plain maps. Each line has to begin at what the
// lines before it left.
func replay(t require.TestingT, log []storage.Commit) map[relationship.Key]relationship.Record {
	state := map[relationship.Key]relationship.Record{}
	for _, commit := range log {
		for _, event := range commit.Events {
			for _, line := range event.Lines {
				key := line.Key()
				require.True(t, state[key] == line.Before, "revision %d, %s: not what it was before", commit.Revision, key)
				require.True(t, line.Before != line.After, "revision %d, %s: a line that says nothing", commit.Revision, key)
				if line.After == nil {
					delete(state, key)
				} else {
					state[key] = line.After
				}
			}
		}
	}
	return state
}

func replayed(t *testing.T, store storage.Store) {
	for i := range 20 {
		commit(t, store, numbered("lumen", i), member("lumen", fmt.Sprint(i%7)), user(fmt.Sprint(i), fmt.Sprintf("u%d@northwind.example", i)))
		if i%3 == 2 {
			remove(t, store, clientKey("lumen"), memberKey("lumen", fmt.Sprint(i%7)), userKey(fmt.Sprint(i-1)))
		}
		same(t, content(store.Snapshot()), replay(t, commits(t, store, 0)))
	}
}
