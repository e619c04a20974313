package access_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// Client Access Manager access is enough: dan is a member of no client and
// holds no permission.
func TestPSET4_EditingATemplateChangesNobody(t *testing.T) {
	c := newCast(t)
	c.manager("dan")
	c.AddEmployee("bob", "support", "reports.view")
	before := c.lumen("bob")

	done := c.Do(access.By("dan"), access.EditTemplate{Name: "support", Permissions: []string{"contacts.edit.own", "account.close"}})
	require.Equal(t, []access.RecordChange{{
		Key:    relationship.TemplateKey("northwind", "support"),
		Before: "reports.view", After: c.closed("contacts.edit.own", "account.close").String(),
	}}, done.Records)
	require.Empty(t, done.Members)
	require.Equal(t, before, c.lumen("bob"))
	require.Equal(t, perms("reports.view"), c.Manager.Permissions("bob", "lumen").Names())

	again := c.Do(access.By("dan"), access.EditTemplate{Name: "support", Permissions: []string{"account.close", "contacts.edit.own"}})
	require.False(t, again.Changed, "the same set once more leaves no event")
	c.deny(access.By("dan"), access.EditTemplate{Name: "support", Permissions: []string{"no.such"}}, access.ErrUnknownPermission, "no.such")
}

// What the catalogue has lost stays in a template where it is named, and is not
// to be had anew.
func TestPSET4_EditingATemplateWithALostPermission(t *testing.T) {
	c := newCast(t)
	c.Template("exporter", "reports.export")
	c.Template("other", "reports.view")
	later := c.reopened(without(t, "reports.export"))
	ann := access.By("ann")

	later.Do(ann, access.EditTemplate{Name: "exporter", Permissions: []string{"reports.export", "crm.views.edit"}})
	template, _ := later.stored("northwind", "exporter")
	require.Equal(t, perms("reports.export", "crm.views.edit"), template.Set)
	later.deny(ann, access.EditTemplate{Name: "other", Permissions: []string{"reports.export"}}, access.ErrUnknownPermission, "reports.export")

	later.Do(ann, access.EditTemplate{Name: "exporter", Permissions: []string{"crm.views.edit"}})
	template, _ = later.stored("northwind", "exporter")
	require.Equal(t, perms("crm.views.edit"), template.Set)
	later.deny(ann, access.EditTemplate{Name: "exporter", Permissions: []string{"reports.export"}}, access.ErrUnknownPermission, "reports.export")
}

// Renaming moves the label of all who use the template, in every client, in
// one commit; nothing else of theirs changes, and the clients have seen no
// activity (REL-4). Another partner's template of the same name stays.
func TestPSET4_RenamingKeepsTheUsers(t *testing.T) {
	c := newCast(t)
	c.southwind()
	c.client("umbra", "ulla")
	c.AddEmployee("bob", "support", "reports.view", "account.close")
	c.AddEmployee("eve", "other", "reports.view")
	c.Do(access.By("ann"), access.LinkClients{Employee: "bob", Clients: accounts("umbra"), Template: "support"})
	c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", Clients: accounts("umbra")})
	c.Do(access.By("pia"), access.MakeTemplate{Name: "support", Permissions: []string{"crm.views.edit"}})
	c.User("sid", "southwind.example")
	c.Do(access.By("pia"), access.AddEmployee{Employee: "sid", Kind: relationship.Staff})
	c.Do(access.By("pia"), access.AddEmployees{Client: "lumen", Employees: people("sid"), Template: "support"})
	c.manager("dan")
	c.Clock.Turn(5 * time.Hour)
	was := []relationship.Member{c.lumen("bob"), c.Member("umbra", "bob")}
	activity := []relationship.Relationship{c.Relationship("northwind", "lumen"), c.Relationship("northwind", "umbra")}

	done := c.Do(access.By("dan"), access.RenameTemplate{Name: "support", To: "first line"})
	require.Len(t, done.Members, 2)
	for _, member := range was {
		member.Template = "first line"
		require.Equal(t, member, c.Member(member.Client, member.User))
	}
	_, found := c.stored("northwind", "support")
	require.False(t, found)
	renamed, _ := c.stored("northwind", "first line")
	require.Equal(t, perms("account.close", "reports.view"), renamed.Set)
	require.Equal(t, activity, []relationship.Relationship{c.Relationship("northwind", "lumen"), c.Relationship("northwind", "umbra")})
	require.Equal(t, "other", c.lumen("eve").Template)
	require.Equal(t, "support", c.lumen("sid").Template)

	// The old name is free, and is another template's then.
	c.Template("support", "crm.views.edit")
	c.Do(access.By("dan"), access.DeleteTemplate{Name: "support"})
	c.Do(access.By("ann"), access.RenameTemplate{Name: "first line", To: "support"})
	require.Equal(t, was[0], c.lumen("bob"))
}

func TestPSET4_DeletingAnUnusedTemplate(t *testing.T) {
	c := newCast(t)
	c.manager("dan")
	c.Template("support", "reports.view")
	done := c.Do(access.By("dan"), access.DeleteTemplate{Name: "support"})
	require.Equal(t, []access.RecordChange{{Key: relationship.TemplateKey("northwind", "support"), Before: "reports.view"}}, done.Records)
	c.deny(access.By("dan"), access.DeleteTemplate{Name: "support"}, access.ErrUnknownTemplate, "northwind", "support")
	c.Employee("bob")
	c.deny(access.By("ann"), access.AddEmployees{Client: "lumen", Employees: people("bob"), Template: "support"}, access.ErrUnknownTemplate)
	c.Template("support", "crm.views.edit")
}

// Every member who uses it is in the way, stopped or not, and the refusal
// names one of them.
func TestPSET4_DeletingATemplateInUse(t *testing.T) {
	c := newCast(t)
	c.client("umbra", "ulla")
	c.AddEmployee("bob", "support", "reports.view")
	c.Do(access.By("ann"), access.LinkClients{Employee: "bob", Clients: accounts("umbra"), Template: "support"})
	c.Do(access.By("ann"), access.DeactivateEmployee{Employee: "bob", All: true})
	c.Template("other", "reports.view")
	remove := access.DeleteTemplate{Name: "support"}

	c.deny(access.By("ann"), remove, access.ErrInUse, "northwind", "lumen", "bob", "support")
	c.Do(access.By("ann"), access.RemoveEmployee{Employee: "bob", Clients: accounts("lumen")})
	c.deny(access.By("ann"), remove, access.ErrInUse, "umbra", "bob")
	c.Do(access.By("ann"), access.ReactivateEmployees{Client: "umbra", All: true})
	c.Do(access.By("ann"), access.ChangeTemplate{Client: "umbra", Employees: people("bob"), Template: "other"})
	c.Do(access.By("ann"), remove)
	require.Equal(t, uint64(2), c.Manager.Stats().Refused[access.ErrInUse.Error()])
}

// A super admin is the client's own and uses no template any more.
func TestPSET4_ASuperAdminUsesNoTemplate(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	c.Do(access.By("carla"), access.MakeSuperAdmin{Client: "lumen", User: "bob"})
	c.Do(access.By("ann"), access.DeleteTemplate{Name: "support"})
}

// What the clock has ended is over, written down or not (REL-6): whose
// relationship it was uses nothing any more.
func TestPSET4_WhatTheClockEndedUsesNoTemplate(t *testing.T) {
	for name, change := range map[string]access.Change{
		"deleting":              access.DeleteTemplate{Name: "support"},
		"renaming":              access.RenameTemplate{Name: "support", To: "other"},
		"rolling out":           access.RollOutTemplate{Name: "support", All: true},
		"behind another change": access.All{access.EditTemplate{Name: "support"}, access.RollOutTemplate{Name: "support", All: true}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCast(t)
			c.AddEmployee("bob", "support", "reports.view")
			c.Do(access.By("carla"), access.SetRelationshipEnd{Client: "lumen", Partner: "northwind", End: c.Clock.Now().Add(time.Hour)})
			c.Do(access.By("ann"), access.EditTemplate{Name: "support", Permissions: []string{"crm.views.edit"}})
			require.NotEmpty(t, rolloutDrift(c, "ann", "support"))
			c.Clock.Turn(2 * time.Hour)
			require.NotZero(t, c.lumen("bob"), "nobody has written the end")
			require.Empty(t, rolloutDrift(c, "ann", "support"))

			done := c.Do(access.By("ann"), change)
			require.Empty(t, done.Members)
			require.Empty(t, done.Skipped)
			require.Zero(t, c.lumen("bob"))
		})
	}
}

// The built-in templates are nobody's, and their names are taken.
func TestPSET4_TheBuiltInTemplatesStay(t *testing.T) {
	c := newCast(t)
	c.Template("support", "reports.view")
	c.Template("other", "reports.view")
	for _, name := range []string{"partner admin", "Partner Admin", " partner admin", "super admin", "", "\xff"} {
		for _, change := range []access.Change{
			access.EditTemplate{Name: name, Permissions: []string{"reports.view"}},
			access.DeleteTemplate{Name: name},
			access.RenameTemplate{Name: name, To: "mine"},
			access.RenameTemplate{Name: "support", To: name},
		} {
			err := c.deny(access.By("ann"), change, access.ErrInvalid)
			var field *relationship.FieldError
			require.ErrorAs(t, err, &field)
			require.Equal(t, "template name", field.Noun+" "+field.Field)
		}
	}
	c.deny(access.By("ann"), access.RenameTemplate{Name: "support", To: "other"}, access.ErrExists, "northwind", "other")
	c.deny(access.By("ann"), access.RenameTemplate{Name: "support", To: "support"}, access.ErrExists, "northwind", "support")
}

// Nobody else's template is known: the answer is the same as for one that is
// not there.
func TestPSET4_WhoMayNotChangeATemplate(t *testing.T) {
	c := newCast(t)
	c.southwind()
	c.AddEmployee("bob", "support", "reports.view")
	for _, name := range []string{"support", "no such"} {
		for _, change := range []access.Change{
			access.EditTemplate{Name: name}, access.RenameTemplate{Name: name, To: "mine"},
			access.DeleteTemplate{Name: name}, access.RollOutTemplate{Name: name, All: true},
		} {
			c.deny(access.By("pia"), change, access.ErrUnknownTemplate, "southwind", name)
			c.deny(access.By("bob"), change, access.ErrNotAllowed, "northwind", "bob")
			c.deny(access.By("carla"), change, access.ErrWhichPartner, "carla")
			c.deny(access.By("carla").At("northwind"), change, access.ErrNotAllowed, "northwind", "carla")
			c.deny(access.Host(), change, access.ErrNotAllowed)
		}
	}
}

// Deleting and adding race: whichever comes first, nobody is left with a
// template that is not there. The world's Verify looks for that in the end.
func TestPSET4_RaceOfDeletingAndAdding(t *testing.T) {
	c := newCast(t)
	users := people("bob", "cleo", "dirk", "ella")
	for _, user := range users {
		c.Employee(user)
	}
	for range 8 {
		c.Template("support", "reports.view")
		var racing sync.WaitGroup
		do := func(change access.Change, allowed ...error) {
			racing.Go(func() {
				_, err := c.Manager.Do(context.Background(), access.By("ann"), change)
				known := err == nil
				for _, one := range allowed {
					known = known || errors.Is(err, one)
				}
				if !known {
					t.Errorf("%T: %v", change, err)
				}
			})
		}
		for _, user := range users {
			do(access.AddEmployees{Client: "lumen", Employees: people(user), Template: "support"}, access.ErrUnknownTemplate)
		}
		do(access.DeleteTemplate{Name: "support"}, access.ErrInUse)
		racing.Wait()
		c.Verify()
		if _, there := c.stored("northwind", "support"); there {
			for _, user := range users {
				if c.lumen(user).User != "" {
					c.Do(access.By("ann"), access.RemoveEmployee{Employee: user, All: true})
				}
			}
			c.Do(access.By("ann"), access.DeleteTemplate{Name: "support"})
		}
	}
}

// A label that leads nowhere is a fault, and Verify finds it.
func TestPSET4_VerifyFindsATemplateThatIsMissing(t *testing.T) {
	c := newCast(t)
	c.AddEmployee("bob", "support", "reports.view")
	key := relationship.TemplateKey("northwind", "support")
	found, err := verifyTampered(t, c.World, &tamperedStore{records: map[relationship.Key]relationship.Record{key: nil}})
	require.ErrorIs(t, err, access.ErrCorrupt)
	require.Contains(t, found.Faults, `member "lumen" "bob" refers to template "northwind" "support", which is missing`)
}
