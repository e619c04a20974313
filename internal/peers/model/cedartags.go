package model

import (
	"context"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"github.com/clientaccess/clientaccess/internal/worlds"
)

// cedarTags has each membership as a tag of the user, whose key is the client's
// id and whose value is a record; so one policy serves everybody. Tags are for
// keys that are not known when policies are written:
//
//	https://github.com/cedar-policy/rfcs/blob/main/text/0082-entity-tags.md
const cedarTagsPolicy = `
permit (principal is User, action, resource is Client)
when {
	principal.hasTag(resource.id) &&
	principal.getTag(resource.id).active &&
	action in principal.getTag(resource.id).set &&
	(!(principal.getTag(resource.id) has end) || context.now < principal.getTag(resource.id).end) &&
	(!(resource has limit) || context.now < resource.limit)
};
`

type cedarTags struct{ *cedarPeer }

func loadCedarTags(ctx context.Context, w *worlds.World) (Peer, error) {
	common, err := newCedarPeer(w, cedarTagsPolicy)
	if err != nil {
		return nil, err
	}
	p := cedarTags{common}
	return p, p.load(ctx, w, p.Add)
}

func (p cedarTags) Add(members []worlds.Member) error {
	news := map[cedar.EntityUID]cedarNews{}
	for _, m := range members {
		client := cedar.NewEntityUID("Client", types.String(m.Client))
		if _, known := p.entities[client]; !known {
			attributes := cedar.RecordMap{"id": types.String(m.Client)}
			if !m.Limit.IsZero() {
				attributes["limit"] = types.NewDatetime(m.Limit)
			}
			p.entities[client] = cedar.Entity{UID: client, Attributes: cedar.NewRecord(attributes)}
		}
		membership := cedar.RecordMap{"set": p.sets[m.Set], "active": types.Boolean(!m.Deactivated)}
		if !m.End.IsZero() {
			membership["end"] = types.NewDatetime(m.End)
		}
		user := cedar.NewEntityUID("User", types.String(m.User))
		if _, has := news[user]; !has {
			news[user] = cedarNews{tags: cedar.RecordMap{}}
		}
		news[user].tags[types.String(m.Client)] = cedar.NewRecord(membership)
	}
	p.putUsers(news)
	return nil
}
