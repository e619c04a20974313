package storagetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// same fails with a readable difference.
func same(t require.TestingT, want, got any, explain ...any) {
	byValue := cmp.Comparer(func(a, b relationship.Record) bool { return a == b })
	if diff := cmp.Diff(want, got, byValue, cmpopts.EquateEmpty()); diff != "" {
		require.Fail(t, "(-want +got):\n"+diff, explain...)
	}
}

// sameKeys is same for long lists of keys, of which there are many.
func sameKeys(t require.TestingT, want, got []relationship.Key, explain ...any) {
	if !slices.Equal(want, got) {
		same(t, want, got, explain...)
	}
}

// lines is the lines of an event as one text each, for a readable difference.
func lines(changed []relationship.Line) []string {
	texts := make([]string, len(changed))
	for i, line := range changed {
		texts[i] = fmt.Sprintf("%s: %s -> %s", line.Key(), summary(line.Before), summary(line.After))
	}
	return texts
}

func summary(record relationship.Record) string {
	switch noun := record.(type) {
	case nil:
		return "nothing"
	case relationship.Client:
		return fmt.Sprint(noun.SuperAdmins)
	}
	return record.Summary()
}

// unchanged returns a check that the store shows exactly what it shows now,
// and has logged nothing since.
func unchanged(t *testing.T, store storage.Store) func() {
	t.Helper()
	before := store.Snapshot()
	want := content(before)
	return func() {
		t.Helper()
		now := store.Snapshot()
		require.Equal(t, before.Revision(), now.Revision())
		require.Equal(t, before.At(), now.At())
		same(t, want, content(now))
		require.Empty(t, commits(t, store, before.Revision()))
	}
}

// hold keeps a change open, that changes nothing, until release is called.
func hold(t *testing.T, store storage.Store) (release func()) {
	begun, end, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	var once sync.Once
	go func() {
		_, err := store.Update(context.Background(), func(storage.Tx) error {
			once.Do(func() { close(begun) })
			<-end
			return nil
		})
		done <- err
	}()
	release = sync.OnceFunc(func() {
		close(end)
		require.NoError(t, <-done)
	})
	t.Cleanup(release)
	soon(t, begun)
	return release
}

// soon waits for a channel to be closed or to give something.
func soon[T any](t *testing.T, channel <-chan T) T {
	t.Helper()
	select {
	case value := <-channel:
		return value
	case <-time.After(patience):
		require.Fail(t, "it never happened")
		panic("unreachable")
	}
}
