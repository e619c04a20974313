package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// ORG-1: who may make the changes below is in TestORG1_EveryChangeHasItsActors.

func TestORG1_TheHostMakesUsersKnown(t *testing.T) {
	s := play(t)
	s.host().allow(access.AddUser{ID: "bob", Name: "Bob", Email: "bob@Northwind.Example"})
	user, _ := storage.Get[relationship.User](s.Store.Snapshot(), relationship.UserKey("bob"))
	require.Equal(t, relationship.Email("bob@northwind.example"), user.Email)

	s.host().deny(access.ErrExists, access.AddUser{ID: "bob", Name: "Bob", Email: "bob2@northwind.example"})
	s.host().deny(storage.ErrConflict, access.AddUser{ID: "bob2", Name: "Bob", Email: "bob@northwind.EXAMPLE"})
	s.host().deny(access.ErrInvalid, access.AddUser{ID: "bob2", Name: "Bob", Email: "bob2"})
	s.host().deny(access.ErrInvalid, access.AddUser{ID: "", Name: "Bob", Email: "bob2@northwind.example"})
}

func TestORG1_TheHostChangesUsers(t *testing.T) {
	s := play(t)
	s.host().allow(access.ChangeUser{ID: "sven", Name: "Sven", Email: "sven@else.example"})
	s.host().idle(access.ChangeUser{ID: "sven", Name: "Sven", Email: "sven@ELSE.example"})
	s.host().deny(storage.ErrConflict, access.ChangeUser{ID: "sven", Name: "Sven", Email: "carla@lumen.example"})
	s.host().deny(access.ErrUnknownUser, access.ChangeUser{ID: "ulla", Name: "U", Email: "ulla@else.example"})
	s.host().deny(access.ErrInvalid, access.ChangeUser{ID: "sven", Name: "Sven", Email: "sven at home"})
}

func TestORG1_AllOthersNameKnownUsers(t *testing.T) {
	s := play(t)
	s.as("ann").deny(access.ErrUnknownUser, access.AddEmployee{Employee: "ulla", Kind: relationship.Staff})
	s.as("carla").deny(access.ErrUnknownUser, access.AddMember{Client: "lumen", User: "ulla"})
	s.host().deny(access.ErrUnknownUser, access.CreateClient{ID: "solo", Name: "Solo", SuperAdmin: "ulla"})
	s.host().deny(access.ErrUnknownUser, access.CreatePartner{ID: "p", Name: "P", Kind: "other", SuperAdmin: "ulla"})
}

func TestORG1_AnAccountIsCreatedWithItsFirstSuperAdmin(t *testing.T) {
	s := play(t)
	s.User("olaf", "fabrikam.example")
	s.host().allow(access.CreatePartner{ID: "fabrikam", Name: "Fabrikam", Kind: relationship.Provider, SuperAdmin: "olaf"})
	require.Len(t, s.newest(), 1)
	first, _ := storage.Get[relationship.Employee](s.Store.Snapshot(), relationship.EmployeeKey("fabrikam", "olaf"))
	require.True(t, first.SuperAdmin)
	require.Equal(t, relationship.Staff, first.Kind)

	s.host().allow(access.CreateClient{ID: "solo", Name: "Solo", SuperAdmin: "olaf"})
	require.Len(t, s.newest(), 1)
	require.Equal(t, relationship.SuperAdmin, s.Member("solo", "olaf").Role)

	s.host().deny(access.ErrExists, access.CreatePartner{ID: "fabrikam", Name: "F", Kind: "other", SuperAdmin: "olaf"})
	s.host().deny(access.ErrExists, access.CreateClient{ID: "solo", Name: "S", SuperAdmin: "olaf"})
	s.host().deny(access.ErrInvalid, access.CreatePartner{ID: "p", Name: "P", SuperAdmin: "olaf"})
	s.host().deny(access.ErrInvalid, access.CreateClient{ID: "c", Name: "", SuperAdmin: "olaf"})
}

func TestORG1_ADomainBelongsToOnePartner(t *testing.T) {
	s := play(t)
	s.secondPartner()
	for _, taken := range []string{"northwind.example", "NorthWind.Example"} {
		s.host().deny(storage.ErrConflict, access.SetPartnerDomains{Partner: fabrikam, Domains: []string{"f.example", taken}})
	}
	s.host().deny(access.ErrInvalid, access.SetPartnerDomains{Partner: fabrikam, Domains: []string{"not a domain"}})
	s.host().allow(access.SetPartnerDomains{Partner: fabrikam, Domains: []string{"sub.northwind.example"}})

	s.host().allow(access.ClosePartner{Partner: "northwind"})
	s.host().allow(access.SetPartnerDomains{Partner: fabrikam, Domains: []string{"northwind.example"}})
}

func TestORG1_AClosedPartnerIsClosedForGood(t *testing.T) {
	s := play(t)
	s.AddEmployee("bob", "support", "contacts.view.all")
	s.host().allow(access.ClosePartner{Partner: "northwind"})
	require.Equal(t, access.ReasonPartnerClosed, s.why("bob", "contacts.view.all"))
	s.as("ann").deny(access.ErrNotAllowed, access.RemoveEmployee{Employee: "bob", All: true})
	for _, change := range []access.Change{
		access.ClosePartner{Partner: "northwind"},
		access.RenamePartner{Partner: "northwind", Name: "N"},
		access.SetPartnerKind{Partner: "northwind", Kind: relationship.Provider},
		access.SetPartnerDomains{Partner: "northwind"},
	} {
		s.host().deny(access.ErrClosed, change)
	}
	s.host().deny(access.ErrUnknownPartner, access.ClosePartner{Partner: "p"})
	s.as("carla").allow(access.RemoveMember{Client: "lumen", User: "bob"}) // the client still can
}

func TestORG1_AClosedClientIsClosedForGood(t *testing.T) {
	s := play(t)
	s.AddEmployee("bob", "support", "contacts.view.all")
	s.host().allow(access.RenameClient{Client: "lumen", Name: "Lumen plc"})
	s.host().allow(access.CloseClient{Client: "lumen"})
	require.Equal(t, access.ReasonClientClosed, s.why("bob", "contacts.view.all"))
	require.Equal(t, access.ReasonClientClosed, s.why("carla", "contacts.view.all"))
	s.as("carla").deny(access.ErrNotAllowed, access.RemoveMember{Client: "lumen", User: "bob"})
	s.host().deny(access.ErrClosed, access.CloseClient{Client: "lumen"})
	s.host().deny(access.ErrClosed, access.RenameClient{Client: "lumen", Name: "L"})
	s.host().deny(access.ErrClosed, access.ReplaceSuperAdmin{Client: "lumen", Successor: "ann"})
	s.host().deny(access.ErrUnknownClient, access.CloseClient{Client: "c"})
}

func TestORG1_TheHostReplacesTheLastSuperAdmin(t *testing.T) {
	s := play(t)
	s.User("maria", "lumen.example")
	s.host().deny(access.ErrNotAllowed, access.ReplaceSuperAdmin{Client: "lumen", Successor: "maria"}) // sven is there

	s.as("carla").allow(access.DeactivateMember{Client: "lumen", User: "sven"})
	s.host().deny(access.ErrExists, access.ReplaceSuperAdmin{Client: "lumen", Successor: "carla"})
	s.host().deny(access.ErrUnknownUser, access.ReplaceSuperAdmin{Client: "lumen", Successor: "ulla"})
	s.host().deny(access.ErrBarred, access.ReplaceSuperAdmin{Client: "lumen", Successor: "sven"})
	s.host().deny(access.ErrUnknownClient, access.ReplaceSuperAdmin{Client: "c", Successor: "maria"})
	s.host().allow(access.ReplaceSuperAdmin{Client: "lumen", Successor: "maria"})
	require.Len(t, s.newest(), 1, "one step")
	require.Equal(t, relationship.SuperAdmin, s.lumen("maria").Role)
	require.Zero(t, s.lumen("carla"))
	s.as("maria").allow(access.RemoveMember{Client: "lumen", User: "sven"})
}

func TestORG1_TheSuccessorMayBeAMember(t *testing.T) {
	for name, prepare := range map[string]func(*scene){
		"own":     func(s *scene) { s.own("maria", "lumen.example", "contacts.view.all") },
		"managed": func(s *scene) { s.AddEmployee("maria", "support", "contacts.view.all") },
		"deactivated": func(s *scene) {
			s.AddEmployee("maria", "x")
			s.as("ann").allow(access.DeactivateEmployee{Employee: "maria", All: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			prepare(s)
			s.as("carla").allow(access.RemoveMember{Client: "lumen", User: "sven"})
			s.host().allow(access.ReplaceSuperAdmin{Client: "lumen", Successor: "maria"})
			maria := s.lumen("maria")
			require.Equal(t, relationship.SuperAdmin, maria.Role)
			require.False(t, maria.Managed(), "a super admin is always own")
			require.True(t, s.can("maria", "account.close"))
		})
	}
}

func TestORG1_TheHostIsLoggedLikeAnyone(t *testing.T) {
	s := play(t)
	_, err := s.Manager.Do(t.Context(), access.Host().Because("moved"), access.RenameClient{Client: "lumen", Name: "Lumen plc"})
	require.NoError(t, err)
	event := s.newest()[0]
	require.Equal(t, relationship.Actor{Kind: relationship.ByHost}, event.Actor)
	require.Equal(t, "RenameClient", event.Change)
	require.Equal(t, "moved", event.Reason)
}

func TestORG1_TheHostIsNobodyElse(t *testing.T) {
	s := play(t)
	s.Refused(access.Host().At("northwind"), access.RenameClient{Client: "lumen", Name: "L"})
	s.host().deny(access.ErrNotAllowed, access.MakeSuperAdmin{Client: "lumen", User: "ann"})
	s.host().deny(access.ErrNotAllowed, access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "ann"})
}
