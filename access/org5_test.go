package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// everythingSaid is all that the store still says, in words.
func everythingSaid(t *testing.T, store storage.Store) string {
	t.Helper()
	var text strings.Builder
	require.NoError(t, storage.Dump(t.Context(), store, &text))
	return text.String()
}

func TestORG5_AnErasedPersonIsNowhere(t *testing.T) {
	w := accesstest.New(t)
	w.AddEmployee("bob", "support", crm.ReportsView)
	w.Do(access.Host(), access.ChangeUser{ID: "bob", Name: "Robert Baker", Email: "robert@northwind.example"})
	w.Do(access.By(accesstest.SuperAdmin), access.MakeSuperAdmin{Client: accesstest.Client, User: "bob"})
	for _, said := range []string{"User bob", "bob@northwind.example", "Robert Baker", "robert@northwind.example"} {
		require.Contains(t, everythingSaid(t, w.Store), said)
	}
	before, _ := storage.Get[relationship.User](w.Store.Snapshot(), relationship.UserKey("bob"))

	w.Do(access.Host(), access.EraseUser{ID: "bob"})
	text := everythingSaid(t, w.Store)
	for _, said := range []string{
		"User bob", "bob@northwind.example", "Robert Baker", "robert@northwind.example", before.Salt.String(),
	} {
		require.NotContains(t, text, said)
	}
	require.Contains(t, text, before.Person.String(), "the token stays")
	w.Verify()

	require.Empty(t, w.Member(accesstest.Client, "bob"), "nobody without a name is a member")
	_, barred := w.Store.Snapshot().Get(relationship.StandingKey(accesstest.Client, "bob"))
	require.False(t, barred, "the client's side has said nothing")
	employee, _ := storage.Get[relationship.Employee](w.Store.Snapshot(), relationship.EmployeeKey(accesstest.Partner, "bob"))
	require.Equal(t, relationship.Left, employee.Status)
	require.False(t, w.Manager.Check("bob", accesstest.Client, w.Permission(crm.ReportsView)).Allowed())
}

func TestORG5_AnErasedUserIsUnknownForGood(t *testing.T) {
	w := accesstest.New(t)
	w.Employee("bob")
	w.User("otto", "lumen.example")
	w.Do(access.Host(), access.EraseUser{ID: "bob"})
	require.False(t, w.Do(access.Host(), access.EraseUser{ID: "bob"}).Changed, "once more changes nothing")
	for _, change := range []access.Change{
		access.EraseUser{ID: "nobody"},
		access.ChangeUser{ID: "bob", Name: "Bob", Email: "bob@northwind.example"},
		access.CreateClient{ID: "umbra", Name: "Umbra", SuperAdmin: "bob"},
		access.CreatePartner{ID: "umbra", Name: "Umbra", Kind: "reseller", SuperAdmin: "bob"},
	} {
		require.ErrorIs(t, w.Refused(access.Host(), change), access.ErrUnknownUser, "%T", change)
	}
	require.ErrorIs(t, w.Refused(access.By(accesstest.Admin), access.AddEmployee{Employee: "bob", Kind: relationship.Staff}), access.ErrUnknownUser)
	require.ErrorIs(t, w.Refused(access.By(accesstest.SuperAdmin), access.AddMember{Client: accesstest.Client, User: "bob"}), access.ErrUnknownUser)
	require.ErrorIs(t, w.Refused(access.Host(), access.AddUser{ID: "bob", Name: "Bob", Email: "b@else.example"}), access.ErrExists,
		"an id is never somebody else's")
	w.Do(access.Host(), access.ChangeUser{ID: "otto", Name: "Otto", Email: "bob@northwind.example"}) // the address is free again
}

// Neither a link that names them nor an import brings an erased person back.
func TestORG5_NothingBringsAnErasedUserBack(t *testing.T) {
	w := accesstest.New(t)
	w.Employee("bob")
	link := w.Issue(access.By(accesstest.Admin), "bob")
	w.Do(access.Host(), access.EraseUser{ID: "bob"})
	carla := access.By(accesstest.SuperAdmin)
	view, err := w.Manager.OpenLink(t.Context(), carla, accesstest.Client, link.Secret)
	require.NoError(t, err)
	require.True(t, view.Changed)
	require.Empty(t, view.Name)
	require.Empty(t, view.Email)
	require.ErrorIs(t, w.Refused(carla, access.ApproveLink{Client: accesstest.Client, Secret: link.Secret}), access.ErrLinkChanged)
	require.Error(t, w.Refused(carla, access.MakePartnerAdmin{Client: accesstest.Client, Partner: accesstest.Partner, Employee: "bob"}))
	require.Error(t, w.Refused(access.By("bob"), access.ConfirmEmployment{Partner: accesstest.Partner}))

	counts, err := w.Manager.Import(t.Context(), access.Host(), slices.Values([]access.ImportRow{
		access.ImportUser{ID: "bob", Name: "Bob", Email: "bob@northwind.example"},
		access.ImportEmployee{Partner: accesstest.Partner, User: "bob", Kind: relationship.Staff},
		access.ImportMember{Client: accesstest.Client, User: "bob", Role: relationship.Standard},
		access.ImportMember{Client: accesstest.Client, User: "bob", Role: relationship.SuperAdmin},
	}), nil)
	require.NoError(t, err)
	require.Equal(t, access.Tally{Refused: 4}, counts)
}

// Verify finds somebody who was erased and still has a place.
func TestORG5_VerifyFindsAPlaceWithoutAName(t *testing.T) {
	w := accesstest.New(t)
	w.AddEmployee("bob", "support", crm.ReportsView)
	bob, _ := storage.Get[relationship.User](w.Store.Snapshot(), relationship.UserKey("bob"))
	found, err := verifyTampered(t, w, &tamperedStore{records: map[relationship.Key]relationship.Record{bob.Key(): bob.Erase()}})
	require.ErrorIs(t, err, access.ErrCorrupt)
	require.Contains(t, found.Faults, `member "lumen" "bob" is the place of a user who was erased (ORG-5)`)
	require.Contains(t, found.Faults, `employee "northwind" "bob" is the place of a user who was erased (ORG-5)`)
}

func TestORG5_TheLastSuperAdminIsNotErased(t *testing.T) {
	w := accesstest.New(t)
	require.ErrorIs(t, w.Refused(access.Host(), access.EraseUser{ID: accesstest.Admin}), access.ErrLastSuperAdmin, "the partner's last")
	w.Do(access.Host(), access.EraseUser{ID: accesstest.SuperAdmin2})
	require.ErrorIs(t, w.Refused(access.Host(), access.EraseUser{ID: accesstest.SuperAdmin}), access.ErrLastSuperAdmin, "the client's last")
	w.Do(access.Host(), access.ClosePartner{Partner: accesstest.Partner})
	w.Do(access.Host(), access.CloseClient{Client: accesstest.Client})
	w.Do(access.Host(), access.EraseUser{ID: accesstest.Admin})
	w.Do(access.Host(), access.EraseUser{ID: accesstest.SuperAdmin})
}

// Many are erased among many, with the log trimmed in between: each is gone,
// nobody else is, and all verifies.
func TestORG5_ErasingManyVerifies(t *testing.T) {
	w := accesstest.New(t)
	for i := range 40 {
		id := relationship.UserID(fmt.Sprint("user", i))
		w.AddEmployee(id, fmt.Sprint("template ", i), crm.ReportsView)
	}
	for i := range 40 {
		id := relationship.UserID(fmt.Sprint("user", i))
		switch {
		case i%3 == 0:
			w.Do(access.Host(), access.EraseUser{ID: id})
		case i%10 == 4:
			require.NoError(t, w.Store.Trim(t.Context(), w.Store.Snapshot().Revision()-7))
		}
		w.Verify()
	}
	text := everythingSaid(t, w.Store)
	for i := range 40 {
		require.Equal(t, i%3 != 0, strings.Contains(text, fmt.Sprintf("%q", fmt.Sprintf("user%d@northwind.example", i))), i)
	}
}
