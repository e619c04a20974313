package relationship_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/relationship"
)

// instants are all instants of all nouns, and whether each is an end, which
// is kept in whole seconds.
var instants = []struct {
	noun, field string
	end         bool
	set         func(at time.Time) relationship.Record
}{
	{"employee", "since", false, func(at time.Time) relationship.Record {
		return with(annAt, func(e *relationship.Employee) { e.Since = at })
	}},
	{"employee", "pause", true, func(at time.Time) relationship.Record {
		return with(annAt, func(e *relationship.Employee) { e.Pause = relationship.Pause{On: true, Until: at} })
	}},
	{"member", "end", true, func(at time.Time) relationship.Record {
		return with(managed, func(m *relationship.Member) { m.End = at })
	}},
	{"member", "since", false, func(at time.Time) relationship.Record {
		return with(managed, func(m *relationship.Member) { m.Since = at })
	}},
	{"member", "term", false, func(at time.Time) relationship.Record {
		return with(managed, func(m *relationship.Member) { m.TermFrom = at })
	}},
	{"relationship", "started", false, func(at time.Time) relationship.Record {
		return with(active, func(r *relationship.Relationship) { r.Started = at })
	}},
	{"relationship", "activity", false, func(at time.Time) relationship.Record {
		return with(active, func(r *relationship.Relationship) { r.Activity = at })
	}},
	{"relationship", "end", true, func(at time.Time) relationship.Record {
		return with(active, func(r *relationship.Relationship) { r.Phase, r.Members, r.EndsAt = relationship.Ending, 0, at })
	}},
	{"relationship", "limit", true, func(at time.Time) relationship.Record {
		return with(active, func(r *relationship.Relationship) { r.Limit = at })
	}},
	{"relationship", "ended", false, func(at time.Time) relationship.Record {
		return with(active, func(r *relationship.Relationship) { r.Phase, r.Members, r.Ended = relationship.Ended, 0, at })
	}},
	{"access link", "issued", false, func(at time.Time) relationship.Record {
		return with(link, func(l *relationship.Link) { l.Issued = at })
	}},
	{"access link", "expiry", false, func(at time.Time) relationship.Record {
		return with(link, func(l *relationship.Link) { l.Expires = at })
	}},
	{"terms", "pause", true, func(at time.Time) relationship.Record {
		return with(terms, func(x *relationship.Terms) { x.Pause = relationship.Pause{On: true, Until: at} })
	}},
	{"standing", "end", true, func(at time.Time) relationship.Record {
		return with(standing, func(x *relationship.Standing) { x.End = at })
	}},
	{"standing", "pause", true, func(at time.Time) relationship.Record {
		return with(standing, func(x *relationship.Standing) { x.Pause = relationship.Pause{On: true, Until: at} })
	}},
}

func TestInstantsAreStoredInOneForm(t *testing.T) {
	for _, instant := range instants {
		t.Run(instant.noun+" "+instant.field, func(t *testing.T) {
			for name, bad := range map[string]time.Time{
				"another zone":   day.In(time.FixedZone("elsewhere", 3600)),
				"the local zone": day.In(time.Local), // its pointer differs, even where it is UTC
				"nanoseconds":    day.Add(time.Nanosecond),
				"year 10000":     day.AddDate(8000, 0, 0),
				"year -1":        day.AddDate(-2027, 0, 0),
			} {
				refused(t, instant.set(bad).Check(), instant.noun, instant.field)
				require.NotEmpty(t, name)
			}
			require.NoError(t, instant.set(day.AddDate(100, 0, 0)).Check())
			micro := instant.set(day.Add(time.Microsecond)).Check()
			if instant.end {
				refused(t, micro, instant.noun, instant.field)
			} else {
				require.NoError(t, micro)
			}
		})
	}
}
