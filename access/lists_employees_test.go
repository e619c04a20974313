package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// rosterWorld is a partner with staff and contractors of every sort, two clients and
// a second partner:
//
//	ann    staff, super admin of Northwind, partner admin of Lumen
//	bob    staff, template "support" in Lumen, partner admin of Harbor
//	cora   staff, suspended, template "support" in Lumen
//	dan    contractor, with an address of Northwind's, deactivated in Lumen
//	fred   contractor, with an address elsewhere, confirmed, super admin of Harbor
//	gina   contractor, with an address of a subdomain, own user of Harbor
//	sue    staff, with view and edit, super admin of Lumen
//	lena   has left
//	petra  of Fabrikam, partner admin of Lumen
func rosterWorld(t *testing.T) *accesstest.World {
	w := withHarbor(accesstest.New(t))
	ann, carla, olga := access.By("ann"), access.By("carla"), access.By("olga")
	for _, user := range people("bob", "cora", "lena", "sue") {
		w.Employee(user)
	}
	for user, domain := range map[relationship.UserID]string{
		"dan": "NorthWind.example", "fred": "mail.example", "gina": "eu.northwind.example",
	} {
		w.User(user, domain)
		w.Do(ann, access.AddEmployee{Employee: user, Kind: relationship.Contractor})
	}
	w.Template("support", "reports.view")
	w.Do(ann, access.AddEmployees{Client: "lumen", Employees: people("bob", "cora", "dan", "lena"), Template: "support"})
	w.Do(olga, access.MakePartnerAdmin{Client: "harbor", Partner: "northwind", Employee: "bob"})
	w.Do(access.By("fred"), access.ConfirmEmployment{Partner: "northwind"})
	w.Do(olga, access.All{
		access.AddMember{Client: "harbor", User: "fred"}, access.MakeSuperAdmin{Client: "harbor", User: "fred"},
		access.AddMember{Client: "harbor", User: "gina"},
	})
	w.Do(carla, access.All{
		access.AddMember{Client: "lumen", User: "sue"}, access.MakeSuperAdmin{Client: "lumen", User: "sue"},
	})
	w.Do(ann, access.All{
		access.ChangeEmployee{Employee: "sue", Kind: relationship.Staff, View: true, Edit: true},
		access.SuspendEmployee{Employee: "cora"},
		access.DeactivateEmployee{Employee: "dan", All: true},
		access.EndEmployment{Employee: "lena"},
	})
	w.User("petra", "northwind.example")
	w.Do(access.Host(), access.CreatePartner{ID: "fabrikam", Name: "Fabrikam", Kind: relationship.Provider, SuperAdmin: "petra"})
	w.Do(carla, access.MakePartnerAdmin{Client: "lumen", Partner: "fabrikam", Employee: "petra"})
	return w
}

// roster are the rows that a query asks for, by user.
func roster(w *accesstest.World, viewer access.Call, query access.EmployeeQuery) map[relationship.UserID]access.EmployeeRow {
	w.T.Helper()
	rows := map[relationship.UserID]access.EmployeeRow{}
	for row, err := range w.Manager.Employees(viewer, query).All() {
		if err != nil {
			w.T.Fatalf("%v", err)
		}
		rows[row.User] = row
	}
	return rows
}

func TestSEE2_EmployeesAndContractors(t *testing.T) {
	w := rosterWorld(t)
	rows := roster(w, access.By("sue"), access.EmployeeQuery{})
	for user, row := range rows {
		require.Equal(t, relationship.PartnerID("northwind"), row.Partner)
		require.Equal(t, "User "+string(user), row.Name)
		require.Equal(t, accesstest.Start, row.Since)
		require.False(t, row.Paused)
		row.Partner, row.User, row.Name, row.Since, row.Actions = "", "", "", time.Time{}, access.EmployeeActions{}
		rows[user] = row
	}
	staff, contractor := relationship.Staff, relationship.Contractor
	employed, suspended := relationship.Employed, relationship.Suspended
	require.Equal(t, map[relationship.UserID]access.EmployeeRow{
		"ann":  {Email: "ann@northwind.example", Kind: staff, Status: employed, Verified: true, SuperAdmin: true, HasAccess: true, Clients: 1},
		"bob":  {Email: "bob@northwind.example", Kind: staff, Status: employed, Verified: true, Clients: 2},
		"cora": {Email: "cora@northwind.example", Kind: staff, Status: suspended, Verified: true, Clients: 1},
		"dan":  {Email: "dan@northwind.example", Kind: contractor, Status: employed, Verified: true, Clients: 1},
		"fred": {Email: "fred@mail.example", Kind: contractor, Status: employed, Confirmed: true, Clients: 1},
		"gina": {Email: "gina@eu.northwind.example", Kind: contractor, Status: employed},
		"sue":  {Email: "sue@northwind.example", Kind: staff, Status: employed, Verified: true, View: true, Edit: true, HasAccess: true, Clients: 1},
	}, rows)

	for name, ask := range map[string]struct {
		query access.EmployeeQuery
		want  []relationship.UserID
	}{
		"staff":                  {access.EmployeeQuery{Kinds: []relationship.EmployeeKind{staff}}, people("ann", "bob", "cora", "sue")},
		"contractors":            {access.EmployeeQuery{Kinds: []relationship.EmployeeKind{contractor}}, people("dan", "fred", "gina")},
		"both":                   {access.EmployeeQuery{Kinds: []relationship.EmployeeKind{contractor, staff}}, people("ann", "bob", "cora", "dan", "fred", "gina", "sue")},
		"suspended":              {access.EmployeeQuery{Statuses: []relationship.EmployeeStatus{suspended}}, people("cora")},
		"verified":               {access.EmployeeQuery{Verified: []bool{true}}, people("ann", "bob", "cora", "dan", "sue")},
		"unverified contractors": {access.EmployeeQuery{Verified: []bool{false}, Kinds: []relationship.EmployeeKind{contractor}}, people("fred", "gina")},
	} {
		users, err := listAll(w.Manager.Employees(access.By("ann"), ask.query), func(r access.EmployeeRow) relationship.UserID { return r.User })
		require.NoError(t, err)
		require.Equal(t, ask.want, users, name)
	}
	_, err := w.Manager.Employees(access.By("ann"), access.EmployeeQuery{Statuses: []relationship.EmployeeStatus{relationship.Left}}).Page(1, "")
	require.ErrorIs(t, err, access.ErrInvalid, "who has left is not in the list")
}

// The tick is about the address as it is now, and the partner's domains as they
// are now.
func TestSEE2_TheTickFollowsTheAddress(t *testing.T) {
	w := rosterWorld(t)
	ticked := func(user relationship.UserID) bool {
		verified := roster(w, access.By("ann"), access.EmployeeQuery{})[user].Verified
		for row, err := range w.Manager.EmployeeDetails(access.By("ann"), user, access.MemberQuery{}).All() {
			require.NoError(t, err)
			require.Equal(t, verified, row.Verified, "in the details, too")
		}
		return verified
	}
	require.True(t, ticked("bob"))
	w.Do(access.Host(), access.ChangeUser{ID: "bob", Name: "Bob", Email: "bob@mail.example"})
	require.False(t, ticked("bob"))
	w.Do(access.Host(), access.SetPartnerDomains{Partner: "northwind", Domains: []string{"northwind.example", "mail.example"}})
	require.True(t, ticked("bob"))
	require.True(t, ticked("fred"))
	require.False(t, ticked("gina"), "a subdomain is another domain")
	w.Do(access.Host(), access.SetPartnerDomains{Partner: "northwind", Domains: []string{"eu.northwind.example"}})
	require.True(t, ticked("gina"))
	require.False(t, ticked("ann"))
}

// The number of clients is that of the rows in the details: what the partner
// manages, and what it reaches.
func TestSEE2_TheNumberOfClients(t *testing.T) {
	w := rosterWorld(t)
	clients := func(user relationship.UserID) int {
		rows, err := listAll(w.Manager.EmployeeDetails(access.By("ann"), user, access.MemberQuery{}),
			func(r access.MemberRow) relationship.ClientID { return r.Client })
		require.NoError(t, err)
		count := roster(w, access.By("ann"), access.EmployeeQuery{})[user].Clients
		require.Len(t, rows, count, user)
		return count
	}
	require.Equal(t, 1, clients("dan"), "deactivated is still there")
	require.Equal(t, 0, clients("gina"), "an own user of a client is none of the partner's business")
	require.Equal(t, 1, clients("fred"), "a super admin's place is, if verified or confirmed")
	w.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", Clients: accounts("harbor")})
	require.Equal(t, 1, clients("bob"))
	w.Do(access.By("olga"), access.MakeSuperAdmin{Client: "harbor", User: "gina"})
	require.Equal(t, 0, clients("gina"))
	w.Do(access.By("gina"), access.ConfirmEmployment{Partner: "northwind"})
	require.Equal(t, 1, clients("gina"))
	w.Do(access.By("carla"), access.AddMember{Client: "lumen", User: "fred"})
	require.Equal(t, 1, clients("fred"), "nor is an own user's place besides")
}

// The details say of each client with which role, template, status and seat.
func TestSEE2_TheDetailsOfAnEmployee(t *testing.T) {
	w := rosterWorld(t)
	type place struct {
		client   string
		role     relationship.Role
		template string
		why      access.Reason
		seat     access.Seat
		kind     relationship.EmployeeKind
		verified bool
	}
	details := func(user relationship.UserID, query access.MemberQuery) []place {
		places, err := listAll(w.Manager.EmployeeDetails(access.By("sue"), user, query), func(r access.MemberRow) place {
			require.Equal(t, user, r.User)
			require.Equal(t, r.Why == access.ReasonAllowed, r.Active)
			return place{r.OfficialName, r.Role, r.Template, r.Why, r.Seat, r.Kind, r.Verified}
		})
		require.NoError(t, err)
		return places
	}
	const (
		standard, admin, super = relationship.Standard, relationship.PartnerAdmin, relationship.SuperAdmin
		staff, contractor      = relationship.Staff, relationship.Contractor
		allowed, partnerSeat   = access.ReasonAllowed, access.PartnerSeat
	)
	inHarbor := place{"Harbor Hotels", admin, "partner admin", allowed, partnerSeat, staff, true}
	inLumen := place{"Lumen Ltd", standard, "support", allowed, partnerSeat, staff, true}
	all := access.MemberQuery{}
	require.Equal(t, []place{{"Lumen Ltd", admin, "partner admin", allowed, partnerSeat, staff, true}}, details("ann", all))
	require.Equal(t, []place{inHarbor, inLumen}, details("bob", all))
	require.Equal(t, []place{{"Lumen Ltd", standard, "support", access.ReasonEmployeeInactive, partnerSeat, staff, true}}, details("cora", all))
	require.Equal(t, []place{{"Lumen Ltd", standard, "support", access.ReasonDeactivated, partnerSeat, contractor, true}}, details("dan", all))
	require.Equal(t, []place{{"Harbor Hotels", super, "", allowed, access.NoSeat, contractor, false}}, details("fred", all),
		"only a verified one has the partner's seat as a super admin (ADM-4)")
	require.Equal(t, []place{{"Lumen Ltd", super, "", allowed, partnerSeat, staff, true}}, details("sue", all))
	require.Empty(t, details("gina", all))

	// Each column can be asked for.
	require.Equal(t, []place{inHarbor}, details("bob", access.MemberQuery{Roles: []relationship.Role{admin, super}}))
	require.Equal(t, []place{inLumen}, details("bob", access.MemberQuery{Templates: []string{"support"}}))
	require.Empty(t, details("bob", access.MemberQuery{Why: []access.Reason{access.ReasonDeactivated}}))
	w.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", Clients: accounts("harbor")})
	inHarbor.why = access.ReasonDeactivated
	require.Equal(t, []place{inHarbor}, details("bob", access.MemberQuery{Why: []access.Reason{access.ReasonDeactivated}}))
	require.Equal(t, []place{inHarbor, inLumen}, details("bob", all))

	// A seat that the client's side has given shows, too.
	w.Do(access.By("olga"), access.SetSeat{Client: "harbor", User: "fred", Paid: true})
	require.Equal(t, access.PaidSeat, details("fred", all)[0].seat)
}
