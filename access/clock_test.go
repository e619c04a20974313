package access_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// A call about many clients goes through where the clock has ended many of the
// relationships and nobody has written it down.
func TestREL6_ManyEndsInTheWayOfOneCall(t *testing.T) {
	w := accesstest.New(t)
	w.Employee("bob")
	w.Template("support", "reports.view")
	limit := w.Clock.Now().Add(accesstest.Day)
	const clients = 60
	for i := range clients {
		client, admin := relationship.ClientID(fmt.Sprintf("client-%02d", i)), relationship.UserID(fmt.Sprintf("admin-%02d", i))
		w.User(admin, "clients.example")
		w.Do(access.Host(), access.CreateClient{ID: client, Name: "A Client", SuperAdmin: admin})
		w.Do(access.By(admin), access.MakePartnerAdmin{Client: client, Partner: accesstest.Partner, Employee: "ann"})
		w.Do(access.By("ann"), access.LinkClients{Employee: "bob", Clients: []relationship.ClientID{client}, Template: "support"})
		if i%2 == 1 { // every other one: some are changed before the next is found to be over
			w.Do(access.By(admin), access.SetRelationshipEnd{Client: client, Partner: accesstest.Partner, End: limit})
		}
	}
	w.Clock.Set(limit.Add(time.Hour))
	result := w.Do(access.By("ann"), access.EndEmployment{Employee: "bob"})
	require.Len(t, result.Members, clients/2, "the clock removed the others")
}
