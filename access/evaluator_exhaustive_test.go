package access_test

import (
	"os"
	"testing"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// fullRun says whether to take the time for everything.
func fullRun() bool { return os.Getenv("CLIENTACCESS_FULL") != "" }

// TestASK1_Exhaustive goes through the combinations of all facts that bear on
// one question, with one user, one client and two partners, and compares
// Check, Can, CheckName, Permissions and Explain with the oracle. Records are
// written past every rule, so that combinations are among them which no
// change can bring about.
//
// The full run takes the product of the main forms of all facts, and with it
// one fact at a time in each of its other forms. The short run takes every
// kind of membership with and without a ceiling or a seat, and any two other
// facts in any form, while the rest allows.
//
// What is left out cannot matter: names, and instants that no condition
// reads. In each combination a dozen permissions are asked about, one for each
// combination of marks; whether the set and the ceiling have them takes turns,
// and so does whether everything about the second partner refuses.
func TestASK1_Exhaustive(t *testing.T) {
	for _, kind := range []struct {
		name       string
		dimensions []factDimension
	}{
		{"managed", managedDimensions()},
		{"own", ownDimensions()},
	} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			s := newQuestionStage(t)
			situations, counts := 0, newTally()
			ask := func(choice []int) {
				shown := newSituation()
				for i, form := range choice {
					kind.dimensions[i].forms[form](&shown)
				}
				if situations%3 == 1 {
					shown.spoil(1)
				}
				s.show(&shown)
				s.askAll(situations, counts)
				situations++
			}
			everyCombination(kind.dimensions, ask)
			t.Logf("%d combinations", situations)
			counts.report(t, neverAlone[kind.name]...)
		})
	}
}

// neverAlone are reasons that never refuse alone: who is no member lacks the
// permission, too. The rest belongs to the other kind of member.
var neverAlone = map[string][]access.Reason{
	"managed": {access.ReasonNotMember, access.ReasonSuperAdminOnly, access.ReasonNoSeat},
	"own": {
		access.ReasonNotMember, access.ReasonRelationshipOver, access.ReasonPartnerPaused,
		access.ReasonPartnerClosed, access.ReasonEmployeeInactive, access.ReasonNeverManaged, access.ReasonCeiling,
	},
}

// askAll asks about one permission of each combination of marks, and about
// one that does not exist.
func (s *questionStage) askAll(turn int, counts *tally) {
	o := newOracle(situationCatalog, s.store.Snapshot(), situationNow)
	for i, marks := range situationMarks {
		n := turn*5 + i
		name := situationName(marks, situationStates[n%3], situationStates[n/3%3])
		counts.count(agree(s.t, s.manager, o, situationUser, situationClient, name, i == turn%len(situationMarks)))
	}
	counts.count(agree(s.t, s.manager, o, situationUser, situationClient, "no.such", turn%8 == 0))
	if turn%16 == 0 {
		agreePermissions(s.t, s.manager, o, situationUser, situationClient)
	}
}

// managedDimensions: bob came to lumen through one of the two partners.
func managedDimensions() []factDimension {
	managed := func(role relationship.Role) func(*situation) {
		return func(s *situation) { s.member.Role, s.member.Manager = role, "north" }
	}
	return []factDimension{
		dimensionClient(), dimensionUser(),
		{"role", []func(*situation){managed(relationship.Standard), managed(relationship.PartnerAdmin)}, 2, true},
		dimensionDeactivated(), dimensionEnd(), dimensionLongest(0), dimensionCeiling(0), dimensionPartnerPause(0),
		dimensionMemberPause(), dimensionRelationship(0), dimensionPartner(0), dimensionEmployee(0),
	}
}

// ownDimensions: bob is lumen's own, or no member at all, and may have the
// partner seat through either partner, or through none.
func ownDimensions() []factDimension {
	superAdmin := func(s *situation) { s.member.Role, s.member.Set = relationship.SuperAdmin, permset.Names{} }
	address := func(domain string) func(*situation) {
		return func(s *situation) { s.address(domain) }
	}
	return []factDimension{
		dimensionClient(), dimensionUser(),
		{"membership", []func(*situation){asItIs, superAdmin, func(s *situation) { s.without(s.member) }}, 3, true},
		{"paid seat", []func(*situation){asItIs, func(s *situation) { s.member.PaidSeat = true }}, 2, true},
		dimensionDeactivated(), dimensionEnd(), dimensionMemberPause(),
		{"address", []func(*situation){
			address("north.example"), address("elsewhere.example"), address("south.example"), address("mail.north.example"),
		}, 4, false},
		dimensionPartner(0), dimensionEmployee(0),
		{"terms of the partners", []func(*situation){asItIs, func(s *situation) {
			for i := range s.side {
				s.side[i].terms.Pause, s.side[i].terms.Longest, s.side[i].terms.HasCeiling = pauseOn, 1e9, true
				s.without(s.side[i].relationship)
			}
		}}, 2, false},
	}
}

// everyCombination calls visit with each choice of one form per dimension. In
// the full run at most one dimension takes a form that is not a main one; in
// the short run at most two that are not free take another than their first.
// The last dimension turns fastest.
func everyCombination(dimensions []factDimension, visit func(choice []int)) {
	choice, full := make([]int, len(dimensions)), fullRun()
	var turn func(at, others int)
	turn = func(at, others int) {
		if at == len(dimensions) {
			visit(choice)
			return
		}
		d := dimensions[at]
		for form := range d.forms {
			another, most := others, 2
			if full {
				most = 1
			}
			if full && form >= d.main || !full && !d.free && form > 0 {
				another++
			}
			if another <= most {
				choice[at] = form
				turn(at+1, another)
			}
		}
		choice[at] = 0
	}
	turn(0, 0)
}
