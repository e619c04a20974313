package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

const sixtyDays = 60 * accesstest.Day

// starting are the ways in which a relationship starts or revives (REL-1, REL-5).
// sara is super admin of Lumen and works for Northwind.
var starting = map[string]func(s *scene) (player, access.Change){
	"LINK-4": func(s *scene) (player, access.Change) {
		return s.as("carla"), approve(s.Issue(access.By("ann"), "ann"))
	},
	"LINK-7": func(s *scene) (player, access.Change) { return s.as("carla"), direct("ann") },
	"MIG-1":  func(s *scene) (player, access.Change) { return moves["MIG-1"](s, false) },
	"MIG-5":  func(s *scene) (player, access.Change) { return moves["MIG-5"](s, false) },
}

// over is Lumen without Northwind's people, a time after the last one left.
func over(t *testing.T, since time.Duration) *scene {
	t.Helper()
	s := withSara(t, "northwind.example")
	s.AddEmployee("bob", "support", "contacts.view.all")
	s.removeAllButSuperAdmins()
	s.Clock.Turn(since)
	return s
}

// removeAllButSuperAdmins leaves sara in her place.
func (s *scene) removeAllButSuperAdmins() {
	s.t.Helper()
	var managed []relationship.UserID
	for record := range s.Store.Snapshot().Scan(relationship.KindMember, "lumen", "") {
		if member := record.(relationship.Member); member.Manager == "northwind" {
			managed = append(managed, member.User)
		}
	}
	s.as("ann").allow(access.RemoveEmployees{Client: "lumen", Employees: managed})
	require.Equal(s.t, relationship.Ending, s.northwind().Phase)
}

func TestREL1_ItStartsInTheStepOfTheFirstManagedMember(t *testing.T) {
	for name, change := range map[string]func(*scene) (player, access.Change){
		"LINK-4": func(s *scene) (player, access.Change) {
			link := s.Issue(access.By("olaf"), "olaf")
			return s.as("carla"), approve(link)
		},
		"LINK-7": func(s *scene) (player, access.Change) {
			return s.as("carla"), access.MakePartnerAdmin{Client: "lumen", Partner: fabrikam, Employee: "olaf"}
		},
		"MIG-1": func(s *scene) (player, access.Change) {
			s.superAdmin("olaf")
			return s.as("olaf"), access.BecomePartnerAdmin{Client: "lumen"}
		},
		"MIG-5": func(s *scene) (player, access.Change) {
			s.superAdmin("olaf")
			return s.as("carla"), access.ChangeToPartnerAdmin{Client: "lumen", User: "olaf", Partner: fabrikam}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			s.secondPartner()
			actor, start := change(s)
			require.Zero(t, s.Relationship(fabrikam, "lumen"))
			result := actor.allow(start)
			require.Len(t, s.newest(), 1)
			require.Equal(t, []access.Transition{{Partner: fabrikam, Client: "lumen", To: relationship.Active}}, result.Relationships)
			r := s.Relationship(fabrikam, "lumen")
			require.Equal(t, relationship.Active, r.Phase)
			require.Equal(t, 1, r.Members)
			require.Equal(t, s.Clock.Now(), r.Started)
			require.Equal(t, s.Clock.Now(), r.Activity)
		})
	}
}

func TestREL1_SeveralPartnersEachApart(t *testing.T) {
	s := play(t)
	s.letFabrikamIn()
	before := s.Relationship(fabrikam, "lumen")
	s.removeAll()
	s.Clock.Turn(sixtyDays)
	_, err := s.Manager.Sweep(t.Context())
	require.NoError(t, err)
	require.Equal(t, relationship.Ended, s.northwind().Phase)
	require.Equal(t, before, s.Relationship(fabrikam, "lumen"))
	require.True(t, s.can("olaf", "contacts.view.all"))
}

func TestREL1_OnePartnersLimitIsNotTheOthers(t *testing.T) {
	s := play(t)
	s.letFabrikamIn()
	s.as("carla").allow(access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: s.Clock.Now().Add(accesstest.Day)})
	before := s.Relationship(fabrikam, "lumen")
	s.Clock.Turn(accesstest.Day)
	_, err := s.Manager.Sweep(t.Context())
	require.NoError(t, err)
	require.Zero(t, s.lumen("ann"))
	require.Equal(t, before, s.Relationship(fabrikam, "lumen"))
	require.True(t, s.can("olaf", "contacts.view.all"))
}

func TestREL2_DeactivatingAllDoesNotEndIt(t *testing.T) {
	s := play(t)
	s.AddEmployee("bob", "support", "contacts.view.all")
	result := s.as("ann").allow(access.DeactivateEmployees{Client: "lumen", All: true})
	require.Len(t, result.Members, 2)
	require.Empty(t, result.Relationships)
	s.Clock.Turn(10 * 365 * accesstest.Day)
	require.Equal(t, relationship.Active, s.northwind().PhaseAt(s.Clock.Now()))
	require.Equal(t, []access.CreditShare{{Partner: "northwind", Of: 1}}, s.credit())
	s.as("carla").allow(access.ReactivateMember{Client: "lumen", User: "bob"})
	require.True(t, s.can("bob", "contacts.view.all"))
}

func TestREL2_AllHaveToBeRemoved(t *testing.T) {
	s := play(t)
	s.AddEmployee("bob", "support", "contacts.view.all")
	s.as("ann").allow(access.RemoveEmployee{Employee: "ann", All: true})
	require.Equal(t, relationship.Active, s.northwind().Phase, "bob is left")
	s.as("ann").allow(access.DeactivateEmployee{Employee: "bob", All: true})
	require.Equal(t, relationship.Active, s.northwind().Phase, "deactivated, and left")
	result := s.as("ann").allow(access.RemoveEmployee{Employee: "bob", All: true})
	require.Equal(t, []access.Transition{
		{Partner: "northwind", Client: "lumen", From: relationship.Active, To: relationship.Ending, EndsAfter: relationship.EndingTime},
	}, result.Relationships)
}

func TestREL3_HoweverTheLastOneGoesItIsEndingFor60Days(t *testing.T) {
	for name, last := range map[string]func(*scene){
		"removed by the partner": does("ann", access.RemoveEmployee{Employee: "ann", All: true}),
		"removed by the client":  does("carla", access.RemoveMember{Client: "lumen", User: "ann"}),
		"made super admin":       does("carla", access.MakeSuperAdmin{Client: "lumen", User: "ann"}),
		"made super admin by the host": func(s *scene) {
			s.as("carla").allow(access.RemoveMember{Client: "lumen", User: "sven"})
			s.host().allow(access.ReplaceSuperAdmin{Client: "lumen", Successor: "ann"})
		},
		"leaving the partner": func(s *scene) {
			s.User("paula", "northwind.example")
			s.as("ann").allow(access.AddEmployee{Employee: "paula", Kind: relationship.Staff, SuperAdmin: true})
			s.as("paula").allow(access.EndEmployment{Employee: "ann"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			s.Clock.Turn(100 * accesstest.Day) // idle for long: only this step counts
			last(s)
			r := s.northwind()
			require.Equal(t, relationship.Ending, r.Phase)
			require.Equal(t, s.Clock.Now(), r.Activity, "the last step counts, whoever took it")
			require.Equal(t, s.Clock.Now().Add(sixtyDays), r.EndsAt)
			s.Clock.Turn(sixtyDays - time.Microsecond)
			require.Equal(t, relationship.Ending, s.northwind().PhaseAt(s.Clock.Now()))
			s.Clock.Turn(time.Microsecond)
			require.Equal(t, relationship.Ended, s.northwind().PhaseAt(s.Clock.Now()))
		})
	}
}
