package access_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// listErrors asks for the first page of each list of a partner.
func listErrors(m *access.Manager, viewer access.Call, partner relationship.PartnerID, client relationship.ClientID, employee relationship.UserID) map[string]error {
	_, clients := m.Clients(viewer, access.ClientQuery{Partner: partner}).Page(1, "")
	_, employees := m.Employees(viewer, access.EmployeeQuery{Partner: partner}).Page(1, "")
	_, in := m.ClientDetails(viewer, client, access.MemberQuery{Partner: partner}).Page(1, "")
	_, of := m.EmployeeDetails(viewer, employee, access.MemberQuery{Partner: partner}).Page(1, "")
	_, templates := m.Templates(viewer, access.TemplateQuery{Partner: partner}).Page(1, "")
	_, links := m.Links(viewer, access.LinkQuery{Partner: partner}).Page(1, "")
	return map[string]error{
		"clients": clients, "employees": employees, "client details": in, "employee details": of,
		"templates": templates, "links": links,
	}
}

// A partner's lists are for its employees with Client Access Manager access.
// Everybody else gets one answer, whatever they name.
func TestSEE1_WhoSeesThePartnersLists(t *testing.T) {
	w := assemble(t)
	for name, viewer := range everybody {
		may := false
		for _, who := range withAccess {
			may = may || who == name
		}
		for _, partner := range []relationship.PartnerID{"", "northwind", "fabrikam", "nowhere"} {
			for _, subject := range []struct {
				client   relationship.ClientID
				employee relationship.UserID
			}{{"lumen", "bob"}, {"nowhere", "nobody"}} {
				for list, err := range listErrors(w.Manager, viewer, partner, subject.client, subject.employee) {
					told := []any{"%s asks for %s of %q about %v", name, list, partner, subject}
					switch {
					case name == "nobody":
						require.ErrorIs(t, err, access.ErrInvalid, told...)
					case name == "the host" && partner == "":
						require.Equal(t, "partner", listField(t, err), told...)
					case name == "the host" && partner == "nowhere":
						require.ErrorIs(t, err, access.ErrUnknownPartner, told...)
					case name == "twain":
						require.ErrorIs(t, err, access.ErrWhichPartner, told...)
					case name == "olaf" && (partner == "" || partner == "fabrikam"), name == "the host" && partner == "fabrikam",
						may && (partner == "" || partner == "northwind"), name == "the host":
						outsider := list == "employee details" && (subject.employee == "nobody" || name == "olaf" || partner == "fabrikam")
						if outsider {
							require.ErrorIs(t, err, access.ErrUnknownEmployee, told...)
						} else {
							require.NoError(t, err, told...)
						}
					default:
						require.ErrorIs(t, err, access.ErrNotAllowed, told...)
					}
				}
			}
		}
	}
}

// A client's list is for its own side.
func TestSEE4_WhoSeesTheClientsList(t *testing.T) {
	w := assemble(t)
	for name, viewer := range everybody {
		for _, client := range []relationship.ClientID{"lumen", "nowhere"} {
			_, err := w.Manager.Members(viewer, client, access.MemberQuery{}).Page(1, "")
			may := name == "the host"
			for _, who := range keepersOfOwn {
				may = may || who == name
			}
			switch {
			case name == "nobody":
				require.ErrorIs(t, err, access.ErrInvalid)
			case name == "the host" && client == "nowhere":
				require.ErrorIs(t, err, access.ErrUnknownClient)
			case may && client == "lumen":
				require.NoError(t, err, name)
			default:
				require.ErrorIs(t, err, access.ErrNotAllowed, "%s in %s", name, client)
			}
		}
	}
}

// What somebody does not reach looks like what is not there.
func TestSEE3_AClientThatIsNoneOfTheirsHasNoRows(t *testing.T) {
	w := assemble(t)
	for _, client := range []relationship.ClientID{"solo", "nowhere"} {
		page, err := w.Manager.ClientDetails(access.By("ann"), client, access.MemberQuery{}).Page(10, "")
		require.NoError(t, err)
		require.Empty(t, page.Rows)
		require.Empty(t, page.Next)
	}
	// Nor is it told by the list of its clients.
	rows, err := listAll(w.Manager.Clients(access.By("ann"), access.ClientQuery{}), func(r access.ClientRow) relationship.ClientID { return r.Client })
	require.NoError(t, err)
	require.NotContains(t, rows, relationship.ClientID("solo"))
}

// A partner is told who of its own side has let somebody in, and of the
// client's side only that it was.
func TestSEE4_ByWhoseActIsForTheClientsSide(t *testing.T) {
	w := accesstest.New(t)
	w.AddEmployee("bob", "support", "reports.view")
	by := func(list access.List[access.MemberRow], user relationship.UserID) relationship.Actor {
		for row, err := range list.All() {
			require.NoError(t, err)
			if row.User == user {
				return row.By
			}
		}
		t.Fatalf("%s is not listed", user)
		return relationship.Actor{}
	}
	all := access.MemberQuery{}
	ofNorthwind := access.MemberQuery{Partner: "northwind"}
	carla := relationship.Actor{Kind: relationship.ByClientSide, User: "carla"}
	ann := relationship.Actor{Kind: relationship.ByPartnerSide, User: "ann", Partner: "northwind"}
	require.Equal(t, carla, by(w.Manager.Members(access.By("carla"), "lumen", all), "ann"))
	require.Equal(t, ann, by(w.Manager.Members(access.By("carla"), "lumen", all), "bob"))
	require.Equal(t, relationship.Actor{Kind: relationship.ByHost}, by(w.Manager.Members(access.By("carla"), "lumen", all), "carla"))
	require.Equal(t, relationship.Actor{Kind: relationship.ByClientSide}, by(w.Manager.ClientDetails(access.By("ann"), "lumen", all), "ann"))
	require.Equal(t, ann, by(w.Manager.ClientDetails(access.By("ann"), "lumen", all), "bob"))
	require.Equal(t, carla, by(w.Manager.ClientDetails(access.Host(), "lumen", ofNorthwind), "ann"))

	// It follows from one to another owner, and not what happens in between.
	w.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "bob"})
	w.Do(access.By("sven"), access.ReactivateMember{Client: "lumen", User: "bob"})
	require.Equal(t, ann, w.Member("lumen", "bob").By)
	w.Do(access.By("sven"), access.MakeSuperAdmin{Client: "lumen", User: "bob"})
	sven := relationship.Actor{Kind: relationship.ByClientSide, User: "sven"}
	require.Equal(t, sven, w.Member("lumen", "bob").By, "own by sven's act")
	w.Do(access.By("ann"), access.ChangeSuperAdmins{Client: "lumen", Employees: []access.SuperAdminChoice{{Employee: "bob"}}})
	require.Equal(t, ann, w.Member("lumen", "bob").By, "managed by ann's")
}

// A name is one name however it is written, and is found by the beginning of
// any of its words.
func TestSEE5_SearchAndOrder(t *testing.T) {
	w := accesstest.New(t)
	for user, name := range map[relationship.UserID]string{
		"u1": "Émile Ångström", "u2": "emil Zola", "u3": "EMILE A\u030angstrom", "u4": "Straße-Meier (Köln)", "u5": "ΣΊΣΥΦΟΣ",
		"u6": "O'Brien", "u7": "ｗｉｄｅ", "u8": "zoe", "u9": "Zoe",
	} {
		w.Do(access.Host(), access.AddUser{ID: user, Name: name, Email: string(user) + ".first@Bücher.example"})
		w.Do(access.By("ann"), access.AddEmployee{Employee: user, Kind: relationship.Staff})
	}
	find := func(typed string) []relationship.UserID {
		rows, err := listAll(w.Manager.Employees(access.By("ann"), access.EmployeeQuery{Search: typed}),
			func(r access.EmployeeRow) relationship.UserID { return r.User })
		require.NoError(t, err)
		return rows
	}
	// Accents come behind their letter: é behind e, before f.
	require.Equal(t, people("u2", "u3", "u1", "u6", "u4", "ann", "u7", "u8", "u9", "u5"), find(""))
	for typed, want := range map[string][]relationship.UserID{
		"emil": people("u2", "u3"), "ÉMIL": people("u1"), "e\u0301mil": people("u1"), "ÅNG": people("u3", "u1"),
		"a\u030ang": people("u3", "u1"), "strasse": people("u4"), "STRASSE-M": people("u4"), "meier": people("u4"), "(k": people("u4"),
		"kö": people("u4"), "raße": nil, "σίσυφος": people("u5"), "brien": people("u6"), "o'b": people("u6"), "rien": nil,
		"wide": people("u7"), "zo": people("u2", "u8", "u9"), "emil z": people("u2"), "  zola  ": people("u2"), "l z": nil,
		"U8.": people("u8"), "u8.first@b": nil, "u8.first@xn--": people("u8"), "first": nil,
		"xn--bcher": people("u2", "u3", "u1", "u6", "u4", "u7", "u8", "u9", "u5"), "northwind.ex": people("ann"), "example": nil,
		"user a": people("ann"), ".": nil, "é": people("u1"), "e": people("u2", "u3", "u1"),
	} {
		require.Equal(t, want, find(typed), typed)
	}
	for _, typed := range []string{"\xff", "a\x00b", string(make([]byte, 300)) + "x"} {
		_, err := w.Manager.Employees(access.By("ann"), access.EmployeeQuery{Search: typed}).Page(1, "")
		require.Equal(t, "search", listField(t, err))
	}
}

// A client is found by both of its names, and stands in the list by the
// partner's own.
func TestSEE1_BothNamesAreSearched(t *testing.T) {
	w := accesstest.New(t)
	w.Do(access.By("ann"), access.NameClient{Client: "lumen", Name: "Bright Lights"})
	for typed, found := range map[string]int{"lum": 1, "LTD": 1, "bri": 1, "light": 1, "ights": 0, "ann": 0} {
		page, err := w.Manager.Clients(access.By("ann"), access.ClientQuery{Search: typed}).Page(5, "")
		require.NoError(t, err)
		require.Len(t, page.Rows, found, typed)
		places, err := w.Manager.EmployeeDetails(access.By("ann"), "ann", access.MemberQuery{Search: typed}).Page(5, "")
		require.NoError(t, err)
		require.Len(t, places.Rows, found, typed)
	}
	page, err := w.Manager.Clients(access.By("ann"), access.ClientQuery{}).Page(5, "")
	require.NoError(t, err)
	require.Equal(t, "Bright Lights", page.Rows[0].Name())
	require.Equal(t, "Lumen Ltd", page.Rows[0].OfficialName)
}

// All types of access ticked is every client that any employee reaches; with
// none ticked come those that nobody does.
func TestSEE1_AllTypesTickedIsEveryClientThatAnyoneReaches(t *testing.T) {
	w := withHarbor(accesstest.New(t))
	w.Do(access.By("olga"), access.MakePartnerAdmin{Client: "harbor", Partner: "northwind", Employee: "ann"})
	w.Do(access.By("ann"), access.RemoveEmployees{Client: "harbor", All: true})
	ask := func(viewer relationship.UserID, types ...access.AccessType) map[relationship.ClientID]access.AccessType {
		shown := map[relationship.ClientID]access.AccessType{}
		for row, err := range w.Manager.Clients(access.By(viewer), access.ClientQuery{Access: types}).All() {
			require.NoError(t, err)
			shown[row.Client] = row.Access
		}
		return shown
	}
	all := []access.AccessType{
		access.AccessPartnerAdmin, access.AccessSuperAdmin, access.AccessStandard, access.AccessDeactivated, access.AccessColleague,
	}
	require.Equal(t, map[relationship.ClientID]access.AccessType{"lumen": access.AccessPartnerAdmin, "harbor": access.NoAccess}, ask("ann"))
	require.Equal(t, map[relationship.ClientID]access.AccessType{"lumen": access.AccessPartnerAdmin}, ask("ann", all...))
	w.Employee("eve")
	w.Do(access.By("ann"), access.ChangeEmployee{Employee: "eve", Kind: relationship.Staff, View: true, Edit: true})
	require.Equal(t, map[relationship.ClientID]access.AccessType{"lumen": access.AccessColleague}, ask("eve", all...))
	// A super admin's place is reached without a relationship, too.
	w.Do(access.By("olga"), access.All{
		access.AddMember{Client: "harbor", User: "eve"}, access.MakeSuperAdmin{Client: "harbor", User: "eve"},
	})
	require.Equal(t, access.AccessSuperAdmin, ask("eve", all...)["harbor"])
	require.Equal(t, access.AccessColleague, ask("ann", all...)["harbor"])
	require.Empty(t, ask("ann", access.AccessSuperAdmin))

	for _, bad := range []access.AccessType{access.NoAccess, "owner"} {
		_, err := w.Manager.Clients(access.By("ann"), access.ClientQuery{Access: []access.AccessType{bad}}).Page(1, "")
		require.Equal(t, "access", listField(t, err))
	}
}

// What the clock has ended is no longer listed, written or not.
func TestSEE_WhatTheClockHasEndedIsNotListed(t *testing.T) {
	w := accesstest.New(t)
	w.AddEmployee("bob", "support", "reports.view")
	end := w.Clock.Now().Add(accesstest.Day)
	w.Do(access.By("carla"), access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: end})
	count := func() (n [4]int) {
		clients, err := w.Manager.Clients(access.By("ann"), access.ClientQuery{}).Page(9, "")
		require.NoError(t, err)
		require.Len(t, clients.Rows, 1)
		n[0] = clients.Rows[0].Members
		in, err := w.Manager.ClientDetails(access.By("ann"), "lumen", access.MemberQuery{}).Page(9, "")
		require.NoError(t, err)
		of, err := w.Manager.EmployeeDetails(access.By("ann"), "bob", access.MemberQuery{}).Page(9, "")
		require.NoError(t, err)
		members, err := w.Manager.Members(access.By("carla"), "lumen", access.MemberQuery{}).Page(9, "")
		require.NoError(t, err)
		n[1], n[2], n[3] = len(in.Rows), len(of.Rows), len(members.Rows)
		return n
	}
	require.Equal(t, [4]int{2, 2, 1, 4}, count())
	w.Clock.Set(end)
	require.Equal(t, [4]int{0, 0, 0, 2}, count())
	_, err := w.Manager.Sweep(context.Background())
	require.NoError(t, err)
	require.Equal(t, [4]int{0, 0, 0, 2}, count())
}

// A Manager whose catalogue is no longer in force lists nothing.
func TestSEE_AnotherCatalogue(t *testing.T) {
	w := accesstest.New(t)
	_, err := w.Store.Update(context.Background(), func(tx storage.Tx) error {
		if err := tx.Put(relationship.Catalog{Declaration: `{"permissions":[]}`}); err != nil {
			return err
		}
		return tx.Log(relationship.Event{Change: "Adopt", Actor: relationship.Actor{Kind: relationship.ByHost}, At: w.Clock.Now()})
	})
	require.NoError(t, err)
	for list, err := range listErrors(w.Manager, access.By("ann"), "", "lumen", "ann") {
		require.ErrorIs(t, err, access.ErrCatalog, list)
	}
	_, err = w.Manager.Members(access.By("carla"), "lumen", access.MemberQuery{}).Page(1, "")
	require.ErrorIs(t, err, access.ErrCatalog)
}

func TestSEE5_TheZeroListIsRefused(t *testing.T) {
	_, err := access.List[access.ClientRow]{}.Page(1, "")
	require.ErrorIs(t, err, access.ErrInvalid)
	for _, err := range (access.List[access.ClientRow]{}).All() {
		require.ErrorIs(t, err, access.ErrInvalid)
	}
}

// An end can be set however near the bound is: that of the viewer's own
// membership, or the one that the client's side has set (DEL-6). With the
// bound gone there is none.
func TestSEE3_RenewingIsOfferedUpToTheLastSecond(t *testing.T) {
	w := accesstest.New(t)
	w.AddEmployee("bob", "support", "reports.view")
	w.Do(access.By("carla"), access.SetMemberEnd{Client: "lumen", User: "bob", End: w.Clock.Now().Add(2 * time.Minute)})
	w.Do(access.By("carla"), access.SetMemberEnd{Client: "lumen", User: "ann", End: w.Clock.Now().Add(3 * time.Minute)})
	offered := func() bool {
		page, err := w.Manager.ClientDetails(access.By("ann"), "lumen", access.MemberQuery{Search: "user bob"}).Page(1, "")
		require.NoError(t, err)
		return page.Rows[0].Actions.Renew
	}
	require.True(t, offered())
	w.Clock.Turn(2*time.Minute - time.Millisecond)
	require.True(t, offered())
	w.Clock.Turn(time.Millisecond)
	require.False(t, offered(), "what the client's side has ended, the partner's does not renew")
}

// A closed partner reaches no super admin's place any more. Only the host still
// looks at its lists.
func TestSEE1_AClosedPartner(t *testing.T) {
	w := accesstest.New(t)
	w.AddEmployee("bob", "support", "reports.view")
	w.Do(access.By("carla"), access.MakeSuperAdmin{Client: "lumen", User: "bob"})
	w.Do(access.By("bob"), access.ConfirmEmployment{Partner: "northwind"})
	seen := func() (users []relationship.UserID) {
		users, err := listAll(w.Manager.ClientDetails(access.Host(), "lumen", access.MemberQuery{Partner: "northwind"}),
			func(r access.MemberRow) relationship.UserID { return r.User })
		require.NoError(t, err)
		return users
	}
	require.Equal(t, people("ann", "bob"), seen())
	w.Do(access.Host(), access.ClosePartner{Partner: "northwind"})
	require.Equal(t, people("ann"), seen())
	for list, err := range listErrors(w.Manager, access.By("ann"), "", "lumen", "ann") {
		require.ErrorIs(t, err, access.ErrNotAllowed, list)
	}
}
