package access_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
)

// inventory is a host that knows who owns what. It answers in no order, and
// about the places asked for, unless told otherwise.
type inventory struct {
	owned  []access.Asset
	stray  []access.Asset // named whether or not anybody asked
	err    error
	asked  [][]access.Place
	during func() // happens while the host is being asked
}

// OwnedAt implements access.Assets.
func (i *inventory) OwnedAt(_ context.Context, places []access.Place) ([]access.Asset, error) {
	i.asked = append(i.asked, slices.Clone(places))
	if i.during != nil {
		i.during()
	}
	answer := slices.Clone(i.stray)
	for _, asset := range i.owned {
		if slices.Contains(places, asset.Place) {
			answer = append(answer, asset)
		}
	}
	clear(places) // the slice is the host's own
	return answer, i.err
}

var (
	bobInLumen = access.Place{Client: "lumen", User: "bob"}
	bobInUmbra = access.Place{Client: "umbra", User: "bob"}
	eveInLumen = access.Place{Client: "lumen", User: "eve"}

	newsletter = access.Asset{Place: bobInLumen, ID: "w7", Type: "workflow", Name: "Newsletter"}
	welcome    = access.Asset{Place: bobInLumen, ID: "w2", Type: "workflow", Name: "Welcome"}
	prospects  = access.Asset{Place: bobInUmbra, ID: "l1", Type: "list", Name: "Prospects"}
	quarter    = access.Asset{Place: eveInLumen, ID: "r9", Type: "report", Name: "Quarter"}
)

// stocked is a play in which bob, of Lumen and Umbra, and eve, of Lumen, own
// something.
func stocked(t *testing.T) (cast, *inventory) {
	host := &inventory{owned: []access.Asset{newsletter, quarter, prospects, welcome}}
	c := newCast(t, accesstest.WithAssets(host))
	c.client("umbra", "ulla")
	c.AddEmployee("bob", "support", "reports.view")
	c.AddEmployee("eve", "helper", "reports.view")
	c.Do(access.By("ann"), access.LinkClients{Employee: "bob", Clients: accounts("umbra"), Template: "support"})
	require.Empty(t, host.asked, "adding concerns no assets")
	return c, host
}

// assetsOf are the assets that are told of, by place.
func assetsOf(effects access.Effects) map[access.Place][]access.Asset {
	told := map[access.Place][]access.Asset{}
	for _, member := range effects.Members {
		told[member.Place] = member.Assets
	}
	return told
}

func TestOFF6_AReviewShowsEveryAssetOwnedThere(t *testing.T) {
	c, host := stocked(t)
	for _, change := range []access.Change{access.RemoveEmployee{Employee: "bob", All: true}, access.DeactivateEmployee{Employee: "bob", All: true}} {
		require.Equal(t, map[access.Place][]access.Asset{bobInLumen: {welcome, newsletter}, bobInUmbra: {prospects}},
			assetsOf(c.plan(access.By("ann"), change).Effects))
		require.Equal(t, []access.Place{bobInLumen, bobInUmbra}, host.asked[len(host.asked)-1])
	}
	review := c.plan(access.By("ann"), access.RemoveEmployees{Client: "lumen", All: true})
	require.Equal(t, map[access.Place][]access.Asset{
		{Client: "lumen", User: "ann"}: nil, bobInLumen: {welcome, newsletter}, eveInLumen: {quarter},
	}, assetsOf(review.Effects))
	require.Contains(t, review.String(), `owns report "r9" "Quarter"`)
}

// Every change that takes somebody out is reviewed, whoever makes it.
func TestOFF6_TheOtherWaysOutShowAssetsToo(t *testing.T) {
	c, _ := stocked(t)
	both := map[access.Place][]access.Asset{bobInLumen: {welcome, newsletter}, bobInUmbra: {prospects}}
	one := map[access.Place][]access.Asset{bobInLumen: {welcome, newsletter}}
	require.Equal(t, both, assetsOf(c.plan(access.By("ann"), access.EndEmployment{Employee: "bob"}).Effects))
	require.Equal(t, one, assetsOf(c.plan(access.By("carla"), access.RemoveMember{Client: "lumen", User: "bob"}).Effects))
	require.Equal(t, one, assetsOf(c.plan(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "bob"}).Effects))
	require.Equal(t, both, assetsOf(c.plan(access.By("ann"), access.All{
		access.DeactivateEmployee{Employee: "bob", Clients: accounts("umbra")},
		access.RemoveEmployee{Employee: "bob", Clients: accounts("lumen")},
	}).Effects))
}

func TestOFF6_TheResultTellsWhatWasReviewed(t *testing.T) {
	c, _ := stocked(t)
	review := c.plan(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	done, err := c.Manager.Apply(context.Background(), access.By("ann"), review)
	require.NoError(t, err)
	require.Equal(t, assetsOf(review.Effects), assetsOf(done.Effects))

	require.Equal(t, map[access.Place][]access.Asset{eveInLumen: {quarter}},
		assetsOf(c.Do(access.By("ann"), access.RemoveEmployee{Employee: "eve", All: true}).Effects))
}

func TestOFF6_OnlyTheTickedAreAskedAboutAgain(t *testing.T) {
	c, host := stocked(t)
	review := c.plan(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true}).Only(bobInLumen)
	host.asked, host.owned = nil, []access.Asset{newsletter, welcome} // in Umbra nothing is left
	done, err := c.Manager.Apply(context.Background(), access.By("ann"), review)
	require.NoError(t, err)
	require.Equal(t, [][]access.Place{{bobInLumen}}, host.asked)
	require.Equal(t, map[access.Place][]access.Asset{bobInLumen: {welcome, newsletter}}, assetsOf(done.Effects))
	require.NotZero(t, c.Member("umbra", "bob"))
}

func TestOFF6_WhenTheHostsAssetsChangedNothingHappens(t *testing.T) {
	renamed := newsletter
	renamed.Name = "Weekly"
	for name, owned := range map[string][]access.Asset{
		"one more":  {newsletter, welcome, prospects, {Place: bobInUmbra, ID: "l2", Type: "list", Name: "Leads"}},
		"one less":  {newsletter, prospects},
		"renamed":   {renamed, welcome, prospects},
		"elsewhere": {newsletter, welcome, {Place: bobInLumen, ID: "l1", Type: "list", Name: "Prospects"}},
	} {
		for _, change := range []access.Change{access.RemoveEmployee{Employee: "bob", All: true}, access.DeactivateEmployee{Employee: "bob", All: true}} {
			t.Run(name, func(t *testing.T) {
				c, host := stocked(t)
				review := c.plan(access.By("ann"), change)
				before := c.Store.Snapshot().Revision()
				host.owned = owned
				_, err := c.Manager.Apply(context.Background(), access.By("ann"), review)
				require.ErrorIs(t, err, access.ErrChanged)
				require.Equal(t, before, c.Store.Snapshot().Revision())
				require.True(t, c.may("bob", "reports.view"))
			})
		}
	}
}

// The order in which the host answers is not a difference.
func TestOFF6_TheHostAnswersInAnyOrder(t *testing.T) {
	c, host := stocked(t)
	review := c.plan(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	slices.Reverse(host.owned)
	_, err := c.Manager.Apply(context.Background(), access.By("ann"), review)
	require.NoError(t, err)
}

func TestOFF6_AHostThatFailsRefusesTheCall(t *testing.T) {
	lost := errors.New("inventory is down")
	for name, spoil := range map[string]func(*inventory){
		"an error":                    func(i *inventory) { i.err = lost },
		"an error beside an answer":   func(i *inventory) { i.err, i.stray = lost, []access.Asset{newsletter} },
		"a place that was not asked":  func(i *inventory) { i.stray = []access.Asset{quarter} },
		"a place that does not exist": func(i *inventory) { i.stray = []access.Asset{{ID: "x", Type: "list"}} },
	} {
		t.Run(name, func(t *testing.T) {
			c, host := stocked(t)
			change := access.RemoveEmployee{Employee: "bob", All: true}
			review := c.plan(access.By("ann"), change)
			spoil(host)
			err := c.deny(access.By("ann"), change, access.ErrAssets)
			if host.err != nil {
				require.ErrorIs(t, err, lost)
			}
			_, err = c.Manager.Plan(context.Background(), access.By("ann"), change)
			require.ErrorIs(t, err, access.ErrAssets)
			_, err = c.Manager.Apply(context.Background(), access.By("ann"), review)
			require.ErrorIs(t, err, access.ErrAssets)
			require.NotZero(t, c.lumen("bob"))

			c.Do(access.By("ann"), access.ChangeEmployeePermissions{Client: "lumen", Employee: "bob", Add: []string{"crm.views.edit"}})
		})
	}
}

// The host is asked outside the transaction: it may take its time, and what
// is changed meanwhile is seen.
func TestOFF6_SomebodyActsWhileTheHostIsAsked(t *testing.T) {
	c, host := stocked(t)
	review := c.plan(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	once := func(change access.Change) func() {
		return func() {
			host.during = nil
			c.Do(access.By("ulla"), change)
		}
	}
	host.during = once(access.RemoveMember{Client: "umbra", User: "bob"})
	_, err := c.Manager.Apply(context.Background(), access.By("ann"), review)
	require.ErrorIs(t, err, access.ErrChanged)
	require.NotZero(t, c.lumen("bob"))

	// Do asks about whoever comes to be concerned. The client lets bob in
	// again, and he is removed there too, with what he owns.
	host.during = once(access.MakePartnerAdmin{Client: "umbra", Partner: "northwind", Employee: "bob"})
	done := c.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})
	require.Equal(t, map[access.Place][]access.Asset{bobInLumen: {welcome, newsletter}, bobInUmbra: {prospects}}, assetsOf(done.Effects))
}

// A refused call does not bother the host.
func TestOFF6_TheActorIsAskedForBeforeTheHost(t *testing.T) {
	c, host := stocked(t)
	c.deny(access.By("bob"), access.RemoveEmployee{Employee: "eve", All: true}, access.ErrNotAllowed, "bob")
	c.deny(access.By("ann"), access.RemoveMember{Client: "lumen", User: "eve"}, access.ErrNotAllowed, "ann")
	require.Empty(t, host.asked)
}
