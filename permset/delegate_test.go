package permset_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/permset"
)

// outcome is a Delegation as text.
type outcome struct{ Next, Granted, Revoked, Withheld, Retained string }

func outcomeOf(d permset.Delegation) outcome {
	return outcome{d.Next.String(), d.Granted.String(), d.Revoked.String(), d.Withheld.String(), d.Retained.String()}
}

func TestDEL1_NobodyHandsOnOrTakesAwayWhatTheyLack(t *testing.T) {
	c := salesCatalog()
	set := func(names ...string) permset.Set { return must(c.Set(names...)) }
	const editAll = "contacts.edit.all contacts.edit.team contacts.view.team"
	for _, test := range []struct {
		name                      string
		current, actor, requested permset.Set
		want                      outcome
	}{
		{"nothing at all", set(), set(), set(), outcome{}},
		{"no Reports from an administrator without Reports",
			set(), set("users.edit"), set("users.edit", "reports.view"),
			outcome{Next: "users.edit", Granted: "users.edit", Withheld: "reports.view"}},
		{"who has Reports keeps it when such an administrator changes their set",
			set("reports.view"), set("users.edit"), set("users.edit"),
			outcome{Next: "reports.view users.edit", Granted: "users.edit", Retained: "reports.view"}},
		{"and keeps it when it is asked for, which is then not withheld",
			set("reports.view"), set("users.edit"), set("reports.view"),
			outcome{Next: "reports.view"}},
		{"who holds it gives it",
			set(), set("reports.custom"), set("reports.view"),
			outcome{Next: "reports.view", Granted: "reports.view"}},
		{"who holds it takes it away",
			set("reports.custom"), set("reports.custom"), set("reports.view"),
			outcome{Next: "reports.view", Revoked: "reports.custom"}},
		{"who holds nothing changes nothing",
			set("reports.view"), set(), set("users.edit"),
			outcome{Next: "reports.view", Withheld: "users.edit", Retained: "reports.view"}},
		{"PSET-2: what cannot be taken away keeps what it implies",
			set("contacts.edit.all"), set("contacts.view.team"), set(),
			outcome{Next: editAll, Retained: editAll}},
		{"PSET-2: part of what is asked for",
			set(), set("contacts.edit.team"), set("contacts.edit.all"),
			outcome{Next: "contacts.edit.team contacts.view.team", Granted: "contacts.edit.team contacts.view.team", Withheld: "contacts.edit.all"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := permset.Delegate(test.current, test.actor, test.requested)
			require.Empty(t, cmp.Diff(test.want, outcomeOf(d)))
			require.True(t, permset.Next(test.current, test.actor, test.requested) == d.Next)
		})
	}
}

func TestDEL1_WhoHoldsEverythingIsNotBounded(t *testing.T) {
	c := salesCatalog()
	for p := range c.Permissions() {
		requested := must(c.Set(p.Name()))
		d := permset.Delegate(c.PartnerAdmin(), c.All(), requested)
		require.True(t, d.Next == requested)
		require.True(t, d.Withheld.IsEmpty() && d.Retained.IsEmpty())
	}
}

func TestDEL1_SetsThatAreNotClosedGiveNobodyMore(t *testing.T) {
	c := salesCatalog()
	exactly := func(names ...string) permset.Set { return must(c.Exactly(names...)) }
	d := permset.Delegate(exactly("contacts.edit.all"), permset.Set{}, permset.Set{})
	require.Equal(t, "contacts.edit.all", d.Next.String(), "the closure would have added what nobody conferred")
}
