package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// approve approves a link for Lumen.
func approve(link access.IssuedLink) access.ApproveLink {
	return access.ApproveLink{Client: "lumen", Secret: link.Secret}
}

// direct is the way without a link.
func direct(employee relationship.UserID) access.MakePartnerAdmin {
	return access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: employee}
}

// issue asks for a link by the Manager itself, where it may be refused.
func (s *scene) issue(by, employee relationship.UserID) error {
	s.t.Helper()
	issued, err := s.Manager.IssueLink(s.t.Context(), access.By(by), access.IssueLink{Employee: employee})
	if err == nil {
		plant(s.t, issued.Secret)
	}
	return err
}

func (s *scene) open(by relationship.UserID, link access.IssuedLink) (access.LinkView, error) {
	s.t.Helper()
	return s.Manager.OpenLink(s.t.Context(), access.By(by), "lumen", link.Secret)
}

// LINK-1: who gets a link is in TestLINK1_WhoGetsALink.

func TestLINK1_OnlySolutionsPartnersAndProvidersAreEligible(t *testing.T) {
	for kind, eligible := range map[relationship.PartnerKind]bool{
		relationship.SolutionsPartner: true, relationship.Provider: true,
		"reseller": false, "app partner": false, "Solutions Partner": false, "provider ": false,
	} {
		t.Run(string(kind), func(t *testing.T) {
			s := play(t)
			s.Employee("bob")
			s.host().allow(access.SetPartnerKind{Partner: "northwind", Kind: kind})
			if eligible {
				require.NoError(t, s.issue("ann", "bob"))
				s.as("carla").allow(direct("bob"))
				return
			}
			err := s.issue("ann", "bob")
			require.ErrorIs(t, err, access.ErrNotEligible)
			require.ErrorContains(t, err, `"northwind"`)
			require.ErrorContains(t, err, string(kind), "a clear error")
			require.EqualValues(t, "northwind", s.as("carla").deny(access.ErrNotEligible, direct("bob")).Partner)
		})
	}
}

// TestLINK1_WheneverTheRoleIsGivenOrUsed has a partner admin and super admins of a
// partner that is not eligible any more.
func TestLINK1_WheneverTheRoleIsGivenOrUsed(t *testing.T) {
	s := play(t)
	s.AddEmployee("bob", "support", "contacts.view.all")
	s.Employee("newt")
	s.superEmployee("sara", "northwind.example")
	link := s.Issue(access.By("ann"), "newt")
	s.host().allow(access.SetPartnerKind{Partner: "northwind", Kind: "reseller"})

	admin, lumen := relationship.PartnerAdminTemplate, []relationship.ClientID{"lumen"}
	ann := s.as("ann")
	ann.deny(access.ErrNotEligible, access.AddEmployees{Client: "lumen", Employees: whom("newt"), Template: admin})
	ann.deny(access.ErrNotEligible, access.AddEmployees{Client: "lumen", Employees: whom("newt"), Template: "support"})
	ann.deny(access.ErrNotEligible, access.LinkClients{Employee: "newt", Clients: lumen, Template: admin})
	ann.deny(access.ErrNotEligible, access.ChangeTemplate{Client: "lumen", Employees: whom("bob"), Template: admin})
	ann.deny(access.ErrNotEligible, access.ReactivateEmployees{Client: "lumen", Employees: whom("bob")})
	ann.deny(access.ErrNotEligible, access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Remove: []string{"contacts.view.all"}})
	ann.deny(access.ErrNotEligible, access.ChangeSuperAdmins{Client: "lumen", Employees: []access.SuperAdminChoice{{Employee: "sara"}}})
	s.as("sara").deny(access.ErrNotEligible, access.BecomePartnerAdmin{Client: "lumen"})
	s.as("carla").deny(access.ErrNotEligible, direct("newt"))
	s.as("carla").deny(access.ErrNotEligible, access.ChangeToPartnerAdmin{Client: "lumen", User: "sara", Partner: "northwind"})
	s.as("carla").deny(access.ErrLinkChanged, approve(link))
	_, err := s.Manager.RotateLink(t.Context(), access.By("ann"), link.Selector)
	require.ErrorIs(t, err, access.ErrNotEligible)

	require.True(t, s.can("ann", "contacts.view.all"), "working there is not managing")
	ann.allow(access.RemoveEmployee{Employee: "bob", All: true}) // OFF-1 needs no partner admin
}

func TestLINK2_ALinkIsPersonal(t *testing.T) {
	s := play(t)
	s.staff("vera")
	s.Employee("bob")
	link := s.Issue(access.By("vera"), "bob") // on behalf of a colleague
	require.EqualValues(t, "bob", link.Employee)
	require.EqualValues(t, "vera", link.IssuedBy)
	s.as("carla").allow(approve(link))
	require.Equal(t, relationship.PartnerAdmin, s.lumen("bob").Role)
	require.Zero(t, s.lumen("vera"))
}

func TestLINK2_WhoIsNamedNeedsAccessOnlyToManage(t *testing.T) {
	s := play(t)
	s.AddEmployee("eve", "support", "contacts.view.all")
	s.Employee("bob")
	s.as("carla").allow(approve(s.Issue(access.By("ann"), "bob")))
	require.True(t, s.can("bob", "contacts.edit.all"), "let in")
	change := access.ChangeEmployeePermissions{Client: "lumen", Employee: "eve", Add: []string{"reports.view"}}
	s.as("bob").deny(access.ErrNotAllowed, change)
	s.as("ann").allow(access.ChangeEmployee{Employee: "bob", Kind: relationship.Staff, View: true, Edit: true})
	s.as("bob").allow(change)
}

func TestLINK2_NamedIsAnEmployeeOfTheSamePartner(t *testing.T) {
	s := play(t)
	s.secondPartner()
	s.Employee("bob")
	for _, other := range whom("olaf", "carla", "ulla", "") {
		require.ErrorIs(t, s.issue("ann", other), access.ErrUnknownEmployee, other)
	}
	s.as("ann").allow(access.SuspendEmployee{Employee: "bob"})
	require.ErrorIs(t, s.issue("ann", "bob"), access.ErrInactive)
	s.as("ann").allow(access.EndEmployment{Employee: "bob"})
	require.ErrorIs(t, s.issue("ann", "bob"), access.ErrUnknownEmployee)
}

func TestLINK2_OneLinkManyClients(t *testing.T) {
	s := play(t)
	s.secondClient()
	s.Employee("bob")
	link := s.Issue(access.By("ann"), "bob")
	s.as("carla").allow(approve(link))
	require.Zero(t, s.Member(solo, "bob"), "each approves for itself")
	s.as("carla").deny(access.ErrNotAllowed, access.ApproveLink{Client: solo, Secret: link.Secret})
	s.as("zoe").allow(access.ApproveLink{Client: solo, Secret: link.Secret})
	require.Equal(t, relationship.PartnerAdmin, s.Member(solo, "bob").Role)
}

func TestLINK3_OpeningShowsWhoAsksForWhomAndWhat(t *testing.T) {
	s := play(t)
	s.User("bob", "Northwind.Example")
	s.as("ann").allow(access.AddEmployee{Employee: "bob", Kind: relationship.Contractor})
	view, err := s.open("carla", s.Issue(access.By("ann"), "bob"))
	require.NoError(t, err)
	require.EqualValues(t, "northwind", view.Partner)
	require.Equal(t, "Northwind", view.PartnerName)
	require.EqualValues(t, "bob", view.Employee)
	require.Equal(t, "User bob", view.Name)
	require.EqualValues(t, "bob@northwind.example", view.Email)
	require.Equal(t, relationship.Contractor, view.Kind)
	require.True(t, view.Verified)
	require.False(t, view.Changed)
	require.Equal(t, s.Catalog.PartnerAdmin().Names().Slice(), view.Asks)
}

// TestLINK3_WhoOpensApprovesAndDeclines are the same: the client's side, and
// never an employee of the asking partner.
func TestLINK3_WhoOpensApprovesAndDeclines(t *testing.T) {
	w := assemble(t)
	link := w.Issue(access.By("ann"), "newt")
	may := map[string]bool{"carla": true, "sven": true, "olga": true}
	for name, call := range everybody {
		before := w.Store.Snapshot().Revision()
		view, err := w.Manager.OpenLink(t.Context(), call, "lumen", link.Secret)
		if may[name] {
			require.NoError(t, err, name)
			continue
		}
		require.Error(t, err, name)
		require.Empty(t, view, name)
		require.Equal(t, before, w.Store.Snapshot().Revision())
	}
}

func TestLINK3_APartnerCannotLetItselfIn(t *testing.T) {
	s := play(t)
	s.letFabrikamIn()
	s.Employee("newt")
	s.freelancer("sara") // verified or not
	s.superAdmin("sara")
	link := s.Issue(access.By("ann"), "newt")
	refused := func(who string) {
		t.Helper()
		_, err := s.open("sara", link)
		require.ErrorIs(t, err, access.ErrNotAllowed, who)
		s.as("sara").deny(access.ErrNotAllowed, approve(link))
		s.as("sara").deny(access.ErrNotAllowed, access.DeclineLink{Client: "lumen", Secret: link.Secret})
		s.as("sara").deny(access.ErrNotAllowed, direct("newt"))
		s.as("sara").deny(access.ErrNotAllowed, direct("sara"))
	}
	refused("a super admin")
	s.as("ann").allow(access.SuspendEmployee{Employee: "sara"})
	refused("a suspended one is an employee still")
	s.as("ann").allow(access.ResumeEmployee{Employee: "sara"})

	// For another partner they are as good as anybody.
	_, err := s.Manager.IssueLink(t.Context(), access.By("olaf"), access.IssueLink{Employee: "olaf"})
	require.NoError(t, err)
	s.as("olaf").allow(access.AddEmployee{Employee: "newt", Kind: relationship.Staff})
	s.as("sara").allow(access.MakePartnerAdmin{Client: "lumen", Partner: fabrikam, Employee: "newt"})

	s.as("ann").allow(access.EndEmployment{Employee: "sara"})
	s.Employee("zac")
	s.as("sara").allow(direct("zac")) // works for it no more
}

func TestLINK3_AnOwnUserWhoWorksForThePartnerCannotEither(t *testing.T) {
	s := play(t)
	s.own("olga", "mail.example", "account.users.edit")
	s.Employee("newt")
	link := s.Issue(access.By("ann"), "newt")
	s.as("ann").allow(access.AddEmployee{Employee: "olga", Kind: relationship.Contractor}) // not verified: not linked
	require.False(t, s.lumen("olga").Managed())
	s.as("olga").deny(access.ErrNotAllowed, approve(link))
}

func TestLINK3_AnOwnUserIsBoundByDEL1(t *testing.T) {
	s := play(t)
	s.own("olga", "lumen.example", "account.users.edit", "contacts.edit.all", "account.sandboxes.manage", "account.billing.view")
	s.Employee("bob")
	result := s.as("olga").allow(approve(s.Issue(access.By("ann"), "bob")))
	bob, _ := result.Member("lumen", "bob")
	require.Equal(t, s.names("account.users.edit", "contacts.edit.all"), bob.Granted, "no more than asked, no more than held")
	require.Equal(t, s.Catalog.PartnerAdmin().Names().Minus(bob.Granted), bob.Withheld)
	require.Equal(t, relationship.PartnerAdmin, s.lumen("bob").Role)
}

func TestLINK3_AnOwnUsersEndBoundsTheMembership(t *testing.T) {
	s := play(t)
	s.own("olga", "lumen.example", "account.users.edit")
	end := s.Clock.Now().Add(48 * time.Hour)
	s.as("carla").allow(access.SetMemberEnd{Client: "lumen", User: "olga", End: end})
	s.Employee("bob")
	s.as("olga").allow(approve(s.Issue(access.By("ann"), "bob")))
	require.Equal(t, end, s.lumen("bob").End)
}
