package storagetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var dueTests = []test{
	{"what is due comes in the order of its instant (REL-6)", dueOrder},
	{"what is due follows every change of the record", dueFollows},
}

// dueClients runs over what is due and names the clients.
func dueClients(r storage.Reader, at time.Time) []string {
	var clients []string
	for due := range r.Due(at) {
		clients = append(clients, string(due.Client))
	}
	return clients
}

func dueOrder(t *testing.T, store storage.Store) {
	// The clients are named for their instants; written in another order, and
	// under partners that would sort in yet another.
	instants := map[string]time.Time{
		"a far past":   time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC),
		"b before":     time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC),
		"c epoch":      time.Unix(0, 0).UTC(),
		"d day":        start,
		"e second":     start.Add(time.Second),
		"f year":       start.AddDate(1, 0, 0),
		"g far future": time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	}
	update(t, store, func(tx storage.Tx) error {
		i := 9
		for client, at := range instants {
			i--
			if err := tx.Put(limited(fmt.Sprint("partner ", i), client, at)); err != nil {
				return err
			}
		}
		return errors.Join(tx.Put(limited("partner", "never", time.Time{})), tx.Log(event("Write")))
	})
	all := []string{"a far past", "b before", "c epoch", "d day", "e second", "f year", "g far future"}
	snapshot := store.Snapshot()
	for i, client := range all {
		at := instants[client]
		require.Equal(t, all[:i+1], dueClients(snapshot, at), "at the instant itself")
		require.Equal(t, all[:i+1], dueClients(snapshot, at.Add(time.Microsecond)))
		require.Equal(t, len(all[:i]), len(dueClients(snapshot, at.Add(-time.Microsecond))))
	}
	for range snapshot.Due(start) {
		break // it can be left
	}
	// Several at one instant are all there.
	update(t, store, func(tx storage.Tx) error {
		for i := range 5 {
			if err := putAll(tx, limited("x", fmt.Sprint(i), start), limited(fmt.Sprint(i), "x", start)); err != nil {
				return err
			}
		}
		return tx.Log(event("Write"))
	})
	require.Len(t, dueClients(store.Snapshot(), start), 4+10)
	require.Len(t, dueClients(snapshot, start), 4)
}

func dueFollows(t *testing.T, store storage.Store) {
	noon, later := start.Add(3*time.Hour), start.Add(9*time.Hour)
	active := limited("northwind", "lumen", time.Time{})
	ending := active.LastGone(start, 3*time.Hour)
	ending.Members = 0
	moved := ending.Touch(start.Add(6*time.Hour), 3*time.Hour)
	bounded := moved
	bounded.Limit = noon
	for i, step := range []struct {
		record    relationship.Relationship
		noon, end int // how many are due then
	}{
		{active, 0, 0},
		{limited("northwind", "lumen", noon), 1, 1},
		{limited("northwind", "lumen", later), 0, 1},
		{active, 0, 0},
		{ending, 1, 1},
		{moved, 0, 1},
		{bounded, 1, 1},
		{bounded.End(noon), 0, 0},
		{limited("northwind", "lumen", noon), 1, 1},
	} {
		commit(t, store, step.record)
		snapshot := store.Snapshot()
		require.Len(t, dueClients(snapshot, noon), step.noon, "step %d", i)
		require.Len(t, dueClients(snapshot, later), step.end, "step %d", i)
		for due := range snapshot.Due(later) {
			require.Equal(t, step.record, due)
		}
	}
	remove(t, store, relationship.RelationshipKey("northwind", "lumen"))
	require.Empty(t, dueClients(store.Snapshot(), later))
}
