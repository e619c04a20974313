package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// The conditions under which bob is linked without a call (ADD-5): each can be
// made true last.
var linking = map[string]struct {
	// before makes every condition true but one, and last that one.
	before, last []func(*scene)
}{
	"the relationship starts": {
		steps(leave, sixtyOneDays, known("northwind.example"), employed, ownUser),
		steps(does("carla", access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "ann"})),
	},
	"the relationship revives": {
		steps(leave, known("northwind.example"), employed, ownUser),
		steps(does("carla", access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "ann"})),
	},
	"employed": {
		steps(known("northwind.example"), ownUser), steps(employed),
	},
	"the domain is proven": {
		steps(known("mail.example"), ownUser, employed),
		steps(hostDoes(access.SetPartnerDomains{Partner: "northwind", Domains: []string{"mail.example"}})),
	},
	"the address changes": {
		steps(known("mail.example"), ownUser, employed),
		steps(hostDoes(access.ChangeUser{ID: "bob", Name: "Bob", Email: "bob@northwind.example"})),
	},
	"they become an own user": {
		steps(known("northwind.example"), employed), steps(ownUser),
	},
	"they are super admin no more": {
		steps(known("northwind.example"), ownUser, does("carla", access.MakeSuperAdmin{Client: "lumen", User: "bob"}), employed),
		steps(does("carla", access.LowerSuperAdmin{Client: "lumen", User: "bob", Permissions: []string{"contacts.view.all"}})),
	},
	"the bar is lifted, from a deactivation": {
		steps(known("northwind.example"), ownUser, does("carla", access.DeactivateMember{Client: "lumen", User: "bob"}), employed),
		steps(does("carla", access.ReactivateMember{Client: "lumen", User: "bob"})),
	},
	"the bar is lifted, from a removal": {
		steps(known("northwind.example"), employed, ownUser, does("carla", access.RemoveMember{Client: "lumen", User: "bob"})),
		steps(ownUser),
	},
	"hired again": {
		steps(known("northwind.example"), employed, does("ann", access.EndEmployment{Employee: "bob"}), ownUser), steps(employed),
	},
}

var (
	employed = does("ann", access.AddEmployee{Employee: "bob", Kind: relationship.Staff})
	ownUser  = does("carla", access.AddMember{Client: "lumen", User: "bob", Permissions: []string{"contacts.view.all"}})
	leave    = does("ann", access.RemoveEmployees{Client: "lumen", All: true})
)

func known(domain string) func(*scene) { return func(s *scene) { s.User("bob", domain) } }

func sixtyOneDays(s *scene) { s.Clock.Turn(61 * accesstest.Day) }

func (s *scene) plays(acts ...func(*scene)) {
	for _, act := range acts {
		act(s)
	}
}

func TestADD5_AVerifiedEmployeeIsLinkedInTheCommitThatMakesTheLastTrue(t *testing.T) {
	for name, c := range linking {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			s.plays(c.before...)
			require.False(t, s.lumen("bob").Managed(), "not before")
			require.False(t, s.lumen("bob").Linked)
			before := s.Store.Snapshot().Revision()
			s.plays(c.last...)
			require.Equal(t, before+1, s.Store.Snapshot().Revision(), "one commit")
			bob := s.lumen("bob")
			require.EqualValues(t, "northwind", bob.Manager)
			require.True(t, bob.Linked)
			require.Equal(t, relationship.Standard, bob.Role)
			require.Equal(t, s.names("contacts.view.all"), bob.Set)
			require.Equal(t, access.PartnerSeat, s.seat("bob"))
		})
	}
}

func TestADD5_RoleSetStatusAndEndStayAsTheyAre(t *testing.T) {
	s := play(t)
	s.own("bob", "northwind.example", "contacts.edit.all", "account.billing.view", "account.users.provision")
	end := s.Clock.Now().Add(10 * accesstest.Day)
	s.as("carla").allow(access.SetMemberEnd{Client: "lumen", User: "bob", End: end})
	s.as("carla").allow(access.SetSeat{Client: "lumen", User: "bob", Paid: true})
	before := s.lumen("bob")
	s.Clock.Turn(time.Hour)
	members := s.northwind().Members
	employed(s)

	want := before
	want.Manager, want.Linked, want.PaidSeat, want.TermFrom = "northwind", true, false, s.Clock.Now()
	want.By = relationship.Actor{Kind: relationship.ByPartnerSide, User: "ann", Partner: "northwind"}
	require.Equal(t, want, s.lumen("bob"), "with the partner seat, and by whose act it came to be")
	require.Equal(t, members+1, s.northwind().Members, "and credit")
	require.True(t, s.can("bob", "account.billing.view"))
}

func TestADD5_ManyAreLinkedAtOnce(t *testing.T) {
	s := play(t)
	s.secondPartner()
	for _, user := range whom("bob", "cleo", "dan") {
		s.own(user, "fabrikam.example")
		s.as("olaf").allow(access.AddEmployee{Employee: user, Kind: relationship.Staff})
		require.False(t, s.lumen(user).Managed())
	}
	s.own("otto", "fabrikam.example") // of the domain, and not employed
	result := s.as("carla").allow(access.MakePartnerAdmin{Client: "lumen", Partner: fabrikam, Employee: "olaf"})
	require.Len(t, result.Members, 4, "olaf and those who are linked")
	for _, user := range whom("bob", "cleo", "dan") {
		require.Equal(t, fabrikam, s.lumen(user).Manager)
	}
	require.False(t, s.lumen("otto").Managed())
	require.Equal(t, 4, s.Relationship(fabrikam, "lumen").Members)
}

func TestADD5_InEveryClientAtOnce(t *testing.T) {
	s := play(t)
	s.letIntoSolo()
	s.own("bob", "northwind.example")
	s.as("zoe").allow(access.AddMember{Client: solo, User: "bob"})
	employed(s)
	require.True(t, s.lumen("bob").Linked)
	require.True(t, s.Member(solo, "bob").Linked)
}

func TestADD5_WhoIsNotLinkedWithoutACall(t *testing.T) {
	for name, acts := range map[string][]func(*scene){
		"the relationship is ending": steps(known("northwind.example"), employed, leave, ownUser),
		"the relationship has ended": steps(known("northwind.example"), employed, leave, sixtyOneDays, ownUser),
		"a super admin": steps(known("northwind.example"), ownUser,
			does("carla", access.MakeSuperAdmin{Client: "lumen", User: "bob"}), employed),
		"barred by a deactivation": steps(known("northwind.example"), ownUser,
			does("carla", access.DeactivateMember{Client: "lumen", User: "bob"}), employed),
		"unverified":     steps(known("mail.example"), ownUser, employed),
		"of a subdomain": steps(known("sub.northwind.example"), ownUser, employed),
		"confirmed, and unverified": steps(known("mail.example"), ownUser, employed,
			does("bob", access.ConfirmEmployment{Partner: "northwind"})),
		"no employee":    steps(known("northwind.example"), ownUser),
		"left":           steps(known("northwind.example"), employed, does("ann", access.EndEmployment{Employee: "bob"}), ownUser),
		"partner closed": steps(known("northwind.example"), employed, hostDoes(access.ClosePartner{Partner: "northwind"}), ownUser),
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			s.plays(acts...)
			require.NotZero(t, s.lumen("bob"))
			require.False(t, s.lumen("bob").Managed())
			require.False(t, s.lumen("bob").Linked)
		})
	}
}

func TestADD5_WhoNoLongerIsVerifiedStaysLinked(t *testing.T) {
	s := play(t)
	s.plays(known("northwind.example"), ownUser, employed)
	s.host().allow(access.SetPartnerDomains{Partner: "northwind"})
	s.host().allow(access.ChangeUser{ID: "bob", Name: "Bob", Email: "bob@mail.example"})
	require.True(t, s.lumen("bob").Linked)
	require.True(t, s.can("bob", "contacts.view.all"))
}

// unverified is bob, an own user with another address whom Northwind employs.
func unverified(t *testing.T) *scene {
	t.Helper()
	s := play(t)
	s.plays(known("mail.example"), ownUser, employed)
	return s
}

var linkBob = access.LinkEmployee{Client: "lumen", Employee: "bob"}

// Who may link by hand is in the matrix of ORG-1.
func TestADD5_AnUnverifiedEmployeeIsLinkedByHandAfterConfirming(t *testing.T) {
	s := unverified(t)
	s.as("carla").allow(access.SetMemberEnd{Client: "lumen", User: "bob", End: s.Clock.Now().Add(accesstest.Day)})
	before := s.lumen("bob")
	s.as("ann").deny(access.ErrUnconfirmed, linkBob)
	s.as("bob").allow(access.ConfirmEmployment{Partner: "northwind"})
	require.Equal(t, relationship.ByThemselves, s.newest()[0].Actor.Kind)
	s.as("bob").idle(access.ConfirmEmployment{Partner: "northwind"})
	s.as("ann").allow(linkBob)
	want := before
	want.Manager, want.Linked = "northwind", true
	want.By = relationship.Actor{Kind: relationship.ByPartnerSide, User: "ann", Partner: "northwind"}
	require.Equal(t, want, s.lumen("bob"))
	s.as("ann").deny(access.ErrAlreadyMember, linkBob)
}

func TestADD5_OnlyTheUserConfirmsActingForThemselves(t *testing.T) {
	s := unverified(t)
	s.secondPartner()
	confirm := access.ConfirmEmployment{Partner: "northwind"}
	s.as("bob").at("northwind").deny(access.ErrNotAllowed, confirm)
	s.host().deny(access.ErrNotAllowed, confirm)
	s.as("carla").deny(access.ErrUnknownEmployee, confirm)
	s.as("bob").deny(access.ErrUnknownEmployee, access.ConfirmEmployment{Partner: fabrikam})
	s.as("ann").allow(confirm) // which says nothing about bob
	s.as("ann").deny(access.ErrUnconfirmed, linkBob)
}

func TestADD5_ConfirmingIsForOneEmploymentWithOnePartner(t *testing.T) {
	s := unverified(t)
	s.letFabrikamIn()
	s.as("olaf").allow(access.AddEmployee{Employee: "bob", Kind: relationship.Contractor})
	s.as("bob").allow(access.ConfirmEmployment{Partner: fabrikam})
	s.as("ann").deny(access.ErrUnconfirmed, linkBob)
	s.as("bob").allow(access.ConfirmEmployment{Partner: "northwind"})
	s.as("ann").allow(access.EndEmployment{Employee: "bob"})
	s.as("ann").allow(access.AddEmployee{Employee: "bob", Kind: relationship.Staff})
	s.as("ann").deny(access.ErrUnconfirmed, linkBob)
}

func TestADD5_WhoIsNotLinkedByHand(t *testing.T) {
	confirm := does("bob", access.ConfirmEmployment{Partner: "northwind"})
	for name, c := range map[string]struct {
		then func(*scene)
		why  error
	}{
		"a super admin":         {does("carla", access.MakeSuperAdmin{Client: "lumen", User: "bob"}), access.ErrSuperAdmin},
		"no member":             {does("carla", access.RemoveMember{Client: "lumen", User: "bob"}), access.ErrUnknownMember},
		"barred, deactivated":   {does("carla", access.DeactivateMember{Client: "lumen", User: "bob"}), access.ErrBarred},
		"suspended":             {does("ann", access.SuspendEmployee{Employee: "bob"}), access.ErrInactive},
		"left":                  {does("ann", access.EndEmployment{Employee: "bob"}), access.ErrUnknownEmployee},
		"no partner admin left": {does("ann", access.RemoveEmployee{Employee: "ann", All: true}), access.ErrNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			s := unverified(t)
			confirm(s)
			c.then(s)
			s.as("ann").deny(c.why, linkBob)
			require.False(t, s.lumen("bob").Managed())
		})
	}
}
