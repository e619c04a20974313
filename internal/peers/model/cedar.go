package model

import (
	"context"
	"maps"
	"strconv"
	"time"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"github.com/clientaccess/clientaccess/internal/worlds"
)

// cedarPeer is what both models with cedar-go have in common. Users, clients and
// actions are entities in one EntityMap, and an action's parents are the action
// groups of the sets that have the permission:
//
//	https://docs.cedarpolicy.com/policies/syntax-entity.html
//
// The instant is in the context, and the ends are values of the extension type
// datetime:
//
//	https://docs.cedarpolicy.com/policies/syntax-datatypes.html
//
// There is no lock, so nobody may ask while somebody adds.
type cedarPeer struct {
	policies *cedar.PolicySet
	entities cedar.EntityMap
	actions  []cedar.EntityUID // by number of the permission
	sets     []cedar.EntityUID // action groups, by number of the set
	now      func() time.Time
}

func newCedarPeer(w *worlds.World, policies string) (*cedarPeer, error) {
	parsed, err := cedar.NewPolicySetFromBytes("policies", []byte(policies))
	if err != nil {
		return nil, err
	}
	p := &cedarPeer{policies: parsed, entities: cedar.EntityMap{}, now: w.Clock.Now}
	for set := range w.Sets {
		p.sets = append(p.sets, cedar.NewEntityUID("Action", setName(set)))
	}
	for i, permission := range w.Permissions {
		action := cedar.NewEntityUID("Action", types.String(permission.Name()))
		var groups []cedar.EntityUID
		for set := range w.Sets {
			if w.Has(set, i) {
				groups = append(groups, p.sets[set])
			}
		}
		p.actions = append(p.actions, action)
		p.entities[action] = cedar.Entity{UID: action, Parents: cedar.NewEntityUIDSet(groups...)}
	}
	return p, nil
}

func setName(set int) types.String { return types.String("set" + strconv.Itoa(set)) }

func (p *cedarPeer) Ask(q *worlds.Question) (bool, error) {
	decision, _ := cedar.Authorize(p.policies, p.entities, cedar.Request{
		Principal: cedar.NewEntityUID("User", types.String(q.User)),
		Action:    p.actions[q.Number],
		Resource:  cedar.NewEntityUID("Client", types.String(q.Client)),
		Context:   cedar.NewRecord(cedar.RecordMap{"now": types.NewDatetime(p.now())}),
	})
	return bool(decision), nil
}

// putUsers gives each user who is new the parents and tags that are said to be
// theirs besides those they have.
func (p *cedarPeer) putUsers(news map[cedar.EntityUID]cedarNews) {
	for uid, added := range news {
		user := p.entities[uid]
		for parent := range user.Parents.All() {
			added.parents = append(added.parents, parent)
		}
		maps.Insert(added.tags, user.Tags.All())
		p.entities[uid] = cedar.Entity{
			UID: uid, Parents: cedar.NewEntityUIDSet(added.parents...), Tags: cedar.NewRecord(added.tags),
		}
	}
}

// cedarNews is what is added to one user.
type cedarNews struct {
	parents []cedar.EntityUID
	tags    cedar.RecordMap
}

// load adds the members of a world. An entity cannot be added to, only
// replaced, so they are added all at once.
func (p *cedarPeer) load(ctx context.Context, w *worlds.World, add func([]worlds.Member) error) error {
	var members []worlds.Member
	for m := range w.Members() {
		members = append(members, m)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return add(members)
}
