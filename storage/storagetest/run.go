package storagetest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/storage"
)

// patience is how long a test waits for what has to happen. A store that
// keeps its promises never needs it.
const patience = 30 * time.Second

// test is one sentence of the contract. It gets an empty store of its own.
type test struct {
	name string
	run  func(t *testing.T, store storage.Store)
}

// Run runs the suite. open returns a new, empty store each time; what else
// it needs, it puts into t.Cleanup. The suite closes every store.
//
// Each part of the contract is a subtest, so that one can be run alone with
// -run. The model test takes the flags of pgregory.net/rapid.
func Run(t *testing.T, open func(t *testing.T) storage.Store) {
	for _, part := range []struct {
		name  string
		tests []test
	}{
		{"isolation", slices.Concat(snapshotTests, writerTests)},
		{"unique values", uniqueTests},
		{"refused records", refusedTests},
		{"log", slices.Concat(changedTests, logTests)},
		{"commits", commitTests},
		{"change feed", feedTests},
		{"retention", slices.Concat(trimTests, eraseTests, dumpTests)},
		{"wait", waitTests},
		{"order", slices.Concat(orderTests, idTests, dueTests)},
		{"failure", slices.Concat(failureTests, contextTests)},
		{"notes beside the log", asideTests},
		{"drafts", draftTests},
		{"memory", sinceTests},
		{"closing", closeTests},
		{"volume", volumeTests},
	} {
		t.Run(part.name, func(t *testing.T) {
			for _, test := range part.tests {
				t.Run(test.name, func(t *testing.T) { test.run(t, opened(t, open)) })
			}
		})
	}
	t.Run("identity", func(t *testing.T) {
		t.Run("a store has an id that stays and is its own", func(t *testing.T) {
			one, other := opened(t, open), opened(t, open)
			require.NotEmpty(t, one.ID())
			id := one.ID()
			commit(t, one, client("lumen"))
			require.Equal(t, id, one.ID())
			require.NotEqual(t, id, other.ID())
		})
		t.Run("two stores have nothing in common", func(t *testing.T) {
			one, other := opened(t, open), opened(t, open)
			commit(t, one, client("lumen"))
			require.Zero(t, other.Snapshot().Revision())
			require.Empty(t, content(other.Snapshot()))
		})
	})
	t.Run("model", func(t *testing.T) {
		t.Run("any sequence of changes leaves what plain maps have", func(t *testing.T) { checkModel(t, open) })
	})
}

// opened opens a store and closes it when the test is over.
func opened(t *testing.T, open func(t *testing.T) storage.Store) storage.Store {
	t.Helper()
	store := open(t)
	t.Cleanup(func() {
		closed := make(chan error, 1)
		go func() { closed <- store.Close() }()
		require.NoError(t, soon(t, closed))
	})
	require.Zero(t, store.Snapshot().Revision(), "open has to return an empty store")
	return store
}
