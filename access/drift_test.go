package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// rolloutDrift are the lines of Drift, which has to be answered.
func rolloutDrift(c cast, viewer relationship.UserID, template string) []string {
	c.t.Helper()
	var lines []string
	for drift, err := range c.Manager.Drift(access.By(viewer), template) {
		require.NoError(c.t, err)
		lines = append(lines, drift.String())
	}
	return lines
}

func TestPSET4_DriftListsWhatDiffers(t *testing.T) {
	c := rolloutCast(t)
	require.Equal(t, []string{
		`"bob" in "lumen": missing: account.close reports.view; extra: contacts.edit.own`,
		`"cleo" in "lumen": missing: account.close reports.view; extra: contacts.edit.own`,
		`"dirk" in "lumen": missing: account.close reports.view; extra: contacts.edit.own`,
		`"bob" in "umbra": missing: account.close reports.view; extra: contacts.edit.own`,
		`"cleo" in "umbra": missing: account.close reports.view; extra: contacts.edit.own`,
		`"dirk" in "umbra": missing: account.close reports.view; extra: contacts.edit.own`,
		`"bob" in "vega": missing: account.close reports.view; extra: contacts.edit.own`,
		`"cleo" in "vega": missing: account.close reports.view; extra: contacts.edit.own`,
		`"dirk" in "vega": missing: account.close reports.view; extra: contacts.edit.own`,
	}, rolloutDrift(c, "nia", "support"))

	c.Do(access.By("ann"), access.EditTemplate{Name: "support", Permissions: []string{"contacts.edit.own"}})
	require.Empty(t, rolloutDrift(c, "ann", "support"))
	c.Do(access.By("ann"), access.ChangeEmployeePermissions{Client: "umbra", Employee: "dirk", Add: []string{"crm.views.edit"}})
	c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "dirk", All: true}) // a record is compared, whoever may use it
	require.Equal(t, []string{`"dirk" in "umbra": extra: crm.views.edit`}, rolloutDrift(c, "ann", "support"))

	// ann lacks Reports in Lumen since carla took it away.
	require.Equal(t, []string{`"ann" in "lumen": missing: ` + c.closed(c.Catalog.PartnerAdmin().Names().Slice()...).Minus(c.lumen("ann").Set).String()},
		rolloutDrift(c, "ann", relationship.PartnerAdminTemplate))
}

// One may stop listening at any time.
func TestPSET4_DriftEndsWhenItIsLeft(t *testing.T) {
	c := rolloutCast(t)
	for drift, err := range c.Manager.Drift(access.By("ann"), "support") {
		require.NoError(t, err)
		require.Equal(t, access.Place{Client: "lumen", User: "bob"}, drift.Place)
		break
	}
}

// Another partner sees its own members only, and nobody without access any.
func TestPSET4_WhoSeesDrift(t *testing.T) {
	c := rolloutCast(t)
	c.southwind()
	c.Do(access.By("pia"), access.MakeTemplate{Name: "support", Permissions: []string{"reports.view"}})
	require.Empty(t, rolloutDrift(c, "pia", "support"))
	for _, deny := range []struct {
		viewer   access.Call
		template string
		reason   error
	}{
		{access.By("bob"), "support", access.ErrNotAllowed},
		{access.By("carla"), "support", access.ErrWhichPartner},
		{access.By("carla").At("northwind"), "support", access.ErrNotAllowed},
		{access.By("pia").At("northwind"), "support", access.ErrNotAllowed},
		{access.Host(), "support", access.ErrNotAllowed},
		{access.Host().At("northwind"), "support", access.ErrInvalid},
		{access.Call{}, "support", access.ErrInvalid},
		{access.By("ann"), "no such", access.ErrUnknownTemplate},
		{access.By("ann"), "", access.ErrUnknownTemplate},
		{access.By("pia"), "exporter", access.ErrUnknownTemplate},
	} {
		answers := 0
		for drift, err := range c.Manager.Drift(deny.viewer, deny.template) {
			require.ErrorIs(t, err, deny.reason, deny.viewer)
			require.Zero(t, drift)
			answers++
		}
		require.Equal(t, 1, answers)
	}
}

// A Manager whose catalogue is not in force does not know what "partner admin"
// is.
func TestPSET4_DriftNeedsTheCatalogueInForce(t *testing.T) {
	c := newCast(t)
	c.reopened(rolloutGrown(t))
	var refused error
	for _, refused = range c.Manager.Drift(access.By("ann"), relationship.PartnerAdminTemplate) {
	}
	require.ErrorIs(t, refused, access.ErrCatalog)
}
