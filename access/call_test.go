package access_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// cast is a world with what the plays about rules need over and over again.
//
// From accesstest: Northwind is a partner with the domain northwind.example;
// ann is its super admin, and partner admin of Lumen, where carla and sven are
// super admins.
type cast struct {
	*accesstest.World
	t *testing.T
}

func newCast(t *testing.T, options ...accesstest.Option) cast {
	t.Helper()
	return cast{accesstest.New(t, options...), t}
}

func people(ids ...relationship.UserID) []relationship.UserID       { return ids }
func accounts(ids ...relationship.ClientID) []relationship.ClientID { return ids }
func perms(names ...string) permset.Names                           { return permset.MustNames(names...) }

// closed is the set that the names stand for, with all that they imply.
func (c cast) closed(names ...string) permset.Names {
	c.t.Helper()
	set, err := c.Catalog.Set(names...)
	require.NoError(c.t, err)
	return set.Names()
}

// deny makes a change that has to be refused for the reason, in an error that
// names each of the subjects, and that has changed nothing.
func (c cast) deny(call access.Call, change access.Change, reason error, subjects ...string) error {
	c.t.Helper()
	err := c.Refused(call, change)
	require.ErrorIs(c.t, err, reason)
	for _, subject := range subjects {
		require.ErrorContains(c.t, err, fmt.Sprintf("%q", subject))
	}
	return err
}

// change does a change, and returns what it did to one member of Lumen.
func (c cast) change(call access.Call, change access.Change, user relationship.UserID) access.MemberChange {
	c.t.Helper()
	done, found := c.Do(call, change).Member(accesstest.Client, user)
	require.True(c.t, found, "nothing is told about %s", user)
	return done
}

// plan plans a change that can be planned.
func (c cast) plan(call access.Call, change access.Change) access.Plan {
	c.t.Helper()
	plan, err := c.Manager.Plan(context.Background(), call, change)
	require.NoError(c.t, err)
	return plan
}

// lumen returns what is stored of a member of Lumen.
func (c cast) lumen(user relationship.UserID) relationship.Member {
	return c.Member(accesstest.Client, user)
}

// may reports whether a member of Lumen may use a permission now.
func (c cast) may(user relationship.UserID, permission string) bool {
	return c.Manager.CheckName(user, accesstest.Client, permission).Allowed()
}

// reason is why a member of Lumen may not use a permission now.
func (c cast) reason(user relationship.UserID, permission string) access.Reason {
	return c.Manager.CheckName(user, accesstest.Client, permission).Reason()
}

// manager makes an employee of Northwind's with Client Access Manager access,
// which every partner-side call needs.
func (c cast) manager(user relationship.UserID) {
	c.t.Helper()
	c.User(user, "northwind.example")
	c.employ(user)
}

// narrow makes a known employee partner admin of Lumen with a set of carla's
// choice: no more than the names and what they imply.
func (c cast) narrow(user relationship.UserID, names ...string) {
	c.t.Helper()
	c.Do(access.By("carla"), access.MakePartnerAdmin{Client: "lumen", Partner: "northwind", Employee: user})
	rest := c.Catalog.PartnerAdmin().Names().Minus(c.closed(names...))
	c.Do(access.By("carla"), access.ChangeMemberPermissions{Client: "lumen", User: user, Remove: rest.Slice()})
	require.Equal(c.t, c.closed(names...), c.lumen(user).Set)
}

// own makes a new user a standard own user of Lumen.
func (c cast) own(user relationship.UserID, names ...string) {
	c.t.Helper()
	c.User(user, "lumen.example")
	c.Do(access.By("carla"), access.AddMember{Client: "lumen", User: user, Permissions: names})
}

// client makes another client, whose super admin is the user, and which has
// let ann in as partner admin.
func (c cast) client(id relationship.ClientID, superAdmin relationship.UserID) {
	c.t.Helper()
	c.bareClient(id, superAdmin)
	c.Do(access.By(superAdmin), access.MakePartnerAdmin{Client: id, Partner: "northwind", Employee: "ann"})
}

// bareClient makes another client, whom no partner serves.
func (c cast) bareClient(id relationship.ClientID, superAdmin relationship.UserID) {
	c.t.Helper()
	c.User(superAdmin, string(id)+".example")
	c.Do(access.Host(), access.CreateClient{ID: id, Name: "Client " + string(id), SuperAdmin: superAdmin})
}

// southwind makes a second partner, whose super admin pia is partner admin of
// Lumen too.
func (c cast) southwind() {
	c.t.Helper()
	c.User("pia", "southwind.example")
	c.Do(access.Host(), access.CreatePartner{
		ID: "southwind", Name: "Southwind", Kind: relationship.Provider,
		Domains: []string{"southwind.example"}, SuperAdmin: "pia",
	})
	c.Do(access.By("carla"), access.MakePartnerAdmin{Client: "lumen", Partner: "southwind", Employee: "pia"})
}

// bothPartners makes an employee of Northwind and of Southwind, whom Southwind
// manages in Lumen.
func (c cast) bothPartners(user relationship.UserID) {
	c.t.Helper()
	c.Employee(user)
	c.Do(access.By("pia"), access.AddEmployee{Employee: user, Kind: relationship.Staff})
	c.Do(access.By("carla"), access.MakePartnerAdmin{Client: "lumen", Partner: "southwind", Employee: user})
}

// freelancer makes a contractor of Northwind's whose address is not of its
// domain: neither verified nor confirmed.
func (c cast) freelancer(user relationship.UserID) {
	c.t.Helper()
	c.User(user, "freelance.example")
	c.Do(access.By("ann"), access.AddEmployee{Employee: user, Kind: relationship.Contractor})
}

// superAdmin makes a new user super admin of Lumen. It comes before employ for
// one who is to be a super-admin employee: an employee is linked on the way.
func (c cast) superAdmin(user relationship.UserID, domain string) {
	c.t.Helper()
	c.User(user, domain)
	c.Do(access.By("carla"), access.AddMember{Client: "lumen", User: user})
	c.Do(access.By("carla"), access.MakeSuperAdmin{Client: "lumen", User: user})
}

// employ makes a known user an employee of Northwind's with Client Access
// Manager access.
func (c cast) employ(user relationship.UserID) {
	c.t.Helper()
	c.Do(access.By("ann"), access.AddEmployee{Employee: user, Kind: relationship.Staff, View: true, Edit: true})
}

func TestWords_TheZeroCallIsRefused(t *testing.T) {
	c := newCast(t)
	c.deny(access.Call{}, access.NameClient{Client: "lumen", Name: "Lumen"}, access.ErrInvalid)
	c.deny(access.Call{}.At("northwind"), access.NameClient{Client: "lumen", Name: "Lumen"}, access.ErrInvalid)
	c.deny(access.Host().At("northwind"), access.RenameClient{Client: "lumen", Name: "L"}, access.ErrInvalid)
	require.Equal(t, "nobody", access.Call{}.String())
}

func TestWords_ACallIsOfWellFormedText(t *testing.T) {
	c := newCast(t)
	for _, call := range []access.Call{
		access.By("a\x00b"), access.By("\xff"),
		access.By("ann").At("\xff"), access.By("ann").Because("\xff"),
		access.By("ann").Because(string(make([]byte, 10))),
	} {
		c.deny(call, access.NameClient{Client: "lumen", Name: "Lumen"}, access.ErrInvalid)
		_, err := c.Manager.Plan(context.Background(), call, access.NameClient{Client: "lumen", Name: "Lumen"})
		require.ErrorIs(t, err, access.ErrInvalid)
	}
}

func TestWords_WhoWorksForOnePartnerNeedNotSayWhich(t *testing.T) {
	c := newCast(t)
	c.southwind()
	rename := access.NameClient{Client: "lumen", Name: "Lumen (retainer)"}
	c.Do(access.By("ann"), rename)

	c.Do(access.By("pia"), access.AddEmployee{Employee: "ann", Kind: relationship.Staff, View: true, Edit: true})
	c.deny(access.By("ann"), rename, access.ErrWhichPartner, "ann")
	c.Do(access.By("ann").At("southwind"), rename)
	require.Equal(t, "Lumen (retainer)", c.Relationship("southwind", "lumen").ClientName)

	c.deny(access.By("carla"), rename, access.ErrWhichPartner, "carla")
	c.deny(access.By("carla").At("northwind"), rename, access.ErrNotAllowed, "carla", "northwind")
	c.deny(access.By("pia").At("northwind"), rename, access.ErrNotAllowed, "pia", "northwind")
}

func TestWords_TheOtherHatDoesNotHelp(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "contacts.view.all")
	c.superAdmin("max", "northwind.example")
	c.Do(access.By("ann"), access.AddEmployee{Employee: "max", Kind: relationship.Staff}) // without powers there

	c.deny(access.By("max"), access.RemoveEmployee{Employee: "bob", All: true}, access.ErrNotAllowed, "max")
	c.deny(access.By("max").At("northwind"), access.RemoveMember{Client: "lumen", User: "bob"}, access.ErrNotAllowed)
	c.deny(access.By("ann"), access.RemoveMember{Client: "lumen", User: "bob"}, access.ErrNotAllowed, "ann")
	c.deny(access.Host(), access.RemoveEmployee{Employee: "bob", All: true}, access.ErrNotAllowed)
	c.deny(access.Host(), access.RemoveMember{Client: "lumen", User: "bob"}, access.ErrNotAllowed)
	c.deny(access.By("ann"), access.RenameClient{Client: "lumen", Name: "L"}, access.ErrNotAllowed, "ann")

	c.Do(access.By("max"), access.RemoveMember{Client: "lumen", User: "bob"})
}
