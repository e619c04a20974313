package relationship_test

import (
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

func TestLOG1_TheChainHoldsEveryPartOfAnEvent(t *testing.T) {
	written := string(must(approved.EncodeForChain()))
	require.Equal(t, `{"change":"ApproveLink","actor":{"kind":"client side","user":"carla"},"at":"2026-03-02T09:00:00Z",`+
		`"reason":"spring project","call":"call","lines":[{"key":{"kind":"member","first":"lumen","second":"ann"},`+
		`"after":`+string(must(relationship.EncodeRecord(managed)))+`},{"key":{"kind":"standing","first":"lumen","second":"ann"}}],`+
		`"notifications":[{"kind":"approved","to":"ann","partner":"northwind","client":"lumen"}]}`, written)
	require.Equal(t, written, string(must(approved.EncodeForChain())))
	require.Equal(t, `{"change":"","actor":{"kind":""},"at":"0001-01-01T00:00:00Z","call":"","lines":[]}`,
		string(must(relationship.Event{}.EncodeForChain())))
}

func TestORG5_ThePersonStandsInTheChainAsADigestOnly(t *testing.T) {
	event := relationship.Event{Change: "AddUser", Lines: []relationship.Line{{After: ann}}}
	written := string(must(event.EncodeForChain()))
	for _, personal := range []string{"Ann", "Arnold", "ann@", "northwind.example", salt.String()} {
		require.NotContains(t, written, personal)
	}
	require.Contains(t, written, ann.Person.String())
	erased := with(ann, func(u *relationship.User) { u.Name, u.Email, u.Salt = "", "", relationship.Digest{} })
	require.Equal(t, written, string(must(relationship.Event{Change: "AddUser", Lines: []relationship.Line{{After: erased}}}.EncodeForChain())))
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
