package relationship_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
)

var approved = relationship.Event{
	Change: "ApproveLink",
	Actor:  relationship.Actor{Kind: relationship.ByClientSide, User: "carla"},
	At:     day, Reason: "spring project", Call: "call",
	Lines: []relationship.Line{{After: managed}, {Before: standing}},
	Notifications: []relationship.Notification{
		{Kind: relationship.NotifyApproved, To: "ann", Partner: "northwind", Client: "lumen"},
	},
}

// forChain is an event as it enters the hash chain.
func forChain(t testing.TB, event relationship.Event) string {
	t.Helper()
	var e relationship.Encoder
	e.Reset(nil)
	e.EventForChain(&event)
	return string(must(e.Bytes()))
}

func TestLOG1_TheChainHoldsEveryPartOfAnEvent(t *testing.T) {
	written := forChain(t, approved)
	require.Equal(t, written, forChain(t, approved))
	for name, other := range changedEvents(approved) {
		require.NotEqual(t, written, forChain(t, other), name)
	}
	before := approved
	before.Lines = slices.Clone(before.Lines)
	before.Lines[0].Before = standard
	require.Equal(t, written, forChain(t, before), "the commits before say what was before")
	require.NotEmpty(t, forChain(t, relationship.Event{}))
}

func TestORG5_ThePersonStandsInTheChainAsADigestOnly(t *testing.T) {
	event := relationship.Event{Change: "AddUser", Lines: []relationship.Line{{After: ann}}}
	written := forChain(t, event)
	for _, personal := range []string{"Ann", "Arnold", "ann@", "northwind.example", string(salt[:]), salt.String()} {
		require.NotContains(t, written, personal)
	}
	require.Contains(t, written, string(ann.Person[:]))
	erased := with(ann, func(u *relationship.User) { u.Name, u.Email, u.Salt = "", "", relationship.Digest{} })
	require.Equal(t, written, forChain(t, relationship.Event{Change: "AddUser", Lines: []relationship.Line{{After: erased}}}))
	other := must(relationship.NewUser("ann", "Ann Arnold", "ann@northwind.example", relationship.Digest{9}))
	require.NotEqual(t, ann.Person, other.Person, "without the salt nobody can guess")
	require.NotEqual(t, ann.Person, must(relationship.NewUser("ann", "Ann Arnol", "dann@northwind.example", salt)).Person)
}

func TestAnEventThatMayNotBeStoredIsRefused(t *testing.T) {
	require.NoError(t, approved.Check())
	require.NoError(t, relationship.Event{Change: "Clock", Actor: relationship.Actor{Kind: relationship.ByClock}}.Check())
	long := strings.Repeat("x", relationship.MaxText+1)
	for _, test := range []struct {
		noun, field string
		spoil       func(*relationship.Event)
	}{
		{"event", "change", func(e *relationship.Event) { e.Change = "" }},
		{"event", "change", func(e *relationship.Event) { e.Change = "\xff" }},
		{"event", "kind of actor", func(e *relationship.Event) { e.Actor.Kind = "" }},
		{"event", "user", func(e *relationship.Event) { e.Actor.User = "a\x00" }},
		{"event", "partner", func(e *relationship.Event) { e.Actor.Partner = "\xff" }},
		{"event", "reason", func(e *relationship.Event) { e.Reason = long }},
		{"event", "call", func(e *relationship.Event) { e.Call = "\xff" }},
		{"event", "instant", func(e *relationship.Event) { e.At = e.At.Add(1) }},
		{"event", "instant", func(e *relationship.Event) { e.At = e.At.AddDate(9000, 0, 0) }},
		{"notification", "kind", func(e *relationship.Event) { e.Notifications = []relationship.Notification{{To: "ann"}} }},
		{"notification", "user", func(e *relationship.Event) { e.Notifications = []relationship.Notification{{Kind: "approved"}} }},
		{"notification", "partner", func(e *relationship.Event) {
			e.Notifications = []relationship.Notification{{Kind: "approved", To: "ann", Partner: "\xff"}}
		}},
		{"notification", "client", func(e *relationship.Event) {
			e.Notifications = []relationship.Notification{{Kind: "approved", To: "ann"}, {Kind: "approved", To: "ann", Client: "\x00"}}
		}},
	} {
		refused(t, with(approved, test.spoil).Check(), test.noun, test.field)
	}
}

func TestActorsAndLinesAreNamed(t *testing.T) {
	for want, actor := range map[string]relationship.Actor{
		"host":                {Kind: relationship.ByHost},
		"clock":               {Kind: relationship.ByClock},
		"library":             {Kind: relationship.ByLibrary},
		"carla (client side)": {Kind: relationship.ByClientSide, User: "carla"},
		"ann (themselves)":    {Kind: relationship.ByThemselves, User: "ann"},
		"ann of northwind":    {Kind: relationship.ByPartnerSide, User: "ann", Partner: "northwind"},
	} {
		require.Equal(t, want, actor.String())
	}
	require.Equal(t, lumen.Key(), relationship.Line{After: lumen}.Key())
	require.Equal(t, lumen.Key(), relationship.Line{Before: lumen}.Key())
	require.Equal(t, lumen.Key(), relationship.Line{Before: lumen, After: lumen}.Key())
}
