package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

func TestREL4_WhatTheHostReportsIsKeptToTheHour(t *testing.T) {
	report := access.ReportActivity{Partner: "northwind", Client: "lumen"}
	s := play(t)
	s.Clock.Set(accesstest.Start.Add(5*time.Hour + 40*time.Minute))
	s.host().allow(report)
	require.Equal(t, accesstest.Start.Add(5*time.Hour), s.northwind().Activity)
	s.Clock.Turn(19*time.Minute + 59*time.Second)
	s.host().idle(report)
	s.Clock.Turn(time.Second)
	s.host().allow(report)
	require.Equal(t, accesstest.Start.Add(6*time.Hour), s.northwind().Activity)
}

func TestREL4_AReportMovesTheEndAndRevivesNothing(t *testing.T) {
	report := access.ReportActivity{Partner: "northwind", Client: "lumen"}
	s := over(t, 20*time.Minute)
	s.host().idle(report) // the hour began before the last one left
	s.Clock.Turn(30 * accesstest.Day)
	s.host().allow(report)
	r := s.northwind()
	require.Equal(t, relationship.Ending, r.Phase)
	require.Equal(t, s.Clock.Now().Truncate(time.Hour).Add(sixtyDays), r.EndsAt)
	s.Clock.Set(r.EndsAt)
	s.host().deny(access.ErrNoRelationship, report)
	s.host().deny(access.ErrNoRelationship, access.ReportActivity{Partner: "p", Client: "lumen"})
	require.Equal(t, relationship.Ended, s.northwind().PhaseAt(s.Clock.Now()))
}

func TestREL4_ThePartnersOwnActsCount(t *testing.T) {
	for name, act := range map[string]access.Change{
		"adding":           add("support", "newt"),
		"linking":          access.LinkEmployee{Client: "lumen", Employee: "fred"},
		"changing":         access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Add: []string{"reports.view"}},
		"another template": access.ChangeTemplate{Client: "lumen", Employees: whom("bob"), Template: "users"},
		"reactivating":     access.ReactivateEmployees{Client: "lumen", Employees: whom("dora")},
		"deactivating":     access.DeactivateEmployee{Employee: "bob", All: true},
		"removing":         access.RemoveEmployee{Employee: "bob", All: true},
		"a leaver":         access.EndEmployment{Employee: "bob"},
		"renewing":         access.RenewEmployees{Client: "lumen", Employees: whom("bob"), End: accesstest.Start.Add(sixtyDays)},
	} {
		t.Run(name, func(t *testing.T) {
			s := &scene{World: assemble(t), t: t}
			s.Clock.Turn(3 * accesstest.Day)
			s.as("ann").allow(act)
			require.Equal(t, s.Clock.Now(), s.northwind().Activity)
			require.NotEqual(t, s.Clock.Now(), s.Relationship(fabrikam, "lumen").Activity, "each partner's own")
		})
	}
}

func TestREL4_NothingElseCounts(t *testing.T) {
	s := &scene{World: assemble(t), t: t}
	before := s.northwind().Activity
	s.Clock.Turn(3 * accesstest.Day)
	end := s.Clock.Now().Add(accesstest.Day)
	for _, act := range []access.Change{ // the client's acts
		access.ChangeMemberPermissions{Client: "lumen", User: "bob", Add: []string{"reports.view"}},
		access.DeactivateMember{Client: "lumen", User: "bob"},
		access.ReactivateMember{Client: "lumen", User: "bob"},
		access.SetMemberEnd{Client: "lumen", User: "bob", End: end},
		access.PauseMember{Client: "lumen", User: "bob"},
		access.SetCeiling{Client: "lumen", Partner: "northwind"},
		access.RemoveMember{Client: "lumen", User: "bob"}, // not the last
		access.MakeSuperAdmin{Client: "lumen", User: "mona"},
		access.RemoveMember{Client: "lumen", User: "otto"},
	} {
		s.as("carla").allow(act)
		require.Equal(t, before, s.northwind().Activity, "%T", act)
	}
	for _, act := range []access.Change{ // the partner's, not upon members there
		access.MakeTemplate{Name: "new"},
		access.NameClient{Client: "lumen", Name: "The lamps"},
		access.SuspendEmployee{Employee: "vera"},
	} {
		s.as("ann").allow(act)
		require.Equal(t, before, s.northwind().Activity, "%T", act)
	}
	s.as("ann").idle(access.ReactivateEmployees{Client: "lumen", Employees: whom("ann")})
	require.Equal(t, before, s.northwind().Activity, "what changes nothing is no act")
}

func TestREL4_ActivityWhileEndingMovesTheEnd(t *testing.T) {
	for name, act := range map[string]access.Change{
		"deactivating a super-admin employee": access.DeactivateEmployee{Employee: "sara", All: true},
		"removing one":                        access.RemoveEmployees{Client: "lumen", Employees: whom("sara")},
	} {
		t.Run(name, func(t *testing.T) {
			s := over(t, 30*accesstest.Day)
			s.as("ann").allow(act)
			require.Equal(t, relationship.Ending, s.northwind().Phase)
			require.Equal(t, s.Clock.Now().Add(sixtyDays), s.northwind().EndsAt)
		})
	}
}

func TestREL4_TheClientsActsWhileEndingDoNot(t *testing.T) {
	s := over(t, 0)
	end := s.northwind().EndsAt
	s.Clock.Turn(30 * accesstest.Day)
	s.as("carla").allow(access.DeactivateMember{Client: "lumen", User: "sara"})
	s.as("carla").allow(access.AddMember{Client: "lumen", User: "bob"})
	s.as("carla").allow(access.RemoveMember{Client: "lumen", User: "bob"})
	s.as("carla").allow(access.PausePartner{Client: "lumen", Partner: "northwind"})
	require.Equal(t, end, s.northwind().EndsAt)
}

func TestREL4_IdlenessAloneEndsNothing(t *testing.T) {
	s := play(t)
	s.AddEmployee("bob", "support", "contacts.view.all")
	s.Clock.Turn(20 * 365 * accesstest.Day)
	swept, err := s.Manager.Sweep(t.Context())
	require.NoError(t, err)
	require.Zero(t, swept.Ended)
	require.True(t, s.can("bob", "contacts.view.all"))
}
