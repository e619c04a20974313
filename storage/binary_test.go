package storage_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

func TestBinary_ReadsTheCommitThatItWrote(t *testing.T) {
	commit, _ := encoded(t)
	for _, commit := range []storage.Commit{commit, sealed(), {Events: []relationship.Event{}}} {
		written, err := storage.AppendCommit([]byte("before"), commit)
		require.NoError(t, err)
		require.Equal(t, "before", string(written[:6]))
		read, err := storage.ReadCommit(written[6:])
		require.NoError(t, err)
		require.Equal(t, commit, read)
		for size := range written[6:] {
			_, err := storage.ReadCommit(written[6 : 6+size])
			require.Error(t, err, "cut to %d bytes", size)
		}
		_, err = storage.ReadCommit(append(written[6:], 0))
		require.ErrorContains(t, err, "behind its end")
	}
}

func TestBinary_RefusesACommitThatItCannotWrite(t *testing.T) {
	commit := sealed()
	commit.At = day.Add(time.Nanosecond)
	_, err := storage.AppendCommit(nil, commit)
	require.Error(t, err)
}

func FuzzReadCommit(f *testing.F) {
	commit, _ := encoded(f)
	for _, commit := range []storage.Commit{commit, sealed()} {
		written, err := storage.AppendCommit(nil, commit)
		require.NoError(f, err)
		f.Add(written)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		commit, err := storage.ReadCommit(data)
		if err != nil {
			return
		}
		again, err := storage.AppendCommit(nil, commit)
		require.NoError(t, err)
		require.Equal(t, data, again, "there is one way to write a commit")
		text, err := storage.EncodeCommit(commit)
		require.NoError(t, err)
		read, err := storage.DecodeCommit(text)
		require.NoError(t, err)
		chain, err := storage.Seal(relationship.Digest{}, commit)
		require.NoError(t, err)
		again2, err := storage.Seal(relationship.Digest{}, read)
		if err == nil && validTexts(commit) {
			require.Equal(t, chain, again2, "JSON loses nothing that the chain holds")
		}
	})
}

// validTexts reports whether the events of a commit may be stored, so that JSON
// keeps their texts.
func validTexts(commit storage.Commit) bool {
	for _, event := range commit.Events {
		if event.Check() != nil {
			return false
		}
	}
	return relationship.CheckText("commit", "id", commit.ID) == nil
}
