package relationship_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

func TestTheShapeOfAMemberFitsItsRole(t *testing.T) {
	superAdmin := relationship.Member{Client: "lumen", User: "ann", Role: relationship.SuperAdmin, Since: day, TermFrom: day}
	for _, test := range []struct {
		name, field string // no field: it may be stored
		member      relationship.Member
	}{
		{"a super admin", "", superAdmin},
		{"a super admin with a paid seat", "", with(superAdmin, func(m *relationship.Member) { m.PaidSeat = true })},
		{"a deactivated super admin (OFF-1)", "", with(superAdmin, func(m *relationship.Member) { m.Deactivated = relationship.PartnerSide })},
		{"a super admin is always own (ADM-1)", "manager", with(superAdmin, func(m *relationship.Member) { m.Manager = "northwind" })},
		{"a super admin has no end (OFF-8)", "end", with(superAdmin, func(m *relationship.Member) { m.End = onDay(1) })},
		{"a super admin has the whole catalogue (ADM-1)", "set", with(superAdmin, func(m *relationship.Member) {
			m.Set = permset.MustNames("reports.view")
		})},
		{"a partner admin", "", managed},
		{"a partner admin is managed (LINK-4)", "role", with(managed, func(m *relationship.Member) { m.Manager = "" })},
		{"a partner admin with an end (TIME-1)", "", with(managed, func(m *relationship.Member) { m.End = onDay(1) })},
		{"a managed member has the partner seat (ADM-4)", "paid seat", with(managed, func(m *relationship.Member) { m.PaidSeat = true })},
		{"a standard own user", "", standard},
		{"an own user with a paid seat (ADM-4)", "", with(standard, func(m *relationship.Member) { m.PaidSeat = true })},
		{"a linked member (ADD-5)", "", with(managed, func(m *relationship.Member) { m.Role, m.Linked = relationship.Standard, true })},
		{"deactivated by the client's side (OFF-3)", "", with(managed, func(m *relationship.Member) { m.Deactivated = relationship.ClientSide })},
		{"deactivated by nobody in particular", "deactivated", with(managed, func(m *relationship.Member) { m.Deactivated = "both" })},
		{"no role", "role", with(standard, func(m *relationship.Member) { m.Role = "" })},
		{"a role that is none", "role", with(standard, func(m *relationship.Member) { m.Role = "Standard" })},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.field == "" {
				require.NoError(t, test.member.Check())
			} else {
				refused(t, test.member.Check(), "member", test.field)
			}
		})
	}
}

func TestManagedIsWhoHasAManager(t *testing.T) {
	require.True(t, managed.Managed())
	require.False(t, standard.Managed())
}

func TestTIME1_TheLongestTermBoundsEveryManagedMembership(t *testing.T) {
	bounded := with(terms, func(x *relationship.Terms) { x.Longest = 30 * 24 * hour })
	for _, test := range []struct {
		name   string
		member relationship.Member
		terms  relationship.Terms
		want   time.Time
	}{
		{"no end, no bound", managed, terms, time.Time{}},
		{"its own end", with(managed, func(m *relationship.Member) { m.End = onDay(5) }), terms, onDay(5)},
		{"the bound", managed, bounded, onDay(30)},
		{"its own end, before the bound", with(managed, func(m *relationship.Member) { m.End = onDay(5) }), bounded, onDay(5)},
		{"the bound, before its own end", with(managed, func(m *relationship.Member) { m.End = onDay(50) }), bounded, onDay(30)},
		{"renewed", with(managed, func(m *relationship.Member) { m.TermFrom = onDay(20) }), bounded, onDay(50)},
		{"rounded down", with(managed, func(m *relationship.Member) { m.TermFrom = day.Add(999 * time.Millisecond) }), bounded, onDay(30)},
		{"an own member is not bounded", standard, bounded, time.Time{}},
		{"an own member's end", with(standard, func(m *relationship.Member) { m.End = onDay(50) }), bounded, onDay(50)},
	} {
		t.Run(test.name, func(t *testing.T) { require.Equal(t, test.want, test.member.Until(test.terms)) })
	}
}

func TestTIME1_EndsAreWholeSecondsRoundedDown(t *testing.T) {
	zone := time.FixedZone("elsewhere", -5*3600)
	require.Zero(t, relationship.EndInstant(time.Time{}))
	require.Zero(t, relationship.Instant(time.Time{}))
	require.True(t, relationship.EndInstant(time.Time{}.In(zone)) == time.Time{})
	require.True(t, relationship.Instant(time.Time{}.In(zone)) == time.Time{})
	rapid.Check(t, func(t *rapid.T) {
		at := day.Add(time.Duration(rapid.Int64().Draw(t, "offset"))).In(zone)
		end, instant := relationship.EndInstant(at), relationship.Instant(at)
		for _, stored := range []time.Time{end, instant} {
			require.False(t, stored.After(at), "rounding takes away and never gives")
			require.Equal(t, time.UTC, stored.Location())
		}
		require.Less(t, at.Sub(end), time.Second)
		require.Less(t, at.Sub(instant), time.Microsecond)
		require.Zero(t, end.Nanosecond())
		require.True(t, end == relationship.EndInstant(end))
		require.True(t, instant == relationship.Instant(instant))
		require.True(t, end == relationship.EndInstant(instant))
	})
	now := time.Now()
	require.True(t, relationship.Instant(now) == relationship.Instant(now.Round(0)), "a monotonic reading is dropped")
}

func drawEnd(t *rapid.T, label string) time.Time {
	if rapid.Bool().Draw(t, label+" never") {
		return time.Time{}
	}
	return onDay(rapid.IntRange(-3, 3).Draw(t, label))
}

func TestDEL6_TheEarlierEndNeverOutlasts(t *testing.T) {
	require.True(t, relationship.Outlasts(time.Time{}, onDay(1)), "no end outlasts every end")
	require.False(t, relationship.Outlasts(onDay(1), time.Time{}))
	require.False(t, relationship.Outlasts(time.Time{}, time.Time{}))
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawEnd(t, "a"), drawEnd(t, "b"), drawEnd(t, "c")
		earlier := relationship.Earlier(a, b)
		require.Equal(t, earlier, relationship.Earlier(b, a))
		require.Equal(t, relationship.Earlier(earlier, c), relationship.Earlier(a, relationship.Earlier(b, c)))
		require.True(t, earlier == a || earlier == b)
		require.False(t, relationship.Outlasts(earlier, a))
		require.False(t, relationship.Outlasts(earlier, b))
		require.False(t, relationship.Outlasts(a, b) && relationship.Outlasts(b, a))
		require.Equal(t, a != b, relationship.Outlasts(a, b) || relationship.Outlasts(b, a), "of two different ends one is later")
	})
}

func TestDEL6_UntilIsNeverLaterThanTheMembersEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		member := with(managed, func(m *relationship.Member) {
			m.End = drawEnd(t, "end")
			m.TermFrom = onDay(rapid.IntRange(-3, 3).Draw(t, "term"))
		})
		bound := with(terms, func(x *relationship.Terms) {
			x.Longest = time.Duration(rapid.IntRange(0, 5).Draw(t, "days")) * 24 * hour
		})
		until := member.Until(bound)
		require.False(t, relationship.Outlasts(until, member.End))
		// LIM-5: a shorter term never gives more.
		if bound.Longest > 24*hour {
			shorter := with(bound, func(x *relationship.Terms) { x.Longest -= 24 * hour })
			require.False(t, relationship.Outlasts(member.Until(shorter), until))
		}
	})
}

// By whose act somebody is a member is nobody, or an actor who is whole
// (SEE-4).
func TestSEE4_TheActorOfAMemberIsWhole(t *testing.T) {
	for _, test := range []struct {
		name string
		by   relationship.Actor
		ok   bool
	}{
		{"nobody knows", relationship.Actor{}, true},
		{"the host", relationship.Actor{Kind: relationship.ByHost}, true},
		{"the clock", relationship.Actor{Kind: relationship.ByClock}, true},
		{"the library", relationship.Actor{Kind: relationship.ByLibrary}, true},
		{"the partner's side", relationship.Actor{Kind: relationship.ByPartnerSide, User: "ann", Partner: "northwind"}, true},
		{"the client's side", relationship.Actor{Kind: relationship.ByClientSide, User: "carla"}, true},
		{"themselves", relationship.Actor{Kind: relationship.ByThemselves, User: "bob"}, true},
		{"a user of no kind", relationship.Actor{User: "ann"}, false},
		{"an unknown kind", relationship.Actor{Kind: "friend", User: "ann"}, false},
		{"the host with a user", relationship.Actor{Kind: relationship.ByHost, User: "ann"}, false},
		{"a partner's side without a partner", relationship.Actor{Kind: relationship.ByPartnerSide, User: "ann"}, false},
		{"a partner's side without a user", relationship.Actor{Kind: relationship.ByPartnerSide, Partner: "northwind"}, false},
		{"a client's side with a partner", relationship.Actor{Kind: relationship.ByClientSide, User: "carla", Partner: "northwind"}, false},
		{"themselves, and nobody", relationship.Actor{Kind: relationship.ByThemselves}, false},
		{"a user that is no text", relationship.Actor{Kind: relationship.ByClientSide, User: "a\x00"}, false},
		{"a partner that is no text", relationship.Actor{Kind: relationship.ByPartnerSide, User: "ann", Partner: "\xff"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := with(managed, func(m *relationship.Member) { m.By = test.by }).Check()
			if test.ok {
				require.NoError(t, err)
				return
			}
			refused(t, err, "member", "actor")
		})
	}
	require.NotContains(t, string(must(relationship.EncodeRecord(managed))), `"by"`, "nobody is not written")
}
