package access

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/clientaccess/clientaccess/permset"
	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Check answers the question that everything exists for: may this user use
// this permission in this client's account, now (ASK-1)? It takes no lock, no
// context and gives no error: what cannot be answered is refused, with a
// Reason (ASK-2, ASK-4). The permission comes from the Manager's Catalog.
func (m *Manager) Check(user relationship.UserID, client relationship.ClientID, permission permset.Permission) Decision {
	if m.follows {
		fresh := m.store.FreshAt() // before the state is read, and compared behind it
		return m.aged(m.check(m.look(), user, client, permission), fresh)
	}
	return m.check(m.look(), user, client, permission)
}

func (m *Manager) check(v *view, user relationship.UserID, client relationship.ClientID, permission permset.Permission) Decision {
	if p := m.profile(v, client, user); p != nil {
		return m.vocabulary.decideBy(p, permission, v.revision)
	}
	if v.closed {
		return v.refused(ReasonClosed)
	}
	return m.evaluate(v.snapshot, client, user, permission, m.nowAt(v.snapshot))
}

// evaluate answers from the facts themselves.
func (m *Manager) evaluate(r storage.Reader, client relationship.ClientID, user relationship.UserID,
	permission permset.Permission, now time.Time) Decision {
	f := factsPool.Get().(*facts)
	defer factsPool.Put(f)
	f.read(r, client, user, now)
	w := m.vocabulary.weigh(f)
	return m.decide(r, &w, permission)
}

// factsPool spares questions a piece of memory.
var factsPool = sync.Pool{New: func() any { return new(facts) }}

// profile finds what the index knows of a user in a client; nil when it leaves
// the answer to the evaluator. The clock is read only for a member whom time
// bounds.
func (m *Manager) profile(v *view, client relationship.ClientID, user relationship.UserID) *profile {
	if !v.direct {
		return nil
	}
	e, found := v.index.table.find(&m.indexer.hash, string(client), string(user))
	if !found {
		return m.indexer.outside.of(v.snapshot, client, user)
	}
	number := e.profile()
	if e.until() != 0 {
		number = e.at(max(v.second, m.options.Clock().Unix())) // now is never before the last commit (TIME-3)
	}
	if number == askEvaluator {
		return nil
	}
	return v.index.profiles[number]
}

// decideBy is decide for a profile.
func (v *vocabulary) decideBy(p *profile, permission permset.Permission, revision storage.Revision) Decision {
	failed := p.verdict.failed
	if !permission.In(&p.left) {
		failed = v.decide(&p.verdict, permission)
	} else if !permission.In(&p.passes) {
		failed = failed.with(ReasonNotInSet)
	}
	return newDecision(revision, failed)
}

// decide is the one way to a Decision. A Manager whose catalogue is no longer
// in force does not know what it would allow, and refuses.
func (m *Manager) decide(r storage.Reader, w *verdict, permission permset.Permission) Decision {
	failed := m.vocabulary.decide(w, permission)
	if m.sameCatalog(r) != nil {
		failed = failed.with(ReasonOtherCatalog)
	}
	return newDecision(r.Revision(), failed)
}

// CheckName is Check for a permission by name. An unknown name is refused
// with ReasonUnknownPermission (ASK-4).
func (m *Manager) CheckName(user relationship.UserID, client relationship.ClientID, name string) Decision {
	permission, _ := m.vocabulary.catalog.Lookup(name)
	return m.Check(user, client, permission)
}

// Can is Check without the reason.
func (m *Manager) Can(user relationship.UserID, client relationship.ClientID, permission permset.Permission) bool {
	return m.Check(user, client, permission).Allowed()
}

// Permissions returns everything that the user may use in the client now: the
// permissions for which Check says yes. It is what a screen wants to know
// before it draws its buttons.
func (m *Manager) Permissions(user relationship.UserID, client relationship.ClientID) permset.Set {
	if !m.follows {
		return m.permissions(m.look(), user, client)
	}
	fresh := m.store.FreshAt()
	set := m.permissions(m.look(), user, client)
	if time.Since(fresh) > m.options.MaxStaleness {
		return permset.Set{}
	}
	return set
}

func (m *Manager) permissions(v *view, user relationship.UserID, client relationship.ClientID) permset.Set {
	if p := m.profile(v, client, user); p != nil {
		return p.allowed()
	}
	if !v.inForce || v.closed {
		return permset.Set{}
	}
	return m.vocabulary.usable(gather(v.snapshot, client, user, m.nowAt(v.snapshot)))
}

// Condition is one condition of an answer.
type Condition struct {
	// Reason is what Check answers when it fails first.
	Reason Reason
	// Holds says whether it holds.
	Holds bool
	// ChangeableBy says who could make it hold, by calls of their own alone
	// and as things stand. It is empty where it holds, and where nobody can.
	ChangeableBy []Party
}

// Explanation is an answer with every condition that it depends on (ASK-2).
type Explanation struct {
	Place
	Permission string
	Decision   Decision
	// Conditions are all conditions, in the order in which they are told. The
	// first that fails is the Decision's Reason.
	Conditions []Condition
	// Member is the membership as it stands; the zero value is none.
	Member MemberState
}

// String describes the explanation for people: the answer, and a line for each
// condition that fails, in order, with who could change it. The first of them
// is the one that Check tells.
func (e Explanation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s for %s: %s (%s)\n", e.Permission, e.Place, e.Decision, e.Member)
	fails := "fails first"
	for _, condition := range e.Conditions {
		if condition.Holds {
			continue
		}
		parties := "nobody can change it now"
		for i, party := range condition.ChangeableBy {
			if i == 0 {
				parties = "changeable by " + string(party)
			} else {
				parties += ", " + string(party)
			}
		}
		fmt.Fprintf(&b, "  %s: %s; %s\n", fails, condition.Reason, parties)
		fails = "fails"
	}
	return b.String()
}

// Explain answers like Check, and lists each condition, whether it holds, and
// who could make it hold if not (ASK-2). It takes the viewer's Call, because it tells about somebody: a
// member themselves, the client's side, an employee with Client Access Manager
// access of the partner that manages the member, and the host may see it. To
// everybody else the answer is ErrNotAllowed, whether or not what they name
// exists. On a store that is closed, or past Options.MaxStaleness, it is
// storage.ErrClosed or ErrStale.
func (m *Manager) Explain(viewer Call, user relationship.UserID, client relationship.ClientID, permission permset.Permission) (Explanation, error) {
	if err := viewer.check(); err != nil {
		return Explanation{}, err
	}
	r, err := m.state()
	if err != nil {
		return Explanation{}, err
	}
	f := gather(r, client, user, m.nowAt(r))
	if !m.maySee(r, viewer, f, user, client) {
		return Explanation{}, refuse("ASK-2", ErrNotAllowed, client, user)
	}
	w := m.vocabulary.weigh(f)
	e := Explanation{
		Place: Place{client, user}, Permission: permission.Name(), Decision: m.decide(r, &w, permission),
	}
	p := newPlight(r, m.vocabulary, f, e.Place, permission)
	last := ReasonOtherCatalog
	if m.follows {
		last = ReasonRevocationLost
	}
	for reason := ReasonUnknownPermission; reason <= last; reason++ {
		condition := Condition{Reason: reason, Holds: !e.Decision.Failed(reason)}
		if !condition.Holds {
			condition.ChangeableBy = p.changeableBy(reason)
		}
		e.Conditions = append(e.Conditions, condition)
	}
	if f.isMember {
		e.Member = m.vocabulary.state(f)
	}
	return e, nil
}

func (m *Manager) maySee(r storage.Reader, viewer Call, f *facts, user relationship.UserID, client relationship.ClientID) bool {
	if viewer.host || viewer.user == user && viewer.partner == "" && f.isMember {
		return true
	}
	if _, err := m.vocabulary.findClientSide(r, viewer, client, f.now); err == nil {
		return true
	}
	employee, err := findEmployee(r, viewer, f.now)
	return err == nil && f.member.Managed() && f.member.Manager == employee.Partner
}

// CreditShare is a partner's share of the managed credit for a client: one
// part in Of.
type CreditShare struct {
	Partner relationship.PartnerID
	Of      int
}

// Credit tells which partners earn managed credit for a client now: those who
// manage a member there, deactivated or not, and those whose relationship is
// ending; it is divided evenly among them (REL-7). The client's side, an
// employee with Client Access Manager access of one of these partners, and
// the host may see it.
func (m *Manager) Credit(viewer Call, client relationship.ClientID) ([]CreditShare, error) {
	if err := viewer.check(); err != nil {
		return nil, err
	}
	r, err := m.state()
	if err != nil {
		return nil, err
	}
	now := m.nowAt(r)
	if _, known := r.Get(relationship.ClientKey(client)); !known && viewer.host {
		return nil, refuse("ASK-4", ErrUnknownClient, client)
	}
	var shares []CreditShare
	for record := range r.Reverse(relationship.KindRelationship, string(client), "") {
		if rel := record.(relationship.Relationship); rel.EarnsCreditAt(now) {
			shares = append(shares, CreditShare{Partner: rel.Partner})
		}
	}
	_, errClient := m.vocabulary.findClientSide(r, viewer, client, now)
	employee, errPartner := findEmployee(r, viewer, now)
	may := viewer.host || errClient == nil
	for i := range shares {
		shares[i].Of = len(shares)
		may = may || errPartner == nil && shares[i].Partner == employee.Partner
	}
	if !may {
		return nil, refuse("REL-7", ErrNotAllowed, client)
	}
	return shares, nil
}
