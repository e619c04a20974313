package access_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// listWorlds plays random worlds, and has each looked at as it goes on.
func listWorlds(t *testing.T, worlds, steps int, look func(w *randomWorld)) {
	seed := theoremSeed(t)
	for i := range worlds {
		w := newRandomWorld(t, seed*1000+uint64(i))
		for step := range steps {
			w.step()
			w.renameSomebody()
			if step%8 == 7 {
				look(w)
			}
			if t.Failed() {
				t.Fatalf("seed %d, world %d, step %d", seed, i, step)
			}
		}
	}
}

var listNames = []string{"Ann Arnold", "ann arnold", "Bob", "arnold BOB", "Zoe Bobbin", "zoe"}

func (w *randomWorld) renameSomebody() {
	user := oneOf(w, randomUsers)
	person, _ := storage.Get[relationship.User](w.store.Snapshot(), relationship.UserKey(user))
	w.must(access.Host(), access.ChangeUser{ID: user, Name: oneOf(w, listNames), Email: string(person.Email)})
	client := oneOf(w, randomClients)
	w.try(w.clientSide(client), access.SetSeat{Client: client, User: w.someone(client), Paid: true})
	if w.chance(4) {
		w.try(access.Host(), access.RenameClient{Client: oneOf(w, randomClients), Name: oneOf(w, listNames)})
		w.try(w.partnerSide(), access.NameClient{Client: oneOf(w, randomClients), Name: oneOf(w, append(listNames, ""))})
	}
}

// some are a few of the values, mostly none.
func listSome[T any](w *randomWorld, values ...T) []T {
	if w.chance(2) {
		return nil
	}
	var some []T
	for _, value := range values {
		if w.chance(2) {
			some = append(some, value)
		}
	}
	return some
}

func (w *randomWorld) listSearch() string {
	return oneOf(w, []string{"", "", "", "", "an", "ARN", "bob", "z", "no", "n", "north", "home.ex", "nora@", "example"})
}

func (w *randomWorld) memberQuery() access.MemberQuery {
	return access.MemberQuery{
		Roles:     listSome(w, relationship.SuperAdmin, relationship.PartnerAdmin, relationship.Standard),
		Templates: listSome(w, "", "one", "two", relationship.PartnerAdminTemplate),
		Kinds:     listSome(w, "", relationship.Staff, relationship.Contractor),
		Why:       listSome(w, access.ReasonAllowed, access.ReasonDeactivated, access.ReasonRunOut, access.ReasonEmployeeInactive),
		Verified:  listSome(w, true, false),
		Search:    w.listSearch(),
	}
}

// Every list is what a walk over all records says it is, in its order, for
// everybody, whatever is asked; and who may not see it is told nothing else.
func TestSEE_ListsAreWhatTheRulesSay(t *testing.T) {
	seen := map[string]int{}
	listWorlds(t, theoremSize(25, 1000), 80, func(w *randomWorld) {
		o := newOracle(smallCatalog(), w.store.Snapshot(), w.now())
		for _, partner := range randomPartners {
			w.lookAsPartner(naiveLists{o, partner, ""}, access.Host(), true, seen)
			user := oneOf(w, randomUsers)
			l := naiveLists{o, partner, user}
			w.lookAsPartner(l, access.By(user).At(partner), l.looksForPartner(), seen)
		}
		for _, client := range randomClients {
			w.lookAsClient(naiveLists{o, "", ""}, access.Host(), client, true, seen)
			user := oneOf(w, randomUsers)
			l := naiveLists{o, "", user}
			w.lookAsClient(l, access.By(user), client, l.looksForClient(client), seen)
		}
	})
	t.Log(seen)
	if testing.Short() {
		return
	}
	for _, what := range []string{"clients", "employees", "client details", "employee details", "members", "refused"} {
		require.Greater(t, seen[what], 30, what)
	}
}

func (w *randomWorld) lookAsPartner(l naiveLists, viewer access.Call, may bool, seen map[string]int) {
	named := relationship.PartnerID("")
	if l.user == "" || w.chance(2) {
		named = l.partner
	}
	clients := access.ClientQuery{
		Partner: named,
		Access: listSome(w, access.AccessPartnerAdmin, access.AccessSuperAdmin, access.AccessStandard,
			access.AccessDeactivated, access.AccessColleague),
		Phases: listSome(w, "", relationship.Active, relationship.Ending, relationship.Ended),
		Search: w.listSearch(),
	}
	employees := access.EmployeeQuery{
		Partner: named, Kinds: listSome(w, relationship.Staff, relationship.Contractor),
		Statuses: listSome(w, relationship.Employed, relationship.Suspended), Verified: listSome(w, true, false),
		Search: w.listSearch(),
	}
	members := w.memberQuery()
	members.Partner = named
	client, user := oneOf(w, askedClients), oneOf(w, askedUsers)
	if !w.chance(4) {
		user = w.employeeOf(l.partner)
	}
	_, employed := l.employee(l.partner, user)

	told, err := listAll(w.manager.Clients(viewer, clients), func(r access.ClientRow) naiveClient {
		require.Equal(w.t, l.partner, r.Partner)
		return naiveClient{r.Client, [2]string{r.Name(), r.OfficialName}, r.Phase, r.Members, r.Access}
	})
	listSame(w, seen, "clients", may, l.clientList(clients), told, err)
	staff, err := listAll(w.manager.Employees(viewer, employees), func(r access.EmployeeRow) naiveEmployee {
		return naiveEmployee{r.User, r.Verified, r.Clients}
	})
	listSame(w, seen, "employees", may, l.employeeList(employees), staff, err)
	places, err := listAll(w.manager.ClientDetails(viewer, client, members), w.listPlace)
	inClient := func(m relationship.Member) bool { return m.Client == client }
	listSame(w, seen, "client details", may, l.partnerPlaces(inClient, members, false), places, err)
	places, err = listAll(w.manager.EmployeeDetails(viewer, user, members), w.listPlace)
	if may && !employed {
		require.ErrorIs(w.t, err, access.ErrUnknownEmployee)
		return
	}
	ofUser := func(m relationship.Member) bool { return m.User == user }
	listSame(w, seen, "employee details", may, l.partnerPlaces(ofUser, members, true), places, err)
}

func (w *randomWorld) lookAsClient(l naiveLists, viewer access.Call, client relationship.ClientID, may bool, seen map[string]int) {
	query := w.memberQuery()
	query.Partner = oneOf(w, []relationship.PartnerID{"", "", "north", "south"})
	places, err := listAll(w.manager.Members(viewer, client, query), w.listPlace)
	listSame(w, seen, "members", may, l.clientPlaces(client, query), places, err)
}

// listPlace reduces a row to what the walk knows; the membership itself is the
// one that Member shows.
func (w *randomWorld) listPlace(r access.MemberRow) naivePlace {
	w.t.Helper()
	alone, err := w.manager.Member(access.Host(), r.User, r.Client)
	require.NoError(w.t, err)
	alone.Verified = r.Verified
	require.Equal(w.t, alone, r.MemberView)
	require.Equal(w.t, r.Why == access.ReasonAllowed, r.Active)
	return naivePlace{r.Client, r.User, r.Why, r.Kind, r.Verified, r.By}
}

func listAll[Row, T any](list access.List[Row], reduce func(Row) T) (all []T, err error) {
	for row, err := range list.All() {
		if err != nil {
			return nil, err
		}
		all = append(all, reduce(row))
	}
	return all, nil
}

func listSame[T any](w *randomWorld, seen map[string]int, what string, may bool, want, got []T, err error) {
	w.t.Helper()
	if !may {
		require.ErrorIs(w.t, err, access.ErrNotAllowed, what)
		seen["refused"]++
		return
	}
	require.NoError(w.t, err, what)
	require.Equal(w.t, want, got, what)
	seen[what] += len(got)
}

// rehearsal is a store in which nothing that is done stays.
type rehearsal struct{ storage.Store }

func (s rehearsal) Update(_ context.Context, run func(storage.Tx) error) (storage.Revision, error) {
	before := s.Snapshot()
	return before.Revision(), run(before.Draft())
}

// listDeeds are the calls behind each action. Where there are several, the
// first is accepted when it is offered, and all are refused when it is not.
func listDeeds(w *randomWorld, partnerSide bool, viewer relationship.UserID, r access.MemberRow) map[string][]access.Change {
	client, user, one := r.Client, r.User, []relationship.UserID{r.User}
	soon, later := w.now().Add(time.Second), w.now().Add(30*accesstest.Day)
	if partnerSide {
		over := access.Change(access.ChangeSuperAdmins{Client: client, Employees: []access.SuperAdminChoice{{Employee: user}}})
		if user == viewer {
			over = access.BecomePartnerAdmin{Client: client}
		}
		return map[string][]access.Change{
			"change": {
				access.ChangeEmployeePermissions{Client: client, Employee: user, Remove: w.permissions()},
				access.ChangeEmployeePermissions{Client: client, Employee: user, Add: w.permissions()},
				access.ChangeTemplate{Client: client, Employees: one, Template: w.template()},
			},
			"renew": {
				access.RenewEmployees{Client: client, Employees: one, End: soon},
				access.RenewEmployees{Client: client, Employees: one, End: later},
				access.RenewEmployees{Client: client, Employees: one},
			},
			"deactivate":  {access.DeactivateEmployees{Client: client, Employees: one}},
			"reactivate":  {access.ReactivateEmployees{Client: client, Employees: one}},
			"remove":      {access.RemoveEmployees{Client: client, Employees: one}},
			"change over": {over},
		}
	}
	return map[string][]access.Change{
		"change": {
			access.ChangeMemberPermissions{Client: client, User: user, Remove: w.permissions()},
			access.ChangeMemberPermissions{Client: client, User: user, Add: w.permissions()},
		},
		"renew": {
			access.SetMemberEnd{Client: client, User: user, End: soon},
			access.SetMemberEnd{Client: client, User: user, End: later},
			access.SetMemberEnd{Client: client, User: user},
		},
		"deactivate":        {access.DeactivateMember{Client: client, User: user}},
		"reactivate":        {access.ReactivateMember{Client: client, User: user}},
		"remove":            {access.RemoveMember{Client: client, User: user}},
		"make super admin":  {access.MakeSuperAdmin{Client: client, User: user}},
		"lower super admin": {access.LowerSuperAdmin{Client: client, User: user, Permissions: w.permissions()}},
		"pause":             {access.PauseMember{Client: client, User: user}},
		"unpause":           {access.UnpauseMember{Client: client, User: user}},
		"give seat":         {access.SetSeat{Client: client, User: user, Paid: true}},
		"take seat":         {access.SetSeat{Client: client, User: user}},
	}
}

func listOffers(a access.Actions) map[string]bool {
	return map[string]bool{
		"change": a.Change, "renew": a.Renew, "deactivate": a.Deactivate, "reactivate": a.Reactivate, "remove": a.Remove,
		"change over": a.ChangeOver, "make super admin": a.MakeSuperAdmin, "lower super admin": a.LowerSuperAdmin,
		"pause": a.Pause, "unpause": a.Unpause, "give seat": a.GiveSeat, "take seat": a.TakeSeat,
	}
}

// Every action that is offered goes through and does something; every other is
// refused, or has nothing to do.
func TestSEE3_WhatIsOfferedWorksAndNothingElseDoes(t *testing.T) {
	offered, withheld := map[string]int{}, map[string]int{}
	listWorlds(t, theoremSize(20, 600), 60, func(w *randomWorld) {
		stage, err := access.Open(context.Background(), rehearsal{w.store}, access.Options{Catalog: smallCatalog(), Clock: w.clock.Now})
		require.NoError(t, err)
		try := func(list access.List[access.MemberRow], viewer access.Call, user relationship.UserID, partnerSide bool) {
			for row, err := range list.All() {
				if errors.Is(err, access.ErrNotAllowed) {
					return
				}
				require.NoError(t, err)
				offers := listOffers(row.Actions)
				deeds := listDeeds(w, partnerSide, user, row)
				for action, is := range offers {
					if deeds[action] == nil {
						require.False(t, is, "%s is of the other side", action)
					}
				}
				for action, changes := range deeds {
					tried := fmt.Sprintf("%s by %s: %s", action, viewer, row)
					if !offers[action] {
						withheld[action]++
						for _, change := range changes {
							done, err := stage.Do(context.Background(), viewer, change)
							require.True(t, err != nil || !done.Changed && action != "change" && action != "renew", "%s was not offered and works", tried)
						}
						continue
					}
					offered[action]++
					done, err := stage.Do(context.Background(), viewer, changes[0])
					require.NoError(t, err, "%s was offered", tried)
					require.True(t, done.Changed || action == "change" || action == "renew", "%s was offered and does nothing", tried)
				}
			}
		}
		for _, client := range randomClients {
			for _, user := range randomUsers {
				try(w.manager.Members(access.By(user), client, access.MemberQuery{}), access.By(user), user, false)
				if w.chance(2) {
					continue
				}
				call := access.By(user).At(oneOf(w, randomPartners))
				try(w.manager.ClientDetails(call, client, access.MemberQuery{}), call, user, true)
			}
		}
		partner := oneOf(w, randomPartners)
		try(w.manager.ClientDetails(access.Host(), oneOf(w, randomClients), access.MemberQuery{Partner: partner}), access.Host(), "", true)
		try(w.manager.Members(access.Host(), oneOf(w, randomClients), access.MemberQuery{}), access.Host(), "", false)
	})
	t.Log("offered", offered, "withheld", withheld)
	if testing.Short() {
		return
	}
	for action := range listOffers(access.Actions{}) {
		require.Positive(t, offered[action], action)
		require.Positive(t, withheld[action], action)
	}
}
