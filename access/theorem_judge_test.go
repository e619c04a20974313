package access_test

import (
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// What the ledger thinks of an actor, from the rules alone: ASK-1 for what
// somebody may use, DEL-3 for what they may hand on, LINK-3, LINK-7, MIG and
// ORG-3 for whose word counts as the client's own side's.

// judgement is what somebody could do to one member when an event began.
type judgement struct {
	// confers is what the actor may confer on the member for the client's own
	// side; empty for who has no right to.
	confers ledgerSet
	// hands is what a partner-side actor may hand on (DEL-3), and until how
	// long their own membership lasted (DEL-6).
	hands ledgerSet
	until time.Time
}

func (l *theoremLedger) judge(event relationship.Event, line relationship.Line) judgement {
	place := ledgerPlace(line.Key())
	target := l.members[place]
	actor := l.members[access.Place{Client: place.Client, User: event.Actor.User}]
	if event.Actor.Kind == relationship.ByClientSide {
		after, _ := line.After.(relationship.Member)
		return judgement{confers: l.confers(event, actor, target, after)}
	}
	if event.Actor.Kind != relationship.ByPartnerSide {
		return judgement{}
	}
	var j judgement
	admin := l.isPartnerAdmin(actor, event.Actor.Partner, event.At)
	if admin {
		j.hands = l.mayUse(actor, event.At, true) &^ l.words.billing
		j.until = l.until(actor.Member)
	}
	migrates := event.Change == "BecomePartnerAdmin" && target == actor || event.Change == "ChangeSuperAdmins" && admin
	if migrates && target != nil && target.Role == relationship.SuperAdmin && target.Deactivated == relationship.NoSide &&
		l.isActiveEmployee(event.Actor.Partner, target.User, event.At) {
		j.confers = l.words.withBilling // MIG-1, MIG-2, MIG-4
	}
	return j
}

// confers is what an actor of the client's side may confer on a member.
func (l *theoremLedger) confers(event relationship.Event, actor, target *ledgerMember, after relationship.Member) ledgerSet {
	if actor == nil || actor.Managed() || !l.isActive(actor, event.At) {
		return 0
	}
	super := actor.Role == relationship.SuperAdmin
	if !super && l.mayUse(actor, event.At, false)&l.words.users == 0 {
		return 0
	}
	switch event.Change {
	case "ApproveLink", "MakePartnerAdmin":
		// A partner cannot let itself in, whoever its employee is here.
		if employee, _ := ledgerGet[relationship.Employee](l, relationship.EmployeeKey(after.Manager, actor.User)); ledgerPresent(employee) {
			return 0
		}
	case "ChangeToPartnerAdmin":
		if super {
			return l.words.withBilling
		}
		return 0
	case "LowerSuperAdmin":
		if !super {
			return 0
		}
	case "ChangeMemberPermissions":
		if !super && target != nil && target.Managed() {
			return 0
		}
	}
	if super {
		return l.words.all
	}
	return l.mayUse(actor, event.At, true) &^ l.words.billing
}

// bounded holds what the partner's side did to a member against DEL-3 and
// DEL-6: nobody hands on what they may not use at that moment, and nothing that
// they grant outlasts their own membership as it stood then.
func (l *theoremLedger) bounded(event relationship.Event, by judgement, was, is ledgerMember) error {
	if event.Actor.Kind != relationship.ByPartnerSide || event.Change == "BecomePartnerAdmin" {
		return nil
	}
	place := ledgerPlace(is.Key())
	grown := l.words.set(is.Set) &^ l.words.set(was.Set)
	if beyond := grown &^ by.hands; beyond != 0 && was.Role != relationship.SuperAdmin {
		return fmt.Errorf("%s was given %s, which the actor may not hand on at that moment (DEL-3)", place, l.words.names(beyond))
	}
	raised := is.Role == relationship.PartnerAdmin && was.Role != is.Role
	longer := ledgerOutlasts(l.until(is.Member), l.until(was.Member))
	if (was.User == "" || grown != 0 || raised || longer) && ledgerOutlasts(l.until(is.Member), by.until) {
		return fmt.Errorf("%s ends %s, and the actor %s (DEL-6)", place, ledgerTime(l.until(is.Member)), ledgerTime(by.until))
	}
	if ledgerOutlasts(is.End, l.ends[place]) {
		return fmt.Errorf("%s ends %s, later than the client's side set, %s (DEL-6)", place, ledgerTime(is.End), ledgerTime(l.ends[place]))
	}
	return nil
}

// mayUse is ASK-1 for all permissions of one member at once; with seatApart,
// who lacks only a seat counts as having one (DEL-3).
func (l *theoremLedger) mayUse(m *ledgerMember, now time.Time, seatApart bool) ledgerSet {
	if m == nil || !l.isActive(m, now) {
		return 0
	}
	set := l.words.set(m.Set)
	if m.Role == relationship.SuperAdmin {
		set = l.words.all
	} else {
		set &^= l.words.superAdminOnly
	}
	if m.Managed() {
		set &^= l.words.neverManaged
		if terms := l.terms(m.Member); terms.HasCeiling {
			set &= l.words.under(l.words.set(terms.Ceiling), l.words.all)
		}
	}
	if !seatApart && !l.hasSeat(m, now) {
		set &^= l.words.paid
	}
	return set
}

func (l *theoremLedger) hasSeat(m *ledgerMember, now time.Time) bool {
	if m.Managed() || m.PaidSeat {
		return true
	}
	if m.Role != relationship.SuperAdmin {
		return false
	}
	user, _ := ledgerGet[relationship.User](l, relationship.UserKey(m.User))
	for _, id := range theoremPartners { // ADM-4: a verified employee of an eligible partner
		partner, _ := ledgerGet[relationship.Partner](l, relationship.PartnerKey(id))
		verified := !partner.Closed && partner.Kind.Eligible() && partner.Domains.Has(user.Email.Domain())
		if verified && l.isActiveEmployee(id, m.User, now) {
			return true
		}
	}
	return false
}

// isActive is the word "active" of a member.
func (l *theoremLedger) isActive(m *ledgerMember, now time.Time) bool {
	client, _ := ledgerGet[relationship.Client](l, relationship.ClientKey(m.Client))
	if client.Closed || m.Deactivated != relationship.NoSide {
		return false
	}
	if m.Role == relationship.SuperAdmin {
		return true
	}
	standing, _ := ledgerGet[relationship.Standing](l, relationship.StandingKey(m.Client, m.User))
	if until := l.until(m.Member); !until.IsZero() && !now.Before(until) || ledgerPaused(standing.Pause, now) {
		return false
	}
	if !m.Managed() {
		return true
	}
	limit := l.pair(relationship.RelationshipKey(m.Manager, m.Client)).limit
	partner, _ := ledgerGet[relationship.Partner](l, relationship.PartnerKey(m.Manager))
	return (limit.IsZero() || now.Before(limit)) && !ledgerPaused(l.terms(m.Member).Pause, now) &&
		!partner.Closed && l.isActiveEmployee(m.Manager, m.User, now)
}

func (l *theoremLedger) isActiveEmployee(partner relationship.PartnerID, user relationship.UserID, now time.Time) bool {
	employee, found := ledgerGet[relationship.Employee](l, relationship.EmployeeKey(partner, user))
	return found && employee.Status == relationship.Employed && !ledgerPaused(employee.Pause, now)
}

// isPartnerAdmin is OFF-2: an active partner admin of the client for this
// partner, with Client Access Manager access.
func (l *theoremLedger) isPartnerAdmin(m *ledgerMember, id relationship.PartnerID, now time.Time) bool {
	if m == nil || m.Role != relationship.PartnerAdmin || m.Manager != id || !l.isActive(m, now) {
		return false
	}
	partner, _ := ledgerGet[relationship.Partner](l, relationship.PartnerKey(id))
	employee, _ := ledgerGet[relationship.Employee](l, relationship.EmployeeKey(id, m.User))
	return partner.Kind.Eligible() && (employee.SuperAdmin || employee.View && employee.Edit)
}

// until is when a membership runs out: by its own end, and by the longest time
// that the client allows this partner's members (TIME-1).
func (l *theoremLedger) until(m relationship.Member) time.Time {
	longest := l.terms(m).Longest
	if !m.Managed() || longest == 0 {
		return m.End
	}
	if end := m.TermFrom.Add(longest).Truncate(time.Second); ledgerOutlasts(m.End, end) {
		return end
	}
	return m.End
}

func (l *theoremLedger) terms(m relationship.Member) relationship.Terms {
	terms, _ := ledgerGet[relationship.Terms](l, relationship.TermsKey(m.Client, m.Manager))
	return terms
}

func ledgerGet[R relationship.Record](l *theoremLedger, key relationship.Key) (R, bool) {
	record, found := l.records[key].(R)
	return record, found
}

func ledgerPresent(e relationship.Employee) bool {
	return e.Status == relationship.Employed || e.Status == relationship.Suspended
}

func ledgerPaused(p relationship.Pause, now time.Time) bool {
	return p.On && (p.Until.IsZero() || now.Before(p.Until))
}

// outlasts compares two ends; the zero time is never.
func ledgerOutlasts(a, b time.Time) bool {
	return !b.IsZero() && (a.IsZero() || a.After(b))
}

func ledgerTime(end time.Time) string {
	if end.IsZero() {
		return "never"
	}
	return end.Format(time.RFC3339)
}
