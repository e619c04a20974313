package memdb

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// written are records, or their keys where they go.
type written struct {
	key    relationship.Key
	record relationship.Record
}

func (w written) to(tx storage.Tx) error {
	if w.record == nil {
		if err := tx.Delete(w.key); !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		return nil
	}
	return tx.Put(w.record)
}

func logTest(tx storage.Tx) error {
	if len(tx.Changed()) == 0 {
		return nil
	}
	return tx.Log(relationship.Event{Change: "Test", Actor: relationship.Actor{Kind: relationship.ByHost}, At: time.Unix(1, 0).UTC()})
}

// contents are all records of a state, in every order that it has.
func contents(r storage.Reader) (all []relationship.Record) {
	for _, kind := range []relationship.Kind{relationship.KindMember, relationship.KindRelationship, relationship.KindClient} {
		seconds := map[string]bool{}
		for record := range r.All(kind, relationship.Key{}) {
			all = append(all, record)
			seconds[record.Key().Second] = true
		}
		for _, second := range slices.Sorted(maps.Keys(seconds)) {
			all = append(all, slices.Collect(r.Reverse(kind, second, ""))...)
		}
	}
	for due := range r.Due(time.Unix(1<<40, 0)) {
		all = append(all, due)
	}
	return all
}

// A commit of many records leaves what commits of a few leave, its hash is that of
// what was logged, and the states before it stay as they were.
func TestLargeCommit_IsManySmallOnes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		random := rand.New(rand.NewPCG(seed, 5))
		some := func() written {
			client := relationship.ClientID(fmt.Sprint("client", random.IntN(60)))
			user := relationship.UserID(fmt.Sprint("user", random.IntN(90)))
			at := time.Unix(random.Int64N(1000), 0).UTC()
			var record relationship.Record
			switch random.IntN(6) {
			case 0:
				record = relationship.Client{ID: client, Name: "name", SuperAdmins: random.IntN(9)}
			case 1:
				record = relationship.Relationship{
					Partner: "northwind", Client: client, Phase: relationship.Active, Started: at, Activity: at, Members: 1 + random.IntN(9), Limit: at.Add(time.Hour),
				}
			default:
				record = relationship.Member{Client: client, User: user, Role: relationship.Standard, Since: at, TermFrom: at}
			}
			if random.IntN(3) == 0 {
				return written{key: record.Key()}
			}
			return written{record.Key(), record}
		}
		large, small := New(), New()
		for range 4 {
			var all []written
			for range 3000 {
				all = append(all, some())
			}
			before := large.Snapshot()
			was := contents(before)
			waiting := 0
			_, err := large.Update(t.Context(), func(tx storage.Tx) error {
				for _, w := range all {
					if err := w.to(tx); err != nil {
						return err
					}
				}
				waiting = len(tx.(*draft).members)
				require.True(t, tx.(*draft).isLarge())
				return logTest(tx)
			})
			require.NoError(t, err)
			for few := range slices.Chunk(all, 100) {
				_, err := small.Update(t.Context(), func(tx storage.Tx) error {
					for _, w := range few {
						if err := w.to(tx); err != nil {
							return err
						}
					}
					require.False(t, tx.(*draft).isLarge())
					return logTest(tx)
				})
				require.NoError(t, err)
			}
			require.Equal(t, contents(small.Snapshot()), contents(large.Snapshot()), "seed %d: %d memberships", seed, waiting)
			require.Equal(t, was, contents(before), "seed %d", seed)
			for record := range large.Snapshot().All(relationship.KindMember, relationship.Key{}) {
				require.Contains(t, slices.Collect(large.Snapshot().Reverse(relationship.KindMember, record.Key().Second, "")), record)
			}
			commits, known := large.Since(before.Head())
			require.True(t, known)
			chain, err := storage.Seal(before.Head().Chain, commits[0])
			require.NoError(t, err)
			require.Equal(t, chain, large.Snapshot().Head().Chain)
		}
	}
}

// A commit of many records that panics does so for its caller, and leaves a store
// that works.
func TestLargeCommit_APanicIsTheCallers(t *testing.T) {
	t.Parallel()
	store := New()
	add := func(tx storage.Tx) error {
		for i := range 1000 {
			member := relationship.Member{
				Client: "lumen", User: relationship.UserID(fmt.Sprint("user", i)), Role: relationship.Standard,
				Since: time.Unix(0, 0).UTC(), TermFrom: time.Unix(0, 0).UTC(),
			}
			if err := tx.Put(member); err != nil {
				return err
			}
		}
		return logTest(tx)
	}
	for name, spoil := range map[string]func(*draft){
		"memberships": func(d *draft) { d.members = append(d.members, nil) },
		"rows":        func(d *draft) { d.rows = append(d.rows, nil) },
		"the hash":    func(d *draft) { d.events[0].Lines = append(d.events[0].Lines, relationship.Line{}) },
	} {
		require.Panics(t, func() {
			_, _ = store.Update(t.Context(), func(tx storage.Tx) error {
				require.NoError(t, add(tx))
				require.True(t, tx.(*draft).isLarge())
				spoil(tx.(*draft))
				return nil
			})
		}, name)
		require.Zero(t, store.Snapshot().Revision())
	}
	_, err := store.Update(t.Context(), add)
	require.NoError(t, err)
	require.Len(t, slices.Collect(store.Snapshot().Scan(relationship.KindMember, "lumen", "")), 1000)
}
