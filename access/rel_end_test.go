package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

func TestREL5_WhatStartsItAlsoRevivesIt(t *testing.T) {
	for state, since := range map[string]time.Duration{
		"while ending": 59 * accesstest.Day, "at the last instant": sixtyDays - time.Microsecond,
		"after it ended": sixtyDays, "long after": 1000 * accesstest.Day,
	} {
		for name, way := range starting {
			t.Run(state+" "+name, func(t *testing.T) {
				s := over(t, since)
				actor, change := way(s)
				actor.allow(change)
				r := s.northwind()
				require.Equal(t, relationship.Active, r.Phase)
				require.Equal(t, s.Clock.Now(), r.Started)
				require.Zero(t, r.EndsAt)
				require.Zero(t, r.Ended)
				require.Equal(t, 1, r.Members, "whom it names, and nobody else")
				require.Zero(t, s.lumen("bob"))
				s.Clock.Turn(1000 * accesstest.Day)
				require.Equal(t, relationship.Active, s.northwind().PhaseAt(s.Clock.Now()))
			})
		}
	}
}

func TestREL5_NothingElseRevivesIt(t *testing.T) {
	for state, since := range map[string]time.Duration{"while ending": 0, "after it ended": sixtyDays} {
		t.Run(state, func(t *testing.T) {
			s := over(t, since)
			s.as("ann").deny(access.ErrNotAllowed, add("support", "bob"))
			s.as("ann").deny(access.ErrNotAllowed, add(relationship.PartnerAdminTemplate, "ann"))
			s.as("ann").deny(access.ErrNotAllowed, access.ReactivateEmployees{Client: "lumen", All: true})
			s.as("ann").deny(access.ErrNotAllowed, colleagues("sara"))
			s.as("carla").allow(access.AddMember{Client: "lumen", User: "bob"})
			s.as("ann").deny(access.ErrNotAllowed, linkBob)
			s.as("carla").allow(access.LowerSuperAdmin{Client: "lumen", User: "sara"})
			require.NotEqual(t, relationship.Active, s.northwind().PhaseAt(s.Clock.Now()))
			require.False(t, s.lumen("bob").Managed() || s.lumen("sara").Managed())
		})
	}
}

func TestREL5_ItsMembershipsEndedWithIt(t *testing.T) {
	s := play(t)
	s.AddEmployee("bob", "support", "contacts.view.all")
	s.as("ann").allow(access.NameClient{Client: "lumen", Name: "The lamps"})
	s.as("carla").allow(access.ChangeMemberPermissions{Client: "lumen", User: "bob", Add: []string{"account.billing.view"}})
	s.as("carla").allow(access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: s.Clock.Now().Add(accesstest.Day)})
	s.Clock.Turn(accesstest.Day)
	s.as("carla").allow(direct("ann"))
	require.Zero(t, s.lumen("bob"), "a revival brings back only whom it names")
	require.Equal(t, "The lamps", s.northwind().ClientName, "history stays")
	require.Zero(t, s.northwind().Limit, "and the limit went with what it limited")
	s.as("ann").allow(add("support", "bob"))
	require.Equal(t, s.names("contacts.view.all"), s.lumen("bob").Set, "from nothing (OFF-9)")
}

func TestREL5_WhomTheClientHadDeactivatedStaysOut(t *testing.T) {
	s := play(t)
	s.AddEmployee("bob", "support", "contacts.view.all")
	s.as("carla").allow(access.DeactivateMember{Client: "lumen", User: "bob"})
	s.as("carla").allow(access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: s.Clock.Now().Add(accesstest.Day)})
	s.Clock.Turn(accesstest.Day)
	s.as("carla").allow(direct("ann"))
	s.as("ann").deny(access.ErrBarred, add("support", "bob"))
}

func TestREL6_FromTheInstantEveryAnswerReflectsIt(t *testing.T) {
	s, limit := untilLimit(t)
	view := s.Permission("contacts.view.all")
	before := s.Store.Snapshot().Revision()

	s.Clock.Set(limit.Add(-time.Microsecond))
	require.True(t, s.can("bob", "contacts.view.all"))
	require.Equal(t, 1, len(s.credit()))
	s.as("ann").plan(access.DeactivateEmployee{Employee: "bob", All: true})
	s.as("ann").plan(access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Add: []string{"reports.view"}})

	s.Clock.Set(limit)
	require.Equal(t, access.ReasonRelationshipOver, s.why("bob", "contacts.view.all"))
	require.Zero(t, s.Manager.Permissions("ann", "lumen").Len())
	explained, err := s.Manager.Explain(access.Host(), "bob", "lumen", view)
	require.NoError(t, err)
	require.False(t, explained.Decision.Allowed())
	require.Empty(t, s.credit())
	s.as("ann").deny(access.ErrNotAllowed, access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Add: []string{"reports.view"}})
	s.as("carla").deny(access.ErrUnknownMember, access.RemoveMember{Client: "lumen", User: "bob"})
	s.as("carla").deny(access.ErrUnknownMember, access.MakeSuperAdmin{Client: "lumen", User: "bob"})
	s.as("carla").deny(access.ErrNoRelationship, access.SetRelationshipEnd{Client: "lumen", Partner: "northwind"})
	require.True(t, s.can("sara", "contacts.view.all"), "a super admin is own")
	require.Equal(t, before, s.Store.Snapshot().Revision(), "and nobody has written it")
	require.NotZero(t, s.lumen("bob"))
}

func TestREL6_AtTheInstantAnEndingOneIsOver(t *testing.T) {
	s := over(t, sixtyDays-time.Microsecond)
	require.Len(t, s.credit(), 1)
	s.as("ann").allow(access.DeactivateEmployee{Employee: "sara", All: true}) // activity: the end moves
	require.Equal(t, s.Clock.Now().Truncate(time.Second).Add(sixtyDays), s.northwind().EndsAt, "in whole seconds, rounded down")

	s = over(t, sixtyDays)
	require.Empty(t, s.credit())
	s.as("ann").allow(access.DeactivateEmployee{Employee: "sara", All: true}) // too late
	require.Equal(t, relationship.Ended, s.northwind().Phase)
}

func TestREL6_The60DaysAreASetting(t *testing.T) {
	s := play(t)
	s.Manager = s.another(func(o *access.Options) { o.EndingTime = 36 * time.Hour })
	s.removeAll()
	s.Clock.Turn(36*time.Hour - time.Microsecond)
	require.Len(t, s.credit(), 1)
	s.Clock.Turn(time.Microsecond)
	require.Empty(t, s.credit())
}

// requireEnd asks for an event with which the clock ends the relationship of
// Northwind with Lumen, and removes its members.
func (s *scene) requireEnd(event access.LoggedEvent, at time.Time, removed ...relationship.UserID) {
	s.t.Helper()
	require.Equal(s.t, relationship.Actor{Kind: relationship.ByClock}, event.Actor)
	require.Equal(s.t, at, event.At, "dated to the instant")
	var gone []relationship.UserID
	ended := false
	for _, line := range event.Lines {
		switch before := line.Before.(type) {
		case relationship.Member:
			require.Nil(s.t, line.After)
			gone = append(gone, before.User)
		case relationship.Relationship:
			after := line.After.(relationship.Relationship)
			require.Equal(s.t, relationship.Ended, after.Phase)
			require.Equal(s.t, at, after.Ended)
			ended = true
		}
	}
	require.True(s.t, ended)
	require.Equal(s.t, removed, gone)
}

// untilLimit is Lumen with ann and bob of Northwind's, until a client's limit.
func untilLimit(t *testing.T) (*scene, time.Time) {
	t.Helper()
	s := withSara(t, "northwind.example")
	s.AddEmployee("bob", "support", "contacts.view.all")
	limit := s.Clock.Now().Add(10 * accesstest.Day)
	s.as("carla").allow(access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: limit})
	return s, limit
}

// touching are commits that touch the pair of Northwind and Lumen.
var touching = map[string]func(*scene) (player, access.Change){
	"LINK-4": starting["LINK-4"], "LINK-7": starting["LINK-7"], "MIG-1": starting["MIG-1"], "MIG-5": starting["MIG-5"],
	"ADD-2": func(s *scene) (player, access.Change) {
		return s.as("ann"), access.NameClient{Client: "lumen", Name: "Once ours"}
	},
	"OFF-1": func(s *scene) (player, access.Change) {
		return s.as("ann"), access.RemoveEmployee{Employee: "sara", All: true}
	},
	"ORG-3": func(s *scene) (player, access.Change) {
		return s.as("carla"), access.AddMember{Client: "lumen", User: "newt"} // whom it would link
	},
	"LIM-1": func(s *scene) (player, access.Change) {
		return s.as("carla"), access.SetCeiling{Client: "lumen", Partner: "northwind"}
	},
	"LIM-3": func(s *scene) (player, access.Change) {
		return s.as("carla"), access.PausePartner{Client: "lumen", Partner: "northwind"}
	},
}

func TestREL6_TheFirstCommitTouchingThePairWritesTheEndFirst(t *testing.T) {
	for name, change := range touching {
		t.Run(name+", after the 60 days", func(t *testing.T) {
			s := withSara(t, "northwind.example")
			s.Employee("newt")
			s.removeAllButSuperAdmins()
			s.Clock.Turn(sixtyDays + 5*accesstest.Day + time.Microsecond)
			at := s.northwind().EndsAt
			actor, c := change(s)
			actor.allow(c)
			events := s.newest()
			require.Greater(t, len(events), 1, "the end, and then the change")
			s.requireEnd(events[0], at)
			require.Equal(t, s.Clock.Now(), events[1].At)
		})
		t.Run(name+", after the client's limit", func(t *testing.T) {
			s, limit := untilLimit(t)
			s.Employee("newt")
			s.Clock.Set(limit.Add(time.Hour))
			actor, c := change(s)
			actor.allow(c)
			events := s.newest()
			require.Greater(t, len(events), 1, "the end, and then the change")
			s.requireEnd(events[0], limit, "ann", "bob")
			require.Zero(t, s.lumen("bob"), "with its removals")
		})
	}
}

// The commit first writes the end, also where its own first change is about
// something else.
func TestREL6_TheEndComesFirstInCompanyToo(t *testing.T) {
	s, limit := untilLimit(t)
	s.Clock.Set(limit.Add(time.Hour))
	s.as("carla").allow(access.All{access.SetSeat{Client: "lumen", User: "carla", Paid: true}, direct("ann")})
	events := s.newest()
	require.Len(t, events, 3)
	s.requireEnd(events[0], limit, "ann", "bob")
}

func TestREL6_WhatDoesNotTouchThePairWritesNoEnd(t *testing.T) {
	s, limit := untilLimit(t)
	s.Clock.Set(limit)
	s.as("carla").allow(access.SetSeat{Client: "lumen", User: "carla", Paid: true})
	require.Len(t, s.newest(), 1)
	require.Equal(t, relationship.Active, s.northwind().Phase)
}

func TestREL6_WhoWasRemovedByTheClockCanBeAddedAnew(t *testing.T) {
	s, limit := untilLimit(t)
	s.Clock.Set(limit)
	s.as("carla").allow(access.AddMember{Client: "lumen", User: "bob"})
	events := s.newest()
	require.Len(t, events, 2)
	s.requireEnd(events[0], limit, "ann", "bob")
	require.False(t, s.lumen("bob").Managed())
	require.Equal(t, limit, s.lumen("bob").Since)
}

func TestREL6_ASweepWritesItToo(t *testing.T) {
	s, limit := untilLimit(t)
	s.letFabrikamIn()
	s.as("olaf").allow(access.RemoveEmployee{Employee: "olaf", All: true})
	second := s.Relationship(fabrikam, "lumen").EndsAt

	sweep := func() int {
		swept, err := s.Manager.Sweep(t.Context())
		require.NoError(t, err)
		return swept.Ended
	}
	s.Clock.Set(limit.Add(-time.Microsecond))
	require.Zero(t, sweep())
	s.Clock.Set(second.Add(-time.Microsecond))
	require.Equal(t, 1, sweep())
	events := s.newest()
	require.Len(t, events, 1)
	s.requireEnd(events[0], limit, "ann", "bob")
	require.Zero(t, sweep())
	s.Clock.Set(second)
	require.Equal(t, 1, sweep())
	require.Equal(t, second, s.newest()[0].At)
}

func TestREL6_ManyEndsInOneSweep(t *testing.T) {
	s, limit := untilLimit(t)
	s.letFabrikamIn()
	s.as("carla").allow(access.SetRelationshipEnd{Client: "lumen", Partner: fabrikam, End: limit.Add(-time.Hour)})
	s.Clock.Set(limit)
	swept, err := s.Manager.Sweep(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, swept.Ended)
	events := s.newest()
	require.Equal(t, limit.Add(-time.Hour), events[0].At, "in their order")
	require.Equal(t, limit, events[1].At)
}
