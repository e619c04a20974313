package access_test

import (
	"bytes"
	"context"
	"encoding/base32"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// The rest of the cast, beside the people of package accesstest. Fabrikam is a
// second partner, Solo a second client.
const (
	fabrikam relationship.PartnerID = "fabrikam"
	solo     relationship.ClientID  = "solo"
)

// scene is a world in which a test plays a story:
//
//	s := play(t)
//	s.as("carla").allow(access.AddMember{…})
//	s.as("petra").deny(access.ErrNotAllowed, access.AddMember{…})
type scene struct {
	*accesstest.World
	t     *testing.T
	right relationship.Secret // of the link that is guessed at (LINK-6)
}

func play(t *testing.T, options ...accesstest.Option) *scene {
	t.Helper()
	return &scene{World: accesstest.New(t, options...), t: t}
}

// player is somebody of the scene who acts.
type player struct {
	s    *scene
	call access.Call
}

func (s *scene) as(user relationship.UserID) player { return player{s, access.By(user)} }

func (s *scene) host() player { return player{s, access.Host()} }

// at says for which partner the player acts.
func (p player) at(partner relationship.PartnerID) player { return player{p.s, p.call.At(partner)} }

// allow makes a change that has to be done.
func (p player) allow(change access.Change) access.Result {
	p.s.t.Helper()
	return p.s.Do(p.call, change)
}

// idle makes a change that has to be accepted and to change nothing: no event,
// no revision.
func (p player) idle(change access.Change) {
	p.s.t.Helper()
	before := p.s.Store.Snapshot().Revision()
	result := p.s.Do(p.call, change)
	require.False(p.s.t, result.Changed, "%T", change)
	require.Equal(p.s.t, before, p.s.Store.Snapshot().Revision(), "%T", change)
}

// deny makes a change that has to be refused for a reason, and to leave the
// revision as it was. A refusal names a rule.
func (p player) deny(want error, change access.Change) *access.RefusedError {
	p.s.t.Helper()
	err := p.s.Refused(p.call, change)
	require.ErrorIs(p.s.t, err, want)
	refused, is := errors.AsType[*access.RefusedError](err)
	if is {
		require.NotEmpty(p.s.t, refused.Rule, err)
	}
	return refused
}

// plan shows what a change would do.
func (p player) plan(change access.Change) access.Plan {
	p.s.t.Helper()
	plan, err := p.s.Manager.Plan(context.Background(), p.call, change)
	require.NoError(p.s.t, err)
	return plan
}

func (s *scene) can(user relationship.UserID, permission string) bool {
	s.t.Helper()
	return s.Manager.Can(user, accesstest.Client, s.Permission(permission))
}

func (s *scene) why(user relationship.UserID, permission string) access.Reason {
	s.t.Helper()
	return s.Manager.Check(user, accesstest.Client, s.Permission(permission)).Reason()
}

// lumen is a user's membership in Lumen as it is stored.
func (s *scene) lumen(user relationship.UserID) relationship.Member {
	return s.Member(accesstest.Client, user)
}

// northwind is the relationship of Northwind with Lumen as it is stored.
func (s *scene) northwind() relationship.Relationship {
	return s.Relationship(accesstest.Partner, accesstest.Client)
}

// names closes permission names under implication, as they are stored.
func (s *scene) names(names ...string) permset.Names {
	s.t.Helper()
	set, err := s.Catalog.Set(names...)
	require.NoError(s.t, err)
	return set.Names()
}

// newest are the events of the newest commit.
func (s *scene) newest() []access.LoggedEvent {
	s.t.Helper()
	var events []access.LoggedEvent
	after := s.Store.Snapshot().Revision() - 1
	for event, err := range s.Manager.Events(context.Background(), access.Host(), after) {
		require.NoError(s.t, err)
		events = append(events, event)
	}
	return events
}

// own makes a user known and one of Lumen's own, with permissions.
func (s *scene) own(user relationship.UserID, domain string, permissions ...string) {
	s.t.Helper()
	s.User(user, domain)
	s.as("carla").allow(access.AddMember{Client: accesstest.Client, User: user, Permissions: permissions})
}

// staff makes an employee of Northwind's with Client Access Manager access.
func (s *scene) staff(user relationship.UserID) {
	s.t.Helper()
	s.User(user, "northwind.example")
	s.as("ann").allow(access.AddEmployee{Employee: user, Kind: relationship.Staff, View: true, Edit: true})
}

// partnerAdmin makes an employee with Client Access Manager access who is
// partner admin of Lumen.
func (s *scene) partnerAdmin(user relationship.UserID) {
	s.t.Helper()
	s.staff(user)
	s.as("ann").allow(access.AddEmployees{
		Client: accesstest.Client, Employees: whom(user), Template: relationship.PartnerAdminTemplate,
	})
}

// freelancer makes a contractor of Northwind's whose address is not in one of
// its domains.
func (s *scene) freelancer(user relationship.UserID) {
	s.t.Helper()
	s.User(user, "mail.example")
	s.as("ann").allow(access.AddEmployee{Employee: user, Kind: relationship.Contractor})
}

// superAdmin makes a known user a super admin of Lumen.
func (s *scene) superAdmin(user relationship.UserID) {
	s.t.Helper()
	if s.lumen(user).User == "" {
		s.as("carla").allow(access.AddMember{Client: accesstest.Client, User: user})
	}
	s.as("carla").allow(access.MakeSuperAdmin{Client: accesstest.Client, User: user})
}

// superEmployee makes a super admin of Lumen who then comes to work for
// Northwind, with Client Access Manager access. The order counts: an employee
// who is added to Lumen is linked before they can be made super admin.
func (s *scene) superEmployee(user relationship.UserID, domain string) {
	s.t.Helper()
	s.User(user, domain)
	s.superAdmin(user)
	s.as("ann").allow(access.AddEmployee{Employee: user, Kind: relationship.Staff, View: true, Edit: true})
}

// secondPartner makes Fabrikam, whose super admin olaf has no client yet.
func (s *scene) secondPartner() {
	s.t.Helper()
	s.User("olaf", "fabrikam.example")
	s.host().allow(access.CreatePartner{
		ID: fabrikam, Name: "Fabrikam", Kind: relationship.Provider,
		Domains: []string{"fabrikam.example"}, SuperAdmin: "olaf",
	})
}

// letFabrikamIn makes Fabrikam, and olaf partner admin of Lumen for it.
func (s *scene) letFabrikamIn() {
	s.t.Helper()
	s.secondPartner()
	s.as("carla").allow(access.MakePartnerAdmin{Client: accesstest.Client, Partner: fabrikam, Employee: "olaf"})
}

// secondClient makes Solo, whose lone super admin is zoe.
func (s *scene) secondClient() {
	s.t.Helper()
	s.User("zoe", "solo.example")
	s.host().allow(access.CreateClient{ID: solo, Name: "Solo Inc", SuperAdmin: "zoe"})
}

// letIntoSolo makes Solo, and ann partner admin there.
func (s *scene) letIntoSolo() {
	s.t.Helper()
	s.secondClient()
	s.as("zoe").allow(access.MakePartnerAdmin{Client: solo, Partner: accesstest.Partner, Employee: "ann"})
}

// removeAll takes everybody of Northwind's out of Lumen, so that the
// relationship begins to end, and returns the instant.
func (s *scene) removeAll() time.Time {
	s.t.Helper()
	s.as("ann").allow(access.RemoveEmployees{Client: accesstest.Client, All: true})
	require.Equal(s.t, relationship.Ending, s.northwind().Phase)
	return s.Clock.Now()
}

// another opens a second Manager over the same store, with other options.
func (s *scene) another(change func(*access.Options)) *access.Manager {
	s.t.Helper()
	options := access.Options{Catalog: s.Catalog, Clock: s.Clock.Now}
	change(&options)
	manager, err := access.Open(context.Background(), s.Store, options)
	require.NoError(s.t, err)
	return manager
}

func whom(users ...relationship.UserID) []relationship.UserID { return users }

// wrong makes a well-formed secret with a link's selector and another
// verifier; n tells them apart.
func wrong(t *testing.T, selector relationship.Selector, n byte) relationship.Secret {
	t.Helper()
	alphabet := base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)
	raw, err := alphabet.DecodeString(string(selector))
	require.NoError(t, err)
	secret, err := relationship.NewSecret(bytes.NewReader(slices.Concat(raw, bytes.Repeat([]byte{n}, 32))))
	require.NoError(t, err)
	return secret
}
