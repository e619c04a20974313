package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// lastEvents is how many entries of the log are shown.
const lastEvents = 12

// leased is how many notifications are taken at once to be delivered.
const leased = 100

// record shows what is on record when all is done: the log (LOG-1), the
// notifications (LINK-5), and that everything fits.
func (p *player) record(ctx context.Context, _ scene) {
	var events []access.LoggedEvent
	for event, err := range p.manager.Events(ctx, access.Host(), 0) {
		if err != nil {
			p.fail(1, err)
			return
		}
		events = append(events, event)
	}
	p.step("LOG-1", "Every change is one event: who, for whom, when, why. The last of %d:", len(events))
	var rows [][]string
	for _, e := range events[max(len(events)-lastEvents, 0):] {
		rows = append(rows, []string{
			fmt.Sprint(e.Revision), e.At.Format(time.DateOnly), e.Change, p.actor(e.Actor), e.Reason,
		})
	}
	p.table([]string{"rev.", "when", "what", "who", "why"}, rows)

	told := map[relationship.NotificationKind]int{}
	for {
		deliveries, err := p.manager.LeaseNotifications(ctx, access.Host(), leased)
		for _, delivery := range deliveries {
			// Here a program sends it, with delivery.ID as idempotency key.
			told[delivery.Kind]++
			err = errors.Join(err, p.manager.Delivered(ctx, access.Host(), delivery))
		}
		if err != nil {
			p.fail(1, err)
			return
		}
		if len(deliveries) == 0 {
			break
		}
	}
	p.step("LINK-5", "Notifications for the host to deliver: %s.", counts(told))

	found, err := p.manager.Verify(ctx)
	if err != nil {
		p.fail(1, err)
	}
	p.step("LOG-1", "Verify walks %d commits, %d events and %d records: the chain of hashes, the state against the log, every invariant. Faults: %d.",
		found.Commits, found.Events, found.Records, len(found.Faults))
	stats := p.manager.Stats()
	p.step("", "Stats, at revision %d:", stats.Revision)
	p.labelled("stored", counts(stats.Records))
	p.labelled("refused", counts(stats.Refused))
}

// actor says who did something, and for whom.
func (p *player) actor(a relationship.Actor) string {
	switch {
	case a.User == "":
		return "the " + string(a.Kind)
	case a.Partner == "":
		return fmt.Sprintf("%s (%s)", p.who(a.User), a.Kind)
	}
	return fmt.Sprintf("%s (%s)", p.who(a.User), p.firm(a.Partner))
}

// counts lists figures by name.
func counts[K ~string, N int | uint64](figures map[K]N) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(figures)) {
		parts = append(parts, fmt.Sprintf("%s %d", name, figures[name]))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}
