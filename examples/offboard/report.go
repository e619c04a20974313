package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// clientName is how a client is called.
func (p *program) clientName(id relationship.ClientID) string {
	client, _ := storage.Get[relationship.Client](p.store.Snapshot(), relationship.ClientKey(id))
	return client.Name
}

// review shows what the leaving of everybody would do (OFF-6).
func (p *program) review(leave *departures) {
	for _, one := range leave.all {
		p.screen.line("")
		p.screen.line("%s <%s>", one.user.Name, one.user.Email)
		if one.before {
			p.screen.line("    has left before.")
			continue
		}
		if err := refusal(one.planned); err != nil {
			p.undone = true
			p.screen.line("    cannot leave: %s. Name another super admin of the agency first.", reason(err))
			continue
		}
		gone, kept := removed(one.planned), stays(one.planned)
		slices.SortStableFunc(gone, func(a, b access.MemberChange) int {
			return cmp.Compare(p.clientName(a.Client), p.clientName(b.Client))
		})
		for _, m := range gone {
			p.screen.line("    out of %s: %s%s", p.clientName(m.Client), is(m.Before), owns(m))
		}
		for _, t := range ending(one.planned) {
			p.screen.line("    the relationship with %s begins to end: it is over on %s, if nothing happens",
				p.clientName(t.Client), t.Ends(p.clock()).Format(time.DateOnly))
		}
		for _, place := range kept {
			p.undone = true
			p.screen.line("    stays in %s: %s", p.clientName(place.client), place.why)
		}
		if len(gone)+len(kept) == 0 {
			p.screen.line("    is in no client.")
		}
	}
	p.screen.line("")
}

// is says what a member is.
func is(m access.MemberState) string {
	text := string(m.Role)
	if m.Template != "" && m.Template != text {
		text += ", template " + quoted(m.Template)
	}
	if m.Deactivated != relationship.NoSide {
		text += ", deactivated by the " + string(m.Deactivated) + "'s side"
	}
	if !m.End.IsZero() {
		text += ", until " + m.End.Add(-time.Second).Format(time.DateOnly)
	}
	return text
}

// owns says what a member would leave behind.
func owns(m access.MemberChange) string {
	var kinds []string
	for _, kind := range m.AssetCounts() {
		var names []string
		for _, asset := range m.Assets {
			if asset.Type != kind.Type {
				continue
			}
			name := asset.ID
			if asset.Name != "" {
				name += " " + quoted(asset.Name)
			}
			names = append(names, name)
		}
		kinds = append(kinds, kind.Type+" "+strings.Join(names, ", "))
	}
	if len(kinds) == 0 {
		return ""
	}
	return "; owns " + strings.Join(kinds, "; ")
}

// result tells what was done, in a table.
func (p *program) result(leave *departures) {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "person\taddress\tclients left\tstays in\temployment")
	people, places := 0, 0
	for _, one := range leave.all {
		gone, kept, employment := "0", "0", "ended before"
		switch err := refusal(one.done); {
		case one.before:
		case refusal(one.planned) != nil:
			gone, kept, employment = "-", "-", "goes on: "+reason(refusal(one.planned))
		case !one.tried:
			gone, kept, employment = "-", "-", "not attempted"
			p.undone = true
		default:
			gone, kept, employment = number(len(removed(one.done))), number(len(stays(one.done))), "ended"
			places += len(removed(one.done))
			if err != nil {
				employment = "goes on: " + reason(err)
				p.undone = true
			} else {
				people++
			}
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", printable(one.user.Name), printable(string(one.user.Email)), gone, kept, employment)
	}
	_ = table.Flush() // a strings.Builder takes everything
	p.screen.line("")
	for line := range strings.Lines(text.String()) {
		p.screen.line("%s", strings.TrimRight(line, "\n"))
	}
	p.screen.line("")
	p.screen.line("%s taken out, of %s.", count(people, "person", "people"), count(places, "place", "places"))
	for _, one := range leave.all {
		for _, place := range stays(one.done) {
			p.undone = true
			p.screen.line("Still to be done: %s stays in %s: %s.", one.user.Name, p.clientName(place.client), place.why)
		}
	}
}
