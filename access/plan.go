package access

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/relationship"
)

// Plan is what a change would do, worked out on the state at one moment
// (PLAN-1). It holds no revision, no random id, no instant of the clock and no
// secret. It is a value: Only makes another of it.
//
// A plan travels as text, with MarshalText and ParsePlan; String is for
// people. It needs no signature: Apply checks the actor and every rule again,
// and altering a plan gives nobody more than Do would.
type Plan struct {
	Effects
	// Clients has one line per client in which members change: what Only
	// needs to work out the end of a relationship and OFF-8.
	Clients []ClientLine
	// Obstacles are why Apply would refuse the plan as it stands: the last
	// active super admin of a client (OFF-8). Untick them.
	Obstacles []string

	changes []Change
	only    map[Place]bool
	broken  error
}

// ClientLine is how a client stood before the change.
type ClientLine struct {
	Client relationship.ClientID `json:"client"`
	// Partner is the partner whose members change; empty when only own
	// members do.
	Partner relationship.PartnerID `json:"partner,omitzero"`
	// Managed counts the members that the partner manages there.
	Managed int `json:"managed"`
	// SuperAdmins counts the active super admins, where the plan changes one;
	// else it is zero, and nobody's business.
	SuperAdmins int `json:"superAdmins"`
	// EndsAfter and Limit are as in Transition: what holds if the relationship
	// begins to end.
	EndsAfter time.Duration `json:"endsAfter,omitzero"`
	Limit     time.Time     `json:"limit,omitzero"`
}

// clientLines adds the lines for the members that a change touches, leaving out
// those that are told.
func (w *work) clientLines(known []ClientLine, told map[relationship.Key]bool, lines []relationship.Line) []ClientLine {
	before := map[relationship.Key]relationship.Record{}
	for _, line := range lines {
		if isAboutMember(line) {
			continue
		}
		if key := line.Key(); key.Kind == relationship.KindRelationship || key.Kind == relationship.KindClient {
			before[key] = line.Before
		}
	}
	was := func(key relationship.Key) relationship.Record {
		if record, changed := before[key]; changed {
			return record
		}
		record, _ := w.tx.Get(key)
		return record
	}
	superAdmins := func(id relationship.ClientID) int {
		client, _ := before[relationship.ClientKey(id)].(relationship.Client)
		return client.SuperAdmins
	}
	for i, line := range known {
		if line.SuperAdmins == 0 {
			known[i].SuperAdmins = superAdmins(line.Client)
		}
	}
	var last relationship.Key
	for _, line := range lines {
		member, was0 := line.Before.(relationship.Member)
		after, is := line.After.(relationship.Member)
		if !was0 && !is {
			continue
		}
		if !was0 || !member.Managed() && is && after.Managed() {
			member = after
		}
		about := ClientLine{Client: member.Client, Partner: member.Manager}
		key := relationship.RelationshipKey(about.Partner, about.Client)
		if key == last || told[key] {
			continue
		}
		told[key], last = true, key
		r, _ := was(key).(relationship.Relationship)
		about.Managed, about.SuperAdmins = r.Members, superAdmins(about.Client)
		if about.Partner != "" {
			about.EndsAfter, about.Limit = w.m.options.EndingTime, r.Limit
		}
		known = append(known, about)
	}
	return known
}

// Only returns the plan for the ticked places alone (PLAN-2). What follows
// for the relationships and for OFF-8 is worked out again. A plan that is not
// about many members, each for itself, is applied as a whole or not at all:
// ticking a part of it gives a plan that Apply refuses. With no place at
// all it changes no member.
func (p Plan) Only(ticked ...Place) Plan {
	planned := make(map[Place]bool, len(p.Members))
	for _, m := range p.Members {
		planned[m.Place] = true
	}
	only := make(map[Place]bool, len(ticked))
	for _, place := range ticked {
		only[place] = true
		if !planned[place] {
			p.broken = invalid("plan", "tick", fmt.Sprintf("names %s, who is not in it", place))
		}
	}
	all := true
	for _, m := range p.Members {
		all = all && only[m.Place]
	}
	if all {
		return p
	}
	for _, change := range p.changes {
		if _, ticks := change.(ticking); !ticks {
			p.broken = invalid("plan", "tick", nameOf(change)+" is applied as a whole")
		}
	}
	p.only = only
	p.Members = slices.DeleteFunc(slices.Clone(p.Members), func(m MemberChange) bool { return !only[m.Place] })
	p.Records = slices.DeleteFunc(slices.Clone(p.Records), func(r RecordChange) bool {
		place := Place{relationship.ClientID(r.Key.First), relationship.UserID(r.Key.Second)}
		return r.Key.Kind == relationship.KindStanding && !only[place]
	})
	p.Skipped = slices.DeleteFunc(slices.Clone(p.Skipped), func(s Skipped) bool { return !only[s.Place] })
	p.Relationships, p.Obstacles = nil, nil
	for _, line := range p.Clients {
		p.addLine(line)
	}
	return p
}

// addLine works out what the members in the plan mean for one client.
func (p *Plan) addLine(line ClientLine) {
	gone, superAdmins := 0, line.SuperAdmins
	for _, m := range p.Members {
		if m.Client != line.Client {
			continue
		}
		if line.Partner != "" && m.Before.Manager == line.Partner && m.After.Manager != line.Partner {
			gone++
		}
		superAdmins += m.After.activeSuperAdmin() - m.Before.activeSuperAdmin()
	}
	if gone > 0 && gone == line.Managed {
		p.Relationships = append(p.Relationships,
			Transition{line.Partner, line.Client, relationship.Active, relationship.Ending, line.EndsAfter, line.Limit})
	}
	if line.SuperAdmins > 0 && superAdmins == 0 {
		obstacle := refuse("OFF-8", ErrLastSuperAdmin, line.Client).Error()
		if !slices.Contains(p.Obstacles, obstacle) {
			p.Obstacles = append(p.Obstacles, obstacle)
		}
	}
}

func (s MemberState) activeSuperAdmin() int {
	return activeSuperAdmin(relationship.Member{Role: s.Role, Deactivated: s.Deactivated})
}

// WithSecret returns the plan with the secret of its access link put back. A
// plan that travelled as text names its link by the selector, and cannot be
// applied without the secret (LINK-6).
func (p Plan) WithSecret(secret relationship.Secret) Plan {
	p.changes = slices.Clone(p.changes)
	for i, change := range p.changes {
		switch change := change.(type) {
		case ApproveLink:
			if change.Secret.Selector() == secret.Selector() {
				change.Secret = secret
				p.changes[i] = change
			}
		case DeclineLink:
			if change.Secret.Selector() == secret.Selector() {
				change.Secret = secret
				p.changes[i] = change
			}
		}
	}
	return p
}

// owned are the assets that the plan shows.
func (p Plan) owned() map[Place][]Asset {
	owned := map[Place][]Asset{}
	for _, m := range p.Members {
		if m.stops() {
			owned[m.Place] = m.Assets
		}
	}
	return owned
}

// differences compares effects, and says in words where they differ.
func (e Effects) differences(now Effects) []string {
	then, today := e.lines(true), now.lines(true)
	shortThen, shortToday := e.lines(false), now.lines(false)
	for i := 0; i < len(then); {
		if j := slices.Index(today, then[i]); j >= 0 { // once for once
			then, shortThen = slices.Delete(then, i, i+1), slices.Delete(shortThen, i, i+1)
			today, shortToday = slices.Delete(today, j, j+1), slices.Delete(shortToday, j, j+1)
		} else {
			i++
		}
	}
	var differences []string
	for i, line := range then {
		if !slices.Contains(shortToday, shortThen[i]) {
			line = shortThen[i]
		}
		differences = append(differences, "no longer: "+line)
	}
	for j, line := range today {
		if !slices.Contains(shortThen, shortToday[j]) {
			line = shortToday[j]
		}
		differences = append(differences, "now: "+line)
	}
	return differences
}

// lines writes every effect as one line; see MemberChange.line.
func (e Effects) lines(everything bool) []string {
	var lines []string
	for _, m := range e.Members {
		lines = append(lines, m.line(everything))
	}
	for _, r := range e.Records {
		lines = append(lines, fmt.Sprintf("%s: %s → %s", r.Key, orNothing(r.Before), orNothing(r.After)))
	}
	for _, t := range e.Relationships {
		line := fmt.Sprintf("relationship of %q with %q: %s → %s", t.Partner, t.Client, orNothing(string(t.From)), t.To)
		if everything && t.To == relationship.Ending {
			line += fmt.Sprintf(" for %s, until %s", t.EndsAfter, t.Limit.Format(time.RFC3339))
		}
		lines = append(lines, line)
	}
	for _, n := range e.Notifications {
		lines = append(lines, fmt.Sprintf("notification %q to %q about %q and %q", n.Kind, n.To, n.Partner, n.Client))
	}
	for _, s := range e.Skipped {
		lines = append(lines, s.String())
	}
	return lines
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

// String describes the plan for people, one line for each thing.
func (p Plan) String() string {
	var b strings.Builder
	b.WriteString(p.Effects.String())
	for _, obstacle := range p.Obstacles {
		b.WriteString("in the way: " + obstacle + "\n")
	}
	return b.String()
}

// writtenPlan is a plan as it travels.
type writtenPlan struct {
	Version   int             `json:"clientaccessPlan"`
	Changes   []writtenChange `json:"changes"`
	Only      []Place         `json:"only,omitzero"`
	Part      bool            `json:"part,omitzero"`
	Effects   Effects         `json:"effects"`
	Clients   []ClientLine    `json:"clients,omitzero"`
	Obstacles []string        `json:"obstacles,omitzero"`
}

const planVersion = 1

// MarshalText writes the plan so that ParsePlan reads it. The secret of an
// access link is left out; see WithSecret.
func (p Plan) MarshalText() ([]byte, error) {
	if p.broken != nil {
		return nil, p.broken
	}
	list, err := writeChanges(p.changes)
	if err != nil {
		return nil, err
	}
	written := writtenPlan{
		Version: planVersion, Changes: list, Part: p.only != nil,
		Effects: p.Effects, Clients: p.Clients, Obstacles: p.Obstacles,
	}
	written.Only = attempt{only: p.only}.ticked()
	return json.Marshal(written)
}

// ParsePlan reads what MarshalText wrote. A malformed text is an ErrInvalid.
func ParsePlan(text []byte) (Plan, error) {
	var written writtenPlan
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&written); err != nil {
		return Plan{}, invalidCause(fmt.Errorf("plan: %w", err))
	}
	if _, err := decoder.Token(); written.Version != planVersion || err != io.EOF {
		return Plan{}, invalid("plan", "text", "is not a plan of this version")
	}
	list, err := readChanges(written.Changes)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{Effects: written.Effects, Clients: written.Clients, Obstacles: written.Obstacles, changes: list}
	if written.Part {
		plan.only = make(map[Place]bool, len(written.Only))
		for _, place := range written.Only {
			plan.only[place] = true
		}
	}
	return plan, nil
}
