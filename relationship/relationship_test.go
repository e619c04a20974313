package relationship_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
)

const (
	hour  = time.Hour
	sixty = relationship.EndingTime
)

// onDay is nine o'clock on a day of the story.
func onDay(number int) time.Time { return day.AddDate(0, 0, number) }

var never = relationship.Relationship{Partner: "northwind", Client: "lumen"}

// begun is a relationship with its first member.
func begun() relationship.Relationship {
	r := never.Begin(day)
	r.Members = 1
	return r
}

// ending is one whose last member went on day 10.
func ending() relationship.Relationship {
	r := begun().LastGone(onDay(10), sixty)
	r.Members = 0
	return r
}

func TestREL1_TheFirstManagedMemberStartsIt(t *testing.T) {
	require.Equal(t, relationship.Phase(""), never.PhaseAt(day), "before that there is none")
	require.False(t, never.EarnsCreditAt(day))
	r := begun()
	require.NoError(t, r.Check())
	require.Equal(t, relationship.Active, r.PhaseAt(day))
	require.Equal(t, day, r.Started)
	require.Equal(t, day, r.Activity)
	require.Zero(t, r.Due())
	// A second one is activity only.
	again := r.Begin(onDay(3))
	require.Equal(t, day, again.Started)
	require.Equal(t, onDay(3), again.Activity)
	require.Equal(t, with(r, func(r *relationship.Relationship) { r.Activity = onDay(3) }), again)
	// Another partner of the same client is apart.
	require.NotEqual(t, r.Key(), relationship.RelationshipKey("umbra", "lumen"))
}

func TestREL2_ActiveIsWhoHasMembersWhateverTheirState(t *testing.T) {
	// Members counts the deactivated too, so nothing but their going ends it.
	require.NoError(t, begun().Check())
	require.Equal(t, relationship.Active, begun().PhaseAt(onDay(3650)))
	for name, r := range map[string]relationship.Relationship{
		"active without members": with(begun(), func(r *relationship.Relationship) { r.Members = 0 }),
		"ending with members":    with(ending(), func(r *relationship.Relationship) { r.Members = 1 }),
		"ended with members":     with(ending().End(onDay(70)), func(r *relationship.Relationship) { r.Members = 1 }),
		"fewer than none":        with(ending().End(onDay(70)), func(r *relationship.Relationship) { r.Members = -1 }),
	} {
		t.Run(name, func(t *testing.T) { refused(t, r.Check(), "relationship", "members") })
	}
}

func TestREL3_ItEndsSixtyDaysAfterTheLastActivity(t *testing.T) {
	r := ending()
	require.NoError(t, r.Check())
	require.Equal(t, relationship.Ending, r.Phase)
	require.Equal(t, onDay(10), r.Activity, "the last step counts as activity, whoever took it")
	require.Equal(t, onDay(70), r.EndsAt)
	require.Equal(t, onDay(70), r.Due())
	require.Equal(t, relationship.Ending, r.PhaseAt(onDay(70).Add(-time.Microsecond)))
	require.Equal(t, relationship.Ended, r.PhaseAt(onDay(70)))
	// Without a member that goes there is nothing to end: twice is once.
	require.Equal(t, r, r.LastGone(onDay(20), sixty))
	require.Equal(t, never, never.LastGone(onDay(20), sixty))
	ended := r.End(onDay(70))
	require.Equal(t, ended, ended.LastGone(onDay(80), sixty))
	// A later activity counts more than the last step.
	r = begun().Touch(onDay(30), sixty).LastGone(onDay(10), sixty)
	require.Equal(t, onDay(90), r.EndsAt)
}

func TestREL4_ActivityMovesTheEndAndDoesNotRevive(t *testing.T) {
	r := ending().Touch(onDay(40), sixty)
	require.Equal(t, relationship.Ending, r.Phase)
	require.Equal(t, onDay(100), r.EndsAt)
	require.Equal(t, relationship.Ending, r.PhaseAt(onDay(99)))
	require.Equal(t, relationship.Ended, r.PhaseAt(onDay(100)))
	require.Equal(t, r, r.Touch(onDay(20), sixty), "an earlier one, reported late, changes nothing")
	// While active it only says from when the sixty days count.
	idle := begun().Touch(onDay(5), sixty)
	require.Equal(t, onDay(5), idle.Activity)
	require.Zero(t, idle.EndsAt)
	require.Equal(t, relationship.Active, idle.PhaseAt(onDay(3650)), "idleness alone ends nothing")
	// When it is over, or never was, it changes nothing.
	ended := ending().End(onDay(70))
	require.Equal(t, ended, ended.Touch(onDay(71), sixty))
	require.Equal(t, never, never.Touch(onDay(1), sixty))
}

func TestREL5_WhatStartsItRevivesIt(t *testing.T) {
	limited := func(r relationship.Relationship) relationship.Relationship {
		r.Limit = onDay(65)
		return r
	}
	whileEnding := limited(ending()).Begin(onDay(20))
	require.Equal(t, relationship.Active, whileEnding.Phase)
	require.Equal(t, onDay(20), whileEnding.Started)
	require.Zero(t, whileEnding.EndsAt)
	require.Equal(t, onDay(65), whileEnding.Due(), "a limit goes on with a relationship that was only ending")
	whileEnding.Members = 1
	require.NoError(t, whileEnding.Check())

	afterwards := limited(ending()).End(onDay(65)).Begin(onDay(90))
	require.Equal(t, relationship.Active, afterwards.PhaseAt(onDay(90)))
	require.Equal(t, onDay(90), afterwards.Started)
	require.Zero(t, afterwards.Ended)
	require.Zero(t, afterwards.Limit, "a limit dies with the relationship that it bounded")
	require.Zero(t, afterwards.Members, "it brings nobody back")
	require.Equal(t, "northwind", string(afterwards.Partner))
}

func TestREL6_TheClockEndsItWithoutAnybodyWriting(t *testing.T) {
	r := ending()
	require.False(t, r.DueAt(onDay(70).Add(-time.Microsecond)))
	require.True(t, r.DueAt(onDay(70)))
	require.True(t, r.DueAt(onDay(700)))
	require.Equal(t, relationship.Ending, r.Phase, "what is written stays until somebody writes")
	written := r.End(r.Due())
	require.NoError(t, written.Check())
	require.Equal(t, relationship.Ended, written.Phase)
	require.Equal(t, onDay(70), written.Ended, "dated to the instant")
	require.Zero(t, written.Due())
	require.False(t, written.DueAt(onDay(70)))
	for _, at := range []time.Time{day, onDay(69), onDay(70), onDay(700)} {
		require.Equal(t, relationship.Ended, written.PhaseAt(at))
	}
	// The sixty days are a setting.
	require.Equal(t, onDay(11), begun().LastGone(onDay(10), 24*hour).Due())
	// An end is in whole seconds, rounded down.
	require.Equal(t, onDay(70), begun().LastGone(onDay(10).Add(999*time.Millisecond), sixty).EndsAt)
}

func TestREL7_CreditLastsThroughTheEnding(t *testing.T) {
	require.True(t, begun().EarnsCreditAt(onDay(1000)))
	require.True(t, ending().EarnsCreditAt(onDay(70).Add(-time.Microsecond)))
	require.False(t, ending().EarnsCreditAt(onDay(70)))
	require.False(t, ending().End(onDay(70)).EarnsCreditAt(onDay(11)))
}

func TestTIME1_AClientsLimitEndsIt(t *testing.T) {
	r := with(begun(), func(r *relationship.Relationship) { r.Limit = onDay(30) })
	require.Equal(t, onDay(30), r.Due())
	require.Equal(t, relationship.Active, r.PhaseAt(onDay(30).Add(-time.Microsecond)))
	require.Equal(t, relationship.Ended, r.PhaseAt(onDay(30)))
	require.False(t, r.EarnsCreditAt(onDay(30)))
	require.Equal(t, onDay(30), r.Touch(onDay(29), sixty).Due(), "activity does not move a limit")
	// While it is ending, whichever comes first.
	gone := r.LastGone(onDay(10), sixty)
	require.Equal(t, onDay(30), gone.Due())
	gone.Limit = onDay(90)
	require.Equal(t, onDay(70), gone.Due())
	gone.Limit = time.Time{}
	require.Equal(t, onDay(70), gone.Due())
}

func TestTheShapeOfARelationshipFitsItsPhase(t *testing.T) {
	for field, r := range map[string]relationship.Relationship{
		"phase": with(begun(), func(r *relationship.Relationship) { r.Phase = "dormant" }),
		"end":   with(begun(), func(r *relationship.Relationship) { r.EndsAt = onDay(1) }),
		"ended": with(begun(), func(r *relationship.Relationship) { r.Ended = onDay(1) }),
	} {
		refused(t, r.Check(), "relationship", field)
	}
	refused(t, with(ending(), func(r *relationship.Relationship) { r.EndsAt = time.Time{} }).Check(), "relationship", "end")
	refused(t, with(ending().End(day), func(r *relationship.Relationship) { r.Ended = time.Time{} }).Check(), "relationship", "ended")
	refused(t, with(never, func(r *relationship.Relationship) { r.Members = 0 }).Check(), "relationship", "phase")
}
