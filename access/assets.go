package access

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/clientaccess/clientaccess/relationship"
)

// Place is one user's place in one client.
type Place struct {
	Client relationship.ClientID `json:"client"`
	User   relationship.UserID   `json:"user"`
}

// String returns the place as text.
func (p Place) String() string { return fmt.Sprintf("%q in %q", p.User, p.Client) }

func comparePlaces(a, b Place) int {
	if of := cmp.Compare(a.Client, b.Client); of != 0 {
		return of
	}
	return cmp.Compare(a.User, b.User)
}

// Asset is something in a client's account that a user owns there: a
// workflow, a list, a report. The library only shows it; what becomes of it
// is the host's business.
type Asset struct {
	Place
	// ID tells the asset from the others of the same client.
	ID string `json:"id"`
	// Type is what it is, such as "workflow".
	Type string `json:"type"`
	// Name is how people call it.
	Name string `json:"name"`
}

// String describes the asset for people.
func (a Asset) String() string { return fmt.Sprintf("%s %q %q", a.Type, a.ID, a.Name) }

// Assets is what the host knows about who owns what. It is asked before the
// transaction, when somebody is to be deactivated or removed (OFF-6), so it
// may take its time and use the network. What changes between its answer and
// the commit is outside the promise of a plan.
type Assets interface {
	// OwnedAt returns every asset that is owned at one of the places, in any
	// order. An error refuses the call.
	OwnedAt(ctx context.Context, places []Place) ([]Asset, error)
}

// askAssets asks the host, and believes only an answer to the question.
func (m *Manager) askAssets(ctx context.Context, places []Place) (map[Place][]Asset, error) {
	if m.options.Assets == nil || len(places) == 0 {
		return nil, nil
	}
	places = slices.Clone(places)
	slices.SortFunc(places, comparePlaces)
	owned, err := m.options.Assets.OwnedAt(ctx, slices.Clone(places))
	if err != nil {
		return nil, fmt.Errorf("%w: %w (OFF-6)", ErrAssets, err)
	}
	at := make(map[Place][]Asset, len(places))
	for _, asset := range owned {
		if _, asked := slices.BinarySearchFunc(places, asset.Place, comparePlaces); !asked {
			return nil, fmt.Errorf("%w: the host named %s, which was not asked (OFF-6)", ErrAssets, asset.Place)
		}
		at[asset.Place] = append(at[asset.Place], asset)
	}
	for _, list := range at {
		slices.SortFunc(list, func(a, b Asset) int {
			return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Name, b.Name))
		})
	}
	return at, nil
}
