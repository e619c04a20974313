package model

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/casbin/casbin/v3"
	casbinmodel "github.com/casbin/casbin/v3/model"
	"github.com/casbin/casbin/v3/rbac"
	"github.com/casbin/govaluate"

	"github.com/clientaccess/clientaccess/internal/worlds"
)

// The models of casbin. A client is a domain and a permission set is a role:
//
//	https://casbin.org/docs/rbac-with-domains
//
// A permission is an action; there are no objects besides the domain. What a
// role may do is the same in every domain, and stands there once, for the
// domain "*", as is advised for many tenants:
//
//	https://casbin.org/docs/performance
//
// Somebody deactivated has no role. The ends of members stand outside, in a map
// that a function of the matcher reads:
//
//	https://casbin.org/docs/function
//
// The enforcer is the synchronised one, as for any program with goroutines:
//
//	https://casbin.org/docs/multi-threading
const casbinDomains = `
[request_definition]
r = sub, dom, act
[policy_definition]
p = sub, dom, act
[role_definition]
g = _, _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub, r.dom) && keyMatch(r.dom, p.dom) && r.act == p.act && lasts(r.sub, r.dom)
`

// The tuned model has one rule for each role instead of one for each of its
// permissions, since a question goes through all rules in turn: the actions
// have groups, as objects have on
//
//	https://casbin.org/docs/rbac
const casbinTuned = `
[request_definition]
r = sub, dom, act
[policy_definition]
p = sub, act
[role_definition]
g = _, _, _
g2 = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g2(r.act, p.act) && g(r.sub, p.sub, r.dom) && lasts(r.sub, r.dom)
`

// enforcer is what the synchronised enforcer and the cached one have in common.
type enforcer interface {
	Enforce(...any) (bool, error)
	AddPolicies([][]string) (bool, error)
	AddGroupingPolicies([][]string) (bool, error)
	AddNamedGroupingPolicies(string, [][]string) (bool, error)
	AddFunction(string, govaluate.ExpressionFunction)
	AddNamedDomainLinkConditionFunc(ptype, user, role, domain string, fn rbac.LinkConditionFunc) bool
}

func synced(m casbinmodel.Model) (enforcer, error) { return casbin.NewSyncedEnforcer(m) }

type casbinPeer struct {
	enforcer
	roles   []string // by number of the set
	actions []string // by number of the permission
	ends    *casbinEnds
}

func loadCasbin(ctx context.Context, w *worlds.World) (Peer, error) {
	p, err := newCasbinPeer(w, casbinDomains, synced)
	if err != nil {
		return nil, err
	}
	if err := p.addShared(w); err != nil {
		return nil, err
	}
	return addAll(ctx, w, p)
}

func loadCasbinTuned(ctx context.Context, w *worlds.World) (Peer, error) {
	p, err := newCasbinTuned(w, synced)
	if err != nil {
		return nil, err
	}
	return addAll(ctx, w, p)
}

// newCasbinTuned has no members yet.
func newCasbinTuned(w *worlds.World, enforcing func(casbinmodel.Model) (enforcer, error)) (*casbinPeer, error) {
	p, err := newCasbinPeer(w, casbinTuned, enforcing)
	if err != nil {
		return nil, err
	}
	return p, p.addGroups(w)
}

// newCasbinPeer has no rules yet.
func newCasbinPeer(w *worlds.World, text string, enforcing func(casbinmodel.Model) (enforcer, error)) (*casbinPeer, error) {
	m, err := casbinmodel.NewModelFromString(text)
	if err != nil {
		return nil, err
	}
	e, err := enforcing(m)
	if err != nil {
		return nil, err
	}
	p := &casbinPeer{enforcer: e, ends: &casbinEnds{now: w.Clock.Now, at: map[[2]string]int64{}}}
	e.AddFunction("lasts", p.ends.lasts)
	for set := range w.Sets {
		p.roles = append(p.roles, "set"+strconv.Itoa(set))
	}
	for _, permission := range w.Permissions {
		p.actions = append(p.actions, permission.Name())
	}
	return p, nil
}

// addShared adds a rule for each permission of each set, for all domains.
func (p *casbinPeer) addShared(w *worlds.World) error {
	var rules [][]string
	for set := range w.Sets {
		for i := range w.Permissions {
			if w.Has(set, i) {
				rules = append(rules, []string{p.roles[set], "*", p.actions[i]})
			}
		}
	}
	return added(p.AddPolicies(rules))
}

// addGroups adds a rule for each set, and the group of its permissions.
func (p *casbinPeer) addGroups(w *worlds.World) error {
	var rules, groups [][]string
	for set := range w.Sets {
		group := "permissions of " + p.roles[set]
		rules = append(rules, []string{p.roles[set], group})
		for i := range w.Permissions {
			if w.Has(set, i) {
				groups = append(groups, []string{p.actions[i], group})
			}
		}
	}
	if err := added(p.AddPolicies(rules)); err != nil {
		return err
	}
	return added(p.AddNamedGroupingPolicies("g2", groups))
}

func (p *casbinPeer) Ask(q *worlds.Question) (bool, error) {
	return p.Enforce(string(q.User), string(q.Client), p.actions[q.Number])
}

func (p *casbinPeer) Add(members []worlds.Member) error {
	rules := make([][]string, 0, len(members))
	for _, m := range members {
		if m.Deactivated {
			continue
		}
		rules = append(rules, []string{string(m.User), p.roles[m.Set], string(m.Client)})
		p.ends.set(m)
	}
	return added(p.AddGroupingPolicies(rules))
}

// added is the error of adding rules, of which none may be there already.
func added(ok bool, err error) error {
	if err == nil && !ok {
		return fmt.Errorf("casbin: a rule is there already")
	}
	return err
}

// casbinEnds are the ends of those members who have one.
type casbinEnds struct {
	now func() time.Time
	mu  sync.RWMutex
	at  map[[2]string]int64 // by user and client
}

func (e *casbinEnds) set(m worlds.Member) {
	if m.Until().IsZero() {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.at[[2]string{string(m.User), string(m.Client)}] = m.Until().UnixNano()
}

// lasts is the matcher's function of a user and a domain.
func (e *casbinEnds) lasts(args ...any) (any, error) {
	e.mu.RLock()
	at, has := e.at[[2]string{args[0].(string), args[1].(string)}]
	e.mu.RUnlock()
	return !has || e.now().UnixNano() < at, nil
}
