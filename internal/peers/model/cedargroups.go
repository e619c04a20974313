package model

import (
	"context"
	"fmt"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"github.com/clientaccess/clientaccess/internal/worlds"
)

// cedarGroups has a group of users for each set of each client, as is advised
// for roles; the client names its groups, and there is a policy for each set,
// with the actions in its scope:
//
//	https://docs.cedarpolicy.com/bestpractices/bp-implementing-roles.html
//	https://docs.cedarpolicy.com/bestpractices/bp-populate-policy-scope.html
//
// Somebody deactivated is in no group. A group has no place for the end of one
// of its members, so those who have one have it as a tag.
const cedarGroupsPolicy = `
permit (principal is User, action in Action::"%[1]s", resource is Client)
when {
	resource has %[1]s &&
	principal in resource.%[1]s &&
	(!principal.hasTag(resource.id) || context.now < principal.getTag(resource.id)) &&
	(!(resource has limit) || context.now < resource.limit)
};
`

type cedarGroups struct{ *cedarPeer }

func loadCedarGroups(ctx context.Context, w *worlds.World) (Peer, error) {
	var policies strings.Builder
	for set := range w.Sets {
		fmt.Fprintf(&policies, cedarGroupsPolicy, setName(set))
	}
	common, err := newCedarPeer(w, policies.String())
	if err != nil {
		return nil, err
	}
	p := cedarGroups{common}
	return p, p.load(ctx, w, p.Add)
}

func (p cedarGroups) Add(members []worlds.Member) error {
	news := map[cedar.EntityUID]cedarNews{}
	for _, m := range members {
		client := cedar.NewEntityUID("Client", types.String(m.Client))
		entity, known := p.entities[client]
		if !known {
			entity = p.client(client, m)
			p.entities[client] = entity
		}
		if m.Deactivated {
			continue
		}
		user := cedar.NewEntityUID("User", types.String(m.User))
		added, has := news[user]
		if !has {
			added.tags = cedar.RecordMap{}
		}
		group, _ := entity.Attributes.Get(setName(m.Set))
		added.parents = append(added.parents, group.(cedar.EntityUID))
		if !m.End.IsZero() {
			added.tags[types.String(m.Client)] = types.NewDatetime(m.End)
		}
		news[user] = added
	}
	p.putUsers(news)
	return nil
}

// client is a client with the groups of all sets.
func (p cedarGroups) client(uid cedar.EntityUID, m worlds.Member) cedar.Entity {
	attributes := cedar.RecordMap{"id": types.String(m.Client)}
	if !m.Limit.IsZero() {
		attributes["limit"] = types.NewDatetime(m.Limit)
	}
	for set := range p.sets {
		name := setName(set)
		attributes[name] = cedar.NewEntityUID("Group", types.String(m.Client)+"/"+name)
	}
	return cedar.Entity{UID: uid, Attributes: cedar.NewRecord(attributes)}
}
