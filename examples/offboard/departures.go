package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// departure is one person who is to leave, or has left before.
type departure struct {
	leaver
	user relationship.User
	// before is set when their employment had ended already.
	before bool
	// planned and done are the items of their leaving: one for each client
	// that they are super admin of, and then the end of their employment.
	planned, done []access.Item
	// tried is set when their turn came.
	tried bool
}

// departures are all of them.
type departures struct {
	manager *access.Manager
	store   storage.Store
	actor   relationship.UserID
	all     []*departure
}

// findDepartures finds the leavers among the partner's employees. Whoever is
// none is a fault.
func findDepartures(manager *access.Manager, store storage.Store, now time.Time, file string, leavers []leaver) (*departures, []fault) {
	d := &departures{manager: manager, store: store}
	r := store.Snapshot()
	var faults []fault
	for _, l := range leavers {
		user, _ := storage.Get[relationship.User](r, relationship.UserKey(userID(l.email)))
		employee, is := storage.Get[relationship.Employee](r, relationship.EmployeeKey(partnerID, userID(l.email)))
		if !is {
			faults = append(faults, fault{file, l.line, "leaver: " + quoted(l.email) + " is nobody who works for the agency"})
			continue
		}
		d.all = append(d.all, &departure{leaver: l, user: user, before: !employee.Present()})
	}
	d.chooseActor(r, now)
	return d, faults
}

// chooseActor chooses a super admin of the partner in whose name the others
// leave: one who stays. If all of them are to leave, one is the last, and
// cannot (ORG-2).
func (d *departures) chooseActor(r storage.Reader, now time.Time) {
	leaving := map[relationship.UserID]bool{}
	for _, one := range d.all {
		leaving[one.user.ID] = !one.before
	}
	for employee := range storage.As[relationship.Employee](r.Scan(relationship.KindEmployee, string(partnerID), "")) {
		if employee.SuperAdmin && employee.ActiveAt(now) && (d.actor == "" || leaving[d.actor]) {
			d.actor = employee.User
		}
	}
}

func (d *departures) call() access.Call {
	return access.By(d.actor).At(partnerID).Because("left the partner")
}

// change is the leaving of one person. The places where they are super admin
// come first: after the employment these are out of the partner's reach
// (OFF-1). Where they may not be taken away, the person stays the client's own
// super admin, and is listed.
func (d *departures) change(r storage.Reader, one *departure) access.All {
	var clients []relationship.ClientID
	for member := range storage.As[relationship.Member](r.Reverse(relationship.KindMember, string(one.user.ID), "")) {
		if member.Role == relationship.SuperAdmin {
			clients = append(clients, member.Client)
		}
	}
	end := access.EndEmployment{Employee: one.user.ID}
	if len(clients) == 0 {
		return access.All{end}
	}
	return access.All{access.RemoveEmployee{Employee: one.user.ID, Clients: clients}, end}
}

// leaving are those who are to leave now. Whoever acts is the last of them.
func (d *departures) leaving() []*departure {
	leaving := slices.DeleteFunc(slices.Clone(d.all), func(one *departure) bool { return one.before || refusal(one.planned) != nil })
	slices.SortStableFunc(leaving, func(a, b *departure) int { return d.last(a) - d.last(b) })
	return leaving
}

func (d *departures) last(one *departure) int {
	if one.user.ID == d.actor {
		return 1
	}
	return 0
}

// plan works out what their leaving would do, one after the other. Whoever
// cannot leave stays as a whole, and the rest is worked out without them.
func (d *departures) plan(ctx context.Context) error {
	r := d.store.Snapshot()
	for {
		leaving := d.leaving()
		if len(leaving) == 0 {
			return nil
		}
		var whole access.All
		for _, one := range leaving {
			whole = append(whole, d.change(r, one)...)
		}
		result, err := d.manager.PlanEach(ctx, d.call(), whole)
		if err != nil {
			return err
		}
		items := map[relationship.UserID][]access.Item{}
		for _, item := range result.Items {
			id := leaverOf(item.Change)
			items[id] = append(items[id], item)
		}
		for _, one := range leaving {
			one.planned = items[one.user.ID]
		}
		if len(d.leaving()) == len(leaving) {
			return nil
		}
	}
}

func leaverOf(change access.Change) relationship.UserID {
	if remove, is := change.(access.RemoveEmployee); is {
		return remove.Employee
	}
	return change.(access.EndEmployment).Employee
}

// carryOut makes them leave, each for themselves and in a commit of their own.
// When ctx ends it stops between two of them.
func (d *departures) carryOut(ctx context.Context, progress func(done, of int, one *departure)) error {
	leaving := d.leaving()
	for i, one := range leaving {
		result, err := d.manager.DoEach(ctx, d.call(), d.change(d.store.Snapshot(), one), nil)
		if err != nil {
			return err
		}
		one.done, one.tried = result.Items, true
		progress(i+1, len(leaving), one)
	}
	return nil
}

// removed are the memberships that the items take away.
func removed(items []access.Item) []access.MemberChange {
	var gone []access.MemberChange
	for _, item := range items {
		for _, m := range item.Effects.Members {
			if m.Before.Role != "" && m.After.Role == "" {
				gone = append(gone, m)
			}
		}
	}
	return gone
}

// ending are the relationships that begin to end with the items.
func ending(items []access.Item) []access.Transition {
	var begin []access.Transition
	for _, item := range items {
		for _, t := range item.Effects.Relationships {
			if t.To == relationship.Ending {
				begin = append(begin, t)
			}
		}
	}
	return begin
}

// stay is a place that somebody keeps as the client's own super admin.
type stay struct {
	client relationship.ClientID
	why    string
}

// stays are the places that the items leave to the person.
func stays(items []access.Item) []stay {
	var left []stay
	for _, item := range items {
		remove, is := item.Change.(access.RemoveEmployee)
		if !is || item.Err == nil {
			continue
		}
		why := reason(item.Err)
		switch {
		case errors.Is(item.Err, access.ErrLastSuperAdmin):
			why = "the last active super admin there (OFF-8)"
		case errors.Is(item.Err, access.ErrUnconfirmed):
			why = "super admin there, and out of the agency's reach: neither verified nor confirmed (OFF-1)"
		}
		left = append(left, stay{remove.Clients[0], why})
	}
	return left
}

// refusal is why an employment cannot end.
func refusal(items []access.Item) error {
	for _, item := range items {
		if _, is := item.Change.(access.EndEmployment); is && item.Err != nil {
			return item.Err
		}
	}
	return nil
}
