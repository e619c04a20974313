package storagetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var draftTests = []test{
	{"a draft is a change that nobody ever sees", draftUnseen},
	{"a draft has the rules of a change", draftRules},
	{"a draft takes no lock", draftNoLock},
	{"a draft works upon its own snapshot", draftOfTheOld},
	{"many drafts at once do not see each other", draftsAtOnce},
}

func draftUnseen(t *testing.T, store storage.Store) {
	commit(t, store, numbered("lumen", 1), client("aster"), user("ann", "ann@northwind.example"))
	snapshot := store.Snapshot()
	check := unchanged(t, store)
	draft := snapshot.Draft()
	require.NoError(t, writeMuch(draft))
	require.Equal(t, 3, number(draft, "lumen"))
	require.Len(t, content(draft), 6)
	require.Equal(t, 1, number(snapshot, "lumen"))
	require.Len(t, content(snapshot), 3)
	check()
	update(t, store, func(tx storage.Tx) error {
		require.Equal(t, 1, number(tx, "lumen"))
		return nil
	})
	require.Equal(t, 1, number(snapshot.Draft(), "lumen"))
	commit(t, store, numbered("lumen", 7))
	require.Equal(t, 3, number(draft, "lumen"), "and it stays good while others commit")
	require.NoError(t, draft.Put(numbered("lumen", 4)))
	require.Equal(t, 4, number(draft, "lumen"))
	require.Equal(t, 7, number(store.Snapshot(), "lumen"))
	verify(t, commits(t, store, 0))
}

func draftRules(t *testing.T, store storage.Store) {
	commit(t, store, user("ann", "ann@northwind.example"), partner("northwind", "northwind.example"), numbered("lumen", 1))
	draft := store.Snapshot().Draft()
	require.Equal(t, storage.Revision(1), draft.Revision())
	require.Equal(t, start, draft.At())
	conflicts(t, draft.Put(user("bob", "ann@northwind.example")), storage.ByEmail, userKey("bob"), userKey("ann"))
	conflicts(t, draft.Put(partner("umbra", "northwind.example")), storage.ByDomain, partnerKey("umbra"), partnerKey("northwind"))
	var field *relationship.FieldError
	require.ErrorAs(t, draft.Put(relationship.Client{}), &field)
	require.ErrorIs(t, draft.Delete(clientKey("aster")), storage.ErrNotFound)
	require.Empty(t, draft.Changed())
	require.NoError(t, errors.Join(draft.Put(numbered("lumen", 2)), draft.Put(numbered("lumen", 3)), draft.Delete(userKey("ann"))))
	require.Len(t, draft.Changed(), 2)
	require.NoError(t, draft.Log(event("Write")))
	require.Empty(t, draft.Changed())
	require.NoError(t, draft.Put(user("bob", "ann@northwind.example")))
	same(t, []relationship.Line{{After: user("bob", "ann@northwind.example")}}, draft.Changed())
}

func draftNoLock(t *testing.T, store storage.Store) {
	commit(t, store, numbered("lumen", 1), client("aster"), user("ann", "ann@northwind.example"))
	release := hold(t, store)
	previewed := make(chan error, 1)
	go func() { previewed <- writeMuch(store.Snapshot().Draft()) }()
	require.NoError(t, soon(t, previewed))
	release()
	// And a draft that is left open keeps nobody out.
	draft := store.Snapshot().Draft()
	require.NoError(t, writeMuch(draft))
	commit(t, store, numbered("lumen", 2))
}

func draftOfTheOld(t *testing.T, store storage.Store) {
	commit(t, store, numbered("lumen", 1), user("ann", "ann@northwind.example"))
	old := store.Snapshot()
	commit(t, store, numbered("lumen", 2), user("ann", "new@northwind.example"), client("aster"))
	draft := old.Draft()
	require.Equal(t, 1, number(draft, "lumen"))
	require.ErrorIs(t, draft.Delete(clientKey("aster")), storage.ErrNotFound)
	require.NoError(t, draft.Put(user("bob", "new@northwind.example")))
	conflicts(t, draft.Put(user("bob", "ann@northwind.example")), storage.ByEmail, userKey("bob"), userKey("ann"))
	require.NoError(t, draft.Put(numbered("lumen", 9)))
	same(t, []string{`client "lumen": 1 -> 9`}, lines(draft.Changed())[1:])
}

func draftsAtOnce(t *testing.T, store storage.Store) {
	for i := range 20 {
		commit(t, store, numbered(fmt.Sprint(i), i))
	}
	snapshot := store.Snapshot()
	var previews sync.WaitGroup
	for i := range 8 {
		previews.Go(func() {
			draft := snapshot.Draft()
			for j := range 50 {
				assert.NoError(t, draft.Put(numbered(fmt.Sprint(i, " ", j), j)))
				assert.NoError(t, draft.Put(numbered("0", i)))
			}
			assert.Equal(t, i, number(draft, "0"))
			assert.Len(t, content(draft), 70)
		})
	}
	for i := range 20 {
		commit(t, store, numbered(fmt.Sprint(i), 100+i))
	}
	previews.Wait()
	require.Len(t, content(snapshot), 20)
	require.Equal(t, 100, number(store.Snapshot(), "0"))
}
