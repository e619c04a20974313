package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// paid needs a seat.
const paid = "automation.workflows.edit"

func (s *scene) seat(user relationship.UserID) access.Seat {
	s.t.Helper()
	e, err := s.Manager.Explain(access.Host(), user, "lumen", s.Permission(paid))
	require.NoError(s.t, err)
	return e.Member.Seat
}

func TestADM4_AManagedMemberHasThePartnerSeat(t *testing.T) {
	s := play(t)
	s.AddEmployee("bob", "flows", paid)
	for _, user := range whom("bob", "ann") {
		require.Equal(t, access.PartnerSeat, s.seat(user))
		require.True(t, s.can(user, paid))
		require.Equal(t, "ADM-4", s.as("carla").deny(access.ErrManaged, access.SetSeat{Client: "lumen", User: user, Paid: true}).Rule)
	}
}

func TestADM4_AnOwnUserNeedsAPaidSeatFromTheClientsSide(t *testing.T) {
	s := play(t)
	s.own("otto", "lumen.example", paid, "reports.view")
	for _, user := range whom("otto", "carla") { // super admin or not
		require.Equal(t, access.NoSeat, s.seat(user))
		require.Equal(t, access.ReasonNoSeat, s.why(user, paid))
		require.True(t, s.can(user, "reports.view"), "what is not paid needs none")
		s.as("carla").allow(access.SetSeat{Client: "lumen", User: user, Paid: true})
		require.Equal(t, access.PaidSeat, s.seat(user))
		require.True(t, s.can(user, paid))
		s.as("carla").allow(access.SetSeat{Client: "lumen", User: user})
		require.False(t, s.can(user, paid))
	}
}

func TestADM4_ASuperAdminWhoIsAVerifiedEmployeeHasThePartnerSeat(t *testing.T) {
	confirm := access.ConfirmEmployment{Partner: "northwind"}
	for name, c := range map[string]struct {
		domain string
		then   func(*scene)
		seat   access.Seat
	}{
		"verified":            {"northwind.example", func(*scene) {}, access.PartnerSeat},
		"of a provider":       {"northwind.example", kind(relationship.Provider), access.PartnerSeat},
		"unverified":          {"mail.example", func(*scene) {}, access.NoSeat},
		"confirmed only":      {"mail.example", func(s *scene) { s.as("sara").allow(confirm) }, access.NoSeat},
		"of a reseller":       {"northwind.example", kind("reseller"), access.NoSeat},
		"suspended":           {"northwind.example", does("ann", access.SuspendEmployee{Employee: "sara"}), access.NoSeat},
		"paused":              {"northwind.example", does("ann", access.PauseEmployee{Employee: "sara"}), access.NoSeat},
		"left":                {"northwind.example", does("ann", access.EndEmployment{Employee: "sara"}), access.NoSeat},
		"partner closed":      {"northwind.example", hostDoes(access.ClosePartner{Partner: "northwind"}), access.NoSeat},
		"domain not proven":   {"northwind.example", hostDoes(access.SetPartnerDomains{Partner: "northwind"}), access.NoSeat},
		"domain proven since": {"mail.example", hostDoes(access.SetPartnerDomains{Partner: "northwind", Domains: []string{"mail.example"}}), access.PartnerSeat},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			s.User("sara", c.domain)
			s.superAdmin("sara")
			s.as("ann").allow(access.AddEmployee{Employee: "sara", Kind: relationship.Staff})
			c.then(s)
			require.Equal(t, c.seat, s.seat("sara"))
			require.Equal(t, c.seat != access.NoSeat, s.can("sara", paid))
			require.True(t, s.can("sara", "reports.view"), "they stay active (OFF-8)")
		})
	}
}

func TestADM4_AVerifiedEmployeeWhoIsNoSuperAdminAndOwnHasNoSeat(t *testing.T) {
	s := play(t)
	s.secondPartner()
	s.as("carla").allow(access.AddMember{Client: "lumen", User: "olaf", Permissions: []string{paid}}) // no relationship
	require.Equal(t, access.ReasonNoSeat, s.why("olaf", paid))
}

func TestADM4_LinkingChangesTheSeat(t *testing.T) {
	s := play(t)
	s.own("otto", "northwind.example", paid)
	s.as("carla").allow(access.SetSeat{Client: "lumen", User: "otto", Paid: true})
	result := s.as("ann").allow(access.AddEmployee{Employee: "otto", Kind: relationship.Staff})
	otto, _ := result.Member("lumen", "otto")
	require.Equal(t, access.PaidSeat, otto.Before.Seat)
	require.Equal(t, access.PartnerSeat, otto.After.Seat)
}

// The steps of a table are functions of the scene.

func does(user relationship.UserID, change access.Change) func(*scene) {
	return func(s *scene) { s.as(user).allow(change) }
}

func hostDoes(change access.Change) func(*scene) {
	return func(s *scene) { s.host().allow(change) }
}

func kind(kind relationship.PartnerKind) func(*scene) {
	return hostDoes(access.SetPartnerKind{Partner: "northwind", Kind: kind})
}
