package storage_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// encoded is a commit with everything in it, and its written form.
func encoded(t testing.TB) (storage.Commit, []byte) {
	t.Helper()
	at := time.Date(2026, time.March, 2, 9, 0, 0, 123000, time.UTC)
	member := relationship.Member{
		Client: "lumen", User: "bob", Role: relationship.Standard, Manager: "northwind",
		Set: permset.MustNames("reports.view"), Since: at, TermFrom: at,
	}
	ended := member
	ended.Deactivated = relationship.ClientSide
	commit := storage.Commit{Revision: 7, ID: "commit seven", At: at, Events: []relationship.Event{{
		Change: "DeactivateMember", Actor: relationship.Actor{Kind: relationship.ByClientSide, User: "carla"},
		At: at, Reason: "spring \"cleaning\"", Call: "call",
		Lines: []relationship.Line{
			{Before: member, After: ended}, {After: relationship.Client{ID: "tern", Name: "Tern"}}, {Before: member},
		},
		Notifications: []relationship.Notification{{Kind: relationship.NotifyDeclined, To: "ann", Partner: "northwind", Client: "lumen"}},
	}}}
	chain, err := storage.Seal(relationship.Digest{1}, commit)
	require.NoError(t, err)
	commit.Chain = chain
	text, err := storage.EncodeCommit(commit)
	require.NoError(t, err)
	return commit, text
}

func TestCodec_ReadsWhatItWrote(t *testing.T) {
	commit, text := encoded(t)
	read, err := storage.DecodeCommit(text)
	require.NoError(t, err)
	require.Equal(t, commit, read)
	chain, err := storage.Seal(relationship.Digest{1}, read)
	require.NoError(t, err)
	require.Equal(t, commit.Chain, chain)
}

func TestCodec_RefusesWhatItDidNotWrite(t *testing.T) {
	_, text := encoded(t)
	for name, altered := range map[string]string{
		"nothing":             "",
		"more behind it":      string(text) + "{}",
		"a brace behind it":   string(text) + "}",
		"an unknown field":    `{"host":true,` + string(text)[1:],
		"a line about nobody": `{"revision":1,"id":"x","at":"2026-03-02T09:00:00Z","events":[{"lines":[{}]}],"chain":"` + relationship.Digest{}.String() + `"}`,
		"an unknown record":   `{"revision":1,"id":"x","at":"2026-03-02T09:00:00Z","events":[{"lines":[{"after":{"kind":"x","body":{}}}]}],"chain":"` + relationship.Digest{}.String() + `"}`,
	} {
		_, err := storage.DecodeCommit([]byte(altered))
		require.Error(t, err, name)
	}
}

func FuzzDecodeCommit(f *testing.F) {
	_, text := encoded(f)
	f.Add(text)
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		commit, err := storage.DecodeCommit(text)
		if err != nil {
			return
		}
		again, err := storage.EncodeCommit(commit)
		if err != nil {
			return // an instant that JSON does not write
		}
		read, err := storage.DecodeCommit(again)
		require.NoError(t, err)
		require.Equal(t, commit, read)
	})
}
