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
// instant from one revision, so the answers fit together. Questions about one
// client are cheapest next to each other; the questions are not changed. It
// takes no lock.
func (m *Manager) CheckMany(questions []Question) []Decision {
	if !m.follows {
		return m.checkMany(m.look(), questions)
	}
	fresh := m.store.FreshAt()
	decisions := m.checkMany(m.look(), questions)
	for i, d := range decisions {
		decisions[i] = m.aged(d, fresh)
	}
	return decisions
}

func (m *Manager) checkMany(v *view, questions []Question) []Decision {
	if v.closed {
		return slices.Repeat([]Decision{v.refused(ReasonClosed)}, len(questions))
	}
	now := m.nowAt(v.snapshot)
	second := now.Unix()
	var r storage.Reader // made for the first question that needs it
	var slot *slot
	var client relationship.ClientID
	decisions := make([]Decision, len(questions))
	for i := range questions {
		q := &questions[i]
		outsider := false
		if v.direct {
			if i == 0 || q.Client != client {
				client = q.Client
				slot = v.index.table.client(&m.indexer.hash, string(client))
				if slot != nil && i+1 < len(questions) && questions[i+1].Client == client {
					slot.one.touch()
				}
			}
			e, found := slot.find(&m.indexer.hash, string(q.User))
			if number := e.at(second); found && number != askEvaluator {
				decisions[i] = m.vocabulary.decideBy(v.index.profiles[number], q.Permission, v.revision)
				continue
			}
			outsider = !found
		}
		if r == nil {
			r = remember(v.snapshot)
		}
		if outsider {
			decisions[i] = m.vocabulary.decideBy(m.indexer.outside.of(r, client, q.User), q.Permission, v.revision)
		} else {
			decisions[i] = m.evaluate(r, q.Client, q.User, q.Permission, now)
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
