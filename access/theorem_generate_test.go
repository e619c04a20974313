package access_test

import (
	"math/rand/v2"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// theoremGenerator makes up acts. It looks at the state, so that many acts are
// plausible; and now and then it lets anybody try anything.
type theoremGenerator struct {
	*rand.Rand
	stage  *theoremStage
	number int
	state  storage.Reader
	now    time.Time
}

// theoremKind is one kind of act, and how often it is tried.
type theoremKind struct {
	weight int
	act    func(g *theoremGenerator) theoremAct
}

func newTheoremGenerator(stage *theoremStage, seed, sequence uint64) *theoremGenerator {
	return &theoremGenerator{Rand: rand.New(rand.NewPCG(seed, sequence)), stage: stage}
}

// next makes up an act on the state as it is now.
func (g *theoremGenerator) next() theoremAct {
	g.state, g.now = g.stage.Store.Snapshot(), g.stage.Clock.Now()
	kind := g.kind()
	a := kind.act(g)
	if a.change != nil {
		a.planned = g.oneIn(12)
		if other := kind.act(g); g.oneIn(12) && a.link == 0 && other.by == a.by && other.change != nil {
			a.change = access.All{a.change, other.change} // all or nothing
		}
	}
	g.number++
	a.number = g.number
	return a
}

func (g *theoremGenerator) kind() theoremKind {
	drawn := g.IntN(theoremWeights)
	for _, kind := range theoremKinds {
		if drawn -= kind.weight; drawn < 0 {
			return kind
		}
	}
	panic("the weights do not add up")
}

// opening lets somebody in at the start, most of the time.
func (g *theoremGenerator) opening() []theoremAct {
	g.state, g.now = g.stage.Store.Snapshot(), g.stage.Clock.Now()
	var acts []theoremAct
	for _, client := range theoremClients {
		if g.oneIn(3) {
			continue
		}
		g.number++
		a := g.letIn(client)
		a.number = g.number
		acts = append(acts, a)
	}
	return acts
}

// letIn lets an employee of a partner into the client, without a link (LINK-7).
func (g *theoremGenerator) letIn(client relationship.ClientID) theoremAct {
	partner := g.partner()
	return theoremAct{by: g.clientSide(client), change: access.MakePartnerAdmin{
		Client: client, Partner: partner, Employee: g.employee(partner), End: g.end(),
	}}
}

func (g *theoremGenerator) oneIn(n int) bool { return g.IntN(n) == 0 }

func theoremPick[E any](g *theoremGenerator, from []E) E { return from[g.IntN(len(from))] }

func (g *theoremGenerator) client() relationship.ClientID   { return theoremPick(g, theoremClients) }
func (g *theoremGenerator) partner() relationship.PartnerID { return theoremPick(g, theoremPartners) }
func (g *theoremGenerator) user() relationship.UserID       { return theoremPick(g, theoremUsers) }

// userWho is a user of whom something is true, if there is one.
func (g *theoremGenerator) userWho(is func(relationship.UserID) bool) relationship.UserID {
	from := g.IntN(len(theoremUsers))
	for i := range theoremUsers {
		if user := theoremUsers[(from+i)%len(theoremUsers)]; is(user) {
			return user
		}
	}
	return theoremUsers[from]
}

func (g *theoremGenerator) employee(partner relationship.PartnerID) relationship.UserID {
	if g.oneIn(15) {
		return g.user()
	}
	return g.userWho(func(user relationship.UserID) bool {
		employee, _ := storage.Get[relationship.Employee](g.state, relationship.EmployeeKey(partner, user))
		return employee.Present()
	})
}

// member is somebody in a client of whom something is true.
func (g *theoremGenerator) member(client relationship.ClientID, is func(relationship.Member) bool) relationship.UserID {
	if g.oneIn(15) {
		return g.user()
	}
	return g.userWho(func(user relationship.UserID) bool {
		member := theoremMember(g.state, client, user)
		return member.User != "" && is(member)
	})
}

// newcomer is an employee who is no member of the client.
func (g *theoremGenerator) newcomer(client relationship.ClientID) func(relationship.PartnerID) relationship.UserID {
	return func(partner relationship.PartnerID) relationship.UserID {
		if g.oneIn(10) {
			return g.employee(partner)
		}
		return g.userWho(func(user relationship.UserID) bool {
			employee, _ := storage.Get[relationship.Employee](g.state, relationship.EmployeeKey(partner, user))
			return employee.ActiveAt(g.now) && theoremMember(g.state, client, user).User == ""
		})
	}
}

func (g *theoremGenerator) managed(client relationship.ClientID, partner relationship.PartnerID) relationship.UserID {
	return g.member(client, func(m relationship.Member) bool { return m.Manager == partner })
}

func (g *theoremGenerator) anybody(client relationship.ClientID) relationship.UserID {
	return g.member(client, func(relationship.Member) bool { return true })
}

// wild is a call that fits only by chance.
func (g *theoremGenerator) wild() access.Call {
	switch g.IntN(6) {
	case 0:
		return access.Host()
	case 1, 2:
		return access.By(g.user())
	}
	return access.By(g.user()).At(g.partner())
}

// manager is somebody with Client Access Manager access.
func (g *theoremGenerator) manager(partner relationship.PartnerID) access.Call {
	if g.oneIn(15) {
		return g.wild()
	}
	return access.By(g.userWho(func(user relationship.UserID) bool {
		employee, _ := storage.Get[relationship.Employee](g.state, relationship.EmployeeKey(partner, user))
		return employee.ActiveAt(g.now) && employee.HasAccess()
	})).At(partner)
}

// head is a super admin of a partner.
func (g *theoremGenerator) head(partner relationship.PartnerID) access.Call {
	if g.oneIn(12) {
		return g.manager(partner)
	}
	return access.By(theoremEmployees[partner][0]).At(partner)
}

// partnerAdmin is a partner admin of the client who may act, with their
// partner; found is false when there is none.
func (g *theoremGenerator) partnerAdmin(client relationship.ClientID) (by access.Call, partner relationship.PartnerID, found bool) {
	user := g.userWho(func(user relationship.UserID) bool {
		m := theoremMember(g.state, client, user)
		employee, _ := storage.Get[relationship.Employee](g.state, relationship.EmployeeKey(m.Manager, user))
		return m.Role == relationship.PartnerAdmin && employee.HasAccess() &&
			!g.stage.Manager.Permissions(user, client).IsEmpty()
	})
	member := theoremMember(g.state, client, user)
	if member.Role != relationship.PartnerAdmin || g.oneIn(15) {
		return g.wild(), g.partner(), member.Role == relationship.PartnerAdmin
	}
	return access.By(user).At(member.Manager), member.Manager, true
}

// superAdmin is a super admin of the client.
func (g *theoremGenerator) superAdmin(client relationship.ClientID) access.Call {
	if g.oneIn(15) {
		return g.wild()
	}
	return access.By(g.member(client, func(m relationship.Member) bool {
		return m.Role == relationship.SuperAdmin && m.Deactivated == relationship.NoSide
	}))
}

// clientSide is a super admin, or somebody who holds "add and edit users":
// also who is managed, and has no say.
func (g *theoremGenerator) clientSide(client relationship.ClientID) access.Call {
	if g.IntN(5) < 2 {
		return g.superAdmin(client)
	}
	users := g.stage.Catalog.AddAndEditUsers().Name()
	return access.By(g.member(client, func(m relationship.Member) bool { return m.Set.Has(users) }))
}

// theoremTimes are how far ahead something ends.
var theoremTimes = []time.Duration{time.Hour, accesstest.Day, 3 * accesstest.Day, 10 * accesstest.Day, 90 * accesstest.Day}

// end is when something ends: mostly never.
func (g *theoremGenerator) end() time.Time {
	if g.IntN(4) < 3 {
		return time.Time{}
	}
	return g.now.Add(theoremPick(g, theoremTimes))
}

// template is the built-in template, or one that the partner has now; now and
// then one that it may have had.
func (g *theoremGenerator) template(partner relationship.PartnerID) string {
	names := []string{"all", relationship.PartnerAdminTemplate, relationship.PartnerAdminTemplate}
	for template := range storage.As[relationship.Template](g.state.Scan(relationship.KindTemplate, string(partner), "")) {
		names = append(names, template.Name)
	}
	return theoremPick(g, names)
}

// permissions are a few names, mostly without owners.edit and provisioning,
// which are at the end.
func (g *theoremGenerator) permissions() []string {
	declared := theoremDeclaration().Permissions
	var names []string
	for range 1 + g.IntN(3) {
		names = append(names, declared[min(g.IntN(len(declared)), g.IntN(len(declared)+6))%len(declared)].Name)
	}
	return names
}
