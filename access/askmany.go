package access

import (
	"slices"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Question is one of the questions of CheckMany: may this user use this
// permission in this client's account, now? The permission comes from the
// Manager's Catalog; the zero Permission is an unknown one.
type Question struct {
	User       relationship.UserID
	Client     relationship.ClientID
	Permission permset.Permission
}

// CheckMany answers many questions at once (ASK-3): the Decision of each, in
// their order, as Check would give it. All of them are answered at one
// instant from one revision, so the answers fit together. Questions about the
// same user, client or partner share what they read, in whatever order they
// come; the questions are not changed. It takes no lock.
func (m *Manager) CheckMany(questions []Question) []Decision {
	v := m.look()
	r := remember(v.snapshot)
	now := m.nowAt(r)
	// The questions about one place stand next to each other here, so that
	// one verdict is held at a time, however many places there are.
	order := make([]int, len(questions))
	for i := range order {
		order[i] = i
	}
	place := func(i int) Place { return Place{questions[i].Client, questions[i].User} }
	slices.SortFunc(order, func(i, j int) int { return comparePlaces(place(i), place(j)) })
	decisions := make([]Decision, len(questions))
	var known *profile
	var w verdict
	for n, i := range order {
		if at := place(i); n == 0 || at != place(order[n-1]) {
			if known = m.profile(v, at.Client, at.User, &now); known == nil {
				w = m.vocabulary.weigh(gather(r, at.Client, at.User, now))
			}
		}
		if known != nil {
			decisions[i] = m.vocabulary.decideBy(known, questions[i].Permission, v.revision)
		} else {
			decisions[i] = m.decide(r, &w, questions[i].Permission)
		}
	}
	return decisions
}

// remembering is a Reader of a state that never changes, for many questions at
// once: what several places have in common, it looks up once. It belongs to
// one goroutine.
type remembering struct {
	storage.Reader
	seen map[relationship.Key]relationship.Record // nil where there is none
}

func remember(r storage.Snapshot) remembering {
	return remembering{r, map[relationship.Key]relationship.Record{}}
}

// Get implements storage.Reader.
func (r remembering) Get(key relationship.Key) (relationship.Record, bool) {
	if key.Kind == relationship.KindMember || key.Kind == relationship.KindStanding {
		return r.Reader.Get(key) // of one place alone
	}
	record, seen := r.seen[key]
	if !seen {
		record, _ = r.Reader.Get(key)
		r.seen[key] = record
	}
	return record, record != nil
}
