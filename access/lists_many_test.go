package access_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Of a client with more members than lie together in the index, and than are looked
// at in one go, everybody is told once and in order: to the host and to a partner,
// in one run, page by page, and to one who stops in between.
func TestASK3_ManyMembersAreToldOnceAndInOrder(t *testing.T) {
	w := accesstest.New(t)
	for i := range 200 {
		w.AddEmployee(relationship.UserID(fmt.Sprintf("user-%03d", i*77%200)), fmt.Sprint("template ", i), "reports.view")
	}
	for i := range 40 {
		w.Do(access.By(accesstest.SuperAdmin), access.DeactivateMember{
			Client: accesstest.Client, User: relationship.UserID(fmt.Sprintf("user-%03d", i*5)),
		})
	}
	view := w.Permission("reports.view")
	for name, viewer := range map[string]access.Call{
		"host": access.Host(), "partner": access.By(accesstest.Admin).At(accesstest.Partner),
	} {
		var members, can []relationship.UserID
		for user, manager := range storage.Users(w.Store.Snapshot(), accesstest.Client, "", true) {
			if name == "partner" && manager != accesstest.Partner {
				continue
			}
			members = append(members, user)
			if w.Manager.Can(user, accesstest.Client, view) {
				can = append(can, user)
			}
		}
		require.Greater(t, len(members), 200, name)
		require.Equal(t, 40, len(members)-len(can), name)
		require.Equal(t, members, firstUsers(t, w.Manager.MemberIDs(viewer, accesstest.Client), len(members)+1), name)
		for _, n := range []int{1, 63, 64, 65, 128, len(can), len(can) + 1} {
			require.Equal(t, can[:min(n, len(can))], firstUsers(t, w.Manager.AllWhoCan(viewer, accesstest.Client, view), n), "%s, %d", name, n)
		}
		for _, size := range []int{1, 50, 64, 65, len(can)} {
			var told []relationship.UserID
			for page := (access.WhoPage{}); ; {
				var err error
				page, err = w.Manager.WhoCan(viewer, accesstest.Client, view, page.Next, size)
				require.NoError(t, err)
				told = append(told, page.Users...)
				if page.Next == "" {
					break
				}
				require.Len(t, page.Users, size)
			}
			require.Equal(t, can, told, "%s, pages of %d", name, size)
		}
	}
}

// firstUsers takes the first ids, at most so many.
func firstUsers(t *testing.T, ids func(func(relationship.UserID, error) bool), most int) (first []relationship.UserID) {
	for id, err := range ids {
		require.NoError(t, err)
		if first = append(first, id); len(first) == most {
			break
		}
	}
	return first
}

// A member whom the index leaves to the evaluator is told as of the instant of each
// list: nothing stays from the list before.
func TestASK3_TheEvaluatorIsAskedAnewForEachList(t *testing.T) {
	w := accesstest.New(t)
	w.AddEmployee("emil", "support", "reports.view")
	carla := access.By(accesstest.SuperAdmin)
	w.Do(carla, access.SetMemberEnd{Client: accesstest.Client, User: "emil", End: w.Clock.Now().Add(time.Hour)})
	w.Do(carla, access.PauseMember{Client: accesstest.Client, User: "emil", Until: w.Clock.Now().Add(time.Minute)})
	view := w.Permission("reports.view")
	for _, turn := range []struct {
		by  time.Duration
		can bool
	}{{0, false}, {2 * time.Minute, true}, {time.Minute, true}, {time.Hour, false}} {
		w.Clock.Turn(turn.by)
		who := firstUsers(t, w.Manager.AllWhoCan(access.Host(), accesstest.Client, view), 100)
		require.Equal(t, turn.can, slices.Contains(who, "emil"))
		where := 0
		for range w.Manager.AllWhereCan(access.Host(), "emil", view) {
			where++
		}
		require.Equal(t, turn.can, where == 1)
	}
}
