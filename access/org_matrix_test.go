package access_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// notYours are the errors that may meet an actor who may not make a change. What
// another partner's people name is unknown to them.
var notYours = []error{
	access.ErrNotAllowed, access.ErrWhichPartner, access.ErrUnknownEmployee, access.ErrUnknownMember,
	access.ErrUnknownTemplate, access.ErrLink, access.ErrNotSuperAdmin, access.ErrUnknownUser,
}

// duty is one change and who may make it: exactly these.
type duty struct {
	what   string
	may    []string
	change access.Change
}

// duties has every change there is at least once. Links are in link_test.go
// and TestLINK3_…, as far as they need a secret.
func duties(link, ask access.IssuedLink, later time.Time) []duty {
	return []duty{
		// ORG-1: the host's.
		{"ORG-1", theHost, access.AddUser{ID: "new", Name: "New", Email: "new@nowhere.example"}},
		{"ORG-1", theHost, access.ChangeUser{ID: "otto", Name: "Otto", Email: "otto@nowhere.example"}},
		{"ORG-5", theHost, access.EraseUser{ID: "otto"}},
		{"ORG-1", theHost, access.CreatePartner{ID: "new", Name: "New", Kind: "reseller", SuperAdmin: "otto"}},
		{"ORG-1", theHost, access.RenamePartner{Partner: "northwind", Name: "Southwind"}},
		{"ORG-1", theHost, access.SetPartnerKind{Partner: "northwind", Kind: relationship.Provider}},
		{"ORG-1", theHost, access.SetPartnerDomains{Partner: "northwind", Domains: []string{"new.example"}}},
		{"ORG-1", theHost, access.ClosePartner{Partner: "northwind"}},
		{"ORG-1", theHost, access.CreateClient{ID: "new", Name: "New", SuperAdmin: "otto"}},
		{"ORG-1", theHost, access.RenameClient{Client: "lumen", Name: "Lumen plc"}},
		{"ORG-1", theHost, access.CloseClient{Client: "lumen"}},
		{"ORG-1", theHost, access.ReplaceSuperAdmin{Client: "solo", Successor: "otto"}},
		{"REL-4", theHost, access.ReportActivity{Partner: "northwind", Client: "lumen"}},

		// ORG-2: the partner's super admins'.
		{"ORG-2", partnersSupers, access.AddEmployee{Employee: "stranger", Kind: relationship.Staff}},
		{"ORG-2", partnerSupers, access.ChangeEmployee{Employee: "newt", Kind: relationship.Contractor}},
		{"ORG-2", partnerSupers, access.SuspendEmployee{Employee: "newt"}},
		{"ORG-2", partnerSupers, access.ResumeEmployee{Employee: "susan"}},
		{"ORG-2", partnerSupers, access.EndEmployment{Employee: "newt"}},
		{"LIM-3", partnerSupers, access.PauseEmployee{Employee: "newt"}},
		{"LIM-3", partnerSupers, access.UnpauseEmployee{Employee: "paul"}},

		// Words: where a rule names nobody, Client Access Manager access is enough.
		{"LINK-6", withAccess, access.RevokeLink{Selector: link.Selector}},
		{"PSET-4", withAccessToo, access.MakeTemplate{Name: "new", Permissions: []string{"contacts.view.all"}}},
		{"PSET-4", withAccess, access.EditTemplate{Name: "support", Permissions: []string{"contacts.view.team"}}},
		{"PSET-4", withAccess, access.RenameTemplate{Name: "support", To: "help"}},
		{"PSET-4", withAccess, access.DeleteTemplate{Name: "unused"}},
		// Whom it changes is another matter: see TestPSET4_….
		{"PSET-4", withAccess, access.RollOutTemplate{Name: "support", All: true}},
		{"ADD-2", withAccessToo, access.NameClient{Client: "lumen", Name: "The lamps"}},
		{"OFF-1", withAccess, access.DeactivateEmployee{Employee: "bob", All: true}},
		{"OFF-1", withAccess, access.DeactivateEmployees{Client: "lumen", Employees: whom("bob")}},
		{"OFF-1", withAccess, access.RemoveEmployee{Employee: "bob", All: true}},
		{"OFF-1", withAccess, access.RemoveEmployees{Client: "lumen", Employees: whom("bob")}},
		{"MIG-1", []string{"sara", "sara@northwind"}, access.BecomePartnerAdmin{Client: "lumen"}},

		// OFF-2: active partner admins', with access.
		{"ADD-1", partnerAdmins, access.AddEmployees{Client: "lumen", Employees: whom("newt"), Template: "support"}},
		{"ADD-6", partnerAdmins, access.LinkClients{Employee: "newt", Clients: []relationship.ClientID{"lumen"}, Template: "support"}},
		{"ADD-5", partnerAdmins, access.LinkEmployee{Client: "lumen", Employee: "fred"}},
		{"UPD-1", partnerAdmins, access.ChangeTemplate{Client: "lumen", Employees: whom("bob"), Template: "users"}},
		{"UPD-2", partnerAdmins, access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Add: []string{"reports.view"}}},
		{"OFF-2", partnerAdmins, access.ReactivateEmployees{Client: "lumen", Employees: whom("dora")}},
		{"TIME-1", partnerAdmins, access.RenewEmployees{Client: "lumen", Employees: whom("bob"), End: later}},
		{"MIG-2", partnerAdmins, access.ChangeSuperAdmins{Client: "lumen", Employees: []access.SuperAdminChoice{{Employee: "sara"}}}},

		// LINK-3, LINK-7: the client's side, but no employee of the partner.
		{"LINK-3", approvers, access.ApproveLink{Client: "lumen", Secret: ask.Secret}},
		{"LINK-3", approvers, access.DeclineLink{Client: "lumen", Secret: ask.Secret}},
		{"LINK-7", approvers, access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: "newt"}},

		// ORG-3: the client's side, with standard own users.
		{"ORG-3", keepersOfOwn, access.AddMember{Client: "lumen", User: "stranger"}},
		{"ORG-3", keepersOfOwn, access.ChangeMemberPermissions{Client: "lumen", User: "otto", Remove: []string{"contacts.view.all"}}},
		{"ORG-3", keepersOfOwn, access.DeactivateMember{Client: "lumen", User: "otto"}},
		{"ORG-3", keepersOfOwn, access.ReactivateMember{Client: "lumen", User: "odin"}},
		{"ORG-3", keepersOfOwn, access.RemoveMember{Client: "lumen", User: "otto"}},
		{"ORG-3", keepersOfOwn, access.SetMemberEnd{Client: "lumen", User: "otto", End: later}},
		// … with managed members …
		{"ORG-3 managed", clientSupers, access.ChangeMemberPermissions{Client: "lumen", User: "bob", Remove: []string{"contacts.view.all"}}},
		{"ORG-3 managed", clientSupers, access.DeactivateMember{Client: "lumen", User: "bob"}},
		{"ORG-3 managed", clientSupers, access.ReactivateMember{Client: "lumen", User: "dora"}},
		{"ORG-3 managed", clientSupers, access.RemoveMember{Client: "lumen", User: "bob"}},
		{"ORG-3 managed", clientSupers, access.SetMemberEnd{Client: "lumen", User: "bob", End: later}},
		// … and with super admins.
		{"ORG-3 super", clientSupers, access.DeactivateMember{Client: "lumen", User: "sven"}},
		{"ORG-3 super", clientSupers, access.ReactivateMember{Client: "lumen", User: "dede"}},
		{"ORG-3 super", clientSupers, access.RemoveMember{Client: "lumen", User: "sven"}},

		// A super admin of the client's.
		{"ADM-1 own", clientSupers, access.MakeSuperAdmin{Client: "lumen", User: "otto"}},
		{"ADM-1 managed", clientSupers, access.MakeSuperAdmin{Client: "lumen", User: "bob"}},
		{"ADM-1", clientSupers, access.LowerSuperAdmin{Client: "lumen", User: "sven"}},
		{"ADM-4", clientSupers, access.SetSeat{Client: "lumen", User: "otto", Paid: true}},
		{"MIG-5", clientSupers, access.ChangeToPartnerAdmin{Client: "lumen", User: "sara", Partner: "northwind"}},
		{"LIM-1", clientSupers, access.SetCeiling{Client: "lumen", Partner: "northwind"}},
		{"LIM-1", clientSupers, access.LiftCeiling{Client: "lumen", Partner: "northwind"}},
		{"LIM-3", clientSupers, access.PausePartner{Client: "lumen", Partner: "northwind"}},
		{"LIM-3", clientSupers, access.UnpausePartner{Client: "lumen", Partner: "northwind"}},
		{"LIM-3", clientSupers, access.PauseMember{Client: "lumen", User: "bob"}},
		{"LIM-3", clientSupers, access.UnpauseMember{Client: "lumen", User: "bob"}},
		{"TIME-1", clientSupers, access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: later}},
		{"TIME-1", clientSupers, access.SetLongestMembership{Client: "lumen", Partner: "northwind", Longest: time.Hour}},

		// The third kind of actor.
		{"ADD-5", themselves, access.ConfirmEmployment{Partner: "northwind"}},
	}
}

// TestORG1_EveryChangeHasItsActors lets everybody try every change. Each belongs
// to one side, and the actor's other hats do not help.
func TestORG1_EveryChangeHasItsActors(t *testing.T) {
	w := assemble(t)
	link, ask := w.Issue(access.By("ann"), "newt"), w.Issue(access.By("ann"), "newt")
	later := w.Clock.Now().Add(time.Hour)
	for _, d := range duties(link, ask, later) {
		t.Run(d.what+" "+reflect.TypeOf(d.change).Name(), func(t *testing.T) {
			for _, name := range slices.Sorted(maps.Keys(everybody)) {
				if slices.Contains(d.may, name) {
					_, err := w.Manager.Plan(t.Context(), everybody[name], d.change)
					require.NoError(t, err, "%s may", name)
					continue
				}
				refusedToAll(t, w, name, d.change)
			}
		})
	}
}

// refusedToAll tries a change by Do and by Plan.
func refusedToAll(t *testing.T, w *accesstest.World, name string, change access.Change) {
	t.Helper()
	before := w.Store.Snapshot().Revision()
	_, errDo := w.Manager.Do(t.Context(), everybody[name], change)
	_, errPlan := w.Manager.Plan(t.Context(), everybody[name], change)
	for _, err := range []error{errDo, errPlan} {
		require.Error(t, err, "%s may not", name)
		if name == "nobody" {
			require.ErrorIs(t, err, access.ErrInvalid)
			continue
		}
		require.True(t, slices.ContainsFunc(notYours, func(known error) bool { return errors.Is(err, known) }), "%s: %v", name, err)
	}
	require.Equal(t, before, w.Store.Snapshot().Revision(), "%s changed something", name)
}

// TestORG1_WhoeverMayDoesIt makes each change once, by the first who may: what
// could be planned is done too.
func TestORG1_WhoeverMayDoesIt(t *testing.T) {
	w := assemble(t)
	link := w.Issue(access.By("ann"), "newt")
	for i, d := range duties(link, link, w.Clock.Now().Add(time.Hour)) {
		t.Run(d.what+" "+reflect.TypeOf(d.change).Name(), func(t *testing.T) {
			w := assemble(t)
			link, ask := w.Issue(access.By("ann"), "newt"), w.Issue(access.By("ann"), "newt")
			d := duties(link, ask, w.Clock.Now().Add(time.Hour))[i]
			_, err := w.Manager.Do(t.Context(), everybody[d.may[0]], d.change)
			require.NoError(t, err)
		})
	}
}

// TestORG1_TheTableIsWhole reads the changes from the source, so that a new one
// cannot go without saying who may make it.
func TestORG1_TheTableIsWhole(t *testing.T) {
	told := map[string]bool{
		"All": true, "issueLink": true, "rotateLink": true, // see TestLINK1_WhoGetsALink
		"tried": true, // nobody: it is never made
	}
	for _, d := range duties(access.IssuedLink{}, access.IssuedLink{}, time.Time{}) {
		told[reflect.TypeOf(d.change).Name()] = true
	}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		for _, declared := range parsed.Decls {
			function, is := declared.(*ast.FuncDecl)
			if !is || function.Name.Name != "apply" || function.Recv == nil || !takesWork(function) {
				continue
			}
			kind := function.Recv.List[0].Type
			if pointer, is := kind.(*ast.StarExpr); is {
				kind = pointer.X
			}
			name := kind.(*ast.Ident).Name
			require.True(t, told[name], "who may make %s?", name)
		}
	}
}

func takesWork(function *ast.FuncDecl) bool {
	pointer, is := function.Type.Params.List[0].Type.(*ast.StarExpr)
	if !is {
		return false
	}
	name, is := pointer.X.(*ast.Ident)
	return is && name.Name == "work"
}

// TestLINK1_WhoGetsALink lets everybody ask for a link, and rotate one: who has
// Client Access Manager access gets it (LINK-2: for a colleague as well).
func TestLINK1_WhoGetsALink(t *testing.T) {
	w := assemble(t)
	for _, name := range slices.Sorted(maps.Keys(everybody)) {
		link := w.Issue(access.By("ann"), "newt")
		before := w.Store.Snapshot().Revision()
		issued, errIssue := w.Manager.IssueLink(context.Background(), everybody[name], access.IssueLink{Employee: "newt"})
		rotated, errRotate := w.Manager.RotateLink(context.Background(), everybody[name], link.Selector)
		if slices.Contains(withAccess, name) {
			require.NoError(t, errIssue, name)
			require.NoError(t, errRotate, name)
			plant(t, issued.Secret, rotated.Secret)
			continue
		}
		require.Error(t, errIssue, name)
		require.Error(t, errRotate, name)
		require.Equal(t, access.IssuedLink{}, issued)
		require.Equal(t, access.IssuedLink{}, rotated)
		require.Equal(t, before, w.Store.Snapshot().Revision(), name)
		require.NotContains(t, strings.ToLower(errIssue.Error()), "calink_")
	}
}
