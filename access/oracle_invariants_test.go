package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
	"github.com/clientaccess/clientaccess/storage/memdb"
)

// editEvent changes the first event of one commit.
func editEvent(revision int, change func(*relationship.Event)) func([]storage.Commit) []storage.Commit {
	return func(commits []storage.Commit) []storage.Commit {
		change(&commits[revision-1].Events[0])
		return commits
	}
}

// resealed computes every hash anew, as somebody would who can write the whole
// log.
func resealed(t *testing.T, commits []storage.Commit) []storage.Commit {
	t.Helper()
	var last relationship.Digest
	for i := range commits {
		chain, err := storage.Seal(last, commits[i])
		require.NoError(t, err)
		commits[i].Chain, last = chain, chain
	}
	return commits
}

// TestLOG1_VerifyFindsBrokenInvariants: a program that writes to the store
// past every rule leaves a good chain, and a state that no rule can have left.
func TestLOG1_VerifyFindsBrokenInvariants(t *testing.T) {
	var (
		bob  = relationship.Member{Client: accesstest.Client, User: "bob", Role: relationship.Standard, Manager: accesstest.Partner}
		stay = func(record relationship.Record) func(storage.Tx) error {
			return func(tx storage.Tx) error { return tx.Put(record) }
		}
		gone = func(key relationship.Key) func(storage.Tx) error {
			return func(tx storage.Tx) error { return tx.Delete(key) }
		}
	)
	for _, broken := range []struct {
		fault string
		write func(storage.Tx) error
	}{
		{`client "lumen" counts 7 active super admins and has 2`, func(tx storage.Tx) error {
			client, _ := storage.Get[relationship.Client](tx, relationship.ClientKey(accesstest.Client))
			client.SuperAdmins = 7
			return tx.Put(client)
		}},
		{`client "umbra" is open and has no active super admin (OFF-8)`, stay(relationship.Client{ID: "umbra", Name: "U"})},
		{`relationship "northwind" "lumen" counts 9 members and has 2 (REL-3)`, func(tx storage.Tx) error {
			rel, _ := storage.Get[relationship.Relationship](tx, relationship.RelationshipKey(accesstest.Partner, accesstest.Client))
			rel.Members = 9
			return tx.Put(rel)
		}},
		{`relationship "northwind" "lumen" has members and no record (REL-1)`,
			gone(relationship.RelationshipKey(accesstest.Partner, accesstest.Client))},
		{`member "lumen" "bob" refers to user "bob", which is missing`, gone(relationship.UserKey("bob"))},
		{`member "lumen" "bob" refers to client "lumen", which is missing`, gone(relationship.ClientKey(accesstest.Client))},
		{`member "lumen" "bob" refers to partner "northwind", which is missing`, gone(relationship.PartnerKey(accesstest.Partner))},
		{`member "lumen" "bob" outlives the employment (ORG-2)`, gone(relationship.EmployeeKey(accesstest.Partner, "bob"))},
		{`employee "northwind" "zed" refers to user "zed", which is missing`, stay(relationship.Employee{
			Partner: accesstest.Partner, User: "zed", Kind: relationship.Staff, Status: relationship.Employed,
		})},
		{`template "none" "t" refers to partner "none", which is missing`, stay(relationship.Template{Partner: "none", Name: "t"})},
		{`link "s" refers to employee "northwind" "zed", which is missing`, stay(relationship.Link{
			Selector: "s", Partner: accesstest.Partner, Employee: "zed", IssuedBy: "ann", Hash: relationship.Digest{1},
		})},
		{`relationship "none" "lumen" refers to partner "none", which is missing`, stay(relationship.Relationship{
			Partner: "none", Client: accesstest.Client, Phase: relationship.Ended, Ended: accesstest.Start,
		})},
		{`terms "none" "northwind" refers to client "none", which is missing`,
			stay(relationship.Terms{Client: "none", Partner: accesstest.Partner})},
		{`standing "lumen" "zed" refers to user "zed", which is missing`,
			stay(relationship.Standing{Client: accesstest.Client, User: "zed", Barred: true})},
		{`member "lumen" "bob" refers to relationship "southwind" "lumen", which is missing`, func(tx storage.Tx) error {
			other := bob
			other.Manager = "southwind"
			return tx.Put(other)
		}},
	} {
		t.Run(broken.fault, func(t *testing.T) {
			// The world's own check at the end would rightly fail: this one has
			// a testing.T without a Cleanup.
			w := accesstest.New(noCleanup{t}, accesstest.WithStore(memdb.New()))
			w.AddEmployee("bob", "support", crm.ReportsView)
			_, err := w.Store.Update(t.Context(), func(tx storage.Tx) error {
				if err := broken.write(tx); err != nil {
					return err
				}
				return tx.Log(relationship.Event{
					Change: "Sabotage", Actor: relationship.Actor{Kind: relationship.ByHost}, At: w.Clock.Now(), Call: "c",
				})
			})
			require.NoError(t, err)
			found, err := w.Manager.Verify(t.Context())
			require.ErrorIs(t, err, access.ErrCorrupt)
			require.Contains(t, found.Faults, broken.fault)
		})
	}
}

type noCleanup struct{ t *testing.T }

func (n noCleanup) Helper()                           { n.t.Helper() }
func (n noCleanup) Fatalf(format string, args ...any) { n.t.Helper(); n.t.Fatalf(format, args...) }
