package relationship_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

func TestORG2_AnEmployeeActsWhileEmployedAndNotPaused(t *testing.T) {
	pause := relationship.NewPause(onDay(5))
	for _, test := range []struct {
		name            string
		employee        relationship.Employee
		present, active bool
	}{
		{"employed", annAt, true, true},
		{"suspended", with(annAt, func(e *relationship.Employee) { e.Status = relationship.Suspended }), true, false},
		{"left", with(annAt, func(e *relationship.Employee) { e.Status = relationship.Left }), false, false},
		{"paused", with(annAt, func(e *relationship.Employee) { e.Pause = pause }), true, false},
		{"a paused super admin", with(annAt, func(e *relationship.Employee) { e.Pause, e.SuperAdmin = pause, true }), true, false},
		{"left and paused", with(annAt, func(e *relationship.Employee) { e.Status, e.Pause = relationship.Left, pause }), false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.NoError(t, test.employee.Check())
			require.Equal(t, test.present, test.employee.Present())
			require.Equal(t, test.active, test.employee.ActiveAt(onDay(1)))
			if test.employee.Status == relationship.Employed {
				require.True(t, test.employee.ActiveAt(onDay(5)), "a pause is over by itself")
			}
		})
	}
}

func TestLINK1_AccessIsSuperAdminOrViewAndEdit(t *testing.T) {
	for bits := range 8 {
		employee := with(annAt, func(e *relationship.Employee) { e.SuperAdmin, e.View, e.Edit = bits&1 > 0, bits&2 > 0, bits&4 > 0 })
		require.Equal(t, bits&1 > 0 || bits&6 == 6, employee.HasAccess(), "%03b", bits)
	}
}

func TestLINK1_TwoKindsOfPartnerAreEligible(t *testing.T) {
	for kind, eligible := range map[relationship.PartnerKind]bool{
		relationship.SolutionsPartner: true, relationship.Provider: true,
		"app partner": false, "": false, "Solutions Partner": false, "provider ": false,
	} {
		require.Equal(t, eligible, kind.Eligible(), "%q", kind)
	}
}

func TestLINK3_ALinkShowsWhoAsksAndForWhom(t *testing.T) {
	shows := relationship.LinkShows(ann, annAt)
	require.Equal(t, shows, relationship.LinkShows(ann, annAt))
	for name, changed := range map[string]relationship.Digest{
		"another name": relationship.LinkShows(must(relationship.NewUser("ann", "Ann Other", "ann@northwind.example", salt)), annAt),
		"another address": relationship.LinkShows(
			must(relationship.NewUser("ann", "Ann Arnold", "ann@umbra.example", salt)), annAt),
		"another kind of employee": relationship.LinkShows(ann,
			with(annAt, func(e *relationship.Employee) { e.Kind = relationship.Contractor })),
		"another employment": relationship.LinkShows(ann,
			with(annAt, func(e *relationship.Employee) { e.Since = onDay(9) })),
		"another partner": relationship.LinkShows(ann, with(annAt, func(e *relationship.Employee) { e.Partner = "umbra" })),
	} {
		require.NotEqual(t, shows, changed, name)
	}
	// What does not show may change.
	require.Equal(t, shows, relationship.LinkShows(ann, with(annAt, func(e *relationship.Employee) { e.View = true })))
}

func TestLINK6_ALinkLivesUntilItExpiresOrIsRevoked(t *testing.T) {
	require.Equal(t, 30*24*hour, relationship.LinkLife)
	require.Equal(t, 100, relationship.LinkWrongTries)
	require.True(t, link.LiveAt(day))
	require.True(t, link.LiveAt(onDay(30).Add(-time.Microsecond)))
	require.False(t, link.LiveAt(onDay(30)))
	require.False(t, with(link, func(l *relationship.Link) { l.Revoked = true }).LiveAt(day))
	require.False(t, relationship.Link{}.LiveAt(day), "a link without an expiry is not live")
}

func TestLIM3_APauseHoldsUntilItsInstantOrForGood(t *testing.T) {
	require.False(t, relationship.Pause{}.ActiveAt(day))
	require.False(t, relationship.Pause{Until: onDay(5)}.ActiveAt(day))
	require.True(t, relationship.NewPause(time.Time{}).ActiveAt(onDay(36500)))
	pause := relationship.NewPause(onDay(5))
	require.True(t, pause.ActiveAt(onDay(5).Add(-time.Microsecond)))
	require.False(t, pause.ActiveAt(onDay(5)))
	rapid.Check(t, func(t *rapid.T) {
		until := day.Add(time.Duration(rapid.Int64().Draw(t, "until")))
		pause := relationship.NewPause(until)
		require.True(t, pause.On)
		require.True(t, pause.ActiveAt(until.Add(-time.Nanosecond)), "rounding takes away and never gives")
		require.Less(t, pause.Until.Sub(until), time.Second)
		require.NoError(t, with(standing, func(s *relationship.Standing) { s.Pause = pause }).Check())
		require.Equal(t, pause, relationship.NewPause(pause.Until))
	})
}

func TestLIM1_ACeilingMayBeEmptyAndInForce(t *testing.T) {
	nothing := with(terms, func(x *relationship.Terms) { x.HasCeiling = true })
	require.NoError(t, nothing.Check())
	require.NotEqual(t, terms, nothing, "a ceiling of nothing is not the same as none")
	require.NoError(t, with(nothing, func(x *relationship.Terms) { x.Ceiling = permset.MustNames("reports.view") }).Check())
}

func TestPSET4_BuiltInNamesCannotBeTaken(t *testing.T) {
	for _, name := range []string{
		"partner admin", "Partner Admin", "PARTNER ADMIN", " partner admin", "partner admin\n", "\u00a0partner admin\u2003",
		"super admin", "Super Admin", " SUPER ADMIN ",
	} {
		_, err := relationship.NewTemplate("northwind", name, permset.Names{})
		refused(t, err, "template", "name")
	}
	for _, name := range []string{"partner admins", "partneradmin", "standard", "support"} {
		_, err := relationship.NewTemplate("northwind", name, permset.MustNames("tickets.view"))
		require.NoError(t, err, name)
	}
}

func TestSummariesSayWhatSomethingAllows(t *testing.T) {
	until := relationship.NewPause(onDay(5))
	for _, test := range []struct {
		want   string
		record relationship.Record
	}{
		{"permission catalogue", catalog},
		{"Ann Arnold <ann@northwind.example>", ann},
		{"Northwind, solutions partner, open, domains: northwind.example", agency},
		{"Northwind, solutions partner, closed, domains: none", with(agency, func(p *relationship.Partner) { p.Closed, p.Domains = true, "" })},
		{"staff, employed", annAt},
		{"contractor, suspended, super admin, view, edit, confirmed, paused until 2026-03-07T09:00:00Z", with(annAt, func(e *relationship.Employee) {
			e.Kind, e.Status, e.SuperAdmin, e.View, e.Edit, e.Confirmed = relationship.Contractor, relationship.Suspended, true, true, true, true
			e.Pause = until
		})},
		{"tickets.view", team},
		{"none", with(team, func(x *relationship.Template) { x.Set = permset.Names{} })},
		{`live, for "ann" of "northwind", asks for: contacts.view`, link},
		{`revoked, for "ann" of "northwind", asks for: contacts.view`, with(link, func(l *relationship.Link) { l.Revoked = true })},
		{"Lumen AG, open", lumen},
		{"Lumen AG, closed", with(lumen, func(c *relationship.Client) { c.Closed = true })},
		{"standard, permissions: contacts.view reports.view", standard},
		{"super admin, paid seat", relationship.Member{Role: relationship.SuperAdmin, PaidSeat: true}},
		{`partner admin, deactivated by the client, managed by "northwind", linked, template "x", until 2026-03-07T09:00:00Z, end set by the client, permissions: none`, with(managed, func(m *relationship.Member) {
			m.Deactivated, m.Linked, m.Template, m.End, m.EndByClient = relationship.ClientSide, true, "x", onDay(5), true
			m.Set = permset.Names{}
		})},
		{"active", active},
		{`active, client called "Lumen", limited to 2026-03-07T09:00:00Z`, with(active, func(r *relationship.Relationship) {
			r.ClientName, r.Limit = "Lumen", onDay(5)
		})},
		{"none", terms},
		{"at most nothing; paused; memberships end after 48h0m0s", with(terms, func(x *relationship.Terms) {
			x.HasCeiling, x.Pause, x.Longest = true, relationship.NewPause(time.Time{}), 48*hour
		})},
		{"none", standing},
		{"only the client's side lets them in again; no later than 2026-03-08T09:00:00Z; paused until 2026-03-07T09:00:00Z", with(standing, func(s *relationship.Standing) {
			s.Barred, s.End, s.Pause = true, onDay(6), until
		})},
	} {
		require.Equal(t, test.want, test.record.Summary())
	}
}
