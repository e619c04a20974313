package access_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

func TestLINK3_ApprovingComparesWithToday(t *testing.T) {
	bob := access.ChangeUser{ID: "bob", Name: "User bob", Email: "bob@northwind.example"}
	renamed, moved := bob, bob
	renamed.Name, moved.Email = "Robert", "bob@elsewhere.example"
	for name, c := range map[string]struct {
		then    []func(*scene)
		changed bool
	}{
		"nothing":                  {nil, false},
		"other name":               {steps(hostDoes(renamed)), true},
		"other address":            {steps(hostDoes(moved)), true},
		"named as they are":        {steps(hostDoes(bob)), false},
		"contractor now":           {steps(does("ann", access.ChangeEmployee{Employee: "bob", Kind: relationship.Contractor})), true},
		"powers":                   {steps(does("ann", access.ChangeEmployee{Employee: "bob", Kind: relationship.Staff, View: true, Edit: true})), false},
		"suspended":                {steps(does("ann", access.SuspendEmployee{Employee: "bob"})), true},
		"suspended and resumed":    {steps(does("ann", access.SuspendEmployee{Employee: "bob"}), does("ann", access.ResumeEmployee{Employee: "bob"})), false},
		"paused":                   {steps(does("ann", access.PauseEmployee{Employee: "bob"})), true},
		"left":                     {steps(does("ann", access.EndEmployment{Employee: "bob"})), true},
		"left and hired again":     {steps(does("ann", access.EndEmployment{Employee: "bob"}), later, does("ann", access.AddEmployee{Employee: "bob", Kind: relationship.Staff})), true},
		"not eligible":             {steps(kind("reseller")), true},
		"not eligible for a while": {steps(kind("reseller"), kind(relationship.SolutionsPartner)), false},
		"eligible as another kind": {steps(kind(relationship.Provider)), false},
		"partner closed":           {steps(hostDoes(access.ClosePartner{Partner: "northwind"})), true},
		"partner renamed":          {steps(hostDoes(access.RenamePartner{Partner: "northwind", Name: "Southwind"})), false},
		"another client":           {steps(hostDoes(access.RenameClient{Client: "lumen", Name: "Lumen plc"})), false},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t)
			s.Employee("bob")
			link := s.Issue(access.By("ann"), "bob")
			for _, step := range c.then {
				step(s)
			}
			view, err := s.open("carla", link)
			require.NoError(t, err)
			require.Equal(t, c.changed, view.Changed)
			if !c.changed {
				s.as("carla").allow(approve(link))
				return
			}
			require.Equal(t, "LINK-3", s.as("carla").deny(access.ErrLinkChanged, approve(link)).Rule)
			_, err = s.Manager.Plan(t.Context(), access.By("carla"), approve(link))
			require.ErrorIs(t, err, access.ErrLinkChanged)
			require.Zero(t, s.lumen("bob"))
		})
	}
}

func TestLINK3_ALinkFixesWhatItAsksFor(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	link := s.Issue(access.By("ann"), "bob")
	asked := s.Catalog.PartnerAdmin().Names()
	declaration := crm.Declaration()
	declaration.PartnerAdmin = []string{"contacts.edit.all"}
	catalog, err := permset.NewCatalog(declaration)
	require.NoError(t, err)
	s.Manager = s.another(func(o *access.Options) { o.Catalog = catalog })

	view, err := s.open("carla", link)
	require.NoError(t, err)
	require.Equal(t, asked.Slice(), view.Asks, "as at issue")
	require.True(t, view.Changed)
	s.as("carla").deny(access.ErrLinkChanged, approve(link))

	s.as("carla").allow(approve(s.Issue(access.By("ann"), "bob")))
	require.Equal(t, s.names("contacts.edit.all"), s.lumen("bob").Set)
}

func TestLINK3_DecliningTellsAndChangesNothingElse(t *testing.T) {
	s := play(t)
	s.Employee("bob")
	link := s.Issue(access.By("ann"), "bob")
	result := s.as("carla").allow(access.DeclineLink{Client: "lumen", Secret: link.Secret})
	require.Equal(t, []relationship.Notification{
		{Kind: relationship.NotifyDeclined, To: "bob", Partner: "northwind", Client: "lumen"},
	}, result.Notifications)
	require.Empty(t, result.Members)
	require.Empty(t, result.Records)
	require.Empty(t, s.newest()[0].Lines)
	s.as("carla").allow(approve(link)) // a later yes
}

func steps(list ...func(*scene)) []func(*scene) { return list }

func later(s *scene) { s.Clock.Turn(time.Minute) }
