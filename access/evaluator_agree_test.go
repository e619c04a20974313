package access_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// allReasons are the conditions that an explanation lists, in their order.
var allReasons = []access.Reason{
	access.ReasonUnknownPermission, access.ReasonUnknownClient, access.ReasonUnknownUser,
	access.ReasonClientClosed, access.ReasonNotMember, access.ReasonDeactivated, access.ReasonRunOut,
	access.ReasonMemberPaused, access.ReasonRelationshipOver, access.ReasonPartnerPaused,
	access.ReasonPartnerClosed, access.ReasonEmployeeInactive, access.ReasonNotInSet,
	access.ReasonSuperAdminOnly, access.ReasonNeverManaged, access.ReasonCeiling, access.ReasonNoSeat,
	access.ReasonOtherCatalog,
}

// tally counts questions, so that a run that asked nothing is seen.
type tally struct {
	questions, yes int
	failed         map[access.Reason]int
	alone          map[access.Reason]int
}

func newTally() *tally {
	return &tally{failed: map[access.Reason]int{}, alone: map[access.Reason]int{}}
}

func (c *tally) count(reasons []access.Reason) {
	c.questions++
	if len(reasons) == 0 {
		c.yes++
	}
	for _, reason := range reasons {
		c.failed[reason]++
	}
	if len(reasons) == 1 {
		c.alone[reasons[0]]++
	}
}

func (c *tally) add(other *tally) {
	c.questions += other.questions
	c.yes += other.yes
	for reason, n := range other.failed {
		c.failed[reason] += n
	}
	for reason, n := range other.alone {
		c.alone[reason] += n
	}
}

// report logs the counts, and fails where a reason never refused by itself:
// then nobody would have noticed if it did not refuse at all.
func (c *tally) report(t *testing.T, never ...access.Reason) {
	t.Helper()
	t.Logf("%d questions, %d of them yes", c.questions, c.yes)
	require.NotZero(t, c.yes)
	for _, reason := range allReasons {
		t.Logf("%9d refused, %8d for this reason alone: %s", c.failed[reason], c.alone[reason], reason)
		if reason != access.ReasonOtherCatalog && !slices.Contains(never, reason) {
			require.NotZerof(t, c.alone[reason], "%s never was the only reason", reason)
		}
	}
}

// agree asks one question, and fails unless the answer is the oracle's: the
// decision, and the set of reasons. In every way asks it in every way that
// there is.
func agree(t testing.TB, m *access.Manager, o *oracle, user relationship.UserID, client relationship.ClientID,
	name string, inEveryWay bool) []access.Reason {
	want := o.failures(user, client, name)
	permission, _ := m.Catalog().Lookup(name)
	got := m.Check(user, client, permission)
	same := got.Allowed() == (len(want) == 0)
	for _, reason := range allReasons {
		same = same && got.Failed(reason) == slices.Contains(want, reason)
	}
	first := access.ReasonAllowed
	if len(want) > 0 {
		first = want[0]
	}
	if !same || got.Reason() != first {
		t.Fatalf("Check(%q, %q, %q) differs from the rules (-rules +Check):\n%s",
			user, client, name, cmp.Diff(want, failedOf(got)))
	}
	if inEveryWay {
		if m.Can(user, client, permission) != got.Allowed() || m.CheckName(user, client, name) != got {
			t.Fatalf("Can or CheckName(%q, %q, %q) differs from Check, which says %s", user, client, name, got)
		}
		agreeExplained(t, m, user, client, permission, got, want)
	}
	return want
}

func agreeExplained(t testing.TB, m *access.Manager, user relationship.UserID, client relationship.ClientID,
	permission permset.Permission, checked access.Decision, want []access.Reason) {
	explained, err := m.Explain(access.Host(), user, client, permission)
	if err != nil || explained.Decision != checked || len(explained.Conditions) != len(allReasons) {
		t.Fatalf("Explain(%q, %q, %q) differs from Check: %v, %v", user, client, permission, explained, err)
	}
	for i, condition := range explained.Conditions {
		if condition.Reason != allReasons[i] || condition.Holds == slices.Contains(want, condition.Reason) {
			t.Fatalf("Explain(%q, %q, %q): condition %q differs from the rules", user, client, permission, condition.Reason)
		}
	}
}

func failedOf(d access.Decision) []access.Reason {
	var failed []access.Reason
	for _, reason := range allReasons {
		if d.Failed(reason) {
			failed = append(failed, reason)
		}
	}
	return failed
}

// agreePermissions fails unless Permissions is the set of what the oracle
// allows.
func agreePermissions(t testing.TB, m *access.Manager, o *oracle, user relationship.UserID, client relationship.ClientID) {
	var want []string
	for _, p := range o.catalog.Permissions {
		if len(o.failures(user, client, p.Name)) == 0 {
			want = append(want, p.Name)
		}
	}
	if got := m.Permissions(user, client).Names(); got != permset.MustNames(want...) {
		t.Fatalf("Permissions(%q, %q) differs from the rules (-rules +Permissions):\n%s",
			user, client, cmp.Diff(want, got.Slice()))
	}
}
