package relationship_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
)

func TestPLAN4_AKeyBelongsToWhoeverUsesIt(t *testing.T) {
	seen := map[relationship.Digest]bool{}
	for _, owner := range []relationship.Digest{
		relationship.OnceOwner("ann", "northwind", "k"), relationship.OnceOwner("", "northwind", "k"),
		relationship.OnceOwner("ann", "", "k"), relationship.OnceOwner("ann", "northwind", ""),
		relationship.OnceOwner("", "annnorthwind", "k"), relationship.OnceOwner("an", "nnorthwind", "k"),
		relationship.OnceContent("k", ""), relationship.OnceContent("", "k"),
		relationship.OnceChunk(relationship.OnceOwner("ann", "northwind", "k"), 1),
		relationship.OnceChunk(relationship.OnceOwner("ann", "northwind", "k"), 2),
		relationship.OnceChunk(relationship.OnceOwner("ann", "northwind", "l"), 1),
	} {
		require.False(t, seen[owner])
		seen[owner] = true
	}
	require.Equal(t, relationship.OnceOwner("ann", "northwind", "k"), relationship.OnceOwner("ann", "northwind", "k"))
}

func TestPLAN4_AKeyIsKeptUntilItsEnd(t *testing.T) {
	require.True(t, once.KeptAt(once.Until.Add(-time.Nanosecond)))
	require.False(t, once.KeptAt(once.Until))
	require.False(t, relationship.Once{}.KeptAt(day))
}

func TestPLAN4_WhatIsKeptIsWhole(t *testing.T) {
	for field, spoil := range map[string]func(*relationship.Once){
		"owner":    func(o *relationship.Once) { o.Owner = relationship.Digest{} },
		"content":  func(o *relationship.Once) { o.Content = relationship.Digest{} },
		"revision": func(o *relationship.Once) { o.Revision = 0 },
		"counts":   func(o *relationship.Once) { o.Counts.Skipped = -1 },
		"end":      func(o *relationship.Once) { o.Until = time.Time{} },
	} {
		refused(t, with(once, spoil).Check(), "once", field)
	}
	refused(t, with(once, func(o *relationship.Once) { o.Until = o.Until.Add(time.Nanosecond) }).Check(), "once", "end")
}

func TestORG5_AnErasedUserKeepsIdAndToken(t *testing.T) {
	require.False(t, ann.Erased())
	require.False(t, relationship.User{ID: "ann"}.Erased(), "without a token it is no user")
	erased := ann.Erase()
	require.True(t, erased.Erased())
	require.NoError(t, erased.Check())
	require.Equal(t, relationship.User{ID: ann.ID, Person: ann.Person}, erased)
	require.Equal(t, erased, erased.Erase())
	require.Equal(t, "erased", erased.Summary())
	require.Equal(t, must(relationship.HashRecord(ann)), must(relationship.HashRecord(erased)))
	require.NotEqual(t, must(relationship.HashRecord(ann)), must(relationship.HashRecord(lumen)))
	refused(t, relationship.User{Person: ann.Person}.Check(), "user", "id")
	half := erased
	half.Salt = ann.Salt
	require.Error(t, half.Check(), "half of a person is none")
}
