package storagetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// What the model test draws from: few enough that things meet.
var (
	drawnIDs = rapid.SampledFrom([]string{"a", "a b", "a/b", "a\x01", "b", "ÿ"})
	// drawnCursors are ids, and texts that name nothing.
	drawnCursors = rapid.SampledFrom([]string{"", "", "a", "a ", "a b", "a\x01", "b", "ÿ", "z", "\U0010ffff"})
	drawnKinds   = rapid.SampledFrom([]relationship.Kind{
		relationship.KindUser, relationship.KindPartner, relationship.KindClient, relationship.KindMember,
		relationship.KindRelationship,
	})
	drawnEmails   = rapid.SampledFrom([]string{"a@x.example", "b@x.example", "A@x.example", "c@y.example"})
	drawnDomains  = rapid.SampledFrom([]string{"x.example", "y.example", "a.x.example", "z.example"})
	drawnInstants = rapid.Map(rapid.IntRange(-2, 3), func(hours int) time.Time { return start.Add(time.Duration(hours) * time.Hour) })
)

func drawRecord(t *rapid.T) relationship.Record {
	first, second := drawnIDs.Draw(t, "first"), drawnIDs.Draw(t, "second")
	switch drawnKinds.Draw(t, "kind") {
	case relationship.KindUser:
		return user(first, drawnEmails.Draw(t, "e-mail"))
	case relationship.KindPartner:
		return partner(first, rapid.SliceOfNDistinct(drawnDomains, 0, 3, rapid.ID).Draw(t, "domains")...)
	case relationship.KindClient:
		return numbered(first, rapid.IntRange(0, 2).Draw(t, "number"))
	case relationship.KindMember:
		record := member(first, second)
		record.PaidSeat = rapid.Bool().Draw(t, "seat")
		return record
	}
	if rapid.Bool().Draw(t, "without a limit") {
		return limited(first, second, time.Time{})
	}
	return limited(first, second, drawnInstants.Draw(t, "limit"))
}

func drawKey(t *rapid.T) relationship.Key {
	key := relationship.Key{Kind: drawnKinds.Draw(t, "kind"), First: drawnIDs.Draw(t, "first")}
	if key.Kind == relationship.KindMember || key.Kind == relationship.KindRelationship {
		key.Second = drawnIDs.Draw(t, "second")
	}
	return key
}

func drawQuery(t *rapid.T) query {
	key := drawKey(t)
	return query{
		Kind: key.Kind, First: key.First, Second: key.Second, After: drawnCursors.Draw(t, "after"),
		Limit: rapid.IntRange(0, 8).Draw(t, "limit"), Email: drawnEmails.Draw(t, "e-mail"),
		Domain: drawnDomains.Draw(t, "domain"), At: drawnInstants.Draw(t, "at"),
	}
}

// step is one thing done within a change, and its check against the model.
// It is drawn before the change begins: a change may run more than once, and
// has to do the same each time.
type step func(t require.TestingT, tx storage.Tx, m *model)

func drawStep(t *rapid.T) step {
	switch rapid.SampledFrom([]string{"put", "put", "put", "delete", "log", "ask", "look at what changed"}).Draw(t, "step") {
	case "put":
		record := drawRecord(t)
		return func(t require.TestingT, tx storage.Tx, m *model) {
			err := tx.Put(record)
			holders := m.holders(record)
			if len(holders) == 0 {
				require.NoError(t, err)
				m.set(record.Key(), record)
				return
			}
			var conflict *storage.ConflictError
			require.ErrorAs(t, err, &conflict)
			require.Equal(t, record.Key(), conflict.Key)
			require.Contains(t, holders, conflict.Holder)
		}
	case "delete":
		key := drawKey(t)
		return func(t require.TestingT, tx storage.Tx, m *model) {
			err := tx.Delete(key)
			if m.records[key] == nil {
				require.ErrorIs(t, err, storage.ErrNotFound)
				return
			}
			require.NoError(t, err)
			m.set(key, nil)
		}
	case "log":
		return func(t require.TestingT, tx storage.Tx, m *model) {
			require.NoError(t, tx.Log(event("Write")))
			m.log()
		}
	case "ask":
		query := drawQuery(t)
		return func(t require.TestingT, tx storage.Tx, m *model) { same(t, m.want(query), query.ask(tx)) }
	}
	return func(t require.TestingT, tx storage.Tx, m *model) {
		require.Equal(t, m.changed(), tx.Changed())
		same(t, m.records, content(tx))
	}
}

// checkModel plays random changes against a store and against the model.
func checkModel(t *testing.T, open func(t *testing.T) storage.Store) {
	rapid.Check(t, func(r *rapid.T) {
		store := open(t)
		defer func() { require.NoError(r, store.Close()) }()
		now := newModel()
		var revision storage.Revision
		var logged [][]relationship.Line
		type pair struct {
			snapshot storage.Snapshot
			model    *model
		}
		var held []pair
		errNo := errors.New("no")
		r.Repeat(map[string]func(*rapid.T){
			"change": func(r *rapid.T) {
				steps := rapid.SliceOfN(rapid.Custom(drawStep), 1, 12).Draw(r, "steps")
				ending := rapid.SampledFrom([]string{"log", "log", "log", "nothing", "error"}).Draw(r, "ending")
				var next *model
				got, err := store.Update(context.Background(), func(tx storage.Tx) error {
					next = now.clone()
					for _, step := range steps {
						step(r, tx, next)
					}
					switch ending {
					case "log":
						next.log()
						return tx.Log(event("Write"))
					case "error":
						return errNo
					}
					return nil
				})
				switch {
				case ending == "error":
					require.ErrorIs(r, err, errNo)
				case len(next.changed()) > 0:
					require.ErrorIs(r, err, storage.ErrUnlogged)
				case len(next.events) == 0:
					require.NoError(r, err)
					require.Equal(r, revision, got)
				default:
					require.NoError(r, err)
					revision++
					require.Equal(r, revision, got)
					logged = append(logged, next.events...)
					now = next
				}
			},
			"draft": func(r *rapid.T) {
				draft, fork := store.Snapshot().Draft(), now.clone()
				for _, step := range rapid.SliceOfN(rapid.Custom(drawStep), 1, 12).Draw(r, "steps") {
					step(r, draft, fork)
				}
			},
			"hold": func(*rapid.T) { held = append(held, pair{store.Snapshot(), now.clone()}) },
			"ask": func(r *rapid.T) {
				query := drawQuery(r)
				same(r, now.want(query), query.ask(store.Snapshot()))
			},
			"": func(r *rapid.T) {
				require.Equal(r, revision, store.Snapshot().Revision())
				same(r, now.records, content(store.Snapshot()))
			},
		})
		for _, pair := range held {
			same(r, pair.model.records, content(pair.snapshot))
		}
		log := commits(r, store, 0)
		verify(r, log)
		same(r, now.records, replay(r, log))
		var lines [][]relationship.Line
		for _, commit := range log {
			for _, event := range commit.Events {
				lines = append(lines, event.Lines)
			}
		}
		same(r, logged, lines)
	})
}
