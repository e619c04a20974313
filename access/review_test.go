package access_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// A review says when the relationship would be over, and that is when it is.
func TestOFF6_AReviewSaysWhenTheRelationshipIsOver(t *testing.T) {
	for name, limit := range map[string]time.Duration{"after 60 days": 0, "at the client's limit": 20 * accesstest.Day, "before the limit": 400 * accesstest.Day} {
		t.Run(name, func(t *testing.T) {
			c := deputies(t)
			want := relationship.EndingTime
			if limit != 0 {
				c.Do(access.By("carla"), access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: c.Clock.Now().Add(limit)})
				want = min(want, limit)
			}
			review := c.plan(access.By("ann"), access.RemoveEmployees{Client: "lumen", All: true})
			some := review.Only(places(review)[:1]...)
			require.Empty(t, some.Relationships)
			text, err := review.MarshalText()
			require.NoError(t, err)
			travelled, err := access.ParsePlan(text)
			require.NoError(t, err)
			for _, plan := range []access.Plan{review, review.Only(places(review)...), travelled} {
				require.Len(t, plan.Relationships, 1)
				require.Equal(t, c.Clock.Now().Add(want), plan.Relationships[0].Ends(c.Clock.Now()))
			}
			end := review.Relationships[0].Ends(c.Clock.Now())
			_, err = c.Manager.Apply(t.Context(), access.By("ann"), travelled)
			require.NoError(t, err)
			c.Clock.Set(end.Add(-time.Microsecond))
			require.Equal(t, relationship.Ending, c.Relationship("northwind", "lumen").PhaseAt(c.Clock.Now()))
			c.Clock.Set(end)
			require.Equal(t, relationship.Ended, c.Relationship("northwind", "lumen").PhaseAt(c.Clock.Now()))
		})
	}
	require.Zero(t, access.Transition{To: relationship.Active}.Ends(time.Now()))
}

// The client moves its limit while the review is looked at: that is relevant.
func TestOFF6_AMovedLimitIsADifference(t *testing.T) {
	c := deputies(t)
	review := c.plan(access.By("ann"), access.RemoveEmployees{Client: "lumen", All: true})
	c.Do(access.By("carla"), access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: c.Clock.Now().Add(accesstest.Day)})
	_, err := c.Manager.Apply(t.Context(), access.By("ann"), review)
	require.ErrorIs(t, err, access.ErrChanged)
}

func TestOFF6_AssetsAreListedAndCounted(t *testing.T) {
	c, _ := stocked(t)
	review := c.plan(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	require.Equal(t, []access.Asset{welcome, newsletter, prospects}, review.Assets())
	require.Equal(t, []access.AssetCount{{Type: "list", Count: 1}, {Type: "workflow", Count: 2}}, review.AssetCounts())
	require.Equal(t, []access.AssetCount{{Type: "workflow", Count: 2}}, review.Members[0].AssetCounts())
	some := review.Only(bobInUmbra)
	require.Equal(t, []access.Asset{prospects}, some.Assets())
	require.Empty(t, access.Plan{}.AssetCounts())
	pages := slices.Collect(slices.Chunk(review.Assets(), 2))
	require.Len(t, pages, 2)
}

// Several changes in one call may be about the same members, in any order: what
// they own is there once, and in order.
func TestOFF6_AssetsAreListedOnce(t *testing.T) {
	c, _ := stocked(t)
	one := c.plan(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	both := c.plan(access.By("ann"), access.All{
		access.DeactivateEmployees{Client: "umbra", Employees: []relationship.UserID{"bob"}},
		access.DeactivateEmployees{Client: "lumen", Employees: []relationship.UserID{"bob"}},
		access.RemoveEmployee{Employee: "bob", All: true},
	})
	require.Equal(t, one.Assets(), both.Assets())
	require.Equal(t, one.AssetCounts(), both.AssetCounts())
}

// The wizard of two HTTP requests: the first shows the review and sends the
// plan along as text, the second gets it back with what was ticked.
func ExamplePlan_wizard() {
	w := world(accesstest.WithAssets(workflows{{
		Place: access.Place{Client: "lumen", User: "bob"}, ID: "w7", Type: "workflow", Name: "Newsletter",
	}}))
	w.AddEmployee("bob", "support", "tickets.view.own")
	ctx, ann := context.Background(), access.By("ann")

	// The first request.
	review, err := w.Manager.Plan(ctx, ann, access.RemoveEmployees{Client: "lumen", All: true})
	if err != nil {
		panic(err)
	}
	for _, m := range review.Members {
		fmt.Println(m.Place, m.Before.Role, m.AssetCounts())
	}
	for _, t := range review.Relationships {
		fmt.Println("relationship:", t.To, "until", t.Ends(w.Clock.Now()).Format(time.DateOnly))
	}
	text, err := review.MarshalText()
	if err != nil {
		panic(err)
	}

	// The second request: only Bob is ticked.
	plan, err := access.ParsePlan(text)
	if err != nil {
		panic(err)
	}
	plan = plan.Only(access.Place{Client: "lumen", User: "bob"})
	fmt.Println("assets:", plan.Assets(), "relationships:", len(plan.Relationships))
	done, err := w.Manager.Apply(ctx, ann, plan)
	fmt.Println(done.Counts.Members, err)
	// Output:
	// "ann" in "lumen" partner admin []
	// "bob" in "lumen" standard [{workflow 1}]
	// relationship: ending until 2026-05-01
	// assets: [workflow "w7" "Newsletter"] relationships: 0
	// 1 <nil>
}
