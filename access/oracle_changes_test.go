package access_test

import (
	"context"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/access/accesstest"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// step lets something happen: a change by somebody, or the passing of time.
func (w *randomWorld) step() {
	switch w.random.IntN(14) {
	case 0, 1, 2, 3:
		w.turn()
	case 4:
		w.letIn()
	case 5, 6, 7:
		w.changeByClient(oneOf(w, randomClients))
	case 8, 9, 10:
		w.changeByPartner(oneOf(w, randomClients))
	case 11:
		w.changeTerms(oneOf(w, randomClients))
	case 12:
		w.changeEmployees()
	case 13:
		w.changeByHost()
	}
}

func (w *randomWorld) changeByClient(client relationship.ClientID) {
	user, call := w.someone(client), w.clientSide(client)
	w.try(call, oneOf(w, []access.Change{
		access.AddMember{Client: client, User: user, Permissions: w.permissions(), End: w.perhaps()},
		access.AddMember{Client: client, User: user, Permissions: w.permissions()},
		access.ChangeMemberPermissions{Client: client, User: user, Add: w.permissions()},
		access.ChangeMemberPermissions{Client: client, User: user, Remove: w.permissions()},
		access.SetSeat{Client: client, User: user, Paid: w.chance(2)},
		access.DeactivateMember{Client: client, User: user},
		access.ReactivateMember{Client: client, User: user},
		access.RemoveMember{Client: client, User: user},
		access.MakeSuperAdmin{Client: client, User: user},
		access.MakeSuperAdmin{Client: client, User: user},
		access.LowerSuperAdmin{Client: client, User: user, Permissions: w.permissions()},
		access.SetMemberEnd{Client: client, User: user, End: w.perhaps()},
		access.ChangeToPartnerAdmin{Client: client, User: user, Partner: oneOf(w, randomPartners), KeepBilling: w.chance(2)},
		access.MakePartnerAdmin{Client: client, Partner: oneOf(w, randomPartners), Employee: user, End: w.perhaps()},
		access.PauseMember{Client: client, User: user, Until: w.perhaps()},
		access.UnpauseMember{Client: client, User: user},
		access.UnpauseMember{Client: client, User: user},
	}))
	if len(w.links) > 0 && w.chance(4) {
		w.try(call, access.ApproveLink{Client: client, Secret: oneOf(w, w.links).Secret, End: w.perhaps()})
	}
}

func (w *randomWorld) changeByPartner(client relationship.ClientID) {
	user := w.someone(client)
	one := []relationship.UserID{user}
	w.try(w.partnerAdmin(client), oneOf(w, []access.Change{
		access.AddEmployees{Client: client, Employees: one, Template: w.template(), End: w.perhaps()},
		access.AddEmployees{Client: client, Employees: one, Template: w.template()},
		access.LinkEmployee{Client: client, Employee: user},
		access.ChangeTemplate{Client: client, Employees: one, Template: w.template()},
		access.ChangeEmployeePermissions{Client: client, Employee: user, Add: w.permissions()},
		access.ChangeEmployeePermissions{Client: client, Employee: user, Remove: w.permissions()},
		access.DeactivateEmployees{Client: client, Employees: one},
		access.ReactivateEmployees{Client: client, All: true},
		access.RenewEmployees{Client: client, Employees: one, End: w.perhaps()},
		access.BecomePartnerAdmin{Client: client, KeepBilling: w.chance(2)},
		access.ChangeSuperAdmins{Client: client, Employees: []access.SuperAdminChoice{{Employee: user, KeepBilling: true}}},
		access.RemoveEmployees{Client: client, Employees: one},
	}))
	if w.chance(3) {
		w.try(w.partnerSide(), oneOf(w, []access.Change{
			access.DeactivateEmployee{Employee: user, All: true}, access.RemoveEmployee{Employee: user, All: true},
			access.RemoveEmployees{Client: client, All: true}, access.DeactivateEmployees{Client: client, All: true},
			access.EditTemplate{Name: w.template(), Permissions: w.permissions()},
			access.EditTemplate{Name: w.template(), Permissions: w.permissions()},
		}))
		w.try(w.partnerAdmin(client), oneOf(w, []access.Change{
			access.RollOutTemplate{Name: w.template(), All: true},
			access.RollOutTemplate{Name: w.template(), Clients: []relationship.ClientID{client}},
		}))
	}
}

func (w *randomWorld) changeTerms(client relationship.ClientID) {
	partner := oneOf(w, randomPartners)
	w.try(w.clientSide(client), oneOf(w, []access.Change{
		access.SetCeiling{Client: client, Partner: partner, Permissions: w.permissions()},
		access.SetCeiling{Client: client, Partner: partner, Permissions: w.permissions()},
		access.LiftCeiling{Client: client, Partner: partner},
		access.PausePartner{Client: client, Partner: partner, Until: w.later()},
		access.UnpausePartner{Client: client, Partner: partner},
		access.SetLongestMembership{Client: client, Partner: partner, Longest: oneOf(w, []time.Duration{
			0, 0, time.Hour, accesstest.Day, 30 * accesstest.Day,
		})},
		access.SetRelationshipEnd{Client: client, Partner: partner, End: w.perhaps()},
	}))
}

func (w *randomWorld) changeEmployees() {
	user, call := w.someone(oneOf(w, randomClients)), w.partnerSide()
	w.try(call, oneOf(w, []access.Change{
		access.AddEmployee{Employee: user, Kind: relationship.Contractor, View: true, Edit: true},
		access.AddEmployee{Employee: user, Kind: relationship.Staff, SuperAdmin: w.chance(2)},
		access.ChangeEmployee{Employee: user, Kind: relationship.Staff, View: w.chance(2), Edit: true},
		access.SuspendEmployee{Employee: user},
		access.ResumeEmployee{Employee: user}, access.ResumeEmployee{Employee: user},
		access.PauseEmployee{Employee: user, Until: w.perhaps()},
		access.UnpauseEmployee{Employee: user}, access.UnpauseEmployee{Employee: user},
		access.EndEmployment{Employee: user},
	}))
	link, err := w.manager.IssueLink(context.Background(), call, access.IssueLink{Employee: user})
	w.tell(call, "IssueLink", link.Selector, err)
	if err == nil {
		w.links = append(w.links, link)
	}
	w.try(access.By(user), access.ConfirmEmployment{Partner: oneOf(w, randomPartners)})
}

func (w *randomWorld) changeByHost() {
	user, partner := oneOf(w, randomUsers), oneOf(w, randomPartners)
	list := []access.Change{
		access.ChangeUser{ID: user, Name: "U", Email: string(user) + "@" + w.domainOf(user)},
		access.SetPartnerKind{Partner: partner, Kind: oneOf(w, []relationship.PartnerKind{
			relationship.SolutionsPartner, relationship.Provider, "association",
		})},
		access.SetPartnerDomains{Partner: partner, Domains: []string{string(partner) + ".example"}},
		access.SetPartnerDomains{Partner: partner},
		access.ReportActivity{Partner: partner, Client: oneOf(w, randomClients)},
		access.ReplaceSuperAdmin{Client: oneOf(w, randomClients), Successor: user},
	}
	if w.chance(40) {
		list = []access.Change{access.ClosePartner{Partner: partner}, access.CloseClient{Client: oneOf(w, randomClients)}}
	}
	w.try(access.Host(), oneOf(w, list))
	if w.chance(4) {
		swept, err := w.manager.Sweep(context.Background())
		w.tell(access.Host(), "Sweep", swept, err)
	}
}

// turn moves the clock: often exactly to an instant at which something ends,
// or to a second before or after; sometimes by a whole ending time; and now
// and then back (TIME-3).
func (w *randomWorld) turn() {
	now := w.clock.Now()
	to := now.Add(time.Duration(w.random.IntN(3*24*3600_000)) * time.Millisecond)
	var ends []time.Time
	for _, end := range endsIn(w.store.Snapshot()) {
		if end.After(now) && end.Before(now.Add(90*accesstest.Day)) {
			ends = append(ends, end)
		}
	}
	switch {
	case w.chance(12):
		to = now.Add(relationship.EndingTime)
	case w.chance(12):
		to = now.Add(-time.Duration(w.random.IntN(100)) * time.Hour)
	case len(ends) > 0 && !w.chance(4):
		to = oneOf(w, ends).Add(oneOf(w, []time.Duration{0, 0, -time.Second, time.Second, -time.Microsecond}))
	}
	w.clock.Set(to)
}

// endsIn are all instants that stand in the records.
func endsIn(r storage.Reader) []time.Time {
	var ends []time.Time
	longest := map[relationship.Key]time.Duration{}
	for _, terms := range everyRecord[relationship.Terms](r, relationship.KindTerms) {
		ends = append(ends, terms.Pause.Until)
		longest[terms.Key()] = terms.Longest
	}
	for _, m := range everyRecord[relationship.Member](r, relationship.KindMember) {
		term := longest[relationship.TermsKey(m.Client, m.Manager)]
		ends = append(ends, m.End, m.TermFrom.Add(term).Truncate(time.Second))
	}
	for _, rel := range everyRecord[relationship.Relationship](r, relationship.KindRelationship) {
		ends = append(ends, rel.EndsAt, rel.Limit)
	}
	for _, employee := range everyRecord[relationship.Employee](r, relationship.KindEmployee) {
		ends = append(ends, employee.Pause.Until)
	}
	for _, standing := range everyRecord[relationship.Standing](r, relationship.KindStanding) {
		ends = append(ends, standing.Pause.Until)
	}
	return ends
}
