package access_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// askManyCast has, in lumen: ann and bob of northwind, sue of southwind, carla
// and sven, olga, who may add and edit users, and otto, who may not. nina of
// northwind has no Client Access Manager access, dan has it and is no member,
// and both works for both partners. carl has umbra, where nobody else is.
func askManyCast(t *testing.T, options ...accesstest.Option) *accesstest.World {
	w := accesstest.New(t, options...)
	w.AddEmployee("bob", "support", crm.ReportsView)
	w.Employee("nina")
	for _, user := range []relationship.UserID{"dan", "olga", "otto", "sue", "both", "carl", "zoe"} {
		w.User(user, "elsewhere.example")
	}
	side := access.By(accesstest.SuperAdmin)
	w.Do(side, access.AddMember{Client: "lumen", User: "olga", Permissions: []string{crm.AccountUsersEdit}})
	w.Do(side, access.AddMember{Client: "lumen", User: "otto", Permissions: []string{crm.ReportsView}})
	w.Do(access.Host(), access.CreatePartner{ID: "southwind", Name: "Southwind", Kind: relationship.Provider, SuperAdmin: "sue"})
	w.Do(side, access.MakePartnerAdmin{Client: "lumen", Partner: "southwind", Employee: "sue"})
	w.Do(access.Host(), access.CreateClient{ID: "umbra", Name: "Umbra", SuperAdmin: "carl"})
	for _, by := range []relationship.UserID{"ann", "sue"} {
		w.Do(access.By(by), access.AddEmployee{Employee: "both", Kind: relationship.Contractor, View: true, Edit: true})
	}
	w.Do(access.By("ann"), access.AddEmployee{Employee: "dan", Kind: relationship.Staff, View: true, Edit: true})
	return w
}

// TestASK3_WhoMayAskWhoCan: the client's side and the host see everybody, a
// partner sees its own.
func TestASK3_WhoMayAskWhoCan(t *testing.T) {
	w := askManyCast(t)
	view := w.Permission(crm.ReportsView)
	everybody := []relationship.UserID{"ann", "bob", "carla", "otto", "sue", "sven"}
	for _, c := range []struct {
		viewer access.Call
		sees   []relationship.UserID
		why    string
	}{
		{access.Host(), everybody, "the host"},
		{access.By("carla"), everybody, "a super admin of the client"},
		{access.By("olga"), everybody, "an own user who may add and edit users"},
		{access.By("ann"), []relationship.UserID{"ann", "bob"}, "of northwind, with access"},
		{access.By("dan").At("northwind"), []relationship.UserID{"ann", "bob"}, "the same, and no member themselves"},
		{access.By("sue"), []relationship.UserID{"sue"}, "of southwind"},
		{access.By("both").At("southwind"), []relationship.UserID{"sue"}, "of both, for southwind"},

		{access.By("both"), nil, "of both, and does not say for which"},
		{access.By("bob"), nil, "a member without any of this"},
		{access.By("otto"), nil, "an own user who may not add and edit users"},
		{access.By("nina"), nil, "an employee without access"},
		{access.By("carl"), nil, "a super admin of another client"},
		{access.By("carla").At("northwind"), nil, "acting for a partner that they are not of"},
		{access.By("zoe"), nil, "a stranger"},
		{access.By("nobody"), nil, "nobody"},
	} {
		page, err := w.Manager.WhoCan(c.viewer, "lumen", view, "", 10)
		if c.sees == nil {
			require.ErrorIs(t, err, access.ErrNotAllowed, c.why)
			require.Zero(t, page)
			continue
		}
		require.NoError(t, err, c.why)
		require.Equal(t, access.WhoPage{Users: c.sees, Revision: w.Store.Snapshot().Revision()}, page, c.why)
	}
}

// TestASK3_WhoMayAskWhereCan: the user and the host see every client, a
// partner those where it manages the user.
func TestASK3_WhoMayAskWhereCan(t *testing.T) {
	w := askManyCast(t)
	w.Do(access.By("carl"), access.AddMember{Client: "umbra", User: "both", Permissions: []string{crm.ReportsView}})
	w.Do(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: []relationship.UserID{"both"}, Template: "support"})
	view := w.Permission(crm.ReportsView)
	everywhere, none := []relationship.ClientID{"lumen", "umbra"}, []relationship.ClientID(nil)
	for _, c := range []struct {
		viewer access.Call
		may    bool
		sees   []relationship.ClientID
		why    string
	}{
		{access.Host(), true, everywhere, "the host"},
		{access.By("both"), true, everywhere, "the user themselves"},
		{access.By("ann"), true, everywhere[:1], "of the partner that manages the user in lumen"},
		{access.By("dan"), true, everywhere[:1], "the same, and no member"},
		{access.By("sue"), true, none, "of a partner that employs the user, and manages them nowhere"},
		{access.By("both").At("northwind"), true, everywhere[:1], "about themselves, for northwind"},

		{access.By("carla"), false, nil, "a super admin of one of the clients"},
		{access.By("nina"), false, nil, "an employee without access"},
		{access.By("zoe"), false, nil, "a stranger"},
		{access.By("both").At("nowhere"), false, nil, "about themselves, for a partner that is none"},
	} {
		page, err := w.Manager.WhereCan(c.viewer, "both", view, "", 10)
		if !c.may {
			require.ErrorIs(t, err, access.ErrNotAllowed, c.why)
			require.Zero(t, page)
			continue
		}
		require.NoError(t, err, c.why)
		require.Equal(t, access.WherePage{Clients: c.sees, Revision: w.Store.Snapshot().Revision()}, page, c.why)
	}
	w.Do(access.By("sue"), access.EndEmployment{Employee: "both"})
	_, err := w.Manager.WhereCan(access.By("sue"), "both", view, "", 10)
	require.ErrorIs(t, err, access.ErrNotAllowed, "who has left is none of theirs")
}

// TestASK3_OutsidersLearnNothing: whether what they name exists or not, the
// answer is the same, to the letter.
func TestASK3_OutsidersLearnNothing(t *testing.T) {
	w := askManyCast(t)
	view, unknown := w.Permission(crm.ReportsView), permset.Permission{}
	texts := map[string]bool{}
	note := func(err error) {
		require.ErrorIs(t, err, access.ErrNotAllowed)
		var refused *access.RefusedError
		require.ErrorAs(t, err, &refused)
		refused.User, refused.Client = "", ""
		texts[refused.Error()] = true
	}
	for _, viewer := range []access.Call{access.By("zoe"), access.By("nina"), access.By("otto"), access.By("ann").At("southwind"), access.By("both")} {
		for _, permission := range []permset.Permission{view, unknown} {
			for _, client := range []relationship.ClientID{"umbra", "umbro", ""} {
				_, err := w.Manager.WhoCan(viewer, client, permission, "", 1)
				note(err)
				for user, err := range w.Manager.AllWhoCan(viewer, client, permission) {
					require.Empty(t, user)
					note(err)
				}
			}
			for _, user := range []relationship.UserID{"carl", "karl", ""} {
				_, err := w.Manager.WhereCan(viewer, user, permission, "", 1)
				note(err)
				for client, err := range w.Manager.AllWhereCan(viewer, user, permission) {
					require.Empty(t, client)
					note(err)
				}
			}
		}
	}
	// An employee with access, of what is not their partner's.
	for _, client := range []relationship.ClientID{"umbra", "umbro"} {
		_, err := w.Manager.WhoCan(access.By("ann"), client, view, "", 1)
		note(err)
	}
	for _, user := range []relationship.UserID{"carl", "karl"} {
		_, err := w.Manager.WhereCan(access.By("ann"), user, view, "", 1)
		note(err)
	}
	require.Len(t, texts, 1)
}

// TestASK4_UnknownInWhoAndWhere: what is unknown is an error of its own, to
// those who may ask.
func TestASK4_UnknownInWhoAndWhere(t *testing.T) {
	w := askManyCast(t)
	view := w.Permission(crm.ReportsView)
	other, err := permset.NewCatalog(crm.Declaration())
	require.NoError(t, err)
	foreign, _ := other.Lookup(crm.ReportsView)
	for _, permission := range []permset.Permission{{}, foreign} {
		_, err = w.Manager.WhoCan(access.By("carla"), "lumen", permission, "", 1)
		require.ErrorIs(t, err, access.ErrUnknownPermission)
		_, err = w.Manager.WhereCan(access.By("bob"), "bob", permission, "", 1)
		require.ErrorIs(t, err, access.ErrUnknownPermission)
		decisions := w.Manager.CheckMany([]access.Question{{User: "carla", Client: "lumen", Permission: permission}})
		require.Equal(t, access.ReasonUnknownPermission, decisions[0].Reason())
	}
	_, err = w.Manager.WhoCan(access.Host(), "umbro", view, "", 1)
	require.ErrorIs(t, err, access.ErrUnknownClient)
	_, err = w.Manager.WhereCan(access.Host(), "karl", view, "", 1)
	require.ErrorIs(t, err, access.ErrUnknownUser)
	_, err = w.Manager.WhereCan(access.By("karl"), "karl", view, "", 1)
	require.ErrorIs(t, err, access.ErrUnknownUser)
	for _, size := range []int{0, -1} {
		_, err = w.Manager.WhoCan(access.Host(), "lumen", view, "", size)
		require.ErrorIs(t, err, access.ErrInvalid)
		_, err = w.Manager.WhereCan(access.Host(), "bob", view, "", size)
		require.ErrorIs(t, err, access.ErrInvalid)
	}
	_, err = w.Manager.WhoCan(access.Call{}, "lumen", view, "", 1)
	require.ErrorIs(t, err, access.ErrInvalid)
	_, err = w.Manager.WhereCan(access.Call{}, "", view, "", 1)
	require.ErrorIs(t, err, access.ErrInvalid)
	require.Empty(t, w.Manager.CheckMany(nil))
}

// TestPSET5_AnotherCatalogInManyQuestions: a Manager whose catalogue is no
// longer in force allows nothing, and finds nobody.
func TestPSET5_AnotherCatalogInManyQuestions(t *testing.T) {
	store := memdb.New()
	w := askManyCast(t, accesstest.WithStore(store))
	view := w.Permission(crm.ReportsView)
	declaration := crm.Declaration()
	declaration.Permissions = append(declaration.Permissions, permset.Declared{Name: "new.thing", Title: "New", Group: "New"})
	catalog, err := permset.NewCatalog(declaration)
	require.NoError(t, err)
	_, err = access.Open(t.Context(), store, access.Options{Catalog: catalog, Clock: w.Clock.Now})
	require.NoError(t, err)
	for _, viewer := range []access.Call{access.Host(), access.By("carla"), access.By("zoe")} {
		_, err = w.Manager.WhoCan(viewer, "lumen", view, "", 1)
		require.ErrorIs(t, err, access.ErrCatalog)
		_, err = w.Manager.WhereCan(viewer, "bob", view, "", 1)
		require.ErrorIs(t, err, access.ErrCatalog)
	}
	decisions := w.Manager.CheckMany([]access.Question{{User: "carla", Client: "lumen", Permission: view}})
	require.Equal(t, access.ReasonOtherCatalog, decisions[0].Reason())
	explained, err := w.Manager.Explain(access.Host(), "carla", "lumen", view)
	require.NoError(t, err)
	require.Equal(t, []access.Party{access.PartyHost}, explained.Conditions[len(explained.Conditions)-1].ChangeableBy)
}

// TestASK3_RaceAllAtOneRevision: what changes together is seen together, however
// the changes race with the questions. Exactly one of bob and otto can.
func TestASK3_RaceAllAtOneRevision(t *testing.T) {
	w := askManyCast(t)
	view := w.Permission(crm.ReportsView)
	w.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "otto"})
	var changes sync.WaitGroup
	changes.Go(func() {
		off, on := relationship.UserID("bob"), relationship.UserID("otto")
		for range 200 {
			_, err := w.Manager.Do(context.Background(), access.By("carla"), access.All{
				access.DeactivateMember{Client: "lumen", User: off}, access.ReactivateMember{Client: "lumen", User: on},
			})
			if err != nil {
				t.Error(err)
			}
			off, on = on, off
		}
	})
	for range 200 {
		decisions := w.Manager.CheckMany([]access.Question{
			{User: "bob", Client: "lumen", Permission: view}, {User: "otto", Client: "lumen", Permission: view},
		})
		require.Equal(t, decisions[0].Revision(), decisions[1].Revision())
		require.NotEqual(t, decisions[0].Allowed(), decisions[1].Allowed())
		found := 0
		for user, err := range w.Manager.AllWhoCan(access.Host(), "lumen", view) {
			require.NoError(t, err)
			if user == "bob" || user == "otto" {
				found++
			}
		}
		require.Equal(t, 1, found)
	}
	changes.Wait()
}

// TestASK3_PagesGoOnBehindAnId: also behind one who is gone, or never was;
// nobody comes twice, and who stays is not left out.
func TestASK3_PagesGoOnBehindAnId(t *testing.T) {
	w := askManyCast(t)
	view := w.Permission(crm.ReportsView)
	first, err := w.Manager.WhoCan(access.Host(), "lumen", view, "", 2)
	require.NoError(t, err)
	require.Equal(t, []relationship.UserID{"ann", "bob"}, first.Users)
	require.Equal(t, relationship.UserID("bob"), first.Next)
	w.Do(access.By("carla"), access.RemoveMember{Client: "lumen", User: "bob"})
	w.Do(access.By("carla"), access.DeactivateMember{Client: "lumen", User: "otto"})
	second, err := w.Manager.WhoCan(access.Host(), "lumen", view, first.Next, 3)
	require.NoError(t, err)
	require.Equal(t, []relationship.UserID{"carla", "sue", "sven"}, second.Users)
	require.Empty(t, second.Next, "the last page says so, although it is full")
	require.Greater(t, second.Revision, first.Revision)
	last, err := w.Manager.WhoCan(access.Host(), "lumen", view, "zzz", 3)
	require.NoError(t, err)
	require.Empty(t, last.Users)
	for user, err := range w.Manager.AllWhoCan(access.Host(), "lumen", view) {
		require.NoError(t, err)
		require.Equal(t, relationship.UserID("ann"), user)
		break // a run can be left
	}
	for client, err := range w.Manager.AllWhereCan(access.Host(), "ann", view) {
		require.NoError(t, err)
		require.Equal(t, relationship.ClientID("lumen"), client)
		break
	}
}

// readCounting is a store whose snapshots count what is looked up.
type readCounting struct {
	storage.Store
	count *int
}

func (s readCounting) Snapshot() storage.Snapshot {
	return readCountingSnapshot{s.Store.Snapshot(), s.count}
}

type readCountingSnapshot struct {
	storage.Snapshot
	count *int
}

func (s readCountingSnapshot) Get(key relationship.Key) (relationship.Record, bool) {
	*s.count++
	return s.Snapshot.Get(key)
}

// TestASK3_FactsAreReadOnce: what the index knows reads nothing; a hundred
// questions about one place that it does not know read no more than one, and
// another stranger reads only what is their own.
func TestASK3_FactsAreReadOnce(t *testing.T) {
	count := 0
	w := askManyCast(t, accesstest.WithStore(readCounting{memdb.New(), &count}))
	w.User("zed", "zed.example")
	w.User("zara", "zara.example")
	reads := func(questions ...access.Question) int {
		count = 0
		w.Manager.CheckMany(questions)
		return count
	}
	about := func(user relationship.UserID) (questions []access.Question) {
		for permission := range w.Catalog.Permissions() {
			questions = append(questions, access.Question{User: user, Client: "lumen", Permission: permission})
		}
		return questions
	}
	catalogs := reads() // of the Manager's own
	require.Equal(t, catalogs, reads(append(about("bob"), about("ann")...)...))
	zed, zoe := about("zed"), about("zara")
	one := reads(zed[0])
	require.Greater(t, one, catalogs)
	require.Equal(t, one, reads(zed...))
	var mixed []access.Question
	for i := range zed {
		mixed = append(mixed, zed[i], zoe[i])
	}
	require.Equal(t, one+1, reads(mixed...), "her user")
	slices.Reverse(mixed)
	require.Equal(t, one+1, reads(mixed...))
}
