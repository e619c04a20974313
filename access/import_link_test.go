package access_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

// A verified employee whose row makes them a standard own user is linked in
// the chunk that makes it possible (ADD-5), whatever the order of the rows;
// the same rows again change nothing.
func TestADD5_ImportLinksTheVerified(t *testing.T) {
	own := access.ImportMember{
		Client: "harbor", User: "lars", Role: relationship.Standard, Permissions: []string{crm.TicketsViewAll},
		PaidSeat: true, TermFrom: importLongAgo, Since: importLongAgo,
	}
	before := append(importStory(), importUser("lars", "south.example"),
		access.ImportEmployee{Partner: "south", User: "lars", Kind: relationship.Staff})
	after := append(importStory()[:12], importUser("lars", "south.example"), own,
		access.ImportEmployee{Partner: "south", User: "lars", Kind: relationship.Staff})
	for name, rows := range map[string][]access.ImportRow{
		"the member comes last":   append(before, own),
		"the employee comes last": after,
	} {
		t.Run(name, func(t *testing.T) {
			w := newImporting(t)
			w.applied(rows...)
			lars := w.Member("harbor", "lars")
			require.Equal(t, relationship.PartnerID("south"), lars.Manager)
			require.True(t, lars.Linked)
			require.Equal(t, importLongAgo, lars.Since)
			require.Equal(t, accesstest.Start, lars.TermFrom)
			w.unchanged(rows...)

			w.applied(importUser("late", "south.example"),
				access.ImportMember{Client: "harbor", User: "late", Role: relationship.Standard})
			require.False(t, w.Member("harbor", "late").Managed())
			w.applied(access.ImportEmployee{Partner: "south", User: "late", Kind: relationship.Contractor})
			require.True(t, w.Member("harbor", "late").Linked)
		})
	}
}

// Who was deactivated by the client's side, and who is not verified, is not
// linked.
func TestADD5_ImportLinksNobodyElse(t *testing.T) {
	w := newImporting(t)
	w.applied(append(importStory(), importUser("lars", "south.example"), importUser("ole", "home.example"),
		access.ImportEmployee{Partner: "south", User: "lars", Kind: relationship.Staff},
		access.ImportEmployee{Partner: "south", User: "ole", Kind: relationship.Staff},
		access.ImportMember{Client: "harbor", User: "lars", Role: relationship.Standard, Deactivated: relationship.ClientSide},
		access.ImportMember{Client: "harbor", User: "ole", Role: relationship.Standard},
	)...)
	for _, user := range []relationship.UserID{"lars", "ole"} {
		require.False(t, w.Member("harbor", user).Managed(), user)
	}
}

// What the clock has ended is written before the rows that meet it, as an
// event of its own (REL-6), and importing does not revive it (REL-5).
func TestREL6_ImportMeetsRelationshipsThatTheClockHasEnded(t *testing.T) {
	w := newImporting(t)
	w.applied(importStory()...)
	more := slices.DeleteFunc(importStory(), func(row access.ImportRow) bool {
		switch row.(type) {
		case access.ImportUser, access.ImportPartner, access.ImportEmployee, access.ImportTemplate:
			return true
		}
		return false
	})
	for i := range more {
		switch row := more[i].(type) {
		case access.ImportClient:
			row.ID = "inn"
			more[i] = row
		case access.ImportTerms:
			row.Client = "inn"
			more[i] = row
		case access.ImportMember:
			row.Client = "inn"
			more[i] = row
		case access.ImportRelationship:
			row.Client = "inn"
			more[i] = row
		}
	}
	w.applied(more...)
	w.Clock.Turn(401 * accesstest.Day)

	from := w.Store.Snapshot().Revision()
	outcomes := w.rows(append([]access.ImportRow{importUser("new", "home.example")}, append(importStory()[11:13], more[2:4]...)...)...)
	require.Equal(t, access.Applied, outcomes[0].Outcome)
	for _, o := range outcomes[1:] {
		require.Equal(t, access.Refused, o.Outcome)
	}
	require.ErrorIs(t, outcomes[1].Err, access.ErrNoRelationship)
	require.ErrorIs(t, outcomes[2].Err, access.ErrInvalid, "the end of the membership has passed besides")
	for _, client := range []relationship.ClientID{"harbor", "inn"} {
		require.Equal(t, relationship.Ended, w.Relationship("south", client).Phase)
	}
	var changes []string
	for event, err := range w.Manager.Events(t.Context(), access.Host(), from) {
		require.NoError(t, err)
		changes = append(changes, event.Change)
	}
	require.Equal(t, []string{"RelationshipEnds", "RelationshipEnds", "Import"}, changes)
}

// The first row of a chunk may meet such a relationship as well.
func TestREL6_AnImportOfOneRowMeetsWhatTheClockHasEnded(t *testing.T) {
	w := newImporting(t)
	w.applied(importStory()...)
	w.Clock.Turn(401 * accesstest.Day)
	outcome := w.rows(importStory()[14])[0]
	require.ErrorIs(t, outcome.Err, access.ErrNoRelationship)
	require.Equal(t, relationship.Ended, w.Relationship("south", "harbor").Phase)
}

// A relationship's row can come again after work was done in it, and says
// more only while it is as new.
func TestORG4_ARelationshipRowSaysMoreOfWhatTheMembersStarted(t *testing.T) {
	w := newImporting(t)
	w.applied(importStory()[:14]...)
	row := access.ImportRelationship{Partner: "south", Client: "harbor", Started: importLongAgo}
	w.unchanged(access.ImportRelationship{Partner: "south", Client: "harbor"})
	w.applied(row)
	require.Equal(t, importLongAgo, w.Relationship("south", "harbor").Started)
	require.Equal(t, accesstest.Start, w.Relationship("south", "harbor").Activity, "the import counts as activity")
	w.unchanged(row)

	named := row
	named.ClientName = "Harbor"
	w.applied(named)
	w.Clock.Turn(2*accesstest.Day + time.Minute)
	w.Do(access.Host(), access.ReportActivity{Partner: "south", Client: "harbor"})
	w.unchanged(named)
	row.Started = row.Started.Add(-accesstest.Day)
	require.ErrorIs(t, w.refused(row), access.ErrExists)
	row.Started, row.Activity = importLongAgo, accesstest.Start
	w.unchanged(row)
	row.Activity = w.Clock.Now()
	require.ErrorIs(t, w.refused(row), access.ErrExists)
}

// Terms that lay nothing down leave nothing, and what the client lifted is not
// laid down again.
func TestORG4_TermsAreTheClients(t *testing.T) {
	w := newImporting(t)
	w.unchanged(access.ImportTerms{Client: "lumen", Partner: "northwind"})
	row := access.ImportTerms{
		Client: "lumen", Partner: "northwind", HasCeiling: true, Paused: true, PausedUntil: accesstest.Start.Add(accesstest.Day),
	}
	w.applied(row)
	require.False(t, w.Manager.Can("ann", "lumen", w.Permission(crm.ContactsViewAll)))
	w.Clock.Turn(2 * accesstest.Day)
	w.unchanged(row)
	w.Do(access.By("carla"), access.LiftCeiling{Client: "lumen", Partner: "northwind"})
	require.ErrorIs(t, w.refused(row), access.ErrExists)
}
