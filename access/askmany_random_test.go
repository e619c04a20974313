package access_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// TestASK3_ManyEqualOneByOne plays random changes by random actors while time
// goes on. After each step everything is asked at once, in a random order and
// some of it twice, and the answers are those of Check, one by one. So are
// Permissions, and what each viewer may see of WhoCan and WhereCan, in pages of
// random sizes and in one go.
func TestASK3_ManyEqualOneByOne(t *testing.T) {
	t.Parallel()
	worlds, steps := 8, 30
	if fullRun() {
		worlds = 400
	}
	counts := askManyCounts{failed: map[access.Reason]int{}}
	for seed := range uint64(worlds) {
		w := askManyWorld{newRandomWorld(t, 40_000+seed), &counts}
		for range steps {
			w.step()
			w.askEverything()
		}
		w.end()
	}
	t.Logf("%d questions in %d calls of CheckMany, %d of them yes; %d pages of WhoCan and %d of WhereCan, %d ids; %d viewers refused",
		counts.questions, counts.calls, counts.yes, counts.who, counts.where, counts.ids, counts.refused)
	t.Logf("refused by reason: %v", counts.failed)
	require.GreaterOrEqual(t, counts.questions, 100_000)
	for _, n := range []int{counts.yes, counts.who, counts.where, counts.ids, counts.refused} {
		require.NotZero(t, n)
	}
	for _, reason := range allReasons {
		require.Truef(t, counts.failed[reason] > 0 || reason == access.ReasonOtherCatalog, "%s", reason)
	}
}

type askManyCounts struct {
	calls, questions, yes, who, where, ids, refused int
	failed                                          map[access.Reason]int
}

type askManyWorld struct {
	*randomWorld
	counts *askManyCounts
}

// end has everything end that can.
func (w askManyWorld) end() {
	end := w.now().Add(time.Hour)
	for _, partner := range randomPartners {
		w.try(w.clientSide("alpha"), access.SetRelationshipEnd{Client: "alpha", Partner: partner, End: end})
	}
	w.clock.Set(end)
	w.askEverything()
	w.try(access.Host(), access.ClosePartner{Partner: oneOf(w.randomWorld, randomPartners)})
	w.askEverything()
	w.try(access.Host(), access.CloseClient{Client: "beta"})
	w.askEverything()
}

func (w askManyWorld) askEverything() {
	w.counts.calls++
	answers := w.askMany()
	w.whoCan(answers)
	w.whereCan(answers)
}

// askMany asks everything in one call, and returns what is allowed.
func (w askManyWorld) askMany() map[access.Question]bool {
	permissions := slices.Collect(smallCatalog().Permissions())
	permissions = append(permissions, permset.Permission{})
	var questions []access.Question
	for _, client := range askedClients {
		for _, user := range askedUsers {
			for _, permission := range permissions {
				questions = append(questions, access.Question{User: user, Client: client, Permission: permission})
			}
		}
	}
	for range 20 {
		questions = append(questions, oneOf(w.randomWorld, questions))
	}
	w.shuffle(len(questions), func(i, j int) { questions[i], questions[j] = questions[j], questions[i] })
	asked := slices.Clone(questions)
	decisions := w.manager.CheckMany(questions)
	require.Equal(w.t, asked, questions)
	require.Len(w.t, decisions, len(questions))

	allowed := map[access.Question]bool{}
	for i, q := range questions {
		one := w.manager.Check(q.User, q.Client, q.Permission)
		if decisions[i] != one {
			w.t.Fatalf("%v: %s at once, %s one by one", q, decisions[i], one)
		}
		w.counts.questions++
		if allowed[q] = one.Allowed(); one.Allowed() {
			w.counts.yes++
		}
		for _, reason := range failedOf(one) {
			w.counts.failed[reason]++
		}
	}
	for _, client := range askedClients {
		for _, user := range askedUsers {
			may := w.manager.Permissions(user, client)
			for _, permission := range permissions {
				require.Equal(w.t, allowed[access.Question{User: user, Client: client, Permission: permission}], may.Has(permission))
			}
		}
	}
	return allowed
}

// viewer is anybody, in any of their hats, or the host.
func (w askManyWorld) viewer() access.Call {
	viewer := access.By(oneOf(w.randomWorld, askedUsers))
	switch w.random.IntN(5) {
	case 0:
		return access.Host()
	case 1, 2:
		return viewer.At(oneOf(w.randomWorld, randomPartners))
	}
	return viewer
}

// asEmployee is the partner for which a viewer acts with Client Access Manager
// access; empty for none.
func (w askManyWorld) asEmployee(viewer access.Call) relationship.PartnerID {
	var works []relationship.Employee
	for _, e := range everyRecord[relationship.Employee](w.store.Snapshot(), relationship.KindEmployee) {
		for _, call := range []access.Call{access.By(e.User), access.By(e.User).At(e.Partner)} {
			if call == viewer && (e.Present() || call != access.By(e.User)) {
				works = append(works, e)
			}
		}
	}
	if len(works) != 1 || !works[0].ActiveAt(w.now()) || !works[0].HasAccess() {
		return ""
	}
	account, _ := storage.Get[relationship.Partner](w.store.Snapshot(), relationship.PartnerKey(works[0].Partner))
	if account.Closed {
		return ""
	}
	return account.ID
}

// whoCan asks a random viewer's question of each client.
func (w askManyWorld) whoCan(allowed map[access.Question]bool) {
	for _, client := range askedClients {
		viewer, permission := w.viewer(), w.permission()
		partner, everybody := w.asEmployee(viewer), viewer == access.Host() || w.isClientSide(viewer, client)
		_, related := w.store.Snapshot().Get(relationship.RelationshipKey(partner, client))
		want := []relationship.UserID{}
		for _, user := range slices.Sorted(slices.Values(askedUsers)) {
			member := w.member(client, user)
			if allowed[access.Question{User: user, Client: client, Permission: permission}] && (everybody || member.Manager == partner) {
				want = append(want, user)
			}
		}
		got, refused := []relationship.UserID{}, error(nil)
		for user, err := range w.manager.AllWhoCan(viewer, client, permission) {
			if refused = err; err == nil {
				got = append(got, user)
			}
		}
		size, after := 1+w.random.IntN(4), relationship.UserID("")
		page, err := w.manager.WhoCan(viewer, client, permission, after, size)
		if !everybody && !related || everybody && client == "nowhere" {
			reason := access.ErrNotAllowed
			if everybody {
				reason = access.ErrUnknownClient
			}
			require.ErrorIs(w.t, err, reason)
			require.ErrorIs(w.t, refused, reason)
			w.counts.refused++
			continue
		}
		require.NoError(w.t, refused)
		require.Equalf(w.t, want, got, "%s asks who can %s in %s", viewer, permission, client)
		for paged := []relationship.UserID{}; ; {
			require.NoError(w.t, err)
			require.Equal(w.t, w.store.Snapshot().Revision(), page.Revision)
			paged = append(paged, page.Users...)
			w.counts.who++
			w.counts.ids += len(page.Users)
			if page.Next == "" {
				require.Equal(w.t, want, paged)
				break
			}
			require.Len(w.t, page.Users, size)
			require.Equal(w.t, page.Users[size-1], page.Next)
			size = 1 + w.random.IntN(4)
			page, err = w.manager.WhoCan(viewer, client, permission, page.Next, size)
		}
	}
}

// whereCan asks a random viewer's question of each user.
func (w askManyWorld) whereCan(allowed map[access.Question]bool) {
	for _, user := range askedUsers {
		viewer, permission := w.viewer(), w.permission()
		if w.chance(4) {
			viewer = access.By(user)
		}
		partner, everywhere := w.asEmployee(viewer), viewer == access.Host() || viewer == access.By(user)
		colleague, _ := storage.Get[relationship.Employee](w.store.Snapshot(), relationship.EmployeeKey(partner, user))
		want := []relationship.ClientID{}
		for _, client := range askedClients {
			member := w.member(client, user)
			if allowed[access.Question{User: user, Client: client, Permission: permission}] && (everywhere || member.Manager == partner) {
				want = append(want, client)
			}
		}
		got, refused := []relationship.ClientID{}, error(nil)
		for client, err := range w.manager.AllWhereCan(viewer, user, permission) {
			if refused = err; err == nil {
				got = append(got, client)
			}
		}
		size := 1 + w.random.IntN(2)
		page, err := w.manager.WhereCan(viewer, user, permission, "", size)
		if !everywhere && !colleague.Present() || everywhere && user == "nobody" {
			reason := access.ErrNotAllowed
			if everywhere {
				reason = access.ErrUnknownUser
			}
			require.ErrorIs(w.t, err, reason)
			require.ErrorIs(w.t, refused, reason)
			w.counts.refused++
			continue
		}
		require.NoError(w.t, refused)
		require.Equalf(w.t, want, got, "%s asks where %s can %s", viewer, user, permission)
		for paged := []relationship.ClientID{}; ; {
			require.NoError(w.t, err)
			require.Equal(w.t, w.store.Snapshot().Revision(), page.Revision)
			paged = append(paged, page.Clients...)
			w.counts.where++
			w.counts.ids += len(page.Clients)
			if page.Next == "" {
				require.Equal(w.t, want, paged)
				break
			}
			require.Len(w.t, page.Clients, size)
			page, err = w.manager.WhereCan(viewer, user, permission, page.Next, size)
		}
	}
}

func (w askManyWorld) permission() permset.Permission {
	return oneOf(w.randomWorld, slices.Collect(smallCatalog().Permissions()))
}

func (w askManyWorld) member(client relationship.ClientID, user relationship.UserID) relationship.Member {
	member, _ := storage.Get[relationship.Member](w.store.Snapshot(), relationship.MemberKey(client, user))
	return member
}

// isClientSide: an active super admin, or an active own user who may add and
// edit users, acting for themselves (Words).
func (w askManyWorld) isClientSide(viewer access.Call, client relationship.ClientID) bool {
	for _, user := range randomUsers {
		member := w.member(client, user)
		if access.By(user) == viewer && member.User == user && !member.Managed() {
			return w.manager.Can(user, client, smallCatalog().AddAndEditUsers())
		}
	}
	return false
}
