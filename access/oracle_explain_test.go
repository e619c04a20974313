package access_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

// errDropped ends a change that is not to be made.
var errDropped = errors.New("dropped by the test")

// explainWorld has bob, whom northwind manages at lumen, an own user who may
// add and edit users and one who may not, another partner, and another
// client.
func explainWorld(t *testing.T) *accesstest.World {
	w := accesstest.New(t)
	w.AddEmployee("bob", "support", crm.ReportsView)
	w.Employee("nina") // of northwind, without Client Access Manager access
	for _, user := range []relationship.UserID{"olga", "otto", "sue", "carl", "zoe"} {
		w.User(user, "elsewhere.example")
	}
	side := access.By(accesstest.SuperAdmin)
	w.Do(side, access.AddMember{Client: accesstest.Client, User: "olga", Permissions: []string{crm.AccountUsersEdit}})
	w.Do(side, access.AddMember{Client: accesstest.Client, User: "otto", Permissions: []string{crm.ReportsView}})
	w.Do(access.Host(), access.CreatePartner{ID: "southwind", Name: "Southwind", Kind: relationship.Provider, SuperAdmin: "sue"})
	w.Do(side, access.MakePartnerAdmin{Client: accesstest.Client, Partner: "southwind", Employee: "sue"})
	w.Do(access.Host(), access.CreateClient{ID: "umbra", Name: "Umbra", SuperAdmin: "carl"})
	return w
}

// TestASK2_WhoMaySeeAnExplanation: it tells about somebody.
func TestASK2_WhoMaySeeAnExplanation(t *testing.T) {
	w := explainWorld(t)
	p := w.Permission(crm.ReportsView)
	for _, c := range []struct {
		viewer access.Call
		user   relationship.UserID
		may    bool
		why    string
	}{
		{access.Host(), "bob", true, "the host"},
		{access.By("bob"), "bob", true, "a member themselves"},
		{access.By(accesstest.SuperAdmin), "bob", true, "a super admin of the client"},
		{access.By("olga"), "bob", true, "an own user who may add and edit users"},
		{access.By(accesstest.Admin), "bob", true, "with access, of the partner that manages the member"},
		{access.By(accesstest.Admin).At(accesstest.Partner), "bob", true, "the same, and says for whom"},

		{access.By("bob").At(accesstest.Partner), "bob", false, "acting for the partner, without access"},
		{access.By("otto"), "bob", false, "an own user who may not add and edit users"},
		{access.By("nina"), "bob", false, "an employee without access"},
		{access.By("sue"), "bob", false, "another partner's"},
		{access.By("carl"), "bob", false, "a super admin of another client"},
		{access.By("zoe"), "bob", false, "a stranger"},
		{access.By("nobody"), "bob", false, "nobody"},
		{access.By(accesstest.Admin), "otto", false, "the client's own are not the partner's"},
		{access.By(accesstest.SuperAdmin).At(accesstest.Partner), "bob", false, "acting for a partner that they are not of"},
		{access.By("zoe"), "zoe", false, "no member, about themselves: it would tell whether the client exists"},
	} {
		_, err := w.Manager.Explain(c.viewer, c.user, accesstest.Client, p)
		if c.may {
			require.NoError(t, err, c.why)
		} else {
			require.ErrorIs(t, err, access.ErrNotAllowed, c.why)
		}
	}
	_, err := w.Manager.Explain(access.Call{}, "bob", accesstest.Client, p)
	require.ErrorIs(t, err, access.ErrInvalid, "the zero Call")
}

// TestASK2_OutsidersLearnNothing: what they name exists or not, the answer is
// the same, to the letter.
func TestASK2_OutsidersLearnNothing(t *testing.T) {
	w := explainWorld(t)
	p := w.Permission(crm.ReportsView)
	for _, viewer := range []access.Call{access.By("zoe"), access.By("carl"), access.By("nina"), access.By("sue"), access.By("zoe").At("southwind")} {
		texts := map[string]bool{}
		for _, user := range []relationship.UserID{"bob", "otto", "zara"} {
			for _, client := range []relationship.ClientID{"lumen", "lumin"} {
				_, err := w.Manager.Explain(viewer, user, client, p)
				require.ErrorIs(t, err, access.ErrNotAllowed)
				var refused *access.RefusedError
				require.ErrorAs(t, err, &refused)
				require.Equal(t, user, refused.User)
				require.Equal(t, client, refused.Client)
				refused.User, refused.Client = "", ""
				texts[refused.Error()] = true
			}
		}
		require.Len(t, texts, 1, "%s", viewer)
	}
}

// TestASK2_AnExplanationShowsTheMembership as it stands, with its seat.
func TestASK2_AnExplanationShowsTheMembership(t *testing.T) {
	w := explainWorld(t)
	explained, err := w.Manager.Explain(access.By(accesstest.Admin), "bob", accesstest.Client, w.Permission(crm.ReportsEdit))
	require.NoError(t, err)
	require.Equal(t, access.MemberState{
		Role: relationship.Standard, Set: w.Member(accesstest.Client, "bob").Set, Seat: access.PartnerSeat,
		Manager: accesstest.Partner, Template: "support",
	}, explained.Member)
	require.Equal(t, access.Place{Client: accesstest.Client, User: "bob"}, explained.Place)
	require.Equal(t, crm.ReportsEdit, explained.Permission)
	require.Equal(t, access.ReasonNotInSet, explained.Decision.Reason())

	explained, err = w.Manager.Explain(access.Host(), "zoe", accesstest.Client, w.Permission(crm.ReportsEdit))
	require.NoError(t, err)
	require.Equal(t, access.MemberState{}, explained.Member)
	require.Equal(t, access.ReasonNotMember, explained.Decision.Reason())
}
