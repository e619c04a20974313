package access_test

import (
	"fmt"
	"time"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// theoremLedger is what DEL-4 speaks of: a record of what each
// client's own side conferred. It is written from the specification, and knows
// nothing of how package access comes to its results. It reads the log, event
// by event: who did what, and which records it left. Whether the actor had the
// right to confer anything it judges for itself (theorem_judge_test.go).
//
// Two books are kept:
//
//   - the pool of a partner and a client: what was conferred on any of this
//     partner's members there since the relationship last started or revived,
//     by LINK-4, LINK-7, MIG or ORG-3;
//   - what stood in one membership while it was the client's own.
//
// The theorem: no managed member's set ever has anything that is in neither.
type theoremLedger struct {
	words   *theoremWords
	records map[relationship.Key]relationship.Record
	members map[access.Place]*ledgerMember
	pairs   map[relationship.Key]*ledgerPair // by the key of the relationship
	// ends are the ends that the clients' side set. They outlive a membership:
	// removing and adding does not move them (DEL-6).
	ends map[access.Place]time.Time

	// facts counts what a run must have seen to mean anything.
	facts map[string]int

	revision, seen storage.Revision
	at             time.Time // of the newest commit
}

// ledgerMember is a membership as the log has it.
type ledgerMember struct {
	relationship.Member
	// stood is what the client's side conferred on this very membership while
	// it was own.
	stood ledgerSet
}

// ledgerPair is one partner in one client.
type ledgerPair struct {
	members int
	lives   int // how often it started or revived
	pool    ledgerSet
	limit   time.Time // what the client's side set as the relationship's end
}

func newTheoremLedger() *theoremLedger {
	return &theoremLedger{
		words:   newTheoremWords(),
		records: map[relationship.Key]relationship.Record{},
		members: map[access.Place]*ledgerMember{},
		pairs:   map[relationship.Key]*ledgerPair{},
		ends:    map[access.Place]time.Time{},
		facts:   map[string]int{},
	}
}

// record enters one event. It answers with an error when the event breaks one
// of the laws.
func (l *theoremLedger) record(event relationship.Event, recorded time.Time) error {
	l.pass(event.At)
	// Everybody is judged by how things stood before the event.
	judged := make([]judgement, len(event.Lines))
	for i, line := range event.Lines {
		if line.Key().Kind == relationship.KindMember {
			judged[i] = l.judge(event, line)
		}
	}
	for i, line := range event.Lines {
		key := line.Key()
		if line.After == nil {
			delete(l.records, key)
		} else {
			l.records[key] = line.After
		}
		switch key.Kind {
		case relationship.KindMember:
			before := l.members[ledgerPlace(key)]
			after, _ := line.After.(relationship.Member)
			if err := l.move(event, judged[i], before, after, ledgerPlace(key)); err != nil {
				return fmt.Errorf("%s by %s: %w", event.Change, event.Actor, err)
			}
		case relationship.KindRelationship:
			l.pair(key).limit = time.Time{}
			if r := line.After.(relationship.Relationship); r.Phase != relationship.Ended {
				l.pair(key).limit = r.Limit
			}
		}
	}
	l.fact(event.Change == "RelationshipEnds", "relationships ended by the clock")
	l.at = recorded
	return nil
}

// pass lets time pass: a relationship that has reached its limit is over, and
// all that was conferred in it.
func (l *theoremLedger) pass(now time.Time) {
	for key, pair := range l.pairs {
		if pair.limit.IsZero() || now.Before(pair.limit) {
			continue
		}
		pair.pool = 0
		for _, m := range l.members {
			if m.Managed() && relationship.RelationshipKey(m.Manager, m.Client) == key {
				m.stood = 0
			}
		}
	}
}

// move enters what an event did to one membership.
func (l *theoremLedger) move(event relationship.Event, by judgement, before *ledgerMember, after relationship.Member, place access.Place) error {
	was := ledgerMember{}
	if before != nil {
		was = *before
	}
	is := ledgerMember{after, was.stood}
	if was.Manager != is.Manager {
		l.change(was, is)
	}
	if is.User == "" {
		delete(l.members, place)
		return nil
	}
	l.confer(event, by, was, &is)
	l.members[place] = &is
	if is.Role == relationship.SuperAdmin {
		is.stood = 0
		delete(l.ends, place)
		return nil
	}
	if beyond := l.words.set(is.Set) &^ l.conferred(is); beyond != 0 {
		return fmt.Errorf("%s has %s, which the client's side never conferred (DEL-4)", place, l.words.names(beyond))
	}
	return l.bounded(event, by, was, is)
}

// change enters that a membership came to a manager or left one. With its
// first member a relationship starts or revives: whatever was conferred before
// is forgotten.
func (l *theoremLedger) change(was, is ledgerMember) {
	if was.Managed() {
		l.pair(relationship.RelationshipKey(was.Manager, was.Client)).members--
	}
	if is.Managed() {
		pair := l.pair(relationship.RelationshipKey(is.Manager, is.Client))
		if pair.members == 0 {
			pair.pool = 0
			pair.lives++
			l.fact(pair.lives == 1, "relationships started")
			l.fact(pair.lives > 1, "relationships revived")
		}
		pair.members++
		l.fact(is.Linked && !was.Linked, "members linked")
	}
}

// confer enters what the client's own side conferred. What an actor had no
// right to confer is not entered, and neither is what any other change does.
func (l *theoremLedger) confer(event relationship.Event, by judgement, was ledgerMember, is *ledgerMember) {
	set, had := l.words.set(is.Set), l.words.set(was.Set)
	granted := set &^ had & by.confers
	pool := &l.pair(relationship.RelationshipKey(is.Manager, is.Client)).pool
	switch event.Change {
	case "ApproveLink", "MakePartnerAdmin": // LINK-4, LINK-7: the set after it
		if by.confers != 0 && !is.Linked {
			*pool |= granted | set&had
			l.ends[ledgerPlace(is.Key())] = is.End
		}
	case "BecomePartnerAdmin", "ChangeSuperAdmins", "ChangeToPartnerAdmin": // MIG: the set after it
		if was.Role == relationship.SuperAdmin {
			*pool |= granted
		}
	case "ChangeMemberPermissions": // ORG-3
		if was.Managed() {
			*pool |= granted
		} else {
			is.stood |= granted
		}
	case "AddMember": // ORG-3; who is verified is linked in the same event
		is.stood = granted
		l.ends[ledgerPlace(is.Key())] = is.End
	case "LowerSuperAdmin":
		is.stood = granted
	case "SetMemberEnd":
		l.ends[ledgerPlace(is.Key())] = is.End
	}
}

// conferred is everything that a member may have.
func (l *theoremLedger) conferred(m ledgerMember) ledgerSet {
	if !m.Managed() {
		return m.stood
	}
	return m.stood | l.pair(relationship.RelationshipKey(m.Manager, m.Client)).pool
}

func (l *theoremLedger) pair(key relationship.Key) *ledgerPair {
	if l.pairs[key] == nil {
		l.pairs[key] = &ledgerPair{}
	}
	return l.pairs[key]
}

func (l *theoremLedger) fact(is bool, what string) {
	if is {
		l.facts[what]++
	}
}

func ledgerPlace(key relationship.Key) access.Place {
	return access.Place{Client: relationship.ClientID(key.First), User: relationship.UserID(key.Second)}
}
