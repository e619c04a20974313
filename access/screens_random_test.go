package access_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// Every list beside those of people and clients is what a walk over all records
// says it is, in its order, for everybody, whatever is asked; and who may not
// see it is told nothing else.
func TestSEE_ScreensAreWhatTheRulesSay(t *testing.T) {
	seen := map[string]int{}
	listWorlds(t, theoremSize(20, 800), 80, func(w *randomWorld) {
		w.screenChanges()
		o := newOracle(smallCatalog(), w.store.Snapshot(), w.now())
		lists := func(partner relationship.PartnerID, user relationship.UserID) screenLists {
			return newScreenLists(naiveLists{o, partner, user}, w.store.Snapshot())
		}
		for _, partner := range randomPartners {
			w.screensOfPartner(lists(partner, ""), access.Host(), true, seen)
			l := lists(partner, oneOf(w, randomUsers))
			w.screensOfPartner(l, access.By(l.user).At(partner), l.looksForPartner(), seen)
		}
		for _, client := range randomClients {
			w.screenOfClient(lists("", ""), access.Host(), client, true, seen)
			l := lists("", oneOf(w, randomUsers))
			w.screenOfClient(l, access.By(l.user), client, l.looksForClient(client), seen)
		}
		w.screensOfUser(lists("", oneOf(w, randomUsers)), seen)
	})
	t.Log(seen)
	if testing.Short() {
		return
	}
	require.Positive(t, seen["terms alone"])
	for _, what := range []string{"templates", "links", "partners", "places", "employers", "refused"} {
		require.Greater(t, seen[what], 30, what)
	}
}

// screenChanges are changes of what these lists show, besides those of every
// random world.
func (w *randomWorld) screenChanges() {
	for range 3 {
		w.try(w.partnerSide(), oneOf(w, []access.Change{
			access.MakeTemplate{Name: oneOf(w, listNames), Permissions: w.permissions()},
			access.RenameTemplate{Name: w.template(), To: oneOf(w, listNames)},
			access.RenameTemplate{Name: oneOf(w, listNames), To: w.template()},
			access.DeleteTemplate{Name: oneOf(w, listNames)},
		}))
		if len(w.links) > 0 {
			w.try(w.partnerSide(), access.RevokeLink{Selector: oneOf(w, w.links).Selector})
		}
	}
	w.try(access.Host(), access.RenamePartner{Partner: oneOf(w, randomPartners), Name: oneOf(w, listNames)})
}

func (w *randomWorld) screenSearch() string {
	return oneOf(w, []string{"", "", "", "o", "adm", "ARN", "bo", "n", "a"})
}

func (w *randomWorld) screensOfPartner(l screenLists, viewer access.Call, may bool, seen map[string]int) {
	named := relationship.PartnerID("")
	if l.user == "" || w.chance(2) {
		named = l.partner
	}
	ofTemplates := access.TemplateQuery{Partner: named, Search: w.screenSearch()}
	templates, err := screenAll(w, w.manager.Templates(viewer, ofTemplates), func(r access.TemplateRow) screenTemplate {
		require.Equal(w.t, l.partner, r.Partner)
		return screenTemplate{r.Name, r.BuiltIn, r.Role, screenSet(r.Set.Slice()), r.Members}
	})
	listSame(w, seen, "templates", may, l.templateList(ofTemplates.Search), templates, err)

	ofLinks := access.LinkQuery{
		Partner: named, States: listSome(w, access.LinkLive, access.LinkRevoked, access.LinkExpired),
		Employees: listSome(w, randomUsers...), Search: w.screenSearch(),
	}
	links, err := screenAll(w, w.manager.Links(viewer, ofLinks), func(r access.LinkRow) screenLink {
		require.Equal(w.t, l.partner, r.Partner)
		return screenLink{r.Selector, [2]string{r.Name, r.IssuedByName}, r.State, r.Issued, r.Expires}
	})
	listSame(w, seen, "links", may, l.linkList(ofLinks), links, err)
}

func (w *randomWorld) screenOfClient(l screenLists, viewer access.Call, client relationship.ClientID, may bool, seen map[string]int) {
	query := access.PartnerQuery{
		Phases: listSome(w, "", relationship.Active, relationship.Ending, relationship.Ended), Search: w.screenSearch(),
	}
	partners, err := screenAll(w, w.manager.Partners(viewer, client, query), func(r access.PartnerRow) screenPartner {
		require.Equal(w.t, client, r.Client)
		if r.Phase == "" {
			seen["terms alone"]++
		}
		ceiling := "none"
		if r.HasCeiling {
			ceiling = screenSet(r.Ceiling.Slice())
		}
		return screenPartner{
			r.Partner, r.Name, r.Kind, r.Closed, r.Phase, r.Members, r.Ends, r.Limit, ceiling, r.Paused, r.PausedUntil, r.Longest,
			r.Started, r.Activity,
		}
	})
	listSame(w, seen, "partners", may, l.partnerList(client, query), partners, err)
}

func (w *randomWorld) screensOfUser(l screenLists, seen map[string]int) {
	search := w.screenSearch()
	for _, viewer := range []access.Call{access.Host(), access.By(l.user), access.By(oneOf(w, randomUsers)), access.By(l.user).At("north")} {
		may := viewer == access.Host() || viewer == access.By(l.user)
		places, err := screenAll(w, w.manager.Places(viewer, access.PlaceQuery{User: l.user, Search: search}), func(r access.PlaceRow) relationship.ClientID {
			alone, err := w.manager.Member(access.By(l.user), l.user, r.Client)
			require.NoError(w.t, err)
			require.Equal(w.t, alone, r.MemberView, "it is what the member is shown")
			return r.Client
		})
		listSame(w, seen, "places", may, l.placeList(search), places, err)
		employers, err := screenAll(w, w.manager.Employers(viewer, access.EmployerQuery{User: l.user, Search: search}), func(r access.EmployerRow) screenEmployer {
			require.Equal(w.t, l.user, r.User)
			_, err := w.manager.Clients(access.By(l.user).At(r.Partner), access.ClientQuery{}).Page(1, "")
			require.Equal(w.t, r.MayAct, err == nil, "who may act sees the partner's lists")
			return screenEmployer{r.Partner, r.MayAct}
		})
		listSame(w, seen, "employers", may, l.employerList(search), employers, err)
	}
}

// screenAll is listAll, and holds the pages against it.
func screenAll[Row, T any](w *randomWorld, list access.List[Row], reduce func(Row) T) ([]T, error) {
	w.t.Helper()
	all, err := listAll(list, reduce)
	var paged []T
	for next := access.Cursor(""); ; {
		page, failed := list.Page(2, next)
		require.Equal(w.t, err == nil, failed == nil)
		for _, row := range page.Rows {
			paged = append(paged, reduce(row))
		}
		if next = page.Next; next == "" {
			require.Equal(w.t, all, paged)
			return all, err
		}
	}
}

// A Manager's Revision is that of the newest state, whoever made it.
func TestSEE5_TheNewestRevision(t *testing.T) {
	w := newRandomWorld(t, theoremSeed(t))
	before := w.manager.Revision()
	require.Equal(t, w.store.Snapshot().Revision(), before)
	other, err := access.Open(context.Background(), w.store, access.Options{Catalog: smallCatalog(), Clock: w.clock.Now})
	require.NoError(t, err)
	done, err := other.Do(context.Background(), access.Host(), access.RenamePartner{Partner: "north", Name: "Northern"})
	require.NoError(t, err)
	require.Equal(t, before+1, done.Revision)
	require.Equal(t, done.Revision, w.manager.Revision())
	page, err := w.manager.Partners(access.Host(), "alpha", access.PartnerQuery{}).Page(9, "")
	require.NoError(t, err)
	require.Equal(t, page.Revision, w.manager.Revision())
}
