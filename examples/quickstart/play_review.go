package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
)

// review shows a removal that is looked at first (OFF-6, PLAN-1, PLAN-2): the
// plan names every client and every asset; a part is ticked; the plan travels
// as text, as from one HTTP request to the next; and exactly that is done.
func (p *player) review(ctx context.Context, s scene) {
	if !p.needsAccess(s, s.by) {
		return
	}
	call := access.By(s.by).At(s.partner).Because("new project")
	p.step("OFF-6, PLAN-1", "%s plans to remove %s from every client, and reviews it.", p.who(s.by), p.who(s.employee))
	whole, err := p.manager.Plan(ctx, call, access.RemoveEmployee{Employee: s.employee, All: true})
	if err != nil {
		p.fail(s.line, err)
		return
	}
	var ticked []access.Place
	var rows [][]string
	for _, m := range whole.Members {
		tick := "[ ]"
		if slices.Contains(s.ticks, m.Client) {
			tick, ticked = "[x]", append(ticked, m.Place)
		}
		rows = append(rows, []string{tick, p.account(m.Client), p.state(m.Before), owned(m)})
	}
	if !p.needs(len(rows) > 0, "%s is in no client.", p.who(s.employee)) {
		return
	}
	p.table([]string{"", "client", "what they are there", "what they own there"}, rows)
	for _, t := range whole.Relationships {
		p.note("If all of it is done, the relationship of %s with %s %s.", p.firm(t.Partner), p.account(t.Client), transition(t))
	}
	for _, obstacle := range whole.Obstacles {
		p.note("In the way, unless it is not ticked: %s", obstacle)
	}
	if !p.needs(len(ticked) > 0, "none of the clients ticked is in the plan.") {
		return
	}
	p.carryOut(ctx, s, call, whole, ticked)
}

// carryOut applies the ticked part of the plan, and then tries the whole.
func (p *player) carryOut(ctx context.Context, s scene, call access.Call, whole access.Plan, ticked []access.Place) {
	for _, m := range whole.Members {
		p.ask(s.employee, m.Client, s.question)
	}
	text, err := whole.Only(ticked...).MarshalText()
	if err != nil {
		p.fail(s.line, err)
		return
	}
	p.step("PLAN-2", "%s ticks %s. The plan of that part travels as %d bytes of text, and begins:", p.who(s.by),
		join(ticked, func(at access.Place) string { return p.account(at.Client) }), len(text))
	p.note("%s", short(string(text), 2*(width-4)))
	part, err := access.ParsePlan(text)
	if err != nil {
		p.fail(s.line, err)
		return
	}
	p.step("PLAN-2, OFF-9", "Read back and applied, it does exactly what was ticked.")
	result, err := p.manager.Apply(ctx, call, part)
	if err != nil {
		p.fail(s.line, err)
		return
	}
	p.effects(result.Effects)
	for _, m := range whole.Members {
		p.ask(s.employee, m.Client, s.question)
	}

	p.step("OFF-6, PLAN-2", "The whole plan, from before, does not fit any more. Applying it changes nothing, and tells why.")
	_, err = p.manager.Apply(ctx, call, whole)
	if changed, is := errors.AsType[*access.ChangedError](err); is {
		p.note("Refused: %v; %d differences, the first:", access.ErrChanged, len(changed.Differences))
		p.labelled("", short(changed.Differences[0], 2*width))
	} else {
		p.note("Refused: %v", err)
	}
	if err == nil {
		p.fail(s.line, errors.New("a plan that does not fit was applied"))
	}
}

// owned names the assets that somebody owns in a client.
func owned(m access.MemberChange) string {
	var names []string
	for _, asset := range m.Assets {
		names = append(names, fmt.Sprintf("%s %s (%s)", asset.Type, asset.ID, asset.Name))
	}
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, "; ")
}

// short cuts a text that is too long to be read here.
func short(text string, most int) string {
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	return string(letters[:most-2]) + " …"
}

// leaving shows the end of an employment (ORG-2): it takes the employee out of
// every client in the same step.
func (p *player) leaving(ctx context.Context, s scene) {
	var clients []relationship.ClientID
	for _, one := range p.clients {
		if p.member(one.id, s.employee).Manager == s.partner {
			clients = append(clients, one.id)
		}
	}
	p.note("%s works for %s and is managed by it in: %s.", p.who(s.employee), p.firm(s.partner), p.accounts(clients))
	p.step("ORG-2, OFF-9", "%s ends the employment of %s.", p.who(s.by), p.who(s.employee))
	if _, done := p.do(ctx, s.line, access.By(s.by).At(s.partner).Because("end of contract"), access.EndEmployment{Employee: s.employee}); !done {
		return
	}
	for _, client := range clients {
		p.note("In %s they are: %s; permissions they may use: %d.", p.account(client),
			p.state(p.member(client, s.employee)), p.manager.Permissions(s.employee, client).Len())
	}
}
