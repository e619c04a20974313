package access_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
)

// TestASK2_JustTheyCouldChangeIt: in random worlds, for questions that are
// refused, everybody tries everything that could help. Whatever makes a
// condition hold was done by somebody who is listed with it; and where somebody
// of a party that is listed is there and fit for it, something helps.
func TestASK2_JustTheyCouldChangeIt(t *testing.T) {
	t.Parallel()
	worlds, steps := 10, 40
	if fullRun() {
		worlds = 400
	}
	tried, helped := 0, map[access.Reason]int{}
	for seed := range uint64(worlds) {
		w := newRandomWorld(t, 70_000+seed)
		for range steps {
			w.step()
			client := oneOf(w, randomClients)
			if w.chance(3) {
				w.changeEmployees()
				w.changeTerms(client)
			}
			p := partyQuestion{randomWorld: w, client: client, user: w.someone(client)}
			p.permission, _ = smallCatalog().Lookup(oneOf(w, smallDeclaration().Permissions).Name)
			before, err := w.manager.Explain(access.Host(), p.user, p.client, p.permission)
			require.NoError(t, err)
			if before.Decision.Allowed() {
				continue
			}
			fit, did := map[partyReason]access.Call{}, map[partyReason]bool{}
			for _, attempt := range p.attempts() {
				if len(attempt.parties) == 0 && !p.chance(10) {
					continue // the rest are refused for want of authority
				}
				tried++
				after, err := w.manager.DecideAfter(attempt.by, attempt.does, p.user, p.client, p.permission)
				for _, condition := range before.Conditions {
					reason := condition.Reason
					if condition.Holds {
						continue
					}
					for _, party := range attempt.parties {
						if _, known := fit[partyReason{party, reason}]; !known && p.isFit(attempt, party, reason) {
							fit[partyReason{party, reason}] = attempt.by
						}
					}
					if err != nil || after.Failed(access.ReasonNotMember) || after.Failed(reason) || !p.isRemedy(before, attempt, reason) {
						continue
					}
					helped[reason]++
					// What was before a relationship ended is not mended, so there
					// being let in anew is not listed everywhere.
					listed := before.Decision.Failed(access.ReasonRelationshipOver) && !isLetIn(reason)
					for _, party := range attempt.parties {
						did[partyReason{party, reason}] = true
						listed = listed || slices.Contains(condition.ChangeableBy, party)
					}
					require.Truef(t, listed, "seed %d: %s, who are %q, did %#v: %q holds, in\n%s",
						seed, attempt.by, attempt.parties, attempt.does, reason, before)
				}
			}
			for _, condition := range before.Conditions {
				for _, party := range condition.ChangeableBy {
					by, is := fit[partyReason{party, condition.Reason}]
					require.Truef(t, !is || did[partyReason{party, condition.Reason}],
						"seed %d: nothing that %s, %s, could do helped against %q in\n%s", seed, by, party, condition.Reason, before)
				}
			}
		}
	}
	t.Logf("%d attempts; those that helped: %v", tried, helped)
	for _, reason := range []access.Reason{
		access.ReasonNotMember, access.ReasonDeactivated, access.ReasonRunOut, access.ReasonMemberPaused,
		access.ReasonRelationshipOver, access.ReasonPartnerPaused, access.ReasonEmployeeInactive, access.ReasonNotInSet,
		access.ReasonSuperAdminOnly, access.ReasonNeverManaged, access.ReasonCeiling, access.ReasonNoSeat,
	} {
		require.NotZerof(t, helped[reason], "%s", reason)
	}
}

type partyReason struct {
	party  access.Party
	reason access.Reason
}

// isFit reports whether nothing about the person stands in the way: what they
// hold, their own end, and that a partner does not let itself in.
func (p partyQuestion) isFit(attempt partyAttempt, party access.Party, reason access.Reason) bool {
	if party == access.PartySuperAdmin {
		return true
	}
	for _, other := range allReasons {
		if reason == access.ReasonNotInSet && other != access.ReasonNoSeat && p.manager.Check(attempt.actor, p.client, p.permission).Failed(other) {
			return false
		}
	}
	target, _ := p.manager.Member(access.Host(), p.user, p.client)
	member, _ := p.manager.Member(access.Host(), attempt.actor, p.client)
	switch party {
	case access.PartyUserEditor:
		return !p.employs(target.Manager, attempt.actor) && member.Until.IsZero()
	case access.PartyPartnerAdmin:
		return (target.Manager == "" || target.Manager == attempt.partner) && p.employs(attempt.partner, p.user) && member.Until.IsZero()
	}
	return target.Manager == attempt.partner
}

// employs reports whether the user is an active employee of the partner.
func (p partyQuestion) employs(partner relationship.PartnerID, user relationship.UserID) bool {
	employees := everyRecord[relationship.Employee](p.store.Snapshot(), relationship.KindEmployee)
	return slices.ContainsFunc(employees, func(e relationship.Employee) bool {
		return e.Partner == partner && e.User == user && e.ActiveAt(p.now())
	})
}

// partyQuestion is a question in a random world.
type partyQuestion struct {
	*randomWorld
	user       relationship.UserID
	client     relationship.ClientID
	permission permset.Permission
}

// partyAttempt is what somebody tries, and what they are in the question's
// client.
type partyAttempt struct {
	by      access.Call
	actor   relationship.UserID
	partner relationship.PartnerID
	parties []access.Party
	does    access.Change
	// approves, joins and raises say what the attempt contains.
	approves, joins, raises bool
}

// isLetIn tells the conditions that approving makes hold by the rules.
func isLetIn(reason access.Reason) bool {
	return reason == access.ReasonNotMember || reason == access.ReasonDeactivated ||
		reason == access.ReasonRunOut || reason == access.ReasonRelationshipOver
}

// isRemedy leaves out what makes another member of them, where that is not the
// way that the rules name: being let in anew, and super admin. Who is linked in
// the step that adds them has a seat by that (ADD-5).
func (p partyQuestion) isRemedy(before access.Explanation, attempt partyAttempt, reason access.Reason) bool {
	marks, managed := p.permission.Marks(), before.Member.Manager != ""
	switch {
	case attempt.raises:
		return reason == access.ReasonSuperAdminOnly || reason == access.ReasonNeverManaged ||
			reason == access.ReasonNotInSet && (marks.Has(permset.SuperAdminOnly) || managed && marks.Has(permset.NeverManaged))
	case attempt.approves:
		return isLetIn(reason)
	case attempt.joins:
		return reason != access.ReasonNoSeat || !slices.Contains(attempt.parties, access.PartyUserEditor)
	}
	return true
}

// attempts are what everybody could do.
func (p partyQuestion) attempts() []partyAttempt {
	var attempts []partyAttempt
	for _, actor := range randomUsers {
		if actor == p.user {
			continue
		}
		attempts = append(attempts, p.byClient(actor)...)
		for _, partner := range randomPartners {
			attempts = append(attempts, p.byPartner(actor, partner)...)
		}
	}
	return attempts
}

func (p partyQuestion) byClient(actor relationship.UserID) []partyAttempt {
	try := partyAttempt{by: access.By(actor), actor: actor}
	member, err := p.manager.Member(access.Host(), actor, p.client)
	switch {
	case err != nil || !member.Active || member.Manager != "":
	case member.Role == relationship.SuperAdmin:
		try.parties = append(try.parties, access.PartySuperAdmin)
	case p.manager.Can(actor, p.client, p.manager.Catalog().AddAndEditUsers()):
		try.parties = append(try.parties, access.PartyUserEditor)
	}
	names := []string{p.permission.Name()}
	back := access.ReactivateMember{Client: p.client, User: p.user}
	end := access.SetMemberEnd{Client: p.client, User: p.user, End: member.Until}
	edit := access.ChangeMemberPermissions{Client: p.client, User: p.user, Add: names}
	seat := access.SetSeat{Client: p.client, User: p.user, Paid: true}
	raise := access.MakeSuperAdmin{Client: p.client, User: p.user}
	add := access.AddMember{Client: p.client, User: p.user, Permissions: names}
	var attempts []partyAttempt
	for _, does := range []access.Change{
		back, end, access.All{back, end}, edit, access.All{back, edit}, seat, access.All{back, seat},
		access.UnpauseMember{Client: p.client, User: p.user},
	} {
		try.does = does
		attempts = append(attempts, try)
	}
	try.joins = true
	for _, does := range []access.Change{add, access.All{add, seat}} {
		try.does = does
		attempts = append(attempts, try)
	}
	try.joins, try.raises = false, true
	for _, does := range []access.Change{raise, access.All{back, raise}, access.All{add, raise}} {
		try.does = does
		attempts = append(attempts, try)
	}
	for _, partner := range randomPartners {
		try.raises, try.approves = false, true
		try.does = access.MakePartnerAdmin{Client: p.client, Partner: partner, Employee: p.user}
		attempts = append(attempts, try)
		try.approves = false
		for _, does := range []access.Change{
			access.UnpausePartner{Client: p.client, Partner: partner},
			access.LiftCeiling{Client: p.client, Partner: partner},
			access.SetLongestMembership{Client: p.client, Partner: partner},
			access.SetRelationshipEnd{Client: p.client, Partner: partner},
		} {
			try.does = does
			attempts = append(attempts, try)
		}
	}
	return attempts
}

func (p partyQuestion) byPartner(actor relationship.UserID, partner relationship.PartnerID) []partyAttempt {
	try := partyAttempt{by: access.By(actor).At(partner), actor: actor, partner: partner}
	member, err := p.manager.Member(access.Host(), actor, p.client)
	isAdmin := err == nil && member.Active && member.Role == relationship.PartnerAdmin && member.Manager == partner
	for _, employee := range everyRecord[relationship.Employee](p.store.Snapshot(), relationship.KindEmployee) {
		if employee.Partner != partner || employee.User != actor {
			continue
		}
		if isAdmin && employee.HasAccess() {
			try.parties = append(try.parties, access.PartyPartnerAdmin)
		}
		if employee.SuperAdmin && employee.ActiveAt(p.now()) {
			try.parties = append(try.parties, access.PartyPartnerSuperAdmin)
		}
	}
	one := []relationship.UserID{p.user}
	back := access.ReactivateEmployees{Client: p.client, Employees: one}
	edit := access.ChangeEmployeePermissions{Client: p.client, Employee: p.user, Add: []string{p.permission.Name()}}
	template := access.MakeTemplate{Name: "for them", Permissions: []string{p.permission.Name()}}
	does := []access.Change{
		back, edit, access.All{back, edit},
		access.ResumeEmployee{Employee: p.user},
		access.All{access.ResumeEmployee{Employee: p.user}, access.UnpauseEmployee{Employee: p.user}},
	}
	target, _ := p.manager.Member(access.Host(), p.user, p.client)
	for _, end := range []access.RenewEmployees{{End: member.Until}, {End: target.End}} {
		end.Client, end.Employees = p.client, one
		does = append(does, end, access.All{back, end})
	}
	var attempts []partyAttempt
	for _, change := range does {
		try.does = change
		attempts = append(attempts, try)
	}
	try.joins = true
	try.does = access.All{template, access.AddEmployees{Client: p.client, Employees: one, Template: template.Name}}
	attempts = append(attempts, try)
	try.does = access.AddEmployees{Client: p.client, Employees: one, Template: relationship.PartnerAdminTemplate}
	return append(attempts, try)
}
