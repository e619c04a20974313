package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// add adds employees to Lumen with a template.
func add(template string, employees ...relationship.UserID) access.AddEmployees {
	return access.AddEmployees{Client: "lumen", Employees: employees, Template: template}
}

func (s *scene) contractor(user relationship.UserID) {
	s.t.Helper()
	s.User(user, "northwind.example")
	s.as("ann").allow(access.AddEmployee{Employee: user, Kind: relationship.Contractor})
}

// ADD-1: who may is in the matrix of ORG-1 and in TestADM5_….

func TestADD1_OneOrManyStaffOrContractorsWithOneTemplate(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	s.contractor("cleo")
	s.freelancer("fred") // verified or not
	s.Template("support", "contacts.view.all", "reports.view")
	s.as("ann").allow(add("support", "bob"))
	result := s.as("ann").allow(add("support", "cleo", "fred"))
	require.Len(t, result.Members, 2)
	require.Len(t, s.newest(), 1)
	for _, user := range whom("bob", "cleo", "fred") {
		member := s.lumen(user)
		require.Equal(t, relationship.Standard, member.Role)
		require.EqualValues(t, "northwind", member.Manager)
		require.Equal(t, "support", member.Template)
		require.Equal(t, s.names("contacts.view.all", "reports.view"), member.Set)
		require.False(t, member.Linked)
	}
}

func TestADD1_EachResultSaysWhatWasGrantedAndWithheld(t *testing.T) {
	s := play(t)
	s.as("carla").allow(access.ChangeMemberPermissions{Client: "lumen", User: "ann", Remove: []string{"reports.view"}})
	s.Employee("bob")
	s.Employee("cleo")
	s.Template("support", "contacts.view.all", "reports.view")
	result := s.as("ann").allow(add("support", "bob", "cleo"))
	for _, user := range whom("bob", "cleo") {
		member, found := result.Member("lumen", user)
		require.True(t, found)
		require.Equal(t, s.names("contacts.view.all"), member.Granted)
		require.Equal(t, s.names("reports.view"), member.Withheld)
		require.False(t, s.can(user, "reports.view"))
	}
}

func TestADD1_AllOrNothing(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	s.AddEmployee("cleo", "support", "contacts.view.all")
	s.Employee("susan")
	s.as("ann").allow(access.SuspendEmployee{Employee: "susan"})
	s.own("olga", "lumen.example")
	for other, why := range map[relationship.UserID]error{
		"cleo": access.ErrAlreadyMember, "susan": access.ErrInactive, "ulla": access.ErrUnknownEmployee, "olga": access.ErrUnknownEmployee,
	} {
		require.Equal(t, other, s.as("ann").deny(why, add("support", "bob", other)).User, "the error names whom")
		require.Zero(t, s.lumen("bob"))
	}
	s.as("ann").deny(access.ErrUnknownTemplate, add("none", "bob"))
	s.as("ann").deny(access.ErrInvalid, add("support"))
	s.as("ann").deny(access.ErrInvalid, add("support", "bob", "bob"))
}

func TestADD1_FromThePartnerAccountForTheSamePartner(t *testing.T) {
	s := play(t)
	s.letFabrikamIn()
	s.Employee("bob")
	s.Template("support", "contacts.view.all")
	s.as("olaf").deny(access.ErrUnknownTemplate, add("support", "bob"))
	s.as("olaf").deny(access.ErrUnknownEmployee, add(relationship.PartnerAdminTemplate, "bob"))
}

func TestADD2_BothNamesAreKept(t *testing.T) {
	s := play(t)
	s.letFabrikamIn()
	s.as("ann").allow(access.NameClient{Client: "lumen", Name: "The lamps"})
	s.as("olaf").allow(access.NameClient{Client: "lumen", Name: "LUM-07"})
	s.host().allow(access.RenameClient{Client: "lumen", Name: "Lumen plc"})
	require.Equal(t, "The lamps", s.northwind().ClientName)
	require.Equal(t, "LUM-07", s.Relationship(fabrikam, "lumen").ClientName, "each partner has its own")
	s.as("ann").idle(access.NameClient{Client: "lumen", Name: "The lamps"})
	s.as("ann").allow(access.NameClient{Client: "lumen"})
	require.Empty(t, s.northwind().ClientName)
}

func TestADD2_OnlyAClientOfThePartnersHasAName(t *testing.T) {
	s := play(t)
	s.secondClient()
	for _, client := range []relationship.ClientID{solo, "none", ""} {
		s.as("ann").deny(access.ErrNoRelationship, access.NameClient{Client: client, Name: "X"})
	}
	s.as("ann").deny(access.ErrInvalid, access.NameClient{Client: "lumen", Name: "a\x00b"})
	s.removeAll()
	s.as("ann").allow(access.NameClient{Client: "lumen", Name: "Once ours"})
	s.Clock.Turn(100 * 24 * time.Hour)
	s.as("ann").allow(access.NameClient{Client: "lumen", Name: "Long ago ours"})
	require.Equal(t, relationship.Ended, s.northwind().Phase)
}

// TestADD3_VerifiedByDomain asks the tick that an access link shows.
func TestADD3_VerifiedByDomain(t *testing.T) {
	for _, c := range []struct {
		domains  []string
		address  string
		verified bool
	}{
		{[]string{"partner.com"}, "bob@partner.com", true},
		{[]string{"partner.com"}, "bob@PARTNER.com", true},
		{[]string{"Partner.COM"}, "bob@partner.com", true},
		{[]string{"other.com", "partner.com"}, "bob@partner.com", true},
		{[]string{"partner.com"}, `bob+x@partner.com`, true},
		{[]string{"partner.com"}, "bob@evil-partner.com", false},
		{[]string{"partner.com"}, "bob@evilpartner.com", false},
		{[]string{"partner.com"}, "bob@partner.com.evil.com", false},
		{[]string{"partner.com"}, "bob@mail.partner.com", false},
		{[]string{"mail.partner.com"}, "bob@partner.com", false},
		{[]string{"partner.com"}, "partner.com@evil.com", false},
		{[]string{"partner.com"}, "bob@partner.co", false},
		{nil, "bob@partner.com", false},

		{[]string{"bücher.example"}, "bob@bücher.example", true},
		{[]string{"bücher.example"}, "bob@BÜCHER.example", true},
		{[]string{"bücher.example"}, "bob@xn--bcher-kva.example", true},
		{[]string{"xn--bcher-kva.example"}, "bob@bu\u0308cher.example", true},
		{[]string{"bücher.example"}, "bob@bucher.example", false},
		{[]string{"straße.example"}, "bob@strasse.example", false},
		{[]string{"partner.com"}, "bob@pаrtner.com", false}, // a Cyrillic а
		{[]string{"partner.com"}, "bob@partner。com", true},
		{[]string{"partner.com"}, "bob@ｐａｒｔｎｅｒ.com", true},
	} {
		t.Run(c.address, func(t *testing.T) {
			s := play(t)
			s.host().allow(access.SetPartnerDomains{Partner: "northwind", Domains: c.domains})
			s.host().allow(access.AddUser{ID: "bob", Name: "Bob", Email: c.address})
			s.as("ann").allow(access.AddEmployee{Employee: "bob", Kind: relationship.Staff})
			view, err := s.open("carla", s.Issue(access.By("ann"), "bob"))
			require.NoError(t, err)
			require.Equal(t, c.verified, view.Verified)
		})
	}
}

func TestADD4_WhoIsAddedGetsThePartnerSeatAndCredit(t *testing.T) {
	s := play(t)
	result := s.AddEmployee("bob", "flows", paid)
	bob, _ := result.Member("lumen", "bob")
	require.Equal(t, access.PartnerSeat, bob.After.Seat)
	require.True(t, s.can("bob", paid))
	require.Equal(t, 2, s.northwind().Members)
	s.as("ann").allow(access.RemoveEmployee{Employee: "ann", All: true})
	require.Equal(t, []access.CreditShare{{Partner: "northwind", Of: 1}}, s.credit(), "bob alone earns it")
}

func (s *scene) credit() []access.CreditShare {
	s.t.Helper()
	shares, err := s.Manager.Credit(access.Host(), "lumen")
	require.NoError(s.t, err)
	return shares
}

func TestADD6_LinkingClientsIsAdding(t *testing.T) {
	s := play(t)
	s.letIntoSolo()
	s.Employee("bob")
	s.Template("support", "contacts.view.all", "account.billing.view")
	result := s.as("ann").allow(access.LinkClients{Employee: "bob", Clients: []relationship.ClientID{"lumen", solo}, Template: "support"})
	require.Len(t, s.newest(), 1)
	for _, client := range []relationship.ClientID{"lumen", solo} {
		member, found := result.Member(client, "bob")
		require.True(t, found)
		require.Equal(t, s.names("contacts.view.all"), member.Granted)
		require.Equal(t, s.names("account.billing.view"), member.Withheld, "ADD-1 holds")
		require.Equal(t, "support", member.After.Template)
		require.False(t, member.After.Linked)
	}
}

func TestADD6_EveryClientNeedsAPartnerAdmin(t *testing.T) {
	s := play(t)
	s.secondClient() // where Northwind is not
	s.partnerAdmin("petra")
	s.Employee("bob")
	s.Template("support", "contacts.view.all")
	link := func(clients ...relationship.ClientID) access.LinkClients {
		return access.LinkClients{Employee: "bob", Clients: clients, Template: "support"}
	}
	s.as("ann").deny(access.ErrNotAllowed, link("lumen", solo))
	require.Zero(t, s.lumen("bob"), "all or nothing")
	s.as("zoe").allow(access.MakePartnerAdmin{Client: solo, Partner: "northwind", Employee: "ann"})
	s.as("petra").deny(access.ErrNotAllowed, link("lumen", solo)) // she is in one of them
	s.as("ann").deny(access.ErrInvalid, link())
	s.as("ann").deny(access.ErrInvalid, link(solo, solo))
	s.as("ann").allow(link("lumen"))
	s.as("ann").deny(access.ErrAlreadyMember, link("lumen", solo))
	require.Zero(t, s.Member(solo, "bob"))
}

func TestADD7_OneMembershipInAClient(t *testing.T) {
	s := play(t)
	s.letFabrikamIn()
	s.freelancer("twain")
	s.as("olaf").allow(access.AddEmployee{Employee: "twain", Kind: relationship.Contractor})
	s.as("twain").allow(access.ConfirmEmployment{Partner: fabrikam})
	s.Template("support", "contacts.view.all")
	s.as("ann").allow(add("support", "twain"))
	first := s.lumen("twain")

	olaf := s.as("olaf")
	for _, change := range []access.Change{
		add(relationship.PartnerAdminTemplate, "twain"),
		access.LinkClients{Employee: "twain", Clients: []relationship.ClientID{"lumen"}, Template: relationship.PartnerAdminTemplate},
		access.LinkEmployee{Client: "lumen", Employee: "twain"},
	} {
		refused := olaf.deny(access.ErrOtherPartner, change)
		require.EqualValues(t, "twain", refused.User)
		require.EqualValues(t, "lumen", refused.Client)
	}
	s.as("carla").deny(access.ErrOtherPartner, access.MakePartnerAdmin{Client: "lumen", Partner: fabrikam, Employee: "twain"})
	s.as("carla").deny(access.ErrAlreadyMember, access.AddMember{Client: "lumen", User: "twain"})
	s.host().allow(access.SetPartnerDomains{Partner: fabrikam, Domains: []string{"mail.example"}}) // verified there now
	require.Equal(t, first, s.lumen("twain"), "the first is untouched")
}

func TestADD7_TheFirstGoneTheSecondMay(t *testing.T) {
	s := play(t)
	s.letFabrikamIn()
	s.freelancer("twain")
	s.as("olaf").allow(access.AddEmployee{Employee: "twain", Kind: relationship.Contractor})
	s.Template("support", "contacts.view.all")
	s.as("ann").allow(add("support", "twain"))
	s.as("ann").allow(access.RemoveEmployee{Employee: "twain", All: true})
	s.as("olaf").allow(add(relationship.PartnerAdminTemplate, "twain"))
	require.Equal(t, fabrikam, s.lumen("twain").Manager)
}

func TestADD7_TheClientsOwnAreNotAdded(t *testing.T) {
	s := play(t)
	s.freelancer("otto")
	s.as("carla").allow(access.AddMember{Client: "lumen", User: "otto"})
	s.superEmployee("sara", "northwind.example")
	s.Template("support", "contacts.view.all")
	s.as("ann").deny(access.ErrOwnUser, add("support", "otto"))
	s.as("ann").deny(access.ErrSuperAdmin, add("support", "sara"))
}
