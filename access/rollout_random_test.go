package access_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// TestPSET4_RollingOutIsChangingMemberByMember: in random worlds, everybody
// rolls out every template, and what is planned for each member is what
// ChangeTemplate by the same actor would do with that member alone; whom it is
// refused for is skipped, with the words of the refusal; nobody is left out.
// Then it is done, and leaves just that.
func TestPSET4_RollingOutIsChangingMemberByMember(t *testing.T) {
	t.Parallel()
	worlds := 60
	if fullRun() {
		worlds = 1500
	}
	seen := map[string]int{}
	for seed := range uint64(worlds) {
		w := newRandomWorld(t, 20_000+seed)
		for range 8 {
			for range 3 {
				w.step()
			}
			w.try(w.partnerSide(), access.EditTemplate{Name: oneOf(w, []string{"one", "two"}), Permissions: w.permissions()})
			rolloutAgrees(w, seen)
		}
	}
	t.Logf("%v", seen)
	for _, what := range []string{"changed", "held back", "as it is", "refused", "done"} {
		require.Positive(t, seen[what], what)
	}
}

// rolloutAgrees compares the plans of all who may call, and has one of them do
// theirs.
func rolloutAgrees(w *randomWorld, seen map[string]int) {
	w.t.Helper()
	employees := everyRecord[relationship.Employee](w.store.Snapshot(), relationship.KindEmployee)
	for _, template := range []string{"one", "two", relationship.PartnerAdminTemplate} {
		for _, employee := range employees {
			by := access.By(employee.User).At(employee.Partner)
			plan, err := w.manager.Plan(context.Background(), by, access.RollOutTemplate{Name: template, All: true})
			if err != nil {
				require.True(w.t, !employee.HasAccess() || !employee.ActiveAt(w.now()) || w.rolloutPartnerClosed(employee.Partner), "%v", err)
				continue
			}
			told := 0
			for _, place := range w.rolloutUsers(employee.Partner, template) {
				told++
				got, inPlan := plan.Member(place.Client, place.User)
				why := rolloutSkipped(plan.Effects, place.Client, place.User)
				require.NotEqual(w.t, inPlan, why != "", "%s has one outcome", place)
				alone, err := w.manager.Plan(context.Background(), by, access.ChangeTemplate{
					Client: place.Client, Employees: []relationship.UserID{place.User}, Template: template,
				})
				want, changes := alone.Member(place.Client, place.User)
				switch {
				case err != nil:
					require.Equal(w.t, err.Error(), why)
					seen["refused"]++
				case changes:
					require.Equal(w.t, want, got)
					if want.Before != want.After {
						seen["changed"]++
					} else {
						seen["held back"]++
					}
				default:
					require.Equal(w.t, "they have it as it is (PSET-4)", why)
					seen["as it is"]++
				}
			}
			require.Equal(w.t, told, len(plan.Members)+len(plan.Skipped), "nobody else is told of")
			if len(plan.Members) > 0 && w.chance(4) {
				done, err := w.manager.Apply(context.Background(), by, plan)
				require.NoError(w.t, err)
				require.Equal(w.t, plan.Effects, done.Effects)
				seen["done"]++
			}
		}
	}
}

// rolloutUsers looks through all members.
func (w *randomWorld) rolloutUsers(partner relationship.PartnerID, template string) []access.Place {
	r := w.store.Snapshot()
	var over []relationship.ClientID
	for _, rel := range everyRecord[relationship.Relationship](r, relationship.KindRelationship) {
		if rel.Partner == partner && rel.DueAt(w.now()) {
			over = append(over, rel.Client)
		}
	}
	var users []access.Place
	for _, m := range everyRecord[relationship.Member](r, relationship.KindMember) {
		if m.Manager == partner && m.Template == template && !slices.Contains(over, m.Client) {
			users = append(users, access.Place{Client: m.Client, User: m.User})
		}
	}
	return users
}

func (w *randomWorld) rolloutPartnerClosed(id relationship.PartnerID) bool {
	for _, partner := range everyRecord[relationship.Partner](w.store.Snapshot(), relationship.KindPartner) {
		if partner.ID == id {
			return partner.Closed
		}
	}
	return true
}
