package access_test

import (
	"slices"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
)

// everybody are those who tries every change, by a name that says in which
// quality. Those whose name has an @ say for which partner they act.
var everybody = map[string]access.Call{
	"the host": access.Host(),
	"nobody":   {},
	"unknown":  access.By("ulla"),

	// Lumen's side.
	"carla":           access.By("carla"),                 // super admin
	"sven":            access.By("sven"),                  // super admin
	"carla@northwind": access.By("carla").At("northwind"), // with a hat that she does not have
	"dede":            access.By("dede"),                  // super admin, deactivated
	"olga":            access.By("olga"),                  // own user with "add and edit users"
	"odin":            access.By("odin"),                  // the same, deactivated
	"otto":            access.By("otto"),                  // plain own user
	"zoe":             access.By("zoe"),                   // super admin of another client

	// Both sides: super admin of Lumen, and employee with view and edit.
	"sara":           access.By("sara"),
	"sara@northwind": access.By("sara").At("northwind"),

	// Northwind's side.
	"ann":             access.By("ann"),   // super admin of the partner, and partner admin
	"paula":           access.By("paula"), // super admin of the partner, no member
	"vera":            access.By("vera"),  // view and edit, no member
	"vito":            access.By("vito"),  // view alone, partner admin
	"edda":            access.By("edda"),  // edit alone, partner admin
	"mona":            access.By("mona"),  // standard managed member with "add and edit users"
	"petra":           access.By("petra"), // partner admin with view and edit
	"petra@northwind": access.By("petra").At("northwind"),
	"petra@fabrikam":  access.By("petra").At("fabrikam"), // for whom she does not work
	"pia":             access.By("pia"),                  // partner admin without powers
	"dora":            access.By("dora"),                 // partner admin with access, deactivated
	"runa":            access.By("runa"),                 // partner admin with access, run out
	"susan":           access.By("susan"),                // partner admin with access, suspended
	"paul":            access.By("paul"),                 // partner admin with access, paused
	"lena":            access.By("lena"),                 // left; was super admin of the partner and partner admin
	"twain":           access.By("twain"),                // view and edit for two partners, saying none
	"twain@northwind": access.By("twain").At("northwind"),

	// Other partners.
	"olaf": access.By("olaf"), // super admin of Fabrikam and its partner admin
	"cleo": access.By("cleo"), // super admin of a closed partner
}

// Who is allowed what, by name.
var (
	theHost        = []string{"the host"}
	partnerSupers  = []string{"ann", "paula"}
	withAccess     = []string{"ann", "paula", "vera", "petra", "petra@northwind", "dora", "runa", "twain@northwind", "sara", "sara@northwind"}
	partnerAdmins  = []string{"ann", "petra", "petra@northwind"}
	clientSupers   = []string{"carla", "sven", "sara"}
	keepersOfOwn   = []string{"carla", "sven", "sara", "olga"}
	approvers      = []string{"carla", "sven", "olga"}
	withAccessToo  = append(slices.Clone(withAccess), "olaf")
	partnersSupers = append(slices.Clone(partnerSupers), "olaf")
	themselves     = []string{
		"ann", "paula", "vera", "vito", "edda", "mona", "petra", "pia", "dora", "runa", "susan", "paul", "twain", "sara",
	}
)

// assemble makes a world with all actors, and with those to whom things are
// done: bob, a standard member of Northwind's; newt, an employee who is no
// member; fred, an unverified employee among Lumen's own, who has confirmed.
func assemble(t accesstest.T) *accesstest.World {
	w := accesstest.New(t)
	host, carla, ann := access.Host(), access.By("carla"), access.By("ann")
	own := func(user relationship.UserID, permissions ...string) {
		w.User(user, "lumen.example")
		w.Do(carla, access.AddMember{Client: "lumen", User: user, Permissions: permissions})
	}
	employee := func(user relationship.UserID, view, edit, super bool) {
		w.User(user, "northwind.example")
		w.Do(ann, access.AddEmployee{Employee: user, Kind: relationship.Staff, View: view, Edit: edit, SuperAdmin: super})
	}
	partner := func(id relationship.PartnerID, super relationship.UserID) {
		w.User(super, string(id)+".example")
		w.Do(host, access.CreatePartner{ID: id, Name: string(id), Kind: relationship.Provider, SuperAdmin: super})
	}

	own("olga", "account.users.edit", "contacts.view.all")
	own("odin", "account.users.edit")
	own("otto", "contacts.view.all")
	own("dede")
	w.Do(carla, access.MakeSuperAdmin{Client: "lumen", User: "dede"})
	w.Do(carla, access.DeactivateMember{Client: "lumen", User: "dede"})
	w.Do(carla, access.DeactivateMember{Client: "lumen", User: "odin"})
	w.User("zoe", "solo.example")
	w.Do(host, access.CreateClient{ID: "solo", Name: "Solo Inc", SuperAdmin: "zoe"})

	own("sara")
	w.Do(carla, access.MakeSuperAdmin{Client: "lumen", User: "sara"})
	w.Do(host, access.ChangeUser{ID: "sara", Name: "Sara", Email: "sara@northwind.example"})
	w.Do(ann, access.AddEmployee{Employee: "sara", Kind: relationship.Staff, View: true, Edit: true})

	employee("paula", false, false, true)
	employee("vera", true, true, false)
	employee("vito", true, false, false)
	employee("edda", false, true, false)
	for _, user := range []relationship.UserID{"petra", "dora", "runa", "susan", "paul"} {
		employee(user, true, true, false)
	}
	employee("lena", true, true, true)
	for _, user := range []relationship.UserID{"pia", "mona", "bob", "newt"} {
		employee(user, false, false, false)
	}
	w.Do(ann, access.AddEmployees{
		Client: "lumen", Employees: whom("vito", "edda", "petra", "pia", "dora", "runa", "susan", "paul", "lena"),
		Template: relationship.PartnerAdminTemplate,
	})
	w.Template("support", "contacts.view.all")
	w.Template("users", "account.users.edit")
	w.Template("unused", "contacts.view.all")
	w.Do(ann, access.AddEmployees{Client: "lumen", Employees: whom("mona"), Template: "users"})
	w.Do(ann, access.AddEmployees{Client: "lumen", Employees: whom("bob"), Template: "support"})

	partner("fabrikam", "olaf")
	partner("closed", "cleo")
	w.User("twain", "mail.example")
	w.Do(ann, access.AddEmployee{Employee: "twain", Kind: relationship.Contractor, View: true, Edit: true})
	w.Do(access.By("olaf"), access.AddEmployee{Employee: "twain", Kind: relationship.Contractor, View: true, Edit: true})
	w.Do(carla, access.MakePartnerAdmin{Client: "lumen", Partner: "fabrikam", Employee: "olaf"})
	w.Do(carla, access.MakePartnerAdmin{Client: "lumen", Partner: "closed", Employee: "cleo"})
	w.Do(host, access.ClosePartner{Partner: "closed"})

	w.User("fred", "mail.example")
	w.Do(ann, access.AddEmployee{Employee: "fred", Kind: relationship.Contractor})
	w.Do(access.By("fred"), access.ConfirmEmployment{Partner: "northwind"})
	w.Do(carla, access.AddMember{Client: "lumen", User: "fred"})
	w.User("stranger", "nowhere.example")

	w.Do(carla, access.SetMemberEnd{Client: "lumen", User: "runa", End: w.Clock.Now().Add(time.Hour)})
	w.Clock.Turn(2 * time.Hour)
	w.Do(ann, access.DeactivateEmployees{Client: "lumen", Employees: whom("dora")})
	w.Do(ann, access.EndEmployment{Employee: "lena"})
	w.Do(ann, access.PauseEmployee{Employee: "paul"})
	w.Do(ann, access.SuspendEmployee{Employee: "susan"})
	return w
}
