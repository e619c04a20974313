package guard_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/guard"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

func TestASK1_Ask(t *testing.T) {
	s := serve(t, t)
	reports := s.Permission(crm.ReportsView)
	kinds := []error{access.ErrDenied, guard.ErrUnauthenticated, guard.ErrUnavailable}
	for _, c := range []struct {
		user       relationship.UserID
		client     relationship.ClientID
		permission permset.Permission
		want       error
		reason     access.Reason
	}{
		{"ann", "lumen", reports, nil, 0},
		{"", "lumen", reports, guard.ErrUnauthenticated, access.ReasonUndecided},
		{"nobody", "lumen", reports, access.ErrDenied, access.ReasonUnknownUser},
		{"ann", "", reports, access.ErrDenied, access.ReasonUnknownClient},
		{"ann", "lumen", permset.Permission{}, access.ErrDenied, access.ReasonUnknownPermission},
	} {
		err := guard.Ask(s.Manager, c.user, c.client, c.permission)
		if c.want == nil {
			require.NoError(t, err)
			continue
		}
		for _, kind := range kinds {
			require.Equal(t, kind == c.want, errors.Is(err, kind), "%v: %v", c, kind)
		}
		refused, is := errors.AsType[*guard.RefusedError](err)
		require.True(t, is)
		require.Equal(t, c.reason, refused.Decision.Reason())
		require.Equal(t, c.want.Error(), fmt.Sprintf("%v", err), "the text may be sent to whoever asked")
		for _, unknown := range []error{access.ErrUnknownUser, access.ErrUnknownClient, access.ErrUnknownPermission} {
			require.NotErrorIs(t, err, unknown)
		}
	}
}

// The middleware and Ask answer what Manager.Check answers, whatever is asked
// and whatever was changed before.
func TestASK1_TheGuardSaysWhatTheManagerSays(t *testing.T) {
	permissions := []string{crm.ReportsView, "tickets.view.own", "contacts.edit.all", "contacts.view.team"}
	users := []string{"ann", "carla", "sven", "bob", "cleo", "olga", "nobody", "Ann", "ann ", "\xff", strings.Repeat("x", 300)}
	clients := []string{"lumen", "harbor", "nowhere", "", "LUMEN", "lu\x00men"}
	changes := []struct {
		by     access.Call
		change access.Change
	}{
		{access.By("carla"), access.DeactivateMember{Client: "lumen", User: "bob"}},
		{access.By("carla"), access.ReactivateMember{Client: "lumen", User: "bob"}},
		{access.By("carla"), access.PauseMember{Client: "lumen", User: "ann"}},
		{access.By("carla"), access.UnpauseMember{Client: "lumen", User: "ann"}},
		{access.By("carla"), access.PausePartner{Client: "lumen", Partner: "northwind"}},
		{access.By("carla"), access.UnpausePartner{Client: "lumen", Partner: "northwind"}},
		{access.By("carla"), access.SetCeiling{Client: "lumen", Partner: "northwind", Permissions: []string{"tickets.view.own"}}},
		{access.By("carla"), access.LiftCeiling{Client: "lumen", Partner: "northwind"}},
		{access.By("ann"), access.SuspendEmployee{Employee: "bob"}},
		{access.By("ann"), access.ResumeEmployee{Employee: "bob"}},
		{access.By("ann"), access.RemoveEmployee{Employee: "cleo", All: true}},
		{access.By("ann"), access.AddEmployees{Client: "lumen", Employees: []relationship.UserID{"cleo"}, Template: "support"}},
		{access.By("sven"), access.MakeSuperAdmin{Client: "lumen", User: "cleo"}},
		{access.Host(), access.CloseClient{Client: "harbor"}},
	}
	seen := map[access.Reason]bool{}
	rapid.Check(t, func(r *rapid.T) {
		s := serve(t, r)
		s.AddEmployee("bob", "support", "tickets.view.own", crm.ReportsView)
		s.AddEmployee("cleo", "reports", "contacts.edit.all")
		s.User("olga", "harbor.example")
		s.Do(access.Host(), access.CreateClient{ID: "harbor", Name: "Harbor", SuperAdmin: "olga"})
		for range rapid.IntRange(0, 8).Draw(r, "changes") {
			c := rapid.SampledFrom(changes).Draw(r, "change")
			_, _ = s.Manager.Do(t.Context(), c.by, c.change) // or is refused
			s.Clock.Turn(time.Hour)
		}
		hostile := rapid.String().Draw(r, "id")
		for _, user := range append(users, hostile) {
			for _, client := range append(clients, hostile) {
				name := rapid.SampledFrom(permissions).Draw(r, "permission")
				seen[s.agree(r, relationship.UserID(user), relationship.ClientID(client), name)] = true
			}
		}
	})
	if testing.Short() {
		return // so few worlds need not meet every reason
	}
	for _, reason := range []access.Reason{
		access.ReasonAllowed, access.ReasonUnknownUser, access.ReasonUnknownClient, access.ReasonNotMember,
		access.ReasonDeactivated, access.ReasonMemberPaused, access.ReasonPartnerPaused, access.ReasonEmployeeInactive,
		access.ReasonNotInSet, access.ReasonCeiling, access.ReasonClientClosed,
	} {
		require.True(t, seen[reason], "%v was never met", reason)
	}
}

// agree requires that middleware and Ask say what the Manager says, which is
// for the reason returned.
func (s *server) agree(t require.TestingT, user relationship.UserID, client relationship.ClientID, name string) access.Reason {
	decision := s.Manager.Check(user, client, s.Permission(name))
	want, err := denied, guard.Ask(s.Manager, user, client, s.Permission(name))
	switch {
	case user == "":
		want = unauthenticated
		require.ErrorIs(t, err, guard.ErrUnauthenticated)
	case decision.Allowed():
		want = "200 "
		require.NoError(t, err)
	default:
		require.ErrorIs(t, err, access.ErrDenied)
		refused, _ := errors.AsType[*guard.RefusedError](err)
		require.Equal(t, decision, refused.Decision)
	}
	served := s.served
	require.Equal(t, want, said(get(s.handler(name), "User", string(user), "Client", string(client))))
	require.Equal(t, want == "200 ", s.served == served+1)
	require.Equal(t, want == denied, len(s.logged()) == 1)
	return decision.Reason()
}
