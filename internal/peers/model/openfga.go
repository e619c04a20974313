package model

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	openfgav1 "github.com/openfga/api/proto/openfga/v1"
	"github.com/openfga/language/pkg/go/transformer"
	"github.com/openfga/openfga/pkg/server"
	"github.com/openfga/openfga/pkg/storage/memory"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/clientaccess/clientaccess/internal/worlds"
)

// openFGA is an OpenFGA server within the process, over its store in memory, as
// its package shows:
//
//	https://pkg.go.dev/github.com/openfga/openfga/pkg/server#example-NewServerWithOpts
//
// A client is an object, and a permission set is a relation to it, since the
// sets are known when the model is written; a permission is a relation that
// follows from those of the sets which have it:
//
//	https://openfga.dev/docs/best-practices/modeling-roles
//	https://openfga.dev/docs/modeling/roles-and-permissions
//
// Somebody deactivated has no tuple. An end is a condition of the tuple, and the
// instant is in the context of each question:
//
//	https://openfga.dev/docs/modeling/conditions
//
// The cache of answers is off: the instant is part of its key.
type openFGA struct {
	server       *server.Server
	store, model string
	sets         []string // relations, by number of the set
	relations    []string // by number of the permission
	now          func() time.Time
}

const openFGACondition = `
condition lasts(now: timestamp, until: timestamp) {
  now < until
}
`

// tuplesPerWrite is how many tuples one call may write, unless configured.
const tuplesPerWrite = 100

func loadOpenFGA(ctx context.Context, w *worlds.World) (Peer, error) {
	p := &openFGA{now: w.Clock.Now}
	for set := range w.Sets {
		p.sets = append(p.sets, "set"+strconv.Itoa(set))
	}
	for _, permission := range w.Permissions {
		p.relations = append(p.relations, "can_"+strings.ReplaceAll(permission.Name(), ".", "_"))
	}
	proto, err := transformer.TransformDSLToProto(p.dsl(w))
	if err != nil {
		return nil, err
	}
	p.server, err = server.NewServerWithOpts(server.WithDatastore(memory.New()))
	if err != nil {
		return nil, err
	}
	store, err := p.server.CreateStore(ctx, &openfgav1.CreateStoreRequest{Name: "world"})
	if err != nil {
		return nil, err
	}
	model, err := p.server.WriteAuthorizationModel(ctx, &openfgav1.WriteAuthorizationModelRequest{
		StoreId: store.GetId(), SchemaVersion: proto.GetSchemaVersion(),
		TypeDefinitions: proto.GetTypeDefinitions(), Conditions: proto.GetConditions(),
	})
	if err != nil {
		return nil, err
	}
	p.store, p.model = store.GetId(), model.GetAuthorizationModelId()
	return addAll(ctx, w, p)
}

// dsl is the authorization model.
func (p *openFGA) dsl(w *worlds.World) string {
	var text strings.Builder
	text.WriteString("model\n  schema 1.1\ntype user\ntype client\n  relations\n")
	for _, set := range p.sets {
		fmt.Fprintf(&text, "    define %s: [user, user with lasts]\n", set)
	}
	for i, relation := range p.relations {
		var from []string
		for set := range w.Sets {
			if w.Has(set, i) {
				from = append(from, p.sets[set])
			}
		}
		if len(from) > 0 {
			fmt.Fprintf(&text, "    define %s: %s\n", relation, strings.Join(from, " or "))
		} else {
			fmt.Fprintf(&text, "    define %s: [user]\n", relation) // which nobody is given
		}
	}
	return text.String() + openFGACondition
}

func (p *openFGA) Ask(q *worlds.Question) (bool, error) {
	answer, err := p.server.Check(context.Background(), &openfgav1.CheckRequest{
		StoreId: p.store, AuthorizationModelId: p.model,
		TupleKey: &openfgav1.CheckRequestTupleKey{
			User: "user:" + string(q.User), Relation: p.relations[q.Number], Object: "client:" + string(q.Client),
		},
		Context: &structpb.Struct{Fields: map[string]*structpb.Value{"now": timestamp(p.now())}},
	})
	return answer.GetAllowed(), err
}

func (p *openFGA) Add(members []worlds.Member) error {
	tuples := make([]*openfgav1.TupleKey, 0, len(members))
	for _, m := range members {
		if m.Deactivated {
			continue
		}
		tuple := &openfgav1.TupleKey{User: "user:" + string(m.User), Relation: p.sets[m.Set], Object: "client:" + string(m.Client)}
		if at := m.Until(); !at.IsZero() {
			tuple.Condition = &openfgav1.RelationshipCondition{
				Name: "lasts", Context: &structpb.Struct{Fields: map[string]*structpb.Value{"until": timestamp(at)}},
			}
		}
		tuples = append(tuples, tuple)
	}
	for len(tuples) > 0 {
		n := min(len(tuples), tuplesPerWrite)
		_, err := p.server.Write(context.Background(), &openfgav1.WriteRequest{
			StoreId: p.store, AuthorizationModelId: p.model,
			Writes: &openfgav1.WriteRequestWrites{TupleKeys: tuples[:n]},
		})
		if err != nil {
			return err
		}
		tuples = tuples[n:]
	}
	return nil
}

func timestamp(t time.Time) *structpb.Value {
	return structpb.NewStringValue(t.UTC().Format(time.RFC3339Nano))
}
