package main

import (
	"context"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// ending shows how a relationship ends: everybody is removed, and 60 days
// after the last qualifying activity it is over, by the clock alone (REL-2 to
// REL-7).
func (p *player) ending(ctx context.Context, s scene) {
	members := p.managed(s.partner, s.client)
	if !p.needsAccess(s, s.by) || !p.needs(len(members) > 0, "%s manages nobody in %s.", p.firm(s.partner), p.account(s.client)) {
		return
	}
	p.step("OFF-7, REL-3", "%s removes everybody of %s from %s.", p.who(s.by), p.firm(s.partner), p.account(s.client))
	if _, done := p.do(ctx, s.line, access.By(s.by).At(s.partner).Because("project done"), access.RemoveEmployees{Client: s.client, All: true}); !done {
		return
	}
	r := p.written(s.partner, s.client)
	p.note("Unless something happens, it ends at %s.", r.EndsAt.Format("2006-01-02 15:04"))

	gone := p.now
	p.now = gone.Add(59 * day)
	p.step("REL-6", "The clock is turned to day 59, %s: the relationship is %s.", p.now.Format("2006-01-02 15:04"), p.phase(s.partner, s.client))
	p.credit(s.line, s.client)
	p.now = gone.Add(60 * day)
	p.step("REL-6", "The clock is turned to day 60, %s: the relationship is %s. Nobody has called, and nothing was written.",
		p.now.Format("2006-01-02 15:04"), p.phase(s.partner, s.client))
	p.note("Written down is still: %s.", p.written(s.partner, s.client).Phase)
	p.credit(s.line, s.client)
	p.step("REL-4", "Activity comes too late.")
	p.refused(ctx, s.line, access.Host(), access.ReportActivity{Partner: s.partner, Client: s.client})
	swept, err := p.manager.Sweep(ctx)
	if err != nil {
		p.fail(s.line, err)
		return
	}
	p.step("REL-6", "A sweep writes down what the clock has ended: relationships ended: %d. Written down is now: %s.",
		swept.Ended, p.written(s.partner, s.client).Phase)
}

// written is a relationship as it is written down.
func (p *player) written(partner relationship.PartnerID, client relationship.ClientID) relationship.Relationship {
	r, _ := storage.Get[relationship.Relationship](p.store.Snapshot(), relationship.RelationshipKey(partner, client))
	return r
}

// phase is where a relationship stands now, written down or not (REL-6).
func (p *player) phase(partner relationship.PartnerID, client relationship.ClientID) relationship.Phase {
	view, err := p.manager.Relationship(access.Host(), partner, client)
	if err != nil {
		return "" // there never was one
	}
	return view.Phase
}
