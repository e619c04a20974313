package storagetest

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var logTests = []test{
	{"an event is kept as it was logged", keptEvent},
	{"an event without a line is a commit as well", eventAlone},
	{"the lines are the store's own", ownLines},
	{"an instant is brought into the stored form", storedInstant},
	{"an event that is not valid is refused and covers nothing", refusedEvent},
}

func keptEvent(t *testing.T, store storage.Store) {
	logged := relationship.Event{
		Change: "ApproveLink",
		Actor:  relationship.Actor{Kind: relationship.ByClientSide, User: "carla", Partner: "northwind"},
		At:     start.Add(time.Microsecond),
		Reason: "spring project, \"phase 2\"\nwith a second line – ÿ \U0010ffff",
		Call:   "one call",
		Notifications: []relationship.Notification{
			{Kind: relationship.NotifyApproved, To: "ann", Partner: "northwind", Client: "lumen"},
			{Kind: relationship.NotifyDeclined, To: "bob"},
		},
	}
	update(t, store, func(tx storage.Tx) error { return errors.Join(tx.Put(client("lumen")), tx.Log(logged)) })
	want := logged
	want.Lines = []relationship.Line{{After: client("lumen")}}
	require.Equal(t, []relationship.Event{want}, commits(t, store, 0)[0].Events)
	require.Equal(t, start.Add(time.Microsecond), store.Snapshot().At())
}

func eventAlone(t *testing.T, store storage.Store) {
	commit(t, store, client("lumen"))
	revision := update(t, store, func(tx storage.Tx) error { return tx.Log(event("DeclineLink")) })
	require.Equal(t, storage.Revision(2), revision)
	logged := commits(t, store, 1)
	require.Len(t, logged, 1)
	require.Equal(t, "DeclineLink", logged[0].Events[0].Change)
	require.Empty(t, logged[0].Events[0].Lines)
}

func ownLines(t *testing.T, store storage.Store) {
	told := []relationship.Notification{{Kind: relationship.NotifyApproved, To: "ann"}}
	update(t, store, func(tx storage.Tx) error {
		invented := event("Write")
		invented.Lines = []relationship.Line{{Before: client("other"), After: numbered("other", 9)}}
		invented.Notifications = told
		told[0].To = "ann"
		err := errors.Join(tx.Put(numbered("lumen", 1)), tx.Log(invented))
		told[0].To = "somebody else" // the slice is the caller's again
		return err
	})
	logged := commits(t, store, 0)[0].Events[0]
	require.Equal(t, []relationship.Line{{After: numbered("lumen", 1)}}, logged.Lines)
	require.Equal(t, relationship.UserID("ann"), logged.Notifications[0].To)
}

func storedInstant(t *testing.T, store storage.Store) {
	at := time.Date(2026, time.March, 2, 10, 0, 0, 1999, time.FixedZone("elsewhere", 3600))
	update(t, store, func(tx storage.Tx) error {
		logged := event("Write")
		logged.At = at
		return errors.Join(tx.Put(client("lumen")), tx.Log(logged))
	})
	want := start.Add(time.Microsecond)
	logged := commits(t, store, 0)[0]
	require.True(t, want == logged.Events[0].At, "%v", logged.Events[0].At)
	require.True(t, want == logged.At, "%v", logged.At)
	require.True(t, want == store.Snapshot().At())
}

func refusedEvent(t *testing.T, store storage.Store) {
	check := unchanged(t, store)
	for name, spoil := range map[string]func(*relationship.Event){
		"no name":                   func(e *relationship.Event) { e.Change = "" },
		"no actor":                  func(e *relationship.Event) { e.Actor = relationship.Actor{} },
		"a reason that is no UTF-8": func(e *relationship.Event) { e.Reason = "\xff" },
		"a call with U+0000":        func(e *relationship.Event) { e.Call = "a\x00b" },
		"a year of five digits":     func(e *relationship.Event) { e.At = e.At.AddDate(8000, 0, 0) },
		"a notification to nobody": func(e *relationship.Event) {
			e.Notifications = []relationship.Notification{{Kind: relationship.NotifyApproved}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			update(t, store, func(tx storage.Tx) error {
				spoilt := event("Write")
				spoil(&spoilt)
				var field *relationship.FieldError
				require.NoError(t, tx.Put(client("lumen")))
				require.ErrorAs(t, tx.Log(spoilt), &field)
				require.Len(t, tx.Changed(), 1)
				return tx.Delete(clientKey("lumen"))
			})
			check()
		})
	}
}
