package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

func TestLINK7_WhoeverMayApproveMayGoWithoutALink(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	s.own("olga", "lumen.example", "account.users.edit", "contacts.view.all")
	result := s.as("olga").allow(direct("bob"))
	bob, _ := result.Member("lumen", "bob")
	require.Equal(t, access.PartnerSeat, bob.After.Seat, "the seat comes in the same step")
	require.Equal(t, s.names("account.users.edit", "contacts.view.all"), bob.Granted)
	require.Len(t, s.newest(), 1)
}

func TestLINK7_ThePartnerSeatComesInPlaceOfAPaidOne(t *testing.T) {
	s := play(t)
	s.own("bob", "mail.example", paid)
	s.as("carla").allow(access.SetSeat{Client: "lumen", User: "bob", Paid: true})
	s.as("ann").allow(access.AddEmployee{Employee: "bob", Kind: relationship.Contractor})
	bob, _ := s.as("carla").allow(direct("bob")).Member("lumen", "bob")
	require.Equal(t, access.PaidSeat, bob.Before.Seat)
	require.Equal(t, access.PartnerSeat, bob.After.Seat)
	require.True(t, s.can("bob", paid))
}

func TestLINK7_NeitherManagedNorAnEmployeeOfThePartner(t *testing.T) {
	s := play(t)
	s.Employee("newt")
	s.superEmployee("sara", "mail.example")
	s.AddEmployee("mona", "users", "account.users.edit")
	s.own("otto", "lumen.example", "contacts.edit.all")
	s.as("sara").deny(access.ErrNotAllowed, direct("newt")) // super admin or not
	s.as("sara").deny(access.ErrNotAllowed, direct("sara"))
	for _, other := range whom("mona", "ann", "otto", "newt") {
		s.as(other).deny(access.ErrNotAllowed, direct("newt"))
	}
}

func TestLINK7_NamedIsAnEmployeeOfThePartner(t *testing.T) {
	s := play(t)
	s.secondPartner()
	s.own("otto", "lumen.example")
	for _, user := range whom("otto", "olaf", "ulla") {
		s.as("carla").deny(access.ErrUnknownEmployee, direct(user))
	}
	s.as("carla").deny(access.ErrUnknownEmployee, access.MakePartnerAdmin{Client: "lumen", Partner: "p", Employee: "olaf"})
	s.host().allow(access.ClosePartner{Partner: fabrikam})
	s.as("carla").deny(access.ErrClosed, access.MakePartnerAdmin{Client: "lumen", Partner: fabrikam, Employee: "olaf"})
}

func TestLINK7_AnEndMayBeGiven(t *testing.T) {
	both(t, func(t *testing.T, s *scene, let func(relationship.UserID) access.Change) {
		s.Employee("bob")
		end := s.Clock.Now().Add(24 * time.Hour)
		change := let("bob")
		switch c := change.(type) {
		case access.ApproveLink:
			c.End = end.Add(time.Nanosecond)
			change = c
		case access.MakePartnerAdmin:
			c.End = end.Add(time.Nanosecond)
			change = c
		}
		s.as("carla").allow(change)
		require.Equal(t, end, s.lumen("bob").End, "in whole seconds")
		require.True(t, s.lumen("bob").EndByClient)
	})
}
