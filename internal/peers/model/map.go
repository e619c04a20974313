package model

import (
	"context"

	"github.com/clientaccess/clientaccess/internal/worlds"
)

// plain is the map that a host would have written itself: no lock, so nobody
// may ask while somebody adds.
type plain struct{ *worlds.Map }

func loadMap(ctx context.Context, w *worlds.World) (Peer, error) {
	return addAll(ctx, w, plain{worlds.NewMap(w)})
}

func (p plain) Ask(q *worlds.Question) (bool, error) { return p.Can(q), nil }

func (p plain) Add(members []worlds.Member) error {
	for _, m := range members {
		p.Map.Add(m)
	}
	return nil
}
