package access

import (
	"context"
	"errors"
	"fmt"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// ErrCorrupt: Verify found a fault.
var ErrCorrupt = errors.New("the store is not as the rules leave it")

// Verification is what Verify found.
type Verification struct {
	// Revision is the state that was verified.
	Revision storage.Revision
	// Commits, Events and Records count what was walked. Commits that the log
	// has forgotten are not among them.
	Commits, Events, Records int
	// Faults are what is wrong, in words; none is good.
	Faults []string
}

func (v *Verification) fault(format string, args ...any) {
	v.Faults = append(v.Faults, fmt.Sprintf(format, args...))
}

// Verify walks everything that is kept: the hash chain of the log from its
// checkpoint on, so that the first broken entry is found (LOG-1); whether the
// state is what the checkpoint and the log leave; and whether it is one that
// the rules can have left. It answers an ErrCorrupt when there are faults, and
// lists them. It takes no lock.
func (m *Manager) Verify(ctx context.Context) (Verification, error) {
	for try := 1; ; try++ {
		v, err := m.verify(ctx)
		if err == nil || try == maxTries || !m.logChanged(ctx, v.Revision, err) {
			return v, err
		}
	}
}

// logChanged reports whether an error of verifying may come from what happened
// to the log while it was read: it was trimmed, or somebody was erased from it.
func (m *Manager) logChanged(ctx context.Context, since storage.Revision, err error) bool {
	if !errors.Is(err, ErrCorrupt) {
		return errors.Is(err, storage.ErrCompacted)
	}
	for commit, err := range m.store.Changes(ctx, since) {
		if err != nil {
			return errors.Is(err, storage.ErrCompacted)
		}
		if len(commit.Erased()) > 0 {
			return true
		}
	}
	return false
}

func (m *Manager) verify(ctx context.Context) (Verification, error) {
	if m.follows { // what the log has, the state is to have
		if err := m.store.Refresh(ctx); err != nil {
			return Verification{}, fmt.Errorf("verify: %w", err)
		}
	}
	snapshot := m.store.Snapshot()
	v := Verification{Revision: snapshot.Revision()}
	log, err := v.replay(ctx, m.store)
	if err == nil {
		err = v.compare(snapshot, log)
	}
	if err != nil {
		return v, fmt.Errorf("verify: %w", err)
	}
	v.invariants(snapshot)
	if len(v.Faults) > 0 {
		return v, fmt.Errorf("%w: %d faults, the first: %s", ErrCorrupt, len(v.Faults), v.Faults[0])
	}
	return v, nil
}

// replayed is what the log says of the records that it mentions: what they were
// at the checkpoint, and what they became; nil for nothing.
type replayed struct {
	from        storage.Checkpoint
	first, last map[relationship.Key]relationship.Record
}

// replay reads the log from the checkpoint up to the revision, and checks the
// chain.
func (v *Verification) replay(ctx context.Context, store storage.Store) (replayed, error) {
	log := replayed{first: map[relationship.Key]relationship.Record{}, last: map[relationship.Key]relationship.Record{}}
	var err error
	if log.from, err = store.Checkpoint(ctx); err != nil {
		return log, err
	}
	if log.from.Revision > v.Revision {
		return log, storage.ErrCompacted
	}
	last := log.from.Head
	for commit, err := range store.Changes(ctx, log.from.Revision) {
		if err != nil {
			return log, err
		}
		if commit.Revision > v.Revision {
			break
		}
		v.Commits++
		if commit.Revision != last.Revision+1 {
			v.fault("commit %d follows commit %d", commit.Revision, last.Revision)
		}
		if commit.At.Before(last.At) {
			v.fault("commit %d is earlier than the one before it", commit.Revision)
		}
		chain, err := storage.Seal(last.Chain, commit)
		if err != nil {
			return log, err
		}
		if chain != commit.Chain {
			v.fault("commit %d breaks the hash chain", commit.Revision)
		}
		for _, event := range commit.Events {
			v.Events++
			v.apply(log, commit.Revision, event)
		}
		last = storage.Head{Revision: commit.Revision, At: commit.At, Chain: commit.Chain}
	}
	if last.Revision != v.Revision {
		v.fault("the log ends with commit %d, and the state is that of commit %d", last.Revision, v.Revision)
	}
	return log, nil
}

func (v *Verification) apply(log replayed, revision storage.Revision, event relationship.Event) {
	for _, line := range event.Lines {
		key := line.Key()
		was, known := log.last[key]
		if !known {
			log.first[key] = line.Before
			if log.from.Revision > 0 {
				was = line.Before // the sum of the checkpoint tells whether that is so
			}
		}
		if was != line.Before {
			v.fault("commit %d: %s was not what the log says", revision, key)
		}
		log.last[key] = line.After
		if line.After == nil {
			continue
		}
		// The chain holds a digest of a person: Check holds it against the
		// name and the address.
		if err := line.After.Check(); err != nil {
			v.fault("commit %d: %s: %v", revision, key, err)
		}
	}
}

// compare holds the state against the log and its checkpoint.
func (v *Verification) compare(r storage.Reader, log replayed) error {
	var atCheckpoint storage.Sum
	found := map[relationship.Key]bool{}
	for _, kind := range relationship.Kinds() {
		for record := range r.All(kind, relationship.Key{}) {
			v.Records++
			key := record.Key()
			last, mentioned := log.last[key]
			switch {
			case mentioned:
				found[key] = true
				if last != record {
					v.fault("%s is not what the log leaves", key)
				}
			case log.from.Revision == 0:
				v.fault("%s is not what the log leaves", key)
			default:
				if err := atCheckpoint.Apply(relationship.Line{After: record}); err != nil {
					return err
				}
			}
		}
	}
	for key, last := range log.last {
		if last != nil && !found[key] {
			v.fault("%s is missing", key)
		}
	}
	if log.from.Revision == 0 {
		return nil
	}
	for _, record := range log.first {
		if record == nil {
			continue
		}
		if err := atCheckpoint.Apply(relationship.Line{After: record}); err != nil {
			return err
		}
	}
	if atCheckpoint != log.from.Sum {
		v.fault("the records that the log began with at commit %d are not those of the checkpoint", log.from.Revision)
	}
	return nil
}

// invariants checks what holds at every revision, whatever was called.
func (v *Verification) invariants(r storage.Reader) {
	managed := map[relationship.Key]int{}
	superAdmins := map[relationship.ClientID]int{}
	for _, kind := range relationship.Kinds() {
		for record := range r.All(kind, relationship.Key{}) {
			if err := record.Check(); err != nil {
				v.fault("%s: %v", record.Key(), err)
			}
			v.references(r, record)
			if member, is := record.(relationship.Member); is {
				superAdmins[member.Client] += activeSuperAdmin(member)
				if member.Managed() {
					managed[relationship.RelationshipKey(member.Manager, member.Client)]++
				}
			}
		}
	}
	for client := range storage.As[relationship.Client](r.All(relationship.KindClient, relationship.Key{})) {
		if client.SuperAdmins != superAdmins[client.ID] {
			v.fault("%s counts %d active super admins and has %d", client.Key(), client.SuperAdmins, superAdmins[client.ID])
		}
		if !client.Closed && superAdmins[client.ID] == 0 {
			v.fault("%s is open and has no active super admin (OFF-8)", client.Key())
		}
	}
	for rel := range storage.As[relationship.Relationship](r.All(relationship.KindRelationship, relationship.Key{})) {
		if rel.Members != managed[rel.Key()] {
			v.fault("%s counts %d members and has %d (REL-3)", rel.Key(), rel.Members, managed[rel.Key()])
		}
		delete(managed, rel.Key())
	}
	for key := range managed {
		v.fault("%s has members and no record (REL-1)", key)
	}
}

// references checks that what a record refers to is there.
func (v *Verification) references(r storage.Reader, record relationship.Record) {
	needs := func(keys ...relationship.Key) {
		for _, key := range keys {
			if _, found := r.Get(key); !found {
				v.fault("%s refers to %s, which is missing", record.Key(), key)
			}
		}
	}
	// Nobody without a name has access (ORG-5).
	unnamed := func(id relationship.UserID) {
		if user, _ := storage.Get[relationship.User](r, relationship.UserKey(id)); user.Erased() {
			v.fault("%s is the place of a user who was erased (ORG-5)", record.Key())
		}
	}
	switch n := record.(type) {
	case relationship.Employee:
		if n.Present() {
			unnamed(n.User)
		}
		needs(relationship.PartnerKey(n.Partner), relationship.UserKey(n.User))
	case relationship.Template:
		needs(relationship.PartnerKey(n.Partner))
	case relationship.Link:
		needs(relationship.EmployeeKey(n.Partner, n.Employee))
	case relationship.Member:
		needs(relationship.ClientKey(n.Client), relationship.UserKey(n.User))
		unnamed(n.User)
		if !n.Managed() {
			return
		}
		needs(relationship.PartnerKey(n.Manager), relationship.RelationshipKey(n.Manager, n.Client))
		if n.Template != "" && n.Template != relationship.PartnerAdminTemplate {
			needs(relationship.TemplateKey(n.Manager, n.Template))
		}
		employee, _ := storage.Get[relationship.Employee](r, relationship.EmployeeKey(n.Manager, n.User))
		if !employee.Present() {
			v.fault("%s outlives the employment (ORG-2)", n.Key())
		}
	case relationship.Relationship:
		needs(relationship.PartnerKey(n.Partner), relationship.ClientKey(n.Client))
	case relationship.Terms:
		needs(relationship.PartnerKey(n.Partner), relationship.ClientKey(n.Client))
	case relationship.Standing:
		needs(relationship.ClientKey(n.Client), relationship.UserKey(n.User))
	}
}
