package storage_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

func TestORG5_WithoutTakesThePersonOutAndNothingElse(t *testing.T) {
	person := func(id relationship.UserID, name string) relationship.User {
		user, err := relationship.NewUser(id, name, string(id)+"@northwind.example", relationship.Digest{1})
		require.NoError(t, err)
		return user
	}
	ann, anna, bob := person("ann", "Ann"), person("ann", "Anna"), person("bob", "Bob")
	lumen := relationship.Client{ID: "ann", Name: "Ann Ltd"}
	commit := func() storage.Commit {
		return storage.Commit{Revision: 7, ID: "seven", Events: []relationship.Event{
			{Change: "one", Lines: []relationship.Line{{Before: ann, After: anna}, {After: bob}, {Before: lumen}}},
			{Change: "two", Lines: []relationship.Line{{Before: anna, After: anna.Erase()}}},
		}}
	}
	given := commit()
	require.Equal(t, []relationship.UserID{"ann"}, given.Erased())
	without, had := given.Without(given.Erased()...)
	require.True(t, had)
	want := commit()
	want.Events[0].Lines[0] = relationship.Line{Before: ann.Erase(), After: anna.Erase()}
	want.Events[1].Lines[0].Before = anna.Erase()
	require.Equal(t, want, without)
	require.Equal(t, commit(), given, "it is not changed itself")

	again, had := without.Without("ann")
	require.False(t, had, "there is nothing left to take out")
	require.Equal(t, without, again)
	_, had = given.Without("carla")
	require.False(t, had)
	_, had = given.Without()
	require.False(t, had)
	require.Empty(t, storage.Commit{Events: []relationship.Event{{Lines: []relationship.Line{{Before: anna.Erase()}, {After: bob}}}}}.Erased())
}
