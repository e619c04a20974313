package model

import (
	"context"

	"github.com/casbin/casbin/v3"
	casbinmodel "github.com/casbin/casbin/v3/model"

	"github.com/clientaccess/clientaccess/internal/worlds"
)

// casbinCached is the tuned model with the cache of answers in front:
//
//	https://casbin.org/docs/enforcers
//
// It remembers every answer until it is told to forget: an end that has passed
// meanwhile, and a role that was added, are not noticed. So its figures are
// those of a question asked before, and Forget has to be called after each
// change and each end.
type casbinCached struct{ *casbinPeer }

func cached(m casbinmodel.Model) (enforcer, error) { return casbin.NewSyncedCachedEnforcer(m) }

func loadCasbinCached(ctx context.Context, w *worlds.World) (Peer, error) {
	p, err := newCasbinTuned(w, cached)
	if err != nil {
		return nil, err
	}
	return addAll(ctx, w, casbinCached{p})
}

// Forget drops all answers.
func (p casbinCached) Forget() error {
	return p.enforcer.(*casbin.SyncedCachedEnforcer).InvalidateCache()
}
