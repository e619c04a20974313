package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// A key covers all items of a call, not those of a chunk: a call that begins
// alike and is longer, or shorter, is another one.
func TestPLAN4_AKeyCoversAllChunks(t *testing.T) {
	const n = 2100
	w, users := eachWorld(t, n)
	call := access.By(accesstest.Admin).Once("spring")
	add := func(first int) access.AddEmployees {
		return access.AddEmployees{Client: accesstest.Client, Employees: users[:first], Template: "support"}
	}
	require.Equal(t, access.Tally{Applied: 1000}, doEach(t, w, call, add(1000)).Tally)
	for _, other := range []int{999, 1001, n} {
		head := w.Store.Snapshot().Revision()
		result, err := w.Manager.DoEach(t.Context(), call, add(other), nil)
		require.ErrorIs(t, err, access.ErrOnce, other)
		require.Equal(t, access.Tally{NotAttempted: other}, result.Tally)
		require.Equal(t, head, w.Store.Snapshot().Revision(), "nothing of another call is done")
	}
	require.Equal(t, access.Tally{Replayed: 1000}, doEach(t, w, call, add(1000)).Tally)
}

// That holds also when the first chunk had nothing to do, and so left no key.
func TestPLAN4_AKeyIsTakenByTheFirstChunkThatDoesSomething(t *testing.T) {
	w, users := eachWorld(t, 1500)
	w.Do(access.By(accesstest.Admin), access.AddEmployees{Client: accesstest.Client, Employees: users[:1000], Template: "support"})
	call := access.By(accesstest.Admin).Once("spring")
	add := access.AddEmployees{Client: accesstest.Client, Employees: users, Template: "support"}
	require.Equal(t, access.Tally{Refused: 1000, Applied: 500}, doEach(t, w, call, add).Tally)
	other := access.RemoveEmployees{Client: accesstest.Client, Employees: users[:3]}
	_, err := w.Manager.DoEach(t.Context(), call, other, nil)
	require.ErrorIs(t, err, access.ErrOnce)
	require.Equal(t, access.Tally{Refused: 1000, Replayed: 500}, doEach(t, w, call, add).Tally)
}

// One key is one call, whichever method makes it.
func TestPLAN4_AKeyIsOneForDoAndDoEach(t *testing.T) {
	w, users := eachWorld(t, 4)
	call := access.By(accesstest.Admin).Once("k")
	add := func(some []relationship.UserID) access.Change {
		return access.AddEmployees{Client: accesstest.Client, Employees: some, Template: "support"}
	}
	w.Do(call, add(users[:2]))
	for _, change := range []access.Change{add(users[:2]), add(users[2:])} {
		result, err := w.Manager.DoEach(t.Context(), call, change, nil)
		require.ErrorIs(t, err, access.ErrOnce)
		require.Equal(t, access.Tally{NotAttempted: 2}, result.Tally)
	}
	call = access.By(accesstest.Admin).Once("other")
	require.Equal(t, access.Tally{Applied: 2}, doEach(t, w, call, add(users[2:])).Tally)
	require.ErrorIs(t, w.Refused(call, add(users[2:])), access.ErrOnce)
	require.ErrorIs(t, w.Refused(call, access.RemoveEmployee{Employee: users[0], All: true}), access.ErrOnce)
}

// What is kept of a call outlives the person whom it was about, in the log: the
// same content under another key is another digest, so that nobody finds out by
// trying names and addresses who does not know the key (ORG-5).
func TestORG5_AKeyHidesItsContent(t *testing.T) {
	kept := map[relationship.Digest]bool{}
	for _, key := range []string{"one", "two"} {
		w := accesstest.New(t)
		w.Do(access.Host().Once(key), access.AddUser{ID: "bob", Name: "Bob", Email: "bob@northwind.example"})
		for once := range storage.As[relationship.Once](w.Store.Snapshot().All(relationship.KindOnce, relationship.Key{})) {
			kept[once.Content] = true
		}
	}
	require.Len(t, kept, 2)
}

// Rows that are there already harm no import, so it needs no key; one that is
// given says that somebody counts on it.
func TestPLAN4_AnImportTakesNoKey(t *testing.T) {
	w := accesstest.New(t)
	rows := func(yield func(access.ImportRow) bool) { t.Error("a row was read") }
	_, err := w.Manager.Import(t.Context(), access.Host().Once("k"), rows, nil)
	require.ErrorIs(t, err, access.ErrInvalid)
}
