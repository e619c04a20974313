package access_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Races are short and many: 10,000 rounds in the full run, which belongs under
// -race (see theorem_test.go), and a few in a plain go test.
const (
	raceShort = 100
	raceFull  = 10_000
	// raceWorld is after how many rounds a new world is made.
	raceWorld = 250
)

// racer is one of those who act at once.
type racer struct {
	by     access.Call
	change access.Change
}

// atOnce lets everybody go at the same moment, and returns what each of them
// was answered.
func atOnce(racers ...func() error) []error {
	answers := make([]error, len(racers))
	start := make(chan struct{})
	var racing sync.WaitGroup
	for i, race := range racers {
		racing.Go(func() {
			<-start
			answers[i] = race()
		})
	}
	close(start)
	racing.Wait()
	return answers
}

// lastSuperAdminRaces are changes that would together take away the two super
// admins of a client, carla and sven. sven works for northwind, where ann is
// the head, and ann is partner admin of the client.
func lastSuperAdminRaces(client relationship.ClientID) [][]racer {
	carla, sven := access.By("carla"), access.By("sven")
	head, employee := access.By("ann").At("northwind"), access.By("sven").At("northwind")
	clients := []relationship.ClientID{client}
	return [][]racer{
		// From the client's side alone: each takes away the other, or themselves.
		{{carla, access.RemoveMember{Client: client, User: "sven"}}, {sven, access.RemoveMember{Client: client, User: "carla"}}},
		{{carla, access.LowerSuperAdmin{Client: client, User: "carla"}}, {sven, access.LowerSuperAdmin{Client: client, User: "sven"}}},
		{{carla, access.DeactivateMember{Client: client, User: "carla"}}, {sven, access.RemoveMember{Client: client, User: "sven"}}},
		{{carla, access.LowerSuperAdmin{Client: client, User: "sven"}}, {sven, access.DeactivateMember{Client: client, User: "carla"}}},
		{{carla, access.ChangeToPartnerAdmin{Client: client, User: "sven", Partner: "northwind"}},
			{sven, access.RemoveMember{Client: client, User: "carla"}}},
		// From both sides.
		{{head, access.RemoveEmployee{Employee: "sven", Clients: clients}}, {carla, access.RemoveMember{Client: client, User: "carla"}}},
		{{head, access.DeactivateEmployees{Client: client, Employees: []relationship.UserID{"sven"}}},
			{sven, access.LowerSuperAdmin{Client: client, User: "carla"}}},
		{{head, access.ChangeSuperAdmins{Client: client, Employees: []access.SuperAdminChoice{{Employee: "sven"}}}},
			{carla, access.DeactivateMember{Client: client, User: "carla"}}},
		{{employee, access.BecomePartnerAdmin{Client: client}}, {carla, access.LowerSuperAdmin{Client: client, User: "carla"}}},
		// Three at once, of which two are about the same one.
		{{head, access.DeactivateEmployee{Employee: "sven", Clients: clients}}, {employee, access.BecomePartnerAdmin{Client: client}},
			{carla, access.RemoveMember{Client: client, User: "carla"}}},
	}
}

func TestOFF8_RaceForTheLastSuperAdmin(t *testing.T) {
	var w *accesstest.World
	won := map[string]int{}
	for round := range theoremSize(raceShort, raceFull) {
		if round%raceWorld == 0 {
			w = newRaceWorld(t)
		}
		client := relationship.ClientID(fmt.Sprintf("client %d", round))
		w.Do(access.Host(), access.CreateClient{ID: client, Name: string(client), SuperAdmin: "carla"})
		w.Do(access.By("carla"), access.All{
			access.AddMember{Client: client, User: "sven"}, access.MakeSuperAdmin{Client: client, User: "sven"},
			access.MakePartnerAdmin{Client: client, Partner: "northwind", Employee: "ann"},
		})
		races := lastSuperAdminRaces(client)
		racers := races[round%len(races)]
		answers := atOnce(raceAll(t, w, racers, round/len(races)%2 == 1)...)

		account, _ := storage.Get[relationship.Client](w.Store.Snapshot(), relationship.ClientKey(client))
		require.Positive(t, account.SuperAdmins, "round %d: %v", round, answers)
		takenAway := 0
		for i, err := range answers {
			if err == nil {
				takenAway++
				won[fmt.Sprintf("%T", racers[i].change)]++
				continue
			}
			// Refused for the rule itself; or as a stranger, once the other has
			// taken the actor's place away; or because the plan is no longer true.
			require.True(t, errors.Is(err, access.ErrLastSuperAdmin) || errors.Is(err, access.ErrNotAllowed) ||
				errors.Is(err, access.ErrNotSuperAdmin) || errors.Is(err, access.ErrDeactivated) ||
				errors.Is(err, access.ErrChanged), "round %d: %v", round, err)
		}
		if len(racers) == 2 {
			require.Equal(t, 1, takenAway, "round %d: one of the two wins: %v", round, answers)
		}
	}
	t.Logf("who won: %v", won)
}

// newRaceWorld has northwind with ann and sven, and carla.
func newRaceWorld(t *testing.T) *accesstest.World {
	t.Helper()
	w := accesstest.New(t, accesstest.Empty(), accesstest.WithCatalog(theoremCatalog()))
	for user, domain := range map[relationship.UserID]string{
		"ann": "northwind.example", "sven": "northwind.example", "bob": "northwind.example", "carla": "lumen.example",
	} {
		w.User(user, domain)
	}
	w.Do(access.Host(), access.CreatePartner{ID: "northwind", Name: "Northwind", Kind: relationship.Provider,
		Domains: []string{"northwind.example"}, SuperAdmin: "ann"})
	for _, user := range []relationship.UserID{"sven", "bob"} {
		w.Do(access.By("ann"), access.AddEmployee{Employee: user, Kind: relationship.Staff, View: true, Edit: true})
	}
	return w
}

// raceAll makes each change directly, or plans all of them first and applies
// the plans at once.
func raceAll(t *testing.T, w *accesstest.World, racers []racer, planned bool) []func() error {
	t.Helper()
	var all []func() error
	ctx := context.Background()
	for _, r := range racers {
		plan, err := w.Manager.Plan(ctx, r.by, r.change)
		require.NoError(t, err)
		all = append(all, func() error {
			if planned {
				_, err := w.Manager.Apply(ctx, r.by, plan)
				return err
			}
			_, err := w.Manager.Do(ctx, r.by, r.change)
			return err
		})
	}
	return all
}

// One link is approved, revoked and rotated twice, all at once. Whoever ended
// the link did so once, and nobody was let in by it afterwards.
func TestLINK6_RaceToApproveRevokeAndRotate(t *testing.T) {
	var w *accesstest.World
	outcomes := map[string]int{}
	ctx, ann := context.Background(), access.By("ann")
	for round := range theoremSize(raceShort, raceFull) {
		if round%raceWorld == 0 {
			w = newRaceWorld(t)
		}
		client := relationship.ClientID(fmt.Sprintf("client %d", round))
		w.Do(access.Host(), access.CreateClient{ID: client, Name: string(client), SuperAdmin: "carla"})
		link := w.Issue(ann, "bob")
		withRevoke := round%2 == 0
		var approved, revoked access.Result
		var rotated [2]access.IssuedLink
		answers := atOnce(
			func() (err error) {
				approved, err = w.Manager.Do(ctx, access.By("carla"), access.ApproveLink{Client: client, Secret: link.Secret})
				return err
			},
			func() (err error) { rotated[0], err = w.Manager.RotateLink(ctx, ann, link.Selector); return err },
			func() (err error) {
				rotated[1], err = w.Manager.RotateLink(ctx, access.By("sven"), link.Selector)
				return err
			},
			func() (err error) {
				if withRevoke {
					revoked, err = w.Manager.Do(ctx, ann, access.RevokeLink{Selector: link.Selector})
				}
				return err
			},
		)

		// Who ended the link, and at which revision?
		var ends []storage.Revision
		for i, err := range answers[1:3] {
			if err == nil {
				ends = append(ends, rotated[i].Revision)
				outcomes["rotated"]++
				plant(t, rotated[i].Secret)
				requireRotated(t, w, client, link, rotated[i])
			} else {
				require.ErrorIs(t, err, access.ErrLink)
			}
		}
		require.NoError(t, answers[3], "revoking twice is no error")
		if revoked.Changed {
			ends = append(ends, revoked.Revision)
			outcomes["revoked"]++
		}
		require.Len(t, ends, 1, "round %d: the link ends once", round)
		if answers[0] == nil {
			require.True(t, approved.Changed)
			require.Less(t, approved.Revision, ends[0], "round %d: approved by a link that was no longer good", round)
			require.Equal(t, relationship.PartnerAdmin, w.Member(client, "bob").Role)
			outcomes["approved before"]++
		} else {
			require.ErrorIs(t, answers[0], access.ErrLink)
			outcomes["approved too late"]++
		}
	}
	t.Logf("%v", outcomes)
}

// requireRotated checks that the old link opens nothing and the new one does.
func requireRotated(t *testing.T, w *accesstest.World, client relationship.ClientID, old, rotated access.IssuedLink) {
	t.Helper()
	_, err := w.Manager.OpenLink(context.Background(), access.By("carla"), client, old.Secret)
	require.ErrorIs(t, err, access.ErrLink)
	_, err = w.Manager.OpenLink(context.Background(), access.By("carla"), client, rotated.Secret)
	require.NoError(t, err)
}
