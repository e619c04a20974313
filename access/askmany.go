package access

import (
	"slices"
	"time"

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
	b := batch{m: m, v: v, now: m.nowAt(v.snapshot)}
	decisions := make([]Decision, len(questions))
	for rest := decisions; len(rest) > 0; {
		n := b.answer(questions[len(decisions)-len(rest):], rest)
		rest = rest[n:]
	}
	return decisions
}

// batch are questions that are answered together.
type batch struct {
	m   *Manager
	v   *view
	now time.Time
	// facts is made for the first question that needs it.
	facts storage.Reader
	// hashed is room for the users of a run.
	hashed [runLongest]struct {
		key  idKey
		hash uint64
	}
}

// runLongest is how many questions about one client are looked at together.
const runLongest = 64

// answer answers the first question, and those behind it about the same client
// while they are not too many. It returns how many it has answered.
func (b *batch) answer(questions []Question, decisions []Decision) (n int) {
	if !b.v.direct {
		decisions[0] = b.evaluate(&questions[0])
		return 1
	}
	h, client := &b.m.indexer.hash, questions[0].Client
	slot := b.v.index.table.client(h, string(client))
	for n < len(questions) && n < runLongest && questions[n].Client == client {
		at := &b.hashed[n]
		at.key = h.key(string(questions[n].User))
		at.hash = h.hash(at.key)
		n++
	}
	if slot != nil && n > 1 {
		slot.one.touch()
	}
	second := b.now.Unix()
	for i := range n {
		q, at := &questions[i], &b.hashed[i]
		e, found := slot.get(at.key, at.hash, string(q.User))
		switch number := e.at(second); {
		case !found:
			p := b.m.indexer.outside.of(b.reader(), client, q.User)
			decisions[i] = b.m.vocabulary.decideBy(p, q.Permission, b.v.revision)
		case number == askEvaluator:
			decisions[i] = b.evaluate(q)
		default:
			decisions[i] = b.m.vocabulary.decideBy(b.v.index.profiles[number], q.Permission, b.v.revision)
		}
	}
	return n
}

func (b *batch) evaluate(q *Question) Decision {
	return b.m.evaluate(b.reader(), q.Client, q.User, q.Permission, b.now)
}

// reader reads the facts.
func (b *batch) reader() storage.Reader {
	if b.facts == nil {
		b.facts = remember(b.v.snapshot)
	}
	return b.facts
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
