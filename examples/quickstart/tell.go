package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
)

// This file puts the library's values into words.

func (p *player) who(id relationship.UserID) string           { return p.user(id).name }
func (p *player) firm(id relationship.PartnerID) string       { return p.partner(id).name }
func (p *player) account(id relationship.ClientID) string     { return p.client(id).name }
func (p *player) place(at access.Place) string                { return p.who(at.User) + " in " + p.account(at.Client) }
func (p *player) all(users []relationship.UserID) string      { return join(users, p.who) }
func (p *player) accounts(ids []relationship.ClientID) string { return join(ids, p.account) }

func join[T any](list []T, word func(T) string) string {
	words := make([]string, len(list))
	for i, one := range list {
		words[i] = word(one)
	}
	switch n := len(words); n {
	case 0:
		return "none"
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}

// state says what a member is.
func (p *player) state(m access.MemberState) string { return strings.Join(p.traits(m), ", ") }

func (p *player) traits(m access.MemberState) []string {
	if m.Role == "" {
		return []string{"no member"}
	}
	traits := []string{string(m.Role)}
	add := func(on bool, format string, args ...any) {
		if on {
			traits = append(traits, fmt.Sprintf(format, args...))
		}
	}
	if m.Manager == "" {
		traits = append(traits, "the client's own")
	} else {
		traits = append(traits, "managed by "+p.firm(m.Manager))
	}
	add(m.Linked, "linked")
	add(m.Template != "" && m.Template != string(m.Role), "template %q", m.Template)
	add(m.Seat != access.NoSeat, "%s", m.Seat)
	add(m.Deactivated != relationship.NoSide, "deactivated by the %s's side", m.Deactivated)
	add(!m.End.IsZero(), "until %s", m.End.Format(time.DateOnly))
	return traits
}

// change says what a member was and is, without what stays the same.
func (p *player) change(m access.MemberChange) string {
	before, after := p.traits(m.Before), p.traits(m.After)
	less := slices.DeleteFunc(slices.Clone(before), func(trait string) bool { return slices.Contains(after, trait) })
	more := slices.DeleteFunc(slices.Clone(after), func(trait string) bool { return slices.Contains(before, trait) })
	switch {
	case m.Before.Role == "":
		return "now " + strings.Join(after, ", ")
	case m.After.Role == "":
		return "no member any more; before " + strings.Join(before, ", ")
	case len(less) == 0 && len(more) == 0:
		return "still " + strings.Join(after, ", ")
	case len(less) == 0:
		return "now also " + strings.Join(more, ", ")
	case len(more) == 0:
		return "no longer " + strings.Join(less, ", ")
	}
	return "before " + strings.Join(less, ", ") + "; now " + strings.Join(more, ", ")
}

// effects prints what a change did, or would do.
func (p *player) effects(e access.Effects) {
	for _, m := range e.Members {
		p.note("%s: %s.", p.place(m.Place), p.change(m))
		p.set("granted", m.Granted, 4)
		p.set("revoked", m.Revoked, 4)
		p.set("withheld", m.Withheld, 8)
		p.set("retained", m.Retained, 8)
		p.set("clipped", m.Clipped, 8)
		for _, asset := range m.Assets {
			p.labelled("owns", asset.Type+" "+asset.ID+", "+asset.Name)
		}
	}
	for _, t := range e.Relationships {
		p.note("The relationship of %s with %s %s.", p.firm(t.Partner), p.account(t.Client), transition(t))
	}
	for _, n := range e.Notifications {
		p.note("A notification is recorded for %s: %s by %s.", p.who(n.To), n.Kind, p.account(n.Client))
	}
	for _, s := range e.Skipped {
		p.note("%s is left as is: %s", p.place(s.Place), s.Why)
	}
}

func transition(t access.Transition) string {
	if t.From == "" {
		return "starts"
	}
	return fmt.Sprintf("was %s and is now %s", t.From, t.To)
}

// set prints a set in short, unless it is empty.
func (p *player) set(label string, names permset.Names, most int) {
	if !names.IsEmpty() {
		p.labelled(label, some(names, most))
	}
}

// some says how many permissions are in a set, and names the most telling of
// them: those that no other in the set implies.
func some(names permset.Names, most int) string {
	switch names {
	case permset.Names{}:
		return "none"
	case crm.Catalog().All().Names():
		return fmt.Sprintf("%d: the whole catalogue", names.Len())
	case crm.Catalog().PartnerAdmin().Names():
		return fmt.Sprintf("%d: the whole partner-admin set", names.Len())
	}
	if all := crm.Catalog().All().Names(); names.Len() > all.Len()*3/4 {
		return fmt.Sprintf("%d, everything but these %s", names.Len(), some(all.Minus(names), most))
	}
	var telling []string
	for name := range names.All() {
		if !implied(name, names) {
			telling = append(telling, name)
		}
	}
	telling = telling[:min(most, len(telling))]
	text := fmt.Sprintf("%d: %s", names.Len(), strings.Join(telling, ", "))
	if rest := names.Len() - len(telling); rest > 0 {
		text += fmt.Sprintf(" and %d more", rest)
	}
	return text
}

// implied reports whether another permission of the set implies this one
// (PSET-2).
func implied(name string, in permset.Names) bool {
	return slices.ContainsFunc(declared, func(d permset.Declared) bool {
		return in.Has(d.Name) && slices.Contains(d.Implies, name)
	})
}

var declared = crm.Declaration().Permissions

// ask puts the question that everything exists for, and prints the answer.
func (p *player) ask(user relationship.UserID, client relationship.ClientID, permission string) {
	answer := "yes"
	if decision := p.manager.CheckName(user, client, permission); !decision.Allowed() {
		answer = "no, " + decision.Reason().String()
	}
	p.note("May %s use %s in %s? %s.", p.who(user), permission, p.account(client), answer)
}

// explain prints an answer with every condition that fails, as the host may
// see it.
func (p *player) explain(line int, user relationship.UserID, client relationship.ClientID, name string) {
	permission, _ := p.manager.Catalog().Lookup(name)
	e, err := p.manager.Explain(access.Host(), user, client, permission)
	if err != nil {
		p.fail(line, err)
		return
	}
	p.ask(user, client, name)
	var fails []string
	for _, condition := range e.Conditions {
		if !condition.Holds {
			fails = append(fails, condition.Reason.String())
		}
	}
	p.labelled("fails", fmt.Sprintf("%d of %d conditions: %s", len(fails), len(e.Conditions),
		join(fails, func(s string) string { return s })))
}
