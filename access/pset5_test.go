package access_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// catalogWorld is a small world in which sets are stored in all three places:
// with members (own and managed), in a template, and as a ceiling.
func catalogWorld(t testing.TB) *randomWorld {
	t.Helper()
	w := newRandomWorld(t, 1)
	w.must(access.Host(), access.CreateClient{ID: "gamma", Name: "Gamma", SuperAdmin: "carla"})
	w.must(access.By("carla"), access.AddMember{Client: "gamma", User: "olga", Permissions: []string{"notes.edit", "users.provision"}})
	w.must(access.By("carla"), access.AddMember{Client: "gamma", User: "otto", Permissions: []string{"reports.build", "bills.view"}})
	w.must(access.By("carla"), access.MakePartnerAdmin{Client: "gamma", Partner: "north", Employee: "nora"})
	w.must(access.By("nora"), access.MakeTemplate{Name: "gamma", Permissions: []string{"notes.edit"}})
	w.must(access.By("carla"), access.SetCeiling{Client: "gamma", Partner: "north", Permissions: []string{"notes.view", "reports.build", "users.edit"}})
	return w
}

// reopen opens the store with a catalogue that is a changed one.
func (w *randomWorld) reopen(change func(*permset.Declaration)) (*access.Manager, error) {
	w.t.Helper()
	d := w.manager.Catalog().Declaration()
	change(&d)
	catalog, err := permset.NewCatalog(d)
	require.NoError(w.t, err)
	return access.Open(context.Background(), w.store, access.Options{Catalog: catalog, Clock: w.clock.Now})
}

func declaredPermission(d *permset.Declaration, name string) *permset.Declared {
	i := slices.IndexFunc(d.Permissions, func(p permset.Declared) bool { return p.Name == name })
	return &d.Permissions[i]
}

// dropPermission takes a permission out of a declaration, with what refers to it.
func dropPermission(d *permset.Declaration, name string) {
	d.Permissions = slices.DeleteFunc(d.Permissions, func(p permset.Declared) bool { return p.Name == name })
	for i := range d.Permissions {
		d.Permissions[i].Implies = slices.DeleteFunc(d.Permissions[i].Implies, func(implied string) bool { return implied == name })
	}
	d.PartnerAdmin = slices.DeleteFunc(d.PartnerAdmin, func(in string) bool { return in == name })
}

func growCatalog(d *permset.Declaration) {
	d.Permissions = append(d.Permissions,
		permset.Declared{Name: "forms.view", Title: "T", Group: "G"},
		permset.Declared{Name: "forms.edit", Title: "T", Group: "G", Implies: []string{"forms.view", "notes.edit"}})
	d.PartnerAdmin = append(d.PartnerAdmin, "forms.edit")
}

func reorderCatalog(d *permset.Declaration) { slices.Reverse(d.Permissions) }

func shrinkCatalog(d *permset.Declaration) {
	dropPermission(d, "notes.view")
	dropPermission(d, "reports.build")
	dropPermission(d, "admins.manage")
}

// TestPSET3_AnswersStayUnderAnotherCatalogue: a store opens with a catalogue
// that has grown, been reordered or lost permissions, and every answer about
// what is known to both stays. Nobody gains what is new, but super admins, who
// have the whole catalogue (ADM-1); a built-in template that grows reaches
// nobody by itself (PSET-5).
func TestPSET3_AnswersStayUnderAnotherCatalogue(t *testing.T) {
	for name, change := range map[string]func(*permset.Declaration){
		"grown": growCatalog, "reordered": reorderCatalog, "shrunk": shrinkCatalog,
		"all at once": func(d *permset.Declaration) { growCatalog(d); reorderCatalog(d); shrinkCatalog(d) },
	} {
		t.Run(name, func(t *testing.T) {
			w := catalogWorld(t)
			again, err := w.reopen(change)
			require.NoError(t, err)
			o := newOracle(smallCatalog(), w.store.Snapshot(), w.now())
			for _, client := range append(askedClients, "gamma") {
				for _, user := range askedUsers {
					for p := range again.Catalog().Permissions() {
						_, isOld := smallCatalog().Lookup(p.Name())
						want := isOld && len(o.failures(user, client, p.Name())) == 0 ||
							!isOld && isActiveSuperAdmin(w.store, client, user)
						require.Equalf(t, want, again.Can(user, client, p), "%s in %s: %s", user, client, p.Name())
					}
				}
			}
			_, err = again.Verify(context.Background())
			require.NoError(t, err)
		})
	}
}

func isActiveSuperAdmin(store storage.Store, client relationship.ClientID, user relationship.UserID) bool {
	m, _ := storage.Get[relationship.Member](store.Snapshot(), relationship.MemberKey(client, user))
	return m.Role == relationship.SuperAdmin && m.Deactivated == relationship.NoSide
}

// TestPSET5_WideningIsRefused: a catalogue that would widen any stored set is
// refused with every gain, and nothing changes.
func TestPSET5_WideningIsRefused(t *testing.T) {
	member := func(user relationship.UserID) relationship.Key { return relationship.MemberKey("gamma", user) }
	template := relationship.TemplateKey("north", "gamma")
	ceiling := relationship.TermsKey("gamma", "north")
	gain := func(key relationship.Key, names ...string) access.Gain {
		return access.Gain{Key: key, Names: permset.MustNames(names...)}
	}
	for _, widening := range []struct {
		name string
		// first is a catalogue that the store is opened with before.
		first, change func(*permset.Declaration)
		want          []access.Gain
	}{
		{
			name:   "a new implication",
			change: func(d *permset.Declaration) { declaredPermission(d, "notes.view").Implies = []string{"reports.view"} },
			want:   []access.Gain{gain(member("olga"), "reports.view"), gain(template, "reports.view")},
		},
		{
			name:   "never managed is dropped",
			change: func(d *permset.Declaration) { declaredPermission(d, "users.provision").Marks = 0 },
			want:   []access.Gain{gain(member("olga"), "users.provision")},
		},
		{
			name:   "paid is dropped",
			change: func(d *permset.Declaration) { declaredPermission(d, "reports.build").Marks = 0 },
			want:   []access.Gain{gain(member("nora"), "reports.build"), gain(member("otto"), "reports.build")},
		},
		{
			name:   "billing is dropped",
			change: func(d *permset.Declaration) { declaredPermission(d, "bills.view").Marks = 0 },
			want:   []access.Gain{gain(member("otto"), "bills.view")},
		},
		{
			name:   "a lost name is back",
			first:  func(d *permset.Declaration) { dropPermission(d, "notes.view") },
			change: func(d *permset.Declaration) { *d = smallDeclaration() },
			want: []access.Gain{
				gain(member("nora"), "notes.view"), gain(member("olga"), "notes.view"),
				gain(template, "notes.view"), gain(ceiling, "notes.view"),
			},
		},
		{
			name:   "another permission lets people add and edit users",
			change: func(d *permset.Declaration) { d.AddAndEditUsers = "bills.view" },
			want:   []access.Gain{gain(member("otto"), "bills.view")},
		},
		{
			name:   "an implication goes, and a ceiling no longer cuts what had it",
			change: func(d *permset.Declaration) { declaredPermission(d, "users.edit").Implies = nil },
			want:   []access.Gain{gain(ceiling, "users.edit")},
		},
	} {
		t.Run(widening.name, func(t *testing.T) {
			w := catalogWorld(t)
			if widening.first != nil {
				first, err := w.reopen(widening.first)
				require.NoError(t, err)
				w.manager = first
			}
			revision, before := w.store.Snapshot().Revision(), w.answers()
			_, err := w.reopen(widening.change)
			require.ErrorIs(t, err, access.ErrWidens)
			var widens *access.WidensError
			require.ErrorAs(t, err, &widens)
			gains := slices.DeleteFunc(slices.Clone(widens.Gains), func(g access.Gain) bool { return !inGamma(g.Key) })
			if diff := cmp.Diff(widening.want, gains, gainsByKey, cmpopts.EquateComparable(permset.Names{})); diff != "" {
				t.Errorf("gains (-want +got):\n%s", diff)
			}
			for _, g := range widens.Gains {
				require.ErrorContains(t, err, g.Key.String()+" would gain "+g.Names.String())
			}
			require.Equal(t, revision, w.store.Snapshot().Revision(), "nothing was written")
			require.True(t, sameAnswers(before, w.answers()), "and the old manager goes on")
		})
	}
}

var gainsByKey = cmpopts.SortSlices(func(a, b access.Gain) bool { return a.Key.String() < b.Key.String() })

func inGamma(key relationship.Key) bool {
	return key.First == "gamma" || key == relationship.TemplateKey("north", "gamma")
}

// TestPSET5_TheOldManagerRefuses: once another catalogue is in force, a manager
// that was opened with the old one does not know what it would allow.
func TestPSET5_TheOldManagerRefuses(t *testing.T) {
	w := catalogWorld(t)
	old, p := w.manager, catalogPermission(t, w.manager, "notes.view")
	require.True(t, old.Can("olga", "gamma", p))
	again, err := w.reopen(growCatalog)
	require.NoError(t, err)

	refused := old.Check("olga", "gamma", p)
	require.False(t, refused.Allowed())
	require.Equal(t, access.ReasonOtherCatalog, refused.Reason())
	require.True(t, old.Permissions("olga", "gamma").IsEmpty())
	_, err = old.Do(t.Context(), access.By("carla"), access.RemoveMember{Client: "gamma", User: "olga"})
	require.ErrorIs(t, err, access.ErrCatalog)

	require.True(t, again.Can("olga", "gamma", catalogPermission(t, again, "notes.view")))
	foreign := again.Check("olga", "gamma", p)
	require.Equal(t, access.ReasonUnknownPermission, foreign.Reason(), "a permission of another catalogue is nobody's")
}

func catalogPermission(t testing.TB, m *access.Manager, name string) permset.Permission {
	t.Helper()
	p, known := m.Catalog().Lookup(name)
	require.True(t, known)
	return p
}

// TestPSET3_LostPermissions: what the catalogue has lost is kept, cannot be
// used, is reported, and goes only when a super admin of the client says so.
func TestPSET3_LostPermissions(t *testing.T) {
	w := catalogWorld(t)
	w.must(access.By("carla"), access.ChangeMemberPermissions{Client: "gamma", User: "otto", Add: []string{"users.edit"}})
	again, err := w.reopen(func(d *permset.Declaration) { dropPermission(d, "notes.view") })
	require.NoError(t, err)
	lost := permset.MustNames("notes.view")

	// Any change tells. The rest goes on as it was.
	change := func(call access.Call, change access.Change, user relationship.UserID) access.MemberChange {
		t.Helper()
		result, err := again.Do(t.Context(), call, change)
		require.NoError(t, err)
		told, found := result.Member("gamma", user)
		require.True(t, found)
		return told
	}
	told := change(access.By("carla"), access.SetSeat{Client: "gamma", User: "olga", Paid: true}, "olga")
	require.Equal(t, lost, told.Lost)
	require.Equal(t, access.ReasonUnknownPermission, again.CheckName("olga", "gamma", "notes.view").Reason())
	require.True(t, again.CheckName("olga", "gamma", "notes.edit").Allowed())

	// Nobody else removes it: neither the client's other users nor a partner.
	remove := []string{"notes.view"}
	told = change(access.By("otto"), access.ChangeMemberPermissions{Client: "gamma", User: "olga", Remove: remove}, "olga")
	require.Equal(t, lost, told.Retained)
	told = change(access.By("nora"), access.ChangeEmployeePermissions{Client: "gamma", Employee: "nora", Remove: remove}, "nora")
	require.Equal(t, lost, told.Retained)
	require.Equal(t, lost, told.Lost)

	// A super admin of the client does.
	told = change(access.By("carla"), access.ChangeMemberPermissions{Client: "gamma", User: "olga", Remove: remove}, "olga")
	require.Equal(t, lost, told.Revoked)
	require.True(t, told.Lost.IsEmpty())
	told = change(access.By("carla"), access.ChangeMemberPermissions{Client: "gamma", User: "nora", Remove: remove}, "nora")
	require.Equal(t, lost, told.Revoked)

	// It cannot be given any more.
	_, err = again.Do(t.Context(), access.By("carla"), access.ChangeMemberPermissions{Client: "gamma", User: "olga", Add: remove})
	require.ErrorIs(t, err, access.ErrUnknownPermission)
}
