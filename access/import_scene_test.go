package access_test

import (
	"context"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// What the tests of importing have in common.

// importing is a world into which rows are imported.
type importing struct {
	*accesstest.World
	t *testing.T
}

func newImporting(t *testing.T, options ...accesstest.Option) importing {
	return importing{accesstest.New(t, options...), t}
}

// rows imports rows; the import goes through. It holds the counts against the
// outcomes, and these against the order of the rows.
func (w importing) rows(rows ...access.ImportRow) []access.ImportedRow {
	w.t.Helper()
	outcomes, counts, err := w.run(context.Background(), slices.Values(rows))
	require.NoError(w.t, err)
	require.Len(w.t, outcomes, len(rows))
	require.Zero(w.t, counts.NotAttempted)
	return outcomes
}

// run imports rows, and checks that nothing is left out.
func (w importing) run(ctx context.Context, rows iter.Seq[access.ImportRow]) ([]access.ImportedRow, access.Tally, error) {
	w.t.Helper()
	var read []access.ImportRow
	var outcomes []access.ImportedRow
	counts, err := w.Manager.Import(ctx, access.Host(), func(yield func(access.ImportRow) bool) {
		for row := range rows {
			if read = append(read, row); !yield(row) {
				return
			}
		}
	}, func(o access.ImportedRow) { outcomes = append(outcomes, o) })
	importCounted(w.t, counts, outcomes)
	require.Len(w.t, outcomes, len(read))
	for i, o := range outcomes {
		require.Equal(w.t, i, o.Number)
		require.Equal(w.t, read[i], o.Row)
	}
	return outcomes, counts, err
}

// importCounted checks that the counts are those of the outcomes, and that
// each outcome has what belongs to its status.
func importCounted(t require.TestingT, counts access.Tally, outcomes []access.ImportedRow) {
	var want access.Tally
	for _, o := range outcomes {
		switch o.Outcome {
		case access.Applied:
			want.Applied++
		case access.Unchanged:
			want.Unchanged++
		case access.Refused:
			want.Refused++
		case access.NotAttempted:
			want.NotAttempted++
		}
		bad := o.Outcome == access.Refused || o.Outcome == access.NotAttempted
		require.Equal(t, bad, o.Err != nil, "%s", o)
		require.Equal(t, o.Outcome == access.NotAttempted, o.Revision == 0, "%s", o)
	}
	require.Equal(t, want, counts)
	require.Equal(t, len(outcomes), counts.Total())
}

// applied imports rows that are all stored.
func (w importing) applied(rows ...access.ImportRow) {
	w.t.Helper()
	for _, o := range w.rows(rows...) {
		require.Equal(w.t, access.Applied, o.Outcome, "%s: %#v", o, o.Row)
	}
}

// unchanged imports rows that are all there, which leaves no trace.
func (w importing) unchanged(rows ...access.ImportRow) {
	w.t.Helper()
	before := w.Store.Snapshot().Revision()
	for _, o := range w.rows(rows...) {
		require.Equal(w.t, access.Unchanged, o.Outcome, "%s: %#v", o, o.Row)
		require.Equal(w.t, before, o.Revision)
	}
	require.Equal(w.t, before, w.Store.Snapshot().Revision())
}

// refused imports a row that is refused, and writes nothing.
func (w importing) refused(row access.ImportRow) error {
	w.t.Helper()
	before := w.Store.Snapshot().Revision()
	outcome := w.rows(row)[0]
	require.Equal(w.t, access.Refused, outcome.Outcome, "%#v", row)
	require.Equal(w.t, before, w.Store.Snapshot().Revision())
	return outcome.Err
}

// importRecords is everything that is stored, by key. What chance puts into a
// user is left out.
func importRecords(r storage.Reader) map[relationship.Key]relationship.Record {
	records := map[relationship.Key]relationship.Record{}
	for _, kind := range relationship.Kinds() {
		for record := range r.All(kind, relationship.Key{}) {
			if user, is := record.(relationship.User); is {
				user.Salt, user.Person = relationship.Digest{}, relationship.Digest{}
				record = user
			}
			records[record.Key()] = record
		}
	}
	return records
}

func importSame(t require.TestingT, want, got map[relationship.Key]relationship.Record) {
	require.Empty(t, cmp.Diff(want, got, compareNames))
}

// importLongAgo is an instant before the world began.
var importLongAgo = time.Date(2021, 3, 4, 5, 6, 7, 8000, time.UTC)

func importUser(id relationship.UserID, domain string) access.ImportUser {
	return access.ImportUser{ID: id, Name: "User " + string(id), Email: string(id) + "@" + domain}
}

// importStory is a small agency in rows, one of each kind at least.
func importStory() []access.ImportRow {
	return []access.ImportRow{
		importUser("ines", "south.example"), importUser("jo", "south.example"), importUser("kim", "home.example"),
		importUser("lea", "harbor.example"), importUser("max", "harbor.example"),
		access.ImportPartner{
			ID: "south", Name: "South", Kind: relationship.Provider, Domains: []string{"south.example"},
			SuperAdmin: "ines", Since: importLongAgo,
		},
		access.ImportEmployee{Partner: "south", User: "jo", Kind: relationship.Staff, View: true, Edit: true, Since: importLongAgo},
		access.ImportEmployee{Partner: "south", User: "kim", Kind: relationship.Contractor, Confirmed: true, Suspended: true},
		access.ImportTemplate{Partner: "south", Name: "support", Permissions: []string{crm.TicketsViewAll}},
		access.ImportClient{ID: "harbor", Name: "Harbor Hotels", SuperAdmin: "lea", PaidSeat: true, Since: importLongAgo},
		access.ImportTerms{Client: "harbor", Partner: "south", HasCeiling: true, Ceiling: crm.Catalog().All().Names().Slice()},
		access.ImportMember{
			Client: "harbor", User: "jo", Partner: "south", Role: relationship.PartnerAdmin,
			Permissions: []string{crm.ContactsViewAll}, Since: importLongAgo,
		},
		access.ImportMember{
			Client: "harbor", User: "kim", Partner: "south", Role: relationship.Standard, Template: "support",
			Permissions: []string{crm.TicketsViewAll}, End: accesstest.Start.Add(90 * accesstest.Day), EndByClient: true,
			Deactivated: relationship.PartnerSide, Linked: true,
		},
		access.ImportMember{Client: "harbor", User: "max", Role: relationship.Standard, PaidSeat: true, TermFrom: importLongAgo},
		access.ImportRelationship{
			Partner: "south", Client: "harbor", ClientName: "Harbor (retainer)",
			Started: importLongAgo, Activity: importLongAgo.Add(time.Hour), Limit: accesstest.Start.Add(400 * accesstest.Day),
		},
	}
}
