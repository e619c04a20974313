package access_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

// onceWorld has bob and lea, who can be added.
func onceWorld(t *testing.T) (*accesstest.World, access.Change) {
	w := accesstest.New(t)
	w.Employee("bob")
	w.Employee("lea")
	w.Template("support", crm.ReportsView)
	return w, access.AddEmployees{Client: accesstest.Client, Employees: []relationship.UserID{"bob", "lea"}, Template: "support"}
}

func TestPLAN4_ACallWithAKeyHappensOnce(t *testing.T) {
	w, add := onceWorld(t)
	call := access.By(accesstest.Admin).Once("order 17")
	first := w.Do(call, add)
	require.True(t, first.Changed)
	require.False(t, first.Replayed)
	require.Equal(t, 2, first.Counts.Members)
	require.ErrorIs(t, w.Refused(access.By(accesstest.Admin), add), access.ErrAlreadyMember, "without the key it is another call")

	for range 3 {
		head := w.Store.Snapshot().Revision()
		again := w.Do(call.Because("another reason is the same call"), add)
		require.True(t, again.Replayed)
		require.False(t, again.Changed)
		require.Equal(t, first.Revision, again.Revision)
		require.Equal(t, first.Counts, again.Counts)
		require.Empty(t, again.Members)
		require.Equal(t, head, w.Store.Snapshot().Revision(), "a repeat leaves no event")
		w.Clock.Turn(time.Hour)
	}
	// What was done may be undone since; a repeat does not do it again.
	w.Do(access.By(accesstest.Admin), access.RemoveEmployees{Client: accesstest.Client, Employees: []relationship.UserID{"bob"}})
	require.True(t, w.Do(call, add).Replayed)
	require.Empty(t, w.Member(accesstest.Client, "bob"))
}

func TestPLAN4_TheKeyBelongsToActorPartnerAndContent(t *testing.T) {
	w, add := onceWorld(t)
	w.Do(access.By(accesstest.Admin).Once("k"), add)
	other := access.RemoveEmployee{Employee: "bob", All: true}
	require.ErrorIs(t, w.Refused(access.By(accesstest.Admin).Once("k"), other), access.ErrOnce)
	fewer := access.AddEmployees{Client: accesstest.Client, Employees: []relationship.UserID{"bob"}, Template: "support"}
	require.ErrorIs(t, w.Refused(access.By(accesstest.Admin).Once("k"), fewer), access.ErrOnce)
	require.ErrorIs(t, w.Refused(access.By(accesstest.Admin).Once("k"), access.All{add, other}), access.ErrOnce)

	require.False(t, w.Do(access.By(accesstest.Admin).At(accesstest.Partner).Once("k"), other).Replayed, "for a partner named, another key")
	require.False(t, w.Do(access.By(accesstest.SuperAdmin).Once("k"), access.PausePartner{Client: accesstest.Client, Partner: accesstest.Partner}).Replayed)
	require.False(t, w.Do(access.Host().Once("k"), access.RenameClient{Client: accesstest.Client, Name: "New"}).Replayed)
	require.True(t, w.Do(access.Host().Once("k"), access.RenameClient{Client: accesstest.Client, Name: "New"}).Replayed)
}

func TestPLAN4_OnlyWhatChangedSomethingIsKept(t *testing.T) {
	w, add := onceWorld(t)
	call := access.By(accesstest.Admin).Once("k")
	require.ErrorIs(t, w.Refused(call, access.RemoveEmployee{Employee: "nobody", All: true}), access.ErrUnknownEmployee)
	idle := w.Do(call, access.ResumeEmployee{Employee: "bob"})
	require.False(t, idle.Changed)
	require.False(t, idle.Replayed)
	require.False(t, w.Do(call, access.ResumeEmployee{Employee: "bob"}).Replayed)
	require.False(t, w.Do(call, add).Replayed, "the key is still free")
	require.True(t, w.Do(call, add).Replayed)

	_, err := w.Manager.Do(t.Context(), access.By("ann").Once(strings.Repeat("x", 257)), add)
	require.ErrorIs(t, err, access.ErrInvalid)
}

func TestPLAN4_AKeyIsForgottenAfterADay(t *testing.T) {
	w, add := onceWorld(t)
	call := access.By(accesstest.Admin).Once("k")
	w.Do(call, add)
	w.Clock.Turn(24*time.Hour - time.Second)
	require.True(t, w.Do(call, add).Replayed)
	swept, err := w.Manager.Sweep(t.Context())
	require.NoError(t, err)
	require.Zero(t, swept.Keys)
	w.Clock.Turn(time.Second)
	require.ErrorIs(t, w.Refused(call, add), access.ErrAlreadyMember, "forgotten, swept or not")
	require.Equal(t, 1, w.Manager.Stats().Records[relationship.KindOnce])
	swept, err = w.Manager.Sweep(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, swept.Keys)
	require.Zero(t, w.Manager.Stats().Records[relationship.KindOnce])
	swept, err = w.Manager.Sweep(t.Context())
	require.NoError(t, err)
	require.Zero(t, swept.Keys)
}

func TestPLAN4_ARepeatNeverTellsASecret(t *testing.T) {
	w, _ := onceWorld(t)
	call := access.By(accesstest.Admin).Once("k")
	issued, err := w.Manager.IssueLink(t.Context(), call, access.IssueLink{Employee: "bob"})
	require.NoError(t, err)
	require.False(t, issued.Secret.IsZero())
	again, err := w.Manager.IssueLink(t.Context(), call, access.IssueLink{Employee: "bob"})
	require.NoError(t, err)
	require.Equal(t, access.IssuedLink{Revision: issued.Revision, Replayed: true}, again)
	_, err = w.Manager.IssueLink(t.Context(), call, access.IssueLink{Employee: "lea"})
	require.ErrorIs(t, err, access.ErrOnce)

	rotate := access.By(accesstest.Admin).Once("r")
	rotated, err := w.Manager.RotateLink(t.Context(), rotate, issued.Selector)
	require.NoError(t, err)
	again, err = w.Manager.RotateLink(t.Context(), rotate, issued.Selector)
	require.NoError(t, err)
	require.Equal(t, access.IssuedLink{Revision: rotated.Revision, Replayed: true}, again)
	_, err = w.Manager.RotateLink(t.Context(), rotate, rotated.Selector)
	require.ErrorIs(t, err, access.ErrOnce)
}

func TestPLAN4_APlanIsAppliedOnce(t *testing.T) {
	w, add := onceWorld(t)
	plan, err := w.Manager.Plan(t.Context(), access.By(accesstest.Admin), add)
	require.NoError(t, err)
	call := access.By(accesstest.Admin).Once("k")
	part := plan.Only(access.Place{Client: accesstest.Client, User: "bob"})
	first, err := w.Manager.Apply(t.Context(), call, part)
	require.NoError(t, err)
	require.Equal(t, 1, first.Counts.Members)
	again, err := w.Manager.Apply(t.Context(), call, part)
	require.NoError(t, err)
	require.True(t, again.Replayed)
	for _, other := range []access.Plan{plan, plan.Only(access.Place{Client: accesstest.Client, User: "lea"}), plan.Only()} {
		_, err = w.Manager.Apply(t.Context(), call, other)
		require.ErrorIs(t, err, access.ErrOnce, "another part is another content")
	}
}

// The counts say how much of each kind was done; a repeat tells the same.
func TestPLAN4_CountsAreThoseOfTheEffects(t *testing.T) {
	w, add := onceWorld(t)
	carla, ann := access.By(accesstest.SuperAdmin).Once("k"), access.By(accesstest.Admin).Once("k")
	w.Do(ann, add)
	w.Do(access.By(accesstest.Admin), access.DeactivateEmployees{Client: accesstest.Client, Employees: []relationship.UserID{"bob"}})
	seen := relationship.Counts{}
	for _, step := range []struct {
		by     access.Call
		change access.Change
	}{
		{carla, access.DeclineLink{Client: accesstest.Client, Secret: w.Link.Secret}},
		{ann.Once("l"), access.DeactivateEmployees{Client: accesstest.Client, All: true}},
		{carla.Once("l"), access.All{access.PauseMember{Client: accesstest.Client, User: "bob"}, access.PausePartner{Client: accesstest.Client, Partner: accesstest.Partner}}},
		{ann.Once("m"), access.RemoveEmployees{Client: accesstest.Client, All: true}},
	} {
		done, err := w.Manager.Do(t.Context(), step.by, step.change)
		require.NoError(t, err)
		require.Equal(t, relationship.Counts{
			Members: len(done.Members), Records: len(done.Records), Relationships: len(done.Relationships),
			Notifications: len(done.Notifications), Skipped: len(done.Skipped),
		}, done.Counts)
		require.Equal(t, done.Counts, w.Do(step.by, step.change).Counts)
		seen.Members, seen.Records = max(seen.Members, done.Counts.Members), max(seen.Records, done.Counts.Records)
		seen.Relationships, seen.Skipped = max(seen.Relationships, done.Counts.Relationships), max(seen.Skipped, done.Counts.Skipped)
		seen.Notifications = max(seen.Notifications, done.Counts.Notifications)
	}
	require.NotContains(t, []int{seen.Members, seen.Records, seen.Relationships, seen.Notifications, seen.Skipped}, 0, "%+v", seen)
}

// Nobody's call is refused, and does not pass for the host's.
func TestPLAN4_NobodyHasNoKeys(t *testing.T) {
	w := accesstest.New(t)
	rename := access.RenameClient{Client: accesstest.Client, Name: "New"}
	w.Do(access.Host().Once("k"), rename)
	for _, call := range []access.Call{access.Call{}.Once("k"), access.By("").Once("k")} {
		require.ErrorIs(t, w.Refused(call, rename), access.ErrInvalid)
		plan, err := w.Manager.Plan(t.Context(), access.Host(), access.RenameClient{Client: accesstest.Client, Name: "Newer"})
		require.NoError(t, err)
		_, err = w.Manager.Apply(t.Context(), call, plan)
		require.ErrorIs(t, err, access.ErrInvalid)
		_, err = w.Manager.DoEach(t.Context(), call, rename, nil)
		require.ErrorIs(t, err, access.ErrInvalid)
	}
}

// Many send the same call at once: it is done once, and all are told of it.
func TestPLAN4_RacingRepeatsAreOneCall(t *testing.T) {
	for range 20 {
		w, add := onceWorld(t)
		var done, replayed atomic.Int32
		var crew sync.WaitGroup
		for range 8 {
			crew.Go(func() {
				result, err := w.Manager.Do(t.Context(), access.By(accesstest.Admin).Once("k"), add)
				switch {
				case err != nil:
					t.Errorf("%v", err)
				case result.Replayed:
					replayed.Add(1)
				default:
					done.Add(1)
				}
			})
		}
		crew.Wait()
		require.Equal(t, int32(1), done.Load())
		require.Equal(t, int32(7), replayed.Load())
	}
}
