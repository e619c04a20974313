package model

import (
	"context"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/internal/worlds"
)

// manager is the library, through its public API. The world is imported, with
// users, employees and events; the log of that is forgotten again. Members are
// added by a partner admin, with every rule, in one call and one event.
type manager struct{ *access.Manager }

func loadManager(ctx context.Context, w *worlds.World) (Peer, error) {
	m, err := w.Open(ctx)
	return manager{m}, err
}

func (m manager) Ask(q *worlds.Question) (bool, error) {
	return m.Can(q.User, q.Client, q.Permission), nil
}

func (m manager) Add(members []worlds.Member) error {
	_, err := m.Do(context.Background(), access.By(worlds.Boss), worlds.Adding(members))
	return err
}
