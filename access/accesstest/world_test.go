package accesstest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
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

// failing is a test that remembers why it failed. Like a real one, it stops
// there.
type failing struct {
	failed   string
	cleaning []func()
}

func (f *failing) Helper()             {}
func (f *failing) Cleanup(last func()) { f.cleaning = append(f.cleaning, last) }
func (f *failing) Fatalf(format string, args ...any) {
	f.failed = fmt.Sprintf(format, args...)
	panic(f)
}

// requireFailed runs something that has to fail the test of the world.
func (f *failing) requireFailed(t *testing.T, with string, run func()) {
	t.Helper()
	defer func() {
		t.Helper()
		require.Same(t, f, recover(), "the test went on")
		require.Contains(t, f.failed, with)
	}()
	run()
}

// The very lines of the package comment.
func TestAWorldInThreeLines(t *testing.T) {
	w := accesstest.New(t)
	w.AddEmployee("bob", "support", "contacts.view.all")
	require.True(t, w.Manager.Can("bob", accesstest.Client, w.Permission("contacts.view.all")))
}

func TestAWorldHasItsPeople(t *testing.T) {
	w := accesstest.New(t)
	require.Equal(t, relationship.PartnerAdmin, w.Member(accesstest.Client, accesstest.Admin).Role)
	require.Equal(t, accesstest.Partner, w.Member(accesstest.Client, accesstest.Admin).Manager)
	for _, user := range []relationship.UserID{accesstest.SuperAdmin, accesstest.SuperAdmin2} {
		require.Equal(t, relationship.SuperAdmin, w.Member(accesstest.Client, user).Role)
	}
	require.Equal(t, relationship.Active, w.Relationship(accesstest.Partner, accesstest.Client).Phase)
	require.Equal(t, accesstest.Start, w.Clock.Now())
	require.Same(t, crm.Catalog(), w.Catalog)
	require.Equal(t, accesstest.Admin, w.Link.Employee)
	require.False(t, w.Link.Secret.IsZero())
	partner, _ := storage.Get[relationship.Partner](w.Store.Snapshot(), relationship.PartnerKey(accesstest.Partner))
	require.True(t, partner.Domains.Has("northwind.example"))
	require.Zero(t, w.Member(accesstest.Client, "nobody"))
	require.Zero(t, w.Relationship(accesstest.Partner, "nowhere"))
}

func TestTheClockOfAWorldIsItsManagers(t *testing.T) {
	w := accesstest.New(t)
	w.AddEmployee("bob", "support", "contacts.view.all")
	w.Do(access.By(accesstest.SuperAdmin), access.SetMemberEnd{
		Client: accesstest.Client, User: "bob", End: accesstest.Start.Add(accesstest.Day),
	})
	require.True(t, w.Manager.Can("bob", accesstest.Client, w.Permission("contacts.view.all")))
	w.Clock.Turn(accesstest.Day)
	require.False(t, w.Manager.Can("bob", accesstest.Client, w.Permission("contacts.view.all")))
}

func TestAnEmptyWorld(t *testing.T) {
	w := accesstest.New(t, accesstest.Empty())
	require.EqualValues(t, 1, w.Store.Snapshot().Revision(), "the catalogue alone")
	w.User("zoe", "solo.example")
	w.Do(access.Host(), access.CreateClient{ID: "solo", Name: "Solo", SuperAdmin: "zoe"})
	require.True(t, w.Manager.Can("zoe", "solo", w.Permission("contacts.view.all")))
}

type assets struct{ asked []access.Place }

func (a *assets) OwnedAt(_ context.Context, places []access.Place) ([]access.Asset, error) {
	a.asked = append(a.asked, places...)
	return nil, nil
}

func TestAWorldIsMadeOfWhatTheTestBrings(t *testing.T) {
	declaration := crm.Declaration()
	declaration.PartnerAdmin = []string{"contacts.view.all"}
	catalog, err := permset.NewCatalog(declaration)
	require.NoError(t, err)
	store, owned, log := memdb.New(), &assets{}, &bytes.Buffer{}
	w := accesstest.New(t, accesstest.WithStore(store), accesstest.WithCatalog(catalog),
		accesstest.WithAssets(owned), accesstest.WithLogger(slog.New(slog.NewTextHandler(log, nil))))

	require.Equal(t, store.ID(), w.Store.ID())
	require.Same(t, catalog, w.Catalog)
	require.Equal(t, catalog.PartnerAdmin(), w.Manager.Permissions(accesstest.Admin, accesstest.Client))
	w.Do(access.By(accesstest.Admin), access.RemoveEmployee{Employee: accesstest.Admin, All: true})
	require.Contains(t, owned.asked, access.Place{Client: accesstest.Client, User: accesstest.Admin})
	w.Do(access.By(accesstest.Admin), access.RevokeLink{Selector: w.Link.Selector})
	require.ErrorIs(t, w.Refused(access.By(accesstest.SuperAdmin), access.ApproveLink{
		Client: accesstest.Client, Secret: w.Link.Secret,
	}), access.ErrLink)
	require.Contains(t, log.String(), "revoked")
}

func TestWhatIsRefusedFailsTheTest(t *testing.T) {
	f := &failing{}
	w := accesstest.New(f)
	stranger := access.By("stranger")
	f.requireFailed(t, "not allowed", func() { w.Do(stranger, access.MakeSuperAdmin{Client: accesstest.Client, User: "stranger"}) })
	f.requireFailed(t, "MakeSuperAdmin", func() { w.Do(stranger, access.MakeSuperAdmin{Client: accesstest.Client, User: "stranger"}) })
	f.requireFailed(t, "issuing a link", func() { w.Issue(stranger, accesstest.Admin) })
	f.requireFailed(t, `"no.such"`, func() { w.Permission("no.such") })
	f.requireFailed(t, "exists already", func() { w.User(accesstest.Admin, "northwind.example") })
	f.requireFailed(t, "unknown permission", func() { w.Template("x", "no.such") })
}

func TestRefused(t *testing.T) {
	f := &failing{}
	w := accesstest.New(f)
	err := w.Refused(access.By("stranger"), access.RemoveMember{Client: accesstest.Client, User: accesstest.SuperAdmin2})
	require.ErrorIs(t, err, access.ErrNotAllowed)
	require.Empty(t, f.failed)
	f.requireFailed(t, "should have been refused", func() {
		w.Refused(access.By(accesstest.SuperAdmin), access.RemoveMember{Client: accesstest.Client, User: accesstest.SuperAdmin2})
	})
}

// meddling is a store in which a refused change is followed by somebody else's.
type meddling struct {
	storage.Store
	on bool
}

func (m *meddling) Update(ctx context.Context, run func(storage.Tx) error) (storage.Revision, error) {
	revision, err := m.Store.Update(ctx, run)
	if err != nil && m.on {
		m.on = false
		return meddle(ctx, m.Store, err)
	}
	return revision, err
}

func meddle(ctx context.Context, store storage.Store, before error) (storage.Revision, error) {
	revision, err := store.Update(ctx, func(tx storage.Tx) error {
		client, _ := storage.Get[relationship.Client](tx, relationship.ClientKey(accesstest.Client))
		client.Name = "Somebody else's"
		if err := tx.Put(client); err != nil {
			return err
		}
		return tx.Log(relationship.Event{Change: "Meddle", Actor: relationship.Actor{Kind: relationship.ByHost}, At: tx.At(), Call: "x"})
	})
	return revision, errors.Join(before, err)
}

func TestRefusedNoticesAChange(t *testing.T) {
	f := &failing{}
	store := &meddling{Store: memdb.New()}
	w := accesstest.New(f, accesstest.WithStore(store))
	store.on = true
	f.requireFailed(t, "changed something", func() {
		w.Refused(access.By("stranger"), access.RemoveMember{Client: accesstest.Client, User: accesstest.SuperAdmin2})
	})
}

func TestAWorldIsVerifiedAtTheEnd(t *testing.T) {
	f := &failing{}
	w := accesstest.New(f)
	require.Len(t, f.cleaning, 1)
	f.cleaning[0]()
	require.Empty(t, f.failed)

	// Somebody writes to the store past the rules: a client without any super
	// admin.
	_, err := w.Store.Update(t.Context(), func(tx storage.Tx) error {
		client, _ := storage.Get[relationship.Client](tx, relationship.ClientKey(accesstest.Client))
		client.SuperAdmins = 0
		if err := tx.Put(client); err != nil {
			return err
		}
		return tx.Log(relationship.Event{Change: "Meddle", Actor: relationship.Actor{Kind: relationship.ByHost}, At: tx.At(), Call: "x"})
	})
	require.NoError(t, err)
	f.requireFailed(t, string(accesstest.Client), f.cleaning[0])
}

func TestAWorldThatCannotBeMade(t *testing.T) {
	f := &failing{}
	f.requireFailed(t, "catalog", func() { accesstest.New(f, accesstest.WithCatalog(nil)) })
}

// Secrets of links are planted where the run of the tests asks for it, so that
// its output can be searched for them (LINK-6).
func TestSecretsArePlanted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "planted")
	t.Setenv("CLIENTACCESS_PLANTED_SECRETS", path)
	w := accesstest.New(t)
	link := w.Issue(access.By(accesstest.Admin), accesstest.Admin)
	planted, err := os.ReadFile(path)
	require.NoError(t, err)
	lines := strings.Fields(string(planted))
	require.Len(t, lines, 4, "two links, each whole and its verifier alone")
	for i, secret := range []relationship.Secret{w.Link.Secret, link.Secret} {
		require.True(t, lines[2*i] == secret.Reveal(), "the whole secret")
		require.True(t, strings.Contains(secret.Reveal(), "_"+lines[2*i+1]+"_"), "the verifier")
		require.Len(t, lines[2*i+1], 52)
	}
	information, err := os.Stat(path)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, information.Mode().Perm())
}

func TestSecretsThatCannotBePlantedFailTheTest(t *testing.T) {
	t.Setenv("CLIENTACCESS_PLANTED_SECRETS", filepath.Join(t.TempDir(), "no", "such", "folder"))
	f := &failing{}
	f.requireFailed(t, "no such file", func() { accesstest.New(f) })
}
