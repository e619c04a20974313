package access_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

func screenRows[Row any](t *testing.T, list access.List[Row]) []Row {
	t.Helper()
	rows, err := listAll(list, func(r Row) Row { return r })
	require.NoError(t, err)
	return rows
}

func screenError[Row any](list access.List[Row]) error {
	_, err := list.Page(1, "")
	return err
}

// Templates are counted by who uses them, at whatever client.
func TestSEE2_TemplatesAndWhoUsesThem(t *testing.T) {
	w := withHarbor(accesstest.New(t))
	w.AddEmployee("bob", "support", "reports.view")
	w.Template("Audit", "reports.view")
	w.Do(access.By("olga"), access.MakePartnerAdmin{Client: "harbor", Partner: "northwind", Employee: "ann"})
	w.Do(access.By("ann"), access.AddEmployees{Client: "harbor", Employees: []relationship.UserID{"bob"}, Template: "support"})
	w.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", All: true})
	support := permset.MustNames("reports.view")
	require.Equal(t, []access.TemplateRow{
		{Partner: "northwind", Name: "Audit", Role: relationship.Standard, Set: support},
		{
			Partner: "northwind", Name: "partner admin", BuiltIn: true, Role: relationship.PartnerAdmin,
			Set: w.Catalog.PartnerAdmin().Names(), Members: 2,
		},
		{Partner: "northwind", Name: "support", Role: relationship.Standard, Set: support, Members: 2},
	}, screenRows(t, w.Manager.Templates(access.By("ann"), access.TemplateQuery{})))
	// What is counted is what keeps a template from being deleted.
	w.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	require.Zero(t, screenRows(t, w.Manager.Templates(access.By("ann"), access.TemplateQuery{Search: "sup"}))[0].Members)
	w.Do(access.By("ann"), access.DeleteTemplate{Name: "support"})
}

// The partners of a client are for its own side.
func TestSEE4_WhoSeesTheClientsPartners(t *testing.T) {
	w := assemble(t)
	for name, viewer := range everybody {
		for _, client := range []relationship.ClientID{"lumen", "nowhere"} {
			err := screenError(w.Manager.Partners(viewer, client, access.PartnerQuery{}))
			switch {
			case name == "nobody":
				require.ErrorIs(t, err, access.ErrInvalid)
			case name == "the host" && client == "nowhere":
				require.ErrorIs(t, err, access.ErrUnknownClient)
			case (name == "the host" || slices.Contains(keepersOfOwn, name)) && client == "lumen":
				require.NoError(t, err, name)
			default:
				require.ErrorIs(t, err, access.ErrNotAllowed, "%s in %s", name, client)
			}
		}
	}
}

// A client's terms are told to it whole, and as they are now.
func TestSEE4_APartnerWithTheClientsTerms(t *testing.T) {
	w := accesstest.New(t)
	limit, until := w.Clock.Now().Add(30*accesstest.Day), w.Clock.Now().Add(accesstest.Day)
	w.Do(access.By("carla"), access.SetCeiling{Client: "lumen", Partner: "northwind"})
	w.Do(access.By("carla"), access.PausePartner{Client: "lumen", Partner: "northwind", Until: until})
	w.Do(access.By("carla"), access.SetLongestMembership{Client: "lumen", Partner: "northwind", Longest: 90 * accesstest.Day})
	w.Do(access.By("carla"), access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: limit})
	want := access.PartnerRow{
		Client: "lumen", Partner: "northwind", Name: "Northwind", Kind: relationship.SolutionsPartner,
		Phase: relationship.Active, Members: 1, Started: accesstest.Start, Activity: accesstest.Start, Ends: limit, Limit: limit,
		HasCeiling: true, Paused: true, PausedUntil: until, Longest: 90 * accesstest.Day,
	}
	shown := func() access.PartnerRow {
		rows := screenRows(t, w.Manager.Partners(access.By("carla"), "lumen", access.PartnerQuery{}))
		require.Len(t, rows, 1)
		return rows[0]
	}
	require.Equal(t, want, shown())
	w.Clock.Set(until)
	want.Paused, want.PausedUntil = false, time.Time{}
	require.Equal(t, want, shown())
	w.Clock.Set(limit)
	want.Phase, want.Members, want.Limit = relationship.Ended, 0, time.Time{}
	require.Equal(t, want, shown())
	_, err := w.Manager.Sweep(context.Background())
	require.NoError(t, err)
	require.Equal(t, want, shown(), "written or not")
}

// What a partner calls a client is its own: the client's side is told nowhere.
func TestADD2_WhatThePartnerCallsTheClientIsItsOwn(t *testing.T) {
	w := accesstest.New(t)
	w.Do(access.By("ann"), access.NameClient{Client: "lumen", Name: "Cheapskates"})
	name := func(viewer access.Call) string {
		view, err := w.Manager.Relationship(viewer, "northwind", "lumen")
		require.NoError(t, err)
		return view.Name() + "/" + view.ClientName
	}
	require.Equal(t, "Lumen Ltd/", name(access.By("carla")))
	for _, viewer := range []access.Call{access.Host(), access.By("ann"), access.By("ann").At("northwind")} {
		require.Equal(t, "Cheapskates/Cheapskates", name(viewer))
	}
	// Nor by what its own changes do to the relationship.
	change := access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: w.Clock.Now().Add(accesstest.Day)}
	plan, err := w.Manager.Plan(context.Background(), access.By("carla"), change)
	require.NoError(t, err)
	done := w.Do(access.By("carla"), change)
	require.Len(t, done.Records, 1)
	told, err := json.Marshal([]any{
		plan, done, screenRows(t, w.Manager.Partners(access.By("carla"), "lumen", access.PartnerQuery{})),
		screenRows(t, w.Manager.Members(access.By("carla"), "lumen", access.MemberQuery{})),
	})
	require.NoError(t, err)
	require.NotContains(t, string(told), "Cheapskates")
	require.NotContains(t, plan.String()+done.String(), "Cheapskates")
	// A plan of the client's side can be applied as ever.
	w.Do(access.By("ann"), access.NameClient{Client: "lumen", Name: "Spendthrifts"})
	plan, err = w.Manager.Plan(context.Background(), access.By("carla"), access.SetRelationshipEnd{Client: "lumen", Partner: "northwind"})
	require.NoError(t, err)
	w.Do(access.By("ann"), access.NameClient{Client: "lumen", Name: "Cheapskates"})
	_, err = w.Manager.Apply(context.Background(), access.By("carla"), plan)
	require.NoError(t, err, "what it does not show has not changed for it")
	// Who has both hats is told it as the partner's.
	w.Do(access.By("carla"), access.MakeSuperAdmin{Client: "lumen", User: "ann"})
	require.Equal(t, "Cheapskates/Cheapskates", name(access.By("ann")))
	require.Equal(t, "Lumen Ltd/", name(access.By("sven")))
}

// Everybody sees where they are and who employs them, and nobody else does.
func TestSEE4_PlacesAndEmployersAreOnesOwn(t *testing.T) {
	w := assemble(t)
	for name, viewer := range everybody {
		for _, user := range []relationship.UserID{"", "bob", "ulla", "twain"} {
			places := screenError(w.Manager.Places(viewer, access.PlaceQuery{User: user}))
			employers := screenError(w.Manager.Employers(viewer, access.EmployerQuery{User: user}))
			for _, err := range []error{places, employers} {
				told := []any{"%s about %q", name, user}
				switch {
				case name == "nobody":
					require.ErrorIs(t, err, access.ErrInvalid, told...)
				case name == "the host" && user == "":
					require.Equal(t, "user", listField(t, err), told...)
				case name == "the host" && user == "ulla", name == "unknown" && (user == "" || user == "ulla"):
					require.ErrorIs(t, err, access.ErrUnknownUser, told...)
				case name == "the host", !strings.Contains(name, "@") && (user == "" || viewer == access.By(user)):
					require.NoError(t, err, told...)
				default:
					require.ErrorIs(t, err, access.ErrNotAllowed, told...)
				}
			}
		}
	}
	// A user of two partners learns here what At takes.
	rows := screenRows(t, w.Manager.Employers(access.By("twain"), access.EmployerQuery{}))
	require.Len(t, rows, 2)
}

// A user who was erased has no places, for the host neither.
func TestSEE4_NobodyIsWhoWasErased(t *testing.T) {
	w := accesstest.New(t)
	w.Employee("bob")
	w.Do(access.Host(), access.EraseUser{ID: "bob"})
	require.ErrorIs(t, screenError(w.Manager.Places(access.Host(), access.PlaceQuery{User: "bob"})), access.ErrUnknownUser)
	require.ErrorIs(t, screenError(w.Manager.Employers(access.By("bob"), access.EmployerQuery{})), access.ErrUnknownUser)
}

// A tick that no row can have is a mistake, and is told as one.
func TestSEE5_ATickThatNoRowCanHaveIsRefused(t *testing.T) {
	w := accesstest.New(t)
	m, ann, carla := w.Manager, access.By("ann"), access.By("carla")
	for field, errs := range map[string][]error{
		"access": {screenError(m.Clients(ann, access.ClientQuery{Access: []access.AccessType{access.AccessStandard, "owner"}}))},
		"phases": {
			screenError(m.Clients(ann, access.ClientQuery{Phases: []relationship.Phase{"Active"}})),
			screenError(m.Partners(carla, "lumen", access.PartnerQuery{Phases: []relationship.Phase{"over"}})),
		},
		"statuses": {screenError(m.Employees(ann, access.EmployeeQuery{Statuses: []relationship.EmployeeStatus{relationship.Left}}))},
		"states":   {screenError(m.Links(ann, access.LinkQuery{States: []access.LinkState{""}}))},
		"kinds": {
			screenError(m.Employees(ann, access.EmployeeQuery{Kinds: []relationship.EmployeeKind{""}})),
			screenError(m.Members(carla, "lumen", access.MemberQuery{Kinds: []relationship.EmployeeKind{"freelancer"}})),
		},
		"roles": {
			screenError(m.ClientDetails(ann, "lumen", access.MemberQuery{Roles: []relationship.Role{"admin"}})),
			screenError(m.EmployeeDetails(ann, "ann", access.MemberQuery{Roles: []relationship.Role{""}})),
		},
		"why": {
			screenError(m.Members(carla, "lumen", access.MemberQuery{Why: []access.Reason{access.ReasonNoSeat}})),
			screenError(m.Members(carla, "lumen", access.MemberQuery{Why: []access.Reason{0}})),
		},
	} {
		for i, err := range errs {
			require.Equal(t, field, listField(t, err), "%s %d", field, i)
		}
	}
	// Who may not see the list is not told what is wrong with the query.
	require.ErrorIs(t, screenError(m.Clients(carla, access.ClientQuery{Phases: []relationship.Phase{"Active"}})), access.ErrNotAllowed)
}

// The powers in the partner account come to access, or do not.
func TestSEE2_WhoHasAccess(t *testing.T) {
	w := accesstest.New(t)
	for _, user := range []relationship.UserID{"eve", "vic", "viv"} {
		w.Employee(user)
	}
	w.Do(access.By("ann"), access.ChangeEmployee{Employee: "eve", Kind: relationship.Staff, Edit: true})
	w.Do(access.By("ann"), access.ChangeEmployee{Employee: "viv", Kind: relationship.Staff, View: true, Edit: true})
	has := map[relationship.UserID]bool{}
	for _, row := range screenRows(t, w.Manager.Employees(access.By("ann"), access.EmployeeQuery{})) {
		has[row.User] = row.HasAccess
	}
	require.Equal(t, map[relationship.UserID]bool{"ann": true, "eve": false, "vic": false, "viv": true}, has)
	w.Do(access.By("ann"), access.SuspendEmployee{Employee: "viv"})
	row := screenRows(t, w.Manager.Employers(access.By("viv"), access.EmployerQuery{}))[0]
	require.True(t, row.HasAccess)
	require.False(t, row.MayAct, "what they have cannot be used now")
	w.Do(access.Host(), access.ClosePartner{Partner: "northwind"})
	row = screenRows(t, w.Manager.Employers(access.By("ann"), access.EmployerQuery{}))[0]
	require.True(t, row.Closed)
	require.False(t, row.MayAct, "nor for a partner that is closed")
}
