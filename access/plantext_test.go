package access_test

import (
	"bytes"
	"context"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// text is a plan as it travels.
func (c cast) text(plan access.Plan) []byte {
	c.t.Helper()
	text, err := plan.MarshalText()
	require.NoError(c.t, err)
	return text
}

// parsed is a plan that has travelled.
func (c cast) parsed(text []byte) access.Plan {
	c.t.Helper()
	plan, err := access.ParsePlan(text)
	require.NoError(c.t, err)
	return plan
}

// secretOf is the secret in a change, if there is one.
func secretOf(change access.Change) relationship.Secret {
	switch change := change.(type) {
	case access.ApproveLink:
		return change.Secret
	case access.DeclineLink:
		return change.Secret
	}
	return relationship.Secret{}
}

func TestPLAN2_EveryPlanTravelsAsText(t *testing.T) {
	everyDeed(t, func(c cast, d deed) {
		plan := c.plan(d.call, d.change)
		text := c.text(plan)
		back := c.parsed(text)
		requireSame(c.t, plan.Effects, back.Effects)
		require.Empty(c.t, cmp.Diff(plan.Clients, back.Clients, cmpopts.EquateEmpty()))
		require.Empty(c.t, cmp.Diff(plan.Obstacles, back.Obstacles, cmpopts.EquateEmpty()))
		require.Equal(c.t, plan.String(), back.String())
		require.Equal(c.t, text, c.text(back), "the same text again")

		done := c.apply(d.call, back.WithSecret(secretOf(d.change)))
		require.True(c.t, done.Changed)
		requireSame(c.t, plan.Effects, done.Effects)
	})
}

func TestPLAN2_ATickedPlanTravelsAsText(t *testing.T) {
	c := office(t)
	plan := c.plan(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true}).Only(bobInLumen)
	back := c.parsed(c.text(plan))
	done := c.apply(access.By("ann"), back)
	require.Len(t, done.Members, 1)
	require.Zero(t, c.lumen("bob"))
	require.NotZero(t, c.Member("umbra", "bob"))

	none := c.parsed(c.text(c.plan(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true}).Only()))
	require.False(t, c.apply(access.By("ann"), none).Changed)
	require.NotZero(t, c.Member("umbra", "bob"))

	ticked := c.parsed(c.text(c.plan(access.By("ann"), access.RemoveEmployees{Client: "lumen", All: true}))).Only(eveInLumen)
	require.Len(t, c.apply(access.By("ann"), ticked).Members, 1, "it can be ticked after the journey")
}

func TestPLAN2_AllTravelsAsText(t *testing.T) {
	c := office(t)
	change := access.All{
		access.AddMember{Client: "lumen", User: "zoe", Permissions: []string{"reports.view"}},
		access.All{access.SetSeat{Client: "lumen", User: "zoe", Paid: true}},
	}
	done := c.apply(access.By("carla"), c.parsed(c.text(c.plan(access.By("carla"), change))))
	require.Len(t, done.Members, 2)
	require.True(t, c.lumen("zoe").PaidSeat)
}

func TestPLAN2_NoSecretIsInAPlan(t *testing.T) {
	c := office(t)
	for name, change := range map[string]func(relationship.Secret) access.Change{
		"approving": func(s relationship.Secret) access.Change { return access.ApproveLink{Client: "lumen", Secret: s} },
		"declining": func(s relationship.Secret) access.Change { return access.DeclineLink{Client: "lumen", Secret: s} },
		"in All": func(s relationship.Secret) access.Change {
			return access.All{access.ApproveLink{Client: "lumen", Secret: s}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			secret := c.Issue(access.By("ann"), "dan").Secret
			plan := c.plan(access.By("carla"), change(secret))
			text := string(c.text(plan))
			asJSON, err := json.Marshal(plan)
			require.NoError(t, err)
			verifier := strings.Split(secret.Reveal(), "_")[2]
			shown := []string{text, string(asJSON), plan.String()}
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				for _, value := range []any{plan, &plan, change(secret), struct{ p access.Plan }{plan}, struct{ c access.Change }{change(secret)}} {
					shown = append(shown, fmt.Sprintf(verb, value))
				}
			}
			for _, shown := range shown {
				require.NotContains(t, shown, verifier)
				require.NotContains(t, shown, secret.Reveal())
				require.NotContains(t, shown, digits(verifier))
			}
			require.Contains(t, text, string(secret.Selector()), "the link is named by its selector")

			back := c.parsed([]byte(text))
			_, err = c.Manager.Apply(context.Background(), access.By("carla"), back)
			require.ErrorIs(t, err, access.ErrLink, "without its secret it opens nothing")
			other := c.Issue(access.By("ann"), "dan").Secret
			_, err = c.Manager.Apply(context.Background(), access.By("carla"), back.WithSecret(other))
			require.ErrorIs(t, err, access.ErrLink, "another link's secret is not put in")
			if name != "in All" {
				c.apply(access.By("carla"), back.WithSecret(secret))
			}
		})
	}
}

// digits are the first bytes of a verifier as %d writes them.
func digits(verifier string) string {
	raw, _ := base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding).DecodeString(verifier)
	return strings.Trim(fmt.Sprint(raw[:4]), "[]")
}

// Whoever alters a plan on its way gets nothing that Do would not give: either
// it differs from what would be done, or it is that other plan.
func TestPLAN2_AnAlteredPlanGivesNothingMoreThanDo(t *testing.T) {
	for name, alter := range map[string][2]string{
		"another template":     {`"template":"helper"`, `"template":"partner admin"`},
		"another employee":     {`"employees":["bob"]`, `"employees":["eve"]`},
		"another client":       {`"client":"lumen","employees"`, `"client":"umbra","employees"`},
		"more than is granted": {`"revoked":["crm.views.edit"]`, `"granted":["account.billing.view"]`},
		"another role":         {`"role":"standard"`, `"role":"super admin"`},
		"another change":       {`"name":"ChangeTemplate"`, `"name":"AddEmployees"`},
	} {
		t.Run(name, func(t *testing.T) {
			c := office(t)
			text := c.text(c.plan(access.By("ann"), access.ChangeTemplate{Client: "lumen", Employees: people("bob"), Template: "helper"}))
			altered := bytes.ReplaceAll(text, []byte(alter[0]), []byte(alter[1]))
			require.NotEqual(t, string(text), string(altered))
			before := c.Store.Snapshot().Revision()
			_, err := c.Manager.Apply(context.Background(), access.By("ann"), c.parsed(altered))
			require.Error(t, err)
			require.Equal(t, before, c.Store.Snapshot().Revision())
		})
	}
}

// An altered plan that is another whole plan is checked like that other.
func TestPLAN2_AForgedPlanIsJudgedByWhoAppliesIt(t *testing.T) {
	c := office(t)
	text := c.text(c.plan(access.By("carla"), access.MakeSuperAdmin{Client: "lumen", User: "otto"}))
	for _, actor := range people("otto", "ann", "bob", "sol", "nobody") {
		_, err := c.Manager.Apply(context.Background(), access.By(actor), c.parsed(text))
		require.ErrorIs(t, err, access.ErrNotAllowed)
	}
	c.apply(access.By("sven"), c.parsed(text))
}

func TestPLAN2_MalformedTextIsInvalid(t *testing.T) {
	c := office(t)
	good := string(c.text(c.plan(access.By("ann"), access.RemoveEmployee{Employee: "bob", All: true})))
	change := func(old, new string) string {
		altered := strings.Replace(good, old, new, 1)
		require.NotEqual(t, good, altered, old)
		return altered
	}
	for name, text := range map[string]string{
		"nothing":           "",
		"null":              "null",
		"a list":            "[]",
		"an empty object":   "{}",
		"cut off":           good[:len(good)/2],
		"no version":        change(`"clientaccessPlan":1`, `"clientaccessPlan":0`),
		"another version":   change(`"clientaccessPlan":1`, `"clientaccessPlan":2`),
		"more behind it":    good + "{}",
		"a brace behind it": good + "}",
		"a list behind it":  good + "]",
		"text behind it":    good + "x",
		"an unknown field":  change(`"clientaccessPlan"`, `"host":true,"clientaccessPlan"`),
		"an unknown change": change(`"RemoveEmployee"`, `"RemoveEverybody"`),
		"All":               change(`"RemoveEmployee"`, `"All"`),
		"an unexported one": change(`"RemoveEmployee"`, `"IssueLink"`),
		"a field too many":  change(`"employee":"bob"`, `"employee":"bob","host":true`),
		"a field mistyped":  change(`"employee":"bob"`, `"employee":7`),
		"a name not a name": change(`"effects":{`, `"effects":{"members":[{"client":"lumen","user":"bob","granted":["Not A Name"]}],`),
		"no body":           `{"clientaccessPlan":1,"changes":[{"name":"RemoveEmployee"}],"effects":{}}`,
		"a secret not one":  `{"clientaccessPlan":1,"changes":[{"name":"ApproveLink","body":{"client":"lumen","secret":"calink_x"}}],"effects":{}}`,
		"invalid UTF-8":     "\xff\xfe",
		"very deep":         strings.Repeat("[", 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := access.ParsePlan([]byte(text))
			require.ErrorIs(t, err, access.ErrInvalid)
		})
	}
	_, err := access.ParsePlan([]byte(good + " \n\t"))
	require.NoError(t, err, "white space is let be")
}

// FuzzParsePlan: whatever text comes, it is read or is an ErrInvalid, and what
// is read is written again as the same. Who may do nothing can do nothing by
// it, and whoever else applies it leaves the world as the rules leave it,
// which the world checks when it ends.
func FuzzParsePlan(f *testing.F) {
	f.Fuzz(func(t *testing.T, text []byte) {
		plan, err := access.ParsePlan(text)
		if err != nil {
			require.ErrorIs(t, err, access.ErrInvalid)
			return
		}
		require.NotPanics(t, func() { _ = plan.String() + plan.Only(bobInLumen).String() })
		if written, err := plan.MarshalText(); err == nil {
			again, err := access.ParsePlan(written)
			require.NoError(t, err)
			rewritten, err := again.MarshalText()
			require.NoError(t, err)
			require.Equal(t, string(written), string(rewritten))
		}
		c := newCast(t)
		c.AddEmployee("bob", "support", "reports.view")
		before := memberships(c)
		for _, call := range []access.Call{{}, access.By("nobody"), access.By("bob")} {
			_, _ = c.Manager.Apply(context.Background(), call, plan)
			require.Equal(t, before, memberships(c))
		}
		for _, call := range []access.Call{access.By("ann"), access.By("carla"), access.Host()} {
			_, _ = c.Manager.Apply(context.Background(), call, plan)
		}
	})
}

// memberships are all that are stored.
func memberships(c cast) (members []relationship.Record) {
	for member := range c.Store.Snapshot().All(relationship.KindMember, relationship.Key{}) {
		members = append(members, member)
	}
	return members
}
