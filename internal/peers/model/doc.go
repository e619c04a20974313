// Package model puts the worlds of internal/worlds to the library and to its
// peers: what a Go program that has to answer "may this user use this
// permission in this client, now" would use instead. Each file says how its
// peer is modelled, and where its documentation advises so.
//
// All are told the same: who is a member of which client, with which of the six
// permission sets, until when, and whether deactivated. Each answers every
// question as the Manager does; the test of this package shows it. What the
// others do not do besides (rules about who may change what, a log, lists) is
// not part of it.
//
// A peer that has no word for a fact leaves the host to work it out: where a
// relationship has an end that the peer cannot keep with the client, it stands
// with each member as the earlier of both ends.
package model

import (
	"context"

	"github.com/clientaccess/clientaccess/internal/worlds"
)

// Peer is a world as one library keeps it. Ask is safe for concurrent use while
// nobody adds.
type Peer interface {
	// Ask answers a question.
	Ask(*worlds.Question) (bool, error)
	// Add adds members, in one call where the library has one for many.
	Add([]worlds.Member) error
}

// Kind is one way of answering.
type Kind struct {
	// Name is for flags, and Title for tables.
	Name, Title string
	// Load makes the peer with all members of a world.
	Load func(context.Context, *worlds.World) (Peer, error)
}

// Kinds are all of them, ours and the map first.
func Kinds() []Kind {
	return []Kind{
		{"clientaccess", "clientaccess", loadManager},
		{"map", "Go map, no lock", loadMap},
		{"memdb", "go-memdb", loadMemdb},
		{"cedar-tags", "cedar-go, tags", loadCedarTags},
		{"cedar-groups", "cedar-go, groups", loadCedarGroups},
		{"casbin-cached", "casbin, tuned and cached", loadCasbinCached},
		{"casbin-tuned", "casbin, tuned", loadCasbinTuned},
		{"casbin", "casbin, RBAC with domains", loadCasbin},
		{"casbin-conditions", "casbin, conditional roles", loadCasbinConditions},
		{"openfga", "OpenFGA, memory store", loadOpenFGA},
	}
}

// addAll adds the members of a world, 1,000 at a time.
func addAll(ctx context.Context, w *worlds.World, p Peer) (Peer, error) {
	const most = 1000
	batch := make([]worlds.Member, 0, most)
	for m := range w.Members() {
		batch = append(batch, m)
		if len(batch) < most {
			continue
		}
		if err := p.Add(batch); err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		batch = batch[:0]
	}
	return p, p.Add(batch)
}
