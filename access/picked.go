package access

import (
	"sync"

	"github.com/clientaccess/clientaccess/permset"
)

// picks reports whether a member is among those who are asked for, by their
// verdict: the answer of Check about a permission (ASK-1) or, for the zero
// Permission, whether the user is a member (REL-6).
func (v *vocabulary) picks(w *verdict, permission permset.Permission) bool {
	if permission.IsZero() {
		return w.failed.stillMember()
	}
	return v.decide(w, permission) == 0
}

// picked says of each profile, by its number, whether those who have it are among
// those who are asked for (ASK-3). So this is decided once for a profile, and not
// for each row of a list.
type picked []bool

// pickings are the picked profiles of the permissions that lists have been asked
// for. A profile keeps its number, so only new ones change them. It is safe for
// concurrent use.
type pickings struct {
	lock sync.RWMutex
	of   map[permset.Permission]picked
}

// pick finds out which profiles are asked for.
func (q *asker) pick() {
	kept, profiles := &q.m.pickings, q.view.index.profiles
	kept.lock.RLock()
	q.picked = kept.of[q.permission]
	kept.lock.RUnlock()
	known := len(q.picked)
	if known >= len(profiles) {
		return
	}
	q.picked = append(make(picked, 0, len(profiles)), q.picked...) // others read what is kept
	for _, p := range profiles[known:] {
		q.picked = append(q.picked, q.m.vocabulary.picks(&p.verdict, q.permission))
	}
	kept.lock.Lock()
	defer kept.lock.Unlock()
	if kept.of == nil {
		kept.of = map[permset.Permission]picked{}
	}
	kept.of[q.permission] = q.picked
}
