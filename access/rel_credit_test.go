package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

func TestREL7_CreditIsEarnedUntilRemovedDeactivatedOrNot(t *testing.T) {
	s := play(t)
	s.secondPartner()
	s.as("ann").allow(access.RemoveEmployees{Client: "lumen", All: true})
	s.Clock.Turn(sixtyDays)
	require.Empty(t, s.credit())
	s.as("carla").allow(direct("ann"))
	alone := []access.CreditShare{{Partner: "northwind", Of: 1}}
	require.Equal(t, alone, s.credit(), "from being added")
	s.as("carla").allow(access.DeactivateMember{Client: "lumen", User: "ann"})
	require.Equal(t, alone, s.credit(), "deactivated or not")
	s.as("carla").allow(access.RemoveMember{Client: "lumen", User: "ann"})
	require.Equal(t, alone, s.credit(), "stays through ending")
	s.Clock.Turn(sixtyDays - time.Microsecond)
	require.Equal(t, alone, s.credit())
	s.Clock.Turn(time.Microsecond)
	require.Empty(t, s.credit(), "then it is over")
}

func TestREL7_ALinkedMemberEarnsIt(t *testing.T) {
	s := linkedBob(t)
	s.as("ann").allow(access.RemoveEmployee{Employee: "ann", All: true})
	require.Equal(t, relationship.Active, s.northwind().Phase)
	require.Len(t, s.credit(), 1)
}

func TestREL7_SeveralPartnersShareItEvenly(t *testing.T) {
	s := play(t)
	s.letFabrikamIn()
	s.AddEmployee("bob", "support", "contacts.view.all") // two members against one
	shares := []access.CreditShare{{Partner: fabrikam, Of: 2}, {Partner: "northwind", Of: 2}}
	require.Equal(t, shares, s.credit())
	s.removeAll()
	require.Equal(t, shares, s.credit())
	s.Clock.Turn(sixtyDays)
	require.Equal(t, []access.CreditShare{{Partner: fabrikam, Of: 1}}, s.credit())
}

func TestREL7_WhoSeesTheShares(t *testing.T) {
	w := assemble(t)
	may := map[string]bool{"the host": true, "carla": true, "sven": true, "sara": true, "olga": true, "olaf": true}
	for _, name := range withAccess {
		may[name] = true
	}
	for name, call := range everybody {
		shares, err := w.Manager.Credit(call, "lumen")
		if may[name] {
			require.NoError(t, err, name)
			require.NotEmpty(t, shares)
			continue
		}
		require.Error(t, err, name)
		require.Empty(t, shares)
	}
}
