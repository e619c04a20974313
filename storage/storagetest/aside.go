package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/storage"
)

var asideTests = []test{
	{"a note is kept until it is deleted", noteKept},
	{"notes are outside of revisions and log", noteOutside},
	{"an error or a panic takes everything back", noteRollback},
	{"a scan finds the keys with the prefix, in order", noteScan},
	{"a key is text, not empty and without U+0000", noteKeys},
	{"no increment of a note is lost", noteRace},
}

// aside runs a change of the notes that has to succeed.
func aside(t require.TestingT, store storage.Store, run func(storage.Aside) error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	require.NoError(t, store.Aside(ctx, run))
}

// notes reads the notes whose key has the prefix.
func notes(t require.TestingT, store storage.Store, prefix string) map[string]string {
	var all map[string]string
	aside(t, store, func(aside storage.Aside) error {
		all = map[string]string{}
		for key, note := range aside.Scan(prefix) {
			all[key] = string(note)
		}
		return nil
	})
	return all
}

func noteKept(t *testing.T, store storage.Store) {
	content := []byte("one")
	aside(t, store, func(aside storage.Aside) error {
		_, found := aside.Get("key")
		require.False(t, found)
		copy(content, "one")
		require.NoError(t, aside.Put("key", content))
		copy(content, "two") // the slice is the caller's again
		note, found := aside.Get("key")
		require.True(t, found)
		require.Equal(t, "one", string(note))
		return errors.Join(aside.Put("empty", nil), aside.Put("bytes", []byte{0, 255, 0}))
	})
	require.Equal(t, map[string]string{"key": "one", "empty": "", "bytes": "\x00\xff\x00"}, notes(t, store, ""))
	aside(t, store, func(aside storage.Aside) error {
		note, found := aside.Get("empty")
		require.True(t, found)
		require.Empty(t, note)
		require.NoError(t, errors.Join(aside.Put("key", []byte("three")), aside.Delete("empty"), aside.Delete("nothing")))
		_, found = aside.Get("empty")
		require.False(t, found)
		return nil
	})
	require.Equal(t, map[string]string{"key": "three", "bytes": "\x00\xff\x00"}, notes(t, store, ""))
}

func noteOutside(t *testing.T, store storage.Store) {
	commit(t, store, client("lumen"))
	check := unchanged(t, store)
	for i := range 10 {
		aside(t, store, func(aside storage.Aside) error { return aside.Put("lumen", []byte{byte(i)}) })
	}
	check()
	commit(t, store, client("aster"))
	verify(t, commits(t, store, 0))
	require.Equal(t, map[string]string{"lumen": "\x09"}, notes(t, store, ""))
}

func noteRollback(t *testing.T, store storage.Store) {
	want := map[string]string{"a": "1", "b": "2"}
	aside(t, store, func(aside storage.Aside) error {
		return errors.Join(aside.Put("a", []byte("1")), aside.Put("b", []byte("2")))
	})
	errNo := errors.New("no")
	spoil := func(aside storage.Aside) error {
		return errors.Join(aside.Put("a", []byte("9")), aside.Delete("b"), aside.Put("c", []byte("9")))
	}
	err := store.Aside(context.Background(), func(aside storage.Aside) error { return errors.Join(spoil(aside), errNo) })
	require.ErrorIs(t, err, errNo)
	require.Equal(t, want, notes(t, store, ""))
	require.PanicsWithValue(t, "a bug", func() {
		_ = store.Aside(context.Background(), func(aside storage.Aside) error {
			require.NoError(t, spoil(aside))
			panic("a bug")
		})
	})
	require.Equal(t, want, notes(t, store, ""))
	commit(t, store, client("lumen"))
}

func noteScan(t *testing.T, store storage.Store) {
	aside(t, store, func(aside storage.Aside) error {
		for _, key := range hostile {
			if err := aside.Put(key, []byte(strings.ToUpper(key))); err != nil {
				return err
			}
		}
		return nil
	})
	sorted := slices.Sorted(slices.Values(hostile))
	aside(t, store, func(aside storage.Aside) error {
		for _, prefix := range append([]string{"", "no such prefix", "a\x02"}, hostile...) {
			want := slices.DeleteFunc(slices.Clone(sorted), func(key string) bool { return !strings.HasPrefix(key, prefix) })
			for range 2 { // a sequence can be run over again
				got := make([]string, 0, len(want))
				for key, note := range aside.Scan(prefix) {
					require.Equal(t, strings.ToUpper(key), string(note))
					got = append(got, key)
				}
				require.Equal(t, want, got, "%q", prefix)
			}
		}
		for range aside.Scan("") {
			break
		}
		// A run shows where it began.
		for key := range aside.Scan("a") {
			if err := errors.Join(aside.Delete(key), aside.Put(key+"+", nil)); err != nil {
				return err
			}
		}
		for key := range aside.Scan("a") {
			require.True(t, strings.HasSuffix(key, "+"), "%q", key)
		}
		return nil
	})
	require.Len(t, notes(t, store, ""), len(hostile))
}

func noteKeys(t *testing.T, store storage.Store) {
	for _, key := range []string{"", "\x00", "a\x00", "a\x00b", "\xff", "a\xc3"} {
		require.Error(t, store.Aside(context.Background(), func(aside storage.Aside) error {
			return errors.Join(aside.Put("other", nil), aside.Put(key, nil))
		}), "%q", key)
	}
	require.Empty(t, notes(t, store, ""))
}

func noteRace(t *testing.T, store storage.Store) {
	const writers, each = 4, 25
	var racers sync.WaitGroup
	for range writers {
		racers.Go(func() {
			for range each {
				assert.NoError(t, store.Aside(context.Background(), func(aside storage.Aside) error {
					note, _ := aside.Get("count")
					count := 0
					if len(note) > 0 {
						if _, err := fmt.Sscan(string(note), &count); err != nil {
							return err
						}
					}
					return aside.Put("count", fmt.Append(nil, count+1))
				}))
			}
		})
	}
	racers.Wait()
	require.Equal(t, map[string]string{"count": fmt.Sprint(writers * each)}, notes(t, store, ""))
}
