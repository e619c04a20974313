package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/bolt"
)

// someMember is a membership of one of few shapes.
func someMember(random *rand.Rand, client, user string) relationship.Member {
	at := time.Date(2026, time.March, 2, 9, random.IntN(3), 0, 0, time.UTC)
	sets := []permset.Names{permset.MustNames("contacts.view"), permset.MustNames("contacts.view", "reports.view"), {}}
	return relationship.Member{
		Client: relationship.ClientID(client), User: relationship.UserID(user), Role: relationship.Standard, Manager: "northwind",
		Set: sets[random.IntN(len(sets))], Linked: random.IntN(2) == 0, Since: at, TermFrom: at,
	}
}

// Memberships come and go, one by one and many at a time, in clients whose ids
// begin alike, until their pieces were cut and emptied many times: what is
// loaded is always what was written, in order, and no piece is too long.
func TestMembers_AreLoadedAsTheyWereWritten(t *testing.T) {
	steps := 150
	if testing.Short() {
		steps = 60
	}
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "access.db")
	random := rand.New(rand.NewPCG(3, 4))
	clients := []string{"a", "ab", "b", "b!", "\u00ff"}
	want := map[relationship.Key]relationship.Record{}
	store := openStore(t, path)
	changes, most, emptied := 0, 0, 0
	for step := range steps {
		_, err := store.Update(ctx, func(tx storage.Tx) error {
			n := []int{1, 1, 3, 40, 400}[random.IntN(5)]
			client := clients[random.IntN(len(clients))]
			clear := random.IntN(6) == 0 // take most of them away
			for range n {
				user := fmt.Sprintf("user-%03d", random.IntN(500))
				key := relationship.MemberKey(relationship.ClientID(client), relationship.UserID(user))
				changes++
				if _, there := want[key]; there && (clear || random.IntN(3) == 0) {
					delete(want, key)
					require.NoError(t, tx.Delete(key))
				} else {
					member := someMember(random, client, user)
					want[key] = member
					require.NoError(t, tx.Put(member))
				}
			}
			if clear {
				for key := range maps.Clone(want) {
					if key.First == client && key.Second > "user-100" {
						changes++
						delete(want, key)
						require.NoError(t, tx.Delete(key))
					}
				}
				emptied++
			}
			return tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}})
		})
		require.NoError(t, err)
		if step%5 != 0 {
			continue
		}
		require.NoError(t, store.Close())
		most = max(most, checkPieces(t, path, want))
		store = openStore(t, path)
		require.True(t, maps.Equal(want, records(store.Snapshot())))
	}
	require.NoError(t, store.Close())
	t.Logf("%d changes, at most %d pieces, %d times most of a client taken away", changes, most, emptied)
	require.Greater(t, most, 12)
	require.Positive(t, emptied)
}

// checkPieces requires of a file that both ways of loading it give what is
// wanted. It returns how many pieces there are.
func checkPieces(t *testing.T, path string, want map[relationship.Key]relationship.Record) int {
	t.Helper()
	journal := open(t, path)
	one := map[relationship.Key]relationship.Record{}
	head, err := journal.Load(context.Background(), func(record relationship.Record) error {
		one[record.Key()] = record
		return nil
	})
	require.NoError(t, err)
	require.True(t, maps.Equal(want, one))
	var last relationship.Key
	pieces, many := 0, 0
	headAgain, err := journal.LoadMembers(context.Background(), func(record relationship.Record) error {
		return fmt.Errorf("%s is no membership", record.Key())
	}, func(members []relationship.Member) error {
		require.NotEmpty(t, members)
		require.LessOrEqual(t, len(members), 96)
		for _, member := range members {
			key := member.Key()
			require.Equal(t, members[0].Client, member.Client)
			require.True(t, last.First < key.First || last.First == key.First && last.Second < key.Second, "%s behind %s", key, last)
			require.True(t, want[key] == relationship.Record(member))
			last = key
		}
		many += len(members)
		pieces++
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, len(want), many)
	require.Equal(t, head, headAgain)
	require.NoError(t, journal.Close())
	return pieces
}

// Pieces that were exchanged, left out, or put in another order are noticed.
func TestMembers_AreNotMoved(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	member := []byte("member")
	put := func(key string, content func(of func(key string) []byte) []byte) func(*bbolt.Bucket) error {
		return func(b *bbolt.Bucket) error {
			of := func(key string) []byte { return slices.Clone(b.Get([]byte(key))[16:]) }
			return b.Put([]byte(key), bolt.Seal(member, []byte(key), content(of)))
		}
	}
	same := func(of func(string) []byte) []byte { return of("b\x00") }
	for name, test := range map[string]struct {
		seen  bool // by who writes to the piece, too
		forge func(*bbolt.Bucket) error
	}{
		"a piece is left out":                {false, func(b *bbolt.Bucket) error { return b.Delete([]byte("b\x00")) }},
		"a piece stands in place of another": {true, func(b *bbolt.Bucket) error { return b.Put([]byte("a\x00"), b.Get([]byte("b\x00"))) }},
		"a piece stands under no client":     {false, func(b *bbolt.Bucket) error { return b.Put([]byte("c"), b.Get([]byte("b\x00"))) }},
		"another's members, sealed":          {true, put("a\x00", same)},
		"a piece twice, sealed":              {false, put("b\x00user", same)},
		"a piece that begins too late, sealed": {false, func(b *bbolt.Bucket) error {
			return errors.Join(put("b\x00user-001", same)(b), b.Delete([]byte("b\x00")))
		}},
		"an empty piece, sealed":   {true, put("c\x00", func(func(string) []byte) []byte { return []byte{1} })},
		"something behind, sealed": {true, put("b\x00", func(of func(string) []byte) []byte { return append(of("b\x00"), 0) })},
		"no record, sealed":        {true, put("b\x00", func(func(string) []byte) []byte { return []byte{2} })},
		"another record, sealed": {true, put("b\x00", func(func(string) []byte) []byte {
			client, err := relationship.AppendRecord(nil, relationship.Client{ID: "b", Name: "B"})
			require.NoError(t, err)
			return client
		})},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "access.db")
			store := openStore(t, path)
			_, err := store.Update(context.Background(), func(tx storage.Tx) error {
				for i := range 3 {
					for _, client := range []string{"a", "b"} {
						require.NoError(t, tx.Put(someMember(random, client, fmt.Sprintf("user-%03d", i))))
					}
				}
				return tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}})
			})
			require.NoError(t, err)
			require.NoError(t, store.Close())
			db, err := bbolt.Open(path, 0o600, nil)
			require.NoError(t, err)
			require.NoError(t, db.Update(func(tx *bbolt.Tx) error { return test.forge(tx.Bucket(member)) }))
			require.NoError(t, db.Close())
			_, errOpen, _ := readAll(path)
			require.ErrorIs(t, errOpen, storage.ErrCorrupt)
			if !test.seen {
				return
			}
			journal := open(t, path)
			err = journal.Commit(context.Background(), storage.Head{Revision: 1}, func([]storage.Commit) ([]storage.Commit, error) {
				event := relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}}
				for _, client := range []string{"a", "b", "c"} {
					event.Lines = append(event.Lines, relationship.Line{After: someMember(random, client, "user-002")})
				}
				commit := storage.Commit{Revision: 2, ID: "two", Events: []relationship.Event{event}}
				chain, err := storage.Seal(relationship.Digest{}, commit)
				commit.Chain = chain
				return []storage.Commit{commit}, err
			})
			require.ErrorIs(t, err, storage.ErrCorrupt)
			require.NoError(t, journal.Close())
		})
	}
}

// Whatever byte of a piece is changed, the content does not come out as it is.
func TestMembers_EveryByteIsChecked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.db")
	store := openStore(t, path)
	_, err := store.Update(context.Background(), func(tx storage.Tx) error {
		for i := range 3 {
			require.NoError(t, tx.Put(someMember(rand.New(rand.NewPCG(1, 1)), "lumen", fmt.Sprint("user-", i))))
		}
		return tx.Log(relationship.Event{Change: "Write", Actor: relationship.Actor{Kind: relationship.ByHost}})
	})
	require.NoError(t, err)
	require.NoError(t, store.Close())
	alter := func(change func(value []byte) []byte) (before []byte) {
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{NoSync: true})
		require.NoError(t, err)
		require.NoError(t, db.Update(func(tx *bbolt.Tx) error {
			bucket, key := tx.Bucket([]byte("member")), []byte("lumen\x00")
			before = slices.Clone(bucket.Get(key))
			return bucket.Put(key, change(slices.Clone(before)))
		}))
		require.NoError(t, db.Close())
		return before
	}
	size := len(alter(slices.Clone))
	for at := range size {
		before := alter(func(value []byte) []byte { value[at] ^= 1; return value })
		_, errOpen, _ := readAll(path)
		require.ErrorIs(t, errOpen, storage.ErrCorrupt, "byte %d", at)
		alter(func([]byte) []byte { return before })
	}
	_, errOpen, errWalk := readAll(path)
	require.NoError(t, errors.Join(errOpen, errWalk))
	t.Logf("%d bytes", size)
}

// A dump in which a record is there twice is refused, however far apart.
func TestRestore_RefusesWhatIsThereTwice(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 9))
	many := func(n int) (records []relationship.Record) {
		for i := range n {
			records = append(records, relationship.Client{ID: relationship.ClientID(fmt.Sprintf("client-%05d", i)), Name: "A Client"})
		}
		return records
	}
	member := relationship.Record(someMember(random, "lumen", "ann"))
	for name, records := range map[string][]relationship.Record{
		"members side by side": {member, member},
		"members far apart":    append(append([]relationship.Record{member}, many(6000)...), member),
		"clients side by side": append(many(1), many(1)...),
		"clients far apart":    append(many(6000), many(1)...),
	} {
		path := filepath.Join(t.TempDir(), "access.db")
		journal := open(t, path)
		err := journal.Restore(context.Background(), storage.Whole{
			ID: "a store", Checkpoint: storage.Checkpoint{Head: storage.Head{Revision: 1}},
			Records: func(yield func(relationship.Record, error) bool) {
				for _, record := range records {
					if !yield(record, nil) {
						return
					}
				}
			},
			Commits: func(func(storage.Commit, error) bool) {},
			Notes:   func(func(storage.Note, error) bool) {},
		})
		require.ErrorIs(t, err, storage.ErrCorrupt, name)
		require.ErrorContains(t, err, "there twice", name)
		require.NoError(t, journal.Close())
	}
}
