package access_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// TestSEE_IdsAndNamesAreWhatTheRulesSay plays random changes by random actors,
// renames among them, while time goes on. After each step every kind of viewer
// asks for the ids and the names of members and of places, in pages of random
// sizes, and gets what the records say by the rules, worked out one by one.
func TestSEE_IdsAndNamesAreWhatTheRulesSay(t *testing.T) {
	t.Parallel()
	worlds, steps := 25, 30
	if fullRun() {
		worlds = 600
	}
	counts := map[string]int{}
	for seed := range uint64(worlds) {
		w := namesWorld{askManyWorld{newRandomWorldOn(t, 90_000+seed, memdb.New()), nil}, counts}
		for range steps {
			w.lossStep()
			w.rename()
			rows, err := access.PlacesAreTheTable(w.manager)
			require.NoError(t, err)
			counts["rows"] += rows
			for _, client := range askedClients {
				w.members(client)
			}
			for _, user := range askedUsers {
				w.places(user)
			}
		}
	}
	t.Logf("%v", counts)
	for _, what := range []string{"member ids", "place ids", "member names", "place names", "inactive", "partner's", "refused", "renamed", "over", "rows"} {
		require.NotZero(t, counts[what], what)
	}
}

type namesWorld struct {
	askManyWorld
	seen map[string]int
}

var someNames = []string{"Émile", "emile", "Zoe", "zoë", "ZOE", "Ann", "ann", "Øre", "Bob", "straße", "Strasse"}

// rename gives somebody, or something, another name.
func (w namesWorld) rename() {
	name := oneOf(w.randomWorld, someNames)
	var err error
	switch w.random.IntN(6) {
	case 0:
		id := oneOf(w.randomWorld, randomUsers)
		user, known := storage.Get[relationship.User](w.store.Snapshot(), relationship.UserKey(id))
		if !known || user.Erased() {
			return
		}
		_, err = w.manager.Do(w.t.Context(), access.Host(), access.ChangeUser{ID: id, Name: name, Email: string(user.Email)})
	case 1:
		_, err = w.manager.Do(w.t.Context(), access.Host(), access.RenameClient{Client: oneOf(w.randomWorld, randomClients), Name: name})
	case 2:
		partner := oneOf(w.randomWorld, randomPartners)
		_, err = w.manager.Do(w.t.Context(), access.By(oneOf(w.randomWorld, randomUsers)).At(partner),
			access.NameClient{Client: oneOf(w.randomWorld, randomClients), Name: name})
	default:
		return
	}
	if err == nil {
		w.seen["renamed"]++
	}
}

// isOver reports whether a member came by a relationship that is over (REL-6).
func (w namesWorld) isOver(member relationship.Member) bool {
	if !member.Managed() {
		return false
	}
	rel, _ := storage.Get[relationship.Relationship](w.store.Snapshot(), relationship.RelationshipKey(member.Manager, member.Client))
	over := rel.PhaseAt(w.now()) != relationship.Active
	if over {
		w.seen["over"]++
	}
	return over
}

// nameRow is a row as it ought to be.
type nameRow struct {
	id, name string
	why      access.Reason
}

func byName(rows []nameRow) []nameRow {
	slices.SortFunc(rows, func(a, b nameRow) int {
		return cmp.Or(cmp.Compare(access.Fold(a.name), access.Fold(b.name)), cmp.Compare(a.id, b.id))
	})
	return rows
}

func idsOf(rows []nameRow) (ids []string) {
	for _, row := range rows {
		ids = append(ids, row.id)
	}
	slices.Sort(ids)
	return ids
}

func (w namesWorld) why(member relationship.Member) access.Reason {
	view, err := w.manager.Member(access.Host(), member.User, member.Client)
	require.NoError(w.t, err)
	if !view.Active {
		w.seen["inactive"]++
	}
	return view.Why
}

func (w namesWorld) members(client relationship.ClientID) {
	viewer, r := w.viewer(), w.store.Snapshot()
	if w.chance(4) {
		viewer = w.clientSide(client)
	}
	partner, everybody := w.asEmployee(viewer), viewer == access.Host() || w.isClientSide(viewer, client)
	_, related := r.Get(relationship.RelationshipKey(partner, client))
	var want []nameRow
	for member := range storage.As[relationship.Member](r.Scan(relationship.KindMember, string(client), "")) {
		if (everybody || member.Manager == partner) && !w.isOver(member) {
			user, _ := storage.Get[relationship.User](r, relationship.UserKey(member.User))
			want = append(want, nameRow{string(member.User), user.Name, w.why(member)})
		}
	}
	var refusal error
	if !everybody && (partner == "" || !related) {
		refusal = access.ErrNotAllowed
	} else if _, known := r.Get(relationship.ClientKey(client)); !known {
		refusal = access.ErrUnknownClient
	}
	pages(w, "member", want, refusal, !everybody, w.manager.MemberIDs(viewer, client),
		func(size int, from access.Cursor) (access.Page[access.MemberName], error) {
			return w.manager.MemberNames(viewer, client, size, from)
		}, func(row access.MemberName) nameRow { return nameRow{string(row.User), row.Name, row.Why} })
}

func (w namesWorld) places(user relationship.UserID) {
	viewer, r := w.viewer(), w.store.Snapshot()
	if w.chance(4) {
		viewer = access.By(user)
	}
	partner, everywhere := w.asEmployee(viewer), viewer == access.Host() || viewer == access.By(user)
	if everywhere {
		partner = ""
	}
	colleague, _ := storage.Get[relationship.Employee](r, relationship.EmployeeKey(partner, user))
	var want []nameRow
	for member := range storage.As[relationship.Member](r.Reverse(relationship.KindMember, string(user), "")) {
		if (everywhere || member.Manager == partner) && !w.isOver(member) {
			client, _ := storage.Get[relationship.Client](r, relationship.ClientKey(member.Client))
			rel, _ := storage.Get[relationship.Relationship](r, relationship.RelationshipKey(partner, member.Client))
			want = append(want, nameRow{string(member.Client), cmp.Or(rel.ClientName, client.Name), w.why(member)})
		}
	}
	var refusal error
	if !everywhere && (partner == "" || !colleague.Present()) {
		refusal = access.ErrNotAllowed
	} else if _, known := r.Get(relationship.UserKey(user)); !known {
		refusal = access.ErrUnknownUser
	}
	pages(w, "place", want, refusal, !everywhere, w.manager.PlaceIDs(viewer, user),
		func(size int, from access.Cursor) (access.Page[access.PlaceName], error) {
			return w.manager.PlaceNames(viewer, user, size, from)
		}, func(row access.PlaceName) nameRow { return nameRow{string(row.Client), row.Name, row.Why} })
}

// pages compares the ids, and the pages of names, with what they ought to be.
func pages[ID ~string, Row any](w namesWorld, what string, want []nameRow, refusal error, partners bool,
	ids func(func(ID, error) bool), page func(int, access.Cursor) (access.Page[Row], error), row func(Row) nameRow) {
	var got []string
	var refused error
	for id, err := range ids {
		if refused = err; err == nil {
			got = append(got, string(id))
		}
	}
	first, err := page(1+w.random.IntN(4), "")
	if refusal != nil {
		require.ErrorIs(w.t, refused, refusal)
		require.ErrorIs(w.t, err, refusal)
		w.seen["refused"]++
		return
	}
	require.NoError(w.t, refused)
	require.Equal(w.t, idsOf(want), got, "the %s ids", what)
	w.seen[what+" ids"] += len(got)
	var rows []nameRow
	for {
		require.NoError(w.t, err)
		require.Equal(w.t, w.store.Snapshot().Revision(), first.Revision)
		for _, r := range first.Rows {
			rows = append(rows, row(r))
		}
		if first.Next == "" {
			break
		}
		first, err = page(1+w.random.IntN(4), first.Next)
	}
	require.Equal(w.t, byName(want), rows, "the %s names", what)
	w.seen[what+" names"] += len(rows)
	if partners {
		w.seen["partner's"] += len(rows)
	}
}

// TestSEE5_PagesOfNamesGoOnWhereTheyStopped: whoever stays under the same name
// comes once, whatever comes and goes between two pages.
func TestSEE5_PagesOfNamesGoOnWhereTheyStopped(t *testing.T) {
	w := accesstest.New(t)
	for _, id := range []relationship.UserID{"bob", "cleo", "dora", "emil"} {
		w.AddEmployee(id, "support "+string(id), "reports.view")
	}
	carla := access.By(accesstest.SuperAdmin)
	names := func(page access.Page[access.MemberName]) string {
		var all []string
		for _, row := range page.Rows {
			all = append(all, string(row.User))
		}
		return strings.Join(all, " ")
	}
	first, err := w.Manager.MemberNames(carla, accesstest.Client, 3, "")
	require.NoError(t, err)
	require.Equal(t, "ann bob carla", names(first))
	w.Do(carla, access.RemoveMember{Client: accesstest.Client, User: "cleo"})
	w.AddEmployee("betty", "support betty", "reports.view")
	w.Do(access.Host(), access.ChangeUser{ID: "emil", Name: "User cyril", Email: "emil@northwind.example"})
	second, err := w.Manager.MemberNames(carla, accesstest.Client, 3, first.Next)
	require.NoError(t, err)
	require.Equal(t, "emil dora sven", names(second))
	require.Empty(t, second.Next)

	_, err = w.Manager.MemberNames(access.Host(), accesstest.Client, 3, first.Next)
	require.ErrorIs(t, err, access.ErrCursor, "of another viewer")
	_, err = w.Manager.PlaceNames(carla, accesstest.SuperAdmin, 3, first.Next)
	require.ErrorIs(t, err, access.ErrCursor, "of another list")
	_, err = w.Manager.MemberNames(carla, accesstest.Client, 3, first.Next+"A")
	require.Equal(t, "cursor", listField(t, err))
	_, err = w.Manager.MemberNames(carla, accesstest.Client, 0, "")
	require.Equal(t, "size", listField(t, err))
}
