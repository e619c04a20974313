package access_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// logStep is one change, and who makes it.
type logStep struct {
	call   access.Call
	actor  relationship.Actor
	change access.Change
}

// TestLOG1_EveryChangeLeavesOneEvent goes through all kinds of changes. Each
// leaves exactly one event: who, for whom, when, before, after, why, and which
// call; before that a stranger tries the same, is refused, and leaves none.
func TestLOG1_EveryChangeLeavesOneEvent(t *testing.T) {
	w := accesstest.New(t)
	for _, user := range []relationship.UserID{"zoe", "sue", "olga", "carl", "lea"} {
		w.User(user, "elsewhere.example")
	}
	calls := map[string]bool{}
	seen := map[string]bool{}
	for _, step := range logSteps(w) {
		name := reflect.TypeOf(step.change).Name()
		w.Clock.Turn(61 * time.Minute)
		w.Refused(access.By("zoe"), step.change)

		before := w.Store.Snapshot()
		result := w.Do(step.call.Because("why "+name), step.change)
		require.True(t, result.Changed, name)
		events := eventsBehind(t, w, before.Revision())
		require.Len(t, events, 1, name)
		event := events[0]
		require.Equal(t, name, event.Change)
		require.Equal(t, step.actor, event.Actor, name)
		require.Equal(t, w.Clock.Now(), event.At, name)
		require.Equal(t, w.Clock.Now(), event.Recorded, name)
		require.Equal(t, "why "+name, event.Reason)
		require.Equal(t, result.Revision, event.Revision, name)
		require.False(t, calls[event.Call], "each call has an id of its own")
		calls[event.Call], seen[name] = true, true
		if diff := cmp.Diff(stateDiff(before, w.Store.Snapshot()), inKeyOrder(event.Lines), cmpopts.EquateEmpty(), wholeNames); diff != "" {
			t.Fatalf("%s: what changed and what the event says differ (-state +event):\n%s", name, diff)
		}
	}
	for _, name := range access.ChangeNames() {
		require.True(t, seen[name], "%s was not tried", name)
	}
}

// logSteps makes every kind of change once or more.
func logSteps(w *accesstest.World) []logStep {
	const lumen, umbra, north, south = accesstest.Client, "umbra", accesstest.Partner, "southwind"
	bob, lea := []relationship.UserID{"bob"}, []relationship.UserID{"lea"}
	var steps []logStep
	as := func(call access.Call, actor relationship.Actor) func(...access.Change) {
		return func(changes ...access.Change) {
			for _, change := range changes {
				steps = append(steps, logStep{call, actor, change})
			}
		}
	}
	host := as(access.Host(), relationship.Actor{Kind: relationship.ByHost})
	ann := as(access.By("ann"), relationship.Actor{Kind: relationship.ByPartnerSide, User: "ann", Partner: north})
	bobs := as(access.By("bob"), relationship.Actor{Kind: relationship.ByPartnerSide, User: "bob", Partner: north})
	bobHimself := as(access.By("bob"), relationship.Actor{Kind: relationship.ByThemselves, User: "bob"})
	leaHerself := as(access.By("lea"), relationship.Actor{Kind: relationship.ByThemselves, User: "lea"})
	carla := as(access.By("carla"), relationship.Actor{Kind: relationship.ByClientSide, User: "carla"})
	olga := as(access.By("olga"), relationship.Actor{Kind: relationship.ByClientSide, User: "olga"})
	later := accesstest.Start.Add(300 * accesstest.Day)

	host(
		access.AddUser{ID: "bob", Name: "Bob", Email: "bob@northwind.example"},
		access.ChangeUser{ID: "bob", Name: "Robert", Email: "bob@northwind.example"},
		access.CreatePartner{ID: south, Name: "S", Kind: "association", SuperAdmin: "sue"},
		access.RenamePartner{Partner: south, Name: "Southwind"},
		access.SetPartnerKind{Partner: south, Kind: relationship.Provider},
		access.SetPartnerDomains{Partner: south, Domains: []string{"southwind.example"}},
		access.CreateClient{ID: umbra, Name: "U", SuperAdmin: "carl"},
		access.RenameClient{Client: umbra, Name: "Umbra"},
		access.ReplaceSuperAdmin{Client: umbra, Successor: "olga"},
		access.ReportActivity{Partner: north, Client: lumen},
		access.AddUser{ID: "gone", Name: "Gone", Email: "gone@northwind.example"}, access.EraseUser{ID: "gone"},
	)
	ann(
		access.AddEmployee{Employee: "bob", Kind: relationship.Staff},
		access.ChangeEmployee{Employee: "bob", Kind: relationship.Staff, View: true, Edit: true},
		access.SuspendEmployee{Employee: "bob"}, access.ResumeEmployee{Employee: "bob"},
		access.PauseEmployee{Employee: "bob"}, access.UnpauseEmployee{Employee: "bob"},
		access.MakeTemplate{Name: "support", Permissions: []string{crm.ReportsView}},
		access.NameClient{Client: lumen, Name: "Lumen (retainer)"},
		access.AddEmployees{Client: lumen, Employees: bob, Template: "support"},
		access.EditTemplate{Name: "support", Permissions: []string{crm.ReportsView, "crm.views.edit"}},
		access.RollOutTemplate{Name: "support", All: true},
		access.RenameTemplate{Name: "support", To: "first line"}, access.RenameTemplate{Name: "first line", To: "support"},
		access.MakeTemplate{Name: "spare"}, access.DeleteTemplate{Name: "spare"},
		access.ChangeTemplate{Client: lumen, Employees: bob, Template: relationship.PartnerAdminTemplate},
		access.ChangeEmployeePermissions{Client: lumen, Employee: "bob", Remove: []string{crm.ReportsView}},
		access.RenewEmployees{Client: lumen, Employees: bob, End: later},
		access.DeactivateEmployee{Employee: "bob", All: true}, access.ReactivateEmployees{Client: lumen, All: true},
		access.DeactivateEmployees{Client: lumen, Employees: bob},
		access.AddEmployee{Employee: "lea", Kind: relationship.Contractor},
	)
	bobHimself(access.ConfirmEmployment{Partner: north})
	carla(
		access.ReactivateMember{Client: lumen, User: "bob"}, access.DeactivateMember{Client: lumen, User: "bob"},
		access.ReactivateMember{Client: lumen, User: "bob"}, access.SetMemberEnd{Client: lumen, User: "bob"},
		access.PauseMember{Client: lumen, User: "bob"}, access.UnpauseMember{Client: lumen, User: "bob"},
		access.PausePartner{Client: lumen, Partner: north}, access.UnpausePartner{Client: lumen, Partner: north},
		access.SetCeiling{Client: lumen, Partner: north}, access.LiftCeiling{Client: lumen, Partner: north},
		access.SetLongestMembership{Client: lumen, Partner: north, Longest: 900 * accesstest.Day},
		access.SetLongestMembership{Client: lumen, Partner: north},
		access.SetRelationshipEnd{Client: lumen, Partner: north, End: later},
		access.AddMember{Client: lumen, User: "lea"}, access.AddMember{Client: lumen, User: "olga"},
		access.ChangeMemberPermissions{Client: lumen, User: "olga", Add: []string{crm.ReportsView}},
		access.SetSeat{Client: lumen, User: "olga", Paid: true}, access.RemoveMember{Client: lumen, User: "olga"},
		access.MakeSuperAdmin{Client: lumen, User: "bob"},
		access.ChangeToPartnerAdmin{Client: lumen, User: "bob", Partner: north},
		access.MakeSuperAdmin{Client: lumen, User: "bob"},
	)
	ann(access.ChangeSuperAdmins{Client: lumen, Employees: []access.SuperAdminChoice{{Employee: "bob"}}})
	carla(access.MakeSuperAdmin{Client: lumen, User: "bob"})
	bobs(access.BecomePartnerAdmin{Client: lumen})
	leaHerself(access.ConfirmEmployment{Partner: north})
	ann(access.LinkEmployee{Client: lumen, Employee: "lea"})
	olga(access.MakePartnerAdmin{Client: umbra, Partner: north, Employee: "ann"})
	ann(
		access.LinkClients{Employee: "lea", Clients: []relationship.ClientID{umbra}, Template: "support"},
		access.RemoveEmployees{Client: umbra, Employees: lea}, access.RemoveEmployee{Employee: "lea", All: true},
		access.EndEmployment{Employee: "lea"},
	)
	carla(access.LowerSuperAdmin{Client: lumen, User: "sven"}, access.DeclineLink{Client: lumen, Secret: w.Link.Secret})
	olga(access.RemoveMember{Client: umbra, User: "ann"}, access.ApproveLink{Client: umbra, Secret: w.Link.Secret})
	ann(access.RevokeLink{Selector: w.Link.Selector})
	host(access.ClosePartner{Partner: south}, access.CloseClient{Client: umbra})
	return steps
}

var wholeNames = cmpopts.EquateComparable(permset.Names{})

func eventsBehind(t *testing.T, w *accesstest.World, revision storage.Revision) []access.LoggedEvent {
	t.Helper()
	var events []access.LoggedEvent
	for event, err := range w.Manager.Events(t.Context(), access.Host(), revision) {
		require.NoError(t, err)
		events = append(events, event)
	}
	return events
}

// stateDiff compares two states record by record.
func stateDiff(before, after storage.Reader) []relationship.Line {
	var lines []relationship.Line
	for _, kind := range relationship.Kinds() {
		for record := range before.All(kind, relationship.Key{}) {
			if now, _ := after.Get(record.Key()); now != record {
				lines = append(lines, relationship.Line{Before: asLogged(record, now), After: now})
			}
		}
		for record := range after.All(kind, relationship.Key{}) {
			if _, was := before.Get(record.Key()); !was {
				lines = append(lines, relationship.Line{After: record})
			}
		}
	}
	return inKeyOrder(lines)
}

// asLogged is what a record was, as the log says it: of an erased person it says
// nothing (ORG-5).
func asLogged(before, after relationship.Record) relationship.Record {
	if user, is := after.(relationship.User); is && user.Erased() {
		return before.(relationship.User).Erase()
	}
	return before
}

func inKeyOrder(lines []relationship.Line) []relationship.Line {
	lines = slices.Clone(lines)
	slices.SortFunc(lines, func(a, b relationship.Line) int { return strings.Compare(a.Key().String(), b.Key().String()) })
	return lines
}
