package access_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// TestLIM5_LoweringNeverWidens lowers one input after the other in random
// worlds, and compares all answers before and after: those of today, and those
// that would be given later if nothing else happened.
//
// One gain is no widening by LIM-5: who stops being super admin and is managed
// from then on has the partner seat by ADM-4, "the seat apart" (MIG-4).
func TestLIM5_LoweringNeverWidens(t *testing.T) {
	t.Parallel()
	worlds := 10
	if fullRun() {
		worlds = 3000
	}
	lowered, narrowed := map[string]int{}, map[string]int{}
	for seed := range uint64(worlds) {
		w := newRandomWorld(t, 1000+seed)
		for range 4 {
			for range 6 {
				w.step()
			}
			for range 8 {
				lower, before := oneOf(w, w.lowerings()), w.answers()
				if !w.try(lower.call, lower.change) {
					continue
				}
				lowered[lower.what]++
				if w.narrower(seed, lower, before, w.answers()) {
					narrowed[lower.what]++
				}
			}
		}
	}
	t.Logf("done, by kind of lowering: %v", lowered)
	t.Logf("of which took something away: %v", narrowed)
	require.NotEmpty(t, narrowed)
	if fullRun() {
		for what := range lowered {
			require.True(t, narrowed[what] > 0 || what == "due ends written down", "it never took anything away: %s", what)
		}
	}
}

// lowering is a change that only takes away.
type lowering struct {
	what   string
	call   access.Call
	change access.Change
}

// answerKey is one question: later than now by a while.
type answerKey struct {
	access.Place
	later time.Duration
}

var laterOn = []time.Duration{0, time.Hour, 2 * accesstest.Day, 25 * accesstest.Day, 62 * accesstest.Day}

// answers are the answers to all questions, now and later.
func (w *randomWorld) answers() map[answerKey]permset.Set {
	all := map[answerKey]permset.Set{}
	now := w.clock.Now()
	for _, later := range laterOn {
		w.clock.Set(now.Add(later))
		for _, client := range randomClients {
			for _, user := range randomUsers {
				all[answerKey{access.Place{Client: client, User: user}, later}] = w.manager.Permissions(user, client)
			}
		}
	}
	w.clock.Set(now)
	return all
}

// narrower fails where an answer has grown, and tells whether one has shrunk.
func (w *randomWorld) narrower(seed uint64, lower lowering, before, after map[answerKey]permset.Set) bool {
	shrunk := false
	for at, was := range before {
		gained := after[at].Minus(was)
		member, _ := storage.Get[relationship.Member](w.store.Snapshot(), relationship.MemberKey(at.Client, at.User))
		if lower.what == "role" && member.Managed() {
			gained = gained.Minus(smallCatalog().Marked(permset.Paid))
		}
		if !gained.IsEmpty() {
			w.t.Fatalf("seed %d: after %#v by %s, %s may use %s in %s", seed, lower.change, lower.call, at.Place, gained, at.later)
		}
		shrunk = shrunk || after[at] != was
	}
	return shrunk
}

// lowerings are what can be lowered now.
func (w *randomWorld) lowerings() []lowering {
	client, partner := oneOf(w, randomClients), oneOf(w, randomPartners)
	user := w.someone(client)
	one := []relationship.UserID{user}
	side, admin, boss, host := w.clientSide(client), w.partnerAdmin(client), w.partnerSide(), access.Host()
	list := []lowering{
		{"set", side, access.ChangeMemberPermissions{Client: client, User: user, Remove: w.permissions()}},
		{"set", admin, access.ChangeEmployeePermissions{Client: client, Employee: user, Remove: w.permissions()}},
		{"role", side, access.LowerSuperAdmin{Client: client, User: user, Permissions: w.permissions()}},
		{"role", side, access.ChangeToPartnerAdmin{Client: client, User: user, Partner: partner, KeepBilling: true}},
		{"seat", side, access.SetSeat{Client: client, User: user}},
		{"status", side, access.DeactivateMember{Client: client, User: user}},
		{"status", side, access.RemoveMember{Client: client, User: user}},
		{"status", boss, access.DeactivateEmployee{Employee: user, All: true}},
		{"status", boss, access.RemoveEmployee{Employee: user, All: true}},
		{"status", boss, access.DeactivateEmployees{Client: client, All: true}},
		{"status", boss, access.RemoveEmployees{Client: client, Employees: one}},
		{"employee", boss, access.SuspendEmployee{Employee: user}},
		{"employee", boss, access.ChangeEmployee{Employee: user, Kind: relationship.Contractor}},
		{"partner", host, access.SetPartnerKind{Partner: partner, Kind: "association"}},
		{"partner", host, access.SetPartnerDomains{Partner: partner}},
		{"address", host, access.ChangeUser{ID: user, Name: "U", Email: string(user) + "@nobody.example"}},
		{"due ends written down", side, access.UnpauseMember{Client: client, User: "nobody"}},
	}
	list = append(list, w.ceilingsLowered(client, partner, side)...)
	list = append(list, w.paused(client, partner, user, side, boss)...)
	list = append(list, w.shortened(client, partner, user, side, admin)...)
	if w.chance(6) {
		list = append(list, lowering{"employee", boss, access.EndEmployment{Employee: user}},
			lowering{"partner", host, access.ClosePartner{Partner: partner}},
			lowering{"client", host, access.CloseClient{Client: client}})
	}
	return list
}

// ceilingsLowered: a ceiling where there was none, or one within the old one.
func (w *randomWorld) ceilingsLowered(client relationship.ClientID, partner relationship.PartnerID, side access.Call) []lowering {
	terms, _ := storage.Get[relationship.Terms](w.store.Snapshot(), relationship.TermsKey(client, partner))
	ceiling := w.permissions()
	if terms.HasCeiling {
		ceiling = slices.DeleteFunc(ceiling, func(name string) bool { return !terms.Ceiling.Has(name) })
	}
	return []lowering{{"ceiling", side, access.SetCeiling{Client: client, Partner: partner, Permissions: ceiling}}}
}

// paused: a pause where there is none. Pausing anew could be shortening one.
func (w *randomWorld) paused(client relationship.ClientID, partner relationship.PartnerID, user relationship.UserID,
	side, boss access.Call) (list []lowering) {
	r := w.store.Snapshot()
	if terms, _ := storage.Get[relationship.Terms](r, relationship.TermsKey(client, partner)); !terms.Pause.On {
		list = append(list, lowering{"pause", side, access.PausePartner{Client: client, Partner: partner, Until: w.perhaps()}})
	}
	if standing, _ := storage.Get[relationship.Standing](r, relationship.StandingKey(client, user)); !standing.Pause.On {
		list = append(list, lowering{"pause", side, access.PauseMember{Client: client, User: user, Until: w.perhaps()}})
	}
	on := func(e relationship.Employee) bool { return e.User == user && e.Pause.On }
	if !slices.ContainsFunc(everyRecord[relationship.Employee](r, relationship.KindEmployee), on) {
		list = append(list, lowering{"pause", boss, access.PauseEmployee{Employee: user, Until: w.perhaps()}})
	}
	return list
}

// shortened: an end before the one that counts now.
func (w *randomWorld) shortened(client relationship.ClientID, partner relationship.PartnerID, user relationship.UserID,
	side, admin access.Call) (list []lowering) {
	r, end := w.store.Snapshot(), relationship.EndInstant(w.later())
	m, isMember := storage.Get[relationship.Member](r, relationship.MemberKey(client, user))
	terms, _ := storage.Get[relationship.Terms](r, relationship.TermsKey(client, m.Manager))
	if until := m.Until(terms); isMember && (until.IsZero() || end.Before(until)) {
		list = append(list, lowering{"end", side, access.SetMemberEnd{Client: client, User: user, End: end}},
			lowering{"end", admin, access.RenewEmployees{Client: client, Employees: []relationship.UserID{user}, End: end}})
	}
	rel, _ := storage.Get[relationship.Relationship](r, relationship.RelationshipKey(partner, client))
	if rel.Limit.IsZero() || end.Before(rel.Limit) {
		list = append(list, lowering{"end", side, access.SetRelationshipEnd{Client: client, Partner: partner, End: end}})
	}
	terms, _ = storage.Get[relationship.Terms](r, relationship.TermsKey(client, partner))
	if terms.Longest == 0 || terms.Longest > time.Hour {
		longest := access.SetLongestMembership{Client: client, Partner: partner, Longest: time.Hour}
		list = append(list, lowering{"end", side, longest})
	}
	return list
}

// TestLIM1_RaisingGivesBackExactlyWhatWasThere lowers a ceiling in random
// worlds, down to nothing in steps, and puts it back: every answer is what it
// was, and no member's record was touched.
func TestLIM1_RaisingGivesBackExactlyWhatWasThere(t *testing.T) {
	t.Parallel()
	worlds, cut := 4, 0
	if fullRun() {
		worlds = 1000
	}
	for seed := range uint64(worlds) {
		w := newRandomWorld(t, 5000+seed)
		for range 20 {
			w.step()
		}
		for _, client := range randomClients {
			for _, partner := range randomPartners {
				side := w.clientSide(client)
				_, err := w.manager.Sweep(context.Background()) // what is over is written down by whatever comes next
				require.NoError(t, err)
				terms, _ := storage.Get[relationship.Terms](w.store.Snapshot(), relationship.TermsKey(client, partner))
				before, members := w.answers(), everyRecord[relationship.Member](w.store.Snapshot(), relationship.KindMember)
				if !w.try(side, access.SetCeiling{Client: client, Partner: partner, Permissions: nil}) {
					continue
				}
				if !sameAnswers(before, w.answers()) {
					cut++
				}
				var back access.Change = access.LiftCeiling{Client: client, Partner: partner}
				if terms.HasCeiling {
					back = access.SetCeiling{Client: client, Partner: partner, Permissions: terms.Ceiling.Slice()}
				}
				_, err = w.manager.Do(context.Background(), side, back)
				require.NoError(t, err)
				require.True(t, sameAnswers(before, w.answers()), "seed %d: %s for %s", seed, client, partner)
				require.Equal(t, members, everyRecord[relationship.Member](w.store.Snapshot(), relationship.KindMember))
			}
		}
	}
	require.NotZero(t, cut, "no ceiling ever cut anything")
}

func sameAnswers(a, b map[answerKey]permset.Set) bool {
	for at := range a {
		if a[at] != b[at] {
			return false
		}
	}
	return true
}
