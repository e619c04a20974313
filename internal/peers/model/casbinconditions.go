package model

import (
	"context"
	"strconv"
	"time"

	"github.com/clientaccess/clientaccess/internal/worlds"
)

// casbinConditional has the ends as parameters of the roles, with a function
// that is called for those who have one:
//
//	https://casbin.org/docs/rbac-with-conditions
//
// The page's own function, TimeMatchFunc, reads the process's clock; this one
// reads the world's, and the end as a number of seconds.
const casbinConditional = `
[request_definition]
r = sub, dom, act
[policy_definition]
p = sub, dom, act
[role_definition]
g = _, _, _, (_)
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub, r.dom) && keyMatch(r.dom, p.dom) && r.act == p.act
`

type casbinConditions struct {
	*casbinPeer
	now func() time.Time
}

func loadCasbinConditions(ctx context.Context, w *worlds.World) (Peer, error) {
	p, err := newCasbinPeer(w, casbinConditional, synced)
	if err != nil {
		return nil, err
	}
	if err := p.addShared(w); err != nil {
		return nil, err
	}
	return addAll(ctx, w, casbinConditions{p, w.Clock.Now})
}

func (p casbinConditions) Add(members []worlds.Member) error {
	rules := make([][]string, 0, len(members))
	for _, m := range members {
		if m.Deactivated {
			continue
		}
		until := "_" // the page's word for none
		if at := m.Until(); !at.IsZero() {
			until = strconv.FormatInt(at.Unix(), 10)
		}
		rules = append(rules, []string{string(m.User), p.roles[m.Set], string(m.Client), until})
	}
	if err := added(p.AddGroupingPolicies(rules)); err != nil {
		return err
	}
	for _, rule := range rules {
		if rule[3] != "_" {
			p.AddNamedDomainLinkConditionFunc("g", rule[0], rule[1], rule[2], p.lasts)
		}
	}
	return nil
}

// lasts is the function of a role's parameter.
func (p casbinConditions) lasts(args ...string) (bool, error) {
	until, err := strconv.ParseInt(args[0], 10, 64)
	return p.now().Unix() < until, err
}
