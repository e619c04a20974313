package access_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

// offeredWith is what a viewer is offered with a client of Northwind's.
func offeredWith(w *accesstest.World, viewer access.Call, client relationship.ClientID) access.ClientActions {
	w.T.Helper()
	for row, err := range w.Manager.Clients(viewer, access.ClientQuery{Partner: "northwind"}).All() {
		switch {
		case err != nil:
			w.T.Fatalf("%s: %v", viewer, err)
		case row.Client == client:
			return row.Actions
		}
	}
	w.T.Fatalf("%s is not listed", client)
	return access.ClientActions{}
}

// What takes away is offered to all with Client Access Manager access, and what
// gives to partner admins of the client alone (OFF-1, OFF-2).
func TestSEE1_WhoIsOfferedWhatWithAClient(t *testing.T) {
	w := assemble(t)
	for _, name := range withAccess {
		admin := slices.Contains(partnerAdmins, name)
		require.Equal(t, access.ClientActions{
			Name: true, DeactivateAll: true, RemoveAll: true,
			Add: admin, Link: admin, Change: admin, Renew: admin, ReactivateAll: admin, ChangeOthersOver: admin,
			ChangeOver: name == "sara" || name == "sara@northwind",
		}, offeredWith(w, everybody[name], "lumen"), name)
	}
	require.Equal(t, access.ClientActions{}, offeredWith(w, access.Host(), "lumen"), "nothing of it is the host's")
}

// With a client in which there is nobody any more there is nothing to do but to
// name it.
func TestSEE1_WhatIsOfferedWhereNobodyIsLeft(t *testing.T) {
	w := accesstest.New(t)
	ann := access.By("ann")
	require.Equal(t, access.ClientActions{Name: true, Change: true, Renew: true, DeactivateAll: true, RemoveAll: true},
		offeredWith(w, ann, "lumen"), "nobody else is employed, whom ann could add")
	w.Employee("bob")
	require.True(t, offeredWith(w, ann, "lumen").Add)
	w.Do(ann, access.SuspendEmployee{Employee: "bob"})
	require.False(t, offeredWith(w, ann, "lumen").Add)
	w.Do(ann, access.DeactivateEmployees{Client: "lumen", All: true})
	require.Equal(t, access.ClientActions{Name: true, RemoveAll: true}, offeredWith(w, ann, "lumen"))
	w.Do(ann, access.RemoveEmployees{Client: "lumen", All: true})
	require.Equal(t, access.ClientActions{Name: true}, offeredWith(w, ann, "lumen"))
}

// All or none: where one of all is the last super admin, neither deactivating
// nor removing all is offered (OFF-8). Nor can who is the last change over
// (MIG-3).
func TestSEE1_TheLastSuperAdminIsNotOffered(t *testing.T) {
	w := accesstest.New(t)
	ann, sven := access.By("ann"), access.By("sven").At("northwind")
	w.Do(access.Host(), access.ChangeUser{ID: "sven", Name: "Sven", Email: "sven@northwind.example"})
	w.Do(ann, access.AddEmployee{Employee: "sven", Kind: relationship.Staff, View: true, Edit: true})
	both := offeredWith(w, sven, "lumen")
	require.True(t, both.ChangeOver && both.DeactivateAll && both.RemoveAll)
	require.True(t, offeredWith(w, ann, "lumen").ChangeOthersOver)
	require.True(t, roster(w, ann, access.EmployeeQuery{})["sven"].Actions.RemoveEverywhere)

	w.Do(access.By("sven"), access.RemoveMember{Client: "lumen", User: "carla"})
	require.Equal(t, access.ClientActions{Name: true}, offeredWith(w, sven, "lumen"))
	require.False(t, offeredWith(w, ann, "lumen").ChangeOthersOver)
	last := roster(w, ann, access.EmployeeQuery{})["sven"].Actions
	require.False(t, last.DeactivateEverywhere || last.RemoveEverywhere)
	require.True(t, last.EndEmployment, "then they stay the client's own")
}

// What the clock has ended does not stand in the way, written or not: who was a
// member through another partner can be added (REL-6).
func TestSEE1_WhatTheClockHasEndedDoesNotStandInTheWay(t *testing.T) {
	w := accesstest.New(t)
	w.User("olaf", "fabrikam.example")
	w.User("twain", "mail.example")
	w.Do(access.Host(), access.CreatePartner{ID: "fabrikam", Name: "Fabrikam", Kind: relationship.Provider, SuperAdmin: "olaf"})
	w.Do(access.By("olaf"), access.AddEmployee{Employee: "twain", Kind: relationship.Contractor})
	w.Do(access.By("ann"), access.AddEmployee{Employee: "twain", Kind: relationship.Contractor})
	w.Do(access.By("carla"), access.MakePartnerAdmin{Client: "lumen", Partner: "fabrikam", Employee: "twain"})
	w.Employee("zed") // who comes behind twain, and cannot be added
	w.Do(access.By("ann"), access.SuspendEmployee{Employee: "zed"})
	end := w.Clock.Now().Add(accesstest.Day)
	w.Do(access.By("carla"), access.SetRelationshipEnd{Client: "lumen", Partner: "fabrikam", End: end})
	offered := func(is bool) {
		t.Helper()
		require.Equal(t, is, offeredWith(w, access.By("ann"), "lumen").Add)
		require.Equal(t, is, roster(w, access.By("ann"), access.EmployeeQuery{})["twain"].Actions.Add)
	}
	offered(false)
	w.Clock.Set(end)
	offered(true)
	w.Do(access.By("ann"), access.AddEmployees{
		Client: "lumen", Employees: people("twain"), Template: relationship.PartnerAdminTemplate,
	})
	offered(false)
}

// A client that is known by its super admin alone has no relationship: it can
// be given no name, and its super admin can change over.
func TestSEE1_WhatIsOfferedWithoutARelationship(t *testing.T) {
	w := withHarbor(accesstest.New(t))
	w.Employee("eve")
	w.Do(access.By("ann"), access.ChangeEmployee{Employee: "eve", Kind: relationship.Staff, View: true, Edit: true})
	w.Do(access.By("olga"), access.AddMember{Client: "harbor", User: "eve"})
	w.Do(access.By("olga"), access.MakeSuperAdmin{Client: "harbor", User: "eve"})
	require.Equal(t, access.ClientActions{ChangeOver: true}, offeredWith(w, access.By("eve").At("northwind"), "harbor"))
	require.Equal(t, access.ClientActions{}, offeredWith(w, access.By("ann"), "harbor"))
	over := access.BecomePartnerAdmin{Client: "harbor"}
	w.Do(access.By("eve").At("northwind"), over)
	require.True(t, offeredWith(w, access.By("eve").At("northwind"), "harbor").Name)
}

// Powers over employees are the partner's super admins' (ORG-2), links and
// taking away are for all with access, and adding is for partner admins.
func TestSEE2_WhoIsOfferedWhatWithAnEmployee(t *testing.T) {
	w := assemble(t)
	for _, name := range withAccess {
		super, admin := slices.Contains(partnerSupers, name), slices.Contains(partnerAdmins, name)
		anyone := access.EmployeeActions{Change: super, Suspend: super, Pause: super, EndEmployment: super, IssueLink: true}
		bob, newt, fred, susan, paul, dora := anyone, anyone, anyone, anyone, anyone, anyone
		bob.DeactivateEverywhere, bob.RemoveEverywhere = true, true
		newt.Add = admin
		fred.Link = admin
		susan.Suspend, susan.Resume, susan.IssueLink, susan.DeactivateEverywhere, susan.RemoveEverywhere = false, super, false, true, true
		paul.Pause, paul.Unpause, paul.IssueLink, paul.DeactivateEverywhere, paul.RemoveEverywhere = false, super, false, true, true
		dora.RemoveEverywhere = true
		rows := roster(w, everybody[name], access.EmployeeQuery{})
		for user, want := range map[relationship.UserID]access.EmployeeActions{
			"bob": bob, "newt": newt, "fred": fred, "susan": susan, "paul": paul, "dora": dora,
		} {
			require.Equal(t, want, rows[user].Actions, "%s with %s", name, user)
		}
	}
	for user, row := range roster(w, access.Host(), access.EmployeeQuery{Partner: "northwind"}) {
		require.Equal(t, access.EmployeeActions{}, row.Actions, "nothing of %s is the host's", user)
	}
}

// The partner's last active super admin can be changed, in kind, and not go.
func TestSEE2_ThePartnersLastSuperAdmin(t *testing.T) {
	w := accesstest.New(t)
	w.Employee("bob")
	rest := access.EmployeeActions{Change: true, IssueLink: true, DeactivateEverywhere: true, RemoveEverywhere: true}
	require.Equal(t, rest, roster(w, access.By("ann"), access.EmployeeQuery{})["ann"].Actions)
	w.Do(access.By("ann"), access.ChangeEmployee{Employee: "bob", Kind: relationship.Staff, SuperAdmin: true})
	rest.Suspend, rest.Pause, rest.EndEmployment = true, true, true
	require.Equal(t, rest, roster(w, access.By("ann"), access.EmployeeQuery{})["ann"].Actions)
}

// A link is offered while the partner is of a kind that may have one (LINK-1).
func TestSEE2_ALinkIsOfferedToTheEligible(t *testing.T) {
	w := accesstest.New(t)
	require.True(t, roster(w, access.By("ann"), access.EmployeeQuery{})["ann"].Actions.IssueLink)
	w.Do(access.Host(), access.SetPartnerKind{Partner: "northwind", Kind: "association"})
	require.False(t, roster(w, access.By("ann"), access.EmployeeQuery{})["ann"].Actions.IssueLink)
}

type offerNoSecret struct{ *testing.T }

func (t offerNoSecret) Read([]byte) (int, error) {
	t.Error("a list made a secret")
	return 0, errors.New("there are no secrets here")
}

// Finding out whether a link can be issued makes none, and no secret.
func TestSEE2_OfferingALinkMakesNoSecret(t *testing.T) {
	w := accesstest.New(t)
	manager, err := access.Open(context.Background(), w.Store, access.Options{
		Catalog: crm.Catalog(), Clock: w.Clock.Now, Random: offerNoSecret{t},
	})
	require.NoError(t, err)
	before := w.Store.Snapshot().Revision()
	page, err := manager.Employees(access.By("ann"), access.EmployeeQuery{}).Page(9, "")
	require.NoError(t, err)
	require.True(t, page.Rows[0].Actions.IssueLink)
	require.Equal(t, before, w.Store.Snapshot().Revision())
}

// A pause that is over by itself is none: it is not offered to be lifted, and
// lifting it changes nothing (LIM-3).
func TestLIM3_APauseThatIsOverIsNotLifted(t *testing.T) {
	s := play(t)
	s.AddEmployee("bob", "support", "reports.view")
	until := s.Clock.Now().Add(time.Hour)
	unpauseMember := access.UnpauseMember{Client: "lumen", User: "bob"}
	unpausePartner := access.UnpausePartner{Client: "lumen", Partner: "northwind"}
	unpauseEmployee := access.UnpauseEmployee{Employee: "bob"}
	pause := func() {
		s.as("carla").allow(access.PauseMember{Client: "lumen", User: "bob", Until: until})
		s.as("carla").allow(access.PausePartner{Client: "lumen", Partner: "northwind", Until: until})
		s.as("ann").allow(access.PauseEmployee{Employee: "bob", Until: until})
	}
	offered := func(is bool) {
		t.Helper()
		page, err := s.Manager.Members(access.By("carla"), "lumen", access.MemberQuery{Search: "user bob"}).Page(1, "")
		require.NoError(t, err)
		row := roster(s.World, access.By("ann"), access.EmployeeQuery{})["bob"]
		require.Equal(t, []bool{is, is, is}, []bool{page.Rows[0].Actions.Unpause, row.Actions.Unpause, row.Paused})
	}
	pause()
	offered(true)
	s.Clock.Set(until)
	offered(false)
	s.as("carla").idle(unpauseMember)
	s.as("carla").idle(unpausePartner)
	s.as("ann").idle(unpauseEmployee)

	until = until.Add(time.Hour)
	pause()
	s.as("carla").allow(unpauseMember)
	s.as("carla").allow(unpausePartner)
	s.as("ann").allow(unpauseEmployee)
	offered(false)
	require.Equal(t, access.ReasonAllowed, s.why("bob", "reports.view"))
}
