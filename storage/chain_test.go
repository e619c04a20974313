package storage_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

var day = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// sealed is a commit with two events; it makes a new one each time, so that a
// test can change any part.
func sealed() storage.Commit {
	return storage.Commit{
		Revision: 7, ID: "entry", At: day,
		Events: []relationship.Event{
			{
				Change: "ApproveLink",
				Actor:  relationship.Actor{Kind: relationship.ByClientSide, User: "carla", Partner: "northwind"},
				At:     day, Reason: "spring project", Call: "call",
				Lines: []relationship.Line{
					{After: must(relationship.NewUser("ann", "Ann", "ann@northwind.example", relationship.Digest{1}))},
					{After: relationship.Client{ID: "lumen", Name: "Lumen", SuperAdmins: 1}},
					{Before: relationship.Standing{Client: "lumen", User: "ann"}},
				},
				Notifications: []relationship.Notification{
					{Kind: relationship.NotifyApproved, To: "ann", Partner: "northwind", Client: "lumen"},
					{Kind: relationship.NotifyApproved, To: "bob", Partner: "northwind", Client: "lumen"},
				},
			},
			{Change: "Clock", Actor: relationship.Actor{Kind: relationship.ByClock}, At: day.Add(-time.Hour)},
		},
	}
}

func TestLOG1_AnyChangeOfAnyPartChangesTheHash(t *testing.T) {
	before := relationship.Digest{1, 2, 3}
	want := must(storage.Seal(before, sealed()))
	require.Equal(t, want, must(storage.Seal(before, sealed())), "the same commit gives the same hash")
	seen := map[relationship.Digest]string{want: "the commit itself"}
	for name, change := range map[string]func(*storage.Commit){
		"revision":         func(c *storage.Commit) { c.Revision++ },
		"id":               func(c *storage.Commit) { c.ID += "x" },
		"no id":            func(c *storage.Commit) { c.ID = "" },
		"instant":          func(c *storage.Commit) { c.At = c.At.Add(time.Microsecond) },
		"no event":         func(c *storage.Commit) { c.Events = nil },
		"an event less":    func(c *storage.Commit) { c.Events = c.Events[:1] },
		"an event more":    func(c *storage.Commit) { c.Events = append(c.Events, c.Events[1]) },
		"events reordered": func(c *storage.Commit) { slices.Reverse(c.Events) },
		"change":           func(c *storage.Commit) { c.Events[0].Change = "DeclineLink" },
		"kind of actor":    func(c *storage.Commit) { c.Events[0].Actor.Kind = relationship.ByHost },
		"actor":            func(c *storage.Commit) { c.Events[0].Actor.User = "carl" },
		"actor's partner":  func(c *storage.Commit) { c.Events[0].Actor.Partner = "umbra" },
		"event's instant":  func(c *storage.Commit) { c.Events[1].At = c.Events[1].At.Add(time.Microsecond) },
		"reason":           func(c *storage.Commit) { c.Events[0].Reason = "" },
		"call":             func(c *storage.Commit) { c.Events[0].Call = "another" },
		"a line less":      func(c *storage.Commit) { c.Events[0].Lines = c.Events[0].Lines[:2] },
		"lines reordered":  func(c *storage.Commit) { slices.Reverse(c.Events[0].Lines) },
		"a line moved to the other event": func(c *storage.Commit) {
			c.Events[1].Lines, c.Events[0].Lines = c.Events[0].Lines[2:], c.Events[0].Lines[:2]
		},
		"a record": func(c *storage.Commit) {
			c.Events[0].Lines[1].After = relationship.Client{ID: "lumen", Name: "Lumen", SuperAdmins: 2}
		},
		"a record's key": func(c *storage.Commit) {
			c.Events[0].Lines[1].After = relationship.Client{ID: "aster", Name: "Lumen", SuperAdmins: 1}
		},
		"deleted, not changed": func(c *storage.Commit) {
			line := &c.Events[0].Lines[1]
			line.Before, line.After = line.After, nil
		},
		"another one deleted": func(c *storage.Commit) {
			c.Events[0].Lines[2].Before = relationship.Standing{Client: "lumen", User: "bob"}
		},
		"another person": func(c *storage.Commit) {
			c.Events[0].Lines[0].After = must(relationship.NewUser("ann", "Bob", "ann@northwind.example", relationship.Digest{1}))
		},
		"a notification less":  func(c *storage.Commit) { c.Events[0].Notifications = c.Events[0].Notifications[:1] },
		"notifications turned": func(c *storage.Commit) { slices.Reverse(c.Events[0].Notifications) },
		"who is notified":      func(c *storage.Commit) { c.Events[0].Notifications[0].To = "anne" },
		"of what":              func(c *storage.Commit) { c.Events[0].Notifications[0].Kind = relationship.NotifyDeclined },
		"for whom":             func(c *storage.Commit) { c.Events[0].Notifications[0].Partner = "umbra" },
		"where":                func(c *storage.Commit) { c.Events[0].Notifications[0].Client = "aster" },
	} {
		changed := sealed()
		change(&changed)
		hash := must(storage.Seal(before, changed))
		require.Empty(t, seen[hash], name)
		seen[hash] = name
	}
	for i := range before {
		other := before
		other[i] ^= 1
		require.NotEqual(t, want, must(storage.Seal(other, sealed())), "the hash of the commit before")
	}
}

func TestSealLeavesOutWhatIsSaidElsewhere(t *testing.T) {
	want := must(storage.Seal(relationship.Digest{}, sealed()))
	commit := sealed()
	commit.Chain = relationship.Digest{9}
	require.Equal(t, want, must(storage.Seal(relationship.Digest{}, commit)), "it is the hash to be, not a part of it")
	commit = sealed()
	commit.Events[0].Lines[1].Before = relationship.Client{ID: "lumen", Name: "Before"}
	require.Equal(t, want, must(storage.Seal(relationship.Digest{}, commit)), "the commit before says what was before")
}

func TestORG5_AnErasedUserLeavesTheHashAsItWas(t *testing.T) {
	want := must(storage.Seal(relationship.Digest{}, sealed()))
	erased := sealed()
	user := erased.Events[0].Lines[0].After.(relationship.User)
	user.Name, user.Email, user.Salt = "", "", relationship.Digest{}
	erased.Events[0].Lines[0].After = user
	require.Equal(t, want, must(storage.Seal(relationship.Digest{}, erased)))
	user.Person = relationship.Digest{}
	erased.Events[0].Lines[0].After = user
	require.NotEqual(t, want, must(storage.Seal(relationship.Digest{}, erased)), "the person's token stays")
}

func TestSealRefusesWhatCannotBeWritten(t *testing.T) {
	commit := sealed()
	commit.Events[1].At = day.AddDate(9000, 0, 0)
	_, err := storage.Seal(relationship.Digest{}, commit)
	require.Error(t, err)
}

func TestTypedReading(t *testing.T) {
	client := relationship.Client{ID: "lumen", Name: strings.Repeat("x", 3)}
	records := slices.Values([]relationship.Record{client, relationship.Standing{}, client, client})
	require.Len(t, slices.Collect(storage.As[relationship.Client](records)), 3)
	for range storage.As[relationship.Client](records) {
		break
	}
	require.Empty(t, slices.Collect(storage.As[relationship.Member](records)))
}
