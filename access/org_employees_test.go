package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

func (s *scene) employee(user relationship.UserID) relationship.Employee {
	employee, _ := storage.Get[relationship.Employee](s.Store.Snapshot(), relationship.EmployeeKey("northwind", user))
	return employee
}

func TestORG2_ASuperAdminSaysWhoHasAccess(t *testing.T) {
	for name, c := range map[string]struct {
		powers access.ChangeEmployee
		access bool
	}{
		"nothing":                    {access.ChangeEmployee{}, false},
		"view":                       {access.ChangeEmployee{View: true}, false},
		"edit":                       {access.ChangeEmployee{Edit: true}, false},
		"view and edit":              {access.ChangeEmployee{View: true, Edit: true}, true},
		"super admin of the partner": {access.ChangeEmployee{SuperAdmin: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			s.Employee("bob")
			c.powers.Employee, c.powers.Kind = "bob", relationship.Contractor
			s.as("ann").allow(c.powers)
			require.Equal(t, relationship.Contractor, s.employee("bob").Kind)
			issue := access.NameClient{Client: "lumen", Name: "The lamps"}
			if c.access {
				s.as("bob").allow(issue)
			} else {
				s.as("bob").deny(access.ErrNotAllowed, issue)
			}
		})
	}
}

func TestORG2_AccessAloneDoesNotEmploy(t *testing.T) {
	s := play(t)
	s.staff("vera")
	s.Employee("bob")
	s.User("cora", "northwind.example")
	for _, change := range []access.Change{
		access.AddEmployee{Employee: "cora", Kind: relationship.Staff},
		access.ChangeEmployee{Employee: "vera", Kind: relationship.Staff, SuperAdmin: true},
		access.SuspendEmployee{Employee: "bob"}, access.ResumeEmployee{Employee: "bob"},
		access.PauseEmployee{Employee: "bob"}, access.UnpauseEmployee{Employee: "bob"},
		access.EndEmployment{Employee: "bob"},
	} {
		require.Equal(t, "ORG-2", s.as("vera").deny(access.ErrNotAllowed, change).Rule)
	}
}

func TestORG2_AnEmployeeIsAddedOnce(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	s.as("ann").deny(access.ErrExists, access.AddEmployee{Employee: "bob", Kind: relationship.Staff})
	s.as("ann").deny(access.ErrUnknownEmployee, access.ChangeEmployee{Employee: "carla", Kind: relationship.Staff})
	s.User("cora", "northwind.example")
	s.as("ann").deny(access.ErrInvalid, access.AddEmployee{Employee: "cora", Kind: "friend"})
	require.Zero(t, s.employee("cora"))
}

func TestORG2_ThePartnersLastSuperAdminCannotGo(t *testing.T) {
	going := map[string]access.Change{
		"lowered":   access.ChangeEmployee{Employee: "ann", Kind: relationship.Staff, View: true, Edit: true},
		"suspended": access.SuspendEmployee{Employee: "ann"},
		"paused":    access.PauseEmployee{Employee: "ann"},
		"leaving":   access.EndEmployment{Employee: "ann"},
	}
	second := access.AddEmployee{Employee: "paula", Kind: relationship.Staff, SuperAdmin: true}
	for name, change := range going {
		t.Run(name+", alone", func(t *testing.T) {
			s := play(t)
			s.staff("vera")
			require.EqualValues(t, "northwind", s.as("ann").deny(access.ErrLastSuperAdmin, change).Partner)
		})
		t.Run(name+", the other inactive", func(t *testing.T) {
			for _, away := range []access.Change{access.SuspendEmployee{Employee: "paula"}, access.PauseEmployee{Employee: "paula"}} {
				s := play(t)
				s.User("paula", "northwind.example")
				s.as("ann").allow(second)
				s.as("ann").allow(away)
				s.as("ann").deny(access.ErrLastSuperAdmin, change)
			}
		})
		t.Run(name+", the other active", func(t *testing.T) {
			s := play(t)
			s.User("paula", "northwind.example")
			s.as("ann").allow(second)
			s.as("ann").allow(change)
			s.as("paula").deny(access.ErrLastSuperAdmin, access.EndEmployment{Employee: "paula"})
		})
	}
}

func TestORG2_SuspensionKeepsEverythingAndAllowsNothing(t *testing.T) {
	s := play(t)
	s.partnerAdmin("petra")
	before, can := s.lumen("petra"), s.Manager.Permissions("petra", "lumen")
	s.as("ann").allow(access.SuspendEmployee{Employee: "petra"})
	require.Equal(t, before, s.lumen("petra"))
	require.Zero(t, s.Manager.Permissions("petra", "lumen").Len())
	require.Equal(t, access.ReasonEmployeeInactive, s.why("petra", "contacts.view.all"))
	s.as("petra").deny(access.ErrNotAllowed, access.NameClient{Client: "lumen", Name: "L"})
	s.as("ann").idle(access.SuspendEmployee{Employee: "petra"})

	s.as("ann").allow(access.ResumeEmployee{Employee: "petra"})
	require.Equal(t, can, s.Manager.Permissions("petra", "lumen"))
	s.as("petra").allow(access.NameClient{Client: "lumen", Name: "L"})
}

func TestORG2_WhoIsSuspendedIsNotLetIn(t *testing.T) {
	s := play(t)
	s.Template("support", "contacts.view.all")
	s.Employee("bob")
	s.as("ann").allow(access.SuspendEmployee{Employee: "bob"})
	s.as("ann").deny(access.ErrInactive, access.AddEmployees{Client: "lumen", Employees: whom("bob"), Template: "support"})
	s.as("carla").deny(access.ErrInactive, access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "bob"})
}

func TestORG2_ASuspendedSuperAdminOfAClientStaysActiveThere(t *testing.T) {
	s := play(t)
	s.Employee("sara")
	s.superAdmin("sara")
	s.as("ann").allow(access.SuspendEmployee{Employee: "sara"})
	require.True(t, s.can("sara", "contacts.view.all"))
	s.as("sara").allow(access.SetSeat{Client: "lumen", User: "carla", Paid: true})
}

func TestORG2_WhoLeavesIsTakenOutEverywhereInOneStep(t *testing.T) {
	s := play(t)
	s.letIntoSolo()
	s.AddEmployee("bob", "support", "contacts.view.all")
	s.as("ann").allow(access.AddEmployees{Client: solo, Employees: whom("bob"), Template: "support"})
	s.as("ann").allow(access.DeactivateEmployee{Employee: "bob", Clients: []relationship.ClientID{solo}})
	s.as("ann").allow(access.EndEmployment{Employee: "bob"})
	require.Len(t, s.newest(), 1)
	require.Zero(t, s.lumen("bob"))
	require.Zero(t, s.Member(solo, "bob"), "deactivated or not")
	require.Equal(t, relationship.Left, s.employee("bob").Status)
	require.Equal(t, access.ReasonNotMember, s.why("bob", "contacts.view.all"))
	s.as("ann").deny(access.ErrUnknownEmployee, access.AddEmployees{Client: "lumen", Employees: whom("bob"), Template: "support"})
	s.as("ann").deny(access.ErrUnknownEmployee, access.EndEmployment{Employee: "bob"})
}

func TestORG2_WhoLeavesStaysSuperAdminAndIsListed(t *testing.T) {
	s := play(t)
	s.Employee("sara")
	s.superAdmin("sara")
	s.freelancer("otto")
	s.as("carla").allow(access.AddMember{Client: "lumen", User: "otto", Permissions: []string{"contacts.view.all"}})

	result := s.as("ann").allow(access.EndEmployment{Employee: "sara"})
	require.Len(t, result.Skipped, 1)
	require.Equal(t, access.Place{Client: "lumen", User: "sara"}, result.Skipped[0].Place)
	require.True(t, s.can("sara", "contacts.view.all"))
	require.False(t, s.lumen("sara").Managed())

	result = s.as("ann").allow(access.EndEmployment{Employee: "otto"})
	require.Empty(t, result.Skipped)
	require.True(t, s.can("otto", "contacts.view.all"), "an own user is none of the partner's")
}

func TestORG2_WhoLeavesOnePartnerStaysWithTheOther(t *testing.T) {
	s := play(t)
	s.letFabrikamIn()
	s.freelancer("twain")
	s.as("olaf").allow(access.AddEmployee{Employee: "twain", Kind: relationship.Contractor})
	s.as("olaf").allow(access.MakeTemplate{Name: "ads", Permissions: []string{"marketing.ads.view"}})
	s.as("olaf").allow(access.AddEmployees{Client: "lumen", Employees: whom("twain"), Template: "ads"})
	s.as("ann").allow(access.EndEmployment{Employee: "twain"})
	require.True(t, s.can("twain", "marketing.ads.view"))
	s.as("olaf").allow(access.EndEmployment{Employee: "twain"})
	require.False(t, s.can("twain", "marketing.ads.view"))
}

func TestORG2_BeingHiredAgainStartsFromNothing(t *testing.T) {
	s := play(t)
	s.staff("bob")
	s.as("bob").allow(access.ConfirmEmployment{Partner: "northwind"})
	s.as("ann").allow(access.EndEmployment{Employee: "bob"})
	require.False(t, s.employee("bob").HasAccess() || s.employee("bob").Confirmed)
	s.as("bob").deny(access.ErrWhichPartner, access.NameClient{Client: "lumen", Name: "L"})
	s.Clock.Turn(time.Hour)
	s.as("ann").allow(access.AddEmployee{Employee: "bob", Kind: relationship.Contractor})
	bob := s.employee("bob")
	require.False(t, bob.HasAccess() || bob.Confirmed)
	require.Equal(t, s.Clock.Now(), bob.Since)
}
