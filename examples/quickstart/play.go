package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/permset/crm"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// player plays a story: it has the manager, turns the clock, and prints.
type player struct {
	printer
	*story
	store   storage.Store
	manager *access.Manager
	now     time.Time
	// links are the access links issued: one can be sent to many clients.
	links    map[job]access.IssuedLink
	failures []fault
}

const day = 24 * time.Hour

// play plays the story in a store, act by act, a day for each, from the bookmark
// on: no more acts than most, and all when most is zero. It ends between two
// acts, too, when ctx is over. It returns the steps that failed; the error is about what is no step.
func play(ctx context.Context, s *story, store storage.Store, mark bookmark, most int, out io.Writer) ([]fault, error) {
	p := &player{printer: printer{out: out}, story: s, store: store, now: mark.Now, links: map[job]access.IssuedLink{}}
	var err error
	p.manager, err = access.Open(ctx, p.store, access.Options{
		Catalog: crm.Catalog(),
		Clock:   func() time.Time { return p.now },
		Assets:  assets(s.assets),
	})
	if err != nil {
		return nil, err
	}
	p.print("In brackets stand the rules that a step shows; access/RULES.md lists them.")
	acts := []struct {
		title string
		scene string // its name, where the act needs one
		play  func(context.Context, scene)
	}{
		{"Who there is", "", p.people},
		{"Clients let partners in", "", p.letIn},
		{"A partner cannot let itself in", "self-entry", p.selfEntry},
		{"The accounts are staffed", "", p.staffing},
		{"One client, two partners", "two-partners", p.twoPartners},
		{"What an administrator does not hold", "bounds", p.bounds},
		{"The client sets a ceiling", "ceiling", p.ceiling},
		{"An own user of the client turns out to work for the partner", "linking", p.linking},
		{"The client pauses the partner", "pause", p.pause},
		{"Everybody is deactivated", "deactivated", p.deactivated},
		{"The last super admin stays", "last-super-admin", p.lastSuperAdmin},
		{"A super admin becomes partner admin", "migration", p.migration},
		{"First the review, then the removal", "review", p.review},
		{"Somebody leaves", "leaving", p.leaving},
		{"The relationship ends", "ending", p.ending},
		{"What is on record", "", p.record},
	}
	p.acts = mark.Acts
	p.goesOn(mark, len(acts))
	for _, act := range acts[min(mark.Acts, len(acts)):] {
		if ctx.Err() != nil || most > 0 && p.acts-mark.Acts >= most {
			p.note("Here it stops: %d of %d acts are played.", p.acts, len(acts))
			break
		}
		p.act(act.title, p.now)
		if err := (bookmark{mark.Story, p.acts, true, p.now}).keep(ctx, store); err != nil {
			return p.failures, err
		}
		if s, told := s.scenes[act.scene]; told || act.scene == "" {
			act.play(ctx, s)
		} else {
			p.note("Not played: the file has no line that begins with: scene %s", act.scene)
		}
		p.now = p.now.Add(day)
		if err := (bookmark{mark.Story, p.acts, false, p.now}).keep(context.WithoutCancel(ctx), store); err != nil {
			return p.failures, err
		}
	}
	return p.failures, p.err
}

// goesOn tells where a story that was begun earlier goes on.
func (p *player) goesOn(mark bookmark, acts int) {
	switch {
	case mark.Acts == 0:
	case mark.Broken:
		p.note("Act %d was broken off in its middle. What it has done stays; the story goes on behind it.", mark.Acts)
	case mark.Acts >= acts:
		p.note("All %d acts have been played. Verify walks what they left.", acts)
	default:
		p.note("It goes on behind act %d, at revision %d.", mark.Acts, p.store.Snapshot().Revision())
	}
}

// fail tells that a step did not go as it should, and goes on.
func (p *player) fail(line int, err error) {
	p.note("FAILED: %v", err)
	p.failures = append(p.failures, fault{line, "the step failed: " + err.Error()})
}

// do makes a change, and prints what it did.
func (p *player) do(ctx context.Context, line int, call access.Call, change access.Change) (access.Effects, bool) {
	result, err := p.manager.Do(ctx, call, change)
	if err != nil {
		p.fail(line, err)
		return access.Effects{}, false
	}
	p.effects(result.Effects)
	return result.Effects, true
}

// quietly makes a change without telling its effects, where a table or the
// step itself tells them.
func (p *player) quietly(ctx context.Context, line int, call access.Call, change access.Change) {
	if _, err := p.manager.Do(ctx, call, change); err != nil {
		p.fail(line, err)
	}
}

// refused makes a change that has to be refused, and prints the reason.
func (p *player) refused(ctx context.Context, line int, call access.Call, change access.Change) {
	if _, err := p.manager.Do(ctx, call, change); err != nil {
		p.note("Refused: %v", err)
	} else {
		p.fail(line, errors.New("it was done, and should have been refused"))
	}
}

// needs tells when a scene cannot be played as things stand.
func (p *player) needs(holds bool, format string, args ...any) bool {
	if !holds {
		p.note("Not played: %s", fmt.Sprintf(format, args...))
	}
	return holds
}

// needsAdmin is needs for an active partner admin, without whom most scenes
// have nothing to show (OFF-2).
func (p *player) needsAdmin(s scene, user relationship.UserID) bool {
	m := p.member(s.client, user)
	return p.needs(m.Role == relationship.PartnerAdmin && m.Manager == s.partner && m.Deactivated == relationship.NoSide,
		"%s is no active partner admin of %s.", p.who(user), p.account(s.client)) && p.needsAccess(s, user)
}

// needsAccess is needs for Client Access Manager access.
func (p *player) needsAccess(s scene, user relationship.UserID) bool {
	return p.needs(p.hasAccess(s.partner, user), "%s has no Client Access Manager access at %s.", p.who(user), p.firm(s.partner))
}

// member is a membership as it stands; the zero value is none. The host may
// ask about everybody.
func (p *player) member(client relationship.ClientID, user relationship.UserID) access.MemberState {
	view, err := p.manager.Member(access.Host(), user, client)
	if err != nil {
		return access.MemberState{}
	}
	return view.MemberState
}

// managed are the members of a client whom a partner manages, in the order of
// the file.
func (p *player) managed(id relationship.PartnerID, client relationship.ClientID) []relationship.UserID {
	var users []relationship.UserID
	for _, e := range p.staffOf(p.partner(id)) {
		if p.member(client, e.user).Manager == id {
			users = append(users, e.user)
		}
	}
	return users
}

// assets is what the host knows about who owns what: here, what the file
// says.
type assets []access.Asset

func (a assets) OwnedAt(_ context.Context, places []access.Place) ([]access.Asset, error) {
	var owned []access.Asset
	for _, asset := range a {
		for _, place := range places {
			if asset.Place == place {
				owned = append(owned, asset)
			}
		}
	}
	return owned, nil
}
