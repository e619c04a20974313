package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// What each change of a call does is told behind what the one before it does,
// and of a member whom both concern, twice.
func TestPLAN3_EachChangeOfACallIsToldByItself(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view", "crm.views.edit")
	end := accesstest.Start.Add(accesstest.Day)
	done := c.Do(access.By("carla"), access.All{
		access.SetMemberEnd{Client: "lumen", User: "bob", End: end}, ceiling("crm.views.edit"),
	})
	var told []relationship.UserID
	for _, member := range done.Members {
		told = append(told, member.User)
	}
	require.Equal(t, people("bob", "ann", "bob"), told)
	require.True(t, done.Members[0].Clipped.IsEmpty())
	requireSets(t, sets{clipped: perms("reports.view")}, done.Members[2])
}

// Changes are told in the order in which they are made, and the members of each in
// that of their names, with all whom they pass over.
func TestPLAN3_EachChangeOfACallIsToldInTurn(t *testing.T) {
	c := newCast(t)
	for _, user := range people("bob", "cid", "dan") {
		c.AddEmployee(user, string(user))
	}
	out := func(user relationship.UserID) access.Change {
		return access.DeactivateEmployee{Employee: user, All: true}
	}
	back := access.ReactivateEmployees{Client: "lumen", Employees: people("cid", "bob")}
	done := c.Do(access.By("ann"), access.All{out("dan"), out("cid"), out("bob"), out("dan"), out("cid"), back})
	var told, skipped []relationship.UserID
	for _, member := range done.Members {
		told = append(told, member.User)
	}
	for _, one := range done.Skipped {
		skipped = append(skipped, one.User)
	}
	require.Equal(t, people("dan", "cid", "bob", "bob", "cid"), told)
	require.Equal(t, people("dan", "cid"), skipped)
}
