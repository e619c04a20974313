package access_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// eachWorld has n employees e0, e1, … with a template to be added with.
func eachWorld(t accesstest.T, n int, options ...accesstest.Option) (*accesstest.World, []relationship.UserID) {
	w := accesstest.New(t, options...)
	w.Template("support", crm.ReportsView)
	var users []relationship.UserID
	var hire access.All
	for i := range n {
		id := relationship.UserID(fmt.Sprintf("e%05d", i))
		users = append(users, id)
		hire = append(hire, access.AddUser{ID: id, Name: "E", Email: string(id) + "@northwind.example"})
	}
	if n > 0 {
		w.Do(access.Host(), hire)
	}
	hire = nil
	for _, id := range users {
		hire = append(hire, access.AddEmployee{Employee: id, Kind: relationship.Staff})
	}
	if n > 0 {
		w.Do(access.By(accesstest.Admin), hire)
	}
	return w, users
}

func doEach(t *testing.T, w *accesstest.World, call access.Call, change access.Change) access.EachResult {
	t.Helper()
	result, err := w.Manager.DoEach(t.Context(), call, change, nil)
	require.NoError(t, err)
	require.Equal(t, len(result.Items), result.Total(), "no item is left out")
	return result
}

func TestPLAN3_EachForItself(t *testing.T) {
	w, users := eachWorld(t, 4)
	w.Do(access.By(accesstest.Admin), access.SuspendEmployee{Employee: users[1]})
	w.Do(access.By(accesstest.Admin), access.AddEmployees{Client: accesstest.Client, Employees: users[2:3], Template: "support"})
	before := w.Store.Snapshot().Revision()

	result := doEach(t, w, access.By(accesstest.Admin), access.AddEmployees{Client: accesstest.Client, Employees: append(users, "nobody"), Template: "support"})
	require.Equal(t, access.Tally{Applied: 2, Refused: 3}, result.Tally)
	for i, want := range []error{nil, access.ErrInactive, access.ErrAlreadyMember, nil, access.ErrUnknownEmployee} {
		item := result.Items[i]
		require.Equal(t, before+1, item.Revision, "one commit")
		if want == nil {
			require.Equal(t, access.Applied, item.Outcome)
			require.Len(t, item.Effects.Members, 1)
			require.NoError(t, item.Err)
		} else {
			require.Equal(t, access.Refused, item.Outcome)
			require.ErrorIs(t, item.Err, want)
			require.Empty(t, item.Effects.Members)
		}
	}
	require.Equal(t, "2 applied, 0 unchanged, 3 refused, 0 not attempted", result.String())
	events := eventsBehind(t, w, before)
	require.Len(t, events, 2, "one event for each that was applied")
	require.Equal(t, events[0].Call, events[1].Call, "of one call")

	// All or nothing is Do.
	err := w.Refused(access.By(accesstest.Admin), access.AddEmployees{Client: accesstest.Client, Employees: users, Template: "support"})
	require.ErrorIs(t, err, access.ErrAlreadyMember)

	result = doEach(t, w, access.By(accesstest.Admin), access.All{
		access.ResumeEmployee{Employee: users[1]}, access.ResumeEmployee{Employee: users[1]}, access.RemoveEmployees{Client: accesstest.Client, Employees: users[2:4]},
	})
	require.Equal(t, access.Tally{Applied: 3, Unchanged: 1}, result.Tally)
}

// What names nobody is about all whom it reaches.
func TestPLAN3_AllTheReachable(t *testing.T) {
	w, users := eachWorld(t, 3)
	w.Do(access.By(accesstest.Admin), access.AddEmployees{Client: accesstest.Client, Employees: users, Template: "support"})
	w.Do(access.By(accesstest.Admin), access.DeactivateEmployees{Client: accesstest.Client, Employees: users[:1]})
	result := doEach(t, w, access.By(accesstest.Admin), access.DeactivateEmployees{Client: accesstest.Client, All: true})
	require.Equal(t, access.Tally{Applied: 3, Unchanged: 1}, result.Tally, "the three employees with ann, and one who was")
	for i, user := range append([]relationship.UserID{accesstest.Admin}, users...) {
		change := result.Items[i].Change.(access.DeactivateEmployees)
		require.Equal(t, []relationship.UserID{user}, change.Employees, "in the order of places")
		require.Equal(t, user == users[0], result.Items[i].Outcome == access.Unchanged)
		require.Equal(t, user == users[0], len(result.Items[i].Effects.Skipped) == 1, "and it says why")
	}
	result = doEach(t, w, access.By(accesstest.Admin), access.RemoveEmployee{Employee: users[0], All: true})
	require.Equal(t, access.Tally{Applied: 1}, result.Tally)
	w.Clock.Turn(1)

	_, err := w.Manager.DoEach(t.Context(), access.By(accesstest.Admin).Once("k"), access.RemoveEmployees{Client: accesstest.Client, All: true}, nil)
	require.ErrorIs(t, err, access.ErrInvalid, "repeated, it would be about others")
}

// OFF-8, each for itself: items run in order, and the last one stays.
func TestOFF8_EachForItselfTheLastOneStays(t *testing.T) {
	w := accesstest.New(t)
	result := doEach(t, w, access.By(accesstest.SuperAdmin), access.All{
		access.RemoveMember{Client: accesstest.Client, User: accesstest.SuperAdmin2},
		access.DeactivateMember{Client: accesstest.Client, User: accesstest.SuperAdmin},
		access.RemoveMember{Client: accesstest.Client, User: accesstest.SuperAdmin},
		access.RemoveMember{Client: accesstest.Client, User: accesstest.Admin},
	})
	require.Equal(t, access.Tally{Applied: 2, Refused: 2}, result.Tally)
	require.ErrorIs(t, result.Items[1].Err, access.ErrLastSuperAdmin)
	require.ErrorIs(t, result.Items[2].Err, access.ErrLastSuperAdmin)
	require.NotEmpty(t, w.Member(accesstest.Client, accesstest.SuperAdmin), "what was refused has changed nothing")
}

// Also among all whom a change reaches, the last super admin is an item that is
// refused, and holds up nobody.
func TestOFF8_AmongAllTheLastOneStays(t *testing.T) {
	w, users := eachWorld(t, 1)
	w.Do(access.Host(), access.CreateClient{ID: "aster", Name: "Aster", SuperAdmin: users[0]})
	w.Do(access.By(accesstest.Admin), access.AddEmployees{Client: accesstest.Client, Employees: users, Template: "support"})
	remove := access.RemoveEmployee{Employee: users[0], All: true}
	plan, err := w.Manager.PlanEach(t.Context(), access.By(accesstest.Admin), remove)
	require.NoError(t, err)
	for _, result := range []access.EachResult{plan, doEach(t, w, access.By(accesstest.Admin), remove)} {
		require.Equal(t, access.Tally{Applied: 1, Refused: 1}, result.Tally)
		require.ErrorIs(t, result.Items[0].Err, access.ErrLastSuperAdmin, "aster comes first")
	}
	require.Empty(t, w.Member(accesstest.Client, users[0]))
	require.NotEmpty(t, w.Member("aster", users[0]))
}

func TestPLAN3_ChunksProgressAndCancelling(t *testing.T) {
	w, users := eachWorld(t, 2500)
	before := w.Store.Snapshot().Revision()
	ctx, cancel := context.WithCancel(t.Context())
	var told []access.Tally
	add := access.AddEmployees{Client: accesstest.Client, Employees: users, Template: "support"}
	result, err := w.Manager.DoEach(ctx, access.By(accesstest.Admin), add, func(tally access.Tally) {
		require.Equal(t, len(users), tally.Total())
		told = append(told, tally)
		require.Equal(t, before+storage.Revision(len(told)), w.Store.Snapshot().Revision(), "after the commit")
		if len(told) == 2 {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, storage.ErrContended, "it ended before the next chunk was begun")
	require.Equal(t, access.Tally{Applied: 2000, NotAttempted: 500}, result.Tally)
	require.Equal(t, []access.Tally{{Applied: 1000, NotAttempted: 1500}, {Applied: 2000, NotAttempted: 500}}, told)
	require.Equal(t, access.NotAttempted, result.Items[2000].Outcome)
	require.Zero(t, result.Items[2000].Revision)

	rest := doEach(t, w, access.By(accesstest.Admin), add)
	require.Equal(t, access.Tally{Applied: 500, Refused: 2000}, rest.Tally)
}

// A call with a key that was broken off goes on behind the chunks that were
// decided.
func TestPLAN4_EachChunkOnce(t *testing.T) {
	w, users := eachWorld(t, 2100)
	call := access.By(accesstest.Admin).Once("spring")
	add := access.AddEmployees{Client: accesstest.Client, Employees: users, Template: "support"}
	ctx, cancel := context.WithCancel(t.Context())
	first, err := w.Manager.DoEach(ctx, call, add, func(access.Tally) { cancel() })
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, access.Tally{Applied: 1000, NotAttempted: 1100}, first.Tally)

	w.Do(access.Host(), access.RenameClient{Client: accesstest.Client, Name: "New"})
	second := doEach(t, w, call, add)
	require.Equal(t, access.Tally{Replayed: 1000, Applied: 1100}, second.Tally)
	require.Equal(t, first.Items[0].Revision, second.Items[0].Revision)
	kept := 0
	for once := range storage.As[relationship.Once](w.Store.Snapshot().All(relationship.KindOnce, relationship.Key{})) {
		kept += once.Counts.Members
		require.Contains(t, []storage.Revision{first.Items[0].Revision, second.Items[1000].Revision, second.Items[2099].Revision}, storage.Revision(once.Revision))
	}
	require.Equal(t, 2100+100, kept, "each chunk, and the whole call with its last")
	third := doEach(t, w, call, add)
	require.Equal(t, access.Tally{Replayed: 2100}, third.Tally)
	require.Equal(t, "0 applied, 0 unchanged, 0 refused, 0 not attempted, 2100 replayed", third.String())

	add.Template = relationship.PartnerAdminTemplate
	_, err = w.Manager.DoEach(t.Context(), call, add, nil)
	require.ErrorIs(t, err, access.ErrOnce)
}

func TestPLAN3_TheCallItself(t *testing.T) {
	w, users := eachWorld(t, 1)
	for name, test := range map[string]struct {
		call   access.Call
		change access.Change
		want   error
	}{
		"nobody's call":           {access.Call{}, access.RemoveEmployees{Client: accesstest.Client, All: true}, access.ErrInvalid},
		"no change":               {access.By(accesstest.Admin), nil, access.ErrInvalid},
		"a key, and nobody named": {access.By(accesstest.Admin).Once("k"), access.RemoveEmployees{Client: accesstest.Client, All: true}, access.ErrInvalid},
	} {
		result, err := w.Manager.DoEach(t.Context(), test.call, test.change, nil)
		require.ErrorIs(t, err, test.want, name)
		require.Empty(t, result.Items, name)
		_, err = w.Manager.PlanEach(t.Context(), test.call, test.change)
		require.ErrorIs(t, err, test.want, name)
	}
	require.NoError(t, w.Store.Close())
	result, err := w.Manager.DoEach(t.Context(), access.By(accesstest.Admin), access.AddEmployees{Client: accesstest.Client, Employees: users, Template: "support"}, nil)
	require.ErrorIs(t, err, storage.ErrClosed)
	require.Equal(t, access.Tally{NotAttempted: 1}, result.Tally)
}

// The host is asked about those who are stopped, and about nobody else.
func TestOFF6_EachForItselfShowsTheAssets(t *testing.T) {
	owned := &inventory{owned: []access.Asset{{Place: access.Place{Client: accesstest.Client, User: "e00000"}, ID: "1", Type: "workflow", Name: "W"}}}
	w, users := eachWorld(t, 2, accesstest.WithAssets(owned))
	w.Do(access.By(accesstest.Admin), access.AddEmployees{Client: accesstest.Client, Employees: users[:1], Template: "support"})
	remove := access.RemoveEmployees{Client: accesstest.Client, Employees: users}
	plan, err := w.Manager.PlanEach(t.Context(), access.By(accesstest.Admin), remove)
	require.NoError(t, err)
	done := doEach(t, w, access.By(accesstest.Admin), remove)
	for _, result := range []access.EachResult{plan, done} {
		require.Equal(t, access.Tally{Applied: 1, Refused: 1}, result.Tally)
		require.Equal(t, owned.owned, result.Items[0].Effects.Members[0].Assets)
	}
	owned.err = fmt.Errorf("out of order")
	w.Do(access.By(accesstest.SuperAdmin), access.PausePartner{Client: accesstest.Client, Partner: accesstest.Partner})
	failed, err := w.Manager.DoEach(t.Context(), access.By(accesstest.Admin), access.RemoveEmployees{Client: accesstest.Client, All: true}, nil)
	require.ErrorIs(t, err, access.ErrAssets)
	require.Equal(t, access.Tally{NotAttempted: 1}, failed.Tally)
}

// A wrong link among others is counted like any, and told to nobody.
func TestLINK6_EachForItself(t *testing.T) {
	w := accesstest.New(t)
	wrong := w.Issue(access.By(accesstest.Admin), accesstest.Admin)
	w.Do(access.By(accesstest.Admin), access.RevokeLink{Selector: wrong.Selector})
	decline := access.All{
		access.DeclineLink{Client: accesstest.Client, Secret: wrong.Secret}, access.DeclineLink{Client: accesstest.Client, Secret: w.Link.Secret},
	}
	plan, err := w.Manager.PlanEach(t.Context(), access.By(accesstest.SuperAdmin), decline)
	require.NoError(t, err)
	before := w.Manager.Stats().Refused[access.ErrLink.Error()]
	for _, result := range []access.EachResult{plan, doEach(t, w, access.By(accesstest.SuperAdmin), decline)} {
		require.Equal(t, access.Tally{Applied: 1, Refused: 1}, result.Tally)
		require.ErrorIs(t, result.Items[0].Err, access.ErrLink)
		require.Equal(t, "the access link is not valid (LINK-6)", result.Items[0].Err.Error())
	}
	require.Equal(t, before+1, w.Manager.Stats().Refused[access.ErrLink.Error()], "a refused item is counted, a planned one is not")
}

// Making items each for itself is making them one by one.
func TestPLAN3_EachIsOneByOne(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		clients := []relationship.ClientID{accesstest.Client, "umbra"}
		build := func() *accesstest.World {
			w, _ := eachWorld(r, 4)
			w.Do(access.Host(), access.CreateClient{ID: "umbra", Name: "Umbra", SuperAdmin: accesstest.SuperAdmin})
			w.Do(access.By(accesstest.SuperAdmin), access.MakePartnerAdmin{Client: "umbra", Partner: accesstest.Partner, Employee: accesstest.Admin})
			return w
		}
		one, many := build(), build()
		user := rapid.SampledFrom([]relationship.UserID{"e00000", "e00001", "e00002", "e00003", accesstest.Admin, "nobody"})
		client := rapid.SampledFrom(clients)
		items := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) access.Change {
			client, user := client.Draw(r, "client"), user.Draw(r, "user")
			switch rapid.IntRange(0, 6).Draw(r, "change") {
			case 0, 1:
				return access.AddEmployees{Client: client, Employees: []relationship.UserID{user}, Template: "support"}
			case 2:
				return access.RemoveEmployees{Client: client, Employees: []relationship.UserID{user}}
			case 3:
				return access.DeactivateEmployees{Client: client, Employees: []relationship.UserID{user}}
			case 4:
				return access.ReactivateEmployees{Client: client, Employees: []relationship.UserID{user}}
			case 5:
				return access.EndEmployment{Employee: user}
			default:
				return access.ChangeTemplate{Client: client, Employees: []relationship.UserID{user}, Template: relationship.PartnerAdminTemplate}
			}
		}), 1, 15).Draw(r, "items")
		result, err := many.Manager.DoEach(context.Background(), access.By(accesstest.Admin), access.All(items), nil)
		require.NoError(r, err)
		for i, item := range items {
			done, err := one.Manager.Do(context.Background(), access.By(accesstest.Admin), item)
			want := access.Unchanged
			switch {
			case err != nil:
				want = access.Refused
				require.Equal(r, err.Error(), result.Items[i].Err.Error())
			case done.Changed:
				want = access.Applied
			}
			require.Equal(r, want, result.Items[i].Outcome, "%d: %T", i, item)
			require.Equal(r, done.Effects.String(), result.Items[i].Effects.String())
		}
		for _, w := range []*accesstest.World{one, many} {
			w.Verify()
		}
		for _, client := range clients {
			for _, u := range []relationship.UserID{"e00000", "e00001", "e00002", "e00003", accesstest.Admin} {
				require.Equal(r, one.Member(client, u), many.Member(client, u))
			}
			require.Equal(r, one.Relationship(accesstest.Partner, client), many.Relationship(accesstest.Partner, client))
		}
	})
}

// A template is rolled out client by client.
func TestPLAN3_RollingOutEachClientForItself(t *testing.T) {
	w, users := eachWorld(t, 3)
	w.Do(access.Host(), access.CreateClient{ID: "umbra", Name: "Umbra", SuperAdmin: accesstest.SuperAdmin})
	w.Do(access.By(accesstest.SuperAdmin), access.MakePartnerAdmin{Client: "umbra", Partner: accesstest.Partner, Employee: accesstest.Admin})
	w.Do(access.By(accesstest.Admin), access.AddEmployees{Client: accesstest.Client, Employees: users, Template: "support"})
	w.Do(access.By(accesstest.Admin), access.AddEmployees{Client: "umbra", Employees: users[:2], Template: "support"})
	w.Do(access.By(accesstest.Admin), access.EditTemplate{Name: "support", Permissions: []string{crm.ReportsView, crm.ReportsEdit}})
	result := doEach(t, w, access.By(accesstest.Admin), access.RollOutTemplate{Name: "support", All: true})
	require.Equal(t, access.Tally{Applied: 2}, result.Tally)
	require.Len(t, result.Items[0].Effects.Members, 3)
	require.Len(t, result.Items[1].Effects.Members, 2)
}

// A change that names nobody and is none of the actor's is one refused item,
// and harms no other.
func TestPLAN3_WhatCannotBeTakenApartIsOneItem(t *testing.T) {
	w := accesstest.New(t)
	result := doEach(t, w, access.By(accesstest.Admin), access.All{
		access.RemoveEmployee{Employee: "nobody", All: true}, access.DeactivateEmployee{Employee: accesstest.Admin, All: true},
	})
	require.Equal(t, access.Tally{Applied: 1, Refused: 1}, result.Tally)
	require.ErrorIs(t, result.Items[0].Err, access.ErrUnknownEmployee)
}

// What a partner plans for its own people says nothing of the client's.
func TestPLAN1_TheClientsSuperAdminsAreItsOwnBusiness(t *testing.T) {
	w := accesstest.New(t)
	plan, err := w.Manager.Plan(t.Context(), access.By(accesstest.Admin), access.RemoveEmployees{Client: accesstest.Client, All: true})
	require.NoError(t, err)
	require.Len(t, plan.Clients, 1)
	require.Zero(t, plan.Clients[0].SuperAdmins)
	plan, err = w.Manager.Plan(t.Context(), access.By(accesstest.SuperAdmin), access.All{
		access.RemoveMember{Client: accesstest.Client, User: accesstest.Admin},
		access.RemoveMember{Client: accesstest.Client, User: accesstest.SuperAdmin2},
	})
	require.NoError(t, err)
	for _, line := range plan.Clients {
		require.Equal(t, 2, line.SuperAdmins)
	}
}
