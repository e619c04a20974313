package access_test

import (
	"errors"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// TestASK4_WhatIsUnknownIsRefusedAndToldApart: never a silent yes.
func TestASK4_WhatIsUnknownIsRefusedAndToldApart(t *testing.T) {
	w := accesstest.New(t)
	view := w.Permission(crm.ReportsView)
	other, err := permset.NewCatalog(crm.Declaration())
	require.NoError(t, err)
	foreign, _ := other.Lookup(crm.ReportsView)
	for _, question := range []struct {
		name       string
		user       relationship.UserID
		client     relationship.ClientID
		permission permset.Permission
		reason     access.Reason
		is         error
	}{
		{"no such client", accesstest.SuperAdmin, "nowhere", view, access.ReasonUnknownClient, access.ErrUnknownClient},
		{"no client", accesstest.SuperAdmin, "", view, access.ReasonUnknownClient, access.ErrUnknownClient},
		{"no such user", "nobody", accesstest.Client, view, access.ReasonUnknownUser, access.ErrUnknownUser},
		{"no user", "", accesstest.Client, view, access.ReasonUnknownUser, access.ErrUnknownUser},
		{
			"no permission", accesstest.SuperAdmin, accesstest.Client, permset.Permission{},
			access.ReasonUnknownPermission, access.ErrUnknownPermission,
		},
		{
			"a permission of another catalogue", accesstest.SuperAdmin, accesstest.Client, foreign,
			access.ReasonUnknownPermission, access.ErrUnknownPermission,
		},
	} {
		t.Run(question.name, func(t *testing.T) {
			d := w.Manager.Check(question.user, question.client, question.permission)
			require.False(t, d.Allowed())
			require.False(t, w.Manager.Can(question.user, question.client, question.permission))
			require.Equal(t, question.reason, d.Reason())
			require.ErrorIs(t, d.Err(), access.ErrDenied)
			for _, unknown := range []error{access.ErrUnknownClient, access.ErrUnknownUser, access.ErrUnknownPermission} {
				require.Equal(t, unknown == question.is, errors.Is(d.Err(), unknown), "%v", unknown)
			}
		})
	}
	require.Equal(t, access.ReasonUnknownPermission, w.Manager.CheckName(accesstest.SuperAdmin, accesstest.Client, "no.such").Reason())
	require.True(t, w.Manager.Permissions("nobody", accesstest.Client).IsEmpty())
	require.True(t, w.Manager.Permissions(accesstest.SuperAdmin, "nowhere").IsEmpty())
}

// TestASK2_ARefusalSaysWhy: the reason is a code, an error and words.
func TestASK2_ARefusalSaysWhy(t *testing.T) {
	w := accesstest.New(t)
	w.AddEmployee("bob", "support", crm.ReportsView)
	w.Do(access.By(accesstest.SuperAdmin), access.DeactivateMember{Client: accesstest.Client, User: "bob"})

	d := w.Manager.CheckName("bob", accesstest.Client, crm.ReportsView)
	require.Equal(t, access.ReasonDeactivated, d.Reason())
	require.True(t, d.Failed(access.ReasonDeactivated))
	require.False(t, d.Failed(access.ReasonNotInSet))
	require.Equal(t, "refused: deactivated", d.String())
	var denied *access.DeniedError
	require.ErrorAs(t, d.Err(), &denied)
	require.Equal(t, access.ReasonDeactivated, denied.Reason)
	require.ErrorContains(t, d.Err(), "access denied: deactivated")
	require.Equal(t, w.Store.Snapshot().Revision(), d.Revision())

	yes := w.Manager.CheckName(accesstest.Admin, accesstest.Client, crm.ReportsView)
	require.True(t, yes.Allowed())
	require.NoError(t, yes.Err())
	require.Equal(t, access.ReasonAllowed, yes.Reason())
	require.Equal(t, "allowed", yes.String())

	explained, err := w.Manager.Explain(access.Host(), "bob", accesstest.Client, w.Permission(crm.ReportsView))
	require.NoError(t, err)
	require.Contains(t, explained.String(), "fails first: deactivated; changeable by a super admin of the client")
	require.Equal(t, "reason 200", access.Reason(200).String())
	for _, reason := range allReasons {
		require.NotEmpty(t, reason.String())
	}
}

// TestASK1_TheZeroDecisionRefuses, and a Decision is a small value: it can be
// passed around, compared, and costs nothing.
func TestASK1_TheZeroDecisionRefuses(t *testing.T) {
	var d access.Decision
	require.False(t, d.Allowed())
	require.Equal(t, access.ReasonUndecided, d.Reason())
	require.ErrorIs(t, d.Err(), access.ErrDenied)
	for _, reason := range allReasons {
		require.False(t, d.Failed(reason))
	}
	require.EqualValues(t, 16, unsafe.Sizeof(d))
}

// TestASK1_CheckTakesNoLock: it answers in the middle of a change, from the
// state before it. With a lock this test would hang.
func TestASK1_CheckTakesNoLock(t *testing.T) {
	w := accesstest.New(t)
	view := w.Permission(crm.ReportsView)
	_, err := w.Store.Update(t.Context(), func(tx storage.Tx) error {
		if err := tx.Delete(relationship.MemberKey(accesstest.Client, accesstest.Admin)); err != nil {
			return err
		}
		require.True(t, w.Manager.Can(accesstest.Admin, accesstest.Client, view))
		require.True(t, w.Manager.Permissions(accesstest.Admin, accesstest.Client).Has(view))
		_, err := w.Manager.Explain(access.Host(), accesstest.Admin, accesstest.Client, view)
		require.NoError(t, err)
		_, err = w.Manager.Plan(t.Context(), access.By(accesstest.Admin), access.RemoveEmployees{Client: accesstest.Client, All: true})
		require.NoError(t, err)
		_, err = w.Manager.Verify(t.Context())
		require.NoError(t, err)
		require.Equal(t, w.Store.Snapshot().Revision(), w.Manager.Stats().Revision)
		return errDropped
	})
	require.ErrorIs(t, err, errDropped)
}

// TestASK1_APausedPartnerHasNoPermissions: Permissions is what Check says yes
// to, also when that is nothing.
func TestASK1_APausedPartnerHasNoPermissions(t *testing.T) {
	w := accesstest.New(t)
	require.Equal(t, w.Catalog.PartnerAdmin(), w.Manager.Permissions(accesstest.Admin, accesstest.Client))
	require.Equal(t, w.Catalog.All().Minus(w.Catalog.Marked(permset.Paid)), w.Manager.Permissions(accesstest.SuperAdmin, accesstest.Client))
	w.Do(access.By(accesstest.SuperAdmin), access.PausePartner{Client: accesstest.Client, Partner: accesstest.Partner})
	require.True(t, w.Manager.Permissions(accesstest.Admin, accesstest.Client).IsEmpty())
}

// TestREL7_Credit: whoever manages a member, deactivated or not, and whose
// relationship is ending; divided evenly.
func TestREL7_Credit(t *testing.T) {
	w := accesstest.New(t)
	w.User("sue", "southwind.example")
	w.Do(access.Host(), access.CreatePartner{ID: "southwind", Name: "Southwind", Kind: relationship.Provider, SuperAdmin: "sue"})
	credit := func(viewer access.Call) []access.CreditShare {
		t.Helper()
		shares, err := w.Manager.Credit(viewer, accesstest.Client)
		require.NoError(t, err)
		return shares
	}
	alone := []access.CreditShare{{Partner: accesstest.Partner, Of: 1}}
	halves := []access.CreditShare{{Partner: accesstest.Partner, Of: 2}, {Partner: "southwind", Of: 2}}
	require.Equal(t, alone, credit(access.Host()))
	_, err := w.Manager.Credit(access.By("sue"), accesstest.Client)
	require.ErrorIs(t, err, access.ErrNotAllowed, "their partner earns none")

	w.Do(access.By(accesstest.SuperAdmin), access.MakePartnerAdmin{Client: accesstest.Client, Partner: "southwind", Employee: "sue"})
	for _, viewer := range []access.Call{access.Host(), access.By("sue"), access.By(accesstest.Admin), access.By(accesstest.SuperAdmin)} {
		require.Equal(t, halves, credit(viewer), "%s", viewer)
	}
	w.Do(access.By("sue"), access.DeactivateEmployees{Client: accesstest.Client, All: true})
	require.Equal(t, halves, credit(access.Host()), "deactivated or not")
	w.Do(access.By("sue"), access.RemoveEmployees{Client: accesstest.Client, All: true})
	require.Equal(t, halves, credit(access.Host()), "what was earned last stays while it is ending")
	w.Clock.Turn(relationship.EndingTime - time.Second)
	require.Equal(t, halves, credit(access.Host()))
	w.Clock.Turn(time.Second)
	require.Equal(t, alone, credit(access.Host()), "then it is over, at the instant")

	w.User("stranger", "elsewhere.example")
	for _, client := range []relationship.ClientID{accesstest.Client, "nowhere"} {
		_, err := w.Manager.Credit(access.By("stranger"), client)
		require.ErrorIs(t, err, access.ErrNotAllowed, "it does not tell whether %s exists", client)
	}
	_, err = w.Manager.Credit(access.Call{}, accesstest.Client)
	require.ErrorIs(t, err, access.ErrInvalid)
}

// TestTIME3_AClockThatGoesBack never gives back what a commit found to be
// over.
func TestTIME3_AClockThatGoesBack(t *testing.T) {
	w := accesstest.New(t)
	w.AddEmployee("bob", "support", crm.ReportsView)
	w.Do(access.By(accesstest.SuperAdmin), access.SetMemberEnd{
		Client: accesstest.Client, User: "bob", End: w.Clock.Now().Add(accesstest.Day),
	})
	w.Clock.Turn(accesstest.Day)
	require.Equal(t, access.ReasonRunOut, w.Manager.CheckName("bob", accesstest.Client, crm.ReportsView).Reason())
	w.User("zoe", "elsewhere.example") // a commit, of anything
	at := w.Store.Snapshot().At()

	w.Clock.Turn(-10 * accesstest.Day)
	require.Equal(t, access.ReasonRunOut, w.Manager.CheckName("bob", accesstest.Client, crm.ReportsView).Reason())
	require.True(t, w.Manager.Permissions("bob", accesstest.Client).IsEmpty())
	w.User("zora", "elsewhere.example")
	require.Equal(t, at, w.Store.Snapshot().At(), "and no commit is before the last")
}
